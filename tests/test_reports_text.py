"""The text and concise reports, as people see them; and columns in every kind of text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Tuple

import pytest

from mosaic_lint.reports.excerpt import excerpt
from mosaic_lint.reports.results import printable, shown
from mosaic_lint.source import Source
from tests.cli_process import write
from tests.headerless import check, findings

SNAPSHOT_SOURCE = """\
import logging

logger = logging.getLogger(__name__)


def invoices(customer):
    conn = get_conn()
    try:
        return conn.cursor()
    except:
        logger.error("no invoices")
"""

SNAPSHOT = """\
api/invoices.py:7:12: MOS101 get_conn() returns a context manager, not a connection: \
write "with get_conn() as conn:"
  |
7 |     conn = get_conn()
  |            ^^^^^^^^^^

api/invoices.py:10:5: MOS301 a bare except catches SystemExit and KeyboardInterrupt too: \
write "except Exception:" or name what you expect
   |
10 |     except:
   |     ^^^^^^

api/invoices.py:11:9: MOS304 logger.error(...) logs an unexpected error without its \
traceback: add "exc_info=True" or write "logger.exception(...)"
   |
11 |         logger.error("no invoices")
   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^

"""

# For the finding in each text: its line and column (in characters), the shown line, and the mark's
# place and width (in cells of a terminal).
COLUMNS = {
    "ascii": ("x = 1; conn = get_conn()", (1, 15), "x = 1; conn = get_conn()", 14, 10),
    "é": ("x = 'é'; conn = get_conn()", (1, 17), "x = 'é'; conn = get_conn()", 16, 10),
    "decomposed é": (
        "x = 'e\u0301'; conn = get_conn()",
        (1, 18),
        "x = 'e\u0301'; conn = get_conn()",
        16,
        10,
    ),
    "emoji": ("x = '😀'; conn = get_conn()", (1, 17), "x = '😀'; conn = get_conn()", 17, 10),
    "wide": ("x = '日本'; conn = get_conn()", (1, 18), "x = '日本'; conn = get_conn()", 19, 10),
    "wide name": ("資料 = get_conn()", (1, 6), "資料 = get_conn()", 7, 10),
    "tab": ("if x:\n\tconn = get_conn()", (2, 9), "    conn = get_conn()", 11, 10),
    "tab inside": ("x = 1;\tconn = get_conn()", (1, 15), "x = 1;    conn = get_conn()", 17, 10),
    "CRLF": ("x = 1\r\nconn = get_conn()\r\n", (2, 8), "conn = get_conn()", 7, 10),
    "lone CR": ("x = 1\rconn = get_conn()\r", (2, 8), "conn = get_conn()", 7, 10),
    "BOM": ("\ufeffconn = get_conn()", (1, 8), "conn = get_conn()", 7, 10),
    "form feed": ("x = 1\n\x0cconn = get_conn()", (2, 9), "␌conn = get_conn()", 8, 10),
    "escape": (
        "x = '\x1b[31m'; conn = get_conn()",
        (1, 21),
        "x = '␛[31m'; conn = get_conn()",
        20,
        10,
    ),
    "line separator": (
        "x = '\u2028'; conn = get_conn()",
        (1, 17),
        "x = '\ufffd'; conn = get_conn()",
        16,
        10,
    ),
    "across lines": ("conn = get_conn(\n)", (1, 8), "conn = get_conn(", 7, 9),
}


def test_text_shows_the_line_and_marks_the_span(tmp_path: Path) -> None:
    write(tmp_path, {"api/invoices.py": SNAPSHOT_SOURCE})
    done = check(cwd=tmp_path)
    assert done.stdout == SNAPSHOT
    assert done.stderr == "Found 3 findings in 1 file (1 checked).\n"


def test_colours_change_nothing_but_colours(tmp_path: Path) -> None:
    write(tmp_path, {"api/invoices.py": SNAPSHOT_SOURCE})
    coloured = check("--color", "always", cwd=tmp_path).stdout
    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == SNAPSHOT
    assert coloured.splitlines()[:4] == [
        "\x1b[1mapi/invoices.py\x1b[0m:7:12: \x1b[1;31mMOS101\x1b[0m get_conn() returns a context "
        'manager, not a connection: write "with get_conn() as conn:"',
        "\x1b[34m  |\x1b[0m",
        "\x1b[34m7 |\x1b[0m     conn = get_conn()",
        "\x1b[34m  |\x1b[0m            \x1b[1;31m^^^^^^^^^^\x1b[0m",
    ]


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_mark_stands_under_the_span(name: str, tmp_path: Path) -> None:
    text, place, line, before, width = COLUMNS[name]
    write(tmp_path, {"a.py": text})
    finding = findings("--select", "MOS101", cwd=tmp_path)[0]
    assert (finding["line"], finding["column"]) == place
    shown_lines = check("--select", "MOS101", cwd=tmp_path).stdout.split("\n")
    assert shown_lines[2] == f"{place[0]} | {line}"
    assert shown_lines[3] == f"  | {' ' * before}{'^' * width}"


def test_concise_is_one_line_a_finding(tmp_path: Path) -> None:
    write(tmp_path, {"api/invoices.py": SNAPSHOT_SOURCE})
    done = check("--output-format", "concise", cwd=tmp_path)
    headings = [line for line in SNAPSHOT.splitlines() if line.startswith("api/")]
    assert done.stdout.splitlines() == headings


def marked(text: str, start: int, end: int) -> Tuple[str, str]:
    """The excerpt of a span, and the part of it that the mark stands under."""
    source = Source("a.py", text)
    shown_line = excerpt(source, source.position(start), source.position(end))
    assert shown_line is not None
    mark = shown_line.text[shown_line.before : shown_line.before + shown_line.width]
    return shown_line.text, mark


@pytest.mark.parametrize("before", [0, 30, 90, 500, 1_000_000])
@pytest.mark.parametrize("after", [0, 30, 90, 500])
def test_long_line_is_cut_around_the_mark(before: int, after: int) -> None:
    text = "a" * before + "get_conn()" + "b" * after
    line, mark = marked(text, before, before + 10)
    assert mark == "get_conn()"
    assert len(line) <= 126
    assert line.startswith("...") is (len(text) > 120 and before > 40)


def test_long_span_is_marked_as_far_as_it_shows() -> None:
    line, mark = marked("x" * 500, 10, 490)
    assert line.endswith("...")
    assert set(mark) == {"x"}


@pytest.mark.parametrize("text", ["", "\n", "   \n", "\x0c\n"])
def test_blank_line_is_not_shown(text: str) -> None:
    source = Source("a.py", text)
    assert excerpt(source, source.position(0), source.position(0)) is None


def test_empty_span_is_marked_with_one_caret() -> None:
    source = Source("a.py", "x = 1")
    at_end = excerpt(source, source.position(5), source.position(5))
    assert at_end is not None
    assert (at_end.before, at_end.width) == (5, 1)


def test_control_characters_become_one_visible_character_each() -> None:
    assert (
        printable("a\x00\x1b\r\n\x7f\x9b\u202e\u2029\udce9b") == "a␀␛␍␊␡\ufffd\ufffd\ufffd\ufffdb"
    )
    assert printable("é日😀 ~") == "é日😀 ~"


def test_path_that_is_no_text_is_shown_with_a_replacement_character() -> None:
    assert shown("caf\udce9.py") == "caf\ufffd.py"
    assert shown("ünï.py") == "ünï.py"

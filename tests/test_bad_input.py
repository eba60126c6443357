"""Input that is no Python, or no text, or no file: a clear word, the rest linted, no traceback."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import pytest

from mosaic_lint.config import Loader
from mosaic_lint.engine import HOSTED, Mode, Report, check, check_bytes
from mosaic_lint.model import Finding
from mosaic_lint.source import Source
from tests.cli_process import environment

FAULT = b"conn = get_conn()\n"


class Bad(NamedTuple):
    """Bytes, and the findings of the command line in them."""

    data: bytes
    findings: List[Tuple[int, int, str]]
    message: str = ""


def told(report: Report) -> List[Finding]:
    """The findings but for those of version headers, which no text here has.

    Their rules run nevertheless, since no text may be too bad for them.
    """
    return [finding for finding in report.findings if not finding.code.startswith("MOS7")]


UNREADABLE: Dict[str, Bad] = {
    "wrong byte": Bad(b"x = 1\ny = '\xff'\n", [(2, 6, "MOS001")], "can't be decoded: not utf-8: "),
    "wrong byte behind e acute": Bad(
        b"x = '\xc3\xa9\xff'\n", [(1, 8, "MOS001")], "can't be decoded: "
    ),
    "truncated character": Bad(b"x = 1\n# \xc3", [(2, 3, "MOS001")], "can't be decoded: "),
    "lone surrogate": Bad(b"x = '\xed\xa0\x80'\n", [(1, 6, "MOS001")], "can't be decoded: "),
    "wrong byte for the cookie": Bad(
        b"# coding: ascii\nx = '\xe9'\n", [(2, 6, "MOS001")], "can't be decoded: not ascii: "
    ),
    "unknown encoding": Bad(
        b"# coding: klingon\nx = 1\n", [(1, 1, "MOS001")], "can't be decoded: unknown encoding: "
    ),
    "byte order mark and another encoding": Bad(
        b"\xef\xbb\xbf# coding: latin-1\n", [(1, 1, "MOS001")], "can't be decoded: encoding problem"
    ),
    "utf-16": Bad("conn = get_conn()\n".encode("utf-16"), [(1, 1, "MOS001")], "can't be decoded: "),
    "compressed": Bad(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff", [(1, 2, "MOS001")], "can't be "),
    "null byte": Bad(b"x = 1\ny = '\0'\n", [(2, 6, "MOS001")], "contains a null byte"),
    "null bytes only": Bad(b"\0" * 100, [(1, 1, "MOS001")], "contains a null byte"),
    "syntax error": Bad(b"x = 1\ny = )\n", [(2, 5, "MOS001")], "can't be parsed: "),
    "not Python": Bad(b"{% if a %}\n<p>\n", [(1, 2, "MOS001")], "can't be parsed: "),
    "Python 2": Bad(b"print 'x'\n", [(1, 1, "MOS001")], "can't be parsed: "),
    "merge conflict": Bad(b"x = 1\n<<<<<<< HEAD\n", [(2, 1, "MOS001")], "can't be parsed: "),
    "indentation": Bad(b"def f():\nx = 1\n", [(2, 1, "MOS001")], "can't be parsed: expected an "),
    "tabs and blanks": Bad(b"if a:\n\tx\n        y\n", [(3, 1, "MOS001")], "can't be parsed: "),
    "open bracket at the end": Bad(b"x = (1,\n", [(1, 5, "MOS001")], "can't be parsed: "),
    "backslash at the end": Bad(b"x = 1 \\", [(1, 8, "MOS001")], "can't be parsed: "),
    "form feed and error": Bad(b"\f\nx = )\n", [(2, 5, "MOS001")], "can't be parsed: "),
}
FINE: Dict[str, Bad] = {
    "nothing": Bad(b"", []),
    "byte order mark only": Bad(b"\xef\xbb\xbf", []),
    "one line end": Bad(b"\n", []),
    "blanks": Bad(b"   \t", []),
    "form feed": Bad(b"\f", []),
    "carriage return": Bad(b"\r", []),
    "comment without line end": Bad(b"# get_conn()", []),
    "control Z in a string": Bad(b"x = '\x1a'\n" + FAULT, [(2, 8, "MOS101")]),
    "escape characters": Bad(b"x = '\x1b[31m\x7f'\n" + FAULT, [(2, 8, "MOS101")]),
    "invalid escape": Bad(b"x = '\\d'\n" + FAULT, [(2, 8, "MOS101")]),
    "is with a literal": Bad(b"x is 1\n" + FAULT, [(2, 8, "MOS101")]),
    "huge number": Bad(b"x = " + b"1" * 4000 + b"\n" + FAULT, [(2, 8, "MOS101")]),
    "return outside of a function": Bad(b"return get_conn()\n", [(1, 8, "MOS102")]),
    "await outside of a function": Bad(b"conn = await get_conn()\n", [(1, 14, "MOS101")]),
    "break outside of a loop": Bad(b"break\n" + FAULT, [(2, 8, "MOS101")]),
    "assignment to a keyword of another Python": Bad(b"match = get_conn()\n", [(1, 9, "MOS101")]),
    "twice the same parameter": Bad(b"def f(a, a): x = get_conn()\n", [(1, 18, "MOS101")]),
    "star import in a function": Bad(b"def f():\n  from a import *\n  c = get_conn()\n",
                                     [(3, 7, "MOS101")]),
    "late future import": Bad(FAULT + b"from __future__ import annotations\n", [(1, 8, "MOS101")]),
}  # fmt: skip


@pytest.mark.parametrize("name", [*UNREADABLE, *FINE])
@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
def test_engine_says_what_is_wrong_and_where(name: str, triage: bool) -> None:
    bad = UNREADABLE.get(name) or FINE[name]
    config = Loader(isolated=True).for_path(Path("x.py"))
    report = check_bytes("x.py", bad.data, config, Mode(triage=triage, strict=True))
    places = [(*report.source.position(f.span.start), f.code) for f in told(report)]
    assert [place[::2] for place in places] == [place[::2] for place in bad.findings]
    if sys.version_info >= (3, 10):  # older ones count the columns of errors in their own way
        assert places == bad.findings
    if bad.message:
        assert told(report)[0].message.startswith(bad.message)
        assert "\n" not in told(report)[0].message


COOKIES = (
    "rot13", "hex", "base64", "zip", "bz2", "uu", "quopri", "idna", "punycode", "undefined",
    "unicode_escape", "raw_unicode_escape", "utf-7", "utf-16", "utf-32", "utf-8-sig", "mbcs",
    "string_escape", "palmos", "ptcp154", "latin-1", "euc_jp", "x", "\\", "a" * 500,
)  # fmt: skip


@pytest.mark.parametrize("cookie", COOKIES)
@pytest.mark.parametrize("body", [FAULT, b"x = '\\udce9 \xe9 +'\n" + FAULT])
def test_no_coding_comment_raises(cookie: str, body: bytes) -> None:
    data = b"# coding: " + cookie.encode() + b"\n" + body
    config = Loader(isolated=True).for_path(Path("x.py"))
    report = check_bytes("x.py", data, config, Mode(strict=True))
    assert {finding.code for finding in told(report)} <= {"MOS001", "MOS101"}
    assert told(report)


def test_surrogates_in_the_text_do_not_raise() -> None:
    text = "x = '\ud800'  # \udfff noqa: MOS101\nconn = get_conn()\n"
    config = Loader(isolated=True).for_path(Path("x.py"))
    for mode in (Mode(), HOSTED):
        found = told(check(Source("x.py", text), config, mode))
        assert {finding.code for finding in found} <= {"MOS001", "MOS004", "MOS101"}


@pytest.mark.parametrize("name", [*UNREADABLE, *FINE])
def test_host_is_told_nothing_of_what_it_says_itself(name: str) -> None:
    """Inside flake8 unreadable files are flake8's business."""
    bad = UNREADABLE.get(name) or FINE[name]
    text = bad.data.decode("latin-1").replace("\xef\xbb\xbf", "")
    config = Loader(isolated=True).for_path(Path("x.py"))
    found = check(Source("x.py", text), config, HOSTED).findings
    assert "MOS001" not in [finding.code for finding in found]


def test_warnings_of_the_parser_stay_away_from_the_user() -> None:
    script = (
        "from pathlib import Path\n"
        "from mosaic_lint.config import Loader\n"
        "from mosaic_lint.engine import check_bytes\n"
        "config = Loader(isolated=True).for_path(Path('x.py'))\n"
        "data = b\"x = '\\\\d' is 1\\nconn = get_conn()\\n\"\n"
        "print([finding.code for finding in check_bytes('x.py', data, config).findings])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", script], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("['MOS701', 'MOS101']\n", "")


def test_newer_syntax_than_the_running_python_reads_is_linted() -> None:
    newer = {
        "match a:\n    case get_conn():\n        c = get_conn()\n": (3, 10),
        "with (a as b, c as d):\n    c = get_conn()\n": (3, 9),
        "try:\n    pass\nexcept* ValueError:\n    c = get_conn()\n": (3, 11),
        "def f[T](a: T):\n    c = get_conn()\n": (3, 12),
        "type X = int\nc = get_conn()\n": (3, 12),
        "x = f'{a['b']}'; c = get_conn()\n": (3, 12),
    }
    config = Loader(isolated=True).for_path(Path("x.py"))
    for text, python in newer.items():
        found = told(check(Source("x.py", text), config, Mode(strict=True)))
        assert [finding.code for finding in found] == ["MOS101"], text
        if sys.version_info >= python:
            ast.parse(text)


# --- files --------------------------------------------------------------------------------------

_WITHOUT_PLUGIN = """
import sys
import importlib.metadata as metadata

real = metadata.distributions
metadata.distributions = lambda: (d for d in real() if d.metadata["name"] != "mosaic-lint")
from flake8.main.cli import main
sys.exit(main(sys.argv[1:]))
"""


def unreadable_file(root: Path) -> str:
    """A name that exists and can't be read, whoever asks."""
    if Path("/proc/self/mem").exists():
        (root / "memory.py").symlink_to("/proc/self/mem")
        return "memory.py"
    (root / "closed.py").write_bytes(FAULT)
    (root / "closed.py").chmod(0)
    return "closed.py"


def test_flake8_with_strange_files_is_as_without_the_plugin(tmp_path: Path) -> None:
    unreadable_file(tmp_path)
    (tmp_path / "good.py").write_bytes(FAULT)
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    (tmp_path / "self.py").symlink_to("self.py")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "loop").symlink_to(".", target_is_directory=True)
    shown = []
    for start in (["-m", "flake8"], ["-c", _WITHOUT_PLUGIN]):
        done = subprocess.run(
            [sys.executable, *start, ".", "missing.py"], cwd=tmp_path, env=environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        lines = done.stdout.splitlines()
        shown.append((sorted(ln for ln in lines if " MOS" not in ln), done.stderr))
        if start[0] == "-m":
            assert [ln for ln in lines if " MOS101 " in ln and "good.py:1:8" in ln]
    assert shown[0] == shown[1]


def test_line_of_ten_megabytes_is_too_large_for_the_plugin_and_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_bytes(FAULT + b"x = '" + b"a" * 10_000_000 + b"'\n")
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--select=MOS,E9", "x.py"], cwd=tmp_path,
        env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_too_large_file_is_named_with_its_size() -> None:
    config = Loader(isolated=True).for_path(Path("x.py"))
    data = FAULT + b"x = [" + b"1," * 5_000_000 + b"]\n"
    (finding,) = check_bytes("x.py", data, config, Mode(strict=True)).findings
    assert finding.message == ("too large to analyse: 10000025 bytes, max-file-size is 1000000")


@pytest.mark.parametrize(("size", "expected"), [(17, "MOS101"), (16, "MOS001")])
def test_limit_of_size_is_exact_and_in_bytes(size: int, expected: str) -> None:
    from mosaic_lint.config import build, check_table

    text = "é = get_conn()\n"  # 16 bytes, 15 characters
    table = check_table({"max-file-size": size - 1}, "the test")
    config = build(Path(os.path.abspath("project")), None, table, {})
    (finding,) = told(check_bytes("x.py", text.encode(), config, Mode(strict=True)))
    assert finding.code == expected

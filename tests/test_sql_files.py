"""SQL scripts through the engine: languages, places, rules, bad input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any, List, Tuple

import pytest

from mosaic_lint import registry
from mosaic_lint.engine import HOSTED, Mode, Report, check, check_bytes
from mosaic_lint.source import Language, Source, language_of
from tests import in_memory
from tests.cli_process import environment
from tests.fixture import sql_fixtures
from tests.in_memory import ROOT, Place, config, places_of

FAULT = "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY AUTOINCREMENT);"
COLUMN = FAULT.index("AUTO") + 1


def report(data: bytes, **options: Any) -> Report:
    return in_memory.report(data, "db/x.sql", **options)


def places(text: str, **options: Any) -> List[Place]:
    """The findings of a script as lines, columns and codes."""
    return places_of(report(text.encode("utf-8"), **options))


# --- which language -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.sql", Language.SQL),
        ("db.v1/A.SQL", Language.SQL),
        ("a.md", Language.MARKDOWN),
        ("README.Markdown", Language.MARKDOWN),
        ("a.py", Language.PYTHON),
        ("a.pyi", Language.PYTHON),
        ("a.sql.py", Language.PYTHON),
        ("scripts.sql/hook", Language.PYTHON),
        (".sql", Language.PYTHON),
        ("-", Language.PYTHON),
        ("", Language.PYTHON),
    ],
)
def test_suffix_tells_the_language(path: str, language: Language) -> None:
    assert language_of(path) is language
    assert Source(path, "").language is language


def test_host_that_has_parsed_python_is_believed() -> None:
    """What flake8 hands over is Python, whatever it is called."""
    import ast

    text = "conn = get_conn()\n"
    source = Source("x.sql", text, tree=ast.parse(text))
    assert [f.code for f in check(source, config(ignore=["MOS7"]), HOSTED).findings] == ["MOS101"]


def test_coding_comment_means_nothing_in_sql() -> None:
    told = report(b"# coding: latin-1\nSELECT '\xe9';\n")
    (finding,) = told.findings
    assert (finding.code, told.source.position(finding.span.start)) == ("MOS001", (2, 9))


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
def test_place_is_exact(bom: str, end: str) -> None:
    lines = [
        "-- größe \U0001f600",
        "CREATE TABLE IF NOT EXISTS größe (\tlabel TEXT DEFAULT 'é \U0001f600',",
        "\té TEXT, /* \U0001f600 */ id INTEGER PRIMARY KEY AUTOINCREMENT",
        ");",
        f"SELECT 'é\u2028\x0c \x85'; {FAULT}",
    ]
    expected = [
        (3, lines[2].index("AUTO") + 1, "MOS202"),
        (5, lines[4].index("AUTO") + 1, "MOS202"),
    ]
    assert places(bom + end.join(lines), select=["MOS202"]) == expected


def test_span_is_the_word() -> None:
    told = report(f"SELECT 1;\n{FAULT}\n".encode(), select=["MOS202"])
    (finding,) = told.findings
    assert told.source.text[slice(*finding.span)] == "AUTOINCREMENT"


def test_every_statement_is_judged_once_and_in_order() -> None:
    assert places(f"{FAULT}{FAULT}\n" * 3, select=["MOS202"]) == [
        (line, column, "MOS202") for line in (1, 2, 3) for column in (COLUMN, COLUMN + len(FAULT))
    ]


def test_names_that_the_script_defines_are_known() -> None:
    text = "CREATE DOMAIN datetime AS TIMESTAMP;\nSELECT now()::datetime, NULL::blob;\n"
    assert [place[0] for place in places(text, select=["MOS208"])] == [2]


# --- which rules --------------------------------------------------------------------------------


def test_rules_over_python_keep_silent() -> None:
    assert (
        places("-- conn = get_conn()\nexcept: print(get_conn())\n", select=["MOS1", "MOS3"]) == []
    )


def test_selection_and_per_file_ignores_hold() -> None:
    ignores = {"db/": ["MOS202", "MOS7"]}
    assert places(FAULT, ignore=["MOS202", "MOS7"]) == []
    told = check_bytes(str(ROOT / "db/x.sql"), FAULT.encode(), config(per_file_ignores=ignores))
    assert told.findings == ()


@pytest.mark.parametrize("fixture", list(sql_fixtures()), ids=lambda fixture: fixture.id)
def test_triage_changes_nothing(fixture: Any, tmp_path: Path) -> None:
    source = Source(str(tmp_path / fixture.path), fixture.text)
    everything = config(select=["MOS"])
    on, off = (check(source, everything, Mode(triage=t, strict=True)) for t in (True, False))
    found = [[(f.code, f.message, f.span, f.related) for f in told.findings] for told in (on, off)]
    assert found[0] == found[1]


def test_trigger_far_behind_is_seen() -> None:
    """The text is searched in pieces; a trigger may lie across two of them."""
    for before in (999_990, 1_000_001):
        text = f"--{' ' * before}\n{FAULT}"
        assert places(text, select=["MOS202"], max_file_size=9_000_000) == [(2, COLUMN, "MOS202")]


def test_fault_of_a_rule_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from mosaic_lint.rules import mos202_sqlite_autoincrement as module

    def broken(statement: Any, context: Any) -> Any:
        if statement.starts_with("SELECT"):
            raise KeyError("name")
        yield context.report(statement.at(statement.tokens[0]))

    monkeypatch.setattr(
        module, "sqlite_autoincrement", type(module.sqlite_autoincrement)(
            module.sqlite_autoincrement.meta, broken
        )
    )  # fmt: skip
    text = f"{FAULT}\nSELECT 1 == 1; -- noqa: MOS202\nSELECT 2;\n"
    told = check_bytes("x.sql", text.encode(), config(select=["MOS20", "MOS0"]))
    assert [(f.code, f.message) for f in told.findings if f.code != "MOS203"] == [
        ("MOS004", "MOS202 failed with KeyError: 'name'; please report it")
    ]
    assert "MOS203" in [f.code for f in told.findings], "the other rules' findings stand"


# --- what is imported ---------------------------------------------------------------------------

IMPORTS = (
    "import ast, sys\n"
    "def refuse(*arguments, **named): raise AssertionError('parsed as Python')\n"
    "ast.parse = refuse\n"
    "from mosaic_lint.config import Loader\n"
    "from mosaic_lint.engine import Mode, check_bytes\n"
    "data = sys.stdin.buffer.read()\n"
    "config = Loader(isolated=True).for_path(__import__('pathlib').Path('x.sql'))\n"
    "told = check_bytes('x.sql', data, config, Mode(strict=True))\n"
    "heavy = {'libcst', 'sqlglot', 'markdown_it', 'mosaic_lint.check_python', 'mosaic_lint.tree'}\n"
    "codes = ','.join(finding.code for finding in told.findings)\n"
    "print(codes, sorted(heavy & set(sys.modules)))\n"
)


def imported_for(text: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS], input=text.encode("utf-8"), env=environment(),
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def test_neither_python_nor_sql_is_parsed_where_tokens_do() -> None:
    assert (
        imported_for(f"{FAULT} -- noqa: MOS203\n{FAULT} -- noqa: MOS202\n")
        == "MOS701,MOS202,MOS002 []"
    )
    assert imported_for("-- nothing here\n") == "[]"


# --- bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"SELECT 1;\nSELECT '\0';", (2, 9), "contains a null byte"),
        ("SELECT 1;".encode("utf-16-le"), (1, 2), "contains a null byte"),
        ("SELECT 1;".encode("utf-16"), (1, 1), "can't be decoded: not utf-8: invalid start byte"),
        (b"SELECT '\xed\xa0\x80';", (1, 9), "can't be decoded: not utf-8"),
        (b"\n\x89PNG\r\n\x1a\n\xff\xfe", (2, 1), "can't be decoded: not utf-8"),
        (b"PGDMP\x01\x0e\x00\x04", (1, 8), "contains a null byte"),
    ],
    ids=["null", "utf-16", "utf-16 with a mark", "surrogate", "binary", "dump"],
)
def test_what_is_no_text_is_told(data: bytes, place: Tuple[int, int], reason: str) -> None:
    told = report(data)
    (finding,) = told.findings
    assert finding.code == "MOS001"
    assert told.source.position(finding.span.start) == place
    assert finding.message.startswith(reason)


def test_too_large_script_is_told() -> None:
    told = report(f"{FAULT} -- é\n".encode() * 10, max_file_size=700)
    assert [(f.code, f.message) for f in told.findings] == [
        ("MOS001", "too large to analyse: 750 bytes, max-file-size is 700")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ";;;",
        "'",
        "SELECT '",
        'SELECT "',
        "SELECT $a$ ' $$ ",
        "SELECT E'\\",
        "/* /* */",
        "(((((",
        ")))))",
        "\\",
        "\\copy t from stdin",
        "COPY t FROM stdin;",
        "COPY t FROM stdin;\n\\",
        "SELECT `a",
        "[[[[",
        "? ? ?",
        "DO $$ BEGIN",
        "CREATE FUNCTION f() BEGIN ATOMIC",
        "\x0c\x85\u2028\u00a0",
        "\ue000",
        "-- noqa",
        "-- noqa: MOS202, ",
        "SELECT " + "(" * 20_000,
        "SELECT " + "NOT " * 20_000,
        "SELECT '" + "x" * 1_000_000,
        "SELECT '" + "''" * 400_000 + "';",
        "SELECT 1 " + ", 1" * 200_000,
    ],
    ids=range(28),
)
def test_odd_text_does_no_harm(text: str) -> None:
    told = report(text.encode(), max_file_size=9_000_000)
    assert [f.code for f in told.findings if f.code in ("MOS001", "MOS004")] == []
    faults = report(f"{text}\n{FAULT}".encode(), max_file_size=9_000_000).findings
    assert all(f.code != "MOS004" for f in faults)


def test_statement_of_more_than_a_megabyte_is_passed_over() -> None:
    values = ", ".join(["(1, 'a long text')"] * 60_000)
    text = f"INSERT INTO t VALUES {values} ON CONFLICT DO NOTHING;\n{FAULT}\n"
    assert places(text, select=["MOS2"], max_file_size=9_000_000) == [(2, COLUMN, "MOS202")]


def test_fixtures_try_rules_that_scripts_meet() -> None:
    codes = {e.code for e in registry.rules().values() if e.subscribes == "SqlStatement"}
    tried = {fixture.file.parent.name for fixture in sql_fixtures()}
    assert {"MOS201", "MOS202", "MOS203", "MOS204", "MOS208", "MOS402"} <= tried & codes

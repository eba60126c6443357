"""SQL that nobody should write: no crash of the process, no guess."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Dict, List

import pytest

from tests.cli_process import environment

_RUN = """
import json, sys
from pathlib import Path
from mosaic_lint.config import Config
from mosaic_lint.engine import Mode, check
from mosaic_lint.source import Source

text = sys.stdin.buffer.read().decode("utf-8", "surrogatepass")
config = Config(root=Path("/nonexistent"))
report = check(Source("api/x.py", text), config, Mode(strict=True))
print(json.dumps([finding.code for finding in report.findings]))
"""


def codes(text: str) -> List[str]:
    """The codes of the findings in a module, found in a process of its own.

    Left out is that it has no version header.
    """
    done = subprocess.run(
        [sys.executable, "-c", _RUN],
        input=text.encode("utf-8", "surrogatepass"),
        env=environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[-500:]
    found: List[str] = json.loads(done.stdout)
    return [code for code in found if code != "MOS701"]


def executed(sql: str, receiver: str = "cursor") -> str:
    """A module that runs a text."""
    return f"def f({receiver}, x):\n    {receiver}.execute({sql!r})\n"


DEEP: Dict[str, str] = {
    "parentheses": "SELECT " + "(" * 50_000 + "1" + ")" * 50_000 + " FROM t",
    "case": "SELECT " + "CASE WHEN a THEN " * 20_000 + "1 FROM t",
    "not": "SELECT a FROM t WHERE " + "NOT " * 50_000 + "a",
    "minus": "SELECT " + "- " * 50_000 + "1 FROM t",
    "subqueries": "SELECT * FROM " + "(SELECT * FROM " * 20_000 + "t" + ") x" * 20_000,
    "unions": " UNION ".join(["SELECT a FROM t"] * 20_000),
    "joins": "SELECT a FROM t " + "JOIN u ON u.a = t.a " * 20_000,
    "ands": "SELECT a FROM t WHERE a = 1" + " AND a = 1" * 50_000,
    "subscripts": "SELECT a" + "[1]" * 50_000 + " FROM t",
    "arrays": "SELECT " + "ARRAY[" * 5_000 + "1" + "]" * 5_000 + " FROM t",
    "comments": "SELECT 1 " + "/* " * 100_000 + " FROM t",
    "million": "SELECT '" + "a" * 1_000_000 + "' FROM t WHERE id = ?",
}


@pytest.mark.parametrize("receiver", ["cursor", "anything"])
@pytest.mark.parametrize("sql", DEEP.values(), ids=DEEP)
def test_deep_or_long_sql_ends_no_process(sql: str, receiver: str) -> None:
    assert not {"MOS004"} & set(codes(executed(sql, receiver)))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 'open FROM t WHERE id = ?", []),
        ('SELECT "open FROM t WHERE id = ?', []),
        ("SELECT $$ open ? FROM t", []),
        ("SELECT /* open ? FROM t", []),
        ("SELECT a /* b /* c ? */ d ? */ FROM t WHERE id = ?", ["MOS201"]),
        ("%%%% %s %d %(a %( %", []),
        ("SELECT TOP 5 a FROM t WITH (NOLOCK)", []),
        ("SELECT @@VERSION; GO", []),
        ("SELECT a FROM t USE INDEX (i) STRAIGHT_JOIN u", []),
        ("", []),
        (";;;", []),
        ("\x00SELECT a FROM t", []),
        ("SELECT '\ud800' FROM t WHERE a = ?", ["MOS201"]),
    ],
)
def test_broken_sql_on_a_cursor_is_no_guess(sql: str, expected: List[str]) -> None:
    assert [c for c in codes(executed(sql)) if c.startswith("MOS2")] == expected


def test_hole_where_a_keyword_stands_is_only_a_hole() -> None:
    text = 'def f(cursor, verb):\n    cursor.execute(f"{verb} a FROM t {verb} b")\n'
    assert codes(text) == ["MOS212", "MOS212"]


def test_thousands_of_additions_and_functions_come_to_an_end() -> None:
    added = "".join(f"    sql += ' AND a{i} = %s'\n" for i in range(3_000))
    many = "".join(
        f"def g{i}(cursor, a):\n    query = 'SELECT {i} FROM t WHERE a = ?'\n"
        f"    cursor.execute(query, (a,))\n"
        for i in range(500)
    )
    head = "def f(cursor, a):\n    sql = 'SELECT a FROM t WHERE a = ?'\n"
    found = codes(head + added + "    cursor.execute(sql)\n" + many)
    assert found == ["MOS201"] * len(found)
    assert len(found) >= 500

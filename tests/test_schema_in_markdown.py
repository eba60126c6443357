"""The DDL in a document is its schema, for what its examples insert and refer to."""

from __future__ import annotations

from typing import List

import pytest

from tests import in_memory
from tests.in_memory import Place, places_of

pytest.importorskip("markdown_it")

DDL = "CREATE TABLE IF NOT EXISTS boats (name TEXT PRIMARY KEY, length INTEGER);"
INSERT = 'cursor.execute("INSERT INTO boats (name) VALUES (%s)", (name,))'
PLACE = INSERT.index("INSERT") + 1


def fence(language: str, *lines: str) -> str:
    return "\n".join([f"```{language}", *lines, "```", ""])


def places(*blocks: str) -> List[Place]:
    text = "".join(blocks).encode("utf-8")
    options = {"include_markdown": True, "select": ["MOS401", "MOS805", "MOS806"]}
    return places_of(in_memory.report(text, "docs/x.md", **options))


def test_table_of_another_block_is_known() -> None:
    assert places(fence("python", INSERT), fence("sql", DDL)) == [(2, PLACE, "MOS401")]
    assert places(fence("python", INSERT)) == []


def test_table_of_a_python_block_is_known() -> None:
    created = f'cursor.execute("{DDL}")'
    assert places(fence("python", created), fence("python", INSERT)) == [(5, PLACE, "MOS401")]


@pytest.mark.parametrize(
    "elided",
    [
        fence("sql", "CREATE TABLE IF NOT EXISTS boats ...;"),
        fence("sql", "CREATE TABLE boats (name TEXT, ...);"),
        fence("sql", "ALTER TABLE boats ADD COLUMN ...;"),
        fence("python", 'cursor.execute("""CREATE TABLE IF NOT EXISTS boats ...""")'),
    ],
)
def test_what_is_left_out_by_dots_declares_nothing(elided: str) -> None:
    assert places(fence("python", INSERT), fence("sql", DDL), elided) == [(2, PLACE, "MOS401")]


def test_doubt_silences() -> None:
    broken = fence("sql", "CREATE TABLE boats (name TEXT PRIMARY KEY AUTOINCREMENT);")
    assert places(fence("python", INSERT), fence("sql", DDL), broken) == []


def test_foreign_keys_are_judged_in_python_only() -> None:
    ddl = "CREATE TABLE crews (boat TEXT REFERENCES boats (name))"
    assert places(fence("sql", ddl)) == []
    call = f'cursor.execute("{ddl}")'
    assert places(fence("python", call)) == [(2, call.index("REFERENCES") + 1, "MOS806")]


def test_protected_tables_are_protected_in_examples() -> None:
    assert places(fence("sql", "DROP TABLE users;")) == [(2, 12, "MOS805")]

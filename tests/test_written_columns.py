"""Which column a value meets, where fixtures can't say it: what the schema isn't sure of."""

from __future__ import annotations

from typing import List

import pytest

from mosaic_lint.schema.model import Column, Doubt, Origin, Schema, Table, schema_of
from mosaic_lint.sql.booleans import integers
from mosaic_lint.sql.statement import read

HERE = Origin("migrations/001_first.sql", 1, 1)


def schema(*, retyped: bool = False, origins: int = 1, doubt: bool = False) -> Schema:
    """The table ``lamps``."""
    columns = (
        Column("id", "integer", True, None, True, HERE),
        Column("lit", "boolean", False, None, False, HERE, retyped),
    )
    doubts = (Doubt("is made by a loop", HERE),) if doubt else ()
    table = Table("lamps", columns, (), (), (), doubts, (HERE,) * origins)
    return schema_of({"lamps": table})


def found(sql: str, known: Schema, *, in_file: bool = False) -> List[str]:
    """The integers that are found in a statement, each with what follows."""
    return [
        sql[fault.anchor.start :]
        for statement in read(sql, in_file=in_file)
        for fault in integers(statement, lambda: known)
    ]


FAULTY = (
    "UPDATE lamps SET lit = 0",
    "INSERT INTO lamps VALUES (7, 0)",
    "SELECT id FROM lamps WHERE lit = 0",
    "ALTER TABLE lamps ALTER COLUMN lit SET DEFAULT 0",
    "ALTER TABLE lamps ADD CHECK (lit <> 0)",
)


@pytest.mark.parametrize("sql", FAULTY)
def test_known_column_is_found(sql: str) -> None:
    assert found(sql, schema()) == [sql[sql.rindex("0") :]]


@pytest.mark.parametrize("sql", FAULTY)
def test_doubtful_table_is_silent(sql: str) -> None:
    assert found(sql, schema(doubt=True)) == []


@pytest.mark.parametrize("sql", FAULTY)
def test_script_may_run_before_the_type_changes(sql: str) -> None:
    assert found(sql, schema(retyped=True), in_file=True) == []
    assert found(sql, schema(retyped=True)) != []


def test_several_declarations_may_order_columns_differently() -> None:
    several = schema(origins=2)
    assert found("INSERT INTO lamps VALUES (7, 0)", several) == []
    assert found("INSERT INTO lamps (id, lit) VALUES (7, 0)", several) == ["0)"]


def test_schema_is_asked_only_where_it_matters() -> None:
    def never() -> Schema:
        raise AssertionError("nobody needs the schema here")

    for sql in (
        "SELECT id, count(*) FROM lamps WHERE id > 5 GROUP BY 1 ORDER BY 1 LIMIT 1",
        "CREATE TABLE IF NOT EXISTS lamps (id INTEGER DEFAULT 0, lit BOOLEAN DEFAULT FALSE)",
        "INSERT INTO lamps (id, lit) VALUES (%s, TRUE)",
        "SELECT id FROM lamps WHERE lit = %s",
        "SET work_mem = 1",
    ):
        assert not [fault for s in read(sql) for fault in integers(s, never)]


@pytest.mark.parametrize("times", [1_000])
@pytest.mark.parametrize(
    "piece",
    [
        "(", "((lit = 1) ", "(SELECT lit FROM lamps WHERE lit = 1 AND id IN ", "lit.", "CASE WHEN ",
        "WITH a AS (", "FROM (", "JOIN (lamps ", "lit IN (1, ", "INSERT INTO lamps VALUES (1, ",
        "UNION SELECT ", "UPDATE lamps SET (lit) = (", "SET lit = 1, ", ") ", "CHECK (", "lamps, ",
        "DEFAULT (", "ALTER TABLE lamps ADD CHECK (", '"', "1 = ", "(SELECT * FROM ", "lit = 1, ",
        "WITH RECURSIVE a (b) AS (SELECT * ", "JOIN lamps ON lit = 1 ",
    ],
)  # fmt: skip
def test_nothing_is_too_deep(piece: str, times: int) -> None:
    for start in ("", "SELECT ", "UPDATE lamps SET lit = 1 WHERE ", "CREATE TABLE a (b BOOLEAN "):
        for statement in read(start + piece * times):
            list(integers(statement, schema))

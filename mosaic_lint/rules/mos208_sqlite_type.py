"""MOS208: types that PostgreSQL lacks."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.column_types import foreign_types
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS208",
    name="sqlite-type",
    message="the type {name} is unknown to PostgreSQL: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def sqlite_type(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        A column or a cast has a type that PostgreSQL lacks: `DATETIME`, `BLOB`, `TINYINT`,
        `DOUBLE`, `NVARCHAR`, `CLOB`, `NUMBER`, `STRING`, `INTEGER(11)`, `UNSIGNED` and others.

    Why:
        SQLite takes any word for a type. PostgreSQL ends with "type ... does not exist", or with a
        syntax error.

    Example:
        cursor.execute("CREATE TABLE IF NOT EXISTS scans (at DATETIME, image BLOB)")

    Instead:
        cursor.execute("CREATE TABLE IF NOT EXISTS scans (at TIMESTAMP, image BYTEA)")

    Fix safety:
        No fix is offered.

    Limits:
        Never a type or domain that DDL in the same file defines. Types of parameters and of
        composite types aren't looked at.
    """
    for found in foreign_types(statement):
        anchor = statement.at(statement.tokens[found.first], statement.tokens[found.last])
        yield context.report(anchor, name=found.name, instead=found.instead)

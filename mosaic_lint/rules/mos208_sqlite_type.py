"""MOS208: types that PostgreSQL lacks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator

from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.types import retyped
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.column_types import ForeignType, foreign_types
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site


@rule(
    code="MOS208",
    name="sqlite-type",
    message="the type {name} is unknown to PostgreSQL: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS214"),
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
        Safe: the type becomes the one of PostgreSQL's that holds the same values, without numbers
        in parentheses that it doesn't take: `TINYINT(1)` is `SMALLINT`, `INT UNSIGNED` is
        `BIGINT`. There is no fix for `ENUM`, which needs a CHECK.

    Limits:
        Never a type or domain that DDL in the same file defines. Types of parameters and of
        composite types aren't looked at.
    """
    for found in foreign_types(statement):
        anchor = statement.at(statement.tokens[found.first], statement.tokens[found.last])
        fix = partial(_repair, statement, found)
        yield context.report(anchor, fix=fix, name=found.name, instead=found.instead)


def _repair(statement: Statement, found: ForeignType, site: Site) -> Repair:
    new = retyped(statement, found, site)
    return Repair(f"Write {new.name}", new.changes)

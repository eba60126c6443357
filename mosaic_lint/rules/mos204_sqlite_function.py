"""MOS204: functions, tables and columns that only SQLite has."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.sqlite_forms import is_sqlite_trigger
from mosaic_lint.sql.sqlite_names import sqlite_names
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS204",
    name="sqlite-function",
    message="{name} is SQLite's, PostgreSQL has none: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def sqlite_function(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        SQL calls a function, or reads a table or column, that SQLite has and PostgreSQL lacks:
        `datetime()`, `strftime()`, `ifnull()`, `group_concat()`, `json_extract()`,
        `last_insert_rowid()`, `sqlite_master`, `rowid` and others.

    Why:
        The statement ends with "function ... does not exist", or with an unknown table or column.

    Example:
        cursor.execute("UPDATE visits SET seen = datetime('now')")

    Instead:
        cursor.execute("UPDATE visits SET seen = NOW()")

    Fix safety:
        No fix is offered.

    Limits:
        Never a name that DDL in the same file defines. `date(x)` with one argument is
        PostgreSQL's, too. Functions in a schema (`compat.instr()`) are somebody's own.
    """
    if is_sqlite_trigger(statement):
        return
    for found in sqlite_names(statement):
        anchor = statement.at(statement.tokens[found.place])
        yield context.report(anchor, name=found.name, instead=found.instead)

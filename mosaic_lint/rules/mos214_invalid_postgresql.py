"""MOS214: what PostgreSQL's own grammar refuses."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.column_types import foreign_types
from mosaic_lint.sql.grammar import refusal
from mosaic_lint.sql.keywords import STATEMENTS
from mosaic_lint.sql.sqlite_forms import sqlite_forms
from mosaic_lint.sql.sqlite_names import sqlite_names
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS214",
    name="invalid-postgresql",
    message="the statement doesn't parse as PostgreSQL, {reason}: correct it at this place",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    default_on=False,
    needs=("pglast", "pg"),
)
def invalid_postgresql(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        A statement that PostgreSQL's own grammar doesn't parse.

    Why:
        The statement ends in a syntax error whenever it runs. The grammar is the server's, by the
        library pglast; so nothing that a server of that version parses is reported.

    Example:
        cursor.execute("SELECT name FROM players WHERE id = %s ORDER name", (player_id,))

    Instead:
        cursor.execute("SELECT name FROM players WHERE id = %s ORDER BY name", (player_id,))

    Fix safety:
        No fix is offered.

    Limits:
        Off unless its full code is selected; needs the extra `mosaic-lint[pg]`. Silent where
        another rule of MOS2 speaks of the statement, where a part of the text isn't known, and for
        texts that aren't a statement.
    """
    if statement.has_holes or not statement.is_exact or statement.word(0) not in STATEMENTS:
        return
    if _is_spoken_of(statement, context):
        return
    found = refusal(statement)
    if found is not None:
        anchor = statement.at(statement.tokens[found.place])
        yield context.report(anchor, reason=found.reason)


def _is_spoken_of(statement: Statement, context: Context) -> bool:
    """Whether another rule that is on tells more of the statement."""
    faults = {
        "MOS201": statement.placeholders,
        "MOS202": "AUTOINCREMENT" in statement.words,
        "MOS203": any(sqlite_forms(statement)),
        "MOS204": any(sqlite_names(statement)),
        "MOS208": any(foreign_types(statement)),
    }
    return any(found and context.is_on(code) for code, found in faults.items())

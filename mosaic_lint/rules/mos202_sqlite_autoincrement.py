"""MOS202: AUTOINCREMENT."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator

from mosaic_lint.fixes.autoincrement import serial
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.roles import ends_operand
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site


@rule(
    code="MOS202",
    name="sqlite-autoincrement",
    message='the keyword AUTOINCREMENT is SQLite\'s: write "SERIAL PRIMARY KEY"',
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS214",),
)
def sqlite_autoincrement(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        A column is declared with `AUTOINCREMENT`.

    Why:
        PostgreSQL doesn't know the word; the statement ends in a syntax error. Its own way is
        `SERIAL`, or `GENERATED ALWAYS AS IDENTITY`.

    Example:
        cursor.execute("CREATE TABLE IF NOT EXISTS goals (id INTEGER PRIMARY KEY AUTOINCREMENT)")

    Instead:
        cursor.execute("CREATE TABLE IF NOT EXISTS goals (id SERIAL PRIMARY KEY)")

    Fix safety:
        Safe: `INTEGER PRIMARY KEY AUTOINCREMENT` becomes `SERIAL PRIMARY KEY` (`BIGSERIAL` for
        `BIGINT`), with whatever other constraints the column has. There is no fix where no integer
        type is seen, as in a query that is put together from several places, or where the column
        has a DEFAULT.

    Limits:
        A column, table or alias of that name isn't meant.
    """
    for index in statement.find("AUTOINCREMENT"):
        if statement.tokens[index].kind is Kind.WORD and _is_constraint(statement, index):
            fix = partial(_repair, statement, index)
            yield context.report(statement.at(statement.tokens[index]), fix=fix)


def _is_constraint(statement: Statement, index: int) -> bool:
    """Whether the word stands behind a column's type or key, not as a name."""
    if not (statement.starts_with("CREATE") or statement.starts_with("ALTER")):
        return not statement.words[0].isalpha() or statement.word(index - 1) == "KEY"
    before = statement.word(index - 1)
    if "TABLE" not in statement.words[1:4] and not statement.has_holes:
        return False
    declares = statement.depths[index] > 0 or "ADD" in statement.words[:index]
    if not declares or before in ("TABLE", "EXISTS", "COLUMN", "ADD"):
        return False
    if before in ("UNIQUE", "ASC", "DESC") or statement.word(index - 2) == "CONFLICT":
        return True
    return ends_operand(statement.tokens[index - 1])


def _repair(statement: Statement, index: int, site: Site) -> Repair:
    found = serial(statement, index, site)
    return Repair(f"Write {found.name} instead of AUTOINCREMENT", found.changes)

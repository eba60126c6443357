"""MOS201: a question mark as placeholder."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.lexer import Token
from mosaic_lint.sql.statement import Statement, by_literal
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS201",
    name="sqlite-placeholder",
    message='the placeholder "?" is SQLite\'s{count}: write "%s"',
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def sqlite_placeholder(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        A `?` or `?1` stands for a value in SQL.

    Why:
        psycopg knows `%s` and `%(name)s` only. It sends the question mark to PostgreSQL, which ends
        in a syntax error, or takes it for an operator.

    Example:
        cursor.execute("SELECT name FROM players WHERE id = ?", (player_id,))

    Instead:
        cursor.execute("SELECT name FROM players WHERE id = %s", (player_id,))

    Fix safety:
        No fix is offered.

    Limits:
        One finding for each string literal, at the first placeholder, with their number. A `?`
        between two operands is PostgreSQL's own operator on JSONB; so are `?|`, `?&` and `@?`.
        Literals, comments, quoted names and dollar-quoted bodies aren't looked into.
    """
    for holder, token, number in by_literal(statement, _marks):
        count = f" ({number} of them)" if number > 1 else ""
        yield context.report(holder.at(token), count=count)


def _marks(statement: Statement) -> Iterator[Token]:
    return (statement.tokens[index] for index in sorted(statement.placeholders))

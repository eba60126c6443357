"""MOS201: a question mark as placeholder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator

from mosaic_lint.fixes.placeholders import percent_placeholders
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.lexer import Token
from mosaic_lint.sql.statement import Group, Statement, by_literal
from mosaic_lint.vocabulary import SQL

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site


@rule(
    code="MOS201",
    name="sqlite-placeholder",
    message='the placeholder "?" is SQLite\'s{count}: write "%s"',
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS210", "MOS211", "MOS213", "MOS214"),
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
        Safe: each `?` becomes `%s`, and a `%` of the same literal that is no placeholder `%%`, as
        psycopg wants it; `?1` and `?2` where they stand in order; `IS ?`, which is for NULL only in
        PostgreSQL, `IS NOT DISTINCT FROM %s`. There is no fix where numbers repeat or change the
        order, where SQLite or SQLAlchemy's `text()` gets the same literal, or where the program
        counts question marks itself.

    Limits:
        One finding for each string literal, at the first placeholder, with their number. A `?`
        between two operands is PostgreSQL's own operator on JSONB; so are `?|`, `?&` and `@?`.
        Literals, comments, quoted names and dollar-quoted bodies aren't looked into.
    """
    for group in by_literal(statement, _marks):
        number = len(group.all)
        count = f" ({number} of them)" if number > 1 else ""
        fix = partial(_repair, group)
        yield context.report(group.statement.at(group.token), fix=fix, count=count)


def _marks(statement: Statement) -> Iterator[Token]:
    return (statement.tokens[index] for index in sorted(statement.placeholders))


def _repair(group: Group, site: Site) -> Repair:
    return Repair('Write "%s" for each "?"', percent_placeholders(group, site))

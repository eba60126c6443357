"""MOS213: a placeholder in quotes."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.quoted import quoted_placeholders
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS213",
    name="quoted-placeholder",
    message="the driver quotes the value itself: write {written} without the quotes{advice}",
    subscribes="SqlCall",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def quoted_placeholder(call: SqlCall, context: Context) -> Iterator[Draft]:
    """
    What:
        A placeholder stands in a quoted literal or name of a query with parameters: `'%s'`,
        `"%s"`, `'%(name)s'`, `'%%%s%%'`.

    Why:
        psycopg puts a quoted value there. The statement then reads `''value''` and ends in a
        syntax error, or means something else.

    Example:
        cursor.execute("SELECT id FROM songs WHERE title LIKE '%%%s%%'", (word,))

    Instead:
        cursor.execute("SELECT id FROM songs WHERE title LIKE %s", (f"%{word}%",))

    Fix safety:
        No fix is offered.

    Limits:
        Silent where the parameter is provably a number, which works by luck, and for
        `interval '%s days'` unless the parameter is provably a string.
    """
    for found in quoted_placeholders(call):
        yield context.report(found.anchor, written=found.written, advice=found.advice)

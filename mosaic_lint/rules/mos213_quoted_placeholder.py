"""MOS213: a placeholder in quotes."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.quoted import quoted_placeholders
from mosaic_lint.fixes.unquoted import repair
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
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS211", "MOS214"),
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
        Safe: `'%s'` becomes `%s`, and `'%%%s%%'` becomes `'%%' || %s || '%%'`, in parentheses
        where something binds tighter. `DATE '%s'` becomes `%s::DATE`. Where the parameters show
        that it is none of the driver's, as in `format('%s', name)`, it becomes `%%s`.

        There is no fix for a name in double quotes, inside of a function's body, for documents and
        arrays (`'{%s}'`), and where it isn't known that a text is wanted, as for
        `created_at > '%s 00:00'`.

    Limits:
        Silent where the parameter is provably a number, which works by luck, and for
        `interval '%s days'` unless the parameter is provably a string.
    """
    for found in quoted_placeholders(call):
        fix = partial(repair, call, found)
        yield context.report(found.anchor, fix=fix, written=found.written, advice=found.advice)

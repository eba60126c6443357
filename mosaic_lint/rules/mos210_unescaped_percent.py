"""MOS210: a percent sign that the driver takes for a placeholder."""

from __future__ import annotations

from typing import Dict, Iterator, List

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.percent import conversions
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS210",
    name="unescaped-percent",
    message='a query with parameters reads "%"{count} as a placeholder: write "%%"',
    subscribes="SqlCall",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def unescaped_percent(call: SqlCall, context: Context) -> Iterator[Draft]:
    """
    What:
        A query that is run with parameters, be they empty, has a `%` that is neither `%s`,
        `%(name)s` nor `%%`.

    Why:
        With parameters the driver formats the whole text, literals and comments included. It
        raises an IndexError, a TypeError or a ValueError before the server sees anything.

    Example:
        cursor.execute("SELECT id FROM songs WHERE title LIKE '%love%' AND year = %s", (year,))

    Instead:
        cursor.execute("SELECT id FROM songs WHERE title LIKE '%%love%%' AND year = %s", (year,))

    Fix safety:
        No fix is offered.

    Limits:
        Silent without parameters, where the driver leaves the text alone. One finding for each
        string literal. `driver = "psycopg"` also knows `%b` and `%t`.
    """
    if not call.formats:
        return
    groups: Dict[object, List[object]] = {}
    for found in conversions(call.text.text, call.letters):
        if not found.is_placeholder:
            anchor = call.text.locate(found.start, found.start + 1)
            groups.setdefault(getattr(anchor, "literal", None), []).append(anchor)
    for anchors in groups.values():
        count = f" ({len(anchors)} of them)" if len(anchors) > 1 else ""
        yield context.report(anchors[0], count=count)  # type: ignore[arg-type]

"""MOS210: a percent sign that the driver takes for a placeholder."""

from __future__ import annotations

from functools import partial
from typing import Dict, Iterator, List

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.fixes.lone_percents import repair
from mosaic_lint.fixes.runs import literal_of
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.percent import Conversion, conversions
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS210",
    name="unescaped-percent",
    message='a query with parameters reads "%"{count} as a placeholder: write "%%"',
    subscribes="SqlCall",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS211", "MOS213", "MOS214"),
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
        Safe: each `%` of the literal that is no placeholder becomes `%%`.

        Unsafe: where a value must stand, `%d` and `%(name)d` become `%s` and `%(name)s`.

        There is no fix where the same text is also run without parameters, which would then send
        `%%`; where `%d` may be meant as a placeholder or not; and where a parameter would be left
        over, as for `LIKE '%%s%'`.

    Limits:
        Silent without parameters, where the driver leaves the text alone. One finding for each
        string literal. `driver = "psycopg"` also knows `%b` and `%t`.
    """
    if not call.formats:
        return
    groups: Dict[object, List[Conversion]] = {}
    for found in conversions(call.text.text, call.letters):
        if not found.is_placeholder:
            anchor = call.text.locate(found.start, found.start + 1)
            groups.setdefault(literal_of(anchor), []).append(found)
    for group in groups.values():
        count = f" ({len(group)} of them)" if len(group) > 1 else ""
        anchor = call.text.locate(group[0].start, group[0].start + 1)
        yield context.report(anchor, fix=partial(repair, call, group), count=count)

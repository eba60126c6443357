"""MOS211: parameters that don't fit the placeholders."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.mismatch import mismatches
from mosaic_lint.fixes.missing_comma import repair
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS211",
    name="parameter-count",
    message="{problem}: write {instead}",
    subscribes="SqlCall",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS213", "MOS214"),
)
def parameter_count(call: SqlCall, context: Context) -> Iterator[Draft]:
    """
    What:
        The parameters of a query don't fit its placeholders: too many or too few, a missing name,
        a dict for `%s` or a tuple for `%(name)s`, a single value where a sequence is needed, a
        list for `IN %s`, a dict as a value, a row of `executemany` with such a fault,
        `execute_values` without exactly one `%s`.

    Why:
        psycopg raises before the server sees the query: IndexError, KeyError, TypeError,
        ProgrammingError.

    Example:
        cursor.execute("SELECT id FROM members WHERE email = %s", (email))

    Instead:
        cursor.execute("SELECT id FROM members WHERE email = %s", (email,))

    Fix safety:
        Safe: where a single value is given to a single `%s`, `(email)` becomes `(email,)`, and
        `"x"` becomes `("x",)`. There is no fix for any other fault: whether the query or the
        parameters are wrong can't be known.

    Limits:
        Only what the code shows is counted. Silent where the query has no `%` placeholder, which
        makes the driver ignore parameters, where it has a `?`, and where the text isn't known in
        full. Dicts as values are fine in a file that registers an adapter for them.
    """
    for found in mismatches(call):
        fix = partial(repair, call, found)
        yield context.report(found.anchor, fix=fix, problem=found.problem, instead=found.instead)

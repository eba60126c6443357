"""MOS901: statements that run once for each row of another query."""

from __future__ import annotations

from typing import Iterator

import libcst as cst

from mosaic_lint.anchor import Line, Step
from mosaic_lint.facts.repeated import Repeated
from mosaic_lint.rule import Context, Draft, rule

_INSTEAD = {
    "INSERT": 'write one "INSERT ... SELECT", or gather the rows for execute_values',
    "UPDATE": 'write one "UPDATE ... FROM", or "= ANY(%s)"',
    "DELETE": 'write one "DELETE ... USING", or "= ANY(%s)"',
    "CALL": "give the procedure all of them at once, as an array",
}


@rule(
    code="MOS901",
    name="query-in-loop",
    message="this statement runs once for each row of the query in line {line}: {instead}",
    subscribes="Repeated",
    triggers=("execute", "read_sql"),
    stage="query-loops",
    playbook="Review checklists",
)
def query_in_loop(repeated: Repeated, context: Context) -> Iterator[Draft]:
    """
    What:
        A statement in a loop over the rows of another query of the same function, or over what is
        made of them: N rows, and one more statement for each (N+1).

    Why:
        Each statement is a way to the server and back. With ten rows nobody notices, with ten
        thousand the request takes minutes.

    Example:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("SELECT id FROM orders WHERE open")
            for (order_id,) in cursor.fetchall():
                cursor.execute("SELECT part FROM lines WHERE order_id = %s", (order_id,))

    Instead:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute(
                "SELECT o.id, l.part FROM orders o JOIN lines l ON l.order_id = o.id WHERE o.open"
            )

    Fix safety:
        No fix is offered.

    Limits:
        The query and the loop must be in one function: what a parameter holds, or another function
        returns, isn't followed. Rows are followed through names, slices, `list`, `sorted`,
        `enumerate`, `zip`, the functions of `itertools` and the like, comprehensions, and
        collections that are filled in a loop over rows; not through attributes of other objects.
        Silent for statements that end transactions or set savepoints, for DDL, where the rows hold
        names of tables or the statements themselves, where a statement runs for what several turns
        have gathered, and where the loop is surely left behind it. A loop that only takes a row in
        each turn counts as one over rows where it is `while` or goes over `itertools.count()`.
        Statements of other drivers aren't looked at.
    """
    default = 'write one query with JOIN or "= ANY(%s)"'
    loop = repeated.loop
    steps = [Step(repeated.query, "the query")]
    if not isinstance(loop, cst.While):
        steps.append(Step(loop.iter, "the loop goes over its rows"))
    yield context.report(
        repeated.call,
        related=steps,
        line=Line(repeated.query),
        instead=_INSTEAD.get(repeated.verb, default),
    )

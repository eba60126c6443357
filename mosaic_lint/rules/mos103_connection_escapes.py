"""MOS103: a connection or cursor gets out of the block that holds it."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import Line, Step
from mosaic_lint.facts.escapes import Escape, Way
from mosaic_lint.rule import Context, Draft, rule

_WHAT = {Way.USED: "is used after", Way.RETURNED: "is returned from", Way.KEPT: "outlives"}
_ADVICE = {
    Way.USED: "move this into the block",
    Way.RETURNED: "return what was fetched instead",
    Way.KEPT: "open a connection where one is needed",
}


@rule(
    code="MOS103",
    name="connection-escapes",
    message="{name} {what} the block of line {line}, which gives the connection back: {advice}",
    subscribes="Escape",
    triggers=("{connection-factories}",),
    stage="escapes",
    playbook="Pattern 1: database context manager",
)
def connection_escapes(escape: Escape, context: Context) -> Iterator[Draft]:
    """
    What:
        The connection of a `with get_conn() as conn` block, or a cursor made from it, is used,
        passed or returned after the block ended, or leaves the block: by `return`, or into an
        attribute, an item or a global name.

    Why:
        At the end of the block the connection goes back to the pool. Whoever still uses it shares
        it with the next request, whose transaction it breaks, or finds it closed.

    Example:
        def names():
            with get_conn() as conn:
                cursor = conn.cursor()
                cursor.execute("SELECT name FROM customers")
            return cursor.fetchall()

    Instead:
        def names():
            with get_conn() as conn:
                cursor = conn.cursor()
                cursor.execute("SELECT name FROM customers")
                return cursor.fetchall()

    Fix safety:
        No fix is offered.

    Limits:
        One finding for each name and block, at the first place. `rowcount`, `description`,
        `closed`, `query` and `statusmessage` may be read afterwards; a generator may `yield` the
        connection while its block is open. With `driver = "psycopg"` a cursor may be fetched from
        and closed behind the block. An exit stack that a `with` enters counts as the block of what
        it entered. What is put into containers, and what other functions keep, isn't followed.
    """
    opened = escape.held.source.opened or escape.block
    yield context.report(
        escape.node,
        related=[Step(opened, f"{context.file.code(opened)} is entered here")],
        name=escape.name,
        what=_WHAT[escape.way],
        line=Line(opened),
        advice=_ADVICE[escape.way],
    )

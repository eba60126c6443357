"""MOS101: the value of a connection factory is bound to a name as if it were a connection."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.factories import FactoryCall, Use
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS101",
    name="pool-as-connection",
    message='{call} returns a context manager, not a connection: write "with {call} as {name}:"',
    subscribes="FactoryCall",
    triggers=("{connection-factories}",),
    stage="connections",
    playbook="Pattern 1: database context manager",
)
def pool_as_connection(call: FactoryCall, context: Context) -> Iterator[Draft]:
    """
    What:
        A connection factory's value is bound: to a name, an attribute, an item or a tuple, by
        an assignment, an annotation or a walrus.

    Why:
        The factory hands out a context manager over the pool. Only `with` takes a connection out
        of the pool, commits or rolls back, and gives it back. The bare value has neither
        `cursor()` nor `execute()`, so that the first query ends in an AttributeError.

    Example:
        conn = get_conn()
        cursor = conn.cursor()

    Instead:
        with get_conn() as conn:
            cursor = conn.cursor()

    Fix safety:
        No fix is offered.

    Limits:
        Factories are known by the last name of what is called, and through aliases in the same
        file. What is done through the bound name isn't reported a second time.
    """
    if call.use is Use.BOUND:
        yield context.report(call.node, call=call.text, name=call.bound_to or "conn")

"""MOS101: the value of a connection factory is bound to a name as if it were a connection."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.factories import FactoryCall, Use
from mosaic_lint.fixes.with_block import into_with
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS101",
    name="pool-as-connection",
    message='{call} returns a context manager, not a connection: write "with {call} as {name}:"',
    subscribes="FactoryCall",
    triggers=("{connection-factories}",),
    stage="connections",
    playbook="Pattern 1: database context manager",
    fix="unsafe",
    uncovers=("MOS104", "MOS105", "MOS106"),
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
        Unsafe: `with get_conn() as conn:` takes the place of the assignment, and the statements of
        the same block move into it, up to the last one that uses the connection, a cursor of it or
        what else lives on it. The block commits and gives the connection back, so `conn.close()`
        goes, and with it a `finally` that does nothing else.

        There is no fix where the connection is used beyond its block, returned, or kept in an
        attribute or a container; where an attribute, an item, a tuple or a walrus binds it; where
        it may be another connection (`conn or get_conn()`); where it is bound a second time before
        its last use; where nothing is done with it; nor where it is awaited and nothing in the file
        tells that `async with` enters it.

    Limits:
        Factories are known by the last name of what is called, and through aliases in the same
        file. What is done through the bound name isn't reported a second time.
    """
    if call.use is Use.BOUND:
        yield context.report(call.node, fix=into_with, call=call.text, name=call.bound_to or "conn")

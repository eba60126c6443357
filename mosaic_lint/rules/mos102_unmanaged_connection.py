"""MOS102: a connection factory's value is used without `with`."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.factories import FactoryCall, Use
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS102",
    name="unmanaged-connection",
    message='{call} is a context manager that nobody enters: write "with {call} as conn:" '
    "and use conn inside the block",
    subscribes="FactoryCall",
    triggers=("{connection-factories}",),
    stage="connections",
    playbook="Pattern 1: database context manager",
)
def unmanaged_connection(call: FactoryCall, context: Context) -> Iterator[Draft]:
    """
    What:
        A connection factory is called and its value neither entered nor bound: chained, returned,
        yielded, passed on, put into a container, used as a default, iterated, or dropped.

    Why:
        Nobody enters the context manager, so that no connection leaves the pool, and whoever gets
        the value meets an object without `cursor()`.

    Example:
        rows = get_conn().cursor()

    Instead:
        with get_conn() as conn:
            rows = conn.cursor()

    Fix safety:
        No fix is offered: who should hold the block is a matter of design.

    Limits:
        `with`, `async with`, `enter_context` and `enter_async_context` enter it. A function that is
        itself a configured factory may return another factory's value.
    """
    if call.use is Use.OTHER:
        yield context.report(call.node, call=call.text)

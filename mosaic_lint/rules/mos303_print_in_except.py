"""MOS303: an error is printed instead of logged."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.handlers import Handler, Outcome
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS303",
    name="print-in-except",
    message="{call}() in a handler that doesn't log leaves no trace in the logs: "
    'write "logger.exception(...)"',
    subscribes="Handler",
    triggers=("except",),
    stage="handlers",
    playbook="Pattern 3: explicit error logging",
)
def print_in_except(handler: Handler, context: Context) -> Iterator[Draft]:
    """
    What:
        A handler that neither logs nor raises, but prints: `print`, `traceback.print_exc`,
        `sys.stderr.write`.

    Why:
        What is printed has no level, no logger and no request; the log pipeline doesn't see it.

    Example:
        try:
            charge(card)
        except CardError as error:
            print("charge failed", error)

    Instead:
        try:
            charge(card)
        except CardError:
            logger.exception("charge failed")

    Fix safety:
        No fix is offered.

    Limits:
        Printing to an opened file is neither printing nor logging. In command-line code printing
        is reporting. Speaks instead of MOS302.
    """
    if handler.outcome is Outcome.PRINTS and not context.file.in_command_line_code(handler.node):
        call = handler.print_calls[0]
        yield context.report(call, call=context.file.code(call.func))

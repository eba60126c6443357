"""MOS303: an error is printed instead of logged."""

from __future__ import annotations

from functools import partial
from typing import Iterator, List

from mosaic_lint.facts.handlers import Handler, Outcome
from mosaic_lint.fixes.prints import Printed, logged
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.vocabulary import PRINT_CALLS


@rule(
    code="MOS303",
    name="print-in-except",
    message="{call}() in a handler that doesn't log leaves no trace in the logs: "
    'write "logger.exception(...)"',
    subscribes="Handler",
    triggers=("except",),
    stage="handlers",
    playbook="Pattern 3: explicit error logging",
    fix="unsafe",
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
        Unsafe: the first `print` of each branch becomes `logger.exception(...)` with the same
        text, later ones become `logger.error(...)`, and `traceback.print_exc()` beside them goes.
        Empty lines and rulers (`"-" * 40`) stay printed. `sep` is kept, `end`, `file` and `flush`
        aren't. The logger is the one that is there, or is added below the module's imports. There
        is no fix where the handler runs before the logger exists, and where `print(*parts)` doesn't
        tell how many things it prints.

    Limits:
        Printing to an opened file is neither printing nor logging. In command-line code printing
        is reporting. Speaks instead of MOS302.
    """
    if handler.outcome is Outcome.PRINTS and not context.file.in_command_line_code(handler.node):
        call = handler.print_calls[0]
        fix = partial(logged, _printed(handler, context), not handler.is_broad)
        yield context.report(call, call=context.file.code(call.func), fix=fix)


def _printed(handler: Handler, context: Context) -> List[Printed]:
    names = context.file.names
    return [
        Printed(call, min(names.qualified(call.func) & PRINT_CALLS)) for call in handler.print_calls
    ]

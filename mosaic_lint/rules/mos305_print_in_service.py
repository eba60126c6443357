"""MOS305: service code prints."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.output import PrintCall
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS305",
    name="print-in-service",
    message='print() in service code doesn\'t reach the logs: write "logger.info(...)"',
    subscribes="PrintCall",
    triggers=("print",),
    stage="prints",
    playbook="Pattern 3: explicit error logging",
)
def print_in_service(call: PrintCall, context: Context) -> Iterator[Draft]:
    """
    What:
        `print()` to standard output or error in service code, outside handlers.

    Why:
        The line has no level, no logger and no request, can't be filtered, and is lost where only
        the log stream is kept.

    Example:
        def sync(account):
            print("syncing", account.id)

    Instead:
        def sync(account):
            logger.info("syncing %s", account.id)

    Fix safety:
        No fix is offered: the level is a decision.

    Limits:
        Printing to an opened file is fine. Command-line code (`cli-paths`, files that start with
        `#!`, the body of `if __name__ == "__main__":`) may print.
    """
    if not call.in_handler and not context.file.in_command_line_code(call.node):
        yield context.report(call.node)

"""MOS306: library code logs through the root logger."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.output import RootLog
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS306",
    name="root-logger",
    message="{call}() logs through the root logger: "
    'write "logger = logging.getLogger(__name__)" and log through it',
    subscribes="RootLog",
    triggers=("logging",),
    stage="root-logger",
    playbook="Pattern 3: explicit error logging",
)
def root_logger(log: RootLog, context: Context) -> Iterator[Draft]:
    """
    What:
        `logging.error(...)` and the like, and `logging.getLogger()` without a name whose value is
        used to log.

    Why:
        Nobody can tell from the line which module it comes from, nor turn that module up or down.
        `logging.error()` also configures the root logger as a side effect, if nobody has yet.

    Example:
        import logging

        def charge(order):
            logging.error("order %s has no card", order.id)

    Instead:
        import logging

        logger = logging.getLogger(__name__)

        def charge(order):
            logger.error("order %s has no card", order.id)

    Fix safety:
        No fix is offered.

    Limits:
        Configuring the root logger (`setLevel`, `addHandler`, `basicConfig`) is fine, and so is
        command-line code.
    """
    if not context.file.in_command_line_code(log.node):
        yield context.report(log.node, call=log.text)

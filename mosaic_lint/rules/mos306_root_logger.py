"""MOS306: library code logs through the root logger."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.output import RootLog
from mosaic_lint.fixes.root_loggers import in_place_of_root, through_method, with_name
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
    fix="safe",
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
        Safe: `logging.info(...)` becomes `logger.info(...)`, with the module's logger, which is
        added below its imports where it is missing; a root logger that has a name becomes
        `logging.getLogger(__name__)`. There is no fix where the call runs before the logger
        exists, where the root logger may be configured through its name, and where the file shows
        that `dictConfig()` or `fileConfig()` disables its logger.

    Limits:
        Configuring the root logger (`setLevel`, `addHandler`, `basicConfig`) is fine, and so is
        command-line code.
    """
    if not context.file.in_command_line_code(log.node):
        if log.method:
            fix = partial(through_method, log.node, log.method, log.is_certain)
        else:
            fix = partial(with_name if log.is_bound else in_place_of_root, log.node)
        yield context.report(log.node, call=log.text, fix=fix)

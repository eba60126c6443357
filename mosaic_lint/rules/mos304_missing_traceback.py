"""MOS304: an error is logged without its traceback."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.handlers import Handler, Outcome
from mosaic_lint.fixes.tracebacks import with_traceback
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS304",
    name="missing-traceback",
    message="{call}(...) logs an unexpected error without its traceback: "
    'add "exc_info=True" or write "{logger}.exception(...)"',
    subscribes="Handler",
    triggers=("except",),
    stage="handlers",
    playbook="Pattern 3: explicit error logging",
    fix="safe",
)
def missing_traceback(handler: Handler, context: Context) -> Iterator[Draft]:
    """
    What:
        A handler for `Exception` or more that doesn't raise and logs at error or critical level
        only, without `exc_info`, `.exception` or `format_exc`.

    Why:
        A broad handler catches what nobody expected. The message says that something failed; only
        the traceback says what and where.

    Example:
        try:
            rebuild_index()
        except Exception as error:
            logger.error("rebuild failed: %s", error)

    Instead:
        try:
            rebuild_index()
        except Exception as error:
            logger.error("rebuild failed: %s", error, exc_info=True)

    Fix safety:
        Safe: `exc_info=True` becomes the last argument of the first such call, in each branch of
        the handler. loguru, which doesn't know it, gets `.opt(exception=True)`.

    Limits:
        Silent where the handler also logs below error level, and where the level or the keyword
        arguments aren't known. One finding a handler, at its first such call.
    """
    calls = handler.log_calls
    if (
        handler.is_broad
        and handler.outcome is Outcome.LOGS
        and not handler.has_traceback_text
        and all(call.is_error is True and call.has_traceback is False for call in calls)
    ):
        name = context.file.code(calls[0].node.func)
        logger = name.rpartition(".")[0] or "logger"
        fix = partial(with_traceback, [call.node for call in calls])
        yield context.report(calls[0].node, call=name, logger=logger, fix=fix)

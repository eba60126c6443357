"""MOS302: an error is caught and nobody learns of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Iterator, Tuple

import libcst as cst

from mosaic_lint.change import Declined
from mosaic_lint.facts.handlers import Handler, Outcome
from mosaic_lint.fixes.excepts import with_log
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.settings import option

_ALWAYS_QUIET = frozenset(
    ("ImportError", "ModuleNotFoundError", "StopIteration", "KeyboardInterrupt", "CancelledError")
)


@dataclass(frozen=True)
class SilentExceptOptions:
    """The options of MOS302."""

    quiet_exceptions: Tuple[str, ...] = option(
        (),
        "More exceptions, by last name, that a handler may swallow without a word, besides "
        "ImportError, ModuleNotFoundError, StopIteration, KeyboardInterrupt and CancelledError.",
    )


@rule(
    code="MOS302",
    name="silent-except",
    message="{what}: {advice}",
    subscribes="Handler",
    triggers=("except", "suppress"),
    stage="handlers",
    playbook="Pattern 3: explicit error logging",
    fix="unsafe",
    options=SilentExceptOptions,
)
def silent_except(handler: Handler, context: Context) -> Iterator[Draft]:
    """
    What:
        A handler for `Exception` or more that neither logs nor raises; a handler for anything
        whose whole body is `pass`, `...`, `continue` or a bare `return`; and
        `contextlib.suppress(Exception)`.

    Why:
        The logs are the only window into production. What is swallowed there can't be found.

    Example:
        try:
            send_receipt(order)
        except Exception:
            pass

    Instead:
        try:
            send_receipt(order)
        except Exception:
            logger.exception("receipt for order %s not sent", order.id)

    Fix safety:
        Unsafe: `logger.exception(...)` becomes the handler's first statement, or takes the place
        of a lone `pass`. It uses the logger that is there: a local one, a parameter, `self.logger`,
        or the module's. A module without one gets `logger = logging.getLogger(__name__)` below
        its imports, or below the `dictConfig()` that would disable it. There is no fix where the
        handler runs before the logger exists, where the name means something else, and for
        `contextlib.suppress`.

    Limits:
        Returning or storing the error's text isn't logging. A narrow handler may be empty where a
        comment on it or in it says why, and where it catches only ImportError,
        ModuleNotFoundError, StopIteration, KeyboardInterrupt, CancelledError or
        `quiet-exceptions`. Functions defined in the handler don't count. In command-line code a
        handler that prints isn't silent. MOS303 speaks instead where the handler prints.
    """
    if isinstance(handler.node, cst.Call):
        what = f"{context.file.code(handler.node)} swallows every error"
        advice = 'name what you expect, or catch it and write "logger.exception(...)"'
        yield context.report(handler.node, what=what, advice=advice, fix=_no_handler)
    elif handler.is_broad and handler.outcome is Outcome.SILENT:
        what = "this handler catches every error and neither logs nor raises"
        yield context.report(
            handler.node,
            width=len("except"),
            what=what,
            advice='write "logger.exception(...)" or "raise"',
            fix=partial(with_log, False),
        )
    elif handler.is_trivial and not handler.has_reason and not _is_quiet(handler, context):
        what = "this handler drops the error without a word"
        advice = 'write "logger.exception(...)", a fallback, or a comment that says why'
        fix = partial(with_log, not handler.is_broad)
        yield context.report(handler.node, width=len("except"), what=what, advice=advice, fix=fix)


def _no_handler(site: Site) -> Repair:
    raise Declined("there is no handler in which it could be logged")


def _is_quiet(handler: Handler, context: Context) -> bool:
    options: SilentExceptOptions = context.options
    quiet = _ALWAYS_QUIET | {name.rpartition(".")[2] for name in options.quiet_exceptions}
    return not handler.is_broad and all(name.rpartition(".")[2] in quiet for name in handler.caught)

"""MOS301: an `except` that names nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator

from mosaic_lint.change import Change
from mosaic_lint.facts.handlers import Handler
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site


@rule(
    code="MOS301",
    name="bare-except",
    message="a bare except catches SystemExit and KeyboardInterrupt too: "
    'write "except Exception:" or name what you expect',
    subscribes="Handler",
    triggers=("except",),
    stage="handlers",
    playbook="Pattern 3: explicit error logging",
    fix="unsafe",
)
def bare_except(handler: Handler, context: Context) -> Iterator[Draft]:
    """
    What:
        `except:` without an exception, whatever its body does.

    Why:
        It also catches SystemExit, KeyboardInterrupt and CancelledError, so that the service can't
        be stopped and its tasks not be cancelled there.

    Example:
        try:
            refresh()
        except:
            logger.exception("refresh failed")

    Instead:
        try:
            refresh()
        except Exception:
            logger.exception("refresh failed")

    Fix safety:
        Unsafe: `except:` becomes `except Exception:`, which lets SystemExit, KeyboardInterrupt
        and CancelledError through.

    Limits:
        A bare and silent handler is reported by MOS302 too: it has two faults.
    """
    if handler.is_bare:
        yield context.report(handler.node, width=len("except"), fix=_repair)


def _repair(site: Site) -> Repair:
    behind = Span(site.span.end, site.span.end)
    return Repair('Write "except Exception"', [Change(behind, " Exception")])

"""MOS301: an `except` that names nothing."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.handlers import Handler
from mosaic_lint.fixes.excepts import named
from mosaic_lint.rule import Context, Draft, rule


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
        and CancelledError through. There is no fix where a handler above catches Exception
        already, or where `Exception` is a name of the module's own.

    Limits:
        A bare and silent handler is reported by MOS302 too: it has two faults.
    """
    if handler.is_bare:
        yield context.report(handler.node, width=len("except"), fix=named)

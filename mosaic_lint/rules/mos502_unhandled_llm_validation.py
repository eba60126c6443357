"""MOS502: calls of `replace_me()`, until this rule is written."""

from __future__ import annotations

from typing import Iterator

import libcst as cst

from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS502",
    name="unhandled-llm-validation",
    message='{call}() says what is wrong: write "{instead}()"',
    subscribes="Call",
    triggers=("replace_me",),
    stage="whole",
    playbook="Pattern 5: validated LLM output",
)
def unhandled_llm_validation(call: cst.Call, context: Context) -> Iterator[Draft]:
    """
    What:
        A call of `replace_me()`, by its bare name.

    Why:
        Nothing goes wrong: this stands here until the rule is written.

    Example:
        replace_me()

    Instead:
        replaced()

    Fix safety:
        No fix is offered.

    Limits:
        Aliases aren't followed; `context.file.names` can do that.
    """
    if isinstance(call.func, cst.Name) and call.func.value == "replace_me":
        yield context.report(call.func, call=call.func.value, instead="replaced")

"""MOS502: what a language model said is validated, and nobody expects that it fails."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import Line, Step
from mosaic_lint.facts.llm_validations import LlmValidation
from mosaic_lint.facts.trail import source_name, source_node, trail
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS502",
    name="unhandled-llm-validation",
    message="{validator}() on LLM output (from {source}, line {line}) outside of a try that "
    "catches ValidationError: catch it, log it, and retry or answer with a fallback",
    subscribes="LlmValidation",
    triggers=("validate",),
    stage="llm-validations",
    playbook="Pattern 5: validated LLM output",
)
def unhandled_llm_validation(validation: LlmValidation, context: Context) -> Iterator[Draft]:
    """
    What:
        `model_validate_json`, `model_validate` or a TypeAdapter's `validate_json` and
        `validate_python` on the output of a language model, outside of a `try` that catches
        `ValidationError` or more.

    Why:
        That a model's answer isn't valid is no accident but an everyday event, which code has to
        expect: log it, ask again, or go on without it.

    Example:
        def ideas(prompt):
            return Ideas.model_validate_json(call_claude(prompt))

    Instead:
        def ideas(prompt):
            text = call_claude(prompt)
            try:
                return Ideas.model_validate_json(text)
            except ValidationError:
                logger.exception("not what was asked for")
                raise

    Fix safety:
        No fix is offered.

    Limits:
        `ValueError`, `Exception`, a bare `except`, `contextlib.suppress` and `pytest.raises` count
        as well; so do the handlers of callers where the file shows all calls of the function, and
        a constant from another module, which may name the exception. What counts as output is the
        same as for MOS501.
    """
    if validation.is_handled:
        return
    source = validation.path[0]
    name = source_name(context.file, source)
    yield context.report(
        validation.node,
        related=[Step(source_node(source), f"LLM output of {name}"), *trail(validation.path)],
        validator=validation.validator,
        source=name,
        line=Line(source_node(source)),
    )

"""Where a language model's output is validated, and whether a failure is expected there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Sequence

import libcst as cst

from mosaic_lint.facts.catching import Catching
from mosaic_lint.facts.file import File
from mosaic_lint.facts.llm import llm_output_of
from mosaic_lint.facts.steps import Place
from mosaic_lint.llm_vocabulary import VALIDATING_LLM, VALIDATION_ERRORS


@dataclass(frozen=True, eq=False)
class LlmValidation:
    """A model's output that is validated.

    Args:
        node: the call.
        validator: the method as written.
        path: the places from the source of the output to where it is validated.
        is_handled: whether a failure is caught.
    """

    node: cst.Call
    validator: str
    path: Sequence[Place]
    is_handled: bool


def llm_validations(file: File) -> Iterator[LlmValidation]:
    """The fact ``LlmValidation``."""
    output = llm_output_of(file)
    catching = Catching(file, VALIDATION_ERRORS)
    for call in file.tree.of(cst.Call):
        if call.args and call.args[0].star == "" and _is_validator(file, call.func):
            data = call.args[0].value
            if output.is_output(data, parsed=True):
                handled = catching.is_handled(call)
                yield LlmValidation(call, file.code(call.func), output.path(data), handled)


def _is_validator(file: File, callee: cst.BaseExpression) -> bool:
    method: Optional[str] = None
    if isinstance(callee, cst.Attribute):
        method = callee.attr.value
    elif isinstance(callee, cst.Name) and file.names.may_mean(callee, VALIDATING_LLM):
        origins = file.names.origins(callee)
        methods = {o.attr.value for o in origins if isinstance(o, cst.Attribute)}
        method = methods.pop() if len(methods) == 1 else None
    return method in VALIDATING_LLM

"""Where a language model's output is parsed as JSON and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional, Sequence, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.llm import Matter, is_parser, llm_output_of
from mosaic_lint.facts.steps import Place
from mosaic_lint.facts.validators import Validators

_HOOKS = frozenset(("object_hook", "object_pairs_hook", "cls"))
_TEXT_KEYWORDS = ("s", "obj", "stream", "source", "node_or_string", "fp")


@dataclass(frozen=True, eq=False)
class LlmParse:
    """A model's output that is parsed.

    Args:
        node: the call, or the parser that is handed on to be called.
        parser: the parser as written.
        text: what is parsed.
        path: the places from the source of the text to where it is parsed.
        is_validated: whether a validator checks the result.
    """

    node: cst.BaseExpression
    parser: str
    text: cst.BaseExpression
    path: Sequence[Place]
    is_validated: bool


def llm_parses(file: File) -> Iterator[LlmParse]:
    """The fact ``LlmParse``."""
    output = llm_output_of(file)
    validators = Validators(file)
    for call in file.tree.of(cst.Call):
        for node, parser, text in _parsed(file, call):
            tags = [tag for tag in output.tags(text) if tag.matter is Matter.OUTPUT]
            if tags:
                leaves = all(tag.given for tag in tags)
                validated = _has_hook(call, validators) or validators.reaches(call, leaves=leaves)
                yield LlmParse(node, file.code(parser), text, output.path(text), validated)
                break


def _parsed(
    file: File, call: cst.Call
) -> Iterator[Tuple[cst.BaseExpression, cst.BaseExpression, cst.BaseExpression]]:
    """What a call parses: the place of the finding, the parser, and the text."""
    if is_parser(file, call.func):
        text = _text(call)
        if text is not None:
            yield call, call.func, text
        return
    for index, argument in enumerate(call.args):  # "map(json.loads, texts)"
        if isinstance(argument.value, (cst.Name, cst.Attribute)):
            if is_parser(file, argument.value):
                for other in call.args[index + 1 :]:
                    yield argument.value, argument.value, other.value


def _has_hook(call: cst.Call, validators: Validators) -> bool:
    """Whether a parser may make checked objects of what it reads."""
    hooks = [a.value for a in call.args if a.keyword is not None and a.keyword.value in _HOOKS]
    return any(not isinstance(h, cst.Lambda) or validators.is_validator(h) for h in hooks)


def _text(call: cst.Call) -> Optional[cst.BaseExpression]:
    for argument in call.args:
        if argument.star == "**":
            continue
        if argument.keyword is None or argument.keyword.value in _TEXT_KEYWORDS:
            return argument.value
    return None

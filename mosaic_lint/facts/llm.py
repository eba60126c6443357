"""What a language model says: where it comes from, and how far it gets.

Sources and propagators are data (:mod:`mosaic_lint.llm_vocabulary`, and the settings); the walk is
that of :mod:`mosaic_lint.facts.flow`.
"""

from __future__ import annotations

from enum import Enum
from typing import FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy, Trace, flow_of
from mosaic_lint.facts.llm_calls import LlmCalls, llm_calls_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.slots import taken_slot
from mosaic_lint.facts.steps import Move, Place, Step
from mosaic_lint.llm_vocabulary import (
    JSON_PARSERS,
    MODEL_CALLS,
    MODEL_COPIES,
    MODEL_PARTS,
    PARSER_NAMES,
    VALUE_KEEPING,
    OutputNames,
)


class Matter(Enum):
    """What is followed."""

    OUTPUT = "text of a model, or an answer that holds it"
    PARSED = "data that was parsed from such a text"
    MODEL = "a model, or a client of one host"


class Tag(NamedTuple):
    """What a place holds.

    Args:
        matter: what it is.
        calls: whether it is only something that gives it when it is called.
        given: whether a helper of the file was given it as an argument.
        slot: the place in a tuple that holds it, from 0; ``None`` where it is the value itself.
    """

    matter: Matter
    calls: bool = False
    given: bool = False
    slot: Optional[int] = None


_OUTPUT = Tag(Matter.OUTPUT)
_CALL = Tag(Matter.OUTPUT, calls=True)
_ENDS = frozenset(
    ("parsed", "parsed_output", "output_parsed", "count", "find", "rfind", "index", "startswith",
     "endswith", "isdigit", "isspace", "model_dump_json", "to_json", "with_structured_output")
)  # fmt: skip
"""Attributes behind which there is no model's text any more, or one that was validated."""
_RE = frozenset(("search", "match", "fullmatch", "findall", "finditer", "split", "sub", "subn"))
_PASSING_METHODS = frozenset(
    ("join", "format", "run_until_complete", "create_task", "start_soon", "submit")
)
_HELD = frozenset((Move.SAME, Move.KEPT, Move.ENTERED))
_TAKEN = frozenset((Move.ITEM, Move.CALLED, Move.LOOPED, Move.UNPACKED, Move.FORMATTED))


class _Propagation(Policy[Tag]):
    """How a model's output is passed on.

    Args:
        file: the file.
        calls: its calls of models.
    """

    def __init__(self, file: File, calls: LlmCalls) -> None:
        self._file = file
        self._tree = file.tree
        self._names = file.names
        self._calls = calls

    def inside(self, tag: Tag) -> Optional[Tag]:
        return tag._replace(given=True)

    def carry(self, step: Step, tag: Tag) -> Optional[Tag]:
        if step.move in _HELD:
            return tag
        if step.move in (Move.RETURNED, Move.YIELDED):
            return None if tag.given else tag._replace(calls=True)
        if step.move is Move.SHOWN:
            return self._in_tuple(step, tag)
        if tag.slot is not None and not tag.calls:
            return tag._replace(slot=None) if taken_slot(step) == tag.slot else None
        if step.move is Move.GIVEN:
            return self._given(step, tag)
        if tag.calls:
            return self._called(step, tag)
        if tag.matter is Matter.MODEL:
            return self._of_model(step, tag)
        return self._of_output(step, tag)

    def _in_tuple(self, step: Step, tag: Tag) -> Optional[Tag]:
        """A value among others in a tuple, which is as good as a name; other displays aren't."""
        if tag.slot is not None or not isinstance(step.place, cst.Tuple):
            return None
        for slot, element in enumerate(step.place.elements):
            if element.value is step.origin:
                return tag._replace(slot=slot)
        return None

    def _called(self, step: Step, tag: Tag) -> Optional[Tag]:
        if step.move is not Move.CALLED or self._calls.is_validated(step.place):
            return None
        if self._calls.gives_no_text(step.place):
            return None
        return tag._replace(calls=False)

    def _of_model(self, step: Step, tag: Tag) -> Optional[Tag]:
        if step.move is Move.CALLED:
            return tag._replace(matter=Matter.OUTPUT)
        if step.move is Move.OPERAND:  # "prompt | model", but not with a parser behind it
            return None if self._is_parsed_on(step) else tag
        if step.move is not Move.ATTRIBUTE:
            return None
        name = last_name(step.place)  # type: ignore[arg-type]
        if name in MODEL_PARTS:
            return tag
        if name in MODEL_COPIES:
            return tag._replace(calls=True)
        if name in MODEL_CALLS or self._calls.is_http(name):
            return tag._replace(matter=Matter.OUTPUT, calls=True)
        return None

    def _is_parsed_on(self, step: Step) -> bool:
        """Whether a chain goes on to something that parses, and so may validate."""
        operation = step.place
        if not isinstance(operation, cst.BinaryOperation):
            return True
        if not isinstance(operation.operator, cst.BitOr):
            return True
        text = self._file.code(operation.right)
        return "arser" in text and "StrOutputParser" not in text

    def _of_output(self, step: Step, tag: Tag) -> Optional[Tag]:
        if step.move in _TAKEN or (step.move is Move.SPREAD and tag.matter is Matter.PARSED):
            return tag
        if step.move is Move.ATTRIBUTE:
            return None if last_name(step.place) in _ENDS else tag  # type: ignore[arg-type]
        if step.move is Move.OPERAND:
            operation = step.place
            if isinstance(operation, cst.BinaryOperation):
                kept = (cst.Add, cst.Modulo, cst.BitOr)
                return tag if isinstance(operation.operator, kept) else None
            return tag
        if step.move is Move.COLLECTED:
            return None if isinstance(step.place, cst.DictComp) else tag
        return None

    def _given(self, step: Step, tag: Tag) -> Optional[Tag]:
        """What a call makes of an argument."""
        call = step.place
        assert isinstance(call, cst.Call)
        qualified = self._names.qualified(call.func)
        if tag.calls:  # "retry(ask)", "asyncio.to_thread(client.messages.create, ...)"
            return None if self._calls.is_validated(call) else tag._replace(calls=False)
        if tag.matter is Matter.MODEL:
            is_chain = any(name.startswith("langchain") for name in qualified)
            return tag if is_chain else None
        if qualified & JSON_PARSERS or self._gives_parser(call):
            return tag._replace(matter=Matter.PARSED)
        if qualified & VALUE_KEEPING or self._searches(call, qualified):
            return tag
        if "builtins.map" in qualified and step.origin is not call.args[0].value:
            return tag
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in _PASSING_METHODS:
            return tag
        return None

    def _gives_parser(self, call: cst.Call) -> bool:
        """Whether a call is given a parser to run: ``map(json.loads, texts)``."""
        return any(is_parser(self._file, argument.value) for argument in call.args)

    def _searches(self, call: cst.Call, qualified: FrozenSet[str]) -> bool:
        if last_name(call.func) not in _RE:
            return False
        if any(name.startswith(("re.", "regex.")) for name in qualified):
            return True
        is_method = isinstance(call.func, cst.Attribute)
        return is_method and last_name(call.func.value).isupper()  # type: ignore[attr-defined]


class LlmOutput:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._calls = llm_calls_of(file)
        self._trace: Trace[Tag] = flow_of(file).trace(
            [*self._seeds()], _Propagation(file, self._calls)
        )

    def _seeds(self) -> Iterator[Tuple[Place, Tag]]:
        for callee in self._calls.callees():
            yield callee, _CALL
        for call in self._calls.http():
            yield call, _OUTPUT
        for request in self._calls.requests():
            yield request, _CALL  # "urlopen(request)" gives the answer
        for model in self._calls.models():
            yield model, Tag(Matter.MODEL)
        steps = flow_of(self._file).steps
        names = OutputNames(self._file.settings.llm_names)
        for parameter in self._file.tree.of(cst.Param):
            if parameter.name.value in names:
                yield from ((binding, _OUTPUT) for binding in steps.of_node(parameter))

    def tags(self, expression: cst.BaseExpression) -> FrozenSet[Tag]:
        """What an expression may be of a model's output, callables and tuples left out."""
        tags = self._trace.tags(expression)
        return frozenset(tag for tag in tags if not tag.calls and tag.slot is None)

    def is_output(self, expression: cst.BaseExpression, *, parsed: bool = False) -> bool:
        """Whether an expression may be a model's output.

        Args:
            expression: the expression.
            parsed: whether data that was parsed from it counts as well.
        """
        return any(
            tag.matter is Matter.OUTPUT or (parsed and tag.matter is Matter.PARSED)
            for tag in self.tags(expression)
        )

    def path(self, expression: cst.BaseExpression) -> List[Place]:
        """The places from the source of a model's output to an expression that may hold it."""
        tags = sorted(self.tags(expression), key=lambda tag: (tag.given, tag.matter.value))
        return self._trace.path(expression, tags[0]) if tags else []


def is_parser(file: File, expression: cst.BaseExpression) -> bool:
    """Whether an expression is a function that parses JSON and the like."""
    if not file.names.may_mean(expression, PARSER_NAMES):
        return False
    return bool(file.names.qualified(expression) & JSON_PARSERS)


def llm_output_of(file: File) -> LlmOutput:
    """The output of models in a file, followed once."""
    found: Optional[LlmOutput] = file.answers.get("llm output")
    if found is None:
        found = file.answers["llm output"] = LlmOutput(file)
    return found

"""Calls of an SDK, and whether they or the client that makes them wait without end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import FrozenSet, Iterator, List, Optional, Sequence, Tuple

import libcst as cst

from mosaic_lint.facts.answers import Answer, agreed
from mosaic_lint.facts.assigned import assigned_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, is_property, returned
from mosaic_lint.facts.llm_calls import llm_calls_of
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind, dotted
from mosaic_lint.facts.timeouts import Timeouts, either
from mosaic_lint.llm_vocabulary import CHAT_MODELS, LLM_CLIENTS, LLM_MODULES, MODEL_CALLS, TIMEOUTS
from mosaic_lint.tree import Function

_COPYING = frozenset(("with_options", "copy", "start_chat", "with_retry", "with_config", "bind"))
_WAITING = frozenset(("wait_for", "timeout", "timeout_at", "fail_after", "move_on_after"))
_MAX_DEPTH = 12


@dataclass(frozen=True, eq=False)
class LlmCall:
    """A call of an SDK whose client is made in this file.

    Args:
        node: the call, or the method where it is handed on to be called.
        name: the method as written.
        has_timeout: whether the call or the client has one.
        made: what makes the client; ``None`` where it is the SDK's module.
    """

    node: cst.BaseExpression
    name: str
    has_timeout: Answer
    made: Optional[cst.Call]


def llm_calls(file: File) -> Iterator[LlmCall]:
    """The fact ``LlmCall``."""
    return _Clients(file).calls()


class _Clients:
    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._names = file.names
        self._calls = llm_calls_of(file)
        self._functions = functions_of(file)
        self._timeouts = Timeouts(file)

    def calls(self) -> Iterator[LlmCall]:
        for callee in self._calls.callees():
            yield from self._looked_at(callee)
        for method in self._model_methods():
            for found in self._looked_at(method):
                if found.made is not None and self._makes_model(found.made):
                    yield found

    def _looked_at(self, callee: cst.BaseExpression) -> Iterator[LlmCall]:
        call, node = self._call_of(callee)
        if self._is_named(call, node):
            return  # the calls by that name are looked at
        for method, arguments in self._methods(callee, call):
            name = self._file.code(method)
            made: List[cst.Call] = []
            answers = [self._timeouts.given(arguments), self._of_client(method, made)]
            if any(map(self._is_bounded, (node, call))):
                answers.append(Answer.YES)
            if isinstance(callee, cst.Name) and node is callee:
                node = method  # a partial that is handed on: its own line has to change
            yield LlmCall(node, name, either(answers), made[0] if made else None)

    def _makes_model(self, call: cst.Call) -> bool:
        return any(map(CHAT_MODELS.fullmatch, self._names.qualified(call.func)))

    def _model_methods(self) -> Iterator[cst.BaseExpression]:
        """The methods of models, as LangChain's, which are SDK calls only on what is made here."""
        for call in self._tree.of(cst.Call):
            if isinstance(call.func, cst.Attribute) and call.func.attr.value in MODEL_CALLS:
                if not self._calls.is_callee(call.func):
                    yield call.func

    def _call_of(self, callee: cst.BaseExpression) -> Tuple[cst.Call, cst.BaseExpression]:
        """The call with the arguments of a method, and where a finding stands."""
        parent = self._tree.parent(callee)
        if isinstance(parent, cst.Call):
            return parent, parent
        call = self._tree.parent(parent) if parent is not None else None
        assert isinstance(call, cst.Call)
        return call, callee

    def _is_named(self, call: cst.Call, node: cst.BaseExpression) -> bool:
        """Whether a method is put into a ``partial`` that gets a name."""
        holders = (cst.Assign, cst.AnnAssign, cst.NamedExpr)
        is_partial = node is not call and last_name(call.func) == "partial"
        return is_partial and isinstance(self._tree.parent(call), holders)

    def _methods(
        self, callee: cst.BaseExpression, call: cst.Call
    ) -> Iterator[Tuple[cst.BaseExpression, List[cst.Arg]]]:
        """The one method that a callee is, with all arguments it gets, by ``partial`` as well."""
        arguments = list(call.args)
        origins = self._names.origins(callee) if isinstance(callee, cst.Name) else [callee]
        if len(origins) != 1:
            return
        origin = origins[0]
        if isinstance(origin, cst.Call) and last_name(origin.func) == "partial" and origin.args:
            arguments += origin.args
            yield origin.args[0].value, arguments
        elif isinstance(origin, cst.Attribute):
            yield origin, arguments
        elif isinstance(origin, Binding) and origin.kind is Kind.IMPORT:
            yield callee, arguments

    # --- the call

    def _is_bounded(self, node: cst.CSTNode) -> bool:
        """Whether something around a call ends the waiting: ``asyncio.wait_for``, a block."""
        below = node
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, cst.FunctionDef):
                return False
            if isinstance(ancestor, cst.Call) and below is not ancestor.func:
                if last_name(ancestor.func) == "wait_for":
                    return True
            if isinstance(ancestor, cst.With) and below is ancestor.body:
                managers = [item.item for item in ancestor.items]
                if any(isinstance(m, cst.Call) and last_name(m.func) in _WAITING for m in managers):
                    return True
            below = ancestor
        return False

    # --- the client

    def _of_client(self, method: cst.BaseExpression, made: List[cst.Call]) -> Answer:
        """Whether the client of a method has a timeout; unknown for one from elsewhere."""
        if isinstance(method, cst.Name):
            return self._of_import(self._qualified(method))
        if not isinstance(method, cst.Attribute):
            return Answer.UNKNOWN
        return self._has_timeout(method.value, made, _MAX_DEPTH)

    def _has_timeout(
        self, expression: cst.BaseExpression, made: List[cst.Call], depth: int
    ) -> Answer:
        if depth == 0:
            return Answer.UNKNOWN
        if self._is_set_afterwards(expression) or self._is_injected(expression):
            return Answer.UNKNOWN
        origins = [o for o in self._names.origins(expression) if not _is_none(o)]
        return agreed(self._of_origin(origin, made, depth) for origin in origins)

    def _is_set_afterwards(self, expression: cst.BaseExpression) -> bool:
        """Whether something is assigned to the timeout of a client."""
        return bool(dotted(expression)) and dotted(expression) in self._owners_of_timeouts

    def _is_injected(self, expression: cst.BaseExpression) -> bool:
        """Whether an attribute may get its value from outside of its class."""
        if not isinstance(expression, cst.Attribute):
            return False
        return assigned_of(self._file).is_set_elsewhere(expression)

    @cached_property
    def _owners_of_timeouts(self) -> FrozenSet[str]:
        targets = [t.target for assign in self._tree.of(cst.Assign) for t in assign.targets]
        return frozenset(
            dotted(target.value)
            for target in targets
            if isinstance(target, cst.Attribute) and target.attr.value in TIMEOUTS
        )

    def _of_origin(self, origin: Origin, made: List[cst.Call], depth: int) -> Answer:
        if isinstance(origin, Binding):
            if origin.kind is Kind.WITH and origin.value is not None:
                return self._has_timeout(origin.value, made, depth - 1)
            is_import = origin.kind is Kind.IMPORT
            return self._of_import(frozenset((origin.target,))) if is_import else Answer.UNKNOWN
        if isinstance(origin, cst.Attribute):
            functions = self._functions.definitions(origin)
            if functions and all(map(is_property, functions)):
                return self._of_results(functions, made, depth)
            return self._has_timeout(origin.value, made, depth - 1)
        if isinstance(origin, cst.Call):
            return self._of_call(origin, made, depth)
        return Answer.UNKNOWN

    def _of_import(self, names: FrozenSet[str]) -> Answer:
        """Whether an SDK's module has a timeout."""
        if not names or not names <= LLM_MODULES:
            return Answer.UNKNOWN
        modules = {name.partition(".")[0] for name in names}
        return Answer.UNKNOWN if modules & self._owners_of_timeouts else Answer.NO

    def _of_call(self, call: cst.Call, made: List[cst.Call], depth: int) -> Answer:
        name = last_name(call.func)
        if isinstance(call.func, cst.Attribute) and name in _COPYING:
            of_owner = self._has_timeout(call.func.value, made, depth - 1)
            return either([self._timeouts.given(self._arguments(call)), of_owner])
        qualified = self._qualified(call.func)
        is_wrapped = name.startswith("wrap_") or any(q.startswith("instructor.") for q in qualified)
        if is_wrapped and call.args:
            return self._has_timeout(call.args[0].value, made, depth - 1)
        if qualified and all(map(_makes_client, qualified)):
            made.append(call)
            return self._timeouts.given(self._arguments(call))
        functions = self._functions.definitions(call.func)
        return self._of_results(functions, made, depth)

    def _qualified(self, callee: cst.BaseExpression) -> FrozenSet[str]:
        """The names of a callee, but that of ``None``, which stands for a missing package."""
        names = self._names.qualified(callee)
        return frozenset(name for name in names if not name.startswith("builtins.None"))

    def _arguments(self, call: cst.Call) -> List[cst.Arg]:
        """The arguments of a call, with those that ``partial`` has given before."""
        arguments = list(call.args)
        for origin in self._names.origins(call.func):
            if isinstance(origin, cst.Call) and last_name(origin.func) == "partial":
                arguments += origin.args[1:]
        return arguments

    def _of_results(
        self, functions: Sequence[Function], made: List[cst.Call], depth: int
    ) -> Answer:
        """Whether what functions of this file return has a timeout."""
        return agreed(
            self._has_timeout(value, made, depth - 1)
            for function in functions
            for value in returned(function)
            if not _is_none(value)
        )


def _makes_client(qualified: str) -> bool:
    return bool(LLM_CLIENTS.fullmatch(qualified) or CHAT_MODELS.fullmatch(qualified))


def _is_none(origin: Origin) -> bool:
    return isinstance(origin, cst.Name) and origin.value == "None"

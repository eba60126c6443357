"""What a function reaches by itself or through functions and methods of the file."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import Deque, Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

import libcst as cst

from mosaic_lint.facts.factories import Factories
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, is_property, returned
from mosaic_lint.facts.llm import llm_output_of
from mosaic_lint.facts.llm_calls import llm_calls_of
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.sinks import sinks
from mosaic_lint.llm_vocabulary import MODEL_CALLS
from mosaic_lint.tree import Function, walk
from mosaic_lint.vocabulary import DRIVER_CONNECTS

_CONNECTING = frozenset(name.rpartition(".")[2] for name in DRIVER_CONNECTS)
_MAX_PATH = 20  # calls that are told of a longer way: the last ones
DATABASE = "the database"
MODEL = "a language model"


@dataclass(frozen=True, eq=False)
class Reached:
    """What a function reaches.

    Args:
        what: in words.
        path: the calls and reads of properties that lead there, from the function's own to the
            one that reaches it.
    """

    what: str
    path: Tuple[cst.BaseExpression, ...]


class Reach:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._factories = Factories(file)
        self._functions = functions_of(file)
        calls = llm_calls_of(file)
        self._asking = {id(node) for node in (*calls.callees(), *calls.http())}
        # a composed query is SQL, but nobody runs it yet
        self._sinks = {id(s.call) for s in sinks(file) if s.certain and s.query is not s.call}

    def of(self, functions: Iterable[cst.FunctionDef]) -> Dict[int, Reached]:
        """What functions reach; those that reach nothing are left out.

        Args:
            functions: the functions to ask for.

        Returns:
            The answers by identity of the function; others that they call are among them.
        """
        found: Dict[int, Reached] = {}
        callers: Dict[int, List[Tuple[Function, cst.BaseExpression]]] = {}
        reaching: Deque[Function] = deque()
        waiting: List[Function] = list(functions)
        seen = set()
        while waiting:
            function = waiting.pop()
            if id(function) in seen:
                continue
            seen.add(id(function))
            for node in _own_nodes(function):
                what = self._directly(node) if isinstance(node, cst.Call) else None
                if what is not None and id(function) not in found:
                    found[id(function)] = Reached(what, (node,))
                    reaching.append(function)
                for callee in self._run_by(node):
                    callers.setdefault(id(callee), []).append((function, node))
                    waiting.append(callee)
        while reaching:
            callee = reaching.popleft()
            for caller, call in callers.get(id(callee), ()):
                if id(caller) not in found:
                    after = found[id(callee)]
                    path = (call, *after.path[-_MAX_PATH:])
                    found[id(caller)] = Reached(after.what, path)
                    reaching.append(caller)
        return found

    def _directly(self, call: cst.Call) -> Optional[str]:
        """What a call itself reaches."""
        if id(call) in self._sinks or self._factories.is_call(call) or self._connects(call):
            return DATABASE
        return MODEL if self._asks_model(call) else None

    def _asks_model(self, call: cst.Call) -> bool:
        """Whether a call asks a language model, or is given a function that does."""
        called = (call, call.func, *(argument.value for argument in call.args))
        if any(id(node) in self._asking for node in called):
            return True
        is_method = isinstance(call.func, cst.Attribute) and last_name(call.func) in MODEL_CALLS
        return is_method and llm_output_of(self._file).is_output(call)

    def _connects(self, call: cst.Call) -> bool:
        names = self._file.names
        if not names.may_mean(call.func, _CONNECTING):
            return False
        return bool(names.qualified(call.func) & DRIVER_CONNECTS)

    def _run_by(self, node: cst.BaseExpression) -> Iterator[Function]:
        """The functions that a call or the read of a property runs."""
        if isinstance(node, cst.Call):
            yield from self._callees(node)
        elif isinstance(node, cst.Attribute) and node.attr.value in self._properties:
            yield from filter(is_property, self._named(node))

    @cached_property
    def _properties(self) -> FrozenSet[str]:
        functions = self._file.tree.of(cst.FunctionDef)
        return frozenset(function.name.value for function in functions if is_property(function))

    def _callees(self, call: cst.Call) -> Iterator[Function]:
        """The functions that a call runs, those that it is given as arguments among them."""
        for held in (call, *self._partials(call)):
            for function in _functions_in(held):
                yield from self._named(function)
        for origin in self._file.names.origins(call.func):
            class_ = self._functions.made_class(origin)
            if class_ is not None:
                for name in self._implicit(origin, call):
                    yield from self._functions.methods(class_, name)

    def _partials(self, call: cst.Call) -> List[cst.Call]:
        """The calls of ``partial`` that make what a call runs or is given."""
        found: List[cst.Call] = []
        seen: Set[int] = set()
        waiting = [call]
        while waiting:
            for function in _functions_in(waiting.pop()):
                for origin in self._file.names.origins(function):
                    if isinstance(origin, cst.Call) and last_name(origin.func) == "partial":
                        if id(origin) not in seen:
                            seen.add(id(origin))
                            found.append(origin)
                            waiting.append(origin)
        return found

    def _named(self, function: cst.BaseExpression) -> Iterator[Function]:
        """The functions that a name or attribute means, also of what a function hands out."""
        found = self._functions.definitions(function)
        yield from found
        if not found and isinstance(function, cst.Attribute):
            for origin in self._file.names.origins(function.value):
                for class_ in self._classes(origin):
                    yield from self._functions.methods(class_, function.attr.value)

    def _classes(self, origin: Origin) -> Iterator[cst.ClassDef]:
        """The classes of which ``cls()`` or a function that hands one out give an instance."""
        if not isinstance(origin, cst.Call):
            return
        if isinstance(origin.func, cst.Name) and origin.func.value == "cls":
            class_ = self._file.tree.enclosing(origin, cst.ClassDef)
            if class_ is not None:
                yield class_
        for function in self._functions.definitions(origin.func):
            for value in returned(function):
                for inner in self._file.names.origins(value):
                    class_ = self._functions.made_class(inner)
                    if class_ is not None and isinstance(inner, cst.Call):
                        yield class_

    def _implicit(self, origin: Origin, call: cst.Call) -> Sequence[str]:
        """The methods that run when a class, or an instance of it, is called."""
        if isinstance(origin, cst.Call):
            return ("__call__",)
        if isinstance(self._file.tree.parent(call), cst.WithItem):
            return ("__init__", "__enter__", "__aenter__")
        return ("__init__",)


def _own_nodes(function: Function) -> Iterator[cst.BaseExpression]:
    """The calls and attributes in a function's body, lambdas included, not those of functions."""
    for node in walk(
        function.body, lambda inner: not isinstance(inner, (cst.FunctionDef, cst.ClassDef))
    ):
        if isinstance(node, (cst.Call, cst.Attribute)):
            yield node


def _functions_in(call: cst.Call) -> Iterator[cst.BaseExpression]:
    """What a call runs or is given, as far as names tell."""
    for function in (call.func, *(argument.value for argument in call.args)):
        if isinstance(function, (cst.Name, cst.Attribute)):
            yield function

"""Whether what is followed to a place is surely there, or something unknown may be instead."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, Generic, Hashable, Iterator, List, Optional, Sequence, Tuple, TypeVar

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Trace
from mosaic_lint.facts.functions import functions_of, is_generator, returned
from mosaic_lint.facts.names import Origin
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.steps import Place

T = TypeVar("T", bound=Hashable)
_LITERALS = (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float, cst.FormattedString)
_EMPTY = (cst.Dict, cst.List, cst.Tuple, cst.Set)
_SINGLETONS = frozenset(("None", "True", "False", "Ellipsis"))


class Certainty(Generic[T]):
    """Answers for one walk.

    A constant beside what is followed is no doubt: it stands for "there is none".

    Args:
        file: the file.
        trace: what the walk found.

    Attributes:
        trace: the same.
    """

    def __init__(self, file: File, trace: Trace[T]) -> None:
        self._file = file
        self.trace = trace
        self._functions = functions_of(file)

    def is_sure(self, path: Sequence[Place]) -> bool:
        """Whether nothing else can come to a place on a way.

        Args:
            path: the places on the way, from the source on.
        """
        return all(
            self._is_harmless(other)
            for before, place in zip(path, path[1:])
            for other in self._others(before, place)
        ) and not any(map(self._is_replaced, path))

    def _others(self, before: Place, place: Place) -> Iterator[Origin]:
        """All that a place may have its value from, besides where it is followed from."""
        if isinstance(place, cst.Name):
            yield from self._file.names.bindings(place)
        elif isinstance(place, cst.Attribute) and isinstance(before, cst.BaseExpression):
            if place.value is not before:  # what "self.attribute" was given
                yield from self._file.names.attribute_values(place) or [place.value]
        elif isinstance(place, cst.IfExp):
            yield place.body
            yield place.orelse
        elif isinstance(place, cst.BooleanOperation) and place.left is not before:
            if isinstance(place.operator, cst.Or):  # of "and" the left side is nothing, or passed
                yield place.left
        elif isinstance(place, cst.Call) and not isinstance(before, Binding):
            results = self._results(place)
            is_given = before is not place.func  # what a helper makes of it isn't in the walk
            yield from (r for r in results if not is_given or not self._is_plain(r))

    def _is_replaced(self, place: Place) -> bool:
        """Whether an item was given another value before it is read."""
        if not isinstance(place, cst.Subscript):
            return False
        tree = self._file.tree
        statement = tree.enclosing(place, cst.Assign)
        index = tree.index(place)
        return any(
            other is not statement and tree.index(other) < index
            for other in self._assigned.get(self._key(place), ())[:2]  # in the order of the text
        )

    @cached_property
    def _assigned(self) -> Dict[Tuple[Optional[cst.FunctionDef], str], List[cst.Assign]]:
        """The statements that assign to an item, by function, and by how it is written."""
        found: Dict[Tuple[Optional[cst.FunctionDef], str], List[cst.Assign]] = {}
        for statement in self._file.tree.of(cst.Assign):
            for target in statement.targets:
                if isinstance(target.target, cst.Subscript):
                    found.setdefault(self._key(target.target), []).append(statement)
        return found

    def _key(self, item: cst.Subscript) -> Tuple[Optional[cst.FunctionDef], str]:
        return self._file.tree.enclosing(item, cst.FunctionDef), self._file.code(item)

    def _is_plain(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a parameter as it was given, or an item or method of it."""
        current = node
        while not isinstance(current, cst.Name):
            if isinstance(current, (cst.Subscript, cst.Attribute)):
                current = current.value
            elif isinstance(current, cst.Call) and isinstance(current.func, cst.Attribute):
                current = current.func
            else:
                return False
        bindings = self._file.names.bindings(current)
        return bool(bindings) and all(b.kind is Kind.PARAMETER for b in bindings)

    def _results(self, call: cst.Call) -> Iterator[cst.BaseExpression]:
        """What a function of the file returns to a call of it."""
        for function in self._functions.definitions(call.func):
            if not is_generator(function):
                yield from returned(function)

    def _is_harmless(self, other: Origin) -> bool:
        if self.trace.tags(other):
            return True
        if isinstance(other, Binding):
            if other.kind is Kind.DEFINITION:  # a function that hands it out
                return bool(self.trace.tags(other.node))
            value = other.value if other.kind is Kind.ASSIGN else None
            return value is not None and self._is_constant(value)
        return self._is_constant(other)

    def _is_constant(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, _EMPTY):
            return not node.elements or isinstance(node, cst.Tuple)
        if isinstance(node, cst.Name):
            return node.value in _SINGLETONS
        return isinstance(node, _LITERALS)

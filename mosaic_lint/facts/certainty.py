"""Whether what is followed to a place is surely there, or something unknown may be instead."""

from __future__ import annotations

from typing import Iterator, Sequence, TypeVar

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Trace
from mosaic_lint.facts.functions import functions_of, is_generator, returned
from mosaic_lint.facts.names import Origin
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.steps import Place

T = TypeVar("T")
_LITERALS = (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float, cst.FormattedString)
_EMPTY = (cst.Dict, cst.List, cst.Tuple, cst.Set)
_SINGLETONS = frozenset(("None", "True", "False", "Ellipsis"))


class Certainty:
    """Answers for one walk.

    A constant beside what is followed is no doubt: it stands for "there is none".

    Args:
        file: the file.
        trace: what the walk found.
    """

    def __init__(self, file: File, trace: Trace[T]) -> None:
        self._file = file
        self._trace = trace
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
        )

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
            yield from self._results(place)

    def _results(self, call: cst.Call) -> Iterator[Origin]:
        """What a function of the file returns to a call of it."""
        for function in self._functions.definitions(call.func):
            if not is_generator(function):
                yield from returned(function)

    def _is_harmless(self, other: Origin) -> bool:
        if self._trace.tags(other):
            return True
        if isinstance(other, Binding):
            if other.kind is Kind.DEFINITION:  # a function that hands it out
                return bool(self._trace.tags(other.node))
            return other.value is not None and self._is_constant(other.value)
        return self._is_constant(other)

    def _is_constant(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, _EMPTY):
            return not node.elements or isinstance(node, cst.Tuple)
        if isinstance(node, cst.Name):
            return node.value in _SINGLETONS
        return isinstance(node, _LITERALS)

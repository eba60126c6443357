"""The single steps of a value: what the code around an expression does with it.

``names.py`` tells where a name's value comes from; this is the other direction, one step at a time.
:mod:`mosaic_lint.facts.flow` puts the steps together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Callable, Dict, Iterator, List, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, is_property
from mosaic_lint.facts.ownattributes import OwnAttributes
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.targets import binder

Place = Union[cst.CSTNode, Binding]
"""Where a value is: an expression, a function that hands it out, or the binding of a name."""


class Move(Enum):
    """What happens to a value in a step."""

    SAME = "it stays what it is: a name for it, await, a branch of a condition"
    ATTRIBUTE = "an attribute of it is read"
    ITEM = "an item or slice of it is read"
    CALLED = "it is called"
    GIVEN = "it is an argument of a call"
    OPERAND = "it is an operand, or added to a name"
    FORMATTED = "it is built into a text"
    SHOWN = "it is an element of a display"
    SPREAD = "its elements become a display's"
    COLLECTED = "it is what a comprehension makes"
    DRIVES = "a comprehension goes over it"
    LOOPED = "a loop, comprehension or yield from takes elements from it"
    UNPACKED = "a part of it goes to a name"
    ENTERED = "it is entered by with"
    KEPT = "it is assigned to an attribute"
    STORED = "it is assigned to an item"
    RETURNED = "a function returns it"
    YIELDED = "a function yields it"


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a value.

    Args:
        move: what happens to it.
        place: where it is then; for ``RETURNED`` and ``YIELDED`` the function.
        origin: where it was.
    """

    move: Move
    place: Place
    origin: Place


class Steps:
    """The steps in one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._names = file.names
        self._functions = functions_of(file)
        self._own_attributes = OwnAttributes(file)
        self._uses: Dict[str, Dict[int, List[cst.Name]]] = {}  # by text, then by binding

    def after(self, place: Place) -> Iterator[Step]:
        """What may happen next to the value at a place."""
        if isinstance(place, Binding):
            for use in self.uses(place):
                yield Step(Move.SAME, use, place)
        elif isinstance(place, cst.FunctionDef):
            yield from self._out_of_function(place)
        else:
            for binding in self._bound.by_value.get(id(place), ()):
                yield Step(_BINDING_MOVES.get(binding.kind, Move.SAME), binding, place)
            for binding in self._bound.by_whole.get(id(place), ()):
                yield Step(Move.UNPACKED, binding, place)
            parent = self._tree.parent(place)
            reader = _READERS.get(parent.__class__)
            if reader is not None:
                yield from reader(self, place, parent)

    def _out_of_function(self, function: cst.FunctionDef) -> Iterator[Step]:
        """From a function to whoever refers to it."""
        move = Move.CALLED if is_property(function) else Move.SAME
        for reference in self.references(function):
            yield Step(move, reference, function)

    # --- uses of what is bound

    def uses(self, binding: Binding) -> List[cst.Name]:
        """The names that may read a binding."""
        known = self._uses.get(binding.name)
        if known is None:
            known = self._uses[binding.name] = {}
            for load in self._loads.get(binding.name, ()):
                for reached in self._names.bindings(load):
                    known.setdefault(id(reached), []).append(load)
        return known.get(id(binding), [])

    @cached_property
    def _loads(self) -> Dict[str, List[cst.Name]]:
        """The names that are read, by their text."""
        found: Dict[str, List[cst.Name]] = {}
        for name in self._tree.of(cst.Name):
            if self._is_read(name):
                found.setdefault(name.value, []).append(name)
        return found

    def _is_read(self, name: cst.Name) -> bool:
        """Whether a name is read, not bound, and not a part of something's syntax."""
        parent = self._tree.parent(name)
        if isinstance(parent, (cst.Attribute, cst.Arg)):
            return parent.value is name
        if parent.__class__ in _NAMING:
            return False
        statement = binder(self._tree, name)
        return statement is None or isinstance(statement, cst.AugAssign)

    def references(self, function: cst.FunctionDef) -> List[cst.BaseExpression]:
        """The names and attributes that may mean a function, called or not."""
        names = [use for binding in self.of_node(function) for use in self.uses(binding)]
        return [*names, *self._functions.attributes(function)]

    def attribute_reads(self, target: cst.Attribute) -> List[cst.Attribute]:
        """Where the value that an attribute of ``self`` is given may be read in its class."""
        return self._own_attributes.reads(target)

    @cached_property
    def _bound(self) -> _Bindings:
        return _Bindings(self._file)

    def of_node(self, node: cst.CSTNode) -> List[Binding]:
        """What a statement, ``with`` item, loop or parameter binds."""
        return self._bound.by_node.get(id(node), [])

    def _others(self, node: cst.CSTNode, move: Move, place: cst.CSTNode) -> Iterator[Step]:
        """To the names that a statement binds to parts of a value."""
        for binding in self.of_node(node):
            if binding.kind is Kind.OTHER:
                yield Step(move, binding, place)

    # --- one step, by what stands around an expression

    def _from_attribute(self, place: cst.CSTNode, parent: cst.Attribute) -> Iterator[Step]:
        if place is parent.value:
            yield Step(Move.ATTRIBUTE, parent, place)

    def _from_item(self, place: cst.CSTNode, parent: cst.Subscript) -> Iterator[Step]:
        if place is parent.value:
            yield Step(Move.ITEM, parent, place)

    def _from_call(self, place: cst.CSTNode, parent: cst.Call) -> Iterator[Step]:
        if place is parent.func:
            yield Step(Move.CALLED, parent, place)

    def _from_argument(self, place: cst.CSTNode, parent: cst.Arg) -> Iterator[Step]:
        call = self._tree.parent(parent)
        if isinstance(call, cst.Call):  # an argument may be a class's base as well
            yield Step(Move.GIVEN, call, place)

    def _from_delegated(self, place: cst.CSTNode, parent: cst.From) -> Iterator[Step]:
        yield Step(Move.LOOPED, parent, place)

    def _to_whole(self, place: cst.CSTNode, parent: cst.CSTNode) -> Iterator[Step]:
        yield Step(Move.SAME, parent, place)

    def _from_condition(self, place: cst.CSTNode, parent: cst.IfExp) -> Iterator[Step]:
        if place is not parent.test:
            yield Step(Move.SAME, parent, place)

    def _from_operand(self, place: cst.CSTNode, parent: cst.CSTNode) -> Iterator[Step]:
        yield Step(Move.OPERAND, parent, place)

    def _from_addition(self, place: cst.CSTNode, parent: cst.AugAssign) -> Iterator[Step]:
        yield from self._others(parent, Move.OPERAND, place)
        if isinstance(parent.target, cst.Attribute):
            for read in self.attribute_reads(parent.target):
                yield Step(Move.OPERAND, read, place)

    def _from_field(self, place: cst.CSTNode, parent: cst.CSTNode) -> Iterator[Step]:
        whole = self._tree.parent(parent)
        while isinstance(whole, cst.FormattedStringExpression):  # a width in another one's format
            whole = self._tree.parent(whole)
        if isinstance(whole, cst.FormattedString):
            yield Step(Move.FORMATTED, whole, place)

    def _from_element(self, place: cst.CSTNode, parent: cst.CSTNode) -> Iterator[Step]:
        display = self._tree.parent(parent)
        if display is not None:
            starred = parent.__class__ in (cst.StarredElement, cst.StarredDictElement)
            yield Step(Move.SPREAD if starred else Move.SHOWN, display, place)

    def _from_comprehended(self, place: cst.CSTNode, parent: cst.CSTNode) -> Iterator[Step]:
        yield Step(Move.COLLECTED, parent, place)

    def _from_iterable(self, place: cst.CSTNode, parent: cst.CompFor) -> Iterator[Step]:
        if place is not parent.iter:
            return
        yield from self._others(parent, Move.LOOPED, place)
        whole = self._tree.parent(parent)
        while isinstance(whole, cst.CompFor):
            whole = self._tree.parent(whole)
        if whole is not None:
            yield Step(Move.DRIVES, whole, place)

    def _from_loop(self, place: cst.CSTNode, parent: cst.For) -> Iterator[Step]:
        if place is parent.iter:
            yield from self._others(parent, Move.LOOPED, place)

    def _from_assigned(self, place: cst.CSTNode, parent: cst.Assign) -> Iterator[Step]:
        for target in parent.targets:
            yield from self._to_target(target.target, place)

    def _from_annotated(self, place: cst.CSTNode, parent: cst.AnnAssign) -> Iterator[Step]:
        if place is parent.value:
            yield from self._to_target(parent.target, place)

    def _to_target(self, target: cst.BaseExpression, place: cst.CSTNode) -> Iterator[Step]:
        if isinstance(target, cst.Attribute):
            yield from self._kept(target, place)
        elif isinstance(target, cst.Subscript):
            yield Step(Move.STORED, target, place)

    def _kept(self, target: cst.Attribute, place: cst.CSTNode) -> Iterator[Step]:
        for read in self.attribute_reads(target):
            yield Step(Move.KEPT, read, place)

    def _from_matched(self, place: cst.CSTNode, parent: cst.Match) -> Iterator[Step]:
        if place is parent.subject:
            for capture in self._bound.captures.get(id(parent), ()):
                yield Step(Move.UNPACKED, capture, place)

    def _from_return(self, place: cst.CSTNode, parent: cst.CSTNode) -> Iterator[Step]:
        function = self._tree.enclosing(parent, cst.FunctionDef)
        if function is not None:
            yield Step(Move.RETURNED, function, place)

    def _from_yield(self, place: cst.CSTNode, parent: cst.CSTNode) -> Iterator[Step]:
        function = self._tree.enclosing(parent, cst.FunctionDef)
        if function is not None:
            yield Step(Move.YIELDED, function, place)

    def _from_body(self, place: cst.CSTNode, parent: cst.Lambda) -> Iterator[Step]:
        if place is parent.body:
            yield Step(Move.RETURNED, parent, place)


class _Bindings:
    """The bindings of a file by what they bind, and by where they stand.

    Attributes:
        by_value: those that take an expression's value as it is, by identity of the expression.
        by_whole: those that take a part of it.
        by_node: all, by identity of the statement, item, loop or parameter.
        captures: those of patterns, by identity of the ``match`` statement.
    """

    def __init__(self, file: File) -> None:
        self.by_value: Dict[int, List[Binding]] = {}
        self.by_whole: Dict[int, List[Binding]] = {}
        self.by_node: Dict[int, List[Binding]] = {}
        self.captures: Dict[int, List[Binding]] = {}
        for binding in file.names.all_bindings():
            self.by_node.setdefault(id(binding.node), []).append(binding)
            if binding.value is not None:
                self.by_value.setdefault(id(binding.value), []).append(binding)
            if binding.whole is not None:
                self.by_whole.setdefault(id(binding.whole), []).append(binding)
            if binding.node.__class__ in _PATTERNS:
                match = file.tree.enclosing(binding.node, cst.Match)
                self.captures.setdefault(id(match), []).append(binding)


_BINDING_MOVES = {Kind.WITH: Move.ENTERED}
_PATTERNS = frozenset((cst.MatchAs, cst.MatchStar, cst.MatchMapping))
_NAMING = _PATTERNS | {
    cst.Param, cst.FunctionDef, cst.ClassDef, cst.ImportAlias, cst.ImportFrom, cst.NameItem,
    cst.MatchKeywordElement,
}  # fmt: skip
"""What has a name of its own, which isn't read."""
_Reader = Callable[[Steps, cst.CSTNode, Any], Iterator[Step]]
_READERS: Dict[type, _Reader] = {
    cst.Attribute: Steps._from_attribute,
    cst.Subscript: Steps._from_item,
    cst.Call: Steps._from_call,
    cst.Arg: Steps._from_argument,
    cst.Await: Steps._to_whole,
    cst.NamedExpr: Steps._to_whole,
    cst.BooleanOperation: Steps._to_whole,
    cst.ConcatenatedString: Steps._to_whole,
    cst.From: Steps._from_delegated,
    cst.IfExp: Steps._from_condition,
    cst.BinaryOperation: Steps._from_operand,
    cst.AugAssign: Steps._from_addition,
    cst.FormattedStringExpression: Steps._from_field,
    cst.Element: Steps._from_element,
    cst.StarredElement: Steps._from_element,
    cst.DictElement: Steps._from_element,
    cst.StarredDictElement: Steps._from_element,
    cst.ListComp: Steps._from_comprehended,
    cst.SetComp: Steps._from_comprehended,
    cst.GeneratorExp: Steps._from_comprehended,
    cst.DictComp: Steps._from_comprehended,
    cst.CompFor: Steps._from_iterable,
    cst.For: Steps._from_loop,
    cst.Assign: Steps._from_assigned,
    cst.AnnAssign: Steps._from_annotated,
    cst.Match: Steps._from_matched,
    cst.Return: Steps._from_return,
    cst.Yield: Steps._from_yield,
    cst.Lambda: Steps._from_body,
}
"""What happens to an expression in what stands around it."""

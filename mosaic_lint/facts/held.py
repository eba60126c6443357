"""Connections with a lifetime, and what is made of them: which cursor belongs to which connection.

The connections are those that a factory's ``with`` block or an exit stack opened, and parameters
that are annotated as a driver's connection. Unlike roles (:mod:`mosaic_lint.facts.connections`),
which hold inside of a block, these are followed out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

import libcst as cst

from mosaic_lint.facts.annotations import Annotations
from mosaic_lint.facts.connections import Role
from mosaic_lint.facts.factories import Factories
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy, Trace, flow_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.steps import Move, Place, Step
from mosaic_lint.vocabulary import (
    ANY_CONNECTION_TYPE,
    CURSOR_MAKING,
    DRIVER_METHODS,
    ENTERING_METHODS,
    LAZY_FUNCTIONS,
)

_BRANCHES = (cst.Await, cst.IfExp, cst.BooleanOperation)


@dataclass(frozen=True, eq=False)
class Source:
    """Where a connection comes from.

    Args:
        node: the ``with`` item, the call of ``enter_context``, or the parameter.
        block: the ``with`` statement at whose end the connection's life ends; ``None`` for a
            parameter, whose life the function doesn't decide.
        function: the function that holds it; ``None`` at module level.
        opened: the call of the factory; ``None`` for a parameter.
    """

    node: cst.CSTNode
    block: Optional[cst.With]
    function: Optional[cst.FunctionDef]
    opened: Optional[cst.Call] = None


class Held(NamedTuple):
    """A connection, or a cursor that was made from it.

    Args:
        role: which of both; what reads from a cursor later, as ``iter(cursor)``, counts as one.
        source: where the connection comes from.
        method: its method, where it is no more than that: ``cursor.fetchall``, not called.
    """

    role: Role
    source: Source
    method: str = ""


class _Lifetimes(Policy[Held]):
    """How connections and cursors are passed on.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        has_execute = file.settings.driver == "psycopg"  # which returns a cursor
        self._makers = CURSOR_MAKING | {"execute"} if has_execute else CURSOR_MAKING

    def carry(self, step: Step, tag: Held) -> Optional[Held]:
        if step.move in (Move.SAME, Move.ENTERED):  # "with conn.cursor() as cursor"
            return tag
        if step.move is Move.KEPT:
            return tag if self._is_near(step.place, tag.source) else None
        if step.move is Move.ATTRIBUTE:
            return self._attribute(step, tag)
        if step.move is Move.CALLED:
            makes = tag.role is Role.CONNECTION and tag.method in self._makers
            is_made = makes and self._is_in_time(step.place, tag.source)
            return Held(Role.CURSOR, tag.source) if is_made else None
        if step.move is Move.GIVEN:
            return self._given(step, tag)
        if step.move is Move.DRIVES and not tag.method:
            return tag if isinstance(step.place, cst.GeneratorExp) else None
        return None

    def _attribute(self, step: Step, tag: Held) -> Optional[Held]:
        """A method that isn't called, or one that makes a cursor."""
        assert isinstance(step.place, cst.Attribute)
        name = step.place.attr.value
        call = self._tree.parent(step.place)
        is_called = isinstance(call, cst.Call) and call.func is step.place
        if tag.method or (name not in self._makers and (is_called or name not in DRIVER_METHODS)):
            return None
        return tag._replace(method=name)

    def _is_in_time(self, place: Place, source: Source) -> bool:
        """Whether a cursor is made while the connection lives; else that is the fault already."""
        if isinstance(place, Binding) or source.block is None:
            return True
        function = self._tree.enclosing(place, cst.FunctionDef)
        is_elsewhere = function is not source.function
        return is_elsewhere or any(a is source.block for a in self._tree.ancestors(place))

    def _is_near(self, place: Place, source: Source) -> bool:
        """Whether a place is in the function that holds a connection, whose order is known."""
        if isinstance(place, Binding):
            return False
        return self._tree.enclosing(place, cst.FunctionDef) is source.function

    def _given(self, step: Step, tag: Held) -> Optional[Held]:
        """What a call makes of it: the same, or something that reads from it later."""
        assert isinstance(step.place, cst.Call)
        name = last_name(step.place.func)
        if name in ENTERING_METHODS or name in ("closing", "aclosing"):
            return None if tag.method else tag
        is_lazy = tag.role is Role.CURSOR and name in LAZY_FUNCTIONS
        return Held(Role.CURSOR, tag.source) if is_lazy else None


class Holdings:
    """Answers for one file.

    Args:
        file: the file.

    Attributes:
        sources: the connections whose lifetime is known.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._factories = Factories(file)
        self._annotations = Annotations(file)
        seeds = [*self._opened(), *self._annotated()]
        self.sources: List[Source] = [source for _, source in seeds]
        held = [(place, Held(Role.CONNECTION, source)) for place, source in seeds]
        self._policy = _Lifetimes(file)
        self._trace: Trace[Held] = flow_of(file).trace(held, self._policy)

    def of(self, place: Place) -> FrozenSet[Held]:
        """The connections and cursors that an expression, or what is bound, may be."""
        return frozenset(tag for tag in self._trace.tags(place) if not tag.method)

    def is_held(self, place: Place) -> bool:
        """Whether something may be a connection, a cursor, or a method of one."""
        return bool(self._trace.tags(place))

    def all(self) -> Iterator[Tuple[Place, Held]]:
        """Every place that may be a connection or cursor."""
        return ((place, tag) for place, tag in self._trace.places if not tag.method)

    def with_methods(self) -> Iterator[Tuple[Place, Held]]:
        """Every place that may be a connection, a cursor, or a method of one."""
        return iter(self._trace.places)

    def inside(self, parameter: cst.Param, role: Role) -> Trace[Held]:
        """Follow what a function's parameter is given, as if it were a connection or cursor."""
        function = self._tree.enclosing(parameter, cst.FunctionDef)
        held = Held(role, Source(parameter, None, function))
        seeds = [(binding, held) for binding in flow_of(self._file).steps.of_node(parameter)]
        return flow_of(self._file).trace(seeds, self._policy)

    def _opened(self) -> Iterator[Tuple[Place, Source]]:
        for call in self._tree.of(cst.Call):
            if self._factories.is_call(call) and not self._factories.opens_another_driver(call):
                holder = self._tree.parent(call)
                while isinstance(holder, _BRANCHES):
                    holder = self._tree.parent(holder)
                function = self._tree.enclosing(call, cst.FunctionDef)
                if isinstance(holder, cst.WithItem):
                    block = self._tree.parent(holder)
                    if isinstance(block, cst.With):
                        source = Source(holder, block, function, call)
                        yield from ((b, source) for b in self._bound(holder))
                elif isinstance(holder, cst.Arg):
                    yield from self._entered(holder, call, function)

    def _bound(self, item: cst.WithItem) -> List[Place]:
        """What a ``with`` item binds: a name, or an attribute of ``self``."""
        steps = flow_of(self._file).steps
        target = item.asname.name if item.asname is not None else None
        if isinstance(target, cst.Attribute):
            function = self._tree.enclosing(item, cst.FunctionDef)
            reads = steps.attribute_reads(target)
            return [
                read for read in reads if self._tree.enclosing(read, cst.FunctionDef) is function
            ]
        return list(steps.of_node(item))

    def _entered(
        self, argument: cst.Arg, opened: cst.Call, function: Optional[cst.FunctionDef]
    ) -> Iterator[Tuple[Place, Source]]:
        """A connection that an exit stack entered, whose block ends its life."""
        call = self._tree.parent(argument)
        if not isinstance(call, cst.Call) or last_name(call.func) not in ENTERING_METHODS:
            return
        stack = call.func.value if isinstance(call.func, cst.Attribute) else None
        for binding in self._file.names.bindings(stack) if isinstance(stack, cst.Name) else ():
            block = self._tree.parent(binding.node)
            if binding.kind is Kind.WITH and isinstance(block, cst.With):
                if (id(block), binding.name) not in self._handed_over:
                    yield call, Source(call, block, function, opened)

    @cached_property
    def _handed_over(self) -> FrozenSet[Tuple[int, str]]:
        """The blocks with stacks that may outlive them: ``return stack.pop_all()``."""
        return frozenset(
            (id(block), last_name(attribute.value))
            for attribute in self._tree.of(cst.Attribute)
            if attribute.attr.value == "pop_all"
            for block in self._tree.ancestors(attribute)
            if isinstance(block, cst.With)
        )

    def _annotated(self) -> Iterator[Tuple[Place, Source]]:
        """Parameters that are annotated as a driver's connection."""
        steps = flow_of(self._file).steps
        for parameter in self._tree.of(cst.Param):
            if parameter.annotation is not None and self._is_connection(parameter.annotation):
                function = self._tree.enclosing(parameter, cst.FunctionDef)
                for binding in steps.of_node(parameter):
                    yield binding, Source(parameter, None, function)

    def _is_connection(self, annotation: cst.Annotation) -> bool:
        names = self._annotations.types(annotation.annotation)
        return bool(names) and all(
            ANY_CONNECTION_TYPE.fullmatch(name) and name.startswith("psycopg") for name in names
        )


def held_of(file: File) -> Holdings:
    """The connections of a file, followed once."""
    found: Optional[Holdings] = file.answers.get("held")
    if found is None:
        found = file.answers["held"] = Holdings(file)
    return found

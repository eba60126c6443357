"""Which callables are connection factories, and what becomes of their calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.annotations import Annotations
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import (
    decorator_names,
    functions_of,
    handed_out,
    own_nodes,
    returned,
)
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.vocabulary import (
    ANY_CONNECTION_TYPE,
    DRIVER_CONNECTS,
    ENTERING_METHODS,
    OTHER_DRIVERS,
)


class Use(Enum):
    """What happens to the value of a factory's call."""

    MANAGED = "managed"
    BOUND = "bound"
    OTHER = "other"


@dataclass(frozen=True, eq=False)
class FactoryCall:
    """A call of a connection factory.

    Args:
        node: the call.
        use: what happens to its value.
        text: the call as written, on one line.
        bound_to: the name that the value gets, where it gets a plain one.
    """

    node: cst.Call
    use: Use
    text: str
    bound_to: Optional[str] = None


_MAX_WRAPPERS = 5  # of with blocks and closing() around a connection
_FUNCTIONS = (cst.FunctionDef, cst.Lambda)
_MAKING_MANAGERS = frozenset(("contextmanager", "asynccontextmanager"))
_TRANSPARENT = (cst.Await, cst.BooleanOperation, cst.IfExp, cst.Tuple, cst.List, cst.Element)


class Factories:
    """Recognises connection factories in one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._annotations = Annotations(file)
        self._functions = functions_of(file)
        self._names = frozenset(
            name.rpartition(".")[2] for name in file.settings.connection_factories
        )

    def is_call(self, node: cst.CSTNode) -> bool:
        """Whether a node is a call of a factory."""
        return (
            isinstance(node, cst.Call)
            and self._file.names.may_mean(node.func, self._names)
            and self._is_factory(node.func)
        )

    def _is_factory(self, function: cst.BaseExpression) -> bool:
        qualified = self._file.names.qualified(function)
        if not self._has_name(function, qualified):
            return False
        if qualified and qualified <= DRIVER_CONNECTS:
            return False
        if isinstance(function, cst.Name) and self._is_unknown_parameter(function):
            return False
        definitions = self._functions.definitions(function)
        return not (definitions and all(self._is_plain(d) for d in definitions))

    def _has_name(self, function: cst.BaseExpression, qualified: frozenset[str]) -> bool:
        if last_name(function) in self._names:
            return True
        return any(name.rpartition(".")[2] in self._names for name in qualified)

    def _is_unknown_parameter(self, name: cst.Name) -> bool:
        bindings = self._file.names.bindings(name)
        return bool(bindings) and all(
            b.kind in (Kind.PARAMETER, Kind.OTHER) and b.value is None for b in bindings
        )

    def _is_plain(self, function: cst.CSTNode) -> bool:
        """Whether a function plainly returns a driver's connection, not a context manager."""
        if isinstance(function, cst.Lambda):
            return self._is_driver_connection(function.body)
        if not isinstance(function, cst.FunctionDef) or is_context_manager(function):
            return False
        if function.returns is not None:
            declared = self._annotations.types(function.returns.annotation)
            if declared and all(ANY_CONNECTION_TYPE.fullmatch(name) for name in declared):
                return True
        values = [value for value in returned(function) if not _is_none(value)]
        return bool(values) and (
            all(self._is_driver_connection(value) for value in values)
            or self._keeps_driver_connection(function, values)
        )

    def _keeps_driver_connection(
        self, function: cst.FunctionDef, values: List[cst.BaseExpression]
    ) -> bool:
        """Whether a function connects, and returns the place where it keeps the connection."""
        connects = any(
            self._is_driver_connection(node)
            for node in own_nodes(function)
            if isinstance(node, cst.Call)
        )
        places = (cst.Attribute, cst.Subscript, cst.Name)
        return connects and all(
            isinstance(origin, places) or origin is None or self._is_driver_connection(origin)
            for value in values
            for origin in map(_expression, self._file.names.origins(value))
        )

    def _is_driver_connection(self, value: cst.BaseExpression) -> bool:
        # a cached connection starts as None
        origins = [o for o in self._file.names.origins(value) if not _is_none(o)]
        return bool(origins) and all(
            isinstance(origin, cst.Call)
            and (
                bool(self._file.names.qualified(origin.func) & DRIVER_CONNECTS)
                or last_name(origin.func) == "getconn"
            )
            for origin in origins
        )

    def opens_another_driver(self, call: cst.Call) -> bool:
        """Whether a factory of this file hands out nothing but other drivers' connections.

        SQLite's, psycopg 3's and the like, and objects of classes of the file itself.
        """
        definitions = self._functions.definitions(call.func)
        return bool(definitions) and all(self._hands_out_others(d) for d in definitions)

    def _hands_out_others(self, function: cst.CSTNode) -> bool:
        if not isinstance(function, cst.FunctionDef):
            return False
        origins = [
            origin
            for value in handed_out(function)
            if not _is_none(value)
            for origin in self._file.names.origins(value)
            if not _is_none(origin)
        ]
        return bool(origins) and all(self._is_another(origin) for origin in origins)

    def _is_another(self, origin: Origin, depth: int = _MAX_WRAPPERS) -> bool:
        """Whether a value surely isn't psycopg2's connection."""
        if depth == 0:
            return False
        if isinstance(origin, Binding) and origin.kind is Kind.WITH and origin.value is not None:
            entered = self._file.names.origins(origin.value)
            return any(self._is_another(inner, depth - 1) for inner in entered)
        if not isinstance(origin, cst.Call):
            return False
        if last_name(origin.func) == "closing" and origin.args:
            closed = self._file.names.origins(origin.args[0].value)
            return any(self._is_another(inner, depth - 1) for inner in closed)
        if self._functions.made_class(origin) is not None:
            return True
        names = self._file.names.qualified(origin.func)
        return any(name.partition(".")[0] in OTHER_DRIVERS for name in names)

    def is_managed(self, call: cst.Call) -> bool:
        """Whether the call stands where its value is entered, not only the name of its value."""
        return self._classified(call).use is Use.MANAGED

    def calls(self) -> Iterator[FactoryCall]:
        """All calls of factories in the file."""
        for call in self._file.tree.of(cst.Call):
            if self.is_call(call):
                yield self._classified(call)

    def _classified(self, call: cst.Call) -> FactoryCall:
        text = self._file.code(call)
        value, holder = self._holder(call)
        if isinstance(holder, cst.WithItem):
            return FactoryCall(call, Use.MANAGED, text)
        if isinstance(holder, cst.Arg) and self._enters(holder):
            return FactoryCall(call, Use.MANAGED, text)
        if isinstance(holder, (cst.Assign, cst.AnnAssign, cst.AugAssign, cst.NamedExpr)):
            return FactoryCall(call, Use.BOUND, text, _bound_name(holder))
        if self._is_delegation(value, holder):
            return FactoryCall(call, Use.MANAGED, text)
        return FactoryCall(call, Use.OTHER, text)

    def _holder(self, call: cst.Call) -> tuple[cst.CSTNode, Optional[cst.CSTNode]]:
        """The outermost expression that yields the call's value, and the node that takes it."""
        value: cst.CSTNode = call
        holder = self._file.tree.parent(call)
        while isinstance(holder, _TRANSPARENT):
            if isinstance(holder, cst.IfExp) and value is holder.test:
                break
            if isinstance(holder, cst.Tuple) and not self._is_assigned(holder):
                break
            if isinstance(holder, cst.List) and not self._is_unpacked(holder):
                break
            value, holder = holder, self._file.tree.parent(holder)
        return value, holder

    def _is_assigned(self, node: cst.CSTNode) -> bool:
        parent = self._file.tree.parent(node)
        while isinstance(parent, (cst.Tuple, cst.Element)):
            node, parent = parent, self._file.tree.parent(parent)
        return isinstance(parent, (cst.Assign, cst.AnnAssign, cst.NamedExpr))

    def _is_unpacked(self, node: cst.CSTNode) -> bool:
        """Whether a list display goes element by element to several targets."""
        parent = self._file.tree.parent(node)
        return isinstance(parent, cst.Assign) and all(
            isinstance(target.target, (cst.Tuple, cst.List)) for target in parent.targets
        )

    def _enters(self, argument: cst.Arg) -> bool:
        call = self._file.tree.parent(argument)
        if not isinstance(call, cst.Call):
            return False
        if last_name(call.func) in ENTERING_METHODS:
            return True
        qualified = self._file.names.qualified(call.func)
        return any(name.rpartition(".")[2] in ENTERING_METHODS for name in qualified)

    def _is_delegation(self, value: cst.CSTNode, holder: Optional[cst.CSTNode]) -> bool:
        """Whether a configured factory hands on another one's value."""
        if isinstance(holder, cst.Return):
            function = self._file.tree.enclosing(value, *_FUNCTIONS)
            return isinstance(function, cst.FunctionDef) and function.name.value in self._names
        if isinstance(holder, cst.Lambda) and value is holder.body:
            parent = self._file.tree.parent(holder)
            return isinstance(parent, (cst.Assign, cst.AnnAssign)) and (
                _bound_name(parent) in self._names
            )
        return False


def factory_calls(file: File) -> Iterator[FactoryCall]:
    """The fact ``FactoryCall``."""
    return Factories(file).calls()


def is_context_manager(function: cst.FunctionDef) -> bool:
    """Whether a function is decorated as a context manager's generator."""
    return not _MAKING_MANAGERS.isdisjoint(decorator_names(function))


def _expression(origin: Origin) -> Optional[cst.BaseExpression]:
    return None if isinstance(origin, Binding) else origin


def _is_none(origin: Origin) -> bool:
    return isinstance(origin, cst.Name) and origin.value == "None"


def _bound_name(holder: cst.CSTNode) -> Optional[str]:
    target: Optional[cst.CSTNode] = None
    if isinstance(holder, cst.Assign) and len(holder.targets) == 1:
        target = holder.targets[0].target
    elif isinstance(holder, (cst.AnnAssign, cst.NamedExpr)):
        target = holder.target
    return target.value if isinstance(target, cst.Name) else None

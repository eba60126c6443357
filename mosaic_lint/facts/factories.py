"""Which callables are connection factories, and what becomes of their calls."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.annotations import Annotations
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.tree import walk
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
_TRANSPARENT = (cst.Await, cst.BooleanOperation, cst.IfExp, cst.Tuple, cst.List, cst.Element)


class Factories:
    """Recognises connection factories in one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._annotations = Annotations(file)
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
        definitions = self.definitions(function)
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

    def definitions(self, function: cst.BaseExpression) -> List[cst.CSTNode]:
        """The functions and lambdas of this file that a callee may be, if it can't be others."""
        if isinstance(function, cst.Name):
            found: List[cst.CSTNode] = []
            for origin in self._file.names.origins(function):
                definition = _definition(origin)
                if definition is None:
                    return []
                found.append(definition)
            return found
        if isinstance(function, cst.Attribute):
            class_ = self._class_of(function)
            return self._methods(class_, function.attr.value) if class_ is not None else []
        return []

    def _class_of(self, attribute: cst.Attribute) -> Optional[cst.ClassDef]:
        """The class of this file whose attribute is read, be it through ``self`` or an instance."""
        if _is_self(attribute.value):
            return self._file.tree.enclosing(attribute, cst.ClassDef)
        classes = {self._class(origin) for origin in self._file.names.origins(attribute.value)}
        return classes.pop() if len(classes) == 1 else None

    def _class(self, origin: Origin) -> Optional[cst.ClassDef]:
        """The class that an origin is, or of which it makes an instance."""
        if isinstance(origin, cst.Call) and isinstance(origin.func, cst.Name):
            return self._only_class(self._file.names.origins(origin.func))
        return self._only_class([origin])

    def _only_class(self, origins: List[Origin]) -> Optional[cst.ClassDef]:
        if len(origins) == 1 and isinstance(origins[0], Binding):
            node = origins[0].node
            return node if isinstance(node, cst.ClassDef) else None
        return None

    def _methods(self, class_: cst.ClassDef, name: str, depth: int = 5) -> List[cst.CSTNode]:
        """The methods of a name that a class of this file defines or inherits from another."""
        bindings = self._file.names.scope(class_).bindings.get(name, [])
        found: List[cst.CSTNode] = [b.node for b in bindings if b.kind is Kind.DEFINITION]
        for base in class_.bases if not found and depth else ():
            parent = self._only_class(self._file.names.origins(base.value))
            if parent is not None:
                found.extend(self._methods(parent, name, depth - 1))
        return found

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
        values = [n.value for n in own_nodes(function) if isinstance(n, cst.Return) and n.value]
        returned = [value for value in values if not _is_none(value)]
        return bool(returned) and (
            all(self._is_driver_connection(value) for value in returned)
            or self._keeps_driver_connection(function, returned)
        )

    def _keeps_driver_connection(
        self, function: cst.FunctionDef, returned: List[cst.BaseExpression]
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
            for value in returned
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
        definitions = self.definitions(call.func)
        return bool(definitions) and all(self._hands_out_others(d) for d in definitions)

    def _hands_out_others(self, function: cst.CSTNode) -> bool:
        if not isinstance(function, cst.FunctionDef):
            return False
        handed_out = [
            node.value
            for node in own_nodes(function)
            if isinstance(node, (cst.Yield, cst.Return)) and node.value is not None
        ]
        origins = [
            origin
            for value in handed_out
            if isinstance(value, cst.BaseExpression) and not _is_none(value)
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
        if self._class(origin) is not None:
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
    for decorator in function.decorators:
        node = decorator.decorator
        name = last_name(node.func if isinstance(node, cst.Call) else node)
        if name in ("contextmanager", "asynccontextmanager"):
            return True
    return False


def own_nodes(function: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    """The nodes of a function's body without those of functions and classes inside."""
    return walk(
        function.body,
        lambda node: not isinstance(node, (cst.FunctionDef, cst.Lambda, cst.ClassDef)),
    )


def _is_self(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value in ("self", "cls")


def _expression(origin: Origin) -> Optional[cst.BaseExpression]:
    return None if isinstance(origin, Binding) else origin


def _is_none(origin: Origin) -> bool:
    return isinstance(origin, cst.Name) and origin.value == "None"


def _definition(origin: object) -> Optional[cst.CSTNode]:
    if isinstance(origin, cst.Lambda):
        return origin
    if isinstance(origin, Binding) and isinstance(origin.node, cst.FunctionDef):
        return origin.node if origin.kind is Kind.DEFINITION else None
    return None


def _bound_name(holder: cst.CSTNode) -> Optional[str]:
    target: Optional[cst.CSTNode] = None
    if isinstance(holder, cst.Assign) and len(holder.targets) == 1:
        target = holder.targets[0].target
    elif isinstance(holder, (cst.AnnAssign, cst.NamedExpr)):
        target = holder.target
    return target.value if isinstance(target, cst.Name) else None

"""Connections and cursors that surely come from a driver, and what is asked of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, FrozenSet, Iterator, Optional, Set

import libcst as cst

from mosaic_lint.facts.annotations import Annotations
from mosaic_lint.facts.factories import Factories
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.tree import walk
from mosaic_lint.vocabulary import (
    CURSOR_EXECUTING,
    DRIVER_CONNECTION_TYPE,
    DRIVER_CURSOR_TYPE,
    ENTERING_METHODS,
    SQLITE_CONNECTION_API,
    SQLITE_CURSOR_API,
)


class Role(Enum):
    """What a receiver is."""

    CONNECTION = "connection"
    CURSOR = "cursor"


@dataclass(frozen=True, eq=False)
class ForeignCall:
    """sqlite3's API asked of a psycopg2 connection or cursor.

    Args:
        node: what starts at the receiver: the attribute, or the call whose result is used.
        role: what the receiver is.
        receiver: the receiver as written, on one line.
        name: the attribute.
    """

    node: cst.CSTNode
    role: Role
    receiver: str
    name: str


_GUARDS = frozenset(("isinstance", "hasattr"))


class Connections:
    """Tells connections and cursors in one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._factories = Factories(file)
        self._annotations = Annotations(file)
        self._tested: Dict[cst.CSTNode, FrozenSet[str]] = {}
        self._roles: Dict[cst.CSTNode, Optional[Role]] = {}
        self._entered: Set[Binding] = set()

    def role(self, expression: cst.BaseExpression) -> Optional[Role]:
        """What an expression surely is where it stands; ``None`` if that isn't known."""
        if expression not in self._roles:
            self._roles[expression] = None  # an expression that depends on itself is unknown
            self._roles[expression] = self._find_role(expression)
        return self._roles[expression]

    def _find_role(self, expression: cst.BaseExpression) -> Optional[Role]:
        origins = self._file.names.origins(expression)
        roles = {self._origin_role(origin, expression) for origin in origins}
        return roles.pop() if len(roles) == 1 else None

    def _origin_role(self, origin: Origin, use: cst.CSTNode) -> Optional[Role]:
        if isinstance(origin, cst.Call):
            return self._call_role(origin)
        if not isinstance(origin, Binding):
            return None
        if origin.kind is Kind.WITH and origin.value is not None:
            if origin in self._entered or not self._is_inside_block(use, origin.node):
                return None
            self._entered.add(origin)  # a block that enters what it binds itself is unknown
            try:
                return self._entered_role(origin.value)
            finally:
                self._entered.discard(origin)
        if origin.kind is not Kind.PARAMETER:
            return None
        if isinstance(origin.node, cst.Param) and origin.node.annotation is not None:
            return self._annotated_role(origin.node.annotation.annotation)
        return None

    def _is_inside_block(self, use: cst.CSTNode, item: cst.CSTNode) -> bool:
        block = self._file.tree.parent(item)
        return any(ancestor is block for ancestor in self._file.tree.ancestors(use))

    def _call_role(self, call: cst.Call) -> Optional[Role]:
        """What the value of a call is, as it is returned."""
        name = last_name(call.func)
        if name == "cursor" and isinstance(call.func, cst.Attribute):
            owner = self.role(call.func.value)
            own = any(self._is_own_class(argument.value) for argument in call.args)
            return Role.CURSOR if owner is Role.CONNECTION and not own else None
        if call.args and self._enters(call.func):
            return self._entered_role(call.args[0].value)
        return None

    def _is_own_class(self, value: cst.BaseExpression) -> bool:
        """Whether a cursor factory is a class of this file, which may have what sqlite3 has."""
        return any(
            isinstance(origin, Binding) and isinstance(origin.node, cst.ClassDef)
            for origin in self._file.names.origins(value)
        )

    def _enters(self, function: cst.BaseExpression) -> bool:
        if last_name(function) in ENTERING_METHODS:
            return True
        qualified = self._file.names.qualified(function)
        return any(name.rpartition(".")[2] in ENTERING_METHODS for name in qualified)

    def _entered_role(self, value: cst.BaseExpression) -> Optional[Role]:
        """What ``with value as x`` makes of ``x``."""
        roles = set()
        for origin in self._file.names.origins(value):
            if isinstance(origin, cst.Call) and self._factories.is_call(origin):
                known = self._factories.is_managed(origin)
                other = self._factories.opens_another_driver(origin)
                roles.add(Role.CONNECTION if known and not other else None)
            elif isinstance(origin, cst.Call) and self._is_closing(origin):
                roles.add(self.role(origin.args[0].value))
            else:
                roles.add(self._origin_role(origin, value))
        return roles.pop() if len(roles) == 1 else None

    def _is_closing(self, call: cst.Call) -> bool:
        names = self._file.names.qualified(call.func)
        return bool(call.args) and "contextlib.closing" in names

    def _annotated_role(self, annotation: cst.BaseExpression) -> Optional[Role]:
        names = self._annotations.types(annotation)
        if names and all(DRIVER_CONNECTION_TYPE.fullmatch(name) for name in names):
            return Role.CONNECTION
        if names and all(DRIVER_CURSOR_TYPE.fullmatch(name) for name in names):
            return Role.CURSOR
        return None

    def foreign_calls(self) -> Iterator[ForeignCall]:
        """Where sqlite3's API is asked of connections and cursors."""
        if self._file.settings.driver != "psycopg2":
            return
        for attribute in self._file.tree.of(cst.Attribute):
            name = attribute.attr.value
            if name in SQLITE_CONNECTION_API or name in SQLITE_CURSOR_API:
                node = self._foreign_node(attribute, name)
                if node is not None and not self._is_guarded(attribute):
                    role = self.role(attribute.value)
                    assert role is not None
                    receiver = self._file.code(attribute.value)
                    yield ForeignCall(node, role, receiver, name)

    def _foreign_node(self, attribute: cst.Attribute, name: str) -> Optional[cst.CSTNode]:
        role = self.role(attribute.value)
        if role is Role.CONNECTION:
            return attribute if name in SQLITE_CONNECTION_API else None
        if role is not Role.CURSOR:
            return None
        if name in SQLITE_CURSOR_API:
            return attribute
        call = self._file.tree.parent(attribute)
        if (
            name in CURSOR_EXECUTING
            and isinstance(call, cst.Call)
            and call.func is attribute
            and self._is_used(call)
        ):
            return call
        return None

    def _is_used(self, call: cst.Call) -> bool:
        """Whether somebody takes the call's value. Awaiting it isn't taking it."""
        tree = self._file.tree
        value: cst.CSTNode = call
        holder = tree.parent(call)
        while holder is not None:
            if isinstance(holder, (cst.Expr, cst.Lambda)):
                return False
            passes_on = (
                isinstance(holder, (cst.Await, cst.ListComp, cst.SetComp, cst.GeneratorExp))
                or (isinstance(holder, cst.IfExp) and value is not holder.test)
                or (isinstance(holder, cst.BooleanOperation) and value is holder.right)
            )
            if not passes_on:
                return True
            value, holder = holder, tree.parent(holder)
        return True

    def _is_guarded(self, attribute: cst.Attribute) -> bool:
        """Whether the function asks what kind of object the receiver is, or expects the worst."""
        receiver = self._file.code(attribute.value)
        tests = self._kind_tests(self._file.tree.enclosing(attribute, cst.FunctionDef))
        return receiver in tests or self._expects_attribute_error(attribute)

    def _kind_tests(self, function: Optional[cst.FunctionDef]) -> FrozenSet[str]:
        """What a function, or the module's own code, gives to ``isinstance`` and ``hasattr``."""
        where = function or self._file.module
        if where not in self._tested:
            calls = (node for node in walk(where) if node.__class__ is cst.Call)
            self._tested[where] = frozenset(
                self._file.code(call.args[0].value)
                for call in calls
                if isinstance(call, cst.Call) and last_name(call.func) in _GUARDS and call.args
            )
        return self._tested[where]

    def _expects_attribute_error(self, node: cst.CSTNode) -> bool:
        below = node
        for ancestor in self._file.tree.ancestors(node):
            if isinstance(ancestor, cst.Try) and below is ancestor.body:
                if any(
                    handler.type is not None and "AttributeError" in self._file.code(handler.type)
                    for handler in ancestor.handlers
                ):
                    return True
            if isinstance(ancestor, cst.FunctionDef):
                return False
            below = ancestor
        return False


def foreign_calls(file: File) -> Iterator[ForeignCall]:
    """The fact ``ForeignCall``."""
    return Connections(file).foreign_calls()

"""What the code around a connection or cursor does to its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Callable, Dict, FrozenSet, Iterator, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.driver_vocabulary import (
    ASKING,
    ASKING_HELPERS,
    CONNECTION_PLAIN,
    CURSOR_PLAIN,
    ENDING,
    HARMLESS,
    HARMLESS_ANYWHERE,
)
from mosaic_lint.facts.autocommit import is_set, is_switched_by
from mosaic_lint.facts.connections import Role
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import flow_of
from mosaic_lint.facts.functions import decorator_names, functions_of, is_generator, own_nodes
from mosaic_lint.facts.held import Held, Source, held_of
from mosaic_lint.facts.loggers import Loggers
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, dotted
from mosaic_lint.facts.steps import Place
from mosaic_lint.facts.texts import texts_of
from mosaic_lint.sql.transactions import Control, control
from mosaic_lint.tree import Function
from mosaic_lint.vocabulary import LOGGER_METHODS


class Effect(Enum):
    """What a use does to the connection's transaction."""

    ASKS = "the server is asked something, which it refuses in a failed transaction"
    ENDS = "the transaction is over behind it, failed or not"
    CURES = "it is rolled back, or may be"
    UNKNOWN = "somebody else has the connection, and may do anything with it from now on"
    AUTOCOMMIT = "the connection has no transactions"


@dataclass(frozen=True, eq=False)
class Use:
    """One use of a connection.

    Args:
        node: where it happens; a ``with`` statement stands for the end of its block, by whatever
            way.
        effect: what it does.
    """

    node: cst.CSTNode
    effect: Effect


Tags = Callable[[Place], FrozenSet[Held]]
Given = Dict[Tuple[int, Role], Optional[Effect]]

_MAX_HELPERS = 8  # that hand a connection on to each other
_PLAIN_DECORATORS = frozenset(("staticmethod", "classmethod"))


_SILENT_PARENTS = frozenset(
    (cst.Expr, cst.Await, cst.NamedExpr, cst.IfExp, cst.BooleanOperation, cst.UnaryOperation,
     cst.Comparison, cst.ComparisonTarget, cst.FormattedStringExpression, cst.If, cst.While,
     cst.Assert, cst.For, cst.CompFor, cst.CompIf, cst.Return, cst.StarredElement, cst.Subscript,
     cst.Del, cst.Call, cst.Match, cst.Index, cst.From)
)  # fmt: skip
"""What may stand around a connection without doing anything to its transaction."""


class UseReader:
    """Reads uses off the syntax around an expression.

    Args:
        file: the file.
        tags: tells what an expression or binding may be.
        given: what helpers do with a parameter, as far as that is known.
        depth: how many helpers are around.
    """

    def __init__(self, file: File, tags: Tags, given: Given, depth: int) -> None:
        self._file = file
        self._tree = file.tree
        self._names = file.names
        self._functions = functions_of(file)
        self._loggers = Loggers(file)
        self._tags = tags
        self._known = given
        self._depth = depth

    def read(
        self, place: cst.BaseExpression, held: Held, *, is_followed: bool = True
    ) -> Iterator[Use]:
        """What the code around an expression does with the connection or cursor that it is."""
        parent = self._tree.parent(place)
        if isinstance(parent, cst.Attribute):
            if place is parent.value:
                yield from self._attribute(place, parent, held)
        elif isinstance(parent, cst.Arg):
            call = self._tree.parent(parent)
            if isinstance(call, cst.Call):
                yield from self._handed(call, parent, held)
        elif isinstance(parent, cst.WithItem):
            block = self._tree.parent(parent)
            if held.role is Role.CONNECTION and block is not None:
                yield Use(block, Effect.ENDS)
        elif parent.__class__ not in _SILENT_PARENTS:
            if not (is_followed and self._is_only_named(place, parent)):
                yield Use(place, Effect.UNKNOWN)

    def _is_only_named(self, place: cst.BaseExpression, parent: Optional[cst.CSTNode]) -> bool:
        """Whether it gets another name, which is followed, and nothing else."""
        if isinstance(parent, cst.Assign):
            return all(isinstance(target.target, cst.Name) for target in parent.targets)
        steps = flow_of(self._file).steps.after(place)
        return any(isinstance(step.place, Binding) for step in steps)

    # --- methods and attributes

    def _attribute(
        self, place: cst.BaseExpression, attribute: cst.Attribute, held: Held
    ) -> Iterator[Use]:
        name = attribute.attr.value
        around = self._tree.parent(attribute)
        if held.role is Role.CURSOR and name == "connection":
            connection = held._replace(role=Role.CONNECTION)
            yield from self.read(attribute, connection, is_followed=False)
        elif isinstance(around, cst.Call) and around.func is attribute:
            effect = self._method(place, around, name, held)
            if effect is not None:
                yield from self._done(around, effect)
        elif isinstance(around, cst.AssignTarget):
            assign = self._tree.parent(around)
            if isinstance(assign, cst.Assign) and is_set(attribute, assign.value):
                yield Use(attribute, Effect.AUTOCOMMIT)
        elif held.role is Role.CONNECTION:
            if name not in CONNECTION_PLAIN and name != "execute":
                yield Use(attribute, Effect.UNKNOWN)  # a method that somebody may call later
        elif name in ASKING:
            yield from self._bound(place, attribute, held)
        elif name not in CURSOR_PLAIN:
            yield Use(attribute, Effect.CURES)

    def _done(self, call: cst.Call, effect: Effect) -> Iterator[Use]:
        """What a call does, and the block that enters its value."""
        value: cst.CSTNode = call
        holder = self._tree.parent(call)
        while isinstance(holder, cst.Await):
            value, holder = holder, self._tree.parent(holder)
        block = self._tree.parent(holder) if isinstance(holder, cst.WithItem) else None
        is_manager = isinstance(holder, cst.WithItem) and holder.item is value
        if is_manager and block is not None and effect in (Effect.CURES, Effect.UNKNOWN):
            yield Use(block, Effect.CURES)
            if last_name(call.func) == "transaction":
                return  # to enter one cures nothing
        yield Use(call, effect)

    def _method(
        self, place: cst.BaseExpression, call: cst.Call, name: str, held: Held
    ) -> Optional[Effect]:
        """What a method does to the transaction; ``None`` if nothing."""
        if held.role is Role.CURSOR:
            if name in ASKING:
                return self._asked(place, call, held)
            return None if name in CURSOR_PLAIN else Effect.CURES
        if is_switched_by(call):
            return Effect.AUTOCOMMIT
        if name == "execute":
            return self._asked(place, call, held) if self._has_execute(held.source) else None
        if name in ENDING:
            return Effect.ENDS
        return None if name in CONNECTION_PLAIN else Effect.CURES

    def _has_execute(self, source: Source) -> bool:
        """Whether a connection is psycopg's, which has cursors of its own."""
        if isinstance(source.node, cst.Param) and source.node.annotation is not None:
            return "psycopg2" not in self._file.code(source.node.annotation.annotation)
        return self._file.settings.driver == "psycopg"

    def _bound(self, place: cst.BaseExpression, method: cst.Attribute, held: Held) -> Iterator[Use]:
        """What becomes of a method that asks the server: ``run = cursor.execute``."""
        steps = flow_of(self._file).steps
        bindings = [s.place for s in steps.after(method) if isinstance(s.place, Binding)]
        if not bindings:
            yield Use(method, Effect.CURES)
        for binding in bindings:
            for use in steps.uses(binding):
                call = self._tree.parent(use)
                if isinstance(call, cst.Call) and call.func is use:
                    yield Use(call, self._asked(place, call, held))
                else:
                    yield Use(use, Effect.CURES)

    # --- statements

    def _asked(self, place: cst.BaseExpression, call: cst.Call, held: Held) -> Effect:
        """What the execution of a text does."""
        if not self._is_surely(place, held):
            return Effect.CURES
        query = _query(call)
        if query is None:
            return Effect.ASKS
        texts = [text.text for text in texts_of(self._file).of(query)]
        return _EFFECTS[control(texts, self._file.code(query))]

    def _is_surely(self, place: cst.BaseExpression, held: Held) -> bool:
        """Whether an expression is a connection's or its cursor, whatever way led to it."""
        return all(
            _is_none(origin) or self._tags(origin) == {held}
            for origin in (place, *self._names.origins(place))
        )

    # --- functions that are given it

    def _handed(self, call: cst.Call, argument: cst.Arg, held: Held) -> Iterator[Use]:
        if self._is_harmless(call):
            return
        if held.role is Role.CURSOR and self._is_drivers_helper(call):
            is_sure = self._is_surely(argument.value, held)
            yield Use(call, Effect.ASKS if is_sure else Effect.CURES)
            return
        effects: Set[Optional[Effect]] = set()
        for function in self._functions.definitions(call.func):
            parameter = self._functions.parameter(call, argument, function)
            effects.add(self._helped(function, parameter, held.role))
        if not effects:
            effects.add(_of_stranger(call, held.role))
        if len(effects) > 1:
            effects = {Effect.UNKNOWN if Effect.UNKNOWN in effects else Effect.CURES}
        for effect in effects - {None}:
            assert effect is not None
            is_sure = effect is not Effect.ASKS or self._is_surely(argument.value, held)
            yield from self._done(call, effect if is_sure else Effect.CURES)

    def _is_drivers_helper(self, call: cst.Call) -> bool:
        """``psycopg2.extras.execute_values`` and the like."""
        names = {last_name(call.func), *self._names.qualified(call.func)}
        return any(name.rpartition(".")[2] in ASKING_HELPERS for name in names)

    def _is_harmless(self, call: cst.Call) -> bool:
        name = last_name(call.func)
        if name in HARMLESS_ANYWHERE:
            return True
        if name in LOGGER_METHODS or isinstance(call.func, cst.Name):
            if self._loggers.log_call(call) is not None:
                return True
        qualified = self._names.qualified(call.func)
        return bool(qualified) and all(map(_leaves_alone, qualified))

    def _helped(
        self, function: Function, parameter: Optional[cst.Param], role: Role
    ) -> Optional[Effect]:
        """What a function of this file does with what a parameter is given."""
        if not isinstance(function, cst.FunctionDef) or parameter is None:
            return Effect.UNKNOWN
        key = (id(parameter), role)
        if key not in self._known:
            if self._depth >= _MAX_HELPERS:
                return Effect.UNKNOWN
            self._known[key] = None  # a function that calls itself
            self._known[key] = self._find_helped(function, parameter, role)
        return self._known[key]

    def _find_helped(
        self, function: cst.FunctionDef, parameter: cst.Param, role: Role
    ) -> Optional[Effect]:
        trace = held_of(self._file).inside(parameter, role)
        reader = UseReader(self._file, trace.tags, self._known, self._depth + 1)
        effects: Set[Effect] = set()
        for place, held in trace.places:
            if isinstance(place, cst.BaseExpression) and not held.method:
                inner = self._tree.enclosing(place, cst.FunctionDef, cst.Lambda, cst.ClassDef)
                if inner is function:
                    effects.update(use.effect for use in reader.read(place, held))
                else:
                    effects.add(Effect.UNKNOWN)
        if effects & {Effect.UNKNOWN, Effect.AUTOCOMMIT}:
            return Effect.UNKNOWN
        if effects - {Effect.ASKS} or (effects and not _is_plain(function)):
            return Effect.CURES
        return Effect.ASKS if effects else None


_EFFECTS = {
    Control.NONE: Effect.ASKS,
    Control.END: Effect.ENDS,
    Control.ROLLBACK: Effect.CURES,
}


def _query(call: cst.Call) -> Optional[cst.BaseExpression]:
    """The text that a call executes."""
    first = call.args[0] if call.args else None
    if first is None or first.star:
        return None
    return first.value if first.keyword is None or first.keyword.value != "params" else None


def _leaves_alone(name: str) -> bool:
    """Whether a function leaves the transaction alone, by its qualified name."""
    package, _, last = name.rpartition(".")
    if package == "builtins":
        return last in HARMLESS
    return package == "itertools" or (package.startswith("psycopg") and "register_" in last)


def _of_stranger(call: cst.Call, role: Role) -> Effect:
    """What a function that nobody knows may do; an object may keep what it is given."""
    name = last_name(call.func)
    may_keep = role is Role.CONNECTION or name[:1].isupper() or name in ("", "partial")
    return Effect.UNKNOWN if may_keep else Effect.CURES


def _is_none(origin: Origin) -> bool:
    return isinstance(origin, cst.Name) and dotted(origin) == "None"


def _is_plain(function: cst.FunctionDef) -> bool:
    """Whether to call a function is to run its statements, errors of which come out of it."""
    if is_generator(function) or set(decorator_names(function)) - _PLAIN_DECORATORS:
        return False
    return not any(
        isinstance(node, (cst.Try, cst.TryStar))
        or (isinstance(node, cst.Call) and last_name(node.func) == "suppress")
        for node in own_nodes(function)
    )

"""How far a connection is alive in a block: through names, cursors and what else holds on to it."""

from __future__ import annotations

import ast
import re
from typing import Dict, FrozenSet, List, Sequence, Set

from mosaic_lint.change import Declined
from mosaic_lint.fixes.holding import (
    METHODS,
    Hold,
    arguments_of,
    hold_of_call,
    last_name,
    later_functions,
    most,
    own_nodes,
    values_of,
)
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.fixes.uses import Entering, Reach, bound_names, plainly_binds, stores

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_DEFINITIONS = (*_FUNCTIONS, ast.ClassDef)
_KEEPING = frozenset(
    ("append", "appendleft", "add", "insert", "put", "put_nowait", "push", "setdefault",
     "setattr", "register", "callback", "submit", "create_task", "ensure_future", "add_task",
     "apply_async", "run_in_executor", "call_soon", "call_later", "start_soon", "Thread")
)  # fmt: skip
"""Calls that keep what they are given, or use it later."""
_GIVING_BACK = re.compile(r"_?(?:put|release|return|give_?back|close|dispose|free)_?\w*")


class Lifetime:
    """The statements of a block in which a connection is alive.

    Args:
        syntax: the file.
        statement: what binds the connection to a name.
        name: the name.
        factories: the last names of connection factories, whose values are connections too.

    Attributes:
        name: the name.
        connections: it, and other names of the same connection.
        statements: those behind the binding, up to the last one that needs the connection.
        until_rebound: those behind the binding, up to the next one that binds the name.

    Raises:
        Declined: the connection is used beyond the block, or leaves it.
    """

    def __init__(
        self,
        syntax: Syntax,
        statement: ast.stmt,
        name: str,
        factories: FrozenSet[str] = frozenset(),
    ) -> None:
        self.name = name
        self.connections: Set[str] = {name}
        self._syntax = syntax
        self._holding: Dict[str, Hold] = {name: Hold.SURE}
        self._bound_at: Dict[str, int] = {name: 0}
        self._outer = _outer_names(syntax.scope(statement))
        if name in self._outer:
            raise Declined(f"{name} is declared global or nonlocal")
        self._later = syntax.once(_later_functions, syntax.tree)
        body, index = syntax.block(statement)
        self._block: Sequence[ast.stmt] = body[index:]
        self.until_rebound: Sequence[ast.stmt] = self._block[1:]
        last = self._with_others(self._last(), factories)
        self.statements: Sequence[ast.stmt] = self._block[1 : last + 1]
        self._check_uses_beyond(last)

    # --- how far

    def _last(self) -> int:
        """The index of the last statement that needs the connection."""
        last, rebound = 0, len(self._block)
        for index, statement in enumerate(self._block):
            if index == 0:
                continue
            for name in [name for name in self._holding if _ends(statement, name)]:
                del self._holding[name]
            if self.name not in self._holding or _binds_inside(statement, self.name):
                rebound = min(rebound, index)
                self.until_rebound = self._block[1:rebound]
            if self._mentions(statement) and not self._only_closes(statement):
                last = index
            if last >= rebound:
                raise Declined(f"{self.name} is bound again before the last use")
            self._derive(index, statement)
            for node in own_nodes(statement):
                self._check_escape(node)
        return last

    def _with_others(self, last: int, factories: FrozenSet[str]) -> int:
        """The last statement, with those that need other connections that are opened before it.

        So that their own blocks have room within.
        """
        index = 0
        while index < last:
            index += 1
            statement = self._block[index]
            if isinstance(statement, ast.Assign) and _is_call_of(statement.value, factories):
                target = statement.targets[0]
                if isinstance(target, ast.Name):
                    last = max(last, index + _length_of(self._syntax, statement, target.id))
        while 0 < last < len(self._block) - 1 and _shares_a_line(self._block, last):
            last += 1
        return last

    def _mentions(self, node: ast.AST) -> bool:
        return any(_reads(node, name) for name in self._holding)

    def _only_closes(self, statement: ast.stmt) -> bool:
        if not isinstance(statement, ast.Expr):
            return False
        value = statement.value
        return self.closes(value.value if isinstance(value, ast.Await) else value)

    def closes(self, node: ast.AST) -> bool:
        """Whether a node is a call that closes the connection."""
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "close"
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in self.connections
        )

    @property
    def until_closed(self) -> int:
        """How many statements stand behind the binding up to the last one that only closes."""
        closing = [n for n, one in enumerate(self.until_rebound, 1) if self._only_closes(one)]
        return closing[-1] if closing else 0

    def _plain_closings(self) -> List[ast.stmt]:
        """The statements of the block that do no more than close the connection."""
        return [one for one in self.until_rebound if self._only_closes(one)]

    # --- what holds on to it

    def _derive(self, index: int, statement: ast.stmt) -> None:
        """Take note of the names that hold on to the connection from a statement on."""
        for node in _in_order(statement):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._give(target, node.value, index)
            elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                self._give(node.target, node.value, index)
            elif isinstance(node, Entering):
                for item in node.items:
                    if item.optional_vars is not None:
                        self._give(item.optional_vars, item.context_expr, index)
            elif isinstance(node, _DEFINITIONS) and self._mentions(node):
                self._note(node.name, Hold.SURE, index)

    def _give(self, target: ast.expr, value: ast.expr, index: int) -> None:
        pairs = [(target, value)]
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            if len(target.elts) == len(value.elts):
                pairs = list(zip(target.elts, value.elts))
        for to, what in pairs:
            held = self._hold(what)
            for name in bound_names(to):
                if name == self.name:
                    continue
                if held is Hold.NONE and _reads(what, name):
                    self._holding.pop(name, None)  # rows = rows.fetchall()
                self._note(name, held, index)
                if isinstance(what, ast.Name) and what.id in self.connections:
                    self.connections.add(name)

    def _note(self, name: str, held: Hold, index: int) -> None:
        if held is Hold.SURE and name in self._outer:
            raise Declined(f"{name} is declared global or nonlocal")
        if held is not Hold.NONE:
            self._holding[name] = held
            self._bound_at[name] = index

    def _hold(self, value: ast.AST) -> Hold:
        """Whether a value needs the connection to stay open."""
        known: Dict[int, Hold] = {}
        for node in reversed(list(ast.walk(value))):  # parts come before what they are parts of
            known[id(node)] = self._hold_of(node, known)
        return known[id(value)]

    def _hold_of(self, node: ast.AST, known: Dict[int, Hold]) -> Hold:
        if isinstance(node, ast.Name):
            return self._holding.get(node.id, Hold.NONE)
        if isinstance(node, ast.Attribute):
            return known[id(node.value)] if node.attr in METHODS else Hold.NONE
        if isinstance(node, (ast.GeneratorExp, ast.Lambda)):
            return Hold.SURE if self._mentions(node) else Hold.NONE
        if isinstance(node, ast.Call):
            return hold_of_call(node, known, self._later)
        if isinstance(node, ast.Await) and _is_call_of(node.value, self._later):
            return min(known[id(node.value)], Hold.MAYBE)
        return most(values_of(node), known)

    # --- where it must not go

    def _check_escape(self, node: ast.AST) -> None:
        if isinstance(node, ast.Return) and node.value is not None:
            if self._hold(node.value) is Hold.SURE:
                raise Declined("the connection, or what lives on it, is returned")
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None and self._hold(node.value) is Hold.SURE:
                self._check_targets(targets)
        elif isinstance(node, ast.Call):
            self._check_call(node)

    def _check_targets(self, targets: Sequence[ast.expr]) -> None:
        inner = [node for target in targets for node in ast.walk(target)]
        if any(
            isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store)
            for node in inner
        ):
            raise Declined("an attribute or an item keeps it beyond the block")

    def _check_call(self, call: ast.Call) -> None:
        name = last_name(call.func)
        arguments = arguments_of(call)
        if not any(self._hold(argument) is Hold.SURE for argument in arguments):
            return
        if name in _KEEPING:
            raise Declined(f"{name}() may use the connection beyond the block")
        given = {argument.id for argument in arguments if isinstance(argument, ast.Name)}
        if not given.isdisjoint(self.connections):
            if _GIVING_BACK.fullmatch(name) and name != "closing":
                raise Declined(f"{name}() gives the connection back as well")
            if name in ("closing", "aclosing"):
                raise Declined(f"{name}() closes a connection that goes back to the pool")

    def _check_uses_beyond(self, last: int) -> None:
        for name, index in self._bound_at.items():
            if self._holding.get(name) is not Hold.SURE or index > last:
                continue
            reach = Reach(self._syntax, name, self._block[index], self._block[last])
            for use in reach.beyond():
                if any(use in ast.walk(closing) for closing in self._plain_closings()):
                    continue
                raise Declined(f"{name} is used beyond the block, on line {use.lineno}")


def _later_functions(_: Syntax, tree: ast.AST) -> FrozenSet[str]:
    return later_functions(tree)


def _outer_names(scope: ast.AST) -> FrozenSet[str]:
    """The names that a scope shares with another one by a declaration."""
    kinds = (ast.Global,) if isinstance(scope, ast.Module) else (ast.Global, ast.Nonlocal)
    declared = [node for node in ast.walk(scope) if isinstance(node, kinds)]
    return frozenset(name for one in declared for name in one.names)


def _ends(statement: ast.stmt, name: str) -> bool:
    """Whether a statement of the block takes a value away from a name."""
    if isinstance(statement, ast.Delete):
        return any(isinstance(t, ast.Name) and t.id == name for t in statement.targets)
    return plainly_binds(statement, name) and not _reads(statement, name)


def _binds_inside(statement: ast.stmt, name: str) -> bool:
    if isinstance(statement, _DEFINITIONS):
        return statement.name == name
    return any(True for _ in stores(statement, name))


def _is_call_of(value: ast.expr, names: FrozenSet[str]) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in names


def _length_of(syntax: Syntax, statement: ast.stmt, name: str) -> int:
    """How many statements another connection needs, up to what closes it by hand.

    None where it can't have a block.
    """
    try:
        other = Lifetime(syntax, statement, name)
    except Declined:
        return 0
    return max(len(other.statements), other.until_closed)


def _shares_a_line(block: Sequence[ast.stmt], index: int) -> bool:
    """Whether the next statement begins on the line on which one ends."""
    return block[index + 1].lineno == block[index].end_lineno


def _in_order(statement: ast.stmt) -> List[ast.AST]:
    """The nodes of a statement that bind names, in order of the text."""
    nodes = [node for node in ast.walk(statement) if isinstance(node, (ast.stmt, ast.NamedExpr))]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    return list(nodes)


def _reads(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Load)
        for inner in ast.walk(node)
    )

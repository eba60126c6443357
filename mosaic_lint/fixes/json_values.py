"""Whether an expression's value is what the driver made of JSON, on every way."""

from __future__ import annotations

import ast
from typing import Dict, Iterator, List, Optional, Set

from mosaic_lint.change import Declined
from mosaic_lint.fixes.syntax import Function, Syntax

_FETCHING = frozenset(("fetchone", "fetchall", "fetchmany", "get", "pop", "next", "values"))
_MAX_STEPS = 500
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def check_values(syntax: Syntax, call: ast.Call, value: ast.expr) -> List[ast.Constant]:
    """Make sure that a value which some way fetches is no text on another one.

    Args:
        syntax: the file.
        call: the call that parses it.
        value: the expression.

    Returns:
        The texts that stand in for it in the expression itself (``row[0] or "{}"``).

    Raises:
        Declined: it may be a text that was made elsewhere.
    """
    around = syntax.parent(call)
    if isinstance(around, ast.Call) and _last_name(around.func) == _last_name(call.func):
        raise Declined("what it gives is parsed once more")
    texts: List[ast.Constant] = []
    pending: List[ast.expr] = []
    for leaf in _leaves(value):
        if _is_text(leaf):
            texts.append(_constant(leaf))
        else:
            pending.append(leaf)
    _Origins(syntax, _last_name(call.func)).check(pending, texts)
    return texts


def _constant(leaf: ast.expr) -> ast.Constant:
    if not isinstance(leaf, ast.Constant):
        raise Declined("the value may be text")
    return leaf


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    )


def _leaves(value: ast.expr) -> Iterator[ast.expr]:
    """The expressions of which one gives the value."""
    pending = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.IfExp):
            pending += (node.orelse, node.body)
        elif isinstance(node, ast.BoolOp):
            pending += reversed(node.values)
        elif isinstance(node, ast.NamedExpr):
            pending.append(node.value)
        else:
            yield node


class _Origins:
    """Goes back from names to what they are bound to.

    Args:
        syntax: the file.
        parser: the last name of the function that parses; what that gives is no text.
    """

    def __init__(self, syntax: Syntax, parser: str) -> None:
        self._syntax = syntax
        self._parser = parser
        self._seen: Set[int] = set()
        self._pending: List[ast.expr] = []

    def check(self, values: List[ast.expr], texts: List[ast.Constant]) -> None:
        """Look at some values.

        Args:
            values: the expressions.
            texts: is given the texts that stand in for them in a ``get`` of the expression itself.
        """
        for value in values:
            if isinstance(value, ast.Call) and _is_get(value) and len(value.args) == 2:
                if _is_text(value.args[1]):
                    texts.append(_constant(value.args[1]))
            else:
                self._pending.append(value)
        while self._pending and len(self._seen) < _MAX_STEPS:
            node = self._pending.pop()
            if id(node) not in self._seen:
                self._seen.add(id(node))
                self._step(node)
        if self._pending:
            raise Declined("the value comes from too many places")

    def _step(self, node: ast.expr) -> None:
        if _is_text(node):
            raise Declined("the value may also be a text that is bound elsewhere")
        if isinstance(node, ast.Name):
            self._name(node)
        elif isinstance(node, ast.Call):
            self._call(node)

    def _call(self, node: ast.Call) -> None:
        name = _last_name(node.func)
        if name == self._parser:
            return
        if isinstance(node.func, ast.Name) and name in self._functions:
            function = self._functions[name]
            for inner in _own(function):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    self._pending += _leaves(inner.value)
        elif name not in _FETCHING:
            raise Declined("the value may also be what another function gives")
        elif len(node.args) == 2 and _is_text(node.args[1]):
            raise Declined("the value may also be a text that is bound elsewhere")

    @property
    def _functions(self) -> Dict[str, Function]:
        """The functions of the module by name."""
        return {
            node.name: node
            for node in self._syntax.tree.body
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        }

    # --- names

    def _name(self, node: ast.Name) -> None:
        last = self._last_binding(node)
        if last is not None:
            self._pending += _leaves(last)
            return
        for scope in self._scopes(node):
            bindings = [
                inner
                for inner in ast.walk(scope)
                if (isinstance(inner, ast.Name) and _stores(inner, node.id))
                or (isinstance(inner, ast.arg) and inner.arg == node.id)
            ]
            if bindings:
                for binding in bindings:
                    self._binding(binding)
                return

    def _scopes(self, node: ast.AST) -> Iterator[ast.AST]:
        kinds = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        yield from (above for above in self._syntax.ancestors(node) if isinstance(above, kinds))

    def _binding(self, node: ast.AST) -> None:
        if isinstance(node, ast.arg):
            self._parameter(node)
            return
        assert isinstance(node, ast.Name)
        parent = self._syntax.parent(node)
        if isinstance(parent, ast.AugAssign):
            raise Declined("something is added to the value")
        if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)):
            if parent.value is not None:
                self._pending += _leaves(parent.value)

    def _parameter(self, node: ast.arg) -> None:
        arguments = self._syntax.parent(node)
        assert isinstance(arguments, ast.arguments)
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None and _is_text(default):
                raise Declined("the value may also be a parameter's default")

    def _last_binding(self, node: ast.Name) -> Optional[ast.expr]:
        """What a name is surely bound to where it is read; ``None`` where that isn't sure."""
        syntax = self._syntax
        current: ast.stmt = syntax.statement(node)
        while not isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            body, index = syntax.block(current)
            for before in reversed(body[:index]):
                if isinstance(before, ast.Assign) and _binds(before, node.id):
                    return before.value
                if _touches(before, node.id):
                    return None
            above = syntax.parent(current)
            if not isinstance(above, ast.stmt) or isinstance(above, _LOOPS):
                return None
            current = above
        return None


def _binds(statement: ast.Assign, name: str) -> bool:
    targets = statement.targets
    return len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id == name


def _touches(statement: ast.stmt, name: str) -> bool:
    return any(isinstance(n, ast.Name) and _stores(n, name) for n in ast.walk(statement))


def _stores(node: ast.Name, name: str) -> bool:
    return node.id == name and isinstance(node.ctx, ast.Store)


def _is_get(node: ast.Call) -> bool:
    return _last_name(node.func) in ("get", "pop")


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _own(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions in it."""
    pending: List[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            pending += ast.iter_child_nodes(node)

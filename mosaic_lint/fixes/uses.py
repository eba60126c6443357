"""Where a name is used, and whether a value that it gets at one place may arrive there."""

from __future__ import annotations

import ast
from typing import Dict, Iterator, List, Optional, Tuple, Union

from mosaic_lint.fixes.syntax import Syntax

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")

Entering = (ast.With, ast.AsyncWith)


def loads(scope: ast.AST, name: str) -> Iterator[ast.Name]:
    """The places where a scope's name is read, also in functions within.

    Args:
        scope: a function, a class or a module.
        name: the name.
    """
    for node in _own(scope, name):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def stores(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """The places that bind a scope's name or take its value away, also in functions within."""
    for node in _own(scope, name):
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            yield node
        elif isinstance(node, ast.alias):
            if (node.asname or node.name).partition(".")[0] == name:
                yield node
        elif name in (getattr(node, "name", None), getattr(node, "rest", None)):
            yield node  # a function, a class, a handler, a pattern


def is_used(scope: ast.AST, name: str) -> bool:
    """Whether a scope has a name, or something in it takes that from around it."""
    return any(
        name in (getattr(node, "id", None), getattr(node, "arg", None))
        or (isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names)
        for node in _own(scope, name)
    ) or any(True for _ in stores(scope, name))


def _own(scope: ast.AST, name: str) -> Iterator[ast.AST]:
    """The nodes of a scope and of those within in which a name means the same."""
    stack: List[ast.AST] = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)) and _is_own_name(node, name):
            stack += _evaluated_outside(node)
        elif isinstance(node, _COMPREHENSIONS) and _binds(node, name):
            stack.append(node.generators[0].iter)
        else:
            stack += ast.iter_child_nodes(node)


def _is_own_name(node: ast.AST, name: str) -> bool:
    """Whether a function or class has a name of its own."""
    if any(isinstance(n, ast.Global) and name in n.names for n in ast.walk(node)):
        return False
    if any(isinstance(n, ast.Nonlocal) and name in n.names for n in _direct(node)):
        return False
    return _binds(node, name)


def _direct(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or class, without those of functions within."""
    stack: List[ast.AST] = list(ast.iter_child_nodes(node))
    while stack:
        inner = stack.pop()
        yield inner
        if not isinstance(inner, (*_FUNCTIONS, ast.ClassDef)):
            stack += ast.iter_child_nodes(inner)


def _binds(node: ast.AST, name: str) -> bool:
    return any(
        (isinstance(inner, ast.arg) and inner.arg == name)
        or (isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Store))
        or (isinstance(inner, ast.ExceptHandler) and inner.name == name)
        for inner in ast.walk(node)
    )


def _evaluated_outside(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a function or a class that belong to the scope around it."""
    yield from getattr(node, "decorator_list", [])
    yield from getattr(node, "bases", [])
    arguments = getattr(node, "args", None)
    if isinstance(arguments, ast.arguments):
        yield from arguments.defaults
        yield from (default for default in arguments.kw_defaults if default is not None)


class Reach:
    """Where the value may arrive that a statement gives to a name.

    Args:
        syntax: the file.
        name: the name.
        statement: what binds it.
        last: the statement of the same block up to which all uses are of that value.
    """

    def __init__(self, syntax: Syntax, name: str, statement: ast.stmt, last: ast.stmt) -> None:
        self._syntax = syntax
        self._name = name
        self._statement = statement
        self._scope = syntax.scope(statement)
        body, index = syntax.block(statement)
        self._range = body[index : next(i for i, s in enumerate(body) if s is last) + 1]
        self._above = {id(node): node for node in (statement, *syntax.ancestors(statement))}

    def beyond(self) -> Iterator[ast.Name]:
        """The uses outside of the statements at which the value may arrive."""
        for use in loads(self._scope, self._name):
            if not self.is_inside(use) and self._arrives(use):
                yield use

    def is_inside(self, node: ast.AST) -> bool:
        """Whether a node stands in the statements."""
        chain = {id(one) for one in (node, *self._syntax.ancestors(node))}
        return any(id(statement) in chain for statement in self._range)

    def _arrives(self, use: ast.Name) -> bool:
        if self._syntax.scope(use) is not self._scope:
            return True  # nobody knows when a function within is called
        common, mine, other = self._common(use)
        loop = next((one for one in self._around(common) if isinstance(one, _LOOPS)), None)
        start = self._syntax.span(use).start
        if _are_exclusive(common, mine, other) or start < self._syntax.start(self._statement):
            return loop is not None and not self._is_bound_before(use, within=loop)
        return not self._is_bound_before(use, behind=self._syntax.span(self._range[-1]).end)

    def _common(self, use: ast.AST) -> Tuple[ast.AST, Optional[ast.AST], Optional[ast.AST]]:
        """The innermost node around both, and what of it is around each."""
        below: Optional[ast.AST] = None
        for node in (use, *self._syntax.ancestors(use)):
            if id(node) in self._above:
                return node, self._child_of(node), below
            below = node
        return self._scope, None, below

    def _child_of(self, node: ast.AST) -> Optional[ast.AST]:
        below: Optional[ast.AST] = None
        for above in self._above.values():
            if above is node:
                return below
            below = above
        return None

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        """A node and those above it, within the scope."""
        for above in (node, *self._syntax.ancestors(node)):
            if above is self._scope:
                return
            yield above

    def _is_bound_before(
        self, use: ast.Name, *, behind: int = 0, within: Optional[ast.AST] = None
    ) -> bool:
        """Whether every way to a use leads through another binding."""
        for statement in self._certain_binders(use):
            if statement is self._statement or self._syntax.start(statement) < behind:
                continue
            if within is None or any(a is within for a in self._syntax.ancestors(statement)):
                return True
        return False

    def _certain_binders(self, use: ast.Name) -> Iterator[ast.stmt]:
        """The statements that surely have bound the name whenever a use is come to."""
        below: ast.AST = use
        for above in (*self._around(use), self._scope):
            for field in _BLOCKS:
                block = getattr(above, field, None)
                if not isinstance(block, list) or not any(one is below for one in block):
                    continue
                if field == "body" and _header_binds(above, self._name):
                    assert isinstance(above, ast.stmt)
                    yield above
                for statement in block:
                    if statement is below:
                        break
                    if plainly_binds(statement, self._name) or _enters_as(statement, self._name):
                        yield statement
            below = above


def plainly_binds(statement: ast.AST, name: str) -> bool:
    """Whether a statement gives a name a value, whatever it is: ``name = ...``."""
    if isinstance(statement, ast.Assign):
        return any(isinstance(t, ast.Name) and t.id == name for t in statement.targets)
    if isinstance(statement, ast.AnnAssign) and statement.value is not None:
        return isinstance(statement.target, ast.Name) and statement.target.id == name
    return False


def _enters_as(statement: ast.AST, name: str) -> bool:
    return isinstance(statement, Entering) and _header_binds(statement, name)


def _header_binds(statement: ast.AST, name: str) -> bool:
    """Whether a loop or a ``with`` binds a name before its body runs."""
    targets: List[Optional[ast.expr]] = []
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        targets = [statement.target]
    elif isinstance(statement, Entering):
        targets = [item.optional_vars for item in statement.items]
    return any(name in bound_names(target) for target in targets if target is not None)


def bound_names(target: ast.AST) -> Tuple[str, ...]:
    """The names that a target binds."""
    return tuple(
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def _are_exclusive(common: ast.AST, one: Optional[ast.AST], other: Optional[ast.AST]) -> bool:
    """Whether of two parts of a statement only one runs."""
    if one is None or other is None or one is other:
        return False
    where = _fields(common)
    fields = {where.get(id(one)), where.get(id(other))}
    if isinstance(common, ast.If):
        return fields == {"body", "orelse"}
    if isinstance(common, ast.Try):
        return fields in ({"handlers"}, {"handlers", "orelse"})
    return fields == {"cases"}


def _fields(node: ast.AST) -> Dict[int, str]:
    found: Dict[int, str] = {}
    for field in _BLOCKS:
        block: Union[object, List[ast.AST]] = getattr(node, field, None)
        if isinstance(block, list):
            found.update((id(one), field) for one in block)
    return found

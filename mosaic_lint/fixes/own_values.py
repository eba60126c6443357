"""Whether a literal goes to one query and nowhere else, so that it may be changed for it."""

from __future__ import annotations

import ast
from typing import Optional, Tuple

from mosaic_lint.change import Declined
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.vocabulary import SQL_SINKS

_HOLDERS = (
    ast.Tuple, ast.List, ast.Dict, ast.IfExp, ast.ListComp, ast.GeneratorExp, ast.keyword,
    ast.Starred,
)  # fmt: skip
_BUILDERS = frozenset(("dict", "list", "tuple"))
_ADDING = frozenset(("append", "extend", "insert", "update"))


def check_own(syntax: Syntax, literal: ast.Constant) -> None:
    """Make sure that a literal is given to one call that runs a query, and to nothing else.

    Args:
        syntax: the file.
        literal: a part of what the call gets.

    Raises:
        Declined: it isn't, or that can't be seen.
    """
    node, parent = _holder(syntax, literal)
    if isinstance(parent, ast.Call) and parent.func is not node:
        if _last_name(parent.func) in SQL_SINKS:
            return
        function = parent.func
        if isinstance(function, ast.Attribute) and function.attr in _ADDING:
            _check_name(syntax, function.value)
            return
        if _is_sink_alias(syntax, function):
            return
    elif isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        _check_name(syntax, parent.targets[0])
        return
    elif isinstance(parent, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        _check_name(syntax, parent.target)
        return
    raise Declined("the value may be used elsewhere too")


def _holder(syntax: Syntax, node: ast.AST) -> Tuple[ast.AST, Optional[ast.AST]]:
    """The whole tuple, list or dict that a value is a part of, and what is around that."""
    parent = syntax.parent(node)
    while parent is not None and (
        isinstance(parent, _HOLDERS) or _builds(parent, node) or _is_sum(parent)
    ):
        node, parent = parent, syntax.parent(parent)
    return node, parent


def _builds(parent: ast.AST, node: ast.AST) -> bool:
    """``dict(lit=1)``, ``list(...)``."""
    if not isinstance(parent, ast.Call) or parent.func is node:
        return False
    return isinstance(parent.func, ast.Name) and parent.func.id in _BUILDERS


def _is_sum(parent: ast.AST) -> bool:
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add)


def _is_sink_alias(syntax: Syntax, function: ast.expr) -> bool:
    """``run = cursor.execute``, and ``run(query, (1,))``."""
    if not isinstance(function, ast.Name):
        return False
    values = [
        parent.value
        for node in ast.walk(syntax.scope(function))
        if isinstance(node, ast.Name) and node.id == function.id
        if isinstance(parent := syntax.parent(node), ast.Assign) and node is not parent.value
    ]
    return bool(values) and all(_last_name(value) in SQL_SINKS for value in values)


def _check_name(syntax: Syntax, holder: ast.expr) -> None:
    """Make sure that what a name or an attribute holds goes to one call only."""
    written = _written(holder)
    if written is None:
        raise Declined("the value may be used elsewhere too")
    scope: ast.AST = syntax.scope(holder)
    if isinstance(scope, (ast.Module, ast.ClassDef)) or "." in written:
        scope = syntax.tree
    attribute = written.rpartition(".")[2] if isinstance(scope, ast.Module) else ""
    uses = [
        node
        for node in ast.walk(scope)
        if (
            _written(node) == written
            or (isinstance(node, ast.Attribute) and node.attr == attribute)
        )
        and isinstance(getattr(node, "ctx", None), ast.Load)
    ]
    given = [node for node in uses if not _only_asks(syntax, node)]
    if len(given) != 1 or not _is_given(syntax, given[0]):
        raise Declined("the value may be used elsewhere too")


def _written(node: ast.AST) -> Optional[str]:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return None


def _only_asks(syntax: Syntax, node: ast.AST) -> bool:
    """Whether a use adds to a list, or asks whether and how much there is in it."""
    parent = syntax.parent(node)
    if isinstance(parent, ast.Attribute):
        above = syntax.parent(parent)
        return parent.attr in _ADDING and isinstance(above, ast.Call) and above.func is parent
    if isinstance(parent, ast.Call):
        return _last_name(parent.func) == "len" and parent.func is not node
    if isinstance(parent, ast.UnaryOp):
        return isinstance(parent.op, ast.Not)
    return isinstance(parent, (ast.If, ast.While)) and parent.test is node


def _is_given(syntax: Syntax, node: ast.AST) -> bool:
    """Whether a name is an argument of a call that runs a query, maybe in a tuple."""
    node, parent = _holder(syntax, node)
    if not isinstance(parent, ast.Call) or parent.func is node:
        return False
    return _last_name(parent.func) in SQL_SINKS or _is_sink_alias(syntax, parent.func)


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""

"""Constants that are pieces of a query, and that the program uses for something else, too."""

from __future__ import annotations

import ast
import re
from typing import Iterator, Optional, Tuple

from mosaic_lint.change import Declined
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.sql.shape import starts_like_a_statement
from mosaic_lint.vocabulary import LOGGER_METHODS, SQL_SINKS

_BUILDING = frozenset(
    ("join", "format", "format_map", "append", "extend", "insert", "text", "SQL", "print", "len",
     "str", "list", "tuple", "sorted", "repeat", "map", "zip", "enumerate")
) | LOGGER_METHODS  # fmt: skip
"""Calls that build queries from texts, or only show them."""
_PARAMETERS = re.compile(r"(?i)param|arg|value|bind")
_OF_SQL = re.compile(r"(?i)\b[a-z_]{2,}\b.*([=<>(),]|\b(?:IN|IS|LIKE|DESC|ASC|ON)\b)", re.DOTALL)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def check_uses(offset: int, syntax: Syntax) -> None:
    """Make sure that a text which changes is nothing but a piece of queries.

    Args:
        offset: where it changes.
        syntax: the file.

    Raises:
        Declined: it is bound to a name that is compared, a parameter of a query, or given to a
            function that has nothing to do with queries: ``strftime(FORMAT)``.
    """
    statement = syntax.statement_around(offset)
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
        return
    text = _text_at(statement.value, offset, syntax)
    if text is None or starts_like_a_statement(text):
        return
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        for use in _uses(target, syntax):
            if _is_otherwise(use, text, syntax):
                raise Declined("the program uses the text for something else, too")


def _text_at(value: ast.expr, offset: int, syntax: Syntax) -> Optional[str]:
    """The text of the string around an offset, without what an f-string builds in."""
    for node in ast.walk(value):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts = [node.value]
        else:
            continue
        start, end = syntax.span(node)
        if start <= offset < end:
            return "".join(map(str, parts))
    return None


def _uses(target: ast.expr, syntax: Syntax) -> Iterator[ast.expr]:
    """The places that read what is bound to a name or an attribute."""
    name = getattr(target, "id", None) or getattr(target, "attr", None)
    if not isinstance(name, str):
        return
    scope = syntax.scope(target)
    for use in syntax.reads.get(name, ()):
        if not isinstance(scope, _FUNCTIONS) or any(a is scope for a in syntax.ancestors(use)):
            yield use


def _is_otherwise(use: ast.expr, text: str, syntax: Syntax) -> bool:
    """Whether a text is read for something that surely is no query, or that nobody knows."""
    node, parent = _whole(use, syntax)
    if isinstance(parent, ast.Compare):
        return any(isinstance(operator, (ast.Eq, ast.NotEq)) for operator in parent.ops)
    if not isinstance(parent, ast.Call) or node is parent.func:
        return False
    name = getattr(parent.func, "id", None) or getattr(parent.func, "attr", None)
    if name in SQL_SINKS:
        return not parent.args or node is not parent.args[0]
    if name in _BUILDING:
        receiver = getattr(parent.func, "value", None)
        held = getattr(receiver, "id", None) or getattr(receiver, "attr", None)
        return isinstance(held, str) and _PARAMETERS.search(held) is not None
    return _OF_SQL.search(text) is None


def _whole(use: ast.expr, syntax: Syntax) -> Tuple[ast.AST, Optional[ast.AST]]:
    """The largest value that a use is passed on in, and what stands around that."""
    node: ast.AST = use
    parent = syntax.parent(node)
    while isinstance(parent, (ast.Tuple, ast.List, ast.Starred, ast.keyword)) or (
        isinstance(parent, ast.Subscript) and parent.value is node
    ):
        node, parent = parent, syntax.parent(parent)
    return node, parent

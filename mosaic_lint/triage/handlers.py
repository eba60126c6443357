"""Suspect stage for error handling: every handler that doesn't surely raise, log or fall back."""

from __future__ import annotations

import ast
from typing import FrozenSet, Iterator, List, Set

from mosaic_lint.comments import says_why
from mosaic_lint.settings import Settings
from mosaic_lint.source import Source
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, last_name, meant
from mosaic_lint.vocabulary import (
    BROAD_EXCEPTIONS,
    ERROR_METHODS,
    LOG_METHODS,
    LOGGER_NAME,
)

_PRINTING = frozenset(
    ("print", "print_exc", "print_exception", "print_stack", "write", "stderr", "stdout")
)
_NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def suspect_handlers(table: Table, settings: Settings) -> Suspects:
    """Find handlers that may be bare, silent, printing or without a traceback."""
    suspects = Suspects()
    broad = table.aliases(BROAD_EXCEPTIONS)
    printing = table.aliases(_PRINTING)
    suspects.add(
        handler
        for handler in table.of(ast.ExceptHandler)
        if not _is_surely_fine(handler, table.source, broad, printing)
    )
    suspects.add(_broad_suppressions(table, broad))
    return suspects


def _broad_suppressions(table: Table, broad: Set[str]) -> Iterator[ast.Call]:
    names = table.aliases(frozenset(("suppress",)))
    for call in table.of(ast.Call):
        if names & meant(call.func):
            if any(last_name(arg) in broad or not last_name(arg) for arg in call.args):
                yield call


def _is_surely_fine(
    handler: ast.ExceptHandler, source: Source, broad: Set[str], printing: Set[str]
) -> bool:
    caught = _caught_names(handler.type)
    if not caught:
        return False
    nodes = _own_nodes(handler)
    if caught & broad:
        return _raises(nodes) or _logs_with_traceback(nodes)
    if _mentions(nodes, printing):
        return False
    return not _is_trivial(handler.body) or _has_reason(handler, source)


def _has_reason(handler: ast.ExceptHandler, source: Source) -> bool:
    """Whether a comment in a trivial handler surely says why."""
    if any(isinstance(statement, ast.Expr) for statement in handler.body):
        return False  # a string may hold what looks like a comment
    last = handler.body[-1].end_lineno or handler.lineno
    lines = (source.line_text(line) for line in range(handler.lineno, last + 1))
    return any(says_why(line.partition("#")[2]) for line in lines)


def _caught_names(node: object) -> FrozenSet[str]:
    """The last names that a handler catches; empty where that can't be read off."""
    elements = node.elts if isinstance(node, ast.Tuple) else [node]
    names = [last_name(element) for element in elements if isinstance(element, ast.AST)]
    return frozenset(names) if names and all(names) else frozenset()


def _own_nodes(handler: ast.ExceptHandler) -> List[ast.AST]:
    """What runs in the handler itself, without the bodies of functions defined there."""
    found: List[ast.AST] = []
    stack: List[ast.AST] = list(handler.body)
    while stack:
        node = stack.pop()
        found.append(node)
        if not isinstance(node, _NESTED):
            stack.extend(ast.iter_child_nodes(node))
    return found


def _raises(nodes: List[ast.AST]) -> bool:
    return any(isinstance(node, ast.Raise) for node in nodes)


def _logs_with_traceback(nodes: List[ast.AST]) -> bool:
    """Whether a call surely logs, and below error level or with a traceback."""
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        method = node.func.attr
        if method not in LOG_METHODS or not LOGGER_NAME.fullmatch(last_name(node.func.value)):
            continue
        if method not in ERROR_METHODS and method != "log":
            return True
        if any(_gives_traceback(keyword) for keyword in node.keywords):
            return True
    return False


def _gives_traceback(keyword: ast.keyword) -> bool:
    if keyword.arg != "exc_info":
        return False
    return not isinstance(keyword.value, ast.Constant) or bool(keyword.value.value)


def _is_trivial(body: List[ast.stmt]) -> bool:
    return all(
        isinstance(statement, (ast.Pass, ast.Continue))
        or (isinstance(statement, ast.Return) and statement.value is None)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in body
    )


def _mentions(nodes: List[ast.AST], names: Set[str]) -> bool:
    return any(last_name(node) in names for node in nodes)

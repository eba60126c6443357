"""Error logs that are given the traceback."""

from __future__ import annotations

import ast
from typing import Sequence

from mosaic_lint.anchor import Anchor
from mosaic_lint.change import Change, Changes
from mosaic_lint.fixes.arguments import Arguments
from mosaic_lint.fixes.branches import leading
from mosaic_lint.fixes.loggers import is_loguru
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_NAME = "exc_info"


def with_traceback(calls: Sequence[Anchor], site: Site) -> Repair:
    """Give the traceback to the first call of each branch of a handler.

    Args:
        calls: the calls that log, in order of position.
        site: the place of the fix.

    Raises:
        Declined: the arguments leave no place for one more.
    """
    nodes = [site.syntax.find(site.place(call), ast.Call) for call in calls]
    changes: Changes = []
    for node in leading(site.syntax, nodes):
        changes += _changes(site.syntax, node)
    return Repair('Add "exc_info=True"', changes)


def _changes(syntax: Syntax, call: ast.Call) -> Changes:
    if isinstance(call.func, ast.Attribute) and is_loguru(syntax, _root(call.func)):
        behind = syntax.span(call.func.value).end  # loguru knows no exc_info
        return [Change(Span(behind, behind), ".opt(exception=True)")]
    for keyword in call.keywords:
        if keyword.arg == _NAME:
            return [Change(syntax.span(keyword.value), "True")]
    return [Arguments(syntax, call).appended(f"{_NAME}=True")]


def _root(node: ast.expr) -> str:
    """The name at the beginning of a chain of attributes and calls."""
    while isinstance(node, (ast.Attribute, ast.Call)):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""

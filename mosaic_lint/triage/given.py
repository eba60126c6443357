"""Whether a query may be given values of which rules over its statements speak."""

from __future__ import annotations

import ast
from typing import AbstractSet, Iterator, List, Set

from mosaic_lint.triage.sqlflow import Flows
from mosaic_lint.triage.table import last_name, meant

_SHOWING = (
    ast.Tuple, ast.List, ast.Set, ast.Dict,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip
_PASSING = (ast.Starred, ast.BinOp, ast.BoolOp, ast.IfExp, ast.NamedExpr, ast.Await, ast.Subscript)


def may_matter(call: ast.Call, query: ast.expr, flows: Flows, dumps: AbstractSet[str]) -> bool:
    """Whether a call's parameters may hold a literal 0 or 1, or what ``json.dumps`` makes.

    Args:
        call: the call.
        query: the argument that is its query.
        flows: tells what names may mean.
        dumps: the names that ``json.dumps`` may go by.
    """
    named = (keyword.value for keyword in call.keywords)
    waiting = [value for value in (*call.args, *named) if value is not query]
    seen: Set[int] = set()  # bindings, by identity
    while waiting:
        node = waiting.pop()
        if last_name(node):
            for binding in flows.reaching(node, last_name(node)):
                if id(binding) not in seen:
                    seen.add(id(binding))
                    waiting.append(binding.value)
            continue
        if isinstance(node, ast.Call) and dumps & meant(node.func):
            return True
        shown = list(_shown(node))
        if any(map(_is_number, shown)):
            return True
        waiting.extend(shown)
        waiting.extend(_passed(node))
    return False


def _shown(node: ast.expr) -> Iterator[ast.expr]:
    """The elements of a collection that an expression shows."""
    if isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords)
    elif isinstance(node, _SHOWING):
        yield from (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _passed(node: ast.expr) -> Iterator[ast.expr]:
    """What an expression may pass on."""
    if isinstance(node, ast.Call):
        yield from node.args
        if isinstance(node.func, ast.Attribute):
            yield node.func.value
    elif isinstance(node, _PASSING):
        yield from (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


def _is_number(node: ast.expr) -> bool:
    """Whether a value is the literal 0 or 1, or may be."""
    waiting: List[ast.expr] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.IfExp):
            waiting += [current.body, current.orelse]
        elif isinstance(current, ast.Constant) and type(current.value) is int:
            if current.value in (0, 1):
                return True
    return False

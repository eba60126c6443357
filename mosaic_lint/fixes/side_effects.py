"""Whether a call that executes may change what another expression reads."""

from __future__ import annotations

import ast
from typing import Iterator, Set

from mosaic_lint.fixes.holding import last_name

_HARMLESS = frozenset(
    ("int", "str", "float", "bool", "bytes", "len", "tuple", "list", "dict", "set", "sorted", "min",
     "max", "sum", "abs", "round", "repr", "dumps", "get", "strip", "lower", "upper", "title",
     "replace", "format", "join", "split", "encode", "decode", "isoformat", "strftime", "hexdigest",
     "items", "keys", "values", "copy")
)  # fmt: skip
"""Functions and methods that leave what they are given as it is."""


def may_change(call: ast.Call, value: ast.AST) -> bool:
    """Whether a value may be another one once a call was made.

    Args:
        call: a call of a method that executes.
        value: a value without calls of its own, but for rows that it fetches.
    """
    assert isinstance(call.func, ast.Attribute)
    receiver = ast.dump(call.func.value)
    reads = [node for node in ast.walk(value) if isinstance(node, (ast.Attribute, ast.Subscript))]
    if any(isinstance(n, ast.Attribute) and ast.dump(n.value) == receiver for n in reads):
        return True  # cur.rowcount is that of the query before
    changed = set(_names_changed(call))
    if not changed.isdisjoint(_names(value)):
        return True
    touched = set(_names_touched(call))
    return any(not touched.isdisjoint(_names(read)) for read in reads)


def _names(node: ast.AST) -> Set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _names_changed(call: ast.Call) -> Iterator[str]:
    """The names that get another value in the arguments of a call."""
    for node in _in_arguments(call):
        if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
            yield node.target.id


def _names_touched(call: ast.Call) -> Iterator[str]:
    """The names whose attributes and items may be changed in the arguments of a call."""
    for node in _in_arguments(call):
        if isinstance(node, ast.Call) and last_name(node.func) not in _HARMLESS:
            yield from _names(node)


def _in_arguments(call: ast.Call) -> Iterator[ast.AST]:
    for argument in call.args:
        yield from ast.walk(argument)

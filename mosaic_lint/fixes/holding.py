"""Whether a value needs its connection to stay open: cursors do, rows don't."""

from __future__ import annotations

import ast
from enum import IntEnum
from typing import Dict, FrozenSet, Iterable, Iterator, List

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_CURSORS = frozenset(("cursor", "execute", "executemany", "executescript", "__enter__", "copy"))
"""Methods whose value lives on the connection; sqlite3's ``execute`` returns a cursor."""
METHODS = frozenset((*_CURSORS, "fetchone", "fetchmany", "fetchall", "commit", "rollback", "close"))
_CONSUMING = frozenset(
    ("list", "tuple", "dict", "set", "frozenset", "sorted", "len", "sum", "min", "max", "any",
     "all", "next", "bool", "int", "str", "repr", "print", "isinstance", "hasattr", "id",
     "Counter", "DataFrame", "OrderedDict", "deque")
)  # fmt: skip
_LAZY = frozenset(
    ("iter", "map", "filter", "zip", "enumerate", "reversed", "chain", "islice", "partial",
     "closing", "enter_context", "enter_async_context", "nullcontext")
)  # fmt: skip


class Hold(IntEnum):
    """Whether a value needs the connection to stay open."""

    NONE = 0
    MAYBE = 1
    SURE = 2


def most(nodes: Iterable[ast.AST], known: Dict[int, Hold]) -> Hold:
    """The most that any of some nodes needs."""
    return max((known[id(node)] for node in nodes), default=Hold.NONE)


def later_functions(tree: ast.AST) -> FrozenSet[str]:
    """The functions of a file whose body runs after their call: coroutines and generators."""
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        or (isinstance(node, ast.FunctionDef) and any(map(_is_yield, _inner_nodes(node))))
    )


def _is_yield(node: ast.AST) -> bool:
    return isinstance(node, (ast.Yield, ast.YieldFrom))


def hold_of_call(call: ast.Call, known: Dict[int, Hold], later: FrozenSet[str]) -> Hold:
    """Whether the value of a call needs the connection, once that is known of its parts."""
    name = last_name(call.func)
    if isinstance(call.func, ast.Attribute):
        receiver = known[id(call.func.value)]
        if receiver is not Hold.NONE:
            if name in METHODS:
                return receiver if name in _CURSORS else Hold.NONE
            return Hold.MAYBE
    held = most(arguments_of(call), known)
    if name in _CONSUMING:
        return Hold.NONE
    is_kept = name in _LAZY or name in later or name[:1].isupper()
    return held if is_kept else min(held, Hold.MAYBE)


def arguments_of(call: ast.Call) -> List[ast.expr]:
    """What a call is given, by position and by name."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def values_of(node: ast.AST) -> Iterator[ast.AST]:
    """The expressions one of which an expression's value is, or that it holds."""
    if isinstance(node, (ast.Await, ast.Starred, ast.NamedExpr)):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        yield from node.values
    elif isinstance(node, (ast.ListComp, ast.SetComp)):
        yield node.elt
    elif isinstance(node, ast.DictComp):
        yield node.value


def own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, without those of functions within."""
    yield from _without_functions([statement])


def _inner_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function's body, without those of functions within."""
    yield from _without_functions([*function.body])


def _without_functions(stack: List[ast.AST]) -> Iterator[ast.AST]:
    while stack:
        node = stack.pop()
        if isinstance(node, (*_DEFINITIONS, ast.Lambda)):
            continue
        yield node
        stack += ast.iter_child_nodes(node)


def last_name(function: ast.AST) -> str:
    """The last name of what is called; empty if it has none."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""

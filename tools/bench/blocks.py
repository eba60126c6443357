"""Walks the functions of clean code, and knows the blocks that lend a connection."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def statements(
    body: list[ast.stmt], inside: tuple[str, ...]
) -> Iterator[tuple[ast.stmt, tuple[str, ...]]]:
    """Yield the statements of a function, not those of nested ones, with what they stand in."""
    for statement in body:
        yield statement, inside
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        deeper = inside
        if isinstance(statement, ast.With) and is_factory_block(statement):
            deeper = (*inside, "with")
        for name in ("body", "orelse", "finalbody"):
            yield from statements(getattr(statement, name, []), deeper)
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                yield from statements(handler.body, (*deeper, "handler"))


def is_factory_block(node: ast.With) -> bool:
    """Tell whether a block begins with `with get_conn()`."""
    call = node.items[0].context_expr
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "get_conn"
    )


def bodies(node: ast.With) -> Iterator[list[ast.stmt]]:
    """Yield the body of a connection's block, and those of the cursors' blocks in it."""
    yield node.body
    for statement in node.body:
        if isinstance(statement, ast.With):
            yield statement.body


def placed(node: ast.stmt, lines: list[str]) -> tuple[int, int, str, list[str]]:
    """Return first line, last line, indentation and text of a statement in a file of `lines`."""
    end = node.end_lineno or node.lineno
    return node.lineno, end, " " * node.col_offset, lines[node.lineno - 1 : end]

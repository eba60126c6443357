"""An ``except`` clause: its head, its body, and a statement at the body's beginning."""

from __future__ import annotations

import ast
import re
from typing import List

from mosaic_lint.change import Change, Changes
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_TO_COLON = re.compile(r"(?:#[^\r\n]*|[^:#])*")
_END_OF_LINE = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(?=[\r\n])")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def colon(syntax: Syntax, clause: ast.ExceptHandler) -> int:
    """The offset of the colon behind ``except`` and what it catches."""
    start = syntax.span(clause).start + len("except")
    if clause.type is not None:
        start = syntax.span(clause.type).end
    found = _TO_COLON.match(syntax.text, start)
    assert found is not None
    return found.end()


def prepended(syntax: Syntax, clause: ast.ExceptHandler, text: str) -> Changes:
    """The changes that make a statement the first one of a clause.

    Args:
        syntax: the file.
        clause: the clause.
        text: a statement on one line. It takes the place of a ``pass`` or ``...`` that is alone.
    """
    first = clause.body[0]
    if len(clause.body) == 1 and _is_filler(first):
        return [Change(syntax.span(first), text)]
    head = colon(syntax, clause) + 1
    start = syntax.start(first)
    if not _END_OF_LINE.match(syntax.text, head):
        return [Change(Span(start, start), f"{text}; ")]
    indent = syntax.text[syntax.line_start(start) : start].replace("\f", "")
    below = syntax.next_line(head)
    return [Change(Span(below, below), f"{indent}{text}\n")]


def _is_filler(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value.value is ...
    return isinstance(statement, ast.Pass)


def described(syntax: Syntax, node: ast.AST, *, is_expected: bool) -> str:
    """What a log may say of an error, if nothing is known but where it was caught.

    Args:
        syntax: the file.
        node: the clause, or something in it.
        is_expected: whether the clause names the errors that it is for.

    Returns:
        The message as a literal.
    """
    what = "Error" if is_expected else "Unexpected error"
    names: List[str] = [
        above.name for above in syntax.ancestors(node) if isinstance(above, _DEFINITIONS)
    ]
    where = f"in {'.'.join(reversed(names))}" if names else "at module level"
    return f'"{what} {where}"'

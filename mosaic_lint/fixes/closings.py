"""Taking out what closes a connection by hand, since its ``with`` gives it back."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Iterator, List, Optional, Sequence

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.blocks import without
from mosaic_lint.fixes.lifetime import Lifetime
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_FINALLY = re.compile(r"finally[ \t]*:")


@dataclass
class Closings:
    """The changes that take out all that closes a connection.

    Args:
        changes: the changes.
        opened: the ``try`` whose own line goes, because nothing but its body is left.
        gone: the statements that are taken out, without those that stand in others.
    """

    changes: Changes = field(default_factory=list)
    opened: Optional[ast.Try] = None
    gone: List[ast.stmt] = field(default_factory=list)


def closings(syntax: Syntax, statements: Sequence[ast.stmt], lifetime: Lifetime) -> Closings:
    """What closes a connection in some statements.

    Args:
        syntax: the file.
        statements: those in which the name means the connection.
        lifetime: the connection.

    Raises:
        Declined: it is closed where the closing can't be taken out.
    """
    found = Closings()
    for statement in statements:
        for call in ast.walk(statement):
            if lifetime.closes(call):
                _take_out(syntax, call, lifetime, statement, found)
    return found


def _take_out(
    syntax: Syntax, call: ast.AST, lifetime: Lifetime, top: ast.stmt, found: Closings
) -> None:
    closing = syntax.parent(call)
    if isinstance(closing, ast.Await):
        closing = syntax.parent(closing)
    if not isinstance(closing, ast.Expr):
        raise Declined("the connection is closed in an expression")
    statement: ast.stmt = closing
    while statement is not top:
        above = syntax.parent(statement)
        if isinstance(above, ast.Try) and above.finalbody == [statement]:
            _take_out_finally(syntax, above, top, found)
            return
        if not _is_alone(syntax, statement):
            break
        if not isinstance(above, ast.If) or above.orelse or not _only_asks(above.test, lifetime):
            raise Declined("nothing would be left of the block that closes the connection")
        statement = above
    found.changes.append(without(syntax, statement))
    if "#" in _lines(syntax, statement) and statement is not closing:
        raise Declined("there are comments around what closes the connection")
    found.gone.append(statement)


def _is_alone(syntax: Syntax, statement: ast.stmt) -> bool:
    body, _ = syntax.block(statement)
    return len(body) == 1


def _only_asks(test: ast.expr, lifetime: Lifetime) -> bool:
    """Whether a condition asks about nothing but the connection."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return names <= lifetime.connections and not any(
        isinstance(node, (ast.Call, ast.NamedExpr)) for node in ast.walk(test)
    )


def _take_out_finally(syntax: Syntax, whole: ast.Try, top: ast.stmt, found: Closings) -> None:
    """Take out a ``finally``; the ``try`` too, if nothing is left for it to do."""
    if not whole.handlers:
        if whole is not top or found.opened is not None:
            raise Declined("nothing would be left of a try inside of another statement")
        found.opened = whole
        found.changes.append(_line_of_try(syntax, whole))
    last = _last_before_finally(whole)
    start = syntax.span(last).end
    match = _FINALLY.search(syntax.text, start, syntax.span(whole.finalbody[0]).start)
    end = syntax.next_line(syntax.span(whole).end)
    begin = syntax.line_start(match.start()) if match is not None else end
    if match is None or "#" in syntax.text[begin:end] or begin < start:
        raise Declined("there are comments around what closes the connection")
    if syntax.text[begin : match.start()].strip():
        raise Declined("the finally isn't alone on its line")
    found.changes.append(Change(Span(begin, end), ""))


def _last_before_finally(whole: ast.Try) -> ast.AST:
    parts: List[ast.AST] = [*whole.body, *whole.handlers, *whole.orelse]
    return parts[-1]


def _line_of_try(syntax: Syntax, whole: ast.Try) -> Change:
    start = syntax.span(whole).start
    syntax.indent(whole)
    end = syntax.next_line(start)
    if syntax.text[start:end].replace(" ", "").strip() != "try:":
        raise Declined("there is more on the line of the try")
    return Change(Span(syntax.line_start(start), end), "")


def _lines(syntax: Syntax, statement: ast.stmt) -> str:
    start, end = syntax.span(statement)
    return syntax.text[syntax.line_start(start) : syntax.next_line(end)]


def left(statements: Sequence[ast.stmt], found: Closings) -> Iterator[ast.stmt]:
    """The statements that are still there once the closings are taken out."""
    for statement in statements:
        if not any(statement is gone for gone in found.gone):
            yield statement

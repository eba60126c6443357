"""Splitting a statement: what executes comes first, and its cursor takes the call's place."""

from __future__ import annotations

import ast
import re

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.blocks import beginning
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_SILENCING = re.compile(r"[ \t]*#[ \t]*(?:noqa|nosec)\b", re.IGNORECASE)
_LINE_FEED = re.compile(r"(?<!\r)\n")


def split(
    syntax: Syntax, statement: ast.stmt, call: ast.Call, cursor: str, opening: str = ""
) -> Changes:
    """Make a statement of a call that executes, and let the cursor stand for its value.

    The call's arguments keep their bytes: what stands before it in the statement moves behind it.

    Args:
        syntax: the file.
        statement: the statement around the call.
        call: the call.
        cursor: the cursor to execute on, and to go on with.
        opening: a statement to put before.

    Raises:
        Declined: comments or line ends are in the way.
    """
    start, at = syntax.span(statement).start, syntax.span(call).start
    indent, broken = beginning(syntax, statement)
    method_end = _method_end(syntax, call)
    first = f"{opening}\n{indent}" if opening else ""
    executing = f"{cursor}.{method_of(call)}"
    if isinstance(statement, ast.Expr) and statement.value is call:
        changes: Changes = list(broken) if first else []
        if start == at:
            return [*changes, Change(Span(start, method_end), first + executing)]
        if first:
            changes.append(Change(Span(start, start), first))
        return [*changes, Change(Span(at, method_end), executing)]
    before = syntax.text[start:at]
    end = syntax.span(call).end
    silencing = _silencing(syntax, statement, call)
    beside = syntax.text[slice(*silencing)]
    if _LINE_FEED.search(before) and syntax.source.line_end_at(end) != "\n":
        raise Declined("its lines end in different ways")
    return [
        *broken,
        Change(Span(start, method_end), first + executing),
        Change(Span(end, end), f"{beside}\n{indent}{before}{cursor}"),
        *([Change(silencing, "")] if beside else []),
    ]


def _silencing(syntax: Syntax, statement: ast.stmt, call: ast.Call) -> Span:
    """The comment by which linters are silenced for a call, with the white space before it.

    It stands at the end of the statement, and has to stay on the line of the call; empty if there
    is none, or if the statement has several lines or a body.
    """
    end = syntax.span(statement).end
    line_end = syntax.line_end(end)
    is_simple = not hasattr(statement, "body")
    if is_simple and statement.lineno == statement.end_lineno:
        if _SILENCING.match(syntax.text, end, line_end):
            return Span(end, line_end)
    return Span(end, end)


def split_at_name(syntax: Syntax, statement: ast.stmt, call: ast.Call, cursor: str) -> Changes:
    """Bind a name to a cursor before it executes: ``cur = conn.execute(...)``.

    Args:
        syntax: the file.
        statement: the assignment.
        call: its value.
        cursor: the name.

    Raises:
        Declined: line ends are in the way.
    """
    assert isinstance(call.func, ast.Attribute)
    indent, broken = beginning(syntax, statement)
    executing = f".cursor()\n{indent}{cursor}.{method_of(call)}"
    receiver_end = syntax.span(call.func.value).end
    return [*broken, Change(Span(receiver_end, _method_end(syntax, call)), executing)]


def rename(syntax: Syntax, attribute: ast.Attribute, name: str) -> Change:
    """Give another name to an attribute."""
    end = syntax.span(attribute).end
    return Change(Span(end - len(attribute.attr), end), name)


def method_of(call: ast.Call) -> str:
    """The method of psycopg2's cursors that does what a call asks for."""
    assert isinstance(call.func, ast.Attribute)
    return "execute" if call.func.attr == "executescript" else call.func.attr


def check_arguments(call: ast.Call) -> None:
    """Decline where a call has arguments that psycopg2's method doesn't take."""
    assert isinstance(call.func, ast.Attribute)
    limit = 1 if call.func.attr == "executescript" else 2
    if call.keywords or not 1 <= len(call.args) <= limit:
        raise Declined("its arguments aren't plainly a query and parameters")
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        raise Declined("its arguments aren't plainly a query and parameters")


def _method_end(syntax: Syntax, call: ast.Call) -> int:
    """The offset behind the name of a call's method.

    Raises:
        Declined: a comment stands before it, or a line end before its arguments.
    """
    start, end = syntax.span(call.func)
    code = syntax.text[start:end]
    if "#" in code and "\n" in code:
        raise Declined("there are comments before the name of the method")
    gap = syntax.text[end : syntax.text.index("(", end)]
    if gap.strip(" \t"):
        raise Declined("there are line ends before the arguments")
    return end

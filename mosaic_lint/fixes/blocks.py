"""Statements that come to a line of their own or a level deeper, and lines that go.

Nothing but white space and semicolons changes, and strings stay as they are.
"""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_BLANK = " \t\f"
_USUAL = "    "
_SEMICOLON = re.compile(r"[ \t]*;[ \t]*")


class Beginning(NamedTuple):
    """How a statement comes to begin a line, so that others can be put before it.

    Args:
        indent: the white space before it then.
        changes: what breaks its line; none where it begins one already.
    """

    indent: str
    changes: Changes


def beginning(syntax: Syntax, statement: ast.stmt) -> Beginning:
    """Let a statement begin a line, though it stands in ``if x: f()`` or behind ``a();``.

    Args:
        syntax: the file.
        statement: the statement.

    Raises:
        Declined: more than a colon or a semicolon stands before it.
    """
    body, index = syntax.block(statement)
    first = index
    while first and body[first - 1].end_lineno == body[first].lineno:
        first -= 1
    start = syntax.start(body[first])
    line = syntax.line_start(start)
    if syntax.text[max(0, line - 3) : line].rstrip("\r\n").endswith("\\"):
        raise Declined("a backslash joins its line to the one before")
    before = syntax.text[line:start]
    indent, changes = before.replace("\f", ""), []  # type: str, Changes
    if before.strip(_BLANK):
        indent = _indent_below(syntax, body[first])
        changes.append(_broken_clause(syntax, start, indent))
    if first < index:
        gap = _between(syntax, body[index - 1], statement)
        changes.append(Change(gap, f"\n{indent}", shared=True))
    return Beginning(indent, changes)


def _indent_below(syntax: Syntax, statement: ast.stmt) -> str:
    """The white space of a statement that moves below the clause on whose line it stands."""
    owner = syntax.parent(statement)
    around = owner if isinstance(owner, ast.stmt) else syntax.parent(owner or statement)
    if owner is None or not isinstance(around, ast.stmt):
        raise Declined("another statement or a clause stands before it on its line")
    return _white(syntax, getattr(owner, "pattern", owner)) + unit_of(syntax, around)


def _broken_clause(syntax: Syntax, start: int, indent: str) -> Change:
    colon = len(syntax.text[:start].rstrip(" \t"))
    if not syntax.text.endswith(":", 0, colon):
        raise Declined("another statement or a clause stands before it on its line")
    return Change(Span(colon, start), f"\n{indent}", shared=True)


def _between(syntax: Syntax, left: ast.stmt, right: ast.stmt) -> Span:
    """The semicolon between two statements of a line, with the white space around it.

    Raises:
        Declined: there is more between them.
    """
    gap = Span(syntax.span(left).end, syntax.start(right))
    if not _SEMICOLON.fullmatch(syntax.text, *gap):
        raise Declined("there is more than a semicolon between it and another statement")
    return gap


def next_on_line(syntax: Syntax, statement: ast.stmt) -> Span:
    """What stands between a statement and the next one on its line; empty if there is none.

    Raises:
        Declined: that is more than a semicolon.
    """
    body, index = syntax.block(statement)
    end = syntax.span(statement).end
    if index + 1 < len(body) and body[index + 1].lineno == statement.end_lineno:
        return _between(syntax, statement, body[index + 1])
    return Span(end, end)


def indented(syntax: Syntax, first: int, last: int, indent: str, unit: str) -> Changes:
    """Move the lines of some statements of one block a level deeper.

    Lines inside of strings stay as they are, and so do empty ones and comments that stand further
    left than the statements.

    Args:
        syntax: the file.
        first: the number of the first line.
        last: the number of the last one.
        indent: the white space before the statements.
        unit: the white space of a level.

    Raises:
        Declined: Python's tokenizer can't read the file.
    """
    source, inside = syntax.source, syntax.lines_in_strings
    changes: Changes = []
    for line in range(first, last + 1):
        text = source.line_text(line)
        if line in inside or not text.strip(_BLANK):
            continue
        kept = _width_to_keep(text, indent)
        if kept >= len(indent) or not _is_comment(text):
            at = source.offset(line, 1) + kept
            changes.append(Change(Span(at, at), unit))
    return changes


def unit_of(syntax: Syntax, statement: ast.stmt) -> str:
    """The white space that one level has where a statement stands.

    Raises:
        Declined: more than a colon or a semicolon stands before the statement on its line.
    """
    own = beginning(syntax, statement).indent
    for above in syntax.ancestors(statement):
        pattern = getattr(above, "pattern", None)  # an arm of a match has no place of its own
        if isinstance(above, ast.stmt) or pattern is not None:
            outer = _white(syntax, above if pattern is None else pattern)
            if own.startswith(outer) and len(own) > len(outer):
                return own[len(outer) :]
    return _first_unit(syntax) if not own else ("\t" if "\t" in own else _USUAL)


def _first_unit(syntax: Syntax) -> str:
    """The white space of the first block in the file."""
    for above in ast.walk(syntax.tree):
        body = getattr(above, "body", None)
        if isinstance(above, ast.stmt) and isinstance(body, list):
            outer, inner = _white(syntax, above), _white(syntax, body[0])
            if body[0].lineno > above.lineno and inner.startswith(outer) and inner != outer:
                return inner[len(outer) :]
    return _USUAL


def _width_to_keep(text: str, indent: str) -> int:
    """How many characters of a line stay before the white space that comes."""
    white = len(text) - len(text.lstrip(_BLANK))
    begin = text.rfind("\f", 0, white) + 1  # Python counts anew behind a form feed
    return begin + len(indent) if text.startswith(indent, begin) else begin


def _white(syntax: Syntax, node: ast.AST) -> str:
    """The white space at the beginning of the line on which a node starts."""
    text = syntax.source.line_text(syntax.source.position(syntax.span(node).start).line)
    text = text.replace("\f", "")
    return text[: len(text) - len(text.lstrip(_BLANK))]


def _is_comment(text: str) -> bool:
    return text.lstrip(_BLANK).startswith("#")


def last_line(syntax: Syntax, statement: ast.stmt, indent: str) -> int:
    """The number of the last line of a statement, with the comments that end its blocks."""
    source = syntax.source
    found = line = statement.end_lineno or statement.lineno
    while line < len(source.line_starts):
        line += 1
        text = source.line_text(line)
        if _is_comment(text):
            if not text.startswith(indent) or text[len(indent)] not in _BLANK:
                break
            found = line
        elif text.strip(_BLANK):
            break
    return found


def without(syntax: Syntax, statement: ast.stmt) -> Change:
    """Take out a statement with its lines; a comment behind it stays, and so do others beside it.

    Raises:
        Declined: a clause stands on its line, or more than a semicolon beside it.
    """
    body, index = syntax.block(statement)
    start, end = syntax.span(statement)
    if index and body[index - 1].end_lineno == statement.lineno:
        return Change(Span(_between(syntax, body[index - 1], statement).start, end), "")
    following = next_on_line(syntax, statement).end
    if following > end:
        return Change(Span(start, following), "")
    syntax.indent(statement)  # declines where a clause stands before it
    rest = syntax.text[end : syntax.line_end(end)]
    if rest.strip(_BLANK):
        if not _is_comment(rest):
            raise Declined("there is more on its line than a comment")
        return Change(Span(start, end + len(rest) - len(rest.lstrip(_BLANK))), "")
    return Change(Span(syntax.line_start(start), syntax.next_line(end)), "")

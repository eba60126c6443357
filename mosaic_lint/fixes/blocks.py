"""Statements that move a level deeper, and lines that go: white space only, strings untouched."""

from __future__ import annotations

import ast

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_BLANK = " \t\f"
_USUAL = "    "


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
        Declined: something else stands before the statement on its line.
    """
    own = syntax.indent(statement)
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
    """Take out a statement with its lines; a comment behind it stays.

    Raises:
        Declined: something else stands on its lines.
    """
    syntax.indent(statement)  # declines where it shares its first or last line
    start, end = syntax.span(statement)
    rest = syntax.text[end : syntax.line_end(end)]
    if rest.strip(_BLANK):
        if not _is_comment(rest):
            raise Declined("there is more on its line than a comment")
        return Change(Span(start, end + len(rest) - len(rest.lstrip(_BLANK))), "")
    return Change(Span(syntax.line_start(start), syntax.next_line(end)), "")

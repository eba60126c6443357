"""Whole lines that are put into a file at the level of its modules."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Dict, Sequence

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_BLANK = re.compile(r"[ \t\f]*(?=\r|\n|\Z)")
_DEFINITIONS = ("def ", "class ", "async def ", "@")


def line_above(syntax: Syntax, statement: ast.stmt) -> int:
    """The offset of the line on which a statement starts.

    Raises:
        Declined: something else stands before it on that line.
    """
    start = syntax.start(statement)
    first = syntax.line_start(start)
    if syntax.text[first:start].strip(" \t\f") or _is_continued(syntax, first):
        raise Declined("another statement stands on the line where one is to be added")
    return first


def line_below(syntax: Syntax, statement: ast.stmt) -> int:
    """The offset of the line behind a statement, and behind those that share its last line."""
    body, index = syntax.block(statement)
    end = syntax.span(statement).end
    for following in body[index + 1 :]:
        if syntax.line_start(syntax.start(following)) > end:
            break
        end = syntax.span(following).end
    below = syntax.next_line(end)
    while below < len(syntax.text) and _is_continued(syntax, below):
        below = syntax.next_line(below)  # ``import os; \`` goes on below
    return below


@dataclass(frozen=True)
class NewLine:
    """A line that several fixes may want to add.

    Args:
        offset: where a line starts, or the end of the file.
        text: the new line, without its end.
        above: how many blank lines there must be above it.
        below: how many below it, where another line follows; before a definition two.
    """

    offset: int
    text: str
    above: int = 0
    below: int = 0


def added(syntax: Syntax, lines: Sequence[NewLine]) -> Changes:
    """The changes that add lines, one for each place.

    Args:
        syntax: the file.
        lines: the lines, in the order that they must have.
    """
    places: Dict[int, NewLine] = {}
    for line in lines:
        above = places.get(line.offset)
        if above is not None:
            text = above.text + "\n" * (line.above + 1) + line.text
            line = NewLine(line.offset, text, above.above, max(above.below, line.below))
        places[line.offset] = line
    return [_added(syntax, line) for line in places.values()]


def _added(syntax: Syntax, line: NewLine) -> Change:
    text, offset = syntax.text, line.offset
    before = "\n" * max(0, line.above - _blank_lines_above(syntax, offset))
    if offset and text[offset - 1] not in "\r\n":
        return Change(Span(offset, offset), f"\n{before}{line.text}", shared=True)
    behind = ""
    if line.below and text[offset:].strip() and not _BLANK.match(text, offset):
        behind = "\n" * (2 if text.startswith(_DEFINITIONS, offset) else line.below)
    return Change(Span(offset, offset), f"{before}{line.text}\n{behind}", shared=True)


def _blank_lines_above(syntax: Syntax, offset: int) -> int:
    if offset == 0:
        return 2  # no blank lines at the top of a file
    count = 0
    while offset > 0:
        start = syntax.line_start(offset - 1)
        if not _BLANK.match(syntax.text, start):
            break
        count, offset = count + 1, start
    return count


def _is_continued(syntax: Syntax, line_start: int) -> bool:
    """Whether the line before goes on, by a backslash, on the one that starts here."""
    return syntax.text[:line_start].rstrip("\r\n").endswith("\\") and line_start > 0

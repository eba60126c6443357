"""The line of a finding as a terminal shows it, and where the marks go under it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

from mosaic_lint.reports.results import printable
from mosaic_lint.source import Position, Source

_TAB = "    "
_CUT = "..."
_LONGEST = 120
_KEPT_BEFORE = 40


@dataclass(frozen=True)
class Excerpt:
    """A line of source to be shown, and its mark.

    Args:
        text: the line; tabs are spaces, and of a long line only the part around the mark.
        before: terminal cells before the mark.
        width: terminal cells of the mark, at least one.
    """

    text: str
    before: int
    width: int


def excerpt(source: Source, start: Position, end: Position) -> Optional[Excerpt]:
    """Cut out the first marked line.

    Args:
        source: the file.
        start: the first marked character.
        end: the character behind the last marked one; on another line the mark goes to the
            end of the first one.

    Returns:
        ``None`` where the line is blank.
    """
    line = source.line_text(start.line)
    if not line.strip():
        return None
    first = start.column - 1
    last = end.column - 1 if end.line == start.line else len(line)
    left, right = _window(len(line), first)
    head = (_CUT if left else "") + _displayed(line[left:first])
    mark = _displayed(line[first : min(last, right)])
    rest = _displayed(line[min(last, right) : right]) + (_CUT if right < len(line) else "")
    return Excerpt((head + mark + rest).rstrip(), _cells(head), max(_cells(mark), 1))


def _window(length: int, first: int) -> Tuple[int, int]:
    """The part of a line to show, so that the first marked character is in it."""
    if length <= _LONGEST:
        return 0, length
    left = max(0, min(first - _KEPT_BEFORE, length - _LONGEST))
    return left, min(length, left + _LONGEST)


def _displayed(text: str) -> str:
    return printable(text.replace("\t", _TAB))


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)

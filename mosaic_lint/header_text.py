"""The text of what may be a header, without quotes, escapes and comment signs, and its places."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import List, Pattern, Tuple

from mosaic_lint.model import Span
from mosaic_lint.written import Written


@dataclass(frozen=True, eq=False)
class HeaderText:
    """The text of what may be a header.

    Args:
        span: the docstring with its quotes, or the block of comments; empty where there is none.
        text: what it says; lines end with a line feed.
        starts: where each of the parts begins in the text.
        parts: what the text is put together from, with places in the file.
        has_statements: whether the file has anything to run besides the docstring.
    """

    span: Span
    text: str
    starts: Tuple[int, ...]
    parts: Tuple[Written, ...]
    has_statements: bool

    def place(self, start: int, end: int) -> Span:
        """Where a range of the text, which isn't empty, is written in the file."""
        return Span(self._source(start, 0), self._source(end - 1, 1))

    def _source(self, index: int, more: int) -> int:
        part = bisect_right(self.starts, index) - 1
        return self.parts[part].source(index - self.starts[part] + more)


def joined(span: Span, parts: List[Written], has_statements: bool) -> HeaderText:
    """Put a header's text together from its parts.

    Args:
        span: where it stands.
        parts: its parts in order.
        has_statements: whether the file has anything to run besides the docstring.
    """
    starts: List[int] = []
    length = 0
    for part in parts:
        starts.append(length)
        length += len(part.text)
    text = "".join(part.text for part in parts)
    return HeaderText(span, text, tuple(starts), tuple(parts), has_statements)


def skip(text: str, position: int, what: Pattern[str]) -> int:
    """Behind all that matches a pattern, as often as it does, from a place on."""
    match = what.match(text, position)
    while match is not None:
        position = match.end()
        match = what.match(text, position)
    return position

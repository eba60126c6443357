"""Fields of a header in the comments at the beginning of a script."""

from __future__ import annotations

import re
from typing import List, Optional, Sequence

from mosaic_lint.change import Change, Declined
from mosaic_lint.fixes.header_fields import NewField
from mosaic_lint.fixes.header_lines import (
    Slot,
    Style,
    line_start,
    lines_of,
    slots,
    style_of,
    value_end,
)
from mosaic_lint.fixes.header_place import TopOfFile
from mosaic_lint.header import KNOWN_FIELDS, Field, Header
from mosaic_lint.header_comments import leading_comments
from mosaic_lint.model import Span
from mosaic_lint.source import Language

_LINE_END = re.compile(r"[\r\n]|\Z")
_ANY_SIGN = re.compile(r"[^ \t]")
# The first word on the next line, but for signs of comments.
_NEXT_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)[^\w\r\n]*(\w)")
_BLOCK_EDGE = re.compile(r"/\*|\*/")


def in_comments(
    text: str,
    language: Language,
    header: Header,
    fields: Sequence[NewField],
    template: Sequence[str] = KNOWN_FIELDS,
) -> List[Change]:
    """Put fields into the comments at the beginning of a script.

    Args:
        text: the script.
        language: SQL or shell.
        header: its header.
        fields: the fields that it lacks, in order.
        template: the names of fields in the order in which such headers have them.

    Raises:
        Declined: the comments can't hold them.
    """
    comments = leading_comments(text, language)
    if comments and language is Language.SQL and not _is_closed(text, comments[-1]):
        raise Declined("a comment isn't closed")
    sign = "--" if language is Language.SQL else "#"
    if not header.fields:
        lines = lines_of(fields, Style(), f"{sign} ")
        return [TopOfFile.of_script(text, language).insert("\n".join(lines), f"{sign}\n")]
    places = _Comments(text, comments, header)
    return [places.at(slot) for slot in slots(header, fields, template)]


def _is_closed(text: str, comment: Span) -> bool:
    """Whether a comment ends, or reaches up to the text's end because nothing ends it."""
    depth = 0
    for match in _BLOCK_EDGE.finditer(text, *comment):
        depth += 1 if match.group() == "/*" else -1
    return depth <= 0 or not text.startswith("/*", comment.start)


def written_in_comment(text: str, language: Language, offset: int, value: str) -> str:
    """A value as it must be written at a place in a script's first comments.

    Args:
        text: the script.
        language: SQL or shell.
        offset: the place.
        value: one line.

    Raises:
        Declined: it can't be written there.
    """
    for start, end in leading_comments(text, language):
        if start <= offset < end and text.startswith("/*", start) and _BLOCK_EDGE.search(value):
            raise Declined("it would end the comment")
    return value


class _Comments:
    """The comments that a header stands in.

    Args:
        text: the script.
        comments: its first comments.
        header: the header.
    """

    def __init__(self, text: str, comments: Sequence[Span], header: Header) -> None:
        self._text = text
        self._blocks = [c for c in comments if text.startswith("/*", c.start)]
        self._header = header
        self._style = style_of(header, text)

    def at(self, slot: Slot) -> Change:
        """Put fields into a slot."""
        field = slot.behind or slot.before
        assert field is not None
        prefix = self._prefix(field)
        lines = lines_of(slot.fields, self._style, prefix, follows=slot.behind is not None)
        if self._block_at(field.name_span.start) and any(
            _BLOCK_EDGE.search(line) for line in lines
        ):
            raise Declined("it would end the comment")
        if slot.behind is None:
            start = field.name_span.start
            return Change(Span(start, start), ("\n".join(lines) + f"\n{prefix}")[len(prefix) :])
        place = self._place_behind(field)
        if self._style.has_gaps and slot.fields[-1].is_list and self._goes_on_below(place):
            lines.append(prefix.rstrip())
        return Change(Span(place, place), "".join(f"\n{line}" for line in lines))

    def _place_behind(self, field: Field) -> int:
        """The end of the last line of a field's value, or before the sign that ends the comment."""
        end = value_end(field, self._text)
        if self._block_at(end - 1) != self._block_at(field.name_span.start):
            raise Declined("what a field says goes on in another comment")
        match = _LINE_END.search(self._text, end)
        line_end = len(self._text) if match is None else match.start()
        ends_here = any(end <= block.end <= line_end for block in self._blocks)
        return end if ends_here else line_end

    def _goes_on_below(self, place: int) -> bool:
        """Whether the line below has words of a comment, which would be read with a list."""
        match = _NEXT_LINE.match(self._text, place)
        return match is not None and match.start(1) < self._header.span.end

    def _prefix(self, field: Field) -> str:
        """What stands before a field's name; of a comment's first line as on the others."""
        before = self._before(field)
        if "/*" not in before:
            return before
        others = (self._before(other) for other in self._header.fields.values())
        return next((other for other in others if "/*" not in other), _ANY_SIGN.sub(" ", before))

    def _before(self, field: Field) -> str:
        start = field.name_span.start
        return self._text[line_start(self._text, start) : start]

    def _block_at(self, offset: int) -> Optional[Span]:
        """The comment of several lines around an offset."""
        return next((block for block in self._blocks if block.start < offset < block.end), None)

"""Fields of a header in a module's docstring."""

from __future__ import annotations

import re
from typing import List, Sequence

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
from mosaic_lint.header import LIST_FIELDS, Field, Header
from mosaic_lint.header_docstring import docstring
from mosaic_lint.model import Span

_QUOTES = '"""'
_LINE_END = re.compile(r"\r\n|\r|\n")
_NEXT_LINE = re.compile(r"(?:\r\n|\r|\n)[ \t\f]*[^\s]")
_OPENING = re.compile(r"""[A-Za-z]{0,2}("{3}|'{3}|"|')\Z""")


def in_docstring(text: str, header: Header, fields: Sequence[NewField]) -> List[Change]:
    """Put fields into a module's docstring, or a docstring into a module.

    Args:
        text: the module's text.
        header: its header.
        fields: the fields that it lacks, in order.

    Raises:
        Declined: the docstring can't hold them.
    """
    parts = docstring(text).parts
    if not parts:
        lines = [_escaped(line, _QUOTES) for line in lines_of(fields, Style(), "")]
        inserted = "\n".join((_QUOTES, *lines, _QUOTES))
        return [TopOfFile.of_python(text).insert(inserted)]
    if len(parts) > 1:
        return [_another_literal(text, header.span.end, fields)]
    return _Literal(text, header, parts[0].base).with_fields(fields)


def written_in_docstring(text: str, offset: int, value: str) -> str:
    """A value as it must be written at a place in a module's docstring.

    Args:
        text: the module's text.
        offset: the place.
        value: one line.

    Raises:
        Declined: it can't be written there.
    """
    found = docstring(text)
    base = max(part.base for part in found.parts if part.base <= offset)
    match = _OPENING.search(text, max(found.span.start, base - 5), base)
    if match is None:
        raise Declined("the docstring's quotes aren't known")
    return _escaped(value, match.group())


class _Literal:
    """A docstring that is one literal.

    Args:
        text: the module's text.
        header: its header.
        base: where what stands between the quotes begins.
    """

    def __init__(self, text: str, header: Header, base: int) -> None:
        self._text = text
        self._header = header
        self._base = base
        self._opening = text[header.span.start : base]
        self._quote = self._opening.lstrip("rRuU")
        self._body = text[base : header.span.end - len(self._quote)]
        self._end = self._last_line_end

    def with_fields(self, fields: Sequence[NewField]) -> List[Change]:
        """Put fields into it."""
        changes = self._tripled()
        if not self._header.fields:
            return [*changes, *self._appended(fields)]
        style = style_of(self._header, self._text)
        places = slots(self._header, fields)
        changes += [self._at(slot, style) for slot in places]
        if any(change.anchor.start == self._end for change in changes):
            changes += self._closing_line()
        return changes

    @property
    def _last_line_end(self) -> int:
        """Where the last line of the text ends; blank lines and the closing quotes follow."""
        end = self._base + len(self._body.rstrip())
        line_end = _LINE_END.search(self._text, end, self._base + len(self._body))
        return end if line_end is None else line_end.start()

    def _tripled(self) -> List[Change]:
        """Make three quotes of one, between which a text may have several lines."""
        if len(self._quote) == 3:
            return []
        end = self._header.span.end
        before, behind = Span(self._base - 1, self._base), Span(end - 1, end)
        return [Change(before, self._quote * 3), Change(behind, self._quote * 3)]

    def _appended(self, fields: Sequence[NewField]) -> List[Change]:
        """Put fields below a text that has none."""
        gap = "\n\n" if self._body.strip() else "\n"
        if self._goes_on(self._end):
            gap = "\n" + gap
        lines = lines_of(fields, Style(), self._margin)
        inserted = gap + "\n".join(map(self._escaped, lines))
        return [Change(Span(self._end, self._end), inserted), *self._closing_line()]

    def _closing_line(self) -> List[Change]:
        """A line end before the closing quotes, where there is none yet."""
        behind = self._text[self._end : self._base + len(self._body)]
        if _LINE_END.search(behind) is not None:
            return []
        return [Change(Span(self._end, self._end), "\n")]

    def _at(self, slot: Slot, style: Style) -> Change:
        if slot.behind is None:
            assert slot.before is not None
            return self._before(slot.before, slot.fields, style)
        lines = lines_of(slot.fields, style, self._prefix(slot.behind), follows=True)
        place = self._place_behind(slot.behind)
        below = _NEXT_LINE.match(self._text, place, self._base + len(self._body))
        if below is not None and style.has_gaps and slot.fields[-1].is_list:
            lines.append("")  # or what stands below would be read with the list
        return Change(Span(place, place), "".join("\n" + self._escaped(line) for line in lines))

    def _before(self, field: Field, fields: List[NewField], style: Style) -> Change:
        prefix, start = self._prefix(field), field.name_span.start
        lines = lines_of(fields, style, prefix)
        if style.has_gaps and style.has_items and (fields[-1].is_list or field.name in LIST_FIELDS):
            lines.append("")
        text = "".join(f"{self._escaped(line)}\n" for line in lines) + prefix
        return Change(Span(start, start), text[len(prefix) :])

    def _place_behind(self, field: Field) -> int:
        """The end of the last line of a field's value."""
        end = value_end(field, self._text)
        line_end = _LINE_END.search(self._text, end)
        place = max(end, min(self._end, self._end if line_end is None else line_end.start()))
        if self._goes_on(place):
            raise Declined("a backslash joins the header's lines")
        return place

    def _goes_on(self, place: int) -> bool:
        """Whether a backslash before a place takes the line end behind it away."""
        before = self._text[self._base : place]
        return "r" not in self._opening.lower() and (len(before) - len(before.rstrip("\\"))) % 2 > 0

    def _prefix(self, field: Field) -> str:
        """The white space before a field's name; of the first line that of the others."""
        start = line_start(self._text, field.name_span.start)
        before = self._text[start : field.name_span.start]
        if start >= self._base and not before.strip():
            return before
        others = (f for f in self._header.fields.values() if f.name_span.start > self._base)
        for other in others:
            start = line_start(self._text, other.name_span.start)
            before = self._text[start : other.name_span.start]
            if start >= self._base and not before.strip():
                return before
        return self._margin

    @property
    def _margin(self) -> str:
        """The white space before its lines below the first."""
        lines = [line for line in _LINE_END.split(self._body)[1:] if line.strip()]
        margins = [line[: len(line) - len(line.lstrip())] for line in lines]
        return min(margins, key=len, default="")

    def _escaped(self, line: str) -> str:
        return _escaped(line, self._opening)


def _escaped(line: str, opening: str) -> str:
    """A line as it must be written between some quotes.

    Raises:
        Declined: it can't be written there.
    """
    prefix = opening.rstrip("\"'").lower()
    quote = opening[-1] * 3
    if "r" not in prefix:
        line = line.replace("\\", "\\\\")
        single = len(opening) - len(prefix) == 1
        return line.replace(quote[0], "\\" + quote[0]) if single or quote in line else line
    if opening[-1] in line and (len(opening) - len(prefix) == 1 or quote in line):
        raise Declined("a raw docstring can't hold it")
    return line


def _another_literal(text: str, end: int, fields: Sequence[NewField]) -> Change:
    """Put fields behind a docstring of several literals, as one more."""
    lines = [_escaped(line, _QUOTES) for line in lines_of(fields, Style(), "")]
    gap = "\n" if docstring(text).text.endswith("\n") else "\n\n"
    return Change(Span(end, end), f" {_QUOTES}{gap}" + "\n".join(lines) + f"\n{_QUOTES}")

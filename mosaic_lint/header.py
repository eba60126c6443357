"""The version header of a file: its fields, and where each stands.

A field is a line ``NAME: value``. Its value may go on below, as a list or as text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, Iterator, List, Mapping, NamedTuple, Optional, Pattern, Sequence, Tuple

from mosaic_lint.header_docstring import docstring
from mosaic_lint.header_text import HeaderText
from mosaic_lint.model import Span
from mosaic_lint.source import Language

KNOWN_FIELDS = (
    "MODULE", "PURPOSE", "VERSION", "SCHEMA_VERSION", "LAST_MODIFIED", "MODIFIED_BY", "SPRINT",
    "CHANGES_THIS_VERSION", "DEPENDENCIES", "ROLLBACK_PATH", "TESTING",
)  # fmt: skip
"""The fields that a header may have; a project may require others."""

LIST_FIELDS = frozenset(("CHANGES_THIS_VERSION", "DEPENDENCIES", "ROLLBACK_PATH", "TESTING"))
"""The fields that usually say what they say in items below their names."""

_OTHER_FIELD = re.compile(r"[A-Z][A-Z0-9_ ]*:")
_BULLET = re.compile(r"(?:[-*+•\u2013]+|\d+[.)])(?:\s+|$)")
_LINE_END = re.compile(r"[\r\n]")
_RULER = re.compile(r"[-=_~*#+]+")
_TAB = 8


@dataclass(frozen=True, eq=False)
class Entry:
    """A line of a field's value, or one item of it.

    Args:
        text: what it says, without a bullet and the space around it; never empty.
        start: where it begins in the header's text.
        within: the header's text.
    """

    text: str
    start: int
    within: HeaderText

    @property
    def span(self) -> Span:
        """Where it is written."""
        return self.part(0, len(self.text))

    def part(self, start: int, end: int) -> Span:
        """Where some of its characters, one at least, are written."""
        return self.within.place(self.start + start, self.start + end)


@dataclass(frozen=True, eq=False)
class Field:
    """A field of a header.

    Args:
        name: its name, in capitals.
        name_span: where its name is written.
        entries: what it says, line by line; none if it is empty.
        depth: how many columns of its line, without a comment's sign, stand before its name.
    """

    name: str
    name_span: Span
    entries: Tuple[Entry, ...]
    depth: int = 0

    @property
    def value(self) -> str:
        """The first line of what it says; empty if there is none."""
        return self.entries[0].text if self.entries else ""

    @property
    def span(self) -> Span:
        """Where the first line of its value is written; its name's place if it is empty."""
        return self.entries[0].span if self.entries else self.name_span


@dataclass(frozen=True, eq=False)
class Header:
    """What a file's docstring, or the comments at its beginning, say of its version.

    Args:
        span: the docstring with its quotes, or the block of comments; empty where there is none.
        first_line: what of it stands on its first line.
        fields: the fields by name; the first of a name counts.
        has_statements: whether the file has anything to run besides the docstring.
    """

    span: Span
    first_line: Span
    fields: Mapping[str, Field]
    has_statements: bool


class _Line(NamedTuple):
    """A line on which a field begins.

    Args:
        number: the line's index.
        name: the field's name.
        name_start: where the name begins in the header's text.
        value_start: where what follows the colon begins.
    """

    number: int
    name: str
    name_start: int
    value_start: int


def read_header(text: str, language: Language, required: Sequence[str] = ()) -> Header:
    """Read the header of a file. Never raises, and reads no more than the file's beginning.

    Args:
        text: the file's text, without a byte order mark.
        language: what it is written in.
        required: fields that the project requires, besides the known ones.
    """
    whole = header_text(text, language)
    pattern = _pattern(tuple(required))
    fields: Mapping[str, Field] = {}
    if pattern.search(whole.text) is not None:
        fields = _Reader(whole, pattern).fields()
    start, end = whole.span
    match = _LINE_END.search(text, start, end)
    first_line = Span(start, end if match is None else match.start())
    return Header(whole.span, first_line, fields, whole.has_statements)


def header_text(text: str, language: Language) -> HeaderText:
    """Find what may be the header of a file. Never raises.

    Args:
        text: the file's text, without a byte order mark.
        language: what it is written in; what isn't Python has comments.
    """
    if language is Language.PYTHON:
        return docstring(text)
    from mosaic_lint.header_comments import shell_comments, sql_comments

    return sql_comments(text) if language is Language.SQL else shell_comments(text)


@lru_cache(maxsize=8)
def _pattern(required: Tuple[str, ...]) -> Pattern[str]:
    names = sorted({*KNOWN_FIELDS, *filter(None, required)}, key=len, reverse=True)
    either = "|".join(map(re.escape, names))
    return re.compile(rf"^[^\S\n]*({either})[^\S\n]*:", re.MULTILINE)


class _Reader:
    """Reads the fields of one header.

    Args:
        whole: its text.
        pattern: finds a field's beginning.
    """

    def __init__(self, whole: HeaderText, pattern: Pattern[str]) -> None:
        self._whole = whole
        self._pattern = pattern
        self._lines = whole.text.split("\n")
        self._starts: List[int] = []
        start = 0
        for line in self._lines:
            self._starts.append(start)
            start += len(line) + 1

    def fields(self) -> Mapping[str, Field]:
        """The fields by name."""
        chosen = self._chosen()
        ends = [line.number for line in chosen[1:]] + [len(self._lines)]
        return {line.name: self._field(line, end) for line, end in zip(chosen, ends)}

    def _chosen(self) -> List[_Line]:
        """For each name the line that is meant: one within a list counts if there's no other."""
        plain: Dict[str, _Line] = {}
        nested: Dict[str, _Line] = {}
        depth: Optional[int] = None  # of the list above, if there is one
        for line in self._found():
            if depth is not None and self._depth(line.number) > depth:
                nested.setdefault(line.name, line)
            else:
                plain.setdefault(line.name, line)
                depth = self._list_depth(line)
        return sorted({**nested, **plain}.values(), key=lambda line: line.number)

    def _list_depth(self, line: _Line) -> Optional[int]:
        """How deep a field stands whose value begins below. How deep a text begins is unknown."""
        return None if line.number == 0 or self._inline(line) else self._depth(line.number)

    def _found(self) -> Iterator[_Line]:
        for match in self._pattern.finditer(self._whole.text):
            number = bisect_right(self._starts, match.start(1)) - 1
            yield _Line(number, match.group(1), match.start(1), match.end())

    def _inline(self, line: _Line) -> str:
        """What stands behind the colon."""
        return self._whole.text[line.value_start : self._line_end(line.number)].strip()

    def _line_end(self, number: int) -> int:
        return self._starts[number] + len(self._lines[number])

    def _depth(self, number: int) -> int:
        text = self._lines[number].expandtabs(_TAB)
        return len(text) - len(text.lstrip())

    def _field(self, line: _Line, end: int) -> Field:
        name_span = self._whole.place(line.name_start, line.name_start + len(line.name))
        first = self._entry(line.value_start, self._line_end(line.number))
        entries = [] if first is None else [first]
        for number in self._below(line, end):
            entry = self._entry(self._starts[number], self._line_end(number))
            if entry is not None:
                entries.append(entry)
        return Field(line.name, name_span, tuple(entries), self._depth(line.number))

    def _below(self, line: _Line, end: int) -> Iterator[int]:
        """The lines of a field's value below its own."""
        depth = self._depth(line.number)
        is_open = not self._inline(line)  # whether text as deep as the name may belong to it
        is_found = is_behind_gap = False
        for number in range(line.number + 1, end):
            text = self._lines[number].strip()
            if not text or _RULER.fullmatch(text):
                is_open, is_behind_gap = is_open and not is_found, True
                continue
            is_item = self._depth(number) > depth or _BULLET.match(text) is not None
            if not is_item and not (is_open and _is_text_of(line, text, is_behind_gap)):
                return
            is_found = True
            yield number

    def _entry(self, start: int, end: int) -> Optional[Entry]:
        """What stands between two places, without a bullet; nothing if there's no more."""
        text = self._whole.text[start:end]
        stripped = text.lstrip()
        match = _BULLET.match(stripped)
        stripped = stripped if match is None else stripped[match.end() :]
        start = end - len(stripped)
        stripped = stripped.rstrip()
        return Entry(stripped, start, self._whole) if stripped else None


def _is_text_of(line: _Line, text: str, is_behind_gap: bool) -> bool:
    """Whether a line that is as deep as a field may be what the field says."""
    return _OTHER_FIELD.match(text) is None or (line.name in LIST_FIELDS and not is_behind_gap)

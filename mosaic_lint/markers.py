"""The markers that people put around changed code: ``[CHANGE]`` and ``[BLOCK 1]`` with their ends.

A marker begins a comment; one in the middle of a sentence is only mentioned. Two adjacent ones
both count, and so does the end of what the same comment has begun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Dict, Iterable, Iterator, List, Optional, Set, Tuple

from mosaic_lint.model import Span

_MARKER = re.compile(
    r"\[(?P<end>END[ \t]+)?(?P<kind>CHANGE|BLOCK)(?P<inside>[ \t:#][^\[\]\r\n]*)?\]"
)
# Frames and bullets may stand before a marker; quotes and brackets make it a mention.
_LEAD = re.compile(r"[^\w\[\"'`(\u00ab\u2018\u201c]*")
_ID = re.compile(r"[ \t:#]*([\w.-]+)")
_NUMBERED = re.compile(r"\w*[0-9][\w.-]*|[A-Za-z]")
_DATE = re.compile(r"(?<![\w-])([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T[0-9:.]+Z?)?(?!\w)")
_SEPARATOR = re.compile(r"(?:^|(?<=\s))[-\u2013\u2014|]+(?=\s|$)")
_LABEL = re.compile(r"\b(?:date|author|by)\b", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_NEXT_LINE = re.compile(r"[ \t]*(?:\r\n?|\n)[ \t]*")
_DATE_LINE = re.compile(r"\W*DATE[ \t]*:", re.IGNORECASE)
_AUTHOR_LINE = re.compile(r"\W*(?:AUTHOR|(?:MODIFIED[ _])?BY)[ \t]*:[^\w\r\n]*\w", re.IGNORECASE)


@dataclass(frozen=True)
class Marker:
    """A marker in a comment.

    Args:
        span: its brackets and what is between them.
        is_end: whether it ends something.
        kind: ``CHANGE`` or ``BLOCK``.
        id: of a block what tells it from others.
        day: of a change its date, if it has one.
        has_author: whether somebody is named as its author.
    """

    span: Span
    is_end: bool
    kind: str
    id: str = ""
    day: Optional[date] = None
    has_author: bool = False

    @property
    def name(self) -> str:
        """What it marks, as people write it."""
        return f"{self.kind} {self.id}".rstrip()

    @property
    def key(self) -> str:
        """What its beginning and its end have in common."""
        return self.name.lower()

    @property
    def is_unsigned(self) -> bool:
        """Whether it begins a change without telling when it was made, and by whom."""
        if self.is_end or self.kind != "CHANGE":
            return False
        return self.day is None or not self.has_author


class Problem(Enum):
    """What may be wrong with a marker."""

    NEVER_ENDED = "never ended"
    ENDS_NOTHING = "ends nothing"
    CROSSED = "crossed"
    LACKING = "lacking"


@dataclass(frozen=True)
class BrokenMarker:
    """A marker with which something is wrong.

    Args:
        marker: the marker.
        problem: what it is.
        other: what it crosses: begun within what it ends, and ended behind it.
    """

    marker: Marker
    problem: Problem
    other: Optional[Marker] = None


def broken(markers: Iterable[Marker]) -> Iterator[BrokenMarker]:
    """Find what is wrong with a file's markers, in order of their places.

    Args:
        markers: all of them, in order.
    """
    found = list(markers)
    begun = _pairs(found)
    crossed = _crossed(len(found), begun)
    paired = {*begun, *begun.values()}
    for index, marker in enumerate(found):
        if marker.is_unsigned:
            yield BrokenMarker(marker, Problem.LACKING)
        if index not in paired:
            problem = Problem.ENDS_NOTHING if marker.is_end else Problem.NEVER_ENDED
            yield BrokenMarker(marker, problem)
        elif index in crossed:
            yield BrokenMarker(marker, Problem.CROSSED, found[crossed[index]])


def _pairs(markers: List[Marker]) -> Dict[int, int]:
    """For each end the beginning that it belongs to: the last one of that name, and that day."""
    begun: Dict[int, int] = {}
    ended: Set[int] = set()
    waiting: Dict[Tuple[str, Optional[date]], List[int]] = {}
    for index, marker in enumerate(markers):
        if not marker.is_end:
            waiting.setdefault((marker.key, None), []).append(index)
            if marker.day is not None:
                waiting.setdefault((marker.key, marker.day), []).append(index)
            continue
        for key in ((marker.key, marker.day), (marker.key, None)):
            candidates = waiting.get(key, [])
            while candidates and candidates[-1] in ended:
                candidates.pop()
            if candidates:
                begun[index] = candidates.pop()
                ended.add(begun[index])
                break
    return begun


def _crossed(count: int, begun: Dict[int, int]) -> Dict[int, int]:
    """For each end that comes too early, the beginning of what is still open and ends later."""
    crossed: Dict[int, int] = {}
    closing = set(begun.values())
    closed: Set[int] = set()
    opened: List[int] = []
    for index in range(count):
        if index in closing:
            opened.append(index)
        elif index in begun:
            while opened[-1] in closed:
                opened.pop()
            if opened[-1] != begun[index]:
                crossed[index] = opened[-1]
            closed.add(begun[index])
    return crossed


def read_markers(text: str, lines: Iterable[Span]) -> List[Marker]:
    """Read the markers of a file.

    Args:
        text: the file's text.
        lines: the lines of its comments, in order; a comment over several lines is several.
    """
    found = list(_Reader(text, list(lines)).markers())
    ended = {marker.key for marker in found if marker.is_end}
    # A word in the place of a number is a marker only where something ends it.
    return [m for m in found if m.kind == "CHANGE" or m.key in ended or _NUMBERED.fullmatch(m.id)]


class _Reader:
    """Reads the markers of one file.

    Args:
        text: the file's text.
        lines: the lines of its comments.
    """

    def __init__(self, text: str, lines: List[Span]) -> None:
        self._text = text
        self._lines = lines

    def markers(self) -> Iterator[Marker]:
        """The markers, in order."""
        for number, line in enumerate(self._lines):
            if self._text.find("[", line.start, line.end) >= 0:
                yield from self._of_line(number, line)

    def _of_line(self, number: int, line: Span) -> Iterator[Marker]:
        begun: Set[str] = set()  # what this line has begun, which it may end in any place
        behind, leads = line.start, True
        sign = "--" if self._text.startswith("--", line.start) else "#"
        matches = list(_MARKER.finditer(self._text, line.start, line.end))
        for match, following in zip(matches, [*matches[1:], None]):
            leads = _leads(self._text[behind : match.start()], sign, after_marker=leads)
            behind = match.end()
            end = line.end if following is None else following.start()
            marker = self._marker(match, end, number)
            if marker is None or not (leads or (marker.is_end and marker.key in begun)):
                leads = False
                continue
            if not marker.is_end:
                begun.add(marker.key)
            yield marker

    def _marker(self, match: re.Match[str], end: int, number: int) -> Optional[Marker]:
        inside = match.group("inside") or ""
        is_end, kind = bool(match.group("end")), match.group("kind")
        span = Span(*match.span())
        if kind == "BLOCK":
            found = _ID.match(inside)
            return Marker(span, is_end, kind, found.group(1).rstrip(".-") if found else "")
        said = f"{inside} {_without_comment(self._text[match.end() : end])}"
        day, has_author = _signed(said)
        if is_end:
            return Marker(span, is_end, kind, day=day)
        if inside.strip() and _DATE.match(inside.strip(" \t:#")) is None:
            return None  # [CHANGE REQUEST 7]
        day, has_author = self._continued(number, said, day, has_author)
        return Marker(span, is_end, kind, day=day, has_author=has_author)

    def _continued(
        self, number: int, said: str, day: Optional[date], has_author: bool
    ) -> Tuple[Optional[date], bool]:
        """What is still to be found on the lines below: the rest of an empty line, or by labels."""
        is_bare = not re.search(r"\w", said)
        for line in self._below(number):
            if day is not None and has_author:
                break
            text = self._text[line.start : line.end]
            if is_bare and _DATE.match(text.lstrip(" \t#*-/|")):
                return _signed(text)
            is_bare = False
            label = _DATE_LINE.match(text)
            if day is None and label is not None:
                day = _signed(text[label.end() :])[0]
            has_author = has_author or _AUTHOR_LINE.match(text) is not None
        return day, has_author

    def _below(self, number: int) -> Iterator[Span]:
        """The comment's lines right below one, up to the next marker."""
        for index in range(number + 1, len(self._lines)):
            line = self._lines[index]
            between = self._text[self._lines[index - 1].end : line.start]
            if not _NEXT_LINE.fullmatch(between) or _MARKER.search(self._text, *line):
                return
            yield line


def _leads(before: str, sign: str, *, after_marker: bool) -> bool:
    """Whether a marker begins a comment, or follows one that does.

    Args:
        before: what stands before it on its line, up to the marker before.
        sign: what begins a comment, and so another comment behind the first.
        after_marker: whether what stands before ``before`` begins the comment, too.
    """
    again = before.rfind(sign)
    if again > 0 and before[again - 1].isspace():
        return _LEAD.fullmatch(before, again) is not None
    return after_marker and _LEAD.fullmatch(before) is not None


def _without_comment(text: str) -> str:
    """What is said before another comment begins, such as one to a tool."""
    return re.split(r"\s#", text, maxsplit=1)[0]


def _signed(said: str) -> Tuple[Optional[date], bool]:
    """The day that a text names, and whether it names somebody, too."""
    for match in _DATE.finditer(said):
        try:
            day = date(*map(int, match.groups()))
        except ValueError:
            continue  # no day of the calendar, as 2026-13-45
        return day, _names(said[: match.start()]) or _names(said[match.end() :])
    return None, _names(said)


def _names(text: str) -> bool:
    """Whether somebody is named: in what comes first, or behind the first separator."""
    for number, piece in enumerate(_SEPARATOR.split(_LABEL.sub("", text))):
        if _LETTER.search(piece):
            return True
        if number and not piece.strip():
            return False  # 2026-01-02 - - reason
    return False

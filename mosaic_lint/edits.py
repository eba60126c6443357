"""Edits as such: made, told apart, and moved along where others were made before them."""

from __future__ import annotations

import sys
from bisect import bisect_right, insort
from dataclasses import replace
from typing import Iterable, List, Optional, Sequence, Set, Tuple

from mosaic_lint.model import Edit, Finding, Span

_OVERTAKEN = "the text around it has changed"


def apply(text: str, edits: Iterable[Edit]) -> str:
    """A text after some edits.

    Args:
        text: the text.
        edits: not overlapping; in any order.
    """
    pieces: List[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += (text[position : edit.span.start], edit.text)
        position = edit.span.end
    return "".join((*pieces, text[position:]))


def edits_of(findings: Iterable[Finding]) -> List[Edit]:
    """All edits of some findings' fixes, shared ones once."""
    edits = [edit for finding in findings if finding.fix for edit in finding.fix.edits]
    return list(dict.fromkeys(edits))


class Taken:
    """The places that some fixes change, none of which reaches into another's."""

    def __init__(self) -> None:
        self._places: List[Span] = []  # in order; none meets another
        self._shared: Set[Edit] = set()

    def admits(self, edits: Sequence[Edit]) -> bool:
        """Take the places of a fix, unless it meets one that is there.

        A fix is taken to speak of all from its first edit to its last. Those that it shares with
        others stand for themselves.
        """
        common = [edit for edit in edits if edit.shared and edit not in self._shared]
        own = [edit.span for edit in edits if not edit.shared]
        places = [Span(min(own)[0], max(span.end for span in own))] if own else []
        places += [edit.span for edit in common]
        if any(self._is_met(place) for place in places):
            return False
        for place in _merged(places):
            insort(self._places, place)
        self._shared.update(common)
        return True

    def _is_met(self, place: Span) -> bool:
        """Whether one overlaps or touches: an insertion beside a change may be part of it."""
        before = bisect_right(self._places, (place.end, sys.maxsize))
        return before > 0 and self._places[before - 1].end >= place.start


def _merged(places: Iterable[Span]) -> List[Span]:
    merged: List[Span] = []
    for place in sorted(places):
        if merged and merged[-1].end >= place.start:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, place.end))
        else:
            merged.append(place)
    return merged


def shifted(finding: Finding, edits: Sequence[Edit]) -> Finding:
    """A finding where it stands after some edits, with its fix if that still fits."""
    related = tuple(replace(step, span=moved(step.span, edits)) for step in finding.related)
    there = replace(finding, span=moved(finding.span, edits), related=related)
    if finding.fix is None or finding.fix.path:
        return there
    own = moved_edits(finding.fix.edits, edits)
    if own is None:
        return replace(there, fix=None, unfixed=_OVERTAKEN)
    return replace(there, fix=replace(finding.fix, edits=own))


def moved_edits(own: Sequence[Edit], edits: Sequence[Edit]) -> Optional[Tuple[Edit, ...]]:
    """Edits where they stand after others; ``None`` if those reach into them."""
    if any(_overlap(edit.span, other.span) for edit in own for other in edits):
        return None
    return tuple(replace(edit, span=moved(edit.span, edits)) for edit in own)


def _overlap(left: Span, right: Span) -> bool:
    return left == right or (left.start < right.end and right.start < left.end)


def moved(span: Span, edits: Iterable[Edit]) -> Span:
    """Where a span stands after some edits; the start of a file stays where it is."""
    if span == (0, 0):
        return span
    start = _moved_offset(span.start, edits)
    return Span(start, max(start, _moved_offset(span.end, edits)))


def _moved_offset(offset: int, edits: Iterable[Edit]) -> int:
    now = offset
    for edit in edits:
        if edit.span.end <= offset:
            now += len(edit.text) - (edit.span.end - edit.span.start)
        elif edit.span.start < offset:  # inside of it
            now -= offset - edit.span.start
    return now

"""MOS705: markers around changed code that don't enclose anything, or don't tell whose it is."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import Step
from mosaic_lint.markers import BrokenMarker, Marker, Problem
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS705",
    name="broken-change-marker",
    message="{what}: write {instead}",
    subscribes="BrokenMarker",
    triggers=("[CHANGE", "[BLOCK", "[END"),
    stage="text",
    playbook="Section 7: version tracking",
    in_markdown=False,
)
def broken_change_marker(broken: BrokenMarker, context: Context) -> Iterator[Draft]:
    """
    What:
        In comments, a `[CHANGE]` or `[BLOCK 1]` that nothing ends, an `[END CHANGE]` or
        `[END BLOCK 1]` that ends nothing, two of them that overlap instead of enclosing one
        another, and a `[CHANGE]` without a date (YYYY-MM-DD) or an author.

    Why:
        Who takes a change back removes what stands between its markers. If one is missing, it is
        too little or too much, and without a date and a name nobody knows which change it was.

    Example:
        # [CHANGE] 2026-01-12 - Ines - holidays
        def is_open(day):
            return day not in HOLIDAYS

    Instead:
        # [CHANGE] 2026-01-12 - Ines - holidays
        def is_open(day):
            return day not in HOLIDAYS
        # [END CHANGE] 2026-01-12

    Fix safety:
        No fix is offered.

    Limits:
        A marker begins a comment; what is mentioned in a sentence, in a string or in a docstring
        is none. `[BLOCK name]` with a word instead of a number counts only where an
        `[END BLOCK name]` exists. Date and author may also stand on lines of the same comment,
        behind `DATE:` and `AUTHOR:`. Whether what comes behind the date names a person can't be
        told.
    """
    marker, other = broken.marker, broken.other
    related = []
    if broken.problem is Problem.CROSSED and other is not None:
        what = f"[END {marker.name}] stands before the end of [{other.name}], which begins later"
        instead = f"[END {other.name}] before it"
        related = [Step(other.span, f"[{other.name}] begins")]
    elif broken.problem is Problem.NEVER_ENDED:
        what = f"[{marker.name}] is never ended"
        instead = f"[END {marker.name}] behind what it marks"
    elif broken.problem is Problem.ENDS_NOTHING:
        what = f"[END {marker.name}] ends nothing"
        instead = f"[{marker.name}] before what it marks"
    else:
        what = f"[CHANGE] has {_lacks(marker)}"
        instead = "[CHANGE] YYYY-MM-DD - author - reason"
    yield context.report(marker.span, what=what, instead=instead, related=related)


def _lacks(marker: Marker) -> str:
    if marker.day is None and not marker.has_author:
        return "no date and no author"
    return "no date" if marker.day is None else "no author"

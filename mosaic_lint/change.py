"""One piece of a repair, before anybody computes offsets; and why there may be none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, List

SEVERAL_PLACES = "it is put together from several places"


class Declined(Exception):
    """There is no fix that surely is right here.

    Args:
        reason: why, in a few words that go on behind "not fixed:".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Change:
    """Replace what stands at an anchor by a text.

    Args:
        anchor: what goes, as :data:`mosaic_lint.anchor.Anchor` says; an empty span for an
            insertion.
        text: what comes. A line feed becomes the line end of the place.
        shared: whether other fixes may need the very same change, which is made once then.
    """

    anchor: Any
    text: str
    shared: bool = False


Changes = List[Change]

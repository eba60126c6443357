"""What the analysis knows: yes, no, or nothing."""

from __future__ import annotations

from enum import Enum
from typing import Iterable


class Answer(Enum):
    """A three-valued answer."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def agreed(answers: Iterable[Answer]) -> Answer:
    """The answer on which all agree; unknown if they don't, or if there is none."""
    found = set(answers)
    return found.pop() if len(found) == 1 else Answer.UNKNOWN


def of(value: bool) -> Answer:
    """Yes or no."""
    return Answer.YES if value else Answer.NO

"""How psycopg reads a query that has parameters: every ``%`` counts, wherever it stands."""

from __future__ import annotations

import re
from typing import FrozenSet, Iterator, List, NamedTuple, Optional

PSYCOPG2 = frozenset("s")
PSYCOPG = frozenset("sbt")
"""The letters behind ``%`` that make a placeholder (psycopg2 2.9, psycopg 3.3)."""


class Conversion(NamedTuple):
    """A ``%`` and what belongs to it.

    Args:
        start: the offset of the ``%``.
        end: the offset behind its last character.
        name: of ``%(name)s`` the name.
        is_placeholder: whether the driver puts a value there.
    """

    start: int
    end: int
    name: Optional[str]
    is_placeholder: bool


_PERCENT = re.compile(r"%(?:%|\((?P<name>[^()]*)\)(?P<named>[^%]?)|(?P<letter>.?))", re.DOTALL)


def conversions(text: str, letters: FrozenSet[str] = PSYCOPG2) -> Iterator[Conversion]:
    """All of a query's ``%`` but the doubled ones.

    Args:
        text: the query.
        letters: what makes a placeholder behind ``%``.
    """
    for match in _PERCENT.finditer(text):
        if match.group() == "%%":
            continue
        if match.group("name") is not None:
            good = match.group("named") in letters and match.group("named") != ""
            yield Conversion(match.start(), match.end(), match.group("name"), good)
        else:
            letter = match.group("letter")
            good = letter in letters and letter != ""
            end = match.end() if good else match.start() + 1
            yield Conversion(match.start(), end, None, good)


def placeholders(text: str, letters: FrozenSet[str] = PSYCOPG2) -> List[Conversion]:
    """The placeholders of a query."""
    return [found for found in conversions(text, letters) if found.is_placeholder]

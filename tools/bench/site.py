"""One place in clean code where a fault could have been written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """One possible fault: lines `start` to `end` (from 1, inclusive) become `replacement`."""

    kind: str
    codes: tuple[str, ...]
    path: str
    anchor: int
    start: int
    end: int
    replacement: tuple[str, ...]
    group: str
    """Of the sites of one group in one file only one is used."""

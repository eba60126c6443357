"""``text``: findings with an excerpt of the source, for people."""

from __future__ import annotations

from typing import Iterable, Iterator, Tuple

from mosaic_lint.reports.excerpt import excerpt
from mosaic_lint.reports.results import Located, Results, printable

Piece = Tuple[str, str]
"""A piece of text and its style, in rich's words; an empty style for none."""


def render(results: Results) -> str:
    """All findings, each with the marked line; colours where the results go to a terminal."""
    pieces = (piece for found in results.located() for piece in _pieces(found))
    return _coloured(pieces) if results.colour else "".join(text for text, _ in pieces)


def _pieces(found: Located) -> Iterator[Piece]:
    yield printable(found.path), "bold"
    yield f":{found.start.line}:{found.start.column}: ", ""
    yield found.finding.code, "bold red"
    yield f" {printable(found.finding.message)}\n", ""
    yield from _excerpt(found)
    yield "\n", ""


def _excerpt(found: Located) -> Iterator[Piece]:
    marked = excerpt(found.source, found.start, found.end)
    if marked is None:
        return
    number = str(found.start.line)
    margin = " " * len(number)
    yield f"{margin} |", "blue"
    yield "\n", ""
    yield f"{number} |", "blue"
    yield f" {marked.text}\n", ""
    yield f"{margin} |", "blue"
    yield " " * (marked.before + 1), ""
    yield "^" * marked.width, "bold red"
    yield "\n", ""


def _coloured(pieces: Iterable[Piece]) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    return "".join(
        Style.parse(style).render(text, color_system=ColorSystem.STANDARD) if style else text
        for text, style in pieces
    )

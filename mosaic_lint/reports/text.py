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
    margin = " " * len(str(found.start.line))
    yield from _excerpt(found, margin)
    yield from _steps(found, margin)
    yield "\n", ""


def _excerpt(found: Located, margin: str) -> Iterator[Piece]:
    marked = excerpt(found.source, found.start, found.end)
    if marked is None:
        return
    yield f"{margin} |", "blue"
    yield "\n", ""
    yield f"{found.start.line} |", "blue"
    yield f" {marked.text}\n", ""
    yield f"{margin} |", "blue"
    yield " " * (marked.before + 1), ""
    yield "^" * marked.width, "bold red"
    yield "\n", ""


def _steps(found: Located, margin: str) -> Iterator[Piece]:
    """The way to the finding, a line a step; all of it is in the same file."""
    for step in found.finding.related:
        yield f"{margin} =", "blue"
        line = found.source.position(step.span.start).line
        yield f" line {line}: {printable(step.message)}\n", ""


def _coloured(pieces: Iterable[Piece]) -> str:
    from rich.color import ColorSystem
    from rich.style import Style

    return "".join(
        Style.parse(style).render(text, color_system=ColorSystem.STANDARD) if style else text
        for text, style in pieces
    )

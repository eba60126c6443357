"""What is wrong with the markers around changed code, in the comments of any language."""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterable, Iterator

from mosaic_lint import pycomments, shellfile, sqlfile
from mosaic_lint.facts.script import Script
from mosaic_lint.markers import BrokenMarker, broken, read_markers
from mosaic_lint.model import Span
from mosaic_lint.source import Language

_COMMENTS: Dict[Language, Callable[[str], Iterable[Span]]] = {
    Language.PYTHON: pycomments.comments,
    Language.SQL: sqlfile.all_comments,
    Language.SHELL: shellfile.comments,
}
_LINE = re.compile(r"[^\r\n]+")


def broken_markers(script: Script) -> Iterator[BrokenMarker]:
    """Find the markers of a file with which something is wrong."""
    text = script.source.text
    comments = _COMMENTS.get(script.source.language)
    if comments is not None:
        yield from broken(read_markers(text, _lines(text, comments(text))))


def _lines(text: str, comments: Iterable[Span]) -> Iterator[Span]:
    """The lines of comments, of which some reach over several."""
    for comment in comments:
        for match in _LINE.finditer(text, comment.start, comment.end):
            yield Span(*match.span())

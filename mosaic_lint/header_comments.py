"""The comments at the beginning of a script."""

from __future__ import annotations

import re
from typing import Iterator, List, Pattern

from mosaic_lint.header_text import HeaderText, joined, skip
from mosaic_lint.model import Span
from mosaic_lint.sqlfile import statements
from mosaic_lint.written import Written

_SPACE = re.compile(r"\s+")
_LINE = re.compile(r"[^\r\n]*")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_DASHES = re.compile(r"-+")
_HASHES = re.compile(r"#+")
_STARS = re.compile(r"[ \t]*\*+|/\*+")
_NOQA = re.compile(r"(?:--|#)[ \t]*noqa\b", re.IGNORECASE)
_DECORATION = "-#*|="


def sql_comments(text: str) -> HeaderText:
    """The comments at the beginning of an SQL script, whichever signs they have.

    Args:
        text: the script, without a byte order mark.
    """
    parts: List[Written] = []
    start = end = 0
    position = skip(text, 0, _SPACE)
    first = position
    while text.startswith(("--", "/*"), position):
        start = first
        if text.startswith("--", position):
            end = _line_end(text, position)
            parts.append(_content(text, position, end, _DASHES))
        else:
            end = _block_end(text, position)
            parts.extend(_block_lines(text, position, end))
        position = skip(text, end, _SPACE)
    runs = position < len(text) and next(statements(text), None) is not None
    return joined(Span(start, end), parts, has_statements=runs)


def shell_comments(text: str) -> HeaderText:
    """The comments at the beginning of a shell script, without its first line if that is a `#!`.

    Args:
        text: the script, without a byte order mark.
    """
    position = skip(text, _line_end(text, 0) if text.startswith("#!") else 0, _SPACE)
    parts: List[Written] = []
    start = end = position if text.startswith("#", position) else 0
    while text.startswith("#", position):
        end = _line_end(text, position)
        parts.append(_content(text, position, end, _HASHES))
        position = skip(text, end, _SPACE)
    return joined(Span(start, end), parts, has_statements=position < len(text))


def _line_end(text: str, position: int) -> int:
    match = _LINE.match(text, position)
    return position if match is None else match.end()


def _block_end(text: str, position: int) -> int:
    """The end of a comment, in which there may be others."""
    depth = 0
    for match in _BLOCK_EDGE.finditer(text, position):
        depth += 1 if match.group() == "/*" else -1
        if not depth:
            return match.end()
    return len(text)


def _block_lines(text: str, start: int, end: int) -> Iterator[Written]:
    inside = end - 2 if text.endswith("*/", start + 2, end) else end
    for match in _LINE_BREAK.finditer(text, start, inside):
        yield _content(text, start, match.start(), _STARS)
        start = match.end()
    yield _content(text, start, inside, _STARS)


def _content(text: str, start: int, end: int, sign: Pattern[str]) -> Written:
    """A line of a comment without its sign and what decorates its end."""
    match = sign.match(text, start, end)
    start = start if match is None else match.end()
    noqa = _NOQA.search(text, start, end)
    content = text[start : end if noqa is None else noqa.start()].rstrip()
    plain = content.rstrip(_DECORATION)
    if not plain or plain[-1].isspace():  # the right side of a box
        content = plain.rstrip()
    return Written(content + "\n", start)

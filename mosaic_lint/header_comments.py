"""The comments at the beginning of a script."""

from __future__ import annotations

import re
from typing import Iterator, List, Pattern, Tuple

from mosaic_lint.header_text import HeaderText, joined, skip
from mosaic_lint.model import Span
from mosaic_lint.source import Language
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


def leading_comments(text: str, language: Language) -> List[Span]:
    """The comments before the first statement of a script, in order.

    Args:
        text: the script, without a byte order mark.
        language: SQL, or what has comments as shell does; there a first line with `#!` is none.
    """
    if language is Language.SQL:
        return list(_leading(text, 0, ("--", "/*")))
    return list(_leading(text, _behind_first_line(text), ("#",)))


def sql_comments(text: str) -> HeaderText:
    """The comments at the beginning of an SQL script, whichever signs they have.

    Args:
        text: the script, without a byte order mark.
    """
    parts: List[Written] = []
    comments = leading_comments(text, Language.SQL)
    for index, (start, end) in enumerate(comments):
        parts.extend(_gap(text, comments[index - 1].end, start))
        if text.startswith("--", start):
            parts.append(_content(text, start, end, _DASHES))
        else:
            parts.extend(_block_lines(text, start, end))
    start, end = (comments[0].start, comments[-1].end) if comments else (0, 0)
    position = skip(text, end, _SPACE)
    runs = position < len(text) and next(statements(text), None) is not None
    return joined(Span(start, end), parts, has_statements=runs)


def shell_comments(text: str) -> HeaderText:
    """The comments at the beginning of a shell script, without its first line if that is a `#!`.

    Args:
        text: the script, without a byte order mark.
    """
    comments = leading_comments(text, Language.SHELL)
    parts: List[Written] = []
    for index, (start, end) in enumerate(comments):
        parts.extend(_gap(text, comments[index - 1].end, start))
        parts.append(_content(text, start, end, _HASHES))
    span = Span(comments[0].start, comments[-1].end) if comments else Span(0, 0)
    behind = max(span.end, _behind_first_line(text))
    return joined(span, parts, has_statements=skip(text, behind, _SPACE) < len(text))


def _gap(text: str, start: int, end: int) -> Iterator[Written]:
    """The empty line between two comments, if there is one."""
    if len(_LINE_BREAK.findall(text, start, end)) > 1:
        yield Written("\n", start)


def _behind_first_line(text: str) -> int:
    """Where a shell script begins behind its `#!`, if it has one."""
    return _line_end(text, 0) if text.startswith("#!") else 0


def _leading(text: str, position: int, signs: Tuple[str, ...]) -> Iterator[Span]:
    position = skip(text, position, _SPACE)
    while text.startswith(signs, position):
        is_block = text.startswith("/*", position) and "/*" in signs
        end = _block_end(text, position) if is_block else _line_end(text, position)
        yield Span(position, end)
        position = skip(text, end, _SPACE)


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

"""Where the comments of a shell script are, without parsing shell.

A ``#`` begins a comment where a word may begin, outside of quotes, of ``${...}`` and of the text
that ``<<`` reads. What is quoted within ``$(...)`` within quotes is followed by a stack, so that
nothing recurses. The scan never fails: what is left open reaches to the end.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property
from typing import Dict, Iterator, List, Optional, Tuple

from mosaic_lint.model import Span

_MARK = re.compile(
    r"""\\(?:\r\n|.)|\$'|'|"|`|\$\(\(|\$\(|\$\{|\(\(|\(|\)|\}|\#|<<<|<<-?|\r\n?|\n""",
    re.DOTALL,
)
_COMMENT = re.compile(r"#[^\r\n]*")
_ANSI_REST = re.compile(r"(?:[^'\\]|\\.)*'?", re.DOTALL)
# A number behind << shifts; a word delimits, and its quotes are no part of it.
_DELIMITER = re.compile(r"[ \t]*(?P<word>\\?[A-Za-z_][\w.-]*|'[^'\r\n]+'|\"[^\"\r\n]+\")")
_LINE = re.compile(r"[^\r\n]+")
_BEFORE_WORD = " \t\r\n;&|()`"
_OPENING = {"$((": "((", "((": "((", "$(": "(", "(": "(", "${": "{"}


def comments(text: str) -> Iterator[Span]:
    """Find the comments of a shell script, in order; the ``#!`` line is one.

    Args:
        text: the decoded script, without a byte order mark.

    Yields:
        Half-open character offsets into the text, from the ``#`` to before the line's end.
    """
    return _Scan(text).comments()


class _Scan:
    """One scan over a script.

    Args:
        text: the script.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._pos = 0
        self._open: List[str] = []  # what is entered and not left: ( (( { " and `
        self._awaited: List[Tuple[str, bool]] = []  # delimiters, and whether tabs may precede

    def comments(self) -> Iterator[Span]:
        """The comments, in order."""
        while True:
            match = _MARK.search(self._text, self._pos)
            if match is None:
                return
            self._pos = match.end()
            mark = match.group()
            if mark == "#":
                comment = self._comment(match.start())
                if comment is not None:
                    yield comment
            elif mark[0] in "\r\n":
                self._skip_documents()
            else:
                self._take(mark)

    @property
    def _inside(self) -> str:
        return self._open[-1] if self._open else ""

    def _comment(self, at: int) -> Optional[Span]:
        if self._inside in ("{", '"', "((") or (at and self._text[at - 1] not in _BEFORE_WORD):
            return None
        match = _COMMENT.match(self._text, at)
        self._pos = at + 1 if match is None else match.end()
        return Span(at, self._pos)

    def _take(self, mark: str) -> None:
        """Enter, leave or pass over what a mark begins or ends."""
        if mark in _OPENING and (mark[0] == "$" or self._inside != '"'):
            self._open.append(_OPENING[mark])
        elif mark in ('"', "`"):
            self._quote(mark)
        elif self._inside == '"':
            return
        elif mark == ")":
            self._close_parenthesis()
        elif mark == "}" and self._inside == "{":
            self._open.pop()
        elif mark == "'":
            end = self._text.find("'", self._pos)
            self._pos = len(self._text) if end < 0 else end + 1
        elif mark == "$'":
            match = _ANSI_REST.match(self._text, self._pos)
            self._pos = self._pos if match is None else match.end()
        elif mark in ("<<", "<<-") and self._inside not in ("((", "{"):
            self._await_document(strips_tabs=mark == "<<-")

    def _quote(self, mark: str) -> None:
        if self._inside == mark:
            self._open.pop()
        elif mark == "`" and "`" in self._open[-2:]:
            # Within backticks another one ends them, whatever is still open in there.
            while self._open.pop() != "`":
                pass
        else:
            self._open.append(mark)

    def _close_parenthesis(self) -> None:
        if self._inside == "((":
            self._open[-1] = "("  # of two, one is left
        elif self._inside == "(":  # else it ends the pattern of a case
            self._open.pop()

    # Text that << reads from the lines behind

    def _await_document(self, *, strips_tabs: bool) -> None:
        match = _DELIMITER.match(self._text, self._pos)
        if match is not None:
            self._pos = match.end()
            self._awaited.append((match.group("word").strip("\\'\""), strips_tabs))

    def _skip_documents(self) -> None:
        """Go behind the texts that begin on this line; what isn't ended is no such text."""
        for delimiter, strips_tabs in self._awaited:
            ends = self._lines.get(delimiter, [])
            ends = ends if not strips_tabs else self._stripped.get(delimiter, [])
            place = bisect_left(ends, self._pos)
            if place < len(ends):
                self._pos = ends[place]
        self._awaited.clear()

    @cached_property
    def _lines(self) -> Dict[str, List[int]]:
        """Where the lines with a text end, by that text."""
        found: Dict[str, List[int]] = {}
        for match in _LINE.finditer(self._text):
            found.setdefault(match.group(), []).append(match.end())
        return found

    @cached_property
    def _stripped(self) -> Dict[str, List[int]]:
        """The same without the tabs before it."""
        found: Dict[str, List[int]] = {}
        for line, ends in self._lines.items():
            found.setdefault(line.lstrip("\t"), []).extend(ends)
        return {line: sorted(ends) for line, ends in found.items()}

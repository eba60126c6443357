"""The arguments of a call as they are written, parentheses included."""

from __future__ import annotations

import ast
import re
from typing import List, Union

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_FILLING = re.compile(r"(?:\s|\\\r?\n|#[^\r\n]*)*")
"""White space and comments between tokens in parentheses."""

_LINE_END = re.compile(r"[\r\n]")
_BLANK_LINE_END = re.compile(r"[ \t]*[\r\n]")
_BACKSLASH = re.compile(r",[ \t]*\\")

Argument = Union[ast.expr, ast.keyword]


class Arguments:
    """The arguments of one call.

    Args:
        syntax: the file.
        call: the call.
    """

    def __init__(self, syntax: Syntax, call: ast.Call) -> None:
        self._syntax = syntax
        self._call = call
        both: List[Argument] = [*call.args, *call.keywords]
        self.all = sorted(both, key=lambda one: (one.lineno, one.col_offset))

    @property
    def _text(self) -> str:
        return self._syntax.text

    @property
    def opened(self) -> int:
        """The offset behind the opening parenthesis."""
        offset = self._syntax.span(self._call.func).end
        while True:
            offset = self._filled(offset) + 1
            if self._text[offset - 1] == "(":
                return offset

    @property
    def start(self) -> int:
        """Where the first argument starts, or else the closing parenthesis."""
        return self._filled(self.opened)

    @property
    def closed(self) -> int:
        """The offset of the closing parenthesis."""
        return self._syntax.span(self._call).end - 1

    def end(self, argument: Argument) -> int:
        """The offset behind an argument and the parentheses around it."""
        value = argument.value if isinstance(argument, ast.keyword) else argument
        end = self._syntax.span(value).end
        while (following := self._filled(end)) < self.closed and self._text[following] == ")":
            end = following + 1
        return end

    def _filled(self, offset: int) -> int:
        found = _FILLING.match(self._text, offset)
        assert found is not None
        return found.end()

    def removed_behind(self, offset: int) -> Changes:
        """The changes that take away all arguments behind an offset, up to a last comma.

        Raises:
            Declined: there is a comment among them.
        """
        if not self.all:
            return []
        end = self.end(self.all[-1])
        if end <= offset:
            return []
        if not self._syntax.has_comment(Span(offset, end)):
            return [Change(Span(offset, end), "")]
        return [Change(self._without_comments(offset, end), "")]

    def _without_comments(self, offset: int, end: int) -> Span:
        """What to take away of a span that begins with a comma and a comment."""
        text = self._text
        start = self._filled(offset)
        if text[start] == ",":
            start = self._filled(start + 1)
        comma = self._filled(end)
        end = comma + 1 if text[comma] == "," else end
        if self._syntax.has_comment(Span(start, end)):
            raise Declined("a comment stands among the arguments")
        first, below = self._syntax.line_start(start), self._syntax.next_line(end)
        if text[first:start].strip() or text[end:below].strip():
            return Span(start, end)
        return Span(first, below)

    def appended(self, text: str) -> Change:
        """The change that adds an argument behind all others.

        Args:
            text: the argument.

        Raises:
            Declined: the only argument is a generator without parentheses of its own.
        """
        if not self.all:
            return Change(Span(self.opened, self.opened), text)
        last = self.all[-1]
        end = self.end(last)
        if end > self.closed:
            raise Declined("a generator is the only argument")
        start = self._syntax.span(last).start
        before = self._text[self._syntax.line_start(start) : start]
        indent = before[: len(before) - len(before.lstrip())]
        comma = self._filled(end)
        if self._text[comma] == "," and _LINE_END.search(self._text, comma, self.closed):
            if not _BACKSLASH.match(self._text, comma):
                behind = self._syntax.line_end(comma)
                return Change(Span(behind, behind), f"\n{indent}{text},")
        elif _BLANK_LINE_END.match(self._text, end) and before == indent:
            return Change(Span(end, end), f",\n{indent}{text}")
        return Change(Span(end, end), f", {text}")

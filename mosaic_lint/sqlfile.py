r"""A psql script cut into statements, as psql cuts it, without parsing SQL.

The borders follow psql's own lexer: literals, dollar quotes, nested comments, parentheses, bodies
between ``BEGIN`` and ``END``, the data behind ``COPY ... FROM STDIN``, backslash commands. Where
psql has one opinion only because it knows the server (``standard_conforming_strings = off``), the
default holds. Other dialects' quotes are plain characters: backticks, ``[brackets]``, ``'\''``; a
``;`` within backticks or brackets ends the statement, as it does in psql.

What stands in the middle of a statement stays within its span, because a span has no holes: a
comment, or a command such as ``\echo`` that doesn't send the statement. At either end it doesn't.

The scan jumps from one interesting character to the next, and over a row of values at once: a
dump of 50 MB is cut in seconds, and its text is never copied.
"""

from __future__ import annotations

import re
from typing import Iterator, Optional, Tuple

from mosaic_lint.model import Span

_Event = Tuple[bool, int, int]  # whether it is a statement (else a comment), start, end

_SPACE = " \t\n\r\f\v"  # what psql calls white space; Python's \s would take more
_BLANK = re.compile(r"[ \t\n\r\f\v]*")
_START = re.compile(r"[^ \t\n\r\f\v;]")
_NEWLINE = re.compile(r"[\r\n]")

_MARKS = re.compile(r"""['"$();\\/\-]""")
_WORD = re.compile(r"[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_$\x80-\U0010ffff]*")
_WORDS = re.compile(f"{_WORD.pattern}|{_MARKS.pattern}")
# One row of values without anything tricky. The count is bounded, because the engine remembers
# each repetition; the parts can't overlap, so that a row that fails is read twice at most.
_ROW = re.compile(
    r"""\([^'"$();\\/\-]*
        (?:(?:(?<![eE])'[^']*'|-(?!-)|/(?!\*))[^'"$();\\/\-]*){0,1000}\)""",
    re.VERBOSE,
)
_NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$")
_NAME_REST = re.compile(r"[A-Za-z0-9_$\x80-\U0010ffff]*")
_NUMBER = re.compile(r"[0-9][0-9_]*")
_DOLLAR_TAG = re.compile(r"\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$")
_IN_ESCAPED = re.compile(r"['\\]")
_COMMENT_EDGE = re.compile(r"/\*|\*/")

_COMMAND_NAME = re.compile(r"\\([^ \t\n\r\f\v\\]*)")
_IN_ARGUMENTS = re.compile(r"""[\r\n\\'"`|]""")
# \r forgets the statement instead, which ends it all the same.
_SENDING = frozenset(["g", "gx", "gexec", "gset", "gdesc", "crosstabview", "watch", "parse"])
_SENDING |= {"sendpipeline", "r", "reset"}
_WHOLE_LINE = frozenset(["copy", "h", "help", "ef", "ev", "sf", "sv", "sf+", "sv+"])
_COPY_IN = re.compile(r"(?i)\bfrom\s+stdin\b")
_DATA_END = re.compile(r"[\r\n]\\\.(?=[\r\n]|\Z)")

_CREATE_MODIFIERS = frozenset({"or", "replace", "temp", "temporary", "constraint"})
_WITH_BODY = frozenset({"function", "procedure", "trigger"})
_BEFORE_NAME = _WITH_BODY | {"on", "of", "exists"}


def statements(text: str) -> Iterator[Span]:
    r"""Cut a psql script into its SQL statements, in order, one at a time.

    A statement reaches from its first token to its last: without the ``;`` (or the ``\g``) that
    ends it, without white space, comments and backslash commands around it. Never raises: what is
    left open (a quote, a comment, a parenthesis) reaches to the end of the text.

    Args:
        text: the decoded script, without a byte order mark.

    Yields:
        Half-open character offsets into the text; never an empty span, never overlapping.
    """
    for is_statement, start, end in _Script(text).events():
        if is_statement:
            yield Span(start, end)


def comments(text: str) -> Iterator[Span]:
    r"""Find the ``--`` comments of a psql script, in order.

    What looks like one within a literal, a quoted name, a dollar quote, a ``/* */`` comment, the
    data of a ``COPY`` or the arguments of a backslash command isn't one. Never raises.

    Args:
        text: the decoded script, without a byte order mark.

    Yields:
        Half-open character offsets into the text, from the ``--`` to before the line's end.
    """
    for comment in all_comments(text):
        if text.startswith("--", comment.start):
            yield comment


def all_comments(text: str) -> Iterator[Span]:
    r"""Find the comments of a psql script, those in ``/* */`` too, in order.

    Args:
        text: the decoded script, without a byte order mark.

    Yields:
        Half-open character offsets into the text; a comment that isn't closed reaches to its end.
    """
    for is_statement, start, end in _Script(text).events():
        if not is_statement:
            yield Span(start, end)


class _Script:
    """One scan over a script."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pos = 0
        # The scan stops here: at the end, or at the end of the line behind which data stand.
        self._limit = len(text)
        self._copies = 0
        self._line = Span(0, -1)  # the piece of a line looked at last: a line may hold a lot
        self._forget()

    def _forget(self) -> None:
        """Be between statements."""
        self._start = -1
        self._pattern = _MARKS
        self._depth = 0  # of parentheses
        self._blocks = 0  # of BEGIN and CASE up to their END
        self._first = self._last = ""  # words, where the statement is read by words
        self._reads_data = False
        self._aside_start = self._aside_end = -1

    def events(self) -> Iterator[_Event]:
        while True:
            while self._pos < self._limit:
                event = self._between() if self._start < 0 else self._inside()
                if event is not None:
                    yield event
            if self._start >= 0:
                yield self._finish(self._limit)
            if self._pos >= len(self._text):
                return
            self._skip_data()

    def _between(self) -> Optional[_Event]:
        text = self._text
        match = _START.search(text, self._pos, self._limit)
        if match is None:
            self._pos = self._limit
            return None
        at = self._pos = match.start()
        if text.startswith("--", at, self._limit):
            return self._line_comment(at)
        if text.startswith("/*", at, self._limit):
            return self._block_comment(at)
        if text[at] == "\\":
            self._command(at)
        else:
            self._open(at)
        return None

    def _open(self, at: int) -> None:
        self._start = at
        if self._text[at] in "cC":
            match = _WORD.match(self._text, at, self._limit)
            word = match.group().lower() if match is not None else ""
            if match is not None and word in ("create", "copy"):
                self._first, self._pattern, self._pos = word, _WORDS, match.end()

    def _inside(self) -> Optional[_Event]:
        """Go on with a statement until something is to be told."""
        text = self._text
        while True:
            match = self._pattern.search(text, self._pos, self._limit)
            if match is None:
                self._pos = self._limit
                return None
            at = match.start()
            mark = text[at]
            if mark == "(":
                row = _ROW.match(text, at, self._limit)
                self._depth += row is None
                self._pos = at + 1 if row is None else row.end()
            elif mark == ";":
                self._pos = at + 1
                if not self._depth and not self._blocks:
                    return self._finish(at)
            elif mark == ")":
                self._depth -= self._depth > 0
                self._pos = at + 1
            elif mark in "-/\\":
                event = self._aside_event(mark, at)
                if event is not None:
                    return event
            else:
                self._take(mark, match)

    def _aside_event(self, mark: str, at: int) -> Optional[_Event]:
        """Go over what may be a comment or a command."""
        if mark == "\\":
            return self._command(at)
        return self._line_comment(at) if mark == "-" else self._block_comment(at)

    def _take(self, mark: str, match: re.Match[str]) -> None:
        """Go over something that neither ends a statement nor is told."""
        at = match.start()
        if mark == "'":
            self._literal(at)
        elif mark == '"':
            self._pos = self._behind('"', at + 1)
        elif mark == "$":
            self._dollar(at)
        else:
            self._word(match.group().lower(), at)
            self._pos = match.end()

    def _finish(self, end: int) -> _Event:
        """Close the statement, whose text ends before ``end``."""
        start = self._start
        if self._aside_end >= 0 and self._is_blank(self._aside_end, end):
            end = self._aside_start
        if self._reads_data:
            self._await_data()
        self._forget()
        return (True, start, _rstripped(self._text, end))

    def _behind(self, mark: str, pos: int) -> int:
        found = self._text.find(mark, pos, self._limit)
        return self._limit if found < 0 else found + len(mark)

    def _line_end(self, pos: int) -> int:
        if not self._line.start <= pos <= self._line.end:
            match = _NEWLINE.search(self._text, pos)
            self._line = Span(pos, len(self._text) if match is None else match.start())
        return min(self._line.end, self._limit)

    def _is_blank(self, start: int, end: int) -> bool:
        match = _BLANK.match(self._text, start, end)
        return match is not None and match.end() == end

    def _aside(self, start: int, end: int) -> None:
        """Note what is no part of the statement if nothing of it follows."""
        if self._aside_end < 0 or not self._is_blank(self._aside_end, start):
            self._aside_start = start
        self._aside_end = end

    # Comments

    def _line_comment(self, at: int) -> Optional[_Event]:
        if not self._text.startswith("--", at, self._limit):
            self._pos = at + 1
            return None
        self._pos = self._line_end(at)
        self._aside(at, self._pos)
        return (False, at, self._pos)

    def _block_comment(self, at: int) -> Optional[_Event]:
        if not self._text.startswith("/*", at, self._limit):
            self._pos = at + 1
            return None
        depth, pos = 1, at + 2
        while depth:
            match = _COMMENT_EDGE.search(self._text, pos, self._limit)
            if match is None:
                pos = self._limit
                break
            depth += 1 if match.group() == "/*" else -1
            pos = match.end()
        self._pos = pos
        self._aside(at, pos)
        return (False, at, pos)

    # Quotes. A doubled quote needs no care in a plain literal: it is two literals side by side.

    def _literal(self, at: int) -> None:
        if not self._has_escapes(at):
            self._pos = self._behind("'", at + 1)
            return
        text, pos = self._text, at + 1
        while True:
            match = _IN_ESCAPED.search(text, pos, self._limit)
            if match is None:
                self._pos = self._limit
                return
            pos = match.end() + 1
            if match.group() == "'" and not text.startswith("'", match.end(), self._limit):
                break
        self._pos = match.end()

    def _has_escapes(self, at: int) -> bool:
        """Whether this literal is an ``E'...'``.

        A second part of one, on a line of its own, isn't: psql reads line by line.
        """
        text = self._text
        if at <= self._start or text[at - 1] not in "eE":
            return False
        if text.endswith(":", 0, at - 1) and not text.endswith("::", 0, at - 1):
            return False  # the variable :e
        if self._pos == at:  # read by words, so that the word before is known
            return self._last == "e"
        return at - 2 < self._pos or not _in_name(text[at - 2])

    def _dollar(self, at: int) -> None:
        text = self._text
        tag = None
        if self._ends_name(at):
            rest = _NAME_REST.match(text, at, self._limit)
        else:
            rest, tag = None, _DOLLAR_TAG.match(text, at, self._limit)
        if rest is not None:
            self._pos = rest.end()
        elif tag is not None:
            self._pos = self._behind(tag.group(), tag.end())
        else:
            self._pos = at + 1  # a parameter: $1

    def _ends_name(self, at: int) -> bool:
        """Whether a name stands before, which then goes on: ``a$b$`` is a name, ``1$b$`` isn't."""
        start = at
        while start > self._pos and _in_name(self._text[start - 1]):
            start -= 1
        return start < at and _NUMBER.fullmatch(self._text, start, at) is None

    # Words

    def _word(self, word: str, at: int) -> None:
        if self._first == "create":
            if word in _WITH_BODY:
                self._first = word
            elif word not in _CREATE_MODIFIERS:
                self._pattern = _MARKS
        elif self._depth or self._text[at - 1] == ".":
            pass
        elif self._first == "copy":
            if self._last == "from" and word in ("stdin", "stdout"):  # PostgreSQL takes either
                self._reads_data = True
            elif word == "to":
                self._pattern = _MARKS
        elif word == "begin":
            self._blocks += self._last not in _BEFORE_NAME
        elif self._blocks:
            self._blocks += (word == "case") - (word == "end")
        self._last = word

    # Backslash commands, and the data that COPY reads from the script

    def _command(self, at: int) -> Optional[_Event]:
        text, after = self._text, self._text[at + 1 : at + 2]
        inside = self._start >= 0
        if after == ";" and inside and not self._depth and not self._blocks:
            self._pos = at + 2
            return self._finish(at)
        if after and after in ";:":
            self._pos = min(at + 2, self._limit)
            return None
        match = _COMMAND_NAME.match(text, at, self._limit)
        name = match.group(1) if match is not None else ""
        self._pos = self._arguments_end(at + 1 + len(name), name)
        if name == "copy" and _COPY_IN.search(text, at, self._pos):
            self._await_data()
        if inside and name in _SENDING:
            return self._finish(at)
        self._aside(at, self._pos)
        return None

    def _arguments_end(self, pos: int, name: str) -> int:
        text, end = self._text, self._line_end(pos)
        # psql throws the line away for what is no command; \! takes all of it.
        while name[:1].isalpha() and name not in _WHOLE_LINE:
            match = _IN_ARGUMENTS.search(text, pos, end)
            if match is None or match.group() == "|":  # a pipe takes the rest of the line
                break
            if match.group() == "\\":
                # Another command starts here, or a \\ after which SQL goes on.
                return match.start() + 2 * text.startswith("\\\\", match.start(), end)
            pos = _argument_end(text, match.start(), end)
        return end

    def _await_data(self) -> None:
        """The data start on the next line: psql reads the rest of this one as SQL."""
        self._copies += 1
        self._limit = self._line_end(self._pos)

    def _skip_data(self) -> None:
        text, pos = self._text, self._limit
        for _ in range(self._copies):
            match = _DATA_END.search(text, pos)
            pos = len(text) if match is None else match.end()
        self._copies = 0
        self._pos, self._limit = pos, len(text)


def _in_name(character: str) -> bool:
    return character in _NAME_CHARACTERS or character >= "\x80"


def _argument_end(text: str, at: int, end: int) -> int:
    """Behind the quoted argument that starts at ``at``; a quote doesn't reach beyond its line."""
    quote, pos = text[at], at + 1
    while quote == "'":
        match = _IN_ESCAPED.search(text, pos, end)
        if match is None:
            return end
        if match.group() == "'":
            return match.end()
        pos = match.end() + 1
    found = text.find(quote, pos, end)
    return end if found < 0 else found + 1


def _rstripped(text: str, end: int) -> int:
    """Where the text before ``end`` ends without white space, looking at little of it at once."""
    size = 64
    while end > 0:
        piece = text[max(0, end - size) : end]
        kept = len(piece.rstrip(_SPACE))
        end -= len(piece) - kept
        if kept:
            break
        size *= 2
    return end

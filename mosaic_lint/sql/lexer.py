"""Tokens of PostgreSQL, and of what SQLite and the drivers add to it.

This reads what ``scan.l`` of PostgreSQL reads (nested comments, dollar quotes, ``E''`` strings),
plus placeholders of every style and SQLite's quoted names. It never fails: what isn't closed is
one token up to the end of the text. A hole, where a value of unknown text stands, is the
character :data:`HOLE`; it may stand alone or be a part of a word, a string or a comment.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import islice
from typing import Iterator, List, NamedTuple, Optional

HOLE = "\ue000"
"""Stands for a text that isn't known (from the private use area, as no SQL has it)."""


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    QUOTED = "quoted name"
    STRING = "string"
    NUMBER = "number"
    QMARK = "question mark"
    FORMAT = "percent placeholder"
    COLON_NAME = ":name"
    DOLLAR_NAME = "$name"
    AT_NAME = "@name"
    BACKTICK = "`name`"
    OPERATOR = "operator"
    MARK = "bracket, comma, semicolon or dot"


class Token(NamedTuple):
    """A token.

    Args:
        kind: what it is.
        text: as written; a word in upper case.
        start: the offset of its first character in the text that was read.
        end: the offset behind its last character.
    """

    kind: Kind
    text: str
    start: int
    end: int


_WORD = rf"(?:[^\W\d]|{HOLE})(?:[\w$]|{HOLE})*"

_PATTERN = re.compile(
    rf"""
    (?P<space>\s+|--[^\r\n]*)
  | (?P<comment>/\*)
  | (?P<estring>[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z))
  | (?P<STRING>(?:[uU]&|[bBxXnN])?'(?:[^']|'')*(?:'|\Z))
  | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
  | (?P<QUOTED>(?:[uU]&)?"(?:[^"]|"")*(?:"|\Z))
  | (?P<WORD>{_WORD})
  | (?P<NUMBER>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<BACKTICK>`[^`]*(?:`|\Z))
  | (?P<FORMAT>%(?:\((?:[^()]*)\))?[sbt](?!\w)|%\([^()]*\)[a-zA-Z]?)
  | (?P<DOLLAR_NAME>\$(?:\w|{HOLE})+)
  | (?P<cast>::|:=)
  | (?P<COLON_NAME>:(?:\w|{HOLE})+)
  | (?P<AT_NAME>@[^\W\d]\w*)
  | (?P<QMARK>\?\d+|\?(?!\||&|\?)|\?(?=\|\|))
  | (?P<OPERATOR>!?==+|\^\?|<=>|<->|<\#>|<=|>=|<>|!=|!~~?\*?|!~|\|\|/?|\|/|->>?|\#>>?|\#-
      |@>|<@|@\?|@@@?|\?\||\?&|\?\?|&&|&<|&>|<<|>>|~~?\*?|%%|=>|\.\.|[-+*/<>=~!@\#%^&|:?\\$])
  | (?P<MARK>[()\[\],;.{{}}])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_COMMENT = re.compile(r"/\*|\*/")
_KINDS = {kind.name: kind for kind in Kind}


def tokens(text: str, start: int = 0, end: int = -1, *, limit: Optional[int] = None) -> List[Token]:
    """Read a text's tokens, without white space and comments.

    Args:
        text: SQL, with :data:`HOLE` for what isn't known.
        start: the offset where to begin.
        end: the offset where to stop; -1 for the text's end.
        limit: how many tokens to read; ``None`` for all.

    Returns:
        The tokens in order; their offsets count from the text's start.
    """
    return list(islice(_read(text, start, len(text) if end < 0 else end), limit))


def _read(text: str, position: int, end: int) -> Iterator[Token]:
    match = _PATTERN.match
    while position < end:
        found = match(text, position, end)
        if found is None:  # can't be: the last alternative takes any character
            return
        name = found.lastgroup or ""
        after = found.end()
        if name == "WORD":
            yield Token(Kind.WORD, found.group().upper(), position, after)
        elif name == "comment":
            after = _comment_end(text, position, end)
        elif name == "dollar":
            closing = text.find(found.group(), after, end)
            after = end if closing < 0 else closing + len(found.group())
            yield Token(Kind.STRING, text[position:after], position, after)
        elif name == "estring":
            yield Token(Kind.STRING, found.group(), position, after)
        elif name in ("cast", "other"):
            yield Token(Kind.OPERATOR, found.group(), position, after)
        elif name != "space":
            yield Token(_KINDS[name], found.group(), position, after)
        position = after


def _comment_end(text: str, start: int, end: int) -> int:
    """Where a comment that may hold others ends; the end of the text if it isn't closed."""
    depth = 0
    for mark in _COMMENT.finditer(text, start, end):
        depth += 1 if mark.group() == "/*" else -1
        if depth == 0:
            return mark.end()
    return end

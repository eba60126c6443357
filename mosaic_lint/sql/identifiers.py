"""Names as PostgreSQL stores them."""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional

from mosaic_lint.sql.keywords import NO_NAMES, RESERVED
from mosaic_lint.sql.lexer import HOLE, Kind, Token
from mosaic_lint.sql.statement import Statement

_MAX_BYTES = 63
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*")
_FOLDED = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Name(NamedTuple):
    """A possibly qualified name.

    Args:
        stored: the name as stored, without ``public.``; ``None`` where it isn't known.
        first: the index of its first token.
        last: the index of its last token.
    """

    stored: Optional[str]
    first: int
    last: int


def stored_name(text: str, token: Token) -> Optional[str]:
    """A token's name as PostgreSQL stores it.

    Unquoted names are folded (only ASCII is, as servers with UTF-8 do), and cut off at 63 bytes.

    Args:
        text: the text that was read.
        token: a token of it.

    Returns:
        The name; ``None`` where the token isn't one, or isn't all known.
    """
    written = text[token.start : token.end]
    if HOLE in written:
        return None
    if token.kind is Kind.WORD:
        return _cut(written.translate(_FOLDED))
    if token.kind is Kind.QUOTED and written[0] == '"' and len(written) > 2 and written[-1] == '"':
        return _cut(written[1:-1].replace('""', '"'))
    return None


def _cut(name: str) -> str:
    encoded = name.encode("utf-8", "replace")
    return name if len(encoded) <= _MAX_BYTES else encoded[:_MAX_BYTES].decode("utf-8", "ignore")


def written_name(name: str) -> str:
    """A stored name as a statement has to write it: in quotes, where it needs them."""
    if _PLAIN.fullmatch(name) and name.upper() not in NO_NAMES:
        return name
    return '"' + name.replace('"', '""') + '"'


def qualified_name(statement: Statement, index: int) -> Name:
    """The name that starts at an index: ``users``, ``app.users``, ``public."Users"``.

    Args:
        statement: a statement.
        index: the index of the name's first token.

    Returns:
        The name. Where no name stands there, one that isn't known, and that ends at the index.
    """
    parts: List[Optional[str]] = []
    position = index
    while True:
        parts.append(_part(statement, position))
        last = _part_end(statement, position)
        if statement.word(last + 1) != "." or last + 2 >= len(statement.tokens):
            break
        position = last + 2
    known = [part for part in parts if part is not None and "." not in part]
    if len(known) < len(parts) or (len(parts) == 1 and _is_reserved(statement, index)):
        return Name(None, index, last)
    if len(known) > 1 and known[-2] != "public":
        return Name(f"{known[-2]}.{known[-1]}", index, last)
    return Name(known[-1], index, last)


def _part(statement: Statement, index: int) -> Optional[str]:
    if index >= len(statement.tokens):
        return None
    return stored_name(statement.text, statement.tokens[index])


def _part_end(statement: Statement, index: int) -> int:
    """The index of the last token of a part of a name; also of names that aren't PostgreSQL's."""
    if statement.word(index) in ("[", "{"):
        closing = "]" if statement.word(index) == "[" else "}"
        behind = index + 1
        if statement.word(behind) != closing:
            behind += 1
        return behind if statement.word(behind) == closing else index
    if statement.word(index) == ":" and statement.word(index + 1)[:1] in ('"', "'"):
        return index + 1  # psql's variable
    return index


def _is_reserved(statement: Statement, index: int) -> bool:
    token = statement.tokens[index]
    return token.kind is Kind.WORD and token.text in RESERVED

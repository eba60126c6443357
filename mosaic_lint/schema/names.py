"""Names as PostgreSQL stores them, and the names that it chooses where none is given."""

from __future__ import annotations

import re
import string
from typing import Callable, List, NamedTuple, Optional, Sequence, Set

from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement

MAX_BYTES = 63
"""Bytes of a name; PostgreSQL cuts off what is beyond."""
PUBLIC = "public"

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_ESCAPE = re.compile(r"\\(?:(\\)|([0-9A-Fa-f]{4})|\+([0-9A-Fa-f]{6}))")
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")

NOT_NAMES = frozenset(
    """ALL ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC AUTHORIZATION BINARY BOTH CASE CAST
    CHECK COLLATE COLLATION COLUMN CONCURRENTLY CONSTRAINT CREATE CROSS CURRENT_CATALOG
    CURRENT_DATE CURRENT_ROLE CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEFAULT
    DEFERRABLE DESC DISTINCT DO ELSE END EXCEPT FALSE FETCH FOR FOREIGN FREEZE FROM FULL GRANT
    GROUP HAVING ILIKE IN INITIALLY INNER INTERSECT INTO IS ISNULL JOIN LATERAL LEADING LEFT LIKE
    LIMIT LOCALTIME LOCALTIMESTAMP NATURAL NOT NOTNULL NULL OFFSET ON ONLY OR ORDER OUTER OVERLAPS
    PLACING PRIMARY REFERENCES RETURNING RIGHT SELECT SESSION_USER SIMILAR SOME SYMMETRIC
    SYSTEM_USER TABLE TABLESAMPLE THEN TO TRAILING TRUE UNION UNIQUE USER USING VARIADIC VERBOSE
    WHEN WHERE WINDOW WITH""".split()
)
"""Words that name a column or a table only in quotes."""


class Name(NamedTuple):
    """A possibly qualified name.

    Args:
        schema: the schema's name; empty where none is given.
        name: the name itself.
        place: the index of the token where it begins.
    """

    schema: str
    name: str
    place: int


def cut(name: str) -> str:
    """A name without what PostgreSQL cuts off."""
    return _clipped(name, MAX_BYTES)


def _clipped(name: str, size: int) -> str:
    if len(name) * 4 <= size:
        return name
    return name.encode("utf-8", "surrogatepass")[:size].decode("utf-8", "ignore")


def folded(word: str) -> str:
    """An unquoted name: letters of ASCII in lower case."""
    return cut(word.translate(_LOWER))


def unquoted(text: str) -> Optional[str]:
    """The name in a quoted one; ``None`` where it isn't closed, empty or escaped wrongly."""
    is_escaped = text[:1] in "uU"
    inner = text[3:-1] if is_escaped else text[1:-1]
    if not inner or text[-1] != '"' or "\0" in inner:
        return None
    inner = inner.replace('""', '"')
    if is_escaped:
        rest = _ESCAPE.sub("", inner)
        if "\\" in rest:
            return None
        try:
            inner = _ESCAPE.sub(_character, inner)
        except ValueError:
            return None
    return cut(inner)


def _character(match: re.Match[str]) -> str:
    if match.group(1):
        return "\\"
    return chr(int(match.group(2) or match.group(3), 16))


def name_at(statement: Statement, index: int) -> Optional[str]:
    """The name that a token is; ``None`` where it can't be one, or isn't known."""
    if not 0 <= index < len(statement.tokens):
        return None
    token = statement.tokens[index]
    if HOLE in token.text:
        return None
    if token.kind is Kind.WORD:
        return folded(statement.text[token.start : token.end])
    if token.kind is Kind.QUOTED and statement.word(index + 1) != "UESCAPE":
        return unquoted(token.text)
    return None


def shown(schema: str, name: str) -> str:
    """A table's name as the schema shows it: without ``public.``."""
    return name if schema in ("", PUBLIC) else f"{schema}.{name}"


def quoted(name: str) -> str:
    """A name as SQL has to write it."""
    if _PLAIN.match(name) and name.upper() not in NOT_NAMES:
        return name
    return '"' + name.replace('"', '""') + '"'


def made(first: str, second: str, label: str) -> str:
    """The name that PostgreSQL makes of two others: ``makeObjectName``.

    Args:
        first: the table's name.
        second: the columns' names, or empty.
        label: what it is for, as ``key``.
    """
    room = MAX_BYTES - len(label) - 1 - bool(second)
    sizes = [len(first.encode("utf-8", "replace")), len(second.encode("utf-8", "replace"))]
    while sum(sizes) > room:
        sizes[sizes[0] <= sizes[1]] -= 1
    parts = (_exact(first, sizes[0]), _exact(second, sizes[1]), label)
    return "_".join(part for part in parts if part)


def _exact(name: str, size: int) -> str:
    return name.encode("utf-8", "replace")[:size].decode("utf-8", "ignore")


def joined(columns: Sequence[str]) -> str:
    """Columns' names in a default name: only as many as may still matter."""
    text = ""
    for column in columns:
        text += ("_" if text else "") + column
        if len(text.encode("utf-8", "replace")) > MAX_BYTES:
            break
    return text


def chosen(first: str, second: str, label: str, is_taken: Callable[[str], bool]) -> str:
    """The first default name that is free: ``t_a_key``, ``t_a_key1``...

    Args:
        first: the table's name.
        second: the columns' names, or empty.
        label: what it is for, as ``key``.
        is_taken: tells whether a name is in use.
    """
    name, number = made(first, second, label), 0
    while is_taken(name):
        number += 1
        name = made(first, second, f"{label}{number}")
    return name


def distinct(names: Sequence[str]) -> List[str]:
    """An index's column names, the repeated ones numbered as PostgreSQL does."""
    found: List[str] = []
    taken: Set[str] = set()
    for name in names:
        candidate, number = name, 0
        while candidate in taken:
            number += 1
            candidate = _exact(name, MAX_BYTES - len(str(number))) + str(number)
        found.append(candidate)
        taken.add(candidate)
    return found

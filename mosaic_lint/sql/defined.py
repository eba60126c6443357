"""What the project's own DDL defines, so that nobody takes it for SQLite's."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Callable, FrozenSet, Iterator

_NAME = r"(?:[\w$\"]+\s*\.\s*)?\"?(\w+)\"?"
_CREATED = re.compile(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:TEMP|TEMPORARY|UNLOGGED|RECURSIVE|MATERIALIZED)\s+)*"
    r"(?:FUNCTION|AGGREGATE|PROCEDURE|VIEW|TABLE|DOMAIN|TYPE|COLLATION)\s+"
    rf"(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}",
    re.IGNORECASE,
)
_CREATE = re.compile("create", re.IGNORECASE)  # lower() would copy a dump several times
_OPERATOR = re.compile(r"\bCREATE\s+OPERATOR\s+(?:[\w$\"]+\s*\.\s*)?(==)\s*\(", re.IGNORECASE)
_ROW_ID = re.compile(
    r"[(,]\s*(_?rowid_?)\s+(?:BIG|SMALL)?(?:INT|SERIAL|TEXT|UUID|NUMERIC|VARCHAR|CHAR)",
    re.IGNORECASE,
)


class Definitions:
    """Names that DDL creates: in a file itself, else anywhere in its project.

    Args:
        text: the file's text.
        project: gives the names, in upper case, that the project's DDL creates; asked only when
            the file itself doesn't know a name.
    """

    def __init__(self, text: str, project: Callable[[], FrozenSet[str]]) -> None:
        self._text = text
        self._project = project

    @cached_property
    def _own(self) -> FrozenSet[str]:
        return defined(self._text)

    def __contains__(self, name: object) -> bool:
        return name in self._own or name in self._project()


def defined(text: str) -> FrozenSet[str]:
    """The names, in upper case, of what DDL in a file's text creates.

    Over-approximates: DDL in comments and strings of any kind counts.

    Args:
        text: a file of Python or SQL.
    """
    return frozenset(name.upper() for name in _names(text))


def _names(text: str) -> Iterator[str]:
    if _CREATE.search(text) is not None:
        yield from (match.group(1) for match in _CREATED.finditer(text))
        yield from (match.group(1) for match in _OPERATOR.finditer(text))
        yield from (match.group(1) for match in _ROW_ID.finditer(text))

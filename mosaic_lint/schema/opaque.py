"""What stands in bodies that aren't run as they are read: which tables may it change?"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import List

from mosaic_lint.schema.names import Name
from mosaic_lint.schema.reader import Reader, UnreadableError
from mosaic_lint.sql.lexer import Kind, Token, tokens
from mosaic_lint.sql.statement import Statement

_DDL = re.compile(r"\b(?:table|index)\b", re.IGNORECASE)
_MAX_NESTING = 5
_OTHER_ACTIONS = frozenset(("ALTER", "DROP", "RENAME", "ATTACH"))
_GUARDS = frozenset(("IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"))


class Mentioned:
    """The tables and indexes that opaque text mentions in DDL.

    Attributes:
        tables: names behind ``CREATE``, ``ALTER`` or ``DROP TABLE``.
        added: names behind an ``ALTER TABLE`` that only adds, or of an index's table.
        indexes: names behind ``ALTER`` or ``DROP INDEX``.
    """

    def __init__(self) -> None:
        self.tables: List[Name] = []
        self.added: List[Name] = []
        self.indexes: List[Name] = []

    def read(self, statement: Statement) -> None:
        """Look into all strings of a statement."""
        for index, word in enumerate(statement.words):
            if word in ("TABLE", "INDEX"):
                self._take(statement, index, word)
            elif word == "RENAME" and statement.word(index + 1) == "TO":
                self._name(Reader(statement, index + 2), self.tables)

    def _take(self, statement: Statement, index: int, word: str) -> None:
        """The names behind ``TABLE`` or ``INDEX``, if they are changed."""
        verb = statement.word(index - 1)
        if verb in ("UNIQUE", "UNLOGGED", "FOREIGN"):
            verb = statement.word(index - 2)
        if verb not in ("CREATE", "ALTER", "DROP"):
            return
        reader = Reader(statement, index + 1)
        while reader.take_one(_GUARDS):
            pass
        if word == "TABLE":
            only_adds = verb == "ALTER" and _only_adds(reader)
            self._names(reader, self.added if only_adds else self.tables)
        elif verb != "CREATE":
            self._names(reader, self.indexes)
        else:
            if reader.word != "ON":
                reader.at += 1
            if reader.take("ON"):
                reader.take("ONLY")
                self._name(reader, self.added)

    def _names(self, reader: Reader, found: List[Name]) -> None:
        self._name(reader, found)
        while reader.take(","):
            self._name(reader, found)

    def _name(self, reader: Reader, found: List[Name]) -> None:
        with suppress(UnreadableError):
            found.append(reader.name()._replace(place=0))


def _only_adds(reader: Reader) -> bool:
    """Whether a table's name and nothing but ``ADD`` follow, up to the statement's end."""
    ahead = Reader(reader.statement, reader.at)
    try:
        ahead.name()
    except UnreadableError:
        return False
    if not ahead.take("ADD"):
        return False
    while not ahead.is_done and ahead.word != ";":
        if ahead.word in _OTHER_ACTIONS:
            return False
        ahead.at += 1
    return True


def mentioned(statement: Statement) -> Mentioned:
    """The tables and indexes that the strings of a statement mention in DDL.

    Args:
        statement: ``DO``, ``CREATE FUNCTION``, or another one with a body.
    """
    found = Mentioned()
    level = [_body(token) for token in statement.tokens if token.kind is Kind.STRING]
    for _ in range(_MAX_NESTING):
        texts, level = [text for text in level if _DDL.search(text)], []
        for text in texts:
            inner = tokens(text)
            if inner:
                found.read(Statement(text, inner))
            level.extend(_body(token) for token in inner if token.kind is Kind.STRING)
    return found


def _body(token: Token) -> str:
    """What stands between the quotes of a string."""
    text = token.text
    if text.startswith("$"):
        mark = text[: text.index("$", 1) + 1]
        return text[len(mark) :].removesuffix(mark)
    start = text.find("'") + 1
    return text[start : -1 if text.endswith("'") else None].replace("''", "'")

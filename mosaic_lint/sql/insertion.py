"""What an INSERT says: its table, columns and rows, and what it does about conflicts."""

from __future__ import annotations

from enum import Enum
from typing import Iterator, List, NamedTuple, Optional, Tuple

from mosaic_lint.sql.identifiers import Name, qualified_name, stored_name
from mosaic_lint.sql.lexer import HOLE, Kind, tokens
from mosaic_lint.sql.statement import Statement


class Source(Enum):
    """Where the rows come from."""

    VALUES = "VALUES"
    QUERY = "a query"
    DEFAULT = "DEFAULT VALUES"
    UNKNOWN = "what isn't seen"


class Target(NamedTuple):
    """An entry of the list of columns.

    Args:
        name: the column as PostgreSQL stores it; ``None`` where it isn't known.
        place: the index of its first token.
    """

    name: Optional[str]
    place: int


class Item(NamedTuple):
    """A value of a row.

    Args:
        first: the index of its first token.
        last: the index of its last token.
        is_default: whether it is the bare word DEFAULT.
    """

    first: int
    last: int
    is_default: bool


class Insertion(NamedTuple):
    """An INSERT.

    Args:
        place: the index of the token INSERT.
        table: the table; its name isn't known where it is a hole or no name.
        alias: the table's alias; ``None`` where it has none, or where it isn't known.
        columns: the list of columns; ``None`` where there is none.
        source: where the rows come from.
        source_at: the index of VALUES, DEFAULT or the query's first token.
        rows: the values of each row of VALUES; ``None`` for other sources. ``VALUES %s``, which
            ``execute_values`` fills, has no rows.
        overriding: ``SYSTEM`` or ``USER`` where it has OVERRIDING.
        is_sqlite: whether it has SQLite's ``OR``.
        has_conflict: whether it has ON CONFLICT.
        is_open: whether something that isn't known may hold an ON CONFLICT.
        end: the index behind its last token.
    """

    place: int
    table: Name
    alias: Optional[str]
    columns: Optional[Tuple[Target, ...]]
    source: Source
    source_at: int
    rows: Optional[Tuple[Tuple[Item, ...], ...]]
    overriding: Optional[str]
    is_sqlite: bool
    has_conflict: bool
    is_open: bool
    end: int


def insertions(statement: Statement) -> Iterator[Insertion]:
    """Each INSERT of a statement, also those behind WITH and in its queries."""
    is_cut = "INSERT" in statement.words and _is_cut(statement)
    for index, word in enumerate(statement.words):
        if word == "INSERT" and statement.tokens[index].kind is Kind.WORD:
            into = index + 1
            if statement.word(into) == "OR" and statement.word(into + 2) == "INTO":
                into += 2
            if statement.word(into) == "INTO" and statement.word(index - 1) != ".":
                yield _Reader(statement, index, into, is_cut).read()


def _is_cut(statement: Statement) -> bool:
    """Whether a statement goes on behind the last token that was read."""
    behind = tokens(statement.text, statement.end, limit=1)
    return bool(behind) and behind[0].text not in (";", "\\")


class _Reader:
    """Reads one INSERT from left to right.

    Args:
        statement: the statement.
        place: the index of INSERT.
        into: the index of INTO.
        is_cut: whether the statement goes on behind what was read of it.
    """

    def __init__(self, statement: Statement, place: int, into: int, is_cut: bool) -> None:
        self._statement = statement
        self._is_cut = is_cut
        self._place = place
        self._into = into
        self._at = into + 1

    def read(self) -> Insertion:
        """The whole INSERT."""
        table = qualified_name(self._statement, self._at)
        self._at = table.last + 1
        alias = self._alias()
        columns = self._columns()
        overriding = self._overriding()
        source_at = self._at
        source = self._source()
        rows = self._rows() if source is Source.VALUES else None
        end = _end(self._statement, source_at)
        return Insertion(
            self._place,
            table,
            alias,
            columns,
            source,
            source_at,
            rows,
            overriding,
            is_sqlite=self._into > self._place + 1,
            has_conflict=_has_conflict(self._statement, source_at, end),
            is_open=self._is_open(table.last + 1, source_at, end),
            end=end,
        )

    def _is_open(self, start: int, source_at: int, end: int) -> bool:
        """Whether something that isn't known may hold an ON CONFLICT, or a condition."""
        statement = self._statement
        if self._is_cut and end == len(statement.tokens):
            return True
        while statement.word(source_at) == "(":  # around the query
            closing = min(statement.closing(source_at), end)
            if _has_open_end(statement, source_at + 1, closing):
                return True
            source_at += 1
        return _has_open_end(statement, start, end)

    def _alias(self) -> Optional[str]:
        if self._statement.word(self._at) != "AS":
            return None
        found = qualified_name(self._statement, self._at + 1)
        self._at = found.last + 1
        return found.stored

    def _columns(self) -> Optional[Tuple[Target, ...]]:
        """The list of columns; parentheses around a query aren't one."""
        statement, opening = self._statement, self._at
        if statement.word(opening) != "(" or _begins_query(statement, opening):
            return None
        closing = statement.closing(opening)
        self._at = closing + 1
        if closing == len(statement.tokens):
            return ()  # cut off
        return tuple(_target(statement, *item) for item in _items(statement, opening, closing))

    def _overriding(self) -> Optional[str]:
        if self._statement.word(self._at) != "OVERRIDING":
            return None
        kind = self._statement.word(self._at + 1)
        self._at += 3
        return kind

    def _source(self) -> Source:
        statement, at = self._statement, self._at
        if statement.word(at) == "VALUES":
            return Source.VALUES
        if statement.follows(at, "DEFAULT", "VALUES"):
            return Source.DEFAULT
        return Source.QUERY if _begins_query(statement, at) else Source.UNKNOWN

    def _rows(self) -> Tuple[Tuple[Item, ...], ...]:
        statement, at = self._statement, self._at + 1
        found: List[Tuple[Item, ...]] = []
        while statement.word(at) == "(":
            closing = statement.closing(at)
            found.append(
                tuple(
                    Item(first, last, first == last and statement.word(first) == "DEFAULT")
                    for first, last in _items(statement, at, closing)
                )
            )
            if statement.word(closing + 1) != ",":
                break
            at = closing + 2
        return tuple(found)


def _begins_query(statement: Statement, index: int) -> bool:
    """Whether a query begins at an index, be it in parentheses."""
    while statement.word(index) == "(":
        index += 1
    if statement.word(index) == "VALUES":
        return statement.word(index + 1) == "("  # a column may have that name, too
    return statement.word(index) in ("SELECT", "WITH", "TABLE")


def _target(statement: Statement, first: int, last: int) -> Target:
    """An entry of the list of columns; behind a column may stand a field or subscripts."""
    if last > first and statement.word(first + 1) not in (".", "["):
        return Target(None, first)
    return Target(stored_name(statement.text, statement.tokens[first]), first)


def _items(statement: Statement, opening: int, closing: int) -> Iterator[Tuple[int, int]]:
    """The first and the last token of each item between parentheses; none for what is empty."""
    first = opening + 1
    index = first
    brackets = 0
    while index < closing:
        word = statement.words[index]
        if word == "(":
            index = min(statement.closing(index), closing)
        elif word == "[":
            brackets += 1
        elif word == "]":
            brackets = max(brackets - 1, 0)
        elif word == "," and not brackets:
            if index > first:
                yield first, index - 1
            first = index + 1
        index += 1
    if closing > first:
        yield first, closing - 1


def _end(statement: Statement, start: int) -> int:
    """The index behind the last token of what begins at an index."""
    index = start
    while index < len(statement.tokens):
        word = statement.words[index]
        if word in (")", ";"):
            return index
        if word == "INSERT" and statement.word(index + 1) in ("INTO", "OR"):
            return index  # the next command of a rule
        index = statement.closing(index) + 1 if word == "(" else index + 1
    return len(statement.tokens)


def outer(statement: Statement, start: int, end: int) -> Iterator[int]:
    """The indexes of the tokens of a part of a statement that stand in no parentheses of it."""
    index = start
    while index < end:
        yield index
        index = statement.closing(index) + 1 if statement.words[index] == "(" else index + 1


def _has_conflict(statement: Statement, start: int, end: int) -> bool:
    """Whether a part of a statement has ON CONFLICT; a join may be ON a column of that name."""
    seen = False
    for index in outer(statement, start, end):
        word = statement.words[index]
        if word == "CONFLICT" and statement.word(index - 1) == "ON":
            following = statement.word(index + 1)
            if following == "DO" or statement.follows(index + 1, "ON", "CONSTRAINT"):
                return True
            seen = seen or following == "(" or HOLE in following
        elif seen and (word == "DO" or HOLE in word):
            return True
    return False


def _has_open_end(statement: Statement, start: int, end: int) -> bool:
    """Whether a hole in a part of a statement may hold an ON CONFLICT."""
    for index in outer(statement, start, end):
        word = statement.words[index]
        if word == "RETURNING":
            return False  # ON CONFLICT stands before it
        if HOLE in word and statement.tokens[index].kind is Kind.WORD:
            return True
        if word in ("{", "%") or (statement.in_file and word[:1] == ":" and len(word) > 1):
            return word != "::"
    return False

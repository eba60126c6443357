"""Which column each value of a statement is written to."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.schema.model import Column
from mosaic_lint.sql.blocks import Block, table_name
from mosaic_lint.sql.identifiers import stored_name
from mosaic_lint.sql.insertion import Insertion, Source, insertions
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.resolve import Resolver
from mosaic_lint.sql.statement import Statement

_CASTS = frozenset(("TEXT", "VARCHAR", "JSON", "JSONB"))
_Range = Tuple[int, int]  # the first and the last token


class Target(NamedTuple):
    """A column that gets a value.

    Args:
        table: the table's name; ``None`` where it isn't known.
        column: the column's name; ``None`` where it isn't known, or goes by its place.
        place: which one of all columns it is where it goes by its place.
    """

    table: Optional[str]
    column: Optional[str]
    place: Optional[int] = None


class Written(NamedTuple):
    """What a value is written to.

    Args:
        target: the column.
        cast: the type that the value is cast to, in upper case; empty where it isn't.
    """

    target: Target
    cast: str = ""


class Writes:
    """What a statement writes.

    Args:
        statement: the statement.
        resolver: reads its names.

    Attributes:
        values: what each value that is one token is written to, by the token's index.
        rows: what the fields of a row are written to that a placeholder stands for.
        calls: what the value of a call is written to, by the index of the function's name.
    """

    def __init__(self, statement: Statement, resolver: Resolver) -> None:
        self._statement = statement
        self._resolver = resolver
        self.values: Dict[int, Written] = {}
        self.rows: Dict[int, Sequence[Target]] = {}
        self.calls: Dict[int, Target] = {}
        for insertion in insertions(statement):
            self._read_insertion(insertion)
        for block in resolver.blocks.every:
            self._read_settings(block)

    def column(self, target: Target) -> Optional[Column]:
        """The column as the schema knows it; ``None`` where that isn't sure."""
        table = self._resolver.table(target.table)
        if table is None:
            return None
        if target.column is not None:
            return table.column(target.column)
        if target.place is None or target.place >= len(table.columns):
            return None
        # several declarations, or unknown columns, may put the columns into several orders
        is_ordered = len(table.origins) == 1 and not table.additions
        return table.columns[target.place] if is_ordered else None

    def type_of(self, target: Target) -> str:
        """The column's type when the statement runs; empty where that isn't sure."""
        column = self.column(target)
        return self._resolver.type_now(column) if column is not None else ""

    # --- INSERT

    def _read_insertion(self, insertion: Insertion) -> None:
        for row in insertion.rows or ():
            if self._fits(insertion, len(row)):
                for place, item in enumerate(row):
                    self._write(_target(insertion, place), item.first, item.last)
        if insertion.source is Source.VALUES and not insertion.rows:
            self._read_row(insertion)
        elif insertion.source is Source.QUERY:
            for block in self._queries(insertion):
                self._read_query(insertion, block)

    def _fits(self, insertion: Insertion, number: int) -> bool:
        """Whether a row's values surely go to the columns at their places.

        Args:
            insertion: the INSERT.
            number: how many values are seen, of which one that isn't known may be several.
        """
        if insertion.columns is None:
            return not self._statement.has_holes
        known = all(column.name is not None for column in insertion.columns)
        return known and number == len(insertion.columns)

    def _read_row(self, insertion: Insertion) -> None:
        """``VALUES %s``, which gets one row or many."""
        index = insertion.source_at + 1
        if index < len(self._statement.tokens) and insertion.columns is not None:
            places = range(len(insertion.columns))
            self.rows[index] = [_target(insertion, place) for place in places]

    def _queries(self, insertion: Insertion) -> Sequence[Block]:
        found = self._resolver.blocks
        opened = found.opened.get(insertion.source_at)
        if opened is not None:
            return [opened] if opened.verb == "SELECT" else []
        return found.owners[insertion.place].queries

    def _read_query(self, insertion: Insertion, block: Block) -> None:
        items = list(self._resolver.items(block))
        if not self._fits(insertion, len(items)):
            return
        for place, (first, last) in enumerate(items):
            if self._statement.word(last) == "*":
                return
            if self._statement.word(last - 1) == "AS" and last - 1 > first:
                last -= 2
            self._write(_target(insertion, place), first, last)

    # --- SET

    def _read_settings(self, block: Block) -> None:
        """``SET column = value`` of an UPDATE, or of an INSERT with a conflict."""
        place = self._resolver.sources.target_place(block)
        start = self._settings_start(block)
        if place is None or start is None:
            return
        place += self._statement.word(place) == "ONLY"
        table, _ = table_name(self._statement, place)
        for first, last in self._settings(block, start):
            self._read_setting(table, first, last)

    def _settings_start(self, block: Block) -> Optional[int]:
        """Which of a block's own tokens is its SET."""
        if block.verb not in ("UPDATE", "INSERT"):
            return None
        for place, index in enumerate(block.own):
            if self._statement.words[index] == "SET" and index > block.start:
                before = self._statement.word(index - 1)
                if block.verb == "UPDATE" or before == "UPDATE":
                    return place
        return None

    def _settings(self, block: Block, start: int) -> Iterator[_Range]:
        """Each setting's first and last token."""
        words = self._statement.words
        first: Optional[int] = None
        last = -1
        brackets = 0
        for index in block.own[start + 1 :]:
            word = words[index]
            if word in ("FROM", "WHERE", "RETURNING") and words[index - 1] != "DISTINCT":
                break
            brackets += (word == "[") - (word == "]")
            if word == "," and brackets <= 0:
                if first is not None:
                    yield first, last
                first = None
                continue
            first = index if first is None else first
            last = index
        if first is not None:
            yield first, last

    def _read_setting(self, table: Optional[str], first: int, last: int) -> None:
        statement = self._statement
        if statement.word(first) == "(":
            self._read_settings_together(table, first, last)
        elif statement.word(first + 1) == "=":
            name = stored_name(statement.text, statement.tokens[first])
            self._write(Target(table, name), first + 2, last)

    def _read_settings_together(self, table: Optional[str], first: int, last: int) -> None:
        """``SET (a, b) = (1, 2)``."""
        statement = self._statement
        behind = statement.closing(first) + 1
        opening = behind + 1 + (statement.word(behind + 1) == "ROW")
        if statement.word(behind) != "=" or statement.word(opening) != "(":
            return
        if opening in self._resolver.blocks.opened or statement.closing(opening) != last:
            return
        names = self._items(first)
        values = self._items(opening)
        for name, value in zip(names, values):
            stored = stored_name(statement.text, statement.tokens[name[0]])
            self._write(Target(table, stored if name[0] == name[1] else None), *value)

    def _items(self, opening: int) -> List[_Range]:
        """The items between parentheses."""
        found: List[_Range] = []
        first = index = opening + 1
        closing = min(self._statement.closing(opening), len(self._statement.tokens) - 1)
        while index <= closing:
            word = self._statement.words[index]
            if (word == "," or index == closing) and index > first:
                found.append((first, index - 1))
            if word == ",":
                first = index + 1
            index = self._statement.closing(index) + 1 if word == "(" else index + 1
        return found

    # --- values

    def _write(self, target: Target, first: int, last: int) -> None:
        """Note the value between two tokens if it is but one, maybe cast."""
        word = self._statement.word
        while word(first) == "(" and last > first and self._statement.closing(first) == last:
            first, last = first + 1, last - 1
        if first == last:
            self.values[first] = Written(target)
        elif last == first + 2 and word(first + 1) == "::" and word(last) in _CASTS:
            self.values[first] = Written(target, word(last))
        elif word(first + 1) == "(" and self._statement.closing(first + 1) == last:
            self.calls[first] = target
        elif word(first) == "CASE" and word(last) == "END":
            self._write_branches(target, first, last)

    def _write_branches(self, target: Target, first: int, last: int) -> None:
        """``CASE WHEN ... THEN 1 ELSE 0 END``: the first of its values that is a number."""
        statement = self._statement
        inside = range(first + 1, last - 1)
        if any(statement.words[index] in ("CASE", "END") for index in inside):
            return
        for index in inside:
            value = index + 1
            is_alone = statement.word(value + 1) in ("WHEN", "ELSE", "END")
            if statement.words[index] in ("THEN", "ELSE") and is_alone:
                if statement.tokens[value].kind is Kind.NUMBER:
                    self.values[value] = Written(target)
                    return


def _target(insertion: Insertion, place: int) -> Target:
    """The column that a place in a row goes to."""
    table = insertion.table.stored
    if insertion.columns is None:
        return Target(table, None, place)
    if place < len(insertion.columns):
        return Target(table, insertion.columns[place].name)
    return Target(table, None)

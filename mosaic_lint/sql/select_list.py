"""The columns of a query's result: of SELECT, or of RETURNING.

Read by tokens, as far as it is plain: names are looked up in the tables, subselects and common
table expressions of FROM. What isn't known stays unknown.
"""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.json_types import (
    NO_NAME,
    Expressions,
    Output,
    inner,
    level,
    name_of,
    split,
)
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.select_sources import Columns, From, Source, columns_of
from mosaic_lint.sql.statement import Statement

_MAX_DEPTH = 20  # of queries in queries
_AFTER_FROM = frozenset(
    ("WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT",
     "OFFSET", "FETCH", "FOR", "RETURNING")
)  # fmt: skip
_AFTER_LIST = _AFTER_FROM | {"FROM", "INTO"}
_JOINING = frozenset(
    (",", "JOIN", "CROSS", "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "LATERAL", "ONLY")
)
_NO_ALIAS = _JOINING | frozenset(
    ("ON", "USING", "NATURAL", "SET", "TABLESAMPLE", "WITH", "AS", "VALUES", "SELECT", "DEFAULT",
     "OVERRIDING", "WHERE", "TABLE")
)  # fmt: skip
_NO_LABEL = frozenset(("NULL", "TRUE", "FALSE", "END", "CURRENT_DATE", "CURRENT_TIMESTAMP"))
_ENDING = frozenset((Kind.QUOTED, Kind.STRING, Kind.NUMBER, Kind.FORMAT))
_CHANGING = frozenset(("INSERT", "UPDATE", "DELETE"))


class SelectList(NamedTuple):
    """The columns of a result.

    Args:
        columns: in order.
    """

    columns: Columns

    def at(self, index: int) -> Optional[Output]:
        """The column at an index, as Python counts; ``None`` where that isn't known."""
        between = self.columns[: index + 1] if index >= 0 else self.columns[index:]
        if None in between or not -len(self.columns) <= index < len(self.columns):
            return None
        return self.columns[index]

    def named(self, name: str) -> Optional[Output]:
        """The column of a name; ``None`` where it isn't known, or several have it."""
        found = [c for c in self.columns if c is not None and c.name == name]
        if not found or any(column is None for column in self.columns[self._last(found[-1]) :]):
            return None
        kinds = {column.is_json_of_column for column in found}
        return found[-1] if len(kinds) == 1 else None

    def _last(self, column: Output) -> int:
        return max(index for index, other in enumerate(self.columns) if other is column)


def select_list(statement: Statement, schema: Schema) -> Optional[SelectList]:
    """The columns that a statement's result has.

    Args:
        statement: a statement.
        schema: the tables.

    Returns:
        Its columns; ``None`` where it has no result, or one that isn't read.
    """
    columns = _Reader(statement, schema).query(0, len(statement.tokens), {}, 0)
    return SelectList(columns) if columns is not None else None


_Known = Dict[str, Columns]
"""The common table expressions by name."""


class _Reader:
    """Reads the queries of one statement."""

    def __init__(self, statement: Statement, schema: Schema) -> None:
        self._statement = statement
        self._schema = schema

    def query(self, start: int, end: int, known: _Known, depth: int) -> Optional[Columns]:
        """The columns of the query in a range; of a UNION those of its first part name it."""
        start, end = inner(self._statement, start, end)
        if depth > _MAX_DEPTH:
            return None
        if self._statement.word(start) == "WITH":
            start, known = self._common(start, end, known, depth)
        word = self._statement.word(start)
        if word == "SELECT":
            return self._select(start, end, known, depth)
        if word == "(":
            return self.query(start, self._statement.closing(start) + 1, known, depth + 1)
        if word in _CHANGING:
            return self._returning(start, end, known, depth)
        return None

    def _common(self, start: int, end: int, known: _Known, depth: int) -> Tuple[int, _Known]:
        """Read WITH: where the query itself begins, and what it may read."""
        found = dict(known)
        index = start + 1 + (self._statement.word(start + 1) == "RECURSIVE")
        while index < end:
            name = name_of(self._statement, self._statement.tokens[index])
            opening = next(
                (i for i in level(self._statement, index + 1, end) if self._opens_query(i)), end
            )
            closing = min(self._statement.closing(opening), end)
            found[name] = (None,)  # what it reads of itself isn't known
            columns = self.query(opening + 1, closing, found, depth + 1)
            found[name] = self._renamed(columns or (None,), index + 1)
            index = closing + 1
            if self._statement.word(index) != ",":
                break
            index += 1
        return index, found

    def _opens_query(self, index: int) -> bool:
        before = self._statement.word(index - 1)
        return self._statement.word(index) == "(" and before in ("AS", "MATERIALIZED")

    def _renamed(self, columns: Columns, index: int) -> Columns:
        """Columns with the names that are listed in parentheses at an index, if any are."""
        statement = self._statement
        if statement.word(index) != "(" or None in columns:
            return columns
        parts = split(statement, index + 1, statement.closing(index))
        names = [name_of(statement, statement.tokens[first]) for first, _ in parts]
        kept = [column for column in columns if column is not None]
        renamed = [column._replace(name=name) for column, name in zip(kept, names)]
        return (*renamed, *kept[len(renamed) :])

    def _select(self, start: int, end: int, known: _Known, depth: int) -> Columns:
        first = self._behind_distinct(start + 1)
        last = self._clause(first, end, _AFTER_LIST)
        read = From()
        if self._statement.word(last) == "FROM":
            stop = self._clause(last + 1, end, _AFTER_FROM)
            read = self._from(last + 1, stop, known, depth)
        return self._list(first, last, read, known, depth)

    def _behind_distinct(self, index: int) -> int:
        statement = self._statement
        if statement.word(index) == "ALL":
            return index + 1
        if statement.word(index) != "DISTINCT":
            return index
        is_on = statement.follows(index + 1, "ON", "(")
        return statement.closing(index + 2) + 1 if is_on else index + 1

    def _clause(self, start: int, end: int, words: FrozenSet[str]) -> int:
        """Where the next clause begins; the end where none does."""
        statement = self._statement
        for index in level(statement, start, end):
            if statement.word(index) in words and statement.tokens[index].kind is Kind.WORD:
                before = statement.word(index - 1) if index > start else ""
                if before not in (".", "AS") and not self._is_compared(index):
                    return index
        return end

    def _is_compared(self, index: int) -> bool:
        """Whether a FROM belongs to ``IS [NOT] DISTINCT FROM``."""
        statement = self._statement
        if statement.word(index) != "FROM" or statement.word(index - 1) != "DISTINCT":
            return False
        return statement.word(index - 2) in ("IS", "NOT")

    def _returning(self, start: int, end: int, known: _Known, depth: int) -> Optional[Columns]:
        statement = self._statement
        words = {statement.word(i): i for i in reversed(list(level(statement, start, end)))}
        returning = words.get("RETURNING")
        if returning is None:
            return None
        index = start + 1
        while statement.word(index) in ("INTO", "FROM", "ONLY"):
            index += 1
        target, index = self._target(index, returning)
        sources = [target]
        is_merged = False
        if statement.word(start) != "INSERT":
            clause = "FROM" if statement.word(start) == "UPDATE" else "USING"
            begin = self._clause(index, returning, frozenset((clause,)))
            stop = self._clause(begin + 1, returning, _AFTER_FROM)
            read = self._from(begin + 1, stop, known, depth)
            sources += read.sources
            is_merged = read.is_merged
        return self._list(returning + 1, end, From(sources, is_merged), known, depth)

    # --- FROM

    def _from(self, start: int, end: int, known: _Known, depth: int) -> From:
        statement = self._statement
        sources: List[Source] = []
        is_merged = False
        index = start
        while index < end:
            word = statement.word(index)
            if word in _JOINING:
                index += 1
            elif word == "NATURAL":
                is_merged = True
                index += 1
            elif word == "USING":
                is_merged = True
                index = statement.closing(index + 1) + 1
            elif word == "ON":
                index = self._behind_condition(index + 1, end)
            elif word == "(":
                found, index = self._in_parentheses(index, end, known, depth)
                sources += found.sources
                is_merged = is_merged or found.is_merged
            else:
                source, index = self._source(index, end, known)
                sources.append(source)
        return From(sources, is_merged)

    def _behind_condition(self, start: int, end: int) -> int:
        """Where the next table begins, or what joins it."""
        statement = self._statement
        for index in level(statement, start, end):
            word = statement.word(index)
            if word in _JOINING or word == "NATURAL":
                if word in (",", "JOIN") or statement.word(index + 1) != "(":
                    return index  # "LEFT(" is a function
        return end

    def _in_parentheses(self, index: int, end: int, known: _Known, depth: int) -> Tuple[From, int]:
        """Read a subselect, or tables that are joined first."""
        statement = self._statement
        closing = min(statement.closing(index), end)
        first, _ = inner(statement, index, closing + 1)
        if statement.word(first) in ("SELECT", "WITH", "VALUES"):
            columns = self.query(index, closing + 1, known, depth + 1) or (None,)
            name, columns, behind = self._alias("", columns, closing + 1, end)
            return From([Source(name, columns)]), behind
        if depth > _MAX_DEPTH:
            return From([Source("", (None,))]), closing + 1
        found = self._from(index + 1, closing, known, depth + 1)
        name, _, behind = self._alias("", (), closing + 1, end)
        return (From([Source(name, (None,))]) if name else found), behind

    def _source(self, index: int, end: int, known: _Known) -> Tuple[Source, int]:
        """Read a table or a function with its alias."""
        statement = self._statement
        behind = min(statement.name_end(index), end)
        names = [name_of(statement, token) for token in statement.tokens[index:behind:2]]
        columns: Columns = (None,)
        if statement.word(behind) == "(":
            behind = statement.closing(behind) + 1
        elif all(names):
            columns = self._columns(names, known)
            behind += statement.word(behind) == "*"
        while statement.word(behind) in ("WITH", "ORDINALITY"):
            behind += 1
        name, columns, behind = self._alias(names[-1], columns, behind, end)
        return Source(name, columns), max(behind, index + 1)

    def _target(self, index: int, end: int) -> Tuple[Source, int]:
        """Read the table that a statement changes; a list behind it is of what is written."""
        statement = self._statement
        behind = min(statement.name_end(index), end)
        names = [name_of(statement, token) for token in statement.tokens[index:behind:2]]
        columns = self._columns(names, {}) if names and all(names) else (None,)
        behind += statement.word(behind) == "*"
        behind += statement.word(behind) == "AS"
        alias = ""
        if behind < end and statement.word(behind) not in _NO_ALIAS:
            alias = name_of(statement, statement.tokens[behind])
        return Source(alias or (names[-1] if names else ""), columns), behind

    def _columns(self, names: List[str], known: _Known) -> Columns:
        if len(names) == 1 and names[0] in known:
            return known[names[0]]
        table = self._schema.table(".".join(names[-2:]))
        if table is None:
            return (None,)
        return (*columns_of(table), None) if table.additions else tuple(columns_of(table))

    def _alias(self, name: str, columns: Columns, index: int, end: int) -> Tuple[str, Columns, int]:
        """Read an alias, and the names that it may give to columns."""
        statement = self._statement
        if statement.word(index) == "AS":
            index += 1
        if index < end and statement.word(index) not in _NO_ALIAS:
            alias = name_of(statement, statement.tokens[index])
            if alias:
                columns = self._renamed(columns, index + 1)
                is_listed = statement.word(index + 1) == "("
                index = statement.closing(index + 1) + 1 if is_listed else index + 1
                return alias, columns, index
        return name, columns, index

    # --- the list

    def _list(self, start: int, end: int, read: From, known: _Known, depth: int) -> Columns:
        def ask(first: int, last: int, deeper: int) -> Output:
            columns = self.query(first, last, known, depth + deeper) or (None,)
            return columns[0] or Output(NO_NAME)

        expressions = Expressions(self._statement, read.look, ask)
        found: List[Optional[Output]] = []
        for first, last in split(self._statement, start, end):
            found.extend(self._item(first, last, read, expressions))
        return tuple(found)

    def _item(
        self, start: int, end: int, read: From, expressions: Expressions
    ) -> Iterator[Optional[Output]]:
        """The columns that an item of the list stands for: several, if it is a star."""
        statement = self._statement
        if statement.word(end - 1) == "*" and (end - start == 1 or statement.word(end - 2) == "."):
            yield from self._starred(start, end, read)
            return
        if any(self._is_unknown(index) for index in level(statement, start, end)):
            yield None
            return
        label, behind = self._label(start, end)
        value = expressions.read(start, behind)
        yield value._replace(name=label) if label else value

    def _is_unknown(self, index: int) -> bool:
        """Whether a value stands at an index for what may be several columns."""
        token = self._statement.tokens[index]
        return token.kind is Kind.WORD and HOLE in token.text

    def _starred(self, start: int, end: int, read: From) -> Columns:
        if end - start == 1:
            return read.all(None)
        name = name_of(self._statement, self._statement.tokens[end - 3])
        return read.all(name) if name else (None,)

    def _label(self, start: int, end: int) -> Tuple[str, int]:
        """The name that an item is given, with or without AS, and where its expression ends."""
        statement = self._statement
        if end - start < 2:
            return "", end
        label = name_of(statement, statement.tokens[end - 1])
        if statement.word(end - 2) == "AS":
            return label, end - 2
        before = statement.tokens[end - 2]
        is_behind_operand = (
            before.kind in _ENDING or before.kind is Kind.WORD or before.text in (")", "]")
        )
        if not is_behind_operand or statement.word(end - 1) in _NO_LABEL:
            return "", end
        return (label, end - 1) if label else ("", end)

"""``CREATE INDEX``."""

from __future__ import annotations

from typing import FrozenSet, List, Optional, Set, Tuple

from mosaic_lint.schema.names import distinct
from mosaic_lint.schema.operations import CreateIndex
from mosaic_lint.schema.reader import Reader, UnreadableError, read_names
from mosaic_lint.sql.lexer import Kind

_COMMA: FrozenSet[str] = frozenset((",",))
_CALLED = {"EXTRACT": "extract", "COALESCE": "coalesce", "GREATEST": "greatest", "LEAST": "least",
           "NULLIF": "nullif", "ROW": "row"}  # fmt: skip


def read_index(reader: Reader, *, unique: bool, place: int) -> CreateIndex:
    """Read what stands behind ``CREATE [UNIQUE] INDEX``.

    Args:
        reader: stands behind ``INDEX``.
        unique: whether ``UNIQUE`` stands before it.
        place: the index of ``CREATE``.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    reader.take("CONCURRENTLY")
    if_not_exists = reader.take("IF", "NOT", "EXISTS")
    name = reader.part() if reader.word != "ON" else ""
    if if_not_exists and not name:
        raise UnreadableError("IF NOT EXISTS without a name")
    reader.need("ON")
    reader.take("ONLY")
    table = reader.name()
    method = reader.part() if reader.take("USING") else "btree"
    columns, labels, words = _items(reader)
    if reader.take("INCLUDE"):
        included = reader.columns()
        labels.extend(included)
        words.update(included)
    partial = _rest(reader, words)
    return CreateIndex(
        name,
        table,
        tuple(columns),
        tuple(distinct(labels)),
        frozenset(words),
        unique,
        partial,
        method,
        if_not_exists,
        place,
    )


def _items(reader: Reader) -> Tuple[List[Optional[str]], List[str], Set[str]]:
    """Columns or expressions in parentheses."""
    reader.need("(")
    columns: List[Optional[str]] = []
    labels: List[str] = []
    words: Set[str] = set()
    while True:
        column, label = _item(reader, words)
        columns.append(column)
        labels.append(label)
        reader.until(_COMMA)  # the operator class, its options, the order
        if reader.take(")"):
            return columns, labels, words
        reader.need(",")


def _item(reader: Reader, words: Set[str]) -> Tuple[Optional[str], str]:
    """A column, or an expression, and its part of the default name."""
    start = reader.at
    if reader.word == "(":
        inner, end = reader.group()
        label, column = _figured(reader, inner, end), _plain(reader, inner, end)
        words.update(read_names(reader.statement, inner, end))
        return column, column or label
    if reader.ahead(1) not in ("(", "."):
        column = reader.part()
        return column, column
    while reader.ahead(1) == ".":
        reader.at += 2
    label = _called(reader, reader.at)
    reader.at += 1
    reader.group()
    words.update(read_names(reader.statement, start, reader.at))
    return None, label


def _plain(reader: Reader, start: int, end: int) -> Optional[str]:
    """The column, where an expression is nothing else."""
    while end - start > 2 and reader.statement.word(start) == "(":
        if reader.statement.closing(start) != end - 1:
            return None
        start, end = start + 1, end - 1
    if end - start != 1:
        return None
    kind = reader.statement.tokens[start].kind
    if kind not in (Kind.WORD, Kind.QUOTED):
        return None
    return Reader(reader.statement, start).part()


def _called(reader: Reader, index: int) -> str:
    word = reader.statement.word(index)
    return _CALLED[word] if word in _CALLED else Reader(reader.statement, index).part(label=True)


def _figured(reader: Reader, start: int, end: int) -> str:
    """The name of an expression: that of the function, of a cast, or ``expr``."""
    statement = reader.statement
    while statement.word(start) == "(" and statement.closing(start) == end - 1:
        start, end = start + 1, end - 1
    if statement.word(start) == "CASE":
        return "case"
    if statement.word(start) == "(" and statement.word(end - 2) == ".":
        if statement.closing(start) == end - 3:
            return _called(reader, end - 1)  # a field of a composite value
    index = start
    while statement.word(index + 1) == ".":
        index += 2
    if index >= end or statement.tokens[index].kind not in (Kind.WORD, Kind.QUOTED):
        return "expr"
    behind = index + 1
    if statement.word(behind) == "(":
        behind = statement.closing(behind) + 1
    return _called(reader, index) if _are_casts(reader, behind, end) else "expr"


def _are_casts(reader: Reader, start: int, end: int) -> bool:
    """Whether nothing but casts and collations stands between two indexes."""
    statement = reader.statement
    return start >= end or (
        statement.word(start) in ("::", "COLLATE")
        and not any(
            statement.tokens[index].kind is Kind.OPERATOR and statement.word(index) != "::"
            for index in range(start, end)
        )
    )


def _rest(reader: Reader, words: Set[str]) -> bool:
    """Step over what stands behind the columns; whether the index is partial."""
    while not reader.is_done:
        if reader.take("NULLS", "NOT", "DISTINCT") or reader.take("NULLS", "DISTINCT"):
            continue
        if reader.take("WITH"):
            reader.group()
        elif reader.take("TABLESPACE"):
            reader.part()
        elif reader.take("WHERE"):
            start, end = reader.until(frozenset(("CREATE",)))
            if start == end:
                raise UnreadableError("WHERE without a condition")
            words.update(read_names(reader.statement, start, end))
            return True
        elif reader.word == "CREATE":
            return False  # the next part of CREATE SCHEMA
        else:
            raise UnreadableError(f"{reader.word[:30]} behind the index's columns")
    return False

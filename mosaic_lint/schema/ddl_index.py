"""``CREATE INDEX``."""

from __future__ import annotations

from typing import FrozenSet, List, Optional, Set, Tuple

from mosaic_lint.schema.figured import bare, figured
from mosaic_lint.schema.names import NOT_NAMES, distinct
from mosaic_lint.schema.operations import CreateIndex
from mosaic_lint.schema.reader import Reader, UnreadableError, read_names
from mosaic_lint.sql.lexer import Kind

_COMMA: FrozenSet[str] = frozenset((",",))


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
    columns, labels, words, is_plain = _items(reader)
    include = reader.columns() if reader.take("INCLUDE") else ()
    labels.extend(include)
    words.update(include)
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
        include,
        is_plain,
    )


def _items(reader: Reader) -> Tuple[List[Optional[str]], List[str], Set[str], bool]:
    """Columns or expressions in parentheses, and whether nothing else stands there."""
    reader.need("(")
    columns: List[Optional[str]] = []
    labels: List[str] = []
    words: Set[str] = set()
    is_plain = True
    while True:
        column, label = _item(reader, words)
        columns.append(column)
        labels.append(label)
        start, end = reader.until(_COMMA)  # the operator class, its options, the order
        is_plain = is_plain and start == end
        if reader.take(")"):
            return columns, labels, words, is_plain
        reader.need(",")


def _item(reader: Reader, words: Set[str]) -> Tuple[Optional[str], str]:
    """A column, or an expression, and its part of the default name."""
    start = reader.at
    if reader.word == "(":
        inner, end = reader.group()
        label, column = figured(reader.statement, inner, end), _plain(reader, inner, end)
        words.update(read_names(reader.statement, inner, end))
        return column, column or label
    if reader.ahead(1) not in ("(", "."):
        column = reader.part()
        return column, column
    while reader.ahead(1) == ".":
        reader.at += 2
    reader.at += 1
    reader.group()
    label = figured(reader.statement, start, reader.at)
    words.update(read_names(reader.statement, start, reader.at))
    return None, label


def _plain(reader: Reader, start: int, end: int) -> Optional[str]:
    """The column, where an expression is nothing else."""
    start, end = bare(reader.statement, start, end)
    if end - start != 1:
        return None
    kind = reader.statement.tokens[start].kind
    if kind is not Kind.QUOTED and (
        kind is not Kind.WORD or reader.statement.word(start) in NOT_NAMES
    ):
        return None
    return Reader(reader.statement, start).part()


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

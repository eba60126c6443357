"""Whether an INSERT that runs a second time meets the rows of the first time."""

from __future__ import annotations

from typing import FrozenSet, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.schema.model import Table
from mosaic_lint.sql.insertion import Insertion, Item, Source, outer
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement

_GENERATORS = frozenset(
    ("NEXTVAL", "GEN_RANDOM_UUID", "GEN_RANDOM_BYTES", "UUID_GENERATE_V1", "UUID_GENERATE_V1MC",
     "UUID_GENERATE_V4", "UUIDV4", "UUIDV7")
)  # fmt: skip
"""Functions whose value is another one each time, and so is what is made of it."""
_CLOCKS = frozenset(
    ("NOW", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CLOCK_TIMESTAMP", "STATEMENT_TIMESTAMP",
     "TRANSACTION_TIMESTAMP")
)  # fmt: skip
_BEHIND_ITEMS = frozenset(
    ("FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "ORDER",
     "LIMIT", "OFFSET", "FETCH", "FOR", "ON", "RETURNING")
)  # fmt: skip
_SET_OPERATIONS = frozenset(("UNION", "INTERSECT", "EXCEPT"))


class _Written(NamedTuple):
    """What one row writes.

    Args:
        columns: the columns that get a value of the program's.
        nulls: those that get NULL, which collides with nothing.
    """

    columns: FrozenSet[str]
    nulls: FrozenSet[str]


def colliding_key(
    statement: Statement, insertion: Insertion, table: Table
) -> Optional[Tuple[str, ...]]:
    """The columns of the first key that an INSERT writes all of; the primary key comes first.

    Args:
        statement: the statement around the INSERT.
        insertion: the INSERT.
        table: its table, which is known for sure.
    """
    rows = list(_rows(statement, insertion, table))
    for columns, is_primary in _keys(table):
        for row in rows:
            if row.columns.issuperset(columns) and (is_primary or row.nulls.isdisjoint(columns)):
                return columns
    return None


def _keys(table: Table) -> Iterator[Tuple[Tuple[str, ...], bool]]:
    """The columns of whatever must be unique, and whether that is the primary key."""
    for key in sorted(table.keys, key=lambda key: not key.primary):
        yield key.columns, key.primary
    for index in table.indexes:
        columns = tuple(column for column in index.columns if column is not None)
        if index.unique and not index.partial and len(columns) == len(index.columns):
            yield columns, False


def _rows(statement: Statement, insertion: Insertion, table: Table) -> Iterator[_Written]:
    if insertion.source is Source.VALUES:
        names = _names(insertion, table)
        if not insertion.rows:  # execute_values fills them: at least the first column
            yield _written(names if insertion.columns is not None else names[:1], ())
        for row in insertion.rows or ():
            yield _row(statement, insertion, table, row)
    elif insertion.source is Source.QUERY:
        yield _selected(statement, insertion, table)


def _names(insertion: Insertion, table: Table) -> List[Optional[str]]:
    """The columns that values go to, in order; without a list the table's first ones."""
    if insertion.columns is not None:
        return [target.name for target in insertion.columns]
    return [column.name for column in table.columns]


def _row(statement: Statement, insertion: Insertion, table: Table, row: Sequence[Item]) -> _Written:
    """What a row of VALUES writes.

    A hole may stand for several values, and of values that are joined only one may be seen.
    """
    names = _names(insertion, table)
    unsure = next((i for i, item in enumerate(row) if statement.word(item.first) == HOLE), None)
    sure = row if unsure is None or len(row) == len(names) else row[:unsure]
    found = _of_items(statement, insertion, table, zip(names, sure))
    rest = names[len(sure) :] if insertion.columns is not None else ()
    return found._replace(columns=found.columns.union(name for name in rest if name is not None))


def _of_items(
    statement: Statement,
    insertion: Insertion,
    table: Table,
    items: Iterable[Tuple[Optional[str], Item]],
) -> _Written:
    written: List[Optional[str]] = []
    nulls: List[str] = []
    for name, item in items:
        if name is None or item.is_default or _is_new(statement, item):
            continue
        if insertion.overriding == "USER" and _is_generated(table, name):
            continue
        written.append(name)
        if _is_null(statement, item):
            nulls.append(name)
    return _written(written, nulls)


def _written(names: Iterable[Optional[str]], nulls: Iterable[str]) -> _Written:
    return _Written(frozenset(name for name in names if name is not None), frozenset(nulls))


def _is_generated(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.generated


def _is_new(statement: Statement, item: Item) -> bool:
    """Whether a value is another one each time: a sequence's, a random one, or the time."""
    if statement.word(item.first) in _CLOCKS:
        return item.last == item.first or statement.closing(item.first + 1) == item.last
    return any(
        statement.words[index] in _GENERATORS and statement.word(index + 1) == "("
        for index in range(item.first, item.last + 1)
    )


def _is_null(statement: Statement, item: Item) -> bool:
    behind = statement.word(item.first + 1)
    return statement.word(item.first) == "NULL" and (item.last == item.first or behind == "::")


def _selected(statement: Statement, insertion: Insertion, table: Table) -> _Written:
    """What a query writes; without a list of columns at least one column an item."""
    names = _names(insertion, table)
    items = _select_items(statement, insertion)
    if items is None:
        return _written(names if insertion.columns is not None else names[:1], ())
    stars = [i for i, item in enumerate(items) if statement.word(item.last) == "*"]
    sure = items[: stars[0]] if stars else items
    found = _of_items(statement, insertion, table, zip(names, sure))
    count = len(names) if insertion.columns is not None else len(items)
    rest = names[len(sure) : count]
    return found._replace(columns=found.columns.union(name for name in rest if name is not None))


def _select_items(statement: Statement, insertion: Insertion) -> Optional[List[Item]]:
    """The items of a single SELECT; ``None`` where there are several, or none is seen."""
    start, end = insertion.source_at, insertion.end
    while statement.word(start) == "(":
        start, end = start + 1, min(statement.closing(start), end)
    words = [(index, statement.words[index]) for index in outer(statement, start, end)]
    if any(word in _SET_OPERATIONS for _, word in words):
        return None
    first = next((index for index, word in words if word == "SELECT"), None)
    if first is None:
        return None
    return _split(statement, _behind_distinct(statement, first + 1), end)


def _behind_distinct(statement: Statement, index: int) -> int:
    if statement.word(index) in ("ALL", "DISTINCT"):
        index += 1
        if statement.word(index) == "ON" and statement.word(index + 1) == "(":
            index = statement.closing(index + 1) + 1
    return index


def _split(statement: Statement, start: int, end: int) -> List[Item]:
    """The items of a select list."""
    found: List[Item] = []
    first = last = start
    brackets = 0
    for index in outer(statement, start, end):
        word = statement.words[index]
        if word in _BEHIND_ITEMS:
            break
        brackets += (word == "[") - (word == "]")
        if word == "," and not brackets:
            found.append(Item(first, last, is_default=False))
            first = index + 1
        last = statement.closing(index) if word == "(" else index
    if last >= first:
        found.append(Item(first, min(last, end - 1), is_default=False))
    return found

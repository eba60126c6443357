"""Constraints of tables and columns."""

from __future__ import annotations

from typing import FrozenSet, List, Tuple

from mosaic_lint.schema.names import Name
from mosaic_lint.schema.operations import (
    CheckMade,
    Constraint,
    ForeignKeyMade,
    KeyMade,
    NotNullMade,
)
from mosaic_lint.schema.reader import Reader, UnreadableError, read_names

_COMMA: FrozenSet[str] = frozenset((",",))


_DEFERRABLE = frozenset(("NOT", "DEFERRABLE", "INITIALLY", "ENFORCED"))
_TABLE_CONSTRAINTS = frozenset(("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "NOT"))


def is_constraint(reader: Reader) -> bool:
    """Whether a table constraint comes next, and no column."""
    if reader.word == "EXCLUDE":
        return reader.ahead(1) in ("USING", "(")
    return reader.word in _TABLE_CONSTRAINTS


def take_deferrable(reader: Reader) -> bool:
    """Step over ``DEFERRABLE`` and the like, if one comes next."""
    if reader.word not in _DEFERRABLE:
        return False
    return (
        reader.take("DEFERRABLE")
        or reader.take("NOT", "DEFERRABLE")
        or reader.take("INITIALLY", "DEFERRED")
        or reader.take("INITIALLY", "IMMEDIATE")
        or reader.take("ENFORCED")
        or reader.take("NOT", "ENFORCED")
    )


def read_column_key(reader: Reader, name: str, column: str) -> KeyMade:
    """Step over ``PRIMARY KEY`` or ``UNIQUE`` at a column.

    Args:
        reader: stands at the first word.
        name: the constraint's name.
        column: the column's name.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    place = reader.at
    primary = reader.take("PRIMARY", "KEY")
    options: Tuple[str, ...] = ()
    if not primary:
        reader.need("UNIQUE")
        options = _nulls(reader)
    options += _index_options(reader)
    return KeyMade(name, (column,), primary, place, options=options)


def _nulls(reader: Reader) -> Tuple[str, ...]:
    if reader.take("NULLS", "NOT", "DISTINCT"):
        return ("NULLS NOT DISTINCT",)
    reader.take("NULLS", "DISTINCT")
    return ()


def _index_options(reader: Reader) -> Tuple[str, ...]:
    """Step over what may stand behind a key; what of it makes keys different."""
    found: List[str] = []
    while True:
        if reader.take("WITH"):
            reader.group()
        elif reader.take("USING", "INDEX", "TABLESPACE"):
            reader.part()
        elif reader.word in ("DEFERRABLE", "INITIALLY") and take_deferrable(reader):
            found = ["DEFERRABLE"]
        elif not take_deferrable(reader):
            return tuple(found)


def read_reference(reader: Reader) -> Tuple[Name, Tuple[str, ...]]:
    """Step over what stands behind ``REFERENCES``: the table, and its columns."""
    target = reader.name()
    columns = reader.columns() if reader.word == "(" else ()
    if reader.take("MATCH"):
        reader.at += 1
    while reader.take("ON"):
        reader.at += 1  # DELETE or UPDATE
        if reader.take("SET"):
            reader.at += 1
            if reader.word == "(":
                reader.group()
        elif not reader.take("NO", "ACTION"):
            reader.at += 1
    return target, columns


def read_constraint(reader: Reader) -> Constraint:
    """Step over a table constraint.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    name = reader.part() if reader.take("CONSTRAINT") else ""
    place = reader.at
    made: Constraint
    if reader.word in ("PRIMARY", "UNIQUE"):
        made = _table_key(reader, name)
    elif reader.take("FOREIGN", "KEY"):
        columns = reader.columns()
        reader.need("REFERENCES")
        target, target_columns = read_reference(reader)
        made = ForeignKeyMade(name, columns, target, target_columns, place)
    elif reader.take("CHECK"):
        start, end = reader.group()
        made = CheckMade(name, read_names(reader.statement, start, end), place)
    elif reader.take("NOT", "NULL"):
        made = NotNullMade(name, reader.part(), place)
    elif reader.take("EXCLUDE"):
        made = _exclusion(reader, name, place)
    else:
        raise UnreadableError(f"{reader.word[:30] or 'the end'} where a constraint should be")
    while reader.take("NO", "INHERIT") or reader.take("NOT", "VALID") or take_deferrable(reader):
        pass
    return made


def _table_key(reader: Reader, name: str) -> KeyMade:
    place = reader.at
    primary = reader.take("PRIMARY", "KEY")
    if not primary:
        reader.need("UNIQUE")
    if reader.take("USING", "INDEX"):
        index = reader.part()
        return KeyMade(name, (), primary, place, using_index=index, options=_index_options(reader))
    options = () if primary else _nulls(reader)
    columns = reader.columns()
    include = reader.columns() if reader.take("INCLUDE") else ()
    options += _index_options(reader)
    return KeyMade(name, columns, primary, place, include, "", options)


def _exclusion(reader: Reader, name: str, place: int) -> CheckMade:
    """An exclusion constraint; the columns' names in its default name aren't all known."""
    start = reader.at
    if reader.take("USING"):
        reader.part()
    inner, end = reader.group()
    labels = _labels(reader, inner, end)
    reader.until(_COMMA)
    return CheckMade(name, read_names(reader.statement, start, reader.at), place, labels)


def _labels(reader: Reader, start: int, end: int) -> Tuple[str, ...]:
    """The columns of ``EXCLUDE (a WITH =, b WITH &&)``."""
    inner = Reader(reader.statement, start)
    found: List[str] = []
    while inner.at < end:
        before = inner.at
        is_plain = inner.ahead(1) not in ("(", ".")
        found.append(inner.part() if inner.word != "(" and is_plain else "expr")
        inner.at = max(inner.at, before)
        inner.until(_COMMA)
        inner.take(",")
        if inner.at == before:
            break
    return tuple(found)

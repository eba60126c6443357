"""``ALTER TABLE``, with all its actions."""

from __future__ import annotations

from typing import FrozenSet, List, Optional

from mosaic_lint.schema.ddl_constraint import is_constraint, read_constraint
from mosaic_lint.schema.ddl_table import read_column
from mosaic_lint.schema.names import Name
from mosaic_lint.schema.operations import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    Doubtful,
    DropColumn,
    DropConstraint,
    RenameColumn,
    RenameConstraint,
    RenameTo,
    SetDefault,
    SetGenerated,
    SetNotNull,
    SetSchema,
    SetType,
)
from mosaic_lint.schema.reader import Reader, UnreadableError
from mosaic_lint.schema.types import read_type

_COMMA: FrozenSet[str] = frozenset((",",))
# What is altered without a change of columns, keys and indexes.
_HARMLESS = frozenset(
    """OWNER SET RESET ENABLE DISABLE FORCE NO VALIDATE CLUSTER REPLICA INHERIT OPTIONS DEPENDS
    NOT OF""".split()
)


def read_alter(reader: Reader, kind: str, place: int) -> AlterTable:
    """Read what stands behind ``ALTER TABLE``.

    Args:
        reader: stands behind the kind.
        kind: ``table``, ``view``...
        place: the index of ``ALTER``.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    if_exists = reader.take("IF", "EXISTS")
    reader.take("ONLY")
    name = reader.name()
    reader.take("*")
    actions: List[Action] = []
    while True:
        action = _action(reader, name)
        if action is not None:
            actions.append(action)
        if reader.is_done:
            return AlterTable(name, if_exists, tuple(actions), kind, place)
        reader.need(",")


def _action(reader: Reader, table: Name) -> Optional[Action]:
    """Step over an action; ``None`` for one that changes nothing of the schema."""
    place = reader.at
    if reader.take("ADD"):
        return _add(reader, place)
    if reader.take("DROP"):
        return _drop(reader, place)
    if reader.take("ALTER"):
        return _alter(reader, place)
    if reader.take("RENAME"):
        return _rename(reader, place)
    if reader.take("SET", "SCHEMA"):
        return SetSchema(reader.part(), place)
    if reader.take("ATTACH", "PARTITION"):
        part = None if table.name == "" else _attached(reader)
        return Doubtful("is made a partition of another table", part, place)
    if reader.take("DETACH", "PARTITION"):
        _skip(reader)
        return None
    if reader.word in _HARMLESS:
        _skip(reader)
        return None
    raise UnreadableError(f"{reader.word[:30] or 'the end'} where an action should be")


def _attached(reader: Reader) -> Optional[Name]:
    """The table that is attached, or the index."""
    part = reader.name()
    _skip(reader)
    return part


def _skip(reader: Reader) -> None:
    """Step over the rest of an action."""
    reader.at += 1
    reader.until(_COMMA)


def _add(reader: Reader, place: int) -> Action:
    if is_constraint(reader):
        return AddConstraint(read_constraint(reader), place)
    reader.take("COLUMN")
    if_not_exists = reader.take("IF", "NOT", "EXISTS")
    return AddColumn(read_column(reader), if_not_exists, place)


def _drop(reader: Reader, place: int) -> Action:
    is_constraint = reader.take("CONSTRAINT")
    if not is_constraint:
        reader.take("COLUMN")
    if_exists = reader.take("IF", "EXISTS")
    name = reader.part()
    cascade = reader.take("CASCADE")
    if not cascade:
        reader.take("RESTRICT")
    made = DropConstraint if is_constraint else DropColumn
    return made(name, if_exists, cascade, place)


def _alter(reader: Reader, place: int) -> Optional[Action]:
    if reader.take("CONSTRAINT"):
        _skip(reader)
        return None
    reader.take("COLUMN")
    column = reader.part()
    if reader.take("TYPE") or reader.take("SET", "DATA", "TYPE"):
        return _type(reader, column, place)
    if reader.take("SET", "NOT", "NULL"):
        return SetNotNull(column, True, place)
    if reader.take("DROP", "NOT", "NULL"):
        return SetNotNull(column, False, place)
    if reader.take("SET", "DEFAULT"):
        start, end = reader.until(_COMMA)
        if start == end:
            raise UnreadableError("DEFAULT without a value")
        return SetDefault(column, reader.written(start, end), (start, end), place)
    if reader.take("DROP", "DEFAULT"):
        return SetDefault(column, None, (0, 0), place)
    if reader.take("ADD", "GENERATED"):
        _skip(reader)
        return SetGenerated(column, "identity", False, place)
    if reader.take("DROP", "IDENTITY"):
        return SetGenerated(column, "no identity", reader.take("IF", "EXISTS"), place)
    if reader.take("DROP", "EXPRESSION"):
        return SetGenerated(column, "no expression", reader.take("IF", "EXISTS"), place)
    if reader.word in ("SET", "RESET", "RESTART", "OPTIONS"):
        _skip(reader)
        return None
    raise UnreadableError(f"{reader.word[:30] or 'the end'} where an action should be")


def _type(reader: Reader, column: str, place: int) -> SetType:
    type = read_type(reader)
    if type.serial:
        raise UnreadableError("a serial type, which no column can be made")
    if reader.take("COLLATE"):
        reader.name()
    if reader.take("USING"):
        reader.until(_COMMA)
    return SetType(column, type, place)


def _rename(reader: Reader, place: int) -> Action:
    if reader.take("TO"):
        return RenameTo(reader.part(), place)
    is_constraint = reader.take("CONSTRAINT")
    if not is_constraint:
        reader.take("COLUMN")
    old = reader.part()
    reader.need("TO")
    new = reader.part()
    return RenameConstraint(old, new, place) if is_constraint else RenameColumn(old, new, place)

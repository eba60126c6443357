"""Foreign keys by whose columns no index can be searched."""

from __future__ import annotations

from typing import Iterable, Iterator, NamedTuple, Optional, Tuple

from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.model import Schema
from mosaic_lint.schema.names import Name, shown
from mosaic_lint.schema.operations import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    ColumnMade,
    Constraint,
    CreateTable,
    ForeignKeyMade,
)
from mosaic_lint.sql.statement import Statement


class Unindexed(NamedTuple):
    """A foreign key that lacks an index.

    Args:
        place: the index of ``REFERENCES`` or ``FOREIGN``.
        table: its table.
        columns: its columns in order.
        target: the table that it points to.
    """

    place: int
    table: str
    columns: Tuple[str, ...]
    target: str


def unindexed(statement: Statement, schema: Schema, *, created_only: bool) -> Iterator[Unindexed]:
    """The foreign keys of a statement that no index of the whole schema serves.

    Args:
        statement: one statement.
        schema: the schema as it is in the end.
        created_only: pass over ``ALTER TABLE``.
    """
    for operation in operations(statement):
        if isinstance(operation, CreateTable) and not operation.temporary:
            made = _foreign_keys(operation.parts)
        elif isinstance(operation, AlterTable) and operation.kind == "table" and not created_only:
            made = _foreign_keys(_added(operation.actions))
        else:
            continue
        table = schema.table(_shown(operation.name))
        if table is None or table.additions:  # an index may be among them
            continue
        for key in made:
            target = _shown(key.target)
            is_there = (key.columns, target) in table.pointing  # no later statement dropped it
            if is_there and frozenset(key.columns) not in table.led:
                yield Unindexed(key.place, table.name, key.columns, target)


def _shown(name: Name) -> str:
    return shown(name.schema, name.name)


def _added(actions: Iterable[Action]) -> Iterator[object]:
    """The columns and constraints that ALTER TABLE adds."""
    for action in actions:
        if isinstance(action, AddColumn):
            yield action.column
        elif isinstance(action, AddConstraint):
            yield action.constraint


def _foreign_keys(parts: Iterable[object]) -> Iterator[ForeignKeyMade]:
    for part in parts:
        constraints: Tuple[Optional[Constraint], ...] = ()
        if isinstance(part, ColumnMade):
            constraints = part.constraints
        elif isinstance(part, ForeignKeyMade):
            constraints = (part,)
        for constraint in constraints:
            if isinstance(constraint, ForeignKeyMade):
                yield constraint

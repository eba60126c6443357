"""What several declarations of the same tables agree on."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence, Set, Tuple, TypeVar

from mosaic_lint.schema.model import (
    Column,
    ForeignKey,
    Index,
    Key,
    Schema,
    Table,
    Thing,
    schema_of,
)

_Item = TypeVar("_Item")


def merged(declarations: Sequence[Schema]) -> Schema:
    """Several declarations as one schema.

    Where a table is declared by several of them, only what all agree on counts. Where it is only
    altered, what that adds counts as well. All doubts remain.

    Args:
        declarations: the schemas, the most important one first: where there is an order, of
            columns for example, it is the first one's.
    """
    if len(declarations) == 1:
        return declarations[0]
    found: Dict[str, List[Table]] = {}
    things: Dict[Tuple[str, str], Thing] = {}
    for schema in declarations:
        for table in schema:
            found.setdefault(table.name, []).append(table)
        for thing in schema.things:
            things.setdefault((thing.kind, thing.name), thing)
    tables = {name: _table(several) for name, several in found.items()}
    return schema_of(tables, tuple(things.values()))


def _table(several: Sequence[Table]) -> Table:
    if len(several) == 1:
        return several[0]
    declared = [table for table in several if table.origins]
    altered = [table for table in several if not table.origins]
    base = _agreed(declared) if declared else altered.pop(0)
    for table in altered:
        base = _with(base, table)
    if sum(bool(table.columns) for table in altered) > 1:
        base = replace(base, is_ordered=False)  # which of them comes first?
    doubts = tuple(dict.fromkeys(doubt for table in several for doubt in table.doubts))
    additions = tuple(dict.fromkeys(added for table in several for added in table.additions))
    is_ordered = base.is_ordered and not additions
    return replace(base, doubts=doubts, additions=additions, is_ordered=is_ordered)


def _agreed(tables: Sequence[Table]) -> Table:
    """What all declarations say."""
    first = tables[0]
    if len(tables) == 1:
        return first
    unique = [_unique(table) for table in tables[1:]]
    keys = [_key_of_all(key, tables) for key in first.keys if _is_in_all(key.columns, unique)]
    indexes = _common([table.indexes for table in tables], _index)
    indexes += [
        index
        for index in first.indexes
        if index not in indexes and _is_unique(index) and _is_in_all(index.columns, unique)
    ]
    foreign_keys = _common([table.foreign_keys for table in tables], _foreign_key)
    return Table(
        first.name,
        _columns(tables),
        tuple(keys),
        tuple(indexes),
        tuple(key for key in foreign_keys if _is_undisputed(key, tables)),
        (),
        tuple(origin for table in tables for origin in table.origins),
        len({tuple((c.name, c.type, c.not_null) for c in table.columns) for table in tables}) == 1,
    )


def _columns(tables: Sequence[Table]) -> Tuple[Column, ...]:
    by_name = [{column.name: column for column in table.columns} for table in tables[1:]]
    found: List[Column] = []
    for column in tables[0].columns:
        others = [names.get(column.name) for names in by_name]
        same = [other for other in others if other is not None and _is_same(column, other)]
        if len(same) == len(others):
            found.append(_column(column, same))
    return tuple(found)


def _is_same(column: Column, other: Column) -> bool:
    return column.type == other.type


def _column(column: Column, others: Sequence[Column]) -> Column:
    """A column with the default that all know, if they do; NOT NULL only if all say so."""
    default = column.default
    if any(other.default != default for other in others):
        default = None
    is_generated = column.generated and all(other.generated for other in others)
    not_null = column.not_null and all(other.not_null for other in others)
    return replace(column, default=default, generated=is_generated, not_null=not_null)


def _common(several: Sequence[Sequence[_Item]], identity: Callable[[_Item], object]) -> List[_Item]:
    """The items of the first that all others have, too."""
    others = [{identity(item) for item in items} for items in several[1:]]
    return [item for item in several[0] if all(identity(item) in other for other in others)]


def _key(key: Key) -> object:
    return (frozenset(key.columns), key.primary)


def _index(index: Index) -> object:
    return (index.columns, index.unique, index.partial, index.method)


def _foreign_key(key: ForeignKey) -> object:
    return (frozenset(zip(key.columns, key.target_columns or key.columns)), key.target)


def _is_in_all(
    columns: Sequence[Optional[str]], several: Sequence[Set[FrozenSet[Optional[str]]]]
) -> bool:
    return all(frozenset(columns) in unique for unique in several)


def _key_of_all(key: Key, tables: Sequence[Table]) -> Key:
    """A key, which is the primary one only if all say so."""
    is_primary = all(any(_key(key) == _key(other) for other in table.keys) for table in tables[1:])
    return replace(key, primary=key.primary and is_primary)


def _is_unique(index: Index) -> bool:
    """Whether an index forbids the same as a unique constraint."""
    return index.unique and not index.partial and None not in index.columns


def _unique(table: Table) -> Set[FrozenSet[Optional[str]]]:
    """The sets of columns that are unique in a table, by a constraint or an index."""
    found: Set[FrozenSet[Optional[str]]] = {frozenset(key.columns) for key in table.keys}
    return found | {frozenset(index.columns) for index in table.indexes if _is_unique(index)}


def _is_undisputed(key: ForeignKey, tables: Sequence[Table]) -> bool:
    """Whether the declarations agree on whether a foreign key has an index.

    A rule that misses the index must not take it from a declaration that leaves indexes out.
    """
    return len({frozenset(key.columns) in table.led for table in tables}) == 1


def _with(base: Table, added: Table) -> Table:
    """A table with what is added elsewhere; a column with two types is gone."""
    known = {column.name: column for column in base.columns}
    clashing = {
        column.name
        for column in added.columns
        if column.name in known and not _is_same(column, known[column.name])
    }
    columns = [column for column in base.columns if column.name not in clashing]
    columns += [column for column in added.columns if column.name not in known]
    return replace(
        base,
        columns=tuple(columns),
        is_ordered=base.is_ordered and not clashing,
        keys=_together(base.keys, added.keys, _key),
        indexes=_together(base.indexes, added.indexes, _index),
        foreign_keys=_together(base.foreign_keys, added.foreign_keys, _foreign_key),
    )


def _together(
    first: Sequence[_Item], second: Sequence[_Item], identity: Callable[[_Item], object]
) -> Tuple[_Item, ...]:
    """The items of both, each once."""
    known = {identity(item) for item in first}
    return (*first, *(item for item in second if identity(item) not in known))

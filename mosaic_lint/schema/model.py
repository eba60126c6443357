"""The schema as data: tables and what belongs to them, each with the place that states it.

All names are as PostgreSQL stores them: unquoted ones in lower case. A table in the schema
``public`` goes by its bare name, one in another schema as ``schema.table``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Optional, Tuple

_MAX_KEY = 32  # columns of a key or an index; PostgreSQL takes no more


class Origin(NamedTuple):
    """Where something is stated.

    Args:
        path: the file, relative to the project's folder, with ``/``.
        line: from 1.
        column: from 1, in characters.
    """

    path: str
    line: int
    column: int


class Doubt(NamedTuple):
    """Why a table isn't known for sure.

    Args:
        reason: a few words.
        origin: what raises it.
    """

    reason: str
    origin: Origin


@dataclass(frozen=True)
class Column:
    """A column.

    Args:
        name: its name.
        type: as PostgreSQL's ``format_type`` writes it: ``character varying(20)``, ``text[]``; a
            type that isn't PostgreSQL's own as the DDL names it.
        not_null: whether it refuses NULL (also because it is in the primary key).
        default: the default's expression as written; ``None`` where there is none.
        generated: whether the database makes a value where none is written: ``serial``, identity,
            ``nextval``, any generated column.
        origin: where it is declared.
        retyped: whether it had another type before, by ``ALTER COLUMN ... TYPE``.
    """

    name: str
    type: str
    not_null: bool
    default: Optional[str]
    generated: bool
    origin: Origin
    retyped: bool = False


@dataclass(frozen=True)
class Key:
    """A primary key or a unique constraint.

    Args:
        name: the constraint's name, PostgreSQL's default one where none is given.
        columns: in order.
        primary: whether it is the primary key.
        origin: where it is declared.
    """

    name: str
    columns: Tuple[str, ...]
    primary: bool
    origin: Origin


@dataclass(frozen=True)
class Index:
    """An index that is made by ``CREATE INDEX``.

    Args:
        name: its name, PostgreSQL's default one where none is given.
        columns: the columns in order, without those of ``INCLUDE``; ``None`` for an expression.
        unique: whether it is unique.
        partial: whether it has a ``WHERE``.
        method: ``btree``, ``gin``...
        origin: where it is created.
        is_plain: whether its columns have no operator class, collation or order of their own.
    """

    name: str
    columns: Tuple[Optional[str], ...]
    unique: bool
    partial: bool
    method: str
    origin: Origin
    is_plain: bool = True


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key.

    Args:
        name: the constraint's name, PostgreSQL's default one where none is given.
        columns: in order.
        target: the name of the table that it points to.
        target_columns: in order; empty for that table's primary key.
        origin: where it is declared: at ``REFERENCES``, or at ``FOREIGN`` of a table constraint.
    """

    name: str
    columns: Tuple[str, ...]
    target: str
    target_columns: Tuple[str, ...]
    origin: Origin


@dataclass(frozen=True)
class Table:
    """A table.

    Args:
        name: its name.
        columns: in order.
        keys: its primary key and unique constraints.
        indexes: its indexes.
        foreign_keys: its foreign keys.
        doubts: why it isn't known for sure; empty where it is.
        origins: each ``CREATE TABLE`` that declares it; none where it is only altered.
        is_ordered: whether the columns stand in their order and none is left out, so that it is
            known what an INSERT without a list of columns writes.
        additions: why it may have more columns, keys and indexes; what is told of it holds.
    """

    name: str
    columns: Tuple[Column, ...]
    keys: Tuple[Key, ...]
    indexes: Tuple[Index, ...]
    foreign_keys: Tuple[ForeignKey, ...]
    doubts: Tuple[Doubt, ...]
    origins: Tuple[Origin, ...]
    is_ordered: bool = True
    additions: Tuple[Doubt, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether all that is told of it is known."""
        return bool(self.origins) and not self.doubts

    @cached_property
    def pointing(self) -> FrozenSet[Tuple[Tuple[str, ...], str]]:
        """The columns of each foreign key, with the table that it points to."""
        return frozenset((key.columns, key.target) for key in self.foreign_keys)

    @cached_property
    def led(self) -> FrozenSet[FrozenSet[Optional[str]]]:
        """The sets of columns that are the first ones of a key or of a whole index."""
        ordered: List[Tuple[Optional[str], ...]] = [key.columns for key in self.keys]
        ordered += [index.columns for index in self.indexes if not index.partial]
        return frozenset(
            frozenset(columns[:count])
            for columns in ordered
            for count in range(1, min(len(columns), _MAX_KEY) + 1)
        )

    def column(self, name: str) -> Optional[Column]:
        """A column by its name."""
        return next((column for column in self.columns if column.name == name), None)


class Thing(NamedTuple):
    """Something else that DDL makes.

    Args:
        kind: ``view``, ``materialized view``, ``type``, ``domain``, ``sequence``, ``schema``...
        name: its name.
        origin: where it is created.
    """

    kind: str
    name: str
    origin: Origin


@dataclass(frozen=True)
class Schema:
    """All tables by name, and what else there is.

    Args:
        tables: the tables by name.
        things: what else DDL makes.
    """

    tables: Mapping[str, Table] = field(default_factory=lambda: MappingProxyType({}))
    things: Tuple[Thing, ...] = ()

    def table(self, name: str) -> Optional[Table]:
        """A table that is known for sure; ``None`` for any other.

        Args:
            name: as PostgreSQL stores it; ``public.`` may be left out.
        """
        found = self.tables.get(name[len("public.") :] if name.startswith("public.") else name)
        return found if found is not None and found.is_sure else None

    @cached_property
    def boolean_columns(self) -> FrozenSet[str]:
        """The names of all BOOLEAN columns; most statements name none of them."""
        return frozenset(
            column.name for table in self for column in table.columns if column.type == "boolean"
        )

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables.values())


NOTHING = Schema()
"""The schema where nothing is declared."""


def schema_of(tables: Dict[str, Table], things: Tuple[Thing, ...] = ()) -> Schema:
    """A schema that nobody can change."""
    return Schema(MappingProxyType(dict(tables)), things)

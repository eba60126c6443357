"""Tables that change, and what else has a name among them."""

from __future__ import annotations

from typing import Dict, FrozenSet, NamedTuple, Optional, Tuple

from mosaic_lint.schema.model import Column, Doubt, ForeignKey, Index, Key, Origin, Table
from mosaic_lint.schema.names import Name, shown


class Draft:
    """A table that changes.

    Args:
        schema: the name of its schema.
        name: its own name.

    Attributes:
        words: for an index or constraint the columns that it reads besides those that it is on.
        checks: constraints that are neither keys nor foreign keys, with whether they have an index.
        not_nulls: constraints ``NOT NULL`` with a name, and their columns.
        computed: generated columns, and the columns that they read.
        identities: the identity columns.
        owned: sequences that belong to a column.
        used: columns whose default takes a number from a sequence, and that.
        additions: why there may be more than is known, by reason.
    """

    def __init__(self, schema: str, name: str) -> None:
        self.schema = schema
        self.name = name
        self.columns: Dict[str, Column] = {}
        self.keys: Dict[str, Key] = {}
        self.indexes: Dict[str, Index] = {}
        self.foreign_keys: Dict[str, ForeignKey] = {}
        self.words: Dict[str, FrozenSet[str]] = {}
        self.checks: Dict[str, bool] = {}
        self.not_nulls: Dict[str, str] = {}
        self.computed: Dict[str, FrozenSet[str]] = {}
        self.identities: Dict[str, bool] = {}
        self.owned: Dict[str, str] = {}
        self.used: Dict[str, str] = {}
        self.doubts: Dict[str, Doubt] = {}
        self.additions: Dict[str, Doubt] = {}
        self.origins: Tuple[Origin, ...] = ()
        self.parents: Tuple[Draft, ...] = ()
        self.is_partition = False

    @property
    def shown(self) -> str:
        """Its name as the schema shows it."""
        return shown(self.schema, self.name)

    @property
    def full(self) -> Name:
        """Its name with its schema."""
        return Name(self.schema, self.name, 0)

    @property
    def is_sure(self) -> bool:
        """Whether all of it is known."""
        return bool(self.origins) and not self.doubts and not self.additions

    @property
    def primary(self) -> Optional[Key]:
        """Its primary key."""
        return next((key for key in self.keys.values() if key.primary), None)

    def has_constraint(self, name: str) -> bool:
        """Whether a constraint has a name."""
        return (
            name in self.keys
            or name in self.foreign_keys
            or name in self.checks
            or name in self.not_nulls
        )

    def table(self) -> Table:
        """It, so that nobody can change it."""
        return Table(
            self.shown,
            tuple(self.columns.values()),
            tuple(self.keys.values()),
            tuple(self.indexes.values()),
            tuple(self.foreign_keys.values()),
            tuple(self.doubts.values()),
            self.origins,
            not self.additions,
            tuple(self.additions.values()),
        )


class Relation(NamedTuple):
    """What has a name among the tables.

    Args:
        kind: ``table``, ``index``, ``constraint`` for the index of one, ``sequence``, ``view``...
        owner: the table that it belongs to, or is.
    """

    kind: str
    owner: Optional[Draft]


class View(NamedTuple):
    """What a view reads.

    Args:
        tables: the tables, with the columns that it may read.
        views: the names of other views.
    """

    tables: Dict[Draft, FrozenSet[str]]
    views: FrozenSet[str]

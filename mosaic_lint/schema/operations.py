"""What DDL does, as data: each operation with the indexes of the tokens that state it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, NamedTuple, Optional, Tuple, Union

from mosaic_lint.schema.names import Name


class TypeName(NamedTuple):
    """The type of a column.

    Args:
        text: as ``format_type`` shows it, without brackets of arrays; empty where ``name`` has to
            be looked up.
        name: the name of a type that isn't PostgreSQL's own.
        modifiers: what stands in parentheses behind ``name``, with them.
        is_array: whether it is an array of that.
        serial: whether it is one of the serial types, whose column gets a sequence.
    """

    text: str
    name: Optional[Name] = None
    modifiers: str = ""
    is_array: bool = False
    serial: bool = False


@dataclass(frozen=True)
class KeyMade:
    """``PRIMARY KEY`` or ``UNIQUE``.

    Args:
        name: the constraint's name; empty where none is given.
        columns: in order.
        primary: whether it is the primary key.
        place: the index of ``PRIMARY`` or ``UNIQUE``.
        include: the columns of ``INCLUDE``.
        using_index: the index that it takes over.
        options: what else makes it differ from another one with the same columns.
    """

    name: str
    columns: Tuple[str, ...]
    primary: bool
    place: int
    include: Tuple[str, ...] = ()
    using_index: str = ""
    options: Tuple[str, ...] = ()


@dataclass(frozen=True)
class ForeignKeyMade:
    """``REFERENCES`` of a column, or ``FOREIGN KEY``.

    Args:
        name: the constraint's name; empty where none is given.
        columns: in order.
        target: the table that it points to.
        target_columns: in order; empty for the primary key.
        place: the index of ``REFERENCES``, or of ``FOREIGN``.
    """

    name: str
    columns: Tuple[str, ...]
    target: Name
    target_columns: Tuple[str, ...]
    place: int


@dataclass(frozen=True)
class CheckMade:
    """``CHECK`` or ``EXCLUDE``.

    Args:
        name: the constraint's name; empty where none is given.
        words: the names in it, among them the columns that it reads.
        place: the index of its first word.
        excludes: the columns' names for the default name of ``EXCLUDE``; ``None`` for ``CHECK``.
    """

    name: str
    words: FrozenSet[str]
    place: int
    excludes: Optional[Tuple[str, ...]] = None


@dataclass(frozen=True)
class NotNullMade:
    """A constraint ``NOT NULL column``."""

    name: str
    column: str
    place: int


Constraint = Union[KeyMade, ForeignKeyMade, CheckMade, NotNullMade]


@dataclass(frozen=True)
class ColumnMade:
    """A column's definition.

    Args:
        name: its name.
        type: its type.
        place: the index of its name.
        not_null: whether it says ``NOT NULL``.
        default: the default's expression as written.
        default_place: the indexes of the default's first token and of the one behind its last.
        identity: whether it is ``GENERATED ... AS IDENTITY``.
        computed: the names in the expression of ``GENERATED ALWAYS AS``; ``None`` where it isn't.
        constraints: the other constraints that stand at it.
    """

    name: str
    type: TypeName
    place: int
    not_null: bool = False
    default: Optional[str] = None
    default_place: Tuple[int, int] = (0, 0)
    identity: bool = False
    computed: Optional[FrozenSet[str]] = None
    constraints: Tuple[Constraint, ...] = ()


@dataclass(frozen=True)
class CreateTable:
    """``CREATE TABLE``.

    Args:
        name: the table's name.
        parts: its columns and constraints in order.
        if_not_exists: whether an existing table of that name stays.
        temporary: whether it is gone with the session.
        parents: the tables of ``INHERITS`` or ``PARTITION OF``.
        is_partition: whether it is a part of its parent.
        doubt: why its columns aren't all known; empty where they are.
        place: the index of ``CREATE``.
    """

    name: Name
    parts: Tuple[Union[ColumnMade, Constraint], ...]
    if_not_exists: bool = False
    temporary: bool = False
    parents: Tuple[Name, ...] = ()
    is_partition: bool = False
    doubt: str = ""
    place: int = 0

    @property
    def columns(self) -> Tuple[ColumnMade, ...]:
        """Its columns."""
        return tuple(part for part in self.parts if isinstance(part, ColumnMade))


@dataclass(frozen=True)
class AddColumn:
    """``ADD [COLUMN]``."""

    column: ColumnMade
    if_not_exists: bool
    place: int


@dataclass(frozen=True)
class DropColumn:
    """``DROP [COLUMN]``."""

    name: str
    if_exists: bool
    cascade: bool
    place: int


@dataclass(frozen=True)
class SetType:
    """``ALTER COLUMN ... TYPE``."""

    column: str
    type: TypeName
    place: int


@dataclass(frozen=True)
class SetNotNull:
    """``ALTER COLUMN ... SET`` or ``DROP NOT NULL``."""

    column: str
    not_null: bool
    place: int


@dataclass(frozen=True)
class SetDefault:
    """``ALTER COLUMN ... SET DEFAULT``; without one ``DROP DEFAULT``.

    Args:
        column: the column's name.
        default: the expression as written.
        default_place: the indexes of its first token and of the one behind its last.
        place: the index of the action's first word.
    """

    column: str
    default: Optional[str]
    default_place: Tuple[int, int]
    place: int


@dataclass(frozen=True)
class SetGenerated:
    """``ADD GENERATED ... AS IDENTITY``, ``DROP IDENTITY`` or ``DROP EXPRESSION``.

    Args:
        column: the column's name.
        what: ``identity``, ``no identity`` or ``no expression``.
        if_exists: whether nothing happens where there is none.
        place: the index of the action's first word.
    """

    column: str
    what: str
    if_exists: bool
    place: int


@dataclass(frozen=True)
class AddConstraint:
    """``ADD`` of a table constraint."""

    constraint: Constraint
    place: int


@dataclass(frozen=True)
class DropConstraint:
    """``DROP CONSTRAINT``."""

    name: str
    if_exists: bool
    cascade: bool
    place: int


@dataclass(frozen=True)
class RenameColumn:
    """``RENAME [COLUMN] ... TO``."""

    old: str
    new: str
    place: int


@dataclass(frozen=True)
class RenameConstraint:
    """``RENAME CONSTRAINT ... TO``."""

    old: str
    new: str
    place: int


@dataclass(frozen=True)
class RenameTo:
    """``RENAME TO``."""

    new: str
    place: int


@dataclass(frozen=True)
class SetSchema:
    """``SET SCHEMA``."""

    schema: str
    place: int


@dataclass(frozen=True)
class Doubtful:
    """An action that makes a table, or another one, doubtful.

    Args:
        reason: a few words.
        other: the other table that isn't known for sure any more.
        place: the index of the action's first word.
    """

    reason: str
    other: Optional[Name]
    place: int


Action = Union[
    AddColumn, DropColumn, SetType, SetNotNull, SetDefault, SetGenerated, AddConstraint,
    DropConstraint, RenameColumn, RenameConstraint, RenameTo, SetSchema, Doubtful,
]  # fmt: skip


@dataclass(frozen=True)
class AlterTable:
    """``ALTER TABLE``, with all its actions in order; also of what else it may alter.

    Args:
        name: the name.
        if_exists: whether nothing happens where there is none.
        actions: what is done; actions that change nothing of the schema are left out.
        kind: what the statement says that it alters: ``table``, ``view``, ``index``...
        place: the index of ``ALTER``.
    """

    name: Name
    if_exists: bool
    actions: Tuple[Action, ...]
    kind: str = "table"
    place: int = 0


@dataclass(frozen=True)
class CreateIndex:
    """``CREATE INDEX``.

    Args:
        name: the index's name; empty where none is given.
        table: the table.
        columns: in order; ``None`` for an expression.
        labels: the names by which columns, expressions and ``INCLUDE`` enter the default name.
        words: the names in expressions, in ``WHERE`` and in ``INCLUDE``.
        unique: whether it is unique.
        partial: whether it has a ``WHERE``.
        method: ``btree``, ``gin``...
        if_not_exists: whether an existing relation of that name stays.
        place: the index of ``CREATE``.
        include: the columns of ``INCLUDE``.
        is_plain: whether its columns have no operator class, collation or order of their own.
    """

    name: str
    table: Name
    columns: Tuple[Optional[str], ...]
    labels: Tuple[str, ...]
    words: FrozenSet[str]
    unique: bool
    partial: bool
    method: str
    if_not_exists: bool
    place: int = 0
    include: Tuple[str, ...] = ()
    is_plain: bool = True


@dataclass(frozen=True)
class CreateThing:
    """``CREATE`` of anything else.

    Args:
        kind: ``view``, ``type``, ``sequence``...
        name: its name.
        if_not_exists: whether an existing one stays.
        or_replace: whether it takes the place of an existing one.
        temporary: whether it is gone with the session.
        relations: what a view may read, by schema and name.
        words: all names in a view.
        star: whether a view reads all columns of a table.
        owner: the table and column that a sequence belongs to; the table of a trigger.
        place: the index of ``CREATE``.
        sources: what a view may read, by schema, name and alias.
        columns: the columns that a view names, by what stands before the dot; ``*`` for all.
    """

    kind: str
    name: Name
    if_not_exists: bool = False
    or_replace: bool = False
    temporary: bool = False
    relations: FrozenSet[Tuple[str, str]] = frozenset()
    words: FrozenSet[str] = frozenset()
    star: bool = False
    owner: Optional[Tuple[Name, str]] = None
    place: int = 0
    sources: FrozenSet[Tuple[str, str, str]] = frozenset()
    columns: FrozenSet[Tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class OwnSequence:
    """``ALTER SEQUENCE ... OWNED BY``; without an owner ``OWNED BY NONE``."""

    name: Name
    owner: Optional[Tuple[Name, str]]
    place: int = 0


@dataclass(frozen=True)
class Drop:
    """``DROP``.

    Args:
        kind: ``table``, ``index``, ``view``...
        names: what is dropped.
        if_exists: whether what isn't there is passed over.
        cascade: whether what depends on it goes along.
        table: the table of a trigger.
        place: the index of ``DROP``.
    """

    kind: str
    names: Tuple[Name, ...]
    if_exists: bool
    cascade: bool
    table: Optional[Name] = None
    place: int = 0


@dataclass(frozen=True)
class SetPath:
    """``SET search_path``.

    Args:
        schemas: in order; ``None`` for the default.
        local: whether it lasts until the transaction's end.
        place: the index of the first token.
        is_known: whether the path can be read.
    """

    schemas: Optional[Tuple[str, ...]]
    local: bool
    place: int = 0
    is_known: bool = True


@dataclass(frozen=True)
class Transaction:
    """``BEGIN``, ``COMMIT``, ``ROLLBACK``, ``SAVEPOINT``, ``ROLLBACK TO`` or ``RELEASE``.

    Args:
        what: ``begin``, ``commit``, ``rollback``, ``savepoint``, ``rollback to`` or ``release``.
        name: the savepoint's.
        place: the index of the first token.
        chains: whether the next transaction begins at once.
    """

    what: str
    name: str = ""
    place: int = 0
    chains: bool = False


@dataclass(frozen=True)
class Uncertain:
    """A statement that can't be read, or only partly.

    Args:
        reason: a few words.
        names: the tables that it concerns, as far as they are known.
        indexes: indexes whose tables it concerns.
        everything: whether it may concern every table.
        place: the index of the first token.
        only_adds: whether all that was known of the tables stays true.
    """

    reason: str
    names: Tuple[Name, ...] = ()
    indexes: Tuple[Name, ...] = ()
    everything: bool = False
    place: int = 0
    only_adds: bool = False


Operation = Union[
    CreateTable, AlterTable, CreateIndex, CreateThing, OwnSequence, Drop, SetPath, Transaction,
    Uncertain,
]  # fmt: skip

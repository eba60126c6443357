"""Runs DDL as PostgreSQL would, and tells what the schema is then."""

from __future__ import annotations

from typing import Callable, Dict, FrozenSet, Iterable, List, Set, Tuple

from mosaic_lint.schema.alter import alter
from mosaic_lint.schema.create import create_index, create_table
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.draft import Draft, Relation, View
from mosaic_lint.schema.drop import drop
from mosaic_lint.schema.model import Origin, Schema, Thing
from mosaic_lint.schema.names import PUBLIC, Name, shown
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import (
    AlterTable,
    CreateIndex,
    CreateTable,
    CreateThing,
    Drop,
    Operation,
    OwnSequence,
    SetPath,
    Transaction,
    Uncertain,
)
from mosaic_lint.schema.state import State, shown_type
from mosaic_lint.sql.statement import Statement

OriginOf = Callable[[Statement, int], Origin]

_VIEWS = frozenset(("view", "materialized view"))
_DEFAULT_PATH: Tuple[str, ...] = (PUBLIC,)


class SchemaBuilder:
    """A database without rows: DDL changes it, as it changes a real one.

    What PostgreSQL would refuse changes nothing, but makes the tables concerned doubtful. So does
    what can't be read.
    """

    def __init__(self) -> None:
        self._state = State()
        # The open transaction: its savepoints' names and moments, the first for its beginning.
        self._marks: List[Tuple[str, int]] = []
        self._session_path = _DEFAULT_PATH
        self._knows_path = True

    def run(
        self, statements: Iterable[Statement], origin_of: Callable[[Statement, int], Origin]
    ) -> None:
        """Run the statements of one session, a file of migrations for example.

        Args:
            statements: in order; what isn't DDL is passed over.
            origin_of: tells where a statement's token stands, by its index.
        """
        state = self._state
        state.temporary.clear()
        self._set_path(_DEFAULT_PATH)
        for statement in statements:
            found = operations(statement)
            if found:
                state.origin = _origin(statement, origin_of)
                self._run(found)
        self._marks.clear()
        state.journal.forget()

    def distrust(self, reason: str, origin: Origin) -> None:
        """Doubt every table that is there: something happens that nobody can see.

        Args:
            reason: a few words.
            origin: where.
        """
        self._state.origin = lambda place: origin
        for draft in list(self._state.drafts()):
            self._state.doubt_table(draft, reason)

    def schema(self) -> Schema:
        """What is known of the schema by now."""
        return self._state.schema()

    def _run(self, found: Tuple[Operation, ...]) -> None:
        """Run one statement: all of it or nothing."""
        state = self._state
        mark = state.journal.mark
        for operation in found:
            if not self._knows_path and not isinstance(operation, SetPath):
                self._doubt_unqualified(operation)
                continue
            try:
                self._apply(operation)
            except RefusedError as error:
                state.undo(mark)
                for name in (*concerned(operation), *error.names):
                    if not state.is_temporary(name):
                        state.doubt(name, error.reason, operation.place)
                break
        if not self._marks:
            state.journal.forget()

    def _apply(self, operation: Operation) -> None:
        state = self._state
        if isinstance(operation, CreateTable):
            create_table(state, operation)
        elif isinstance(operation, AlterTable):
            alter(state, operation)
        elif isinstance(operation, CreateIndex):
            create_index(state, operation)
        elif isinstance(operation, Drop):
            drop(state, operation)
        elif isinstance(operation, CreateThing):
            create_thing(state, operation)
        elif isinstance(operation, OwnSequence):
            own_sequence(state, operation)
        elif isinstance(operation, Uncertain):
            _doubt(state, operation)
        elif isinstance(operation, SetPath):
            self._take_path(operation)
        else:
            self._transaction(operation)

    def _doubt_unqualified(self, operation: Operation) -> None:
        """Take tables for unknown that may stand in another schema."""
        for name in concerned(operation):
            self._state.doubt(name, "the search path isn't known here", operation.place)
        if isinstance(operation, Transaction):
            self._transaction(operation)

    def _set_path(self, path: Tuple[str, ...]) -> None:
        self._knows_path = True
        self._session_path = path
        self._state.path = path

    def _take_path(self, made: SetPath) -> None:
        if not made.is_known:
            self._knows_path = False
            return
        path = _DEFAULT_PATH if made.schemas is None else made.schemas
        if not made.local:
            self._set_path(path)
        elif self._marks:
            self._state.path = path

    def _transaction(self, made: Transaction) -> None:
        journal = self._state.journal
        if made.what == "begin":
            if not self._marks:
                self._marks.append(("", journal.mark))
        elif made.what == "savepoint":
            if self._marks:
                self._marks.append((made.name, journal.mark))
        elif made.what in ("commit", "rollback"):
            if self._marks and made.what == "rollback":
                self._state.undo(self._marks[0][1])
            self._marks.clear()
            self._state.path = self._session_path
            if made.chains:
                self._marks.append(("", journal.mark))
        else:
            self._to_savepoint(made)

    def _to_savepoint(self, made: Transaction) -> None:
        """Go back to a savepoint, or release it."""
        for index in range(len(self._marks) - 1, 0, -1):
            if self._marks[index][0] == made.name:
                if made.what == "rollback to":
                    self._state.undo(self._marks[index][1])
                    del self._marks[index + 1 :]
                else:
                    del self._marks[index:]
                return


def _origin(statement: Statement, origin_of: OriginOf) -> Callable[[int], Origin]:
    return lambda place: origin_of(statement, place)


def concerned(operation: Operation) -> Tuple[Name, ...]:
    """The tables that are doubtful where a statement is refused."""
    if isinstance(operation, CreateTable):
        return (operation.name,)
    if isinstance(operation, AlterTable):
        return (operation.name,) if operation.kind in ("table", "index") else ()
    if isinstance(operation, CreateIndex):
        return (operation.table,)
    if isinstance(operation, Drop):
        return operation.names if operation.kind == "table" else ()
    return ()


def _doubt(state: State, made: Uncertain) -> None:
    for name in made.names:
        if not state.is_temporary(name):
            state.doubt(name, made.reason, made.place, only_adds=made.only_adds)
    for name in made.indexes:
        relation = state.relation(name)
        if relation is not None and relation.owner is not None:
            state.doubt_table(relation.owner, made.reason, made.place)
    if made.everything:
        for draft in list(state.drafts()):
            state.doubt_table(draft, made.reason, made.place)


def create_thing(state: State, made: CreateThing) -> None:
    """Run ``CREATE`` of what is no table.

    Raises:
        RefusedError: there is one already.
    """
    if made.temporary:
        state.journal.put(state.temporary, made.name.name, True)
        return
    table = made.owner[0] if made.kind == "trigger" and made.owner is not None else None
    full = state.target(made.name)
    key = state.thing_name(made.kind, made.name, table)
    if made.kind in ("type", "domain"):
        key = shown_type(full.schema, full.name)
        if key in state.types:
            raise RefusedError(f"there is already a type {full.name}")
        state.note_type(key, state.origin(made.place))
    elif made.kind in _VIEWS or made.kind in ("sequence", "foreign table"):
        relation = state.relations.get(key)
        if relation is not None:
            if made.if_not_exists:
                return
            if not (made.or_replace and relation.kind == made.kind):
                raise RefusedError(f"there is already something named {full.name}", full)
        else:
            state.register(full.schema, full.name, made.kind, None)
        if made.kind in _VIEWS:
            state.journal.put(state.views, key, _view(state, made))
    if (made.kind, key) not in state.things:
        thing = Thing(made.kind, key, state.origin(made.place))
        state.journal.put(state.things, (made.kind, key), thing)
    if made.kind == "sequence" and made.owner is not None:
        own_sequence(state, OwnSequence(full, made.owner, made.place))


def _view(state: State, made: CreateThing) -> View:
    """What a view reads, as far as words tell."""
    tables: Dict[Draft, FrozenSet[str]] = {}
    views = set()
    for schema, name, alias in made.sources:
        key = shown(*state.found(Name(schema, name, 0))[:2])
        relation = state.relations.get(key)
        if relation is None:
            continue
        if relation.kind == "table" and relation.owner is not None:
            columns = _read_columns(made, frozenset(relation.owner.columns), {"", name, alias})
            tables[relation.owner] = tables.get(relation.owner, frozenset()) | columns
        elif relation.kind in _VIEWS:
            views.add(key)
    return View(tables, frozenset(views))


def _read_columns(
    made: CreateThing, columns: FrozenSet[str], qualifiers: Set[str]
) -> FrozenSet[str]:
    """The columns of a table that a view reads."""
    read = {column for qualifier, column in made.columns if qualifier in qualifiers}
    return columns if "*" in read else columns & read


def own_sequence(state: State, made: OwnSequence) -> None:
    """Run ``OWNED BY``.

    Raises:
        RefusedError: there is no such sequence or column.
    """
    key = shown(*state.found(made.name)[:2])
    relation = state.relations.get(key)
    if relation is None or relation.kind != "sequence":
        return
    if relation.owner is not None:
        state.journal.discard(relation.owner.owned, key)
        if made.owner is None and ("sequence", key) not in state.things:
            thing = Thing("sequence", key, state.origin(made.place))  # it stands for itself now
            state.journal.put(state.things, ("sequence", key), thing)
    owner = None
    if made.owner is not None:
        owner = state.draft(made.owner[0])
        if made.owner[1] not in owner.columns and owner.is_sure:
            raise RefusedError(f"there is no column {made.owner[1]}", made.owner[0])
        if shown(owner.schema, made.name.name) != key:
            raise RefusedError(f"sequence {key} is in another schema than the table", owner.full)
        state.journal.put(owner.owned, key, made.owner[1])
    state.journal.put(state.relations, key, Relation("sequence", owner))

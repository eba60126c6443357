"""What ``CREATE`` does to a database."""

from __future__ import annotations

from typing import Optional, Tuple

from mosaic_lint.migrations.catalogue import TEMPORARY, Entity, Need
from mosaic_lint.migrations.database import FOREIGN_KEY, Database, Failure
from mosaic_lint.migrations.views import read_relations
from mosaic_lint.schema.names import Name
from mosaic_lint.schema.operations import (
    AddColumn,
    ColumnMade,
    Constraint,
    CreateIndex,
    CreateTable,
    CreateThing,
    ForeignKeyMade,
    KeyMade,
    TypeName,
)
from mosaic_lint.schema.reader import Reader, UnreadableError
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement, read

DEFAULT = "default"
_KINDS = frozenset(("view", "materialized view", "type", "domain", "sequence", "foreign table"))


def create_table(database: Database, operation: CreateTable, statement: Statement) -> None:
    """``CREATE TABLE``, also by a query."""
    schema = database.place(operation.name, temporary=operation.temporary)
    parents = [database.table(parent) for parent in operation.parents]
    table = database.catalogue.add("table", schema, operation.name.name, database.making)
    if table is None:
        _exists(operation.if_not_exists)
        return
    table = database.catalogue.change(table, is_open=bool(operation.doubt))
    need = Need.PART if operation.is_partition else Need.SURE
    for parent in parents:
        database.catalogue.depend(table, parent, need)
    for column in operation.columns:
        add_column(database, table, column, statement)
    for part in operation.parts:
        if not isinstance(part, ColumnMade):
            add_constraint(database, table, part)


def _exists(is_guarded: bool) -> None:
    """Something has the name already."""
    if not is_guarded:
        raise Failure


def add_column(
    database: Database, table: Entity, column: ColumnMade, statement: Statement
) -> Optional[Entity]:
    """A column of ``CREATE TABLE``, or an added one.

    Returns:
        The column; ``None`` where it is there already.
    """
    made_one = database.catalogue.add("column", table.number, column.name, database.making)
    if made_one is not None:
        use_type(database, made_one, column.type)
        for name in sorted(column.computed or ()):
            source = database.catalogue.find("column", table.number, name)
            if source is not None:
                database.catalogue.depend(made_one, source, Need.SURE)
        set_default(database, made_one, column.default_place, statement)
        for constraint in column.constraints:
            add_constraint(database, table, constraint)
    return made_one


def added_column(
    database: Database, table: Entity, action: AddColumn, statement: Statement
) -> None:
    """``ADD COLUMN``."""
    column = add_column(database, table, action.column, statement)
    if column is None:
        _exists(action.if_not_exists)
    elif action.if_not_exists and table.is_open:
        database.catalogue.change(column, making=None)  # it may have been there


def use_type(database: Database, entity: Entity, type_name: TypeName) -> None:
    """Let a column need its type, and no other."""
    for needed in database.catalogue.needed_by(entity):
        if needed.space == "type":
            database.catalogue.release(entity, needed)
    if type_name.name is not None:
        database.catalogue.depend(entity, database.type(type_name.name), Need.SURE)


def set_default(
    database: Database, column: Entity, place: Tuple[int, int], statement: Statement
) -> None:
    """Let a column's default need the sequence that it counts with."""
    catalogue = database.catalogue
    old = catalogue.find(DEFAULT, column.number, "")
    if old is not None:
        catalogue.drop([old], cascade=True)
    sequence = _sequence(database, statement, *place)
    default = None if sequence is None else catalogue.add(DEFAULT, column.number, "")
    if sequence is not None and default is not None:
        catalogue.depend(default, sequence, Need.SURE)


def _sequence(database: Database, statement: Statement, start: int, end: int) -> Optional[Entity]:
    """The sequence in ``nextval('name')``; not if its name is text until it runs."""
    for index in range(start, end - 3):
        if statement.follows(index, "NEXTVAL", "("):
            literal = statement.tokens[index + 2]
            is_bound = statement.word(index + 3) == ")" or statement.follows(
                index + 3, "::", "REGCLASS"
            )
            if literal.kind is Kind.STRING and is_bound:
                return _by_text(database, literal.text.strip("'"))
    return None


def _by_text(database: Database, text: str) -> Optional[Entity]:
    parts = read(text)
    try:
        return database.find("relation", Reader(parts[0]).name()) if parts else None
    except UnreadableError:
        return None


def add_constraint(database: Database, table: Entity, constraint: Constraint) -> None:
    """A constraint, as far as it needs anything or takes over an index."""
    if isinstance(constraint, ForeignKeyMade):
        _add_foreign_key(database, table, constraint)
    elif isinstance(constraint, KeyMade) and constraint.using_index:
        index = database.catalogue.find("relation", table.scope, constraint.using_index)
        if index is not None:  # it is the constraint's now, and goes with that
            name = constraint.name or index.name
            database.catalogue.change(index, name=name, making=None)


def _add_foreign_key(database: Database, table: Entity, key: ForeignKeyMade) -> None:
    catalogue = database.catalogue
    target = database.table(key.target)
    name = key.name or database.free_name(table, key.columns, "fkey", table.number)
    made_one = catalogue.add(FOREIGN_KEY, table.number, name)
    if made_one is None:
        raise Failure
    catalogue.depend(made_one, target, Need.SURE)
    for column in key.columns:
        catalogue.depend(made_one, database.column(table, column), Need.PART)
    for column in key.target_columns:
        catalogue.depend(made_one, database.column(target, column), Need.SURE)


def create_index(database: Database, operation: CreateIndex) -> None:
    """``CREATE INDEX``."""
    table = database.table(operation.table)
    schema = str(table.scope)
    name = operation.name or database.free_name(table, operation.labels, "idx", schema)
    making = database.making if schema != TEMPORARY else None
    index = database.catalogue.add("index", schema, name, making)
    if index is None:
        _exists(operation.if_not_exists)
        return
    database.catalogue.depend(index, table, Need.PART)
    for column in filter(None, operation.columns):
        database.catalogue.depend(index, database.column(table, column), Need.PART)
    for word in operation.words:
        column_found = database.catalogue.find("column", table.number, word)
        if column_found is not None or table.is_implied:
            database.catalogue.depend(index, database.column(table, word), Need.PART)


def create_thing(database: Database, operation: CreateThing, statement: Statement) -> None:
    """``CREATE`` of anything else."""
    if operation.kind not in _KINDS:
        return
    is_view = operation.kind in ("view", "materialized view")
    relations = [database.table(name) for name in read_relations(statement)] if is_view else []
    temporary = operation.temporary or any(each.scope == TEMPORARY for each in relations)
    schema = database.place(operation.name, temporary=temporary)
    thing = database.catalogue.add(operation.kind, schema, operation.name.name, database.making)
    if thing is None and operation.or_replace:
        thing = _replaced(database, operation)
    if thing is None:
        _exists(operation.if_not_exists)
        return
    for relation in relations:
        database.catalogue.depend(thing, relation, Need.SURE)
    _depend_on_words(database, thing, operation)
    if operation.owner is not None:
        own(database, thing, operation.owner)


def _replaced(database: Database, operation: CreateThing) -> Optional[Entity]:
    """The view that gets another query; it needs what that reads, and no more."""
    found = database.find("relation", operation.name)
    if found is None:
        return None
    for needed in database.catalogue.needed_by(found):
        database.catalogue.release(found, needed)
    if database.making is None:  # a rollback brings the former view back
        found = database.catalogue.change(found, making=None)
    return found


def _depend_on_words(database: Database, thing: Entity, operation: CreateThing) -> None:
    """Any other name in a view may be a table's or a type's."""
    names = {*operation.relations, *(("", word) for word in operation.words)}
    for schema, name in sorted(names):
        for space in ("relation", "type"):
            found = database.find(space, Name(schema, name, 0))
            if found is not None:
                database.catalogue.depend(thing, found, Need.MAYBE)


def own(database: Database, sequence: Entity, owner: Optional[Tuple[Name, str]]) -> None:
    """``OWNED BY``."""
    for needed in database.catalogue.needed_by(sequence):
        database.catalogue.release(sequence, needed)
    if owner is not None:
        column = database.column(database.table(owner[0]), owner[1])
        database.catalogue.depend(sequence, column, Need.PART)

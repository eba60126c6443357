"""What ``ALTER`` and ``DROP`` do to a database."""

from __future__ import annotations

from typing import List, Optional, Tuple

from mosaic_lint.migrations.catalogue import TEMPORARY, Entity, Need, Refused
from mosaic_lint.migrations.creating import (
    add_constraint,
    added_column,
    own,
    set_default,
    use_type,
)
from mosaic_lint.migrations.database import FOREIGN_KEY, Database, Failure
from mosaic_lint.schema.operations import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    Doubtful,
    Drop,
    DropColumn,
    DropConstraint,
    OwnSequence,
    RenameColumn,
    RenameConstraint,
    RenameTo,
    SetDefault,
    SetSchema,
    SetType,
)
from mosaic_lint.sql.statement import Statement

_SPACES = {"type": "type", "domain": "type"}
_LIKE = {  # what else a word may drop
    "table": ("table",),
    "type": ("type", "domain"),
}


def alter(database: Database, operation: AlterTable, statement: Statement) -> None:
    """``ALTER TABLE``, or of anything else that has a name."""
    if operation.kind == "schema":
        _alter_schema(database, operation)
        return
    entity = _altered(database, operation)
    if entity is not None:
        for action in operation.actions:
            _act(database, entity.number, action, statement)


def _altered(database: Database, operation: AlterTable) -> Optional[Entity]:
    space = _SPACES.get(operation.kind, "relation")
    found = database.find(space, operation.name)
    if found is None and operation.kind == "table":
        found = database.table(operation.name)
    return found


def _act(database: Database, number: int, action: Action, statement: Statement) -> None:
    """One action; what it acts on may have got another name by the ones before."""
    catalogue = database.catalogue
    entity = catalogue.get(number)
    assert entity is not None
    if isinstance(action, AddColumn):
        added_column(database, entity, action, statement)
    elif isinstance(action, DropColumn):
        _drop_column(database, entity, action)
    elif isinstance(action, SetType):
        use_type(database, database.column(entity, action.column), action.type)
    elif isinstance(action, SetDefault):
        column = database.column(entity, action.column)
        set_default(database, column, action.default_place, statement)
    elif isinstance(action, AddConstraint):
        add_constraint(database, entity, action.constraint)
    elif isinstance(action, DropConstraint):
        _drop_constraint(database, entity, action)
    elif isinstance(action, RenameColumn):
        _rename(database, database.column(entity, action.old), action.new)
    elif isinstance(action, RenameConstraint):
        key = catalogue.find(FOREIGN_KEY, number, action.old)
        if key is not None:
            _rename(database, key, action.new)
    elif isinstance(action, RenameTo):
        _rename(database, entity, action.new)
    elif isinstance(action, SetSchema):
        _move(database, entity, action.schema)
    elif isinstance(action, Doubtful) and action.other is not None:
        catalogue.depend(database.table(action.other), entity, Need.PART)  # ATTACH PARTITION


def _rename(database: Database, entity: Entity, name: str) -> None:
    if database.catalogue.change(entity, name=name).name != name:
        raise Failure


def _move(database: Database, entity: Entity, schema: str) -> None:
    """Move a relation, and the indexes and sequences that are a part of it."""
    if TEMPORARY in (entity.scope, schema):
        raise Failure
    database.catalogue.change(entity, scope=schema)
    for part in database.catalogue.dependents(entity, Need.PART):
        if part.kind == "index":
            database.catalogue.change(part, scope=schema)


def _alter_schema(database: Database, operation: AlterTable) -> None:
    for action in operation.actions:
        if isinstance(action, RenameTo):
            database.leave(operation.name.name)
            for entity in database.catalogue.members(operation.name.name):
                database.catalogue.change(entity, scope=action.new)


def _drop_column(database: Database, table: Entity, action: DropColumn) -> None:
    catalogue = database.catalogue
    column = catalogue.find("column", table.number, action.name)
    if column is None:
        return
    gone: List[Entity] = [column]
    if action.cascade:  # which columns a view reads isn't known
        readers = catalogue.dependents(table, Need.SURE, Need.MAYBE)
        gone += [each for each in readers if each.kind in _VIEWS]
    _drop(database, gone, cascade=action.cascade)


_VIEWS = ("view", "materialized view")


def _drop_constraint(database: Database, table: Entity, action: DropConstraint) -> None:
    key = database.catalogue.find(FOREIGN_KEY, table.number, action.name)
    if key is None:  # a key that took over an index, perhaps
        key = database.catalogue.find("relation", table.scope, action.name)
    if key is not None and (key.kind == FOREIGN_KEY or _is_index_of(database, key, table)):
        _drop(database, [key], cascade=True)


def _is_index_of(database: Database, entity: Entity, table: Entity) -> bool:
    return entity.kind == "index" and table in database.catalogue.needed_by(entity)


def drop(database: Database, operation: Drop) -> None:
    """``DROP``."""
    if operation.kind == "schema":
        _drop_schemas(database, operation)
        return
    space = _SPACES.get(operation.kind, "relation")
    found: List[Entity] = []
    for name in operation.names:
        entity = database.find(space, name)
        if entity is None:
            continue  # what nothing made may still be there
        if not entity.is_implied and entity.kind not in _kinds(operation.kind):
            raise Failure(because_of=[entity])
        found.append(entity)
    _drop(database, found, cascade=operation.cascade)


def _kinds(kind: str) -> Tuple[str, ...]:
    return _LIKE.get(kind, (kind,))


def _drop_schemas(database: Database, operation: Drop) -> None:
    for name in operation.names:
        members = database.catalogue.members(name.name)
        if members and not operation.cascade:
            raise Failure(because_of=members)
        database.leave(name.name)
        _drop(database, members, cascade=True)


def _drop(database: Database, entities: List[Entity], *, cascade: bool) -> None:
    try:
        database.catalogue.drop(entities, cascade=cascade)
    except Refused as refused:
        raise Failure(refused) from refused


def own_sequence(database: Database, operation: OwnSequence) -> None:
    """``ALTER SEQUENCE ... OWNED BY``."""
    sequence = database.find("relation", operation.name)
    if sequence is not None and sequence.kind == "sequence":
        own(database, sequence, operation.owner)

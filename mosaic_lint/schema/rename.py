"""New names for what there is, which everything that points to it follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, FrozenSet, Tuple, TypeVar, Union

from mosaic_lint.schema.draft import Draft, Relation
from mosaic_lint.schema.model import Thing
from mosaic_lint.schema.names import Name, shown
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import AlterTable, RenameTo, SetSchema
from mosaic_lint.schema.state import State, shown_type

_Value = TypeVar("_Value")


def _renamed(items: Dict[str, _Value], old: str, new: str) -> Dict[str, _Value]:
    """Items with one key renamed, in their order."""
    return {new if key == old else key: value for key, value in items.items()}


def _in(columns: Tuple[str, ...], old: str, new: str) -> Tuple[str, ...]:
    return tuple(new if column == old else column for column in columns)


def rename_column(state: State, draft: Draft, old: str, new: str) -> None:
    """Rename a column.

    Raises:
        RefusedError: another one has the name.
    """
    if new in draft.columns:
        raise RefusedError(f"there is already a column {new}")
    put, journal = state.journal.put, state.journal
    columns = _renamed(draft.columns, old, new)
    columns[new] = replace(columns[new], name=new)
    journal.replace(draft.columns, columns)
    for key in list(draft.keys.values()):
        if old in key.columns:
            put(draft.keys, key.name, replace(key, columns=_in(key.columns, old, new)))
    for index in list(draft.indexes.values()):
        if old in index.columns:
            named = tuple(new if column == old else column for column in index.columns)
            put(draft.indexes, index.name, replace(index, columns=named))
    for foreign_key in list(draft.foreign_keys.values()):
        if old in foreign_key.columns:
            changed = replace(foreign_key, columns=_in(foreign_key.columns, old, new))
            put(draft.foreign_keys, foreign_key.name, changed)
    for source, foreign_key in list(state.references(draft)):
        if old in foreign_key.target_columns:
            renamed = _in(foreign_key.target_columns, old, new)
            put(source.foreign_keys, foreign_key.name, replace(foreign_key, target_columns=renamed))
    for words in (draft.words, draft.computed):
        for name, columns_read in list(words.items()):
            if old in columns_read:
                put(words, name, columns_read - {old} | {new})
    for owners in (draft.not_nulls, draft.owned):
        for name, column in list(owners.items()):
            if column == old:
                put(owners, name, new)
    journal.replace(draft.computed, _renamed(draft.computed, old, new))
    journal.replace(draft.used, _renamed(draft.used, old, new))
    journal.replace(draft.identities, _renamed(draft.identities, old, new))
    for view in state.views.values():
        read: FrozenSet[str] = view.tables.get(draft, frozenset())
        if old in read:
            put(view.tables, draft, read - {old} | {new})


def rename_constraint(state: State, draft: Draft, old: str, new: str, place: int) -> None:
    """Rename a constraint, with its index.

    Raises:
        RefusedError: there is none, or another one has the name.
    """
    if not draft.has_constraint(old):
        if draft.is_sure:
            raise RefusedError(f"there is no constraint {old}")
        state.doubt_table(draft, f"constraint {old} is renamed, but isn't known", place)
        return
    if draft.has_constraint(new):
        raise RefusedError(f"there is already a constraint {new}")
    if old in draft.keys or draft.checks.get(old):
        state.register(draft.schema, new, "constraint", draft)
        state.release(draft.schema, old)
    state.count_constraint(draft.schema, old, -1)
    state.count_constraint(draft.schema, new, 1)
    journal = state.journal
    keys = _renamed(draft.keys, old, new)
    if new in keys:
        keys[new] = replace(keys[new], name=new)
    journal.replace(draft.keys, keys)
    foreign_keys = _renamed(draft.foreign_keys, old, new)
    if new in foreign_keys:
        foreign_keys[new] = replace(foreign_keys[new], name=new)
    journal.replace(draft.foreign_keys, foreign_keys)
    journal.replace(draft.checks, _renamed(draft.checks, old, new))
    journal.replace(draft.not_nulls, _renamed(draft.not_nulls, old, new))
    journal.replace(draft.words, _renamed(draft.words, old, new))


def move_table(state: State, draft: Draft, schema: str, name: str, place: int) -> None:
    """Give a table another name or schema.

    Raises:
        RefusedError: another relation has the name.
    """
    if not draft.origins:
        _doubt_moved(state, draft, schema, name, place)
        return
    old = draft.shown
    if shown(schema, name) == old and schema != draft.schema:
        return
    references = list(state.references(draft))
    if state.is_taken(schema, name):
        raise RefusedError(f"there is already something named {name}", Name(schema, name, place))
    if schema != draft.schema:
        _move_belongings(state, draft, schema)
    state.release(draft.schema, draft.name)
    state.journal.set(draft, "schema", schema)
    state.journal.set(draft, "name", name)
    state.register(schema, name, "table", draft)
    state.note_made(draft)
    for source, foreign_key in references:
        changed = replace(foreign_key, target=draft.shown)
        state.journal.put(source.foreign_keys, foreign_key.name, changed)
    for key, thing in list(state.things.items()):
        if key[0] == "trigger" and key[1].endswith(f" on {old}"):
            _move_thing(state, thing, key[1][: -len(old)] + draft.shown)


def _doubt_moved(state: State, draft: Draft, schema: str, name: str, place: int) -> None:
    """A table that isn't declared here is renamed: neither name is known for sure."""
    reason = "is renamed, but isn't declared"
    state.doubt_table(draft, reason, place)
    state.doubt(Name(schema, name, place), reason, place)


def _move_belongings(state: State, draft: Draft, schema: str) -> None:
    """Move a table's indexes, constraints and sequences to another schema."""
    constraints = [*draft.keys, *(name for name, indexed in draft.checks.items() if indexed)]
    for name in (*draft.indexes, *constraints):
        kind = "index" if name in draft.indexes else "constraint"
        state.register(schema, name, kind, draft)
        state.release(draft.schema, name)
    for name in (*draft.keys, *draft.foreign_keys, *draft.checks, *draft.not_nulls):
        state.count_constraint(draft.schema, name, -1)
        state.count_constraint(schema, name, 1)
    for sequence in list(draft.owned):
        prefix = f"{draft.schema}."
        bare = sequence[len(prefix) :] if sequence.startswith(prefix) else sequence
        _move_sequence(state, sequence, shown(schema, bare))


def _move_thing(state: State, thing: Thing, name: str) -> None:
    state.journal.discard(state.things, (thing.kind, thing.name))
    state.journal.put(state.things, (thing.kind, name), thing._replace(name=name))


def _move_sequence(state: State, old: str, new: str) -> None:
    if new in state.relations:
        raise RefusedError(f"there is already something named {new}")
    relation = state.relations[old]
    state.move(old, new)
    owner = relation.owner
    if owner is not None:
        state.journal.replace(owner.owned, _renamed(owner.owned, old, new))
    for draft in state.drafts_using(old):
        for column, used in list(draft.used.items()):
            if used == old:
                state.use(draft, column, new)
    thing = state.things.get(("sequence", old))
    if thing is not None:
        _move_thing(state, thing, new)


def move_other(state: State, made: AlterTable) -> None:
    """Give something that is no table another name or schema.

    Raises:
        RefusedError: there is none, or another one has the name.
    """
    for action in made.actions:
        if isinstance(action, (RenameTo, SetSchema)):
            _move(state, made, action)


def _move(state: State, made: AlterTable, action: Union[RenameTo, SetSchema]) -> None:
    full = state.found(made.name)
    schema = action.schema if isinstance(action, SetSchema) else full.schema
    name = action.new if isinstance(action, RenameTo) else full.name
    if made.kind in ("type", "domain"):
        return _move_type(state, made, schema, name)
    if made.kind in ("function", "procedure", "schema"):
        return _move_only(state, made, schema, name)
    relation = state.relations.get(shown(*full[:2]))
    if relation is None:
        if not made.if_exists:
            raise RefusedError(f"there is no {made.kind} {made.name.name}")
        return None
    old, new = shown(*full[:2]), shown(schema, name)
    if relation.kind == "sequence":
        return _move_sequence(state, old, new)
    if relation.kind in ("index", "constraint") and relation.owner is not None:
        return _rename_index(state, relation, full.name, name)
    if new in state.relations:
        raise RefusedError(f"there is already something named {name}")
    return _move_view(state, relation, old, new)


def _rename_index(state: State, relation: Relation, old: str, new: str) -> None:
    draft = relation.owner
    if draft is None:
        return
    if relation.kind == "constraint":
        rename_constraint(state, draft, old, new, 0)
        return
    state.register(draft.schema, new, "index", draft)
    state.release(draft.schema, old)
    indexes = _renamed(draft.indexes, old, new)
    indexes[new] = replace(indexes[new], name=new)
    state.journal.replace(draft.indexes, indexes)
    state.journal.replace(draft.words, _renamed(draft.words, old, new))


def _move_view(state: State, relation: Relation, old: str, new: str) -> None:
    state.move(old, new)
    thing = state.things.get((relation.kind, old))
    if thing is not None:
        _move_thing(state, thing, new)
    view = state.views.get(old)
    if view is not None:
        state.journal.discard(state.views, old)
        state.journal.put(state.views, new, view)
    for name, other in list(state.views.items()):
        if old in other.views:
            state.journal.put(state.views, name, other._replace(views=other.views - {old} | {new}))
    for name, index in list(state.relations.items()):
        if index.kind == f"index of {old}":
            state.journal.put(state.relations, name, Relation(f"index of {new}", None))


def _move_type(state: State, made: AlterTable, schema: str, name: str) -> None:
    old = state.type_name(made.name)
    if old not in state.types:
        if not made.if_exists and not made.name.schema:
            raise RefusedError(f"there is no type {made.name.name}")
        return
    new = shown_type(schema, name)
    if new in state.types:
        raise RefusedError(f"there is already a type {name}")
    state.move_type(old, new)
    state.note_type(new, state.types[old])
    state.forget_type(old)
    for kind in ("type", "domain"):
        thing = state.things.get((kind, old))
        if thing is not None:
            _move_thing(state, thing, new)


def _move_only(state: State, made: AlterTable, schema: str, name: str) -> None:
    """Move what nothing depends on; a renamed schema moves all that is in it."""
    if made.kind == "schema":
        _rename_schema(state, made.name.name, name)
        return
    thing = state.things.get((made.kind, shown(*state.found(made.name)[:2])))
    if thing is not None:
        _move_thing(state, thing, shown(schema, name))


def _rename_schema(state: State, old: str, new: str) -> None:
    if ("schema", new) in state.things:
        raise RefusedError(f"there is already a schema {new}")
    for draft in [draft for draft in state.drafts() if draft.schema == old]:
        move_table(state, draft, new, draft.name, 0)
    for key, relation in list(state.relations.items()):
        if key.startswith(f"{old}."):
            moved = new + key[len(old) :]
            if relation.kind == "sequence":
                _move_sequence(state, key, moved)
            else:
                _move_view(state, relation, key, moved)
    for type in [type for type in state.types if type.startswith(f"{old}.")]:
        moved = new + type[len(old) :]
        state.move_type(type, moved)
        state.note_type(moved, state.types[type])
        state.forget_type(type)
    for (kind, key), thing in list(state.things.items()):
        if key == old and kind == "schema":
            _move_thing(state, thing, new)
        elif key.startswith(f"{old}."):
            _move_thing(state, thing, new + key[len(old) :])

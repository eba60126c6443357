"""Taking things away, with what goes along."""

from __future__ import annotations

from typing import Dict, List, Sequence, Set, Tuple

from mosaic_lint.schema.constraints import drop_index
from mosaic_lint.schema.draft import Draft, Relation
from mosaic_lint.schema.drop_part import (
    VIEWS,
    check_support,
    drop_column,
    drop_views,
    forget_sequence,
    no_default,
    remove_constraint,
)
from mosaic_lint.schema.model import ForeignKey
from mosaic_lint.schema.names import PUBLIC, Name, shown
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import Drop
from mosaic_lint.schema.state import State

_TYPES = frozenset(("type", "domain"))


def drop(state: State, made: Drop) -> None:
    """Run ``DROP``.

    Raises:
        RefusedError: PostgreSQL would refuse it.
    """
    names = [name for name in made.names if not _drop_temporary(state, name, made.kind)]
    if made.kind == "table":
        _drop_tables(state, names, made)
    elif made.kind == "index":
        for name in names:
            _drop_index(state, name, made)
    elif made.kind in VIEWS or made.kind == "foreign table":
        _drop_named_views(state, names, made)
    elif made.kind == "sequence":
        for name in names:
            _drop_sequence(state, name, made)
    elif made.kind in _TYPES:
        for name in names:
            _drop_type(state, name, made)
    elif made.kind == "schema":
        for name in names:
            drop_schema(state, name.name, made)
    else:
        for name in names:
            _drop_thing(state, name, made)


def _drop_temporary(state: State, name: Name, kind: str) -> bool:
    if not state.is_temporary(name) or kind not in ("table", "index", "view", "sequence"):
        return False
    state.journal.discard(state.temporary, name.name)
    return True


def _missing(made: Drop, name: Name) -> None:
    if not made.if_exists:
        raise RefusedError(f"there is no {made.kind} {name.name}", *_tables(made))


def _tables(made: Drop) -> Tuple[Name, ...]:
    return made.names if made.kind == "table" else ()


def _drop_tables(state: State, names: Sequence[Name], made: Drop) -> None:
    drafts: List[Draft] = []
    for name in names:
        relation = state.relation(name)
        if relation is None:
            _missing(made, name)
        elif relation.kind != "table" or relation.owner is None:
            raise RefusedError(f"{name.name} is no table")
        else:
            drafts.append(relation.owner)
    drop_tables(state, drafts, cascade=made.cascade)


def drop_tables(state: State, drafts: Sequence[Draft], *, cascade: bool) -> None:
    """Drop tables.

    Args:
        state: the state.
        drafts: the tables.
        cascade: whether what depends on them goes along.

    Raises:
        RefusedError: something depends on them.
    """
    gone = dict.fromkeys(drafts)
    pending = list(drafts)
    while pending:
        for child in state.children(pending.pop()):
            if child not in gone:
                if not child.is_partition and not cascade:
                    raise RefusedError(f"{child.name} inherits from a table that is dropped")
                gone[child] = None
                pending.append(child)
    for draft in gone:
        for source, foreign_key in state.references(draft):
            if source not in gone:
                _drop_dependent(state, source, foreign_key, cascade=cascade)
    drop_views(state, _reading(state, gone), set(), cascade=cascade)
    for draft in gone:
        _forget_table(state, draft, cascade=cascade)


def _drop_dependent(state: State, source: Draft, foreign_key: ForeignKey, *, cascade: bool) -> None:
    if not cascade:
        raise RefusedError(f"a foreign key of {source.name} needs it", source.full)
    remove_constraint(state, source, foreign_key.name)


def _reading(state: State, drafts: Dict[Draft, None]) -> Set[str]:
    """The views that read tables."""
    return {name for name, view in state.views.items() if not drafts.keys().isdisjoint(view.tables)}


def _drop_named_views(state: State, names: Sequence[Name], made: Drop) -> None:
    gone: Set[str] = set()
    for name in names:
        relation = state.relation(name)
        if relation is None:
            _missing(made, name)
        elif relation.kind != made.kind:
            concerned = (relation.owner.full,) if relation.owner is not None else ()
            raise RefusedError(f"{name.name} is no {made.kind}", *concerned)
        else:
            gone.add(shown(*state.found(name)[:2]))
    drop_views(state, gone, gone, cascade=made.cascade)


def _forget_table(state: State, draft: Draft, *, cascade: bool) -> None:
    for sequence in list(draft.owned):
        forget_sequence(state, draft, sequence, cascade=cascade)
    for name in (*draft.keys, *(name for name, indexed in draft.checks.items() if indexed)):
        state.release(draft.schema, name)
    for name in (*draft.keys, *draft.foreign_keys, *draft.checks, *draft.not_nulls):
        state.count_constraint(draft.schema, name, -1)
    for name in draft.indexes:
        state.release(draft.schema, name)
    state.release(draft.schema, draft.name)
    for key in [key for key in state.things if key[0] == "trigger"]:
        if key[1].endswith(f" on {draft.shown}"):
            state.journal.discard(state.things, key)
    state.note_dropped(draft)


def _drop_index(state: State, name: Name, made: Drop) -> None:
    relation = state.relation(name)
    if relation is None:
        return _missing(made, name)
    if relation.kind.startswith("index of "):
        key = shown(*state.found(name)[:2])
        state.forget(key)
        state.journal.discard(state.things, ("index", key))
        return None
    if relation.kind != "index" or relation.owner is None:
        concerned = (relation.owner.full,) if relation.owner is not None else ()
        raise RefusedError(f"{name.name} is no index that can be dropped", *concerned)
    check_support(state, relation.owner, name.name, cascade=made.cascade)
    drop_index(state, relation.owner, name.name)
    return None


def _drop_sequence(state: State, name: Name, made: Drop) -> None:
    key = shown(*state.found(name)[:2])
    relation = state.relations.get(key)
    if relation is None:
        return _missing(made, name)
    if relation.kind != "sequence":
        raise RefusedError(f"{name.name} is no sequence")
    owner = relation.owner
    if owner is not None and owner.owned.get(key) in owner.identities:
        raise RefusedError("an identity column needs its sequence", owner.full)
    for draft in state.drafts_using(key):
        for column, used in list(draft.used.items()):
            if used == key:
                if not made.cascade:
                    raise RefusedError(f"a default of {draft.name} needs {key}", draft.full)
                no_default(state, draft, column)
    if owner is not None:
        state.journal.discard(owner.owned, key)
    state.forget(key)
    state.journal.discard(state.things, ("sequence", key))
    return None


def _drop_type(state: State, name: Name, made: Drop) -> None:
    key = state.type_name(name)
    if key not in state.types:
        return _missing(made, name)
    for draft, column in list(state.typed(key)):
        if not made.cascade:
            raise RefusedError(f"column {column.name} has the type", draft.full)
        drop_column(state, draft, column.name, cascade=True)
    state.forget_type(key)
    for kind in ("type", "domain"):
        state.journal.discard(state.things, (kind, key))
    return None


def _drop_thing(state: State, name: Name, made: Drop) -> None:
    key = state.thing_name(made.kind, name, made.table)
    if (made.kind, key) not in state.things:
        return
    state.journal.discard(state.things, (made.kind, key))


def drop_schema(state: State, schema: str, made: Drop) -> None:
    """Drop a schema, with all in it where ``CASCADE`` says so.

    Raises:
        RefusedError: there is something in it, or it isn't there.
    """
    relations = state.relations.items()
    inside = [(key, relation) for key, relation in relations if _is_in(key, relation, schema)]
    if ("schema", schema) not in state.things and not inside and schema != PUBLIC:
        return _missing(made, Name("", schema, 0))
    types = [key for key in state.types if _schema_of_type(key) == schema]
    if (inside or types) and not made.cascade:
        names = [relation.owner.full for _, relation in inside if relation.owner is not None]
        raise RefusedError(f"schema {schema} isn't empty", *names)
    tables = [relation.owner for _, relation in inside if relation.kind == "table"]
    drop_tables(state, [table for table in tables if table is not None], cascade=True)
    views = {key for key, relation in inside if relation.kind in VIEWS and key in state.views}
    drop_views(state, views, views, cascade=True)
    for key, relation in inside:
        if relation.kind == "sequence" and key in state.relations:
            _drop_sequence(state, Name(schema, key.partition(".")[2] or key, 0), made)
        state.forget(key)
    for key in types:
        _drop_type(state, Name(schema, key.rpartition(".")[2].strip('"'), 0), made)
    for kind, key in list(state.things):
        if key.startswith(f"{schema}.") or (kind == "schema" and key == schema):
            state.journal.discard(state.things, (kind, key))
    return None


def _is_in(key: str, relation: Relation, schema: str) -> bool:
    if relation.kind == "table" and relation.owner is not None:
        return relation.owner.schema == schema
    return key.partition(".")[0] == schema if "." in key else schema == PUBLIC


def _schema_of_type(key: str) -> str:
    head, dot, _ = key.rpartition(".")
    return head.strip('"') if dot else PUBLIC

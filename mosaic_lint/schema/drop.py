"""Taking things away, with what goes along."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Sequence, Set, Tuple

from mosaic_lint.schema.create import drop_index, supports
from mosaic_lint.schema.draft import Draft, Relation
from mosaic_lint.schema.model import ForeignKey
from mosaic_lint.schema.names import PUBLIC, Name, shown
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import Drop
from mosaic_lint.schema.state import State

_VIEWS = frozenset(("view", "materialized view"))
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
    elif made.kind in _VIEWS or made.kind == "foreign table":
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


def drop_views(state: State, names: Set[str], asked: Set[str], *, cascade: bool) -> None:
    """Drop views, and those that read them.

    Args:
        state: the state.
        names: the views.
        asked: which of them are dropped by name, so that they need no ``CASCADE``.
        cascade: whether what depends on them goes along.

    Raises:
        RefusedError: something depends on them.
    """
    gone, pending = set(names), list(names)
    while pending:
        name = pending.pop()
        for other, view in state.views.items():
            if name in view.views and other not in gone:
                gone.add(other)
                pending.append(other)
    if gone - asked and not cascade:
        raise RefusedError(f"a view needs it: {min(gone - asked)}")
    for name in gone:
        _forget_view(state, name)


def _forget_view(state: State, name: str) -> None:
    state.journal.discard(state.views, name)
    state.forget(name)
    for kind in (*_VIEWS, "foreign table"):
        state.journal.discard(state.things, (kind, name))
    for index, relation in list(state.relations.items()):
        if relation.kind == f"index of {name}":
            state.forget(index)
            state.journal.discard(state.things, ("index", index))


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


def check_support(state: State, draft: Draft, name: str, *, cascade: bool) -> None:
    """Drop the foreign keys that rest on a key or index, which is to be dropped.

    Raises:
        RefusedError: there are some, without ``CASCADE``.
    """
    key, index = draft.keys.get(name), draft.indexes.get(name)
    columns = key.columns if key is not None else index.columns if index is not None else ()
    for source, foreign_key in state.references(draft):
        target = foreign_key.target_columns
        if not target:
            rests = key is not None and key.primary
        else:
            rests = set(target) == set(columns) and name == next(supports(draft, target), name)
        if rests:
            if not cascade:
                reason = f"a foreign key of {source.name} needs {name}"
                raise RefusedError(reason, source.full, draft.full)
            remove_constraint(state, source, foreign_key.name)


def remove_constraint(state: State, draft: Draft, name: str) -> None:
    """Take a constraint away; whether anything depends on it was asked before."""
    journal = state.journal
    if name in draft.keys or draft.checks.get(name):
        state.release(draft.schema, name)
    if name in draft.keys:
        journal.replace(draft.keys, {k: v for k, v in draft.keys.items() if k != name})
    if name in draft.foreign_keys:
        remaining = {k: v for k, v in draft.foreign_keys.items() if k != name}
        journal.replace(draft.foreign_keys, remaining)
    journal.discard(draft.checks, name)
    journal.discard(draft.not_nulls, name)
    journal.discard(draft.words, name)
    state.count_constraint(draft.schema, name, -1)


def drop_column(state: State, draft: Draft, name: str, *, cascade: bool) -> None:
    """Drop a column, with its indexes, constraints and sequences.

    Raises:
        RefusedError: something else depends on it.
    """
    for key in list(draft.keys.values()):
        if name in key.columns or name in draft.words.get(key.name, ()):
            check_support(state, draft, key.name, cascade=cascade)
            if key.name in draft.keys:
                remove_constraint(state, draft, key.name)
    for index in list(draft.indexes.values()):
        if name in index.columns or name in draft.words.get(index.name, ()):
            check_support(state, draft, index.name, cascade=cascade)
            drop_index(state, draft, index.name)
    for foreign_key in list(draft.foreign_keys.values()):
        if name in foreign_key.columns:
            remove_constraint(state, draft, foreign_key.name)
    for check in list(draft.checks):
        if name in draft.words.get(check, ()):
            if draft.checks[check] and not cascade:
                state.doubt_table(draft, f"constraint {check} may need column {name}")
            remove_constraint(state, draft, check)
    for constraint, column in list(draft.not_nulls.items()):
        if column == name:
            remove_constraint(state, draft, constraint)
    _drop_readers(state, draft, name, cascade=cascade)
    for sequence, owner in list(draft.owned.items()):
        if owner == name:
            forget_sequence(state, draft, sequence, cascade=cascade, column=name)
    state.journal.discard(draft.computed, name)
    state.journal.discard(draft.used, name)
    state.journal.discard(draft.identities, name)
    remaining = {key: column for key, column in draft.columns.items() if key != name}
    state.journal.replace(draft.columns, remaining)


def _drop_readers(state: State, draft: Draft, name: str, *, cascade: bool) -> None:
    """Drop the generated columns and views that read a column."""
    for other, words in list(draft.computed.items()):
        if name in words and other != name:
            if not cascade:
                raise RefusedError(f"generated column {other} needs {name}")
            drop_column(state, draft, other, cascade=cascade)
    views = {key for key, view in state.views.items() if name in view.tables.get(draft, ())}
    drop_views(state, views, set(), cascade=cascade)


def forget_sequence(
    state: State, draft: Draft, sequence: str, *, cascade: bool, column: str = ""
) -> None:
    """Drop a sequence that belongs to a column, which is dropped."""
    _unused(state, sequence, draft, column, cascade=cascade)
    state.forget(sequence)
    state.journal.discard(draft.owned, sequence)
    state.journal.discard(state.things, ("sequence", sequence))


def _unused(state: State, sequence: str, owner: Draft, column: str, *, cascade: bool) -> None:
    """Take the defaults away that need a sequence, but for its owner's, which is dropped."""
    for draft in state.drafts_using(sequence):
        for name, used in list(draft.used.items()):
            if used != sequence or (draft is owner and column in ("", name)):
                continue
            if not cascade:
                raise RefusedError(f"a default of {draft.name} needs {sequence}", draft.full)
            _no_default(state, draft, name)


def _no_default(state: State, draft: Draft, name: str) -> None:
    column = draft.columns[name]
    state.journal.put(draft.columns, name, replace(column, default=None, generated=False))
    state.journal.discard(draft.used, name)


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
                _no_default(state, draft, column)
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
    views = {key for key, relation in inside if relation.kind in _VIEWS and key in state.views}
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

"""Taking parts of a table away, with what goes along."""

from __future__ import annotations

from dataclasses import replace
from typing import Set

from mosaic_lint.schema.constraints import drop_index, supports
from mosaic_lint.schema.draft import Draft
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.state import State

VIEWS = frozenset(("view", "materialized view"))


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
    for kind in (*VIEWS, "foreign table"):
        state.journal.discard(state.things, (kind, name))
    for index, relation in list(state.relations.items()):
        if relation.kind == f"index of {name}":
            state.forget(index)
            state.journal.discard(state.things, ("index", index))


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
            no_default(state, draft, name)


def no_default(state: State, draft: Draft, name: str) -> None:
    """Take a column's default away."""
    column = draft.columns[name]
    state.journal.put(draft.columns, name, replace(column, default=None, generated=False))
    state.journal.discard(draft.used, name)

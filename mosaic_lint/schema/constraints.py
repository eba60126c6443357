"""Adding constraints: keys, checks and foreign keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from mosaic_lint.schema.draft import Draft
from mosaic_lint.schema.model import ForeignKey, Key
from mosaic_lint.schema.names import distinct, joined, shown
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import (
    CheckMade,
    Constraint,
    ForeignKeyMade,
    KeyMade,
    NotNullMade,
)
from mosaic_lint.schema.state import State
from mosaic_lint.schema.types import UNSORTED


def add_constraints(state: State, draft: Draft, groups: Sequence[Sequence[Constraint]]) -> None:
    """Add constraints in the order in which PostgreSQL does.

    Args:
        state: the state.
        draft: the table.
        groups: those of one definition together; keys that say the same are made once in each.

    Raises:
        RefusedError: PostgreSQL would refuse one.
    """
    constraints = [constraint for group in groups for constraint in group]
    for constraint in constraints:
        if isinstance(constraint, NotNullMade):
            _add_not_null(state, draft, constraint)
        elif isinstance(constraint, CheckMade) and constraint.excludes is None:
            _add_check(state, draft, constraint)
    for group in groups:
        for key in _needed([made for made in group if isinstance(made, KeyMade)]):
            add_key(state, draft, key)
    for constraint in constraints:
        if isinstance(constraint, CheckMade) and constraint.excludes is not None:
            _add_check(state, draft, constraint)
    for constraint in constraints:
        if isinstance(constraint, ForeignKeyMade):
            add_foreign_key(state, draft, constraint)


def _needed(keys: Sequence[KeyMade]) -> List[KeyMade]:
    """Keys without those that say the same as another one; the primary key first."""
    found: Dict[Tuple[object, ...], KeyMade] = {}
    for key in sorted(keys, key=lambda key: not key.primary):
        same = (key.columns, key.include, key.options, key.using_index)
        before = found.get(same)
        if before is None or (key.primary and before.primary):
            found[(*same, key.primary) if before else same] = key
        elif not before.name and key.name:
            found[same] = _named(before, key.name)
    return list(found.values())


def _named(key: KeyMade, name: str) -> KeyMade:
    return replace(key, name=name)


def need_columns(draft: Draft, columns: Sequence[str]) -> None:
    """A table needs the columns that something names.

    Raises:
        RefusedError: it surely hasn't one.
    """
    for column in columns:
        if column not in draft.columns and draft.is_sure:
            raise RefusedError(f"there is no column {column}")


def _take_name(state: State, draft: Draft, name: str, *, has_index: bool) -> None:
    """Give a constraint its name."""
    if draft.has_constraint(name):
        raise RefusedError(f"there is already a constraint {name}")
    if has_index:
        state.register(draft.schema, name, "constraint", draft)
    state.count_constraint(draft.schema, name, 1)


def need_order(draft: Draft, columns: Sequence[Optional[str]]) -> None:
    """A B-tree needs columns of types that have an order.

    Raises:
        RefusedError: one has none.
    """
    for name in columns:
        column = draft.columns.get(name) if name is not None else None
        if column is not None and column.type.removesuffix("[]") in UNSORTED:
            raise RefusedError(f"column {name} has a type without an order")


def add_key(state: State, draft: Draft, made: KeyMade) -> None:
    """Add a primary key or a unique constraint.

    Raises:
        RefusedError: PostgreSQL would refuse it.
    """
    if made.primary and draft.primary is not None:
        raise RefusedError("has two primary keys")
    if made.using_index:
        return _use_index(state, draft, made)
    need_columns(draft, (*made.columns, *made.include))
    need_order(draft, made.columns)
    if len(set(made.columns)) < len(made.columns):
        raise RefusedError("a key has a column twice")
    name = made.name or _key_name(state, draft, made)
    _take_name(state, draft, name, has_index=True)
    state.journal.put(
        draft.keys, name, Key(name, made.columns, made.primary, state.origin(made.place))
    )
    state.journal.put(draft.words, name, frozenset(made.include))
    if made.primary:
        for column in made.columns:
            set_not_null(state, draft, column, True)
    return None


def _key_name(state: State, draft: Draft, made: KeyMade) -> str:
    columns = "" if made.primary else joined(distinct((*made.columns, *made.include)))
    label = "pkey" if made.primary else "key"
    return state.choose(draft.schema, (draft.name, columns, label), constraint=True)


def _use_index(state: State, draft: Draft, made: KeyMade) -> None:
    """Make a key of an index, which takes the constraint's name."""
    index = draft.indexes.get(made.using_index)
    if index is None:
        if draft.is_sure:
            raise RefusedError(f"there is no index {made.using_index}")
        return
    columns = tuple(column for column in index.columns if column is not None)
    if not index.unique or index.partial or len(columns) < len(index.columns):
        raise RefusedError(f"index {made.using_index} can't be a key")
    if index.method != "btree":
        raise RefusedError(f"index {made.using_index} can't be a key")
    name = made.name or index.name
    words = draft.words.get(index.name, frozenset())
    drop_index(state, draft, index.name)
    _take_name(state, draft, name, has_index=True)
    key = Key(name, columns, made.primary, state.origin(made.place))
    state.journal.put(draft.keys, name, key)
    state.journal.put(draft.words, name, words)
    if made.primary:
        for column in columns:
            set_not_null(state, draft, column, True)


def drop_index(state: State, draft: Draft, name: str) -> None:
    """Take an index away."""
    state.release(draft.schema, name)
    remaining = {key: index for key, index in draft.indexes.items() if key != name}
    state.journal.replace(draft.indexes, remaining)
    state.journal.discard(draft.words, name)


def set_not_null(state: State, draft: Draft, name: str, not_null: bool) -> None:
    """Set whether a column refuses NULL."""
    column = draft.columns.get(name)
    if column is not None and column.not_null != not_null:
        state.journal.put(draft.columns, name, replace(column, not_null=not_null))


def _add_not_null(state: State, draft: Draft, made: NotNullMade) -> None:
    need_columns(draft, (made.column,))
    set_not_null(state, draft, made.column, True)
    if made.name and not draft.has_constraint(made.name):
        state.journal.put(draft.not_nulls, made.name, made.column)
        state.count_constraint(draft.schema, made.name, 1)


def _add_check(state: State, draft: Draft, made: CheckMade) -> None:
    words = made.words & set(draft.columns)
    has_index = made.excludes is not None
    name = made.name
    if not name:
        if made.excludes is not None:
            columns, label = joined(distinct(made.excludes)), "excl"
        else:
            columns, label = (next(iter(words)) if len(words) == 1 else ""), "check"
        parts = (draft.name, columns, label)
        name = state.choose(draft.schema, parts, index=has_index, constraint=True)
    _take_name(state, draft, name, has_index=has_index)
    state.journal.put(draft.checks, name, has_index)
    state.journal.put(draft.words, name, words)


def add_foreign_key(state: State, draft: Draft, made: ForeignKeyMade) -> None:
    """Add a foreign key.

    Raises:
        RefusedError: PostgreSQL would refuse it.
    """
    need_columns(draft, made.columns)
    if made.target_columns and len(made.target_columns) != len(made.columns):
        raise RefusedError("a foreign key has another number of columns than its target")
    target = state.known(made.target)
    if target is None and (state.was_dropped(made.target) or state.relation(made.target)):
        raise RefusedError(f"{made.target.name}, where a foreign key points to, is no table")
    if target is not None and target.is_sure:
        _need_target(target, made)
    parts = (draft.name, joined(made.columns), "fkey")
    name = made.name or state.choose(draft.schema, parts, index=False, constraint=True)
    _take_name(state, draft, name, has_index=False)
    full = state.found(made.target)
    foreign_key = ForeignKey(
        name, made.columns, shown(*full[:2]), made.target_columns, state.origin(made.place)
    )
    state.journal.put(draft.foreign_keys, name, foreign_key)
    if target is not None:
        state.note_pointing(draft, target)


def _need_target(target: Draft, made: ForeignKeyMade) -> None:
    """A foreign key needs a key of its target."""
    if not made.target_columns:
        primary = target.primary
        if primary is None or len(primary.columns) != len(made.columns):
            raise RefusedError(f"{target.name} has no such primary key")
        return
    need_columns(target, made.target_columns)
    if next(supports(target, made.target_columns), None) is None:
        raise RefusedError(f"{target.name} has no such key")


def supports(target: Draft, columns: Sequence[str]) -> Iterator[str]:
    """The names of the keys and indexes that a foreign key to columns may rest on."""
    wanted = set(columns)
    for key in target.keys.values():
        if set(key.columns) == wanted and len(key.columns) == len(columns):
            yield key.name
    for index in target.indexes.values():
        if index.unique and not index.partial and set(index.columns) == wanted:
            if len(index.columns) == len(columns):
                yield index.name

"""Making tables, columns, constraints and indexes."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

from mosaic_lint.schema.draft import Draft
from mosaic_lint.schema.model import Column, ForeignKey, Index, Key, Thing
from mosaic_lint.schema.names import Name, distinct, folded, joined, shown, unquoted
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import (
    CheckMade,
    ColumnMade,
    Constraint,
    CreateIndex,
    CreateTable,
    ForeignKeyMade,
    KeyMade,
    NotNullMade,
)
from mosaic_lint.schema.state import State
from mosaic_lint.schema.types import UNSORTED

# A sequence that is named by a text is looked up each time, and so nothing depends on it.
_NEXTVAL = re.compile(r"nextval\s*\(\s*'((?:[^']|'')+)'(\s*::\s*text)?", re.IGNORECASE)
_NULL = re.compile(r"\(*\s*null\s*\)*\s*(?:::.*)?\Z", re.IGNORECASE | re.DOTALL)
_NAME_PART = re.compile(r'("(?:[^"]|"")*"|[^."]+)(?:\.|\Z)')


def create_table(state: State, made: CreateTable) -> None:
    """Run ``CREATE TABLE``.

    Raises:
        RefusedError: PostgreSQL would refuse it.
    """
    if made.temporary:
        state.journal.put(state.temporary, made.name.name, True)
        return
    full = state.target(made.name)
    relation = state.relations.get(shown(*full[:2]))
    draft = Draft(full.schema, full.name)
    if relation is not None:
        existing = relation.owner if relation.kind == "table" else None
        if existing is not None and not existing.origins:
            state.doubt_table(existing, "is altered before it is created", made.place)
            draft = existing
        elif made.if_not_exists:
            return
        else:
            raise RefusedError("is created twice")
    else:
        state.register(full.schema, full.name, "table", draft)
    state.journal.set(draft, "origins", (state.origin(made.place),))
    state.note_made(draft)
    if made.doubt:
        state.doubt_table(draft, made.doubt, made.place)
    _inherit(state, draft, made)
    for column in made.columns:
        add_column(state, draft, column)
    add_constraints(state, draft, [list(_constraints(made))])


def _inherit(state: State, draft: Draft, made: CreateTable) -> None:
    parents = [state.known(name) for name in made.parents]
    known = tuple(parent for parent in parents if parent is not None)
    state.journal.set(draft, "parents", known)
    state.journal.set(draft, "is_partition", made.is_partition)
    for parent in known:
        state.note_pointing(draft, parent)


def _constraints(made: CreateTable) -> Iterator[Constraint]:
    for part in made.parts:
        if isinstance(part, ColumnMade):
            yield from part.constraints
        else:
            yield part


def add_column(state: State, draft: Draft, made: ColumnMade) -> None:
    """Add a column, without the constraints that stand at it.

    Raises:
        RefusedError: there is one of that name.
    """
    if made.name in draft.columns:
        if not draft.is_sure:
            return
        raise RefusedError(f"column {made.name} is added twice")
    default, is_generated = made.default, made.identity
    if made.computed is not None:
        state.journal.put(draft.computed, made.name, made.computed)
        default, is_generated = None, True
    elif made.type.serial or made.identity:
        sequence = _own_sequence(state, draft, made)
        is_generated = True
        if made.identity:
            state.journal.put(draft.identities, made.name, True)
        if made.type.serial:
            default = f"nextval('{sequence}'::regclass)"
            state.use(draft, made.name, sequence)
    default, uses_sequence = take_default(state, draft, made.name, default)
    column = Column(
        made.name,
        state.type_text(made.type, draft),
        made.not_null,
        default,
        is_generated or uses_sequence,
        state.origin(made.place),
    )
    state.journal.put(draft.columns, made.name, column)


def take_default(
    state: State, draft: Draft, column: str, default: Optional[str]
) -> Tuple[Optional[str], bool]:
    """A default as it is kept, and whether it takes a number from a sequence."""
    if default is None or _NULL.match(default):
        return None, False
    match = _NEXTVAL.search(default)
    if match is None:
        return default, False
    name = _parsed(match.group(1).replace("''", "'"))
    if name is not None and not match.group(2):
        state.use(draft, column, shown(*state.found(name)[:2]))
    return default, True


def _parsed(text: str) -> Optional[Name]:
    """The name in a text, as ``regclass`` reads it."""
    parts = [match.group(1) for match in _NAME_PART.finditer(text.strip())]
    names = [unquoted(part) if part.startswith('"') else folded(part) for part in parts]
    if not names or len(names) > 2 or None in names:
        return None
    return Name(names[0] or "" if len(names) == 2 else "", names[-1] or "", 0)


def _own_sequence(state: State, draft: Draft, made: ColumnMade) -> str:
    """Make the sequence of a serial or identity column."""
    name = state.choose(draft.schema, (draft.name, made.name, "seq"), constraint=False)
    state.register(draft.schema, name, "sequence", draft)
    key = shown(draft.schema, name)
    state.journal.put(draft.owned, key, made.name)
    return key


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


def _need_columns(draft: Draft, columns: Sequence[str]) -> None:
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


def _need_order(draft: Draft, columns: Sequence[Optional[str]]) -> None:
    """A B-tree needs an order."""
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
    _need_columns(draft, (*made.columns, *made.include))
    _need_order(draft, made.columns)
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
    _need_columns(draft, (made.column,))
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
    _need_columns(draft, made.columns)
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
    _need_columns(target, made.target_columns)
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


def create_index(state: State, made: CreateIndex) -> None:
    """Run ``CREATE INDEX``.

    Raises:
        RefusedError: PostgreSQL would refuse it.
    """
    if state.is_temporary(made.table):
        if made.name:
            state.journal.put(state.temporary, made.name, True)
        return None
    relation = state.relation(made.table)
    if relation is not None and relation.kind == "materialized view":
        return _index_of_view(state, made)
    draft = state.draft(made.table)
    if made.name and made.if_not_exists and state.is_taken(draft.schema, made.name):
        other = state.relations[shown(draft.schema, made.name)].owner
        if other is not None and other is not draft and not other.is_sure:
            reason = f"index {made.name} may be there, as that of another table"
            state.doubt_table(draft, reason, made.place)
        return None
    _need_columns(draft, [column for column in made.columns if column is not None])
    if made.method == "btree":
        _need_order(draft, made.columns)
    parts = (draft.name, joined(made.labels), "idx")
    name = made.name or state.choose(draft.schema, parts, constraint=False)
    state.register(draft.schema, name, "index", draft)
    index = Index(
        name, made.columns, made.unique, made.partial, made.method, state.origin(made.place)
    )
    state.journal.put(draft.indexes, name, index)
    words = made.words & set(draft.columns) if draft.is_sure else made.words
    state.journal.put(draft.words, name, words)
    return None


def _index_of_view(state: State, made: CreateIndex) -> None:
    """An index of a materialized view, which belongs to no table."""
    full = state.found(made.table)
    parts = (full.name, joined(made.labels), "idx")
    name = made.name or state.choose(full.schema, parts, constraint=False)
    if state.is_taken(full.schema, name):
        return
    key = shown(full.schema, name)
    state.register(full.schema, name, f"index of {shown(*full[:2])}", None)
    state.journal.put(state.things, ("index", key), Thing("index", key, state.origin(made.place)))

"""Making tables, columns, constraints and indexes."""

from __future__ import annotations

import re
from typing import Iterator, Optional, Tuple

from mosaic_lint.schema.constraints import add_constraints, need_columns, need_order
from mosaic_lint.schema.draft import Draft
from mosaic_lint.schema.model import Column, Index, Thing
from mosaic_lint.schema.names import Name, folded, joined, shown, unquoted
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import (
    ColumnMade,
    Constraint,
    CreateIndex,
    CreateTable,
)
from mosaic_lint.schema.state import State
from mosaic_lint.schema.types import is_other_than_integer

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
            if is_other_than_integer(state.type_text(made.type, draft)):
                raise RefusedError(f"identity column {made.name} isn't of an integer type")
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
    need_columns(draft, [column for column in (*made.columns, *made.include) if column])
    if made.method == "btree":
        need_order(draft, made.columns)
    parts = (draft.name, joined(made.labels), "idx")
    name = made.name or state.choose(draft.schema, parts, constraint=False)
    state.register(draft.schema, name, "index", draft)
    index = Index(
        name,
        made.columns,
        made.unique,
        made.partial,
        made.method,
        state.origin(made.place),
        made.is_plain,
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

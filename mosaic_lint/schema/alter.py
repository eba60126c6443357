"""``ALTER``: of tables and of what else has a name."""

from __future__ import annotations

from dataclasses import replace
from typing import List, Sequence, Union

from mosaic_lint.schema.constraints import add_constraints, set_not_null
from mosaic_lint.schema.create import add_column, take_default
from mosaic_lint.schema.draft import Draft
from mosaic_lint.schema.drop_part import (
    check_support,
    drop_column,
    forget_sequence,
    remove_constraint,
)
from mosaic_lint.schema.names import made as default_name
from mosaic_lint.schema.names import shown
from mosaic_lint.schema.namespace import RefusedError
from mosaic_lint.schema.operations import (
    Action,
    AddColumn,
    AddConstraint,
    AlterTable,
    Constraint,
    Doubtful,
    DropColumn,
    DropConstraint,
    RenameColumn,
    RenameConstraint,
    RenameTo,
    SetDefault,
    SetGenerated,
    SetNotNull,
    SetSchema,
    SetType,
)
from mosaic_lint.schema.rename import (
    move_other,
    move_table,
    rename_column,
    rename_constraint,
)
from mosaic_lint.schema.state import State
from mosaic_lint.schema.types import is_other_than_integer

_Groups = List[Sequence[Constraint]]


def alter(state: State, made: AlterTable) -> None:
    """Run ``ALTER``.

    Raises:
        RefusedError: PostgreSQL would refuse it.
    """
    if state.is_temporary(made.name):
        return None
    relation = state.relation(made.name)
    if made.kind != "table" or (relation is not None and relation.kind != "table"):
        return move_other(state, made)
    if relation is None and made.if_exists:
        return None
    draft = state.draft(made.name)
    constraints: _Groups = []
    for action in sorted(made.actions, key=_pass):
        _act(state, draft, action, constraints)
    add_constraints(state, draft, constraints)
    return None


def _pass(action: Action) -> int:
    """When PostgreSQL does an action of several, whatever their order."""
    if isinstance(action, (DropColumn, DropConstraint)):
        return 0
    if isinstance(action, SetNotNull) and not action.not_null:
        return 0
    if isinstance(action, SetDefault) and action.default is None:
        return 0
    if isinstance(action, SetGenerated) and action.what != "identity":
        return 0
    if isinstance(action, SetType):
        return 1
    if isinstance(action, AddColumn):
        return 2
    return 3


def _act(state: State, draft: Draft, action: Action, constraints: _Groups) -> None:
    """Do one action; constraints are left for the end."""
    if isinstance(action, AddColumn):
        _add_column(state, draft, action, constraints)
    elif isinstance(action, AddConstraint):
        constraints.append([action.constraint])
    elif isinstance(action, DropColumn):
        _drop_column(state, draft, action)
    elif isinstance(action, DropConstraint):
        _drop_constraint(state, draft, action)
    elif isinstance(action, RenameColumn):
        if _has(state, draft, action.old, action.place):
            rename_column(state, draft, action.old, action.new)
    elif isinstance(action, RenameConstraint):
        rename_constraint(state, draft, action.old, action.new, action.place)
    elif isinstance(action, RenameTo):
        move_table(state, draft, draft.schema, action.new, action.place)
    elif isinstance(action, SetSchema):
        move_table(state, draft, action.schema, draft.name, action.place)
    elif isinstance(action, Doubtful):
        if action.other is not None:
            state.doubt(action.other, action.reason, action.place)
    elif not _is_slight(draft, action) and _has(state, draft, action.column, action.place):
        _alter_column(state, draft, action)


def _is_slight(draft: Draft, action: Union[SetDefault, SetNotNull, SetType, SetGenerated]) -> bool:
    """Whether a column that is declared elsewhere keeps its name and type."""
    is_elsewhere = not draft.origins and action.column not in draft.columns
    return is_elsewhere and isinstance(action, (SetDefault, SetNotNull))


def _has(state: State, draft: Draft, column: str, place: int) -> bool:
    """Whether a table has a column; if it isn't known, the table is doubtful.

    Raises:
        RefusedError: the table surely hasn't.
    """
    if column in draft.columns:
        return True
    if draft.is_sure:
        raise RefusedError(f"there is no column {column}")
    state.doubt_table(draft, f"column {column} is changed, but isn't known", place)
    return False


def _add_column(state: State, draft: Draft, action: AddColumn, constraints: _Groups) -> None:
    if action.if_not_exists and action.column.name in draft.columns:
        return
    add_column(state, draft, action.column)
    constraints.append(action.column.constraints)


def _drop_column(state: State, draft: Draft, action: DropColumn) -> None:
    if action.name in draft.columns:
        drop_column(state, draft, action.name, cascade=action.cascade)
    elif not draft.origins or not action.if_exists:
        _has(state, draft, action.name, action.place)


def _drop_constraint(state: State, draft: Draft, action: DropConstraint) -> None:
    name = action.name
    column = draft.not_nulls.get(name) or _not_null(draft, name)
    if draft.has_constraint(name):
        if name in draft.keys:
            check_support(state, draft, name, cascade=action.cascade)
        remove_constraint(state, draft, name)
    elif not column and draft.is_sure and not action.if_exists:
        raise RefusedError(f"there is no constraint {name}")
    elif not draft.is_sure and not (draft.origins and action.if_exists):
        state.doubt_table(draft, f"constraint {name} is dropped, but isn't known", action.place)
    if column:
        set_not_null(state, draft, column, False)


def _not_null(draft: Draft, name: str) -> str:
    """The column whose ``NOT NULL`` PostgreSQL 18 gives a name by itself."""
    if "not_null" not in name or draft.has_constraint(name):
        return ""
    for column in draft.columns.values():
        if column.not_null and default_name(draft.name, column.name, "not_null") == name:
            return column.name
    return ""


def _alter_column(state: State, draft: Draft, action: Action) -> None:
    if isinstance(action, SetNotNull):
        _set_not_null(state, draft, action)
    elif isinstance(action, SetType):
        column = draft.columns[action.column]
        text = state.type_text(action.type, draft)
        _check_views(state, draft, action.column)
        if column.name in draft.identities and is_other_than_integer(text):
            raise RefusedError(f"identity column {column.name} needs an integer type")
        retyped = column.retyped or column.type != text
        state.journal.put(draft.columns, column.name, replace(column, type=text, retyped=retyped))
    elif isinstance(action, SetDefault):
        _set_default(state, draft, action)
    elif isinstance(action, SetGenerated):
        _set_generated(state, draft, action)


def _check_views(state: State, draft: Draft, column: str) -> None:
    for view in state.views.values():
        if column in view.tables.get(draft, ()):
            raise RefusedError(f"a view needs column {column}")
    for other, words in draft.computed.items():
        if column in words:
            raise RefusedError(f"generated column {other} needs {column}")


def _set_not_null(state: State, draft: Draft, action: SetNotNull) -> None:
    if not action.not_null:
        primary = draft.primary
        if primary is not None and action.column in primary.columns:
            raise RefusedError(f"column {action.column} is in the primary key")
        if action.column in draft.identities:
            raise RefusedError(f"column {action.column} is an identity column")
        for name, column in list(draft.not_nulls.items()):
            if column == action.column:
                remove_constraint(state, draft, name)
    set_not_null(state, draft, action.column, action.not_null)


def _set_default(state: State, draft: Draft, action: SetDefault) -> None:
    name = action.column
    if name in draft.identities or (name in draft.computed):
        raise RefusedError(f"column {name} is generated")
    state.journal.discard(draft.used, name)
    default, is_generated = take_default(state, draft, name, action.default)
    column = draft.columns[name]
    state.journal.put(draft.columns, name, replace(column, default=default, generated=is_generated))


def _set_generated(state: State, draft: Draft, action: SetGenerated) -> None:
    column = draft.columns[action.column]
    is_identity = action.column in draft.identities
    if action.what == "identity":
        if is_identity or column.default is not None or not column.not_null:
            raise RefusedError(f"column {action.column} can't be an identity column")
        _make_identity(state, draft, action.column)
        return
    is_there = is_identity if action.what == "no identity" else action.column in draft.computed
    if not is_there:
        if not action.if_exists:
            raise RefusedError(f"column {action.column} isn't generated")
        return
    state.journal.discard(draft.computed, action.column)
    state.journal.discard(draft.identities, action.column)
    for sequence, owner in list(draft.owned.items()):
        if is_identity and owner == action.column:
            forget_sequence(state, draft, sequence, cascade=True)
    state.journal.put(draft.columns, action.column, replace(column, generated=False))


def _make_identity(state: State, draft: Draft, name: str) -> None:
    if is_other_than_integer(draft.columns[name].type):
        raise RefusedError(f"identity column {name} isn't of an integer type")
    sequence = state.choose(draft.schema, (draft.name, name, "seq"), constraint=False)
    state.register(draft.schema, sequence, "sequence", draft)
    state.journal.put(draft.owned, shown(draft.schema, sequence), name)
    state.journal.put(draft.identities, name, True)
    column = draft.columns[name]
    state.journal.put(draft.columns, name, replace(column, generated=True))

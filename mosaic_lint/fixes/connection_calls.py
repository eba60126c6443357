"""From sqlite3's ``conn.execute(...)`` to a cursor that executes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.blocks import beginning
from mosaic_lint.fixes.cursors import (
    EXECUTING,
    Execution,
    cursor_for,
    execution,
    own_name,
)
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.splitting import (
    check_arguments,
    method_of,
    rename,
    split,
    split_at_name,
)
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site

_ADVICE = {
    "row_factory": "a cursor_factory gives other rows, which the program must be ready for",
    "total_changes": "psycopg2 counts the rows of each statement only, as cursor.rowcount",
    "in_transaction": "psycopg2 tells it by conn.info.transaction_status",
    "fetchone": "nothing tells which cursor's rows it means",
    "fetchmany": "nothing tells which cursor's rows it means",
    "fetchall": "nothing tells which cursor's rows it means",
}


def onto_cursor(site: Site) -> Repair:
    """Execute on a cursor what is executed on a connection.

    Args:
        site: the connection's attribute.

    Raises:
        Declined: it executes nothing, or not plainly in a statement.
    """
    syntax = site.syntax
    attribute = syntax.find(site.span, ast.Attribute)
    if attribute.attr not in EXECUTING:
        raise Declined(_ADVICE.get(attribute.attr, "psycopg2 has nothing of the kind"))
    call = syntax.parent(attribute)
    if not isinstance(call, ast.Call) or call.func is not attribute:
        raise Declined("the method is handed on, and nobody knows who calls it")
    check_arguments(call)
    try:
        found = execution(syntax, call)
    except Declined:
        if isinstance(syntax.parent(call), ast.Expr):
            return _chained(syntax, call)
        raise
    name = own_name(syntax, found)
    if name:
        return _repair(name, split_at_name(syntax, found.statement, call, name))
    return _on_new_cursor(syntax, found)


def _chained(syntax: Syntax, call: ast.Call) -> Repair:
    """The repair where no statement can be put before: ``conn.cursor().execute(...)``."""
    assert isinstance(call.func, ast.Attribute)
    receiver_end = syntax.span(call.func.value).end
    changes = [Change(Span(receiver_end, receiver_end), ".cursor()")]
    if method_of(call) != call.func.attr:
        changes.append(rename(syntax, call.func, method_of(call)))
    return Repair("Execute on a cursor", changes)


def _on_new_cursor(syntax: Syntax, found: Execution) -> Repair:
    receiver = syntax.code(found.receiver)
    if "\n" in receiver:
        raise Declined("the connection is written over several lines")
    cursor = cursor_for(syntax, found)
    opening = f"{cursor.name} = {receiver}.cursor()"
    if not found.is_shared:
        changes = split(syntax, found.statement, found.call, cursor.name, opening)
        return _repair(cursor.name, changes)
    start = syntax.start(cursor.made_before)
    indent, broken = beginning(syntax, cursor.made_before)
    made = Change(Span(start, start), f"{opening}\n{indent}", shared=True)
    changes = split(syntax, found.statement, found.call, cursor.name)
    places = {change.anchor for change in changes}
    breaks = [change for change in broken if change.anchor not in places]
    return _repair(cursor.name, [*breaks, made, *changes])


def _repair(cursor: str, changes: Changes) -> Repair:
    return Repair(f"Execute on a cursor, {cursor}", changes)

"""From the value of ``cursor.execute(...)``, which sqlite3 has, to the cursor itself."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.cursors import EXECUTING, cursor_for, execution
from mosaic_lint.fixes.evaluation import FETCHES, first_in_statement, is_consumed
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.splitting import check_arguments, rename, split
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.fixes.uses import loads, stores

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site

_OF_CURSORS = frozenset((*FETCHES, "description", "rowcount", "close"))
_ITERATING = frozenset(("iter", "enumerate", "zip", "map", "filter"))


def from_cursor(site: Site) -> Repair:
    """Execute in a statement of its own, and go on with the cursor.

    Args:
        site: the call whose value is used, or an attribute that psycopg2's cursors lack.

    Raises:
        Declined: the call isn't plainly in a statement, or nobody knows what becomes of its value.
    """
    syntax = site.syntax
    call = _call(syntax, site)
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "executescript":
        check_arguments(call)
        if isinstance(syntax.parent(call), ast.Expr):
            return Repair('Write "execute"', [rename(syntax, call.func, "execute")])
    receiver = call.func.value
    code = syntax.code(receiver)
    if "\n" in code:
        raise Declined("the cursor is written over several lines")
    if _is_plain(receiver):
        statement = first_in_statement(syntax, call)
        _check_use(syntax, call, statement)
        return _repair(code, split(syntax, statement, call, code))
    made = execution(syntax, call)
    _check_use(syntax, call, made.statement)
    cursor = cursor_for(syntax, made).name
    return _repair(cursor, split(syntax, made.statement, call, cursor, f"{cursor} = {code}"))


def _repair(cursor: str, changes: Changes) -> Repair:
    return Repair(f"Execute first, and go on with {cursor}", changes)


def _call(syntax: Syntax, site: Site) -> ast.Call:
    """The call that executes."""
    try:
        return syntax.find(site.span, ast.Call)
    except Declined:
        attribute = syntax.find(site.span, ast.Attribute)
    if attribute.attr == "lastrowid":
        raise Declined("the statement has to return the id: INSERT ... RETURNING id")
    call = syntax.parent(attribute)
    if not isinstance(call, ast.Call) or call.func is not attribute:
        raise Declined("the method is handed on, and nobody knows who calls it")
    return call


def _is_plain(receiver: ast.expr) -> bool:
    """Whether a cursor may be written twice: a name, or an attribute of one."""
    while isinstance(receiver, ast.Attribute):
        receiver = receiver.value
    return isinstance(receiver, ast.Name)


def _check_use(syntax: Syntax, call: ast.Call, statement: ast.stmt) -> None:
    """Decline where the value isn't surely meant as rows."""
    above = syntax.parent(call)
    if isinstance(above, ast.Attribute) and above.attr in ("lastrowid", *EXECUTING):
        raise Declined(f"{above.attr} is asked of the result")
    is_iterated = isinstance(statement, ast.For) and statement.iter is call
    if not (is_iterated or _is_iterated(above) or is_consumed(syntax, call)):
        if not (isinstance(statement, ast.Assign) and _is_bound_to_rows(syntax, call, statement)):
            raise Declined("what is done with the result may be meant")


def _is_iterated(node: object) -> bool:
    """Whether a function goes through its arguments."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _ITERATING
    )


def _is_bound_to_rows(syntax: Syntax, call: ast.Call, statement: ast.Assign) -> bool:
    """Whether the value is bound to a name from which only rows are taken."""
    target = statement.targets[0]
    if (
        statement.value is not call
        or len(statement.targets) > 1
        or not isinstance(target, ast.Name)
    ):
        return False
    scope = syntax.scope(statement)
    if not all(_binds_result(syntax, store, call) for store in stores(scope, target.id)):
        return False
    uses = list(loads(scope, target.id))
    return bool(uses) and all(_takes_rows(syntax, use) for use in uses)


def _binds_result(syntax: Syntax, store: ast.AST, call: ast.Call) -> bool:
    """Whether a name is bound to the result of the same cursor as that of a call, or to it."""
    statement = syntax.parent(store)
    if not isinstance(statement, ast.Assign) or len(statement.targets) > 1:
        return False
    value: ast.expr = statement.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        value = value.func.value if value.func.attr in EXECUTING else value
    assert isinstance(call.func, ast.Attribute)
    return ast.dump(value) == ast.dump(call.func.value)


def _takes_rows(syntax: Syntax, use: ast.Name) -> bool:
    """Whether a use of a name is one of a cursor; None, which psycopg2 returns, has no rows."""
    above = syntax.parent(use)
    if isinstance(above, ast.Attribute):
        return above.attr in _OF_CURSORS
    if isinstance(above, ast.For):
        return above.iter is use
    return not isinstance(above, ast.Expr) and is_consumed(syntax, use)

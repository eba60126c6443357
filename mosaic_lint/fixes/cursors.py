"""Cursors that a scope needs for what it executes on connections: how many, their names, where."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Tuple

from mosaic_lint.change import Declined
from mosaic_lint.fixes.evaluation import (
    first_in_statement,
    gone_through,
    is_consumed,
    is_lazy_call,
)
from mosaic_lint.fixes.holding import last_name
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.fixes.uses import Entering, bound_names, is_used, loads, stores

EXECUTING = frozenset(("execute", "executemany", "executescript"))
_CANDIDATES = re.compile(r"\bcursor\d*\b")
_NAMED = re.compile(r"_*(?:\w+_)?(?:cur|curs|cursor|crsr)\d*", re.IGNORECASE)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True, eq=False)
class Execution:
    """A call that executes on a connection, in a statement that can be split before it.

    Args:
        call: the call.
        statement: the statement.
        receiver: the connection, or what makes the cursor.
        is_shared: whether its cursor is free again behind the statement.
    """

    call: ast.Call
    statement: ast.stmt
    receiver: ast.expr
    is_shared: bool


@dataclass(frozen=True)
class Cursor:
    """A cursor for an execution.

    Args:
        name: its name.
        made_before: the statement before which it is made.
    """

    name: str
    made_before: ast.stmt


def execution(syntax: Syntax, call: ast.Call) -> Execution:
    """The execution that a call is.

    Raises:
        Declined: its statement can't be split before it, or its cursor would leave the block.
    """
    assert isinstance(call.func, ast.Attribute)
    receiver = call.func.value
    statement = first_in_statement(syntax, call, fetches_before=True)
    above = syntax.parent(call)
    is_closed = isinstance(above, ast.Attribute) and above.attr == "close"
    is_shared = isinstance(receiver, ast.Name) and (
        isinstance(statement, ast.For) or (is_consumed(syntax, call) and not is_closed)
    )
    found = Execution(call, statement, receiver, is_shared)
    _check_id(syntax, found)
    _check_use(syntax, found)
    return found


def _check_id(syntax: Syntax, found: Execution) -> None:
    """Decline where the number of the new row is asked of the cursor."""
    if "lastrowid" not in syntax.text:
        return
    values: List[ast.AST] = [found.call]
    name = own_name(syntax, found)
    if name:
        values += loads(syntax.scope(found.statement), name)
    takers = map(syntax.parent, values)
    if any(isinstance(taker, ast.Attribute) and taker.attr == "lastrowid" for taker in takers):
        raise Declined("for lastrowid the statement has to return it: INSERT ... RETURNING id")


def _check_use(syntax: Syntax, found: Execution) -> None:
    """Decline where the cursor would leave the block that its connection comes from."""
    if found.is_shared or not isinstance(found.receiver, ast.Name):
        return
    if not _enters_in_scope(syntax, found.receiver.id, found.statement):
        return
    statement = found.statement
    if isinstance(statement, ast.Return) and _is_in_value(syntax, found.call, statement):
        raise Declined("its cursor would leave the block of the connection")
    if isinstance(statement, ast.Assign) and statement.value is found.call:
        if any(not isinstance(target, ast.Name) for target in statement.targets):
            raise Declined("its cursor would leave the block of the connection")


def _is_in_value(syntax: Syntax, call: ast.Call, statement: ast.Return) -> bool:
    """Whether a value that is returned may hold on to that of a call."""
    value = gone_through(syntax, call)
    for above in syntax.ancestors(value):
        if above is statement:
            return True
        if isinstance(above, ast.Call) and not last_name(above.func)[:1].isupper():
            return is_lazy_call(above)
    return False


def own_name(syntax: Syntax, one: Execution) -> str:
    """The name that the program gives to the cursor itself: ``cur = conn.execute(...)``.

    Returns:
        The name; empty where there is none, or where the call reads what the name means before.
    """
    statement, call = one.statement, one.call
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is not call:
        return ""
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    target = targets[0]
    start, end = syntax.span(call)
    is_plain = end == syntax.span(statement).end and start == syntax.span(one.receiver).start
    if len(targets) > 1 or not isinstance(target, ast.Name) or not is_plain:
        return ""
    before = syntax.text[syntax.span(statement).start : syntax.span(call.func).end]
    is_read = any(isinstance(n, ast.Name) and n.id == target.id for n in ast.walk(call))
    return "" if is_read or "\n" in before else target.id


def cursor_for(syntax: Syntax, wanted: Execution) -> Cursor:
    """The cursor that an execution is given.

    Executions of one connection share a cursor where none is in the way of another. The answer
    is the same for all of them, whichever of them are to be fixed.

    Args:
        syntax: the file.
        wanted: the execution.
    """
    return syntax.once(_Cursors, syntax.scope(wanted.statement)).cursor_for(wanted)


class _Cursors:
    """The cursors that a scope needs.

    Args:
        syntax: the file.
        scope: the scope.
    """

    def __init__(self, syntax: Syntax, scope: ast.AST) -> None:
        self._syntax = syntax
        self._scope = scope
        self._numbers: Dict[int, int] = {}
        self._alike: Dict[Tuple[object, ...], List[Execution]] = {}
        self._bindings: Dict[str, List[ast.AST]] = {}
        numbers: Dict[Tuple[object, ...], int] = {}
        for one in _executions(syntax, scope):
            key = _key(syntax, one)
            self._numbers[id(one.call)] = numbers.setdefault(key, len(numbers) + 1)
            if one.is_shared:
                self._alike.setdefault(key, []).append(one)
        candidates = set(_CANDIDATES.findall(syntax.text))
        self._taken = frozenset(name for name in candidates if is_used(scope, name))

    def cursor_for(self, wanted: Execution) -> Cursor:
        """The cursor that an execution is given."""
        number = self._numbers.get(id(wanted.call))
        if number is None:
            raise Declined("its place in the file isn't known")
        return Cursor(self._name(number), self._made_before(wanted))

    def _name(self, number: int) -> str:
        """The name of the cursor with a number, counted from 1; names in use don't count."""
        count = suffix = 0
        while True:
            suffix += 1
            name = "cursor" if suffix == 1 else f"cursor{suffix}"
            count += name not in self._taken
            if count == number:
                return name

    def _made_before(self, wanted: Execution) -> ast.stmt:
        """The statement before which the cursor of an execution is made: the first one that needs
        it wherever the execution is come to.
        """
        if not wanted.is_shared:
            return wanted.statement
        assert isinstance(wanted.receiver, ast.Name)
        before = {id(one) for one in _statements_before(self._syntax, wanted.statement)}
        for one in self._alike[_key(self._syntax, wanted)]:
            if one.call is wanted.call:
                break
            if id(one.statement) in before and not self._is_rebound(one, wanted):
                return one.statement
        return wanted.statement

    def _is_rebound(self, first: Execution, last: Execution) -> bool:
        """Whether the name of a connection gets another value between two executions."""
        assert isinstance(last.receiver, ast.Name)
        name = last.receiver.id
        if name not in self._bindings:
            self._bindings[name] = list(stores(self._scope, name))
        span = self._syntax.span
        start, end = span(first.statement).start, span(last.statement).start
        return any(
            not hasattr(binding, "lineno") or start < span(binding).start < end
            for binding in self._bindings[name]
        )


def _executions(syntax: Syntax, scope: ast.AST) -> Iterator[Execution]:
    """All executions of a scope that may need a cursor, in order of the text."""
    found: List[ast.Call] = []
    stack: List[ast.AST] = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in EXECUTING and not _is_cursor(node.func.value):
                found.append(node)
        if not isinstance(node, _SCOPES):
            stack += ast.iter_child_nodes(node)
    for call in sorted(found, key=lambda call: syntax.span(call)):
        try:
            one = execution(syntax, call)
        except Declined:  # it is never fixed, and so needs no cursor
            continue
        if not (own_name(syntax, one) or _is_plain_on_cursor(one)):
            yield one


def _is_plain_on_cursor(one: Execution) -> bool:
    """Whether a statement is right as it is: ``conn.cursor().execute(...)``."""
    return (
        isinstance(one.statement, ast.Expr)
        and one.statement.value is one.call
        and isinstance(one.receiver, ast.Call)
        and isinstance(one.receiver.func, ast.Attribute)
        and one.receiver.func.attr == "cursor"
    )


def _is_cursor(receiver: ast.expr) -> bool:
    """Whether a receiver is called like a cursor, and so needs no other one."""
    if isinstance(receiver, ast.Attribute):
        return _NAMED.fullmatch(receiver.attr) is not None
    return isinstance(receiver, ast.Name) and _NAMED.fullmatch(receiver.id) is not None


def _key(syntax: Syntax, one: Execution) -> Tuple[object, ...]:
    """What executions must have in common to have a cursor of the same name."""
    receiver = ast.dump(one.receiver)
    if not one.is_shared and isinstance(one.receiver, ast.Name):
        return (receiver, id(one.call))
    return (receiver, _loops_over_cursors(syntax, one.statement))


def _loops_over_cursors(syntax: Syntax, statement: ast.stmt) -> int:
    """How many loops around a statement go on fetching from a cursor of theirs."""
    scope = syntax.scope(statement)
    count, below = 0, statement
    for above in syntax.ancestors(statement):
        if above is scope:
            break
        if isinstance(above, ast.For) and any(below is one for one in above.body):
            count += _is_over_cursor(syntax, above)
        if isinstance(above, ast.stmt):
            below = above
    return count


def _is_over_cursor(syntax: Syntax, loop: ast.For) -> bool:
    """Whether a loop fetches rows turn by turn."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in EXECUTING
        and (node is loop.iter or not is_consumed(syntax, node))
        for node in ast.walk(loop.iter)
    )


def _statements_before(syntax: Syntax, statement: ast.stmt) -> Iterator[ast.stmt]:
    """The statements that have run whenever a statement is come to, and itself."""
    scope = syntax.scope(statement)
    current: Optional[ast.stmt] = statement
    while current is not None:
        block, index = syntax.block(current)
        yield from block[: index + 1]
        above = syntax.parent(current)
        while above is not None and above is not scope and not isinstance(above, ast.stmt):
            above = syntax.parent(above)
        current = above if isinstance(above, ast.stmt) and above is not scope else None


def _enters_in_scope(syntax: Syntax, name: str, statement: ast.stmt) -> bool:
    """Whether a ``with`` of the same function around a statement binds a name."""
    scope = syntax.scope(statement)
    for above in syntax.ancestors(statement):
        if above is scope:
            return False
        if isinstance(above, Entering):
            targets = [item.optional_vars for item in above.items if item.optional_vars]
            if any(name in bound_names(target) for target in targets):
                return True
    return False

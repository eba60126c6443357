"""Whether a call may be made before the statement in which it stands, with nothing else changed."""

from __future__ import annotations

import ast
from typing import FrozenSet, Iterator

from mosaic_lint.change import Declined
from mosaic_lint.fixes.blocks import beginning
from mosaic_lint.fixes.holding import last_name
from mosaic_lint.fixes.side_effects import may_change
from mosaic_lint.fixes.syntax import Syntax

_INERT = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Tuple, ast.List, ast.Dict, ast.Set,
    ast.Starred, ast.Slice, ast.keyword, ast.expr_context,
)  # fmt: skip
"""What gives a value and does nothing else."""
FETCHES = frozenset(("fetchone", "fetchmany", "fetchall"))
_PASSING = (
    ast.Attribute, ast.Subscript, ast.UnaryOp, ast.unaryop, ast.BinOp, ast.NamedExpr, ast.Starred,
    ast.Call, ast.keyword, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Yield, ast.YieldFrom,
    ast.Slice, ast.withitem,
)  # fmt: skip
"""What evaluates its parts once, from left to right."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def first_in_statement(syntax: Syntax, call: ast.Call, *, fetches_before: bool = False) -> ast.stmt:
    """The statement that may be split before a call, since it evaluates the call first and once.

    Args:
        syntax: the file.
        call: the call.
        fetches_before: whether rows may be fetched before the call, since its cursor is another
            one than theirs.

    Raises:
        Declined: the call isn't always made, not once, or something else happens before.
    """
    below: ast.AST = call
    for above in syntax.ancestors(call):
        if isinstance(above, ast.stmt):
            _check_statement(syntax, above, below)
            if isinstance(above, ast.AugAssign) and may_change(call, above.target):
                raise Declined("what is evaluated before it may be changed by it")
            beginning(syntax, above)  # declines where nothing can be put before it
            return above
        _check_expression(syntax, above, below, fetches_before)
        if isinstance(above, (ast.Compare, *_PASSING)) and any(
            may_change(call, one) for one in _before(syntax, above, below)
        ):
            raise Declined("what is evaluated before it may be changed by it")
        below = above
    raise Declined("its place in the file isn't known")


def _check_statement(syntax: Syntax, statement: ast.stmt, part: ast.AST) -> None:
    if not any(part is one for one in _evaluated_first(statement)):
        raise Declined("it stands where it isn't evaluated first and once")
    if isinstance(statement, ast.If) and syntax.text.startswith("elif", _start(syntax, statement)):
        raise Declined("it stands in an elif, before which no statement can be put")
    if isinstance(syntax.scope(statement), ast.ClassDef):
        raise Declined("a cursor would become an attribute of the class")


def _evaluated_first(statement: ast.stmt) -> Iterator[ast.AST]:
    """The parts of a statement before whose evaluation nothing happens."""
    if isinstance(statement, (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return)):
        if statement.value is not None:
            yield statement.value
    elif isinstance(statement, ast.AugAssign) and _is_inert(statement.target):
        yield statement.value
    elif isinstance(statement, (ast.If, ast.Assert)):
        yield statement.test
    elif isinstance(statement, ast.For):
        yield statement.iter
    elif isinstance(statement, ast.With):
        yield statement.items[0]
    elif isinstance(statement, ast.Raise) and statement.exc is not None:
        yield statement.exc
    elif statement.__class__.__name__ == "Match":
        yield statement.subject  # type: ignore[attr-defined]


def _start(syntax: Syntax, statement: ast.stmt) -> int:
    return syntax.span(statement).start


def _check_expression(syntax: Syntax, above: ast.AST, part: ast.AST, fetches_before: bool) -> None:
    """Decline where an expression doesn't evaluate a part of it first and once."""
    if isinstance(above, (ast.JoinedStr, ast.FormattedValue)):
        raise Declined("it stands in an f-string")
    if isinstance(above, ast.Await):
        raise Declined("it is awaited")
    if isinstance(above, ast.Lambda):
        raise Declined("it stands in a lambda")
    if isinstance(above, _COMPREHENSIONS):
        if above.generators[0] is not part:
            raise Declined("it runs for each element of a comprehension")
    elif isinstance(above, ast.comprehension):
        if above.iter is not part or above.is_async:
            raise Declined("it runs for each element of a comprehension")
    elif isinstance(above, ast.BoolOp):
        if above.values[0] is not part:
            raise Declined("it runs on a condition only")
    elif isinstance(above, ast.IfExp):
        if above.test is not part:
            raise Declined("it runs on a condition only")
    elif isinstance(above, ast.Compare):
        if above.left is not part:
            if above.comparators[0] is not part or not _is_inert(above.left, fetches_before):
                raise Declined("something else is evaluated before it")
    elif isinstance(above, _PASSING):
        if not all(_is_inert(one, fetches_before) for one in _before(syntax, above, part)):
            raise Declined("something else is evaluated before it")
    else:
        raise Declined("it stands where it isn't evaluated first and once")


def _before(syntax: Syntax, above: ast.AST, part: ast.AST) -> Iterator[ast.AST]:
    """The parts of an expression that are evaluated before one of them, and stand before it.

    Of a method that is called it is what has the method.
    """
    start = _place(syntax, part)
    for child in ast.iter_child_nodes(above):
        if child is not part and hasattr(child, "col_offset"):
            if _place(syntax, child) < start:
                is_method = isinstance(above, ast.Call) and child is above.func
                yield child.value if is_method and isinstance(child, ast.Attribute) else child


def _place(syntax: Syntax, node: ast.AST) -> int:
    if isinstance(node, ast.withitem):
        node = node.context_expr
    return syntax.span(node).start


def _is_inert(value: ast.AST, fetches: bool = False) -> bool:
    """Whether a value may be evaluated later than something else.

    Args:
        value: the value.
        fetches: whether that holds for rows that it fetches.
    """
    allowed = {id(node) for node in ast.walk(value) if fetches and _is_fetch(node)}
    return all(isinstance(node, _INERT) or id(node) in allowed for node in ast.walk(value))


def _is_fetch(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in FETCHES
        and isinstance(node.func.value, ast.Name)
    )


CONSUMING: FrozenSet[str] = frozenset(
    ("list", "tuple", "dict", "set", "frozenset", "sorted", "sum", "min", "max", "any", "all",
     "next", "Counter", "OrderedDict", "deque", "DataFrame")
)  # fmt: skip
"""Functions that are done with an iterable when they return."""
_CONSUMING_METHODS = frozenset(
    ("extend", "join", "update", "writerows", "Counter", "OrderedDict", "deque", "DataFrame")
)
_LAZY = frozenset(("iter", "enumerate", "zip", "map", "filter", "chain", "islice"))
"""Functions that go through an iterable as far as their own value is gone through."""


def is_consumed(syntax: Syntax, node: ast.expr) -> bool:
    """Whether nothing of an expression's value is needed once its statement's header is evaluated.

    Args:
        syntax: the file.
        node: a cursor, or the call in whose place it will stand.
    """
    above = syntax.parent(node)
    if isinstance(above, ast.Attribute):
        return above.attr not in FETCHES or isinstance(syntax.parent(above), ast.Call)
    iterable = gone_through(syntax, node)
    above = syntax.parent(iterable)
    if isinstance(above, (ast.Expr, ast.YieldFrom, ast.Starred, ast.comprehension)):
        return True
    if isinstance(above, ast.Assign):
        return all(isinstance(target, (ast.Tuple, ast.List)) for target in above.targets)
    if isinstance(above, ast.Compare):
        return isinstance(above.ops[0], (ast.In, ast.NotIn)) and above.left is not iterable
    if not isinstance(above, ast.Call):
        return False
    if isinstance(above.func, ast.Attribute):
        return above.func.attr in _CONSUMING_METHODS
    return last_name(above.func) in CONSUMING


def gone_through(syntax: Syntax, node: ast.expr) -> ast.expr:
    """What lazily goes through an iterable: ``map(f, node)``, a generator; itself if nothing."""
    while True:
        above = syntax.parent(node)
        whole = syntax.parent(above) if isinstance(above, ast.comprehension) else above
        if isinstance(whole, ast.GeneratorExp) or (is_lazy_call(whole) and above is whole):
            assert isinstance(whole, ast.expr)
            node = whole
        else:
            return node


def is_lazy_call(node: object) -> bool:
    """Whether a function goes through its arguments as far as its value is gone through."""
    return (
        isinstance(node, ast.Call)
        and last_name(node.func) in _LAZY
        and not (isinstance(node.func, ast.Attribute) and node.func.attr in ("map", "filter"))
    )

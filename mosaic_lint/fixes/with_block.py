"""From ``conn = get_conn()`` to ``with get_conn() as conn:`` around the statements that use it."""

from __future__ import annotations

import ast
from typing import (
    TYPE_CHECKING,
    Dict,
    FrozenSet,
    Iterator,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.blocks import (
    beginning,
    indented,
    last_line,
    next_on_line,
    unit_of,
    without,
)
from mosaic_lint.fixes.closings import closings, left
from mosaic_lint.fixes.lifetime import Lifetime
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASYNC_MANAGER = "asynccontextmanager"


def into_with(site: Site) -> Repair:
    """Enter the value of a factory's call where it is bound to a name.

    Args:
        site: the call.

    Raises:
        Declined: the connection is used beyond the block, or nobody knows how to enter it.
    """
    syntax = site.syntax
    call = syntax.find(site.span, ast.Call)
    factories = frozenset(n.rpartition(".")[2] for n in site.settings.connection_factories)
    binding = _Binding(syntax, call)
    lifetime = Lifetime(syntax, binding.statement, binding.name, factories | {binding.factory})
    is_async = _is_async(syntax, binding, lifetime)
    entered = _entered_at_once(syntax, binding, lifetime)
    if entered is not None:
        return entered
    if site.settings.driver != "psycopg2" and _enters(lifetime):
        raise Declined("a later with on the connection would close it for the pool")
    return Repair(
        f'Write "{"async " * is_async}with {binding.factory}(...) as {binding.name}"',
        [
            *beginning(syntax, binding.statement).changes,
            *_header(syntax, binding, is_async=is_async),
            *_body(syntax, binding, lifetime),
        ],
    )


class _Binding:
    """The statement that binds the value of a call to a name.

    Args:
        syntax: the file.
        call: the call.

    Raises:
        Declined: it is bound in another way.
    """

    def __init__(self, syntax: Syntax, call: ast.Call) -> None:
        statement = syntax.statement(call)
        target: Optional[ast.expr] = None
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
        elif isinstance(statement, ast.AnnAssign):
            target = statement.target
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or target is None:
            raise Declined("its value isn't bound by a statement of its own")
        if isinstance(target, (ast.Attribute, ast.Subscript)):
            raise Declined("an attribute or an item keeps it beyond the block")
        if not isinstance(target, ast.Name):
            raise Declined("it is bound together with something else")
        if isinstance(syntax.scope(statement), ast.ClassDef):
            raise Declined("the class keeps it beyond the block")
        assert statement.value is not None
        self.statement = statement
        self.name = target.id
        self.is_awaited = isinstance(statement.value, ast.Await)
        value = statement.value
        self.value = value.value if isinstance(value, ast.Await) else value
        if not _is_always(self.value, call):
            raise Declined("it isn't always a new connection")
        self.factory = syntax.code(call.func)
        self.target_end = syntax.span(
            statement.annotation if isinstance(statement, ast.AnnAssign) else target
        ).end


def _is_always(value: ast.expr, call: ast.Call) -> bool:
    """Whether a value is that of a call, or of another one of the same factory."""
    if not isinstance(value, ast.IfExp):
        return value is call
    return all(
        isinstance(part, ast.Call) and ast.dump(part.func) == ast.dump(call.func)
        for part in (value.body, value.orelse)
    )


# --- how it is entered


def _is_async(syntax: Syntax, binding: _Binding, lifetime: Lifetime) -> bool:
    """Whether ``async with`` is how the value is to be entered.

    Raises:
        Declined: it is awaited, and nothing in the file tells what it is.
    """
    known = _known_kind(syntax, binding.factory.rpartition(".")[2])
    is_async = known
    if known is None and not binding.is_awaited:
        is_async = _is_awaited_on(lifetime)
    if is_async is None or (binding.is_awaited and not is_async):
        raise Declined("it is awaited, and nobody here knows whether to enter it by async with")
    if is_async and not isinstance(syntax.scope(binding.statement), ast.AsyncFunctionDef):
        raise Declined("async with is for async functions only")
    return is_async


def _known_kind(syntax: Syntax, factory: str) -> Optional[bool]:
    """Whether a factory is entered by ``async with``, as the file does elsewhere or defines it."""
    kinds = syntax.once(_known_kinds, syntax.tree).get(factory, set())
    return next(iter(kinds)) if len(kinds) == 1 else None


def _known_kinds(syntax: Syntax, tree: ast.AST) -> Dict[str, Set[bool]]:
    """For the last name of all that is entered, or may be: whether by ``async with``."""
    kinds: Dict[str, Set[bool]] = {}
    for node in ast.walk(tree):
        if isinstance(node, (ast.With, ast.AsyncWith)):
            for item in node.items:
                name = _last_name(item.context_expr)
                kinds.setdefault(name, set()).add(isinstance(node, ast.AsyncWith))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            kinds.setdefault(node.name, set()).update(_defined_kinds(syntax, node))
    return kinds


def _defined_kinds(syntax: Syntax, function: ast.AST) -> FrozenSet[bool]:
    decorators: Sequence[ast.expr] = getattr(function, "decorator_list", ())
    names = [syntax.code(decorator).rpartition(".")[2] for decorator in decorators]
    managers = [name for name in names if name.endswith("contextmanager")]
    return frozenset(name == _ASYNC_MANAGER for name in managers)


def _last_name(expression: ast.expr) -> str:
    """The last name of what an expression calls; empty if it is no call."""
    function = expression.func if isinstance(expression, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_awaited_on(lifetime: Lifetime) -> bool:
    """Whether methods of the connection are awaited."""
    return any(
        isinstance(node, ast.Await)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and isinstance(node.value.func.value, ast.Name)
        and node.value.func.value.id in lifetime.connections
        for statement in lifetime.until_rebound
        for node in ast.walk(statement)
    )


def _enters(lifetime: Lifetime) -> bool:
    """Whether a later ``with`` enters the connection itself."""
    return any(
        isinstance(item.context_expr, ast.Name) and item.context_expr.id in lifetime.connections
        for statement in lifetime.statements
        for node in ast.walk(statement)
        if isinstance(node, (ast.With, ast.AsyncWith))
        for item in node.items
    )


def _entered_at_once(syntax: Syntax, binding: _Binding, lifetime: Lifetime) -> Optional[Repair]:
    """The repair where the next statement enters what is bound, and nothing else uses the name."""
    following = lifetime.statements[0] if len(lifetime.statements) == 1 else None
    code = syntax.code(binding.statement.value or binding.value)
    if not isinstance(following, (ast.With, ast.AsyncWith)) or "\n" in code:
        return None
    item = following.items[0]
    if not isinstance(item.context_expr, ast.Name) or item.context_expr.id != binding.name:
        return None
    uses = [
        node
        for node in ast.walk(following)
        if isinstance(node, ast.Name) and node.id == binding.name and node is not item.context_expr
    ]
    if uses and item.optional_vars is not None:
        return None
    name = f" as {binding.name}" if uses else ""
    return Repair(
        f"Write {binding.factory}(...) into the with",
        [
            without(syntax, binding.statement),
            Change(syntax.span(item.context_expr), code + name),
        ],
    )


# --- the edits


def _header(syntax: Syntax, binding: _Binding, *, is_async: bool) -> Changes:
    """The edits that make an assignment the first line of a block."""
    start, end = syntax.span(binding.statement)
    text = syntax.text
    value = syntax.span(binding.statement.value or binding.value).start
    equals = text.find("=", binding.target_end, value) + 1
    if not equals or "#" in text[start:equals] or "\n" in text[start:equals]:
        raise Declined("there are comments or line ends before the call")
    beside = next_on_line(syntax, binding.statement)
    if beside.start == beside.end and _has_more(text[end : syntax.line_end(end)]):
        raise Declined("there is more on its line than a comment")
    keyword = "async with" if is_async else "with"
    space = "" if text[equals] in " \t\\\r\n" else " "
    changes = [
        Change(Span(start, equals), keyword + space),
        Change(Span(end, end), f" as {binding.name}:"),
    ]
    if binding.is_awaited:
        inner = syntax.span(binding.value).start
        if text[value:inner].strip() != "await":
            raise Declined("the awaited call stands in parentheses")
        changes.append(Change(Span(value, inner), ""))
    return changes


def _has_more(rest: str) -> bool:
    """Whether more than a comment stands on the rest of a line."""
    return bool(rest.partition("#")[0].strip())


def _body(syntax: Syntax, binding: _Binding, lifetime: Lifetime) -> Changes:
    """The edits that move the statements into the block, and take out what closes it."""
    indent = beginning(syntax, binding.statement).indent
    found = closings(syntax, lifetime.until_rebound, lifetime)
    inside = list(left(lifetime.statements, found))
    if not inside:
        raise Declined("nothing is done with the connection")
    _check_definitions(syntax, inside)
    unit = unit_of(syntax, binding.statement)
    if found.opened is not None:
        unit = _unit_of_try(syntax, found.opened, indent)
    moved: Changes = []
    for first, last in _lines(syntax, binding.statement, inside, found.opened):
        moved += indented(syntax, first, last, indent, unit)
    gone = [change.anchor for change in found.changes if _ends_line(syntax, change.anchor.end)]
    moved = [m for m in moved if not any(g.start <= m.anchor.start < g.end for g in gone)]
    beside = next_on_line(syntax, binding.statement)
    if beside.end > beside.start:
        moved.append(Change(beside, f"\n{indent}{unit}"))
    return [*moved, *found.changes]


def _ends_line(syntax: Syntax, offset: int) -> bool:
    """Whether no statement stands between an offset and the end of its line."""
    if offset == syntax.line_start(offset):
        return True  # of the next line
    return not _has_more(syntax.text[offset : syntax.line_end(offset)])


def _lines(
    syntax: Syntax, binding: ast.stmt, inside: Sequence[ast.stmt], opened: Optional[ast.Try]
) -> Iterator[Tuple[int, int]]:
    """The lines that move: all of the statements, but those that stand deep enough already."""
    first = _end_line(binding) + 1
    last = last_line(syntax, inside[-1], beginning(syntax, binding).indent)
    if opened is None:
        yield (first, last)
    else:
        yield (first, opened.lineno - 1)
        yield (_end_line(opened) + 1, last)


def _end_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _unit_of_try(syntax: Syntax, opened: ast.Try, indent: str) -> str:
    """The white space by which the body of a ``try`` stands deeper."""
    inner = syntax.indent(opened.body[0])
    if not inner.startswith(indent):
        raise Declined("tabs and spaces are mixed")
    return inner[len(indent) :]


def _check_definitions(syntax: Syntax, statements: Sequence[ast.stmt]) -> None:
    if not isinstance(syntax.scope(statements[0]), ast.Module):
        return
    if any(isinstance(statement, _DEFINITIONS) for statement in statements):
        raise Declined("functions or classes of the module would come into the block")

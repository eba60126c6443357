"""Suspect stage for database errors that a handler swallows while its connection is in use.

Clears a ``try`` outside of every block that opens a connection, one whose handlers take no database
error or surely leave or roll back, and one that nothing is executed in, or behind.
"""

from __future__ import annotations

import ast
import sys
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from typing import Dict, Iterable, Iterator, List, Set, Tuple, Type, Union

from mosaic_lint.driver_vocabulary import ASKING, ASKING_HELPERS, ROLLING_BACK
from mosaic_lint.settings import Settings
from mosaic_lint.triage.definitions import Definitions, Lines
from mosaic_lint.triage.drivers import Drivers
from mosaic_lint.triage.places import Places
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, inner_calls, last_name, leaves, meant
from mosaic_lint.vocabulary import ENTERING_METHODS

_Guard = Union[ast.Try, ast.With, ast.AsyncWith]
_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
_With = Union[ast.With, ast.AsyncWith]

_SUPPRESS = frozenset(("suppress",))
_AUTOCOMMIT = frozenset(
    ("autocommit", "set_autocommit", "set_session", "set_isolation_level", "isolation_level")
)
_TRIES: List[Type[ast.Try]] = [ast.Try]
if sys.version_info >= (3, 11):
    _TRIES.append(ast.TryStar)  # type: ignore[arg-type]  # it has the same fields
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def suspect_swallowed(table: Table, settings: Settings) -> Suspects:
    """Find handlers that may leave a transaction failed, and keep the functions around them."""
    suspects = Suspects()
    stage = _Stage(table, settings)
    functions: Set[Lines] = set()
    for line, function in stage.found():
        suspects.lines.add(line)
        functions.add(function)
    if functions:
        suspects.context.update(first for first, _ in functions)
        suspects.context |= stage.needed(functions)
    return suspects


class _Lines:
    """Lines (from 1) on which there is something.

    Args:
        lines: the lines, in any order.
    """

    def __init__(self, lines: Iterable[int]) -> None:
        self._lines = sorted(lines)

    def count(self, first: int, last: int) -> int:
        """How many there are from one line to another, both included."""
        return bisect_left(self._lines, last + 1) - bisect_left(self._lines, first)


class _Ranges:
    """Ranges of lines (from 1).

    Args:
        ranges: their first and last lines, in any order.
    """

    def __init__(self, ranges: Iterable[Lines]) -> None:
        found = sorted(ranges)
        self._firsts = [first for first, _ in found]
        self._ends = list(accumulate((last for _, last in found), max))

    def cover(self, line: int) -> bool:
        """Whether a line is in one of them."""
        index = bisect_right(self._firsts, line) - 1
        return index >= 0 and self._ends[index] >= line


class _Stage:
    """The stage's way through one file.

    Args:
        table: the file.
        settings: the options in force.
    """

    def __init__(self, table: Table, settings: Settings) -> None:
        self._table = table
        self._drivers = Drivers(table)
        self._places = Places(table)
        factories = frozenset(n.rpartition(".")[2] for n in settings.connection_factories)
        self._openers = table.aliases(factories)
        self._bindings: Dict[str, _Lines] = {}

    def needed(self, functions: Iterable[Lines]) -> Set[int]:
        """The lines that a judgement of these functions needs."""
        names = self._table.sources(self._openers)
        lines = Definitions(self._table).needed(names, functions)
        lines.update(n.lineno for n in self._table.of(ast.Attribute) if n.attr in _AUTOCOMMIT)
        for keyword in self._table.of(ast.keyword):
            if keyword.arg in _AUTOCOMMIT:
                lines.add(keyword.value.lineno)
        for constant in self._table.of(ast.Constant):
            if constant.value == "autocommit":
                lines.add(constant.lineno)
        return lines

    # --- what may swallow

    def found(self) -> Iterator[Tuple[int, Lines]]:
        """The lines of suspects, with the functions that they are in."""
        for kind in _TRIES:
            for node in self._table.of(kind):
                if self._open.cover(node.lineno) and self._may_be_refused(node):
                    yield from self._in_try(node)
        if self._suppressing:
            for block in self._blocks():
                if self._open.cover(block.lineno) and any(map(self._may_suppress, block.items)):
                    if self._may_be_refused(block):
                        yield block.lineno, self._places.function_lines(block.lineno)

    def _in_try(self, node: ast.Try) -> Iterator[Tuple[int, Lines]]:
        function = self._places.function_lines(node.lineno)
        finals = self._asks(node.finalbody) or self._finals.cover(node.lineno)
        for handler in node.handlers:
            if self._drivers.may_be_error(handler.type):
                if not self._is_left(handler.body, function, finals):
                    yield handler.lineno, function

    def _may_be_refused(self, node: _Guard) -> bool:
        """Whether a server is asked in a block, and again behind it."""
        if not self._asks(node.body):
            return False
        if self._loops.cover(node.lineno):
            return True
        last = node.body[-1].end_lineno or node.body[-1].lineno
        return self._asking.count(last + 1, self._places.function_lines(node.lineno)[1]) > 0

    @cached_property
    def _open(self) -> _Ranges:
        """The lines on which a connection may be open."""
        found = [_lines(b) for b in self._blocks() if any(map(self._opens_item, b.items))]
        for call in self._table.of(ast.Call):
            if meant(call.func) & ENTERING_METHODS and any(map(self._opens, call.args)):
                found.append(self._places.function_lines(call.lineno))
        found += [_lines(f) for f in self._functions() if any(self._annotated(f))]
        return _Ranges(found)

    @cached_property
    def _loops(self) -> _Ranges:
        return _Ranges(_lines(node) for kind in _LOOPS for node in self._table.of(kind))

    @cached_property
    def _finals(self) -> _Ranges:
        """The lines of ``try`` statements whose ``finally`` asks a server."""
        nodes = (node for kind in _TRIES for node in self._table.of(kind))
        return _Ranges(_lines(node) for node in nodes if self._asks(node.finalbody))

    def _blocks(self) -> Iterator[_With]:
        yield from self._table.of(ast.With)
        yield from self._table.of(ast.AsyncWith)

    def _opens_item(self, item: ast.withitem) -> bool:
        return self._opens(item.context_expr)

    def _may_suppress(self, item: ast.withitem) -> bool:
        value = item.context_expr
        if set(leaves(value)) & self._suppressors:
            return True
        return any(
            meant(call.func) & self._suppressing and any(map(self._drivers.may_be_error, call.args))
            for call in inner_calls(value)
        )

    @cached_property
    def _suppressing(self) -> Set[str]:
        """The names that ``suppress`` may have; none where the file doesn't mention it."""
        if "suppress" not in self._table.source.text:
            return set()
        return self._table.aliases(_SUPPRESS)

    @cached_property
    def _suppressors(self) -> Set[str]:
        """The names that are bound to what ``suppress`` gives."""
        found: Set[str] = set()
        for binding in self._table.bindings():
            if any(meant(c.func) & self._suppressing for c in inner_calls(binding.value)):
                found |= binding.names
        return self._table.spread(found)

    def _is_left(self, body: List[ast.stmt], function: Lines, finals: bool) -> bool:
        """Whether a handler surely leaves, or rolls back, before it asks a server."""
        for statement in body:
            if isinstance(statement, ast.Expr) and self._rolls_back(statement.value, function):
                return True
            if self._asks([statement]):
                return False
            if isinstance(statement, ast.Raise):
                return True
            if isinstance(statement, ast.Return):
                return not finals
        return False

    def _rolls_back(self, value: ast.expr, function: Lines) -> bool:
        """Whether it is a rollback of the only connection that a function has."""
        if isinstance(value, ast.Await):
            value = value.value
        if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
            return False
        receiver, method = value.func.value, value.func.attr
        if method in ROLLING_BACK:
            return self._is_only_connection(receiver, function)
        text = value.args[0] if method == "execute" and len(value.args) == 1 else None
        return (
            isinstance(text, ast.Constant)
            and isinstance(text.value, str)
            and text.value.startswith(("ROLLBACK TO ", "ROLLBACK;"))
            and self._is_its_cursor(receiver, function)
        )

    def _is_its_cursor(self, receiver: ast.expr, function: Lines) -> bool:
        """Whether a name is only bound to a cursor of a function's only connection."""
        if not isinstance(receiver, ast.Name) or self._bound(receiver.id).count(*function) != 1:
            return False
        for binding in self._table.bindings():
            if receiver.id in binding.names and function[0] <= binding.line <= function[1]:
                value = binding.value
                return (
                    isinstance(value, ast.Call)
                    and isinstance(value.func, ast.Attribute)
                    and value.func.attr == "cursor"
                    and self._is_only_connection(value.func.value, function)
                )
        return False

    def _is_only_connection(self, receiver: ast.expr, function: Lines) -> bool:
        """Whether a name is only bound to a function's only connection."""
        own = self._opened.get(receiver.id) if isinstance(receiver, ast.Name) else None
        return (
            isinstance(receiver, ast.Name)
            and own is not None
            and own.count(*function) == self._all_opened.count(*function) == 1
            and self._bound(receiver.id).count(*function) <= 1
        )

    # --- lines

    def _asks(self, body: List[ast.stmt]) -> bool:
        """Whether a server may be asked in a block."""
        if not body:
            return False
        return self._asking.count(body[0].lineno, body[-1].end_lineno or body[-1].lineno) > 0

    @cached_property
    def _asking(self) -> _Lines:
        """The lines on which a server may be asked, be it by functions of this file."""
        table = self._table
        names = table.aliases(ASKING | ASKING_HELPERS)
        local = table.spread({function.name for function in self._functions()})
        return _Lines(
            call.lineno
            for call in table.of(ast.Call)
            if meant(call.func) & names
            or ((call.args or call.keywords) and meant(call.func) & local)
        )

    def _opens(self, value: ast.expr) -> bool:
        """Whether a factory may be called in an expression."""
        return any(meant(call.func) & self._openers for call in inner_calls(value))

    def _functions(self) -> Iterator[_Function]:
        yield from self._table.of(ast.FunctionDef)
        yield from self._table.of(ast.AsyncFunctionDef)

    def _annotated(self, function: _Function) -> Iterator[ast.arg]:
        """The parameters that may be connections by their annotation."""
        parameters = function.args
        for argument in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs):
            if argument.annotation is not None:
                if self._drivers.may_be_connection(argument.annotation):
                    yield argument

    @cached_property
    def _opened(self) -> Dict[str, _Lines]:
        """The lines on which connections begin, by their names."""
        found: Dict[str, List[int]] = {}
        for name, line in self._openings():
            found.setdefault(name, []).append(line)
        return {name: _Lines(lines) for name, lines in found.items()}

    @cached_property
    def _all_opened(self) -> _Lines:
        return _Lines(line for _, line in self._openings())

    def _openings(self) -> Iterator[Tuple[str, int]]:
        """Where connections begin, with their names; empty where they have none."""
        for item in self._table.with_items():
            if self._opens(item.context_expr):
                target = item.optional_vars
                yield last_name(target) if target is not None else "", item.context_expr.lineno
        names = {id(b.value): b.names for b in self._table.bindings()}
        for call in self._table.of(ast.Call):
            if meant(call.func) & ENTERING_METHODS and any(map(self._opens, call.args)):
                bound = names.get(id(call), set())
                yield next(iter(bound)) if len(bound) == 1 else "", call.lineno
        for function in self._functions():
            yield from ((argument.arg, argument.lineno) for argument in self._annotated(function))

    def _bound(self, name: str) -> _Lines:
        """The lines on which a name is bound."""
        if name not in self._bindings:
            bindings = self._table.bindings()
            self._bindings[name] = _Lines(b.line for b in bindings if name in b.names)
        return self._bindings[name]


def _lines(node: ast.stmt) -> Lines:
    """The first and the last line of a statement."""
    return node.lineno, node.end_lineno or node.lineno

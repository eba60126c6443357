"""Suspect stage for JSON that is parsed: files in which a fetched value may get to ``loads``.

Values are followed by last names, each function for itself, with arguments going to all parameters
of functions of that name. A file in which one may get there is parsed as a whole, since the way
leads through any function; files that parse requests or answers, and fetch besides, are cleared.
"""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Dict, Iterable, Iterator, List, Set, Tuple, Union

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Binding, Table, last_name, leaves, meant
from mosaic_lint.triage.unstaged import suspect_everything
from mosaic_lint.vocabulary import SQL_SINKS

_PARSERS = frozenset(("loads",))
_FETCHING = frozenset(("fetchone", "fetchmany", "fetchall", "execute_values"))
_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
_Place = Tuple[int, str]
"""A name, with the line of the outermost function that it is in: 0 for the module."""
_FETCHED: _Place = (0, "<fetched>")


def suspect_json_loads(table: Table, settings: Settings) -> Suspects:
    """Find files in which fetched values may be parsed."""
    parsers = table.aliases(_PARSERS)
    calls = [call for call in table.of(ast.Call) if meant(call.func) & parsers]
    if not _fetches(table):
        return Suspects()
    ways = _Ways(table, parsers, settings)
    if ways.hands_parser_on(calls) or ways.reach(calls):
        return suspect_everything(table, settings)
    return Suspects()


def _fetches(table: Table) -> bool:
    """Whether a file runs a query and may take rows of it."""
    names = {node.attr for node in table.of(ast.Attribute)}
    names.update(alias.name for alias in table.of(ast.alias))
    return not names.isdisjoint(SQL_SINKS)


class _Ways:
    """Where fetched values may go.

    Args:
        table: the file.
        parsers: the names of what parses.
        settings: the options in force.
    """

    def __init__(self, table: Table, parsers: Set[str], settings: Settings) -> None:
        self._table = table
        self._parsers = parsers
        sinks = table.aliases(SQL_SINKS)
        running = [call for call in table.of(ast.Call) if meant(call.func) & sinks]
        self._running = {id(c) for c in running} if settings.driver == "psycopg" else set()
        self._cursors = table.spread({name for call in running for name in _cursors(call)})
        self._owners = {id(attribute.value) for attribute in table.of(ast.Attribute)}
        statements: List[Union[ast.Global, ast.Nonlocal]] = [
            *table.of(ast.Global), *table.of(ast.Nonlocal),
        ]  # fmt: skip
        self._shared = {name for statement in statements for name in statement.names}

    def hands_parser_on(self, calls: List[ast.Call]) -> bool:
        """Whether a parser is given to somebody who may call it, and not only bound to a name."""
        known = {id(node) for call in calls for node in ast.walk(call.func)}
        known.update(id(b.value) for b in self._table.bindings())
        nodes = [*self._table.of(ast.Name), *self._table.of(ast.Attribute)]
        return any(
            last_name(node) in self._parsers and id(node) not in known and _is_read(node)
            for node in nodes
        )

    def reach(self, calls: List[ast.Call]) -> bool:
        """Whether one of some calls may be given a fetched value."""
        reached = self._reached
        return any(
            not reached.isdisjoint(self._names_in(argument))
            for call in calls
            for argument in (*call.args, *(keyword.value for keyword in call.keywords))
        )

    # --- functions

    @cached_property
    def _functions(self) -> List[_Function]:
        return [*self._table.of(ast.FunctionDef), *self._table.of(ast.AsyncFunctionDef)]

    @cached_property
    def _outermost(self) -> Dict[int, int]:
        """The line of the outermost function around each line in one."""
        found: Dict[int, int] = {}
        for function in sorted(self._functions, key=lambda f: (f.lineno, -(f.end_lineno or 0))):
            if function.lineno not in found:
                lines = range(function.lineno, (function.end_lineno or function.lineno) + 1)
                found.update(dict.fromkeys(lines, function.lineno))
        return found

    def _place(self, line: int, name: str) -> _Place:
        return (0 if name in self._shared else self._outermost.get(line, 0), name)

    @cached_property
    def _parameters(self) -> Dict[str, Set[_Place]]:
        """The parameters of all functions that a name may mean."""
        found: Dict[str, Set[_Place]] = {}
        for name, arguments in self._named_parameters():
            places = {self._place(a.lineno, a.arg) for a in arguments}
            for alias in self._table.spread({name}):
                found.setdefault(alias, set()).update(places)
        return found

    def _named_parameters(self) -> Iterator[Tuple[str, List[ast.arg]]]:
        for function in self._functions:
            yield function.name, _arguments(function.args)
        for binding in self._table.bindings():
            for node in ast.walk(binding.value):
                if isinstance(node, ast.Lambda):
                    yield from ((name, _arguments(node.args)) for name in binding.names)

    # --- names

    def _names_in(self, value: ast.AST) -> Set[_Place]:
        """The names in an expression, as a function of its line and as the module's."""
        found: Set[_Place] = set()
        for node in ast.walk(value):
            name = last_name(node)
            if name:
                found.update((self._place(node.lineno, name), (0, name)))  # type: ignore[attr-defined]
                if name in _FETCHING or (name in self._cursors and id(node) not in self._owners):
                    found.add(_FETCHED)
            elif id(node) in self._running:
                found.add(_FETCHED)
        return found

    @cached_property
    def _reached(self) -> Set[_Place]:
        """Every name to which something that was fetched may get."""
        after: Dict[_Place, List[Set[_Place]]] = {}
        for sources, targets in self._moves():
            for source in sources:
                after.setdefault(source, []).append(targets)
        found = {_FETCHED}
        waiting = [_FETCHED]
        while waiting:
            for targets in after.get(waiting.pop(), ()):
                waiting.extend(targets - found)
                found |= targets
        return found

    def _moves(self) -> Iterator[Tuple[Set[_Place], Set[_Place]]]:
        """From names to names."""
        for binding in self._table.bindings():
            yield self._names_in(binding.value), self._bound(binding)
        for clause in self._table.of(ast.comprehension):
            names = {name for node in ast.walk(clause.target) if (name := last_name(node))}
            line = clause.target.lineno
            yield self._names_in(clause.iter), {self._place(line, name) for name in names}
        yield from self._returned()
        for call in self._table.of(ast.Call):
            given = (*call.args, *(keyword.value for keyword in call.keywords))
            targets = set().union(*self._targets((call.func, *given)))
            if targets:
                yield set().union(*map(self._names_in, given)), targets

    def _bound(self, binding: Binding) -> Set[_Place]:
        found = {self._place(binding.line, name) for name in binding.names}
        return found | {(0, name) for name in binding.names} if binding.escapes else found

    def _returned(self) -> Iterator[Tuple[Set[_Place], Set[_Place]]]:
        """From what functions hand out to their names, as what their mention may give."""
        names: Dict[int, Set[str]] = {}
        for function in self._functions:
            outermost = self._outermost.get(function.lineno, 0)
            names.setdefault(outermost, set()).add(function.name)
        nodes: List[Union[ast.Return, ast.Yield, ast.YieldFrom]] = [
            *self._table.of(ast.Return), *self._table.of(ast.Yield), *self._table.of(ast.YieldFrom),
        ]  # fmt: skip
        for node in nodes:
            if node.value is not None:
                functions = names.get(self._outermost.get(node.lineno, 0), set())
                targets = {(0, name) for name in functions}
                yield self._names_in(node.value), targets

    def _targets(self, callees: Iterable[ast.expr]) -> Iterator[Set[_Place]]:
        for callee in callees:
            if isinstance(callee, ast.Lambda):
                yield {self._place(a.lineno, a.arg) for a in _arguments(callee.args)}
            for name in leaves(callee) if not isinstance(callee, ast.Call) else ():
                if name in self._parameters:
                    yield self._parameters[name]


def _arguments(parameters: ast.arguments) -> List[ast.arg]:
    return [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]


def _is_read(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", None), ast.Load)


def _cursors(call: ast.Call) -> Set[str]:
    """The last names of what may be a call's cursor."""
    found = {last_name(call.args[0])} if call.args else set()
    if isinstance(call.func, ast.Attribute):
        found.add(last_name(call.func.value))
    else:
        found.update(last_name(node) for node in ast.walk(call.func))
    return found - {""}

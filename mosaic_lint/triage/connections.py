"""Suspect stage for connections: what isn't surely opened by ``with`` and used as a cursor."""

from __future__ import annotations

import ast
from typing import FrozenSet, Iterator, Set

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, inner_calls, last_name, leaves, meant
from mosaic_lint.vocabulary import (
    CURSOR_EXECUTING,
    ENTERING_METHODS,
    SQLITE_CONNECTION_API,
    SQLITE_CURSOR_API,
)

_WATCHED = SQLITE_CONNECTION_API | SQLITE_CURSOR_API
_PLAIN_TYPES = frozenset(("str", "int", "float", "bool", "bytes", "dict", "list", "tuple", "set"))


def suspect_connections(table: Table, settings: Settings) -> Suspects:
    """Find calls of factories outside ``with``, and sqlite3's API on what a factory opened."""
    factories = frozenset(name.rpartition(".")[2] for name in settings.connection_factories)
    candidates = table.aliases(factories)
    suspects = Suspects()
    suspects.add(_unmanaged_calls(table, candidates))
    suspects.keep(_definitions(table, table.sources(candidates)))
    if settings.driver == "psycopg2":
        _add_foreign_api(table, candidates, suspects)
    return suspects


def _unmanaged_calls(table: Table, candidates: Set[str]) -> Iterator[ast.Call]:
    managed = {id(item.context_expr) for item in table.with_items()}
    calls = table.of(ast.Call)
    for call in calls:
        if meant(call.func) <= ENTERING_METHODS:
            managed.update(id(argument) for argument in call.args)
    for call in calls:
        if candidates & meant(call.func) and id(call) not in managed:
            yield call


def _definitions(table: Table, candidates: Set[str]) -> Iterator[ast.stmt]:
    yield from (node for node in table.of(ast.FunctionDef) if node.name in candidates)
    yield from (node for node in table.of(ast.AsyncFunctionDef) if node.name in candidates)
    yield from (node for node in table.of(ast.ClassDef) if node.name in candidates)


def _add_foreign_api(table: Table, candidates: Set[str], suspects: Suspects) -> None:
    connections, cursors = set(_annotated(table)), set(_annotated(table))
    for binding in table.bindings():
        called = _called(binding.value)
        if called & candidates or called & ENTERING_METHODS:
            connections |= binding.names
        if "cursor" in called:
            cursors |= binding.names
    # without calls: a cursor made from a connection is no connection
    connections = table.spread(connections, through_calls=False)
    cursors = table.spread(cursors, through_calls=False)
    openers = candidates | ENTERING_METHODS
    suspects.add(_foreign_uses(table, openers, connections, cursors))


def _annotated(table: Table) -> Iterator[str]:
    """Parameters whose annotation may, through whatever alias, be a driver's type."""
    for argument in table.of(ast.arg):
        if argument.annotation is not None and last_name(argument.annotation) not in _PLAIN_TYPES:
            yield argument.arg


def _foreign_uses(
    table: Table, openers: Set[str], connections: Set[str], cursors: Set[str]
) -> Iterator[ast.Attribute]:
    statements = _statement_callees(table)
    for attribute in table.of(ast.Attribute):
        name = attribute.attr
        if name not in _WATCHED:
            continue
        receivers = set(leaves(attribute.value))
        called = _called(attribute.value)
        if name in SQLITE_CONNECTION_API and (receivers & connections or called & openers):
            yield attribute
        elif receivers & cursors or "cursor" in called:
            if name in SQLITE_CURSOR_API or (
                name in CURSOR_EXECUTING and id(attribute) not in statements
            ):
                yield attribute


def _called(node: ast.expr) -> Set[str]:
    """The last names of what is called in an expression."""
    return {name for call in inner_calls(node) for name in meant(call.func)}


def _statement_callees(table: Table) -> FrozenSet[int]:
    """The callees of calls whose value nobody uses, by identity."""
    found = set()
    for statement in table.of(ast.Expr):
        value = statement.value
        if isinstance(value, ast.Await):
            value = value.value
        if isinstance(value, ast.Call):
            found.add(id(value.func))
    return frozenset(found)

"""Suspect stage for connections: what isn't surely opened by ``with`` and used as a cursor."""

from __future__ import annotations

import ast
from typing import FrozenSet, Iterator, Set

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, inner_calls, last_name, leaves
from mosaic_lint.vocabulary import (
    ENTERING_METHODS,
    SQLITE_CONNECTION_API,
    SQLITE_CURSOR_API,
)

_WATCHED = SQLITE_CONNECTION_API | SQLITE_CURSOR_API
_ANNOTATIONS = ("connection", "cursor")


def suspect_connections(table: Table, settings: Settings) -> Suspects:
    """Find calls of factories outside ``with``, and sqlite3's API on what a factory opened."""
    factories = frozenset(name.rpartition(".")[2] for name in settings.connection_factories)
    candidates = table.aliases(factories)
    suspects = Suspects()
    suspects.add(_unmanaged_calls(table, candidates))
    suspects.keep(_definitions(table, candidates))
    suspects.keep_lines(
        line for names, value, line in table.bindings() if candidates.intersection(leaves(value))
    )
    if settings.driver == "psycopg2":
        _add_foreign_api(table, candidates, suspects)
    return suspects


def _unmanaged_calls(table: Table, candidates: Set[str]) -> Iterator[ast.Call]:
    managed = {id(item.context_expr) for item in table.with_items()}
    calls = table.of(ast.Call)
    for call in calls:
        if last_name(call.func) in ENTERING_METHODS:
            managed.update(id(argument) for argument in call.args)
    for call in calls:
        if last_name(call.func) in candidates and id(call) not in managed:
            yield call


def _definitions(table: Table, candidates: Set[str]) -> Iterator[ast.stmt]:
    yield from (node for node in table.of(ast.FunctionDef) if node.name in candidates)
    yield from (node for node in table.of(ast.AsyncFunctionDef) if node.name in candidates)
    yield from (node for node in table.of(ast.ClassDef) if node.name in candidates)


def _add_foreign_api(table: Table, candidates: Set[str], suspects: Suspects) -> None:
    connections, cursors = set(_annotated(table)), set(_annotated(table))
    for names, value, line in table.bindings():
        called = {last_name(call.func) for call in inner_calls(value)}
        if called & candidates or called & ENTERING_METHODS:
            connections |= names
            suspects.keep_lines([line])
        if "cursor" in called:
            cursors |= names
            suspects.keep_lines([line])
    connections, cursors = _spread(table, connections), _spread(table, cursors)
    openers = candidates | ENTERING_METHODS
    suspects.add(_foreign_uses(table, openers, connections, cursors))


def _spread(table: Table, names: Set[str]) -> Set[str]:
    """Follow ``a = b`` but no calls: a cursor made from a connection is no connection."""
    pairs = [
        (bound, set(leaves(value)))
        for bound, value, _ in table.bindings()
        if not isinstance(value, ast.Call)
    ]
    grown = True
    while grown:
        grown = False
        for bound, values in pairs:
            if not bound <= names and values & names:
                names |= bound
                grown = True
    return names


def _annotated(table: Table) -> Iterator[str]:
    for argument in table.of(ast.arg):
        if argument.annotation is not None:
            text = ast.dump(argument.annotation).lower()
            if any(word in text for word in _ANNOTATIONS):
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
        called = {last_name(call.func) for call in inner_calls(attribute.value)}
        if name in SQLITE_CONNECTION_API and (receivers & connections or called & openers):
            yield attribute
        elif receivers & cursors or "cursor" in called:
            if name in SQLITE_CURSOR_API or id(attribute) not in statements:
                yield attribute


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

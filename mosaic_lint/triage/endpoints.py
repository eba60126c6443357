"""Suspect stage for endpoints: routes without a plain dependency that may reach something.

Who reaches what is told by last names: a function that mentions a sink, a connection factory or
another function that does so reaches it, and so does a class with such a method.
"""

from __future__ import annotations

import ast
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Set, Union

from mosaic_lint.settings import Settings
from mosaic_lint.triage.llm import asks_a_model
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, last_name, meant
from mosaic_lint.triage.unstaged import suspect_everything
from mosaic_lint.vocabulary import (
    DEPENDENCY_CALLS,
    DRIVER_CONNECTS,
    ROUTE_ADDING,
    ROUTE_METHODS,
    SQL_SINKS,
)

_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]

_CONNECTING = frozenset(name.rpartition(".")[2] for name in DRIVER_CONNECTS)


class _Named(NamedTuple):
    """A function, a class, or a lambda with a name.

    Args:
        names: the names by which others may reach it.
        line: where it starts.
        inside: the last names in it.
    """

    names: FrozenSet[str]
    line: int
    inside: FrozenSet[str]


def suspect_endpoints(table: Table, settings: Settings) -> Suspects:
    """Find endpoints that may reach the database or an LLM for whoever calls them."""
    suspects = Suspects()
    methods = table.aliases(ROUTE_METHODS)
    endpoints = [f.lineno for f in _functions(table) if _is_exposed(table, f, methods)]
    applied = list(_applied(table, methods))
    if not endpoints and not applied:
        return suspects
    if asks_a_model(table, settings):
        return suspect_everything(table, settings)  # from anywhere, through any function
    factories = frozenset(name.rpartition(".")[2] for name in settings.connection_factories)
    reached = table.aliases(SQL_SINKS | _CONNECTING | factories)
    named = list(_named(table))
    reaching = _reaching(table, named, reached)
    given = table.sources({name for call in applied for name in _names_in(call)})
    lines = {one.line for one in reaching}
    suspects.lines = lines.intersection(endpoints)
    suspects.lines |= {one.line for one in reaching if one.names & given}
    if suspects.lines:  # who is guarded, and who gives what, may be told anywhere
        suspects.context.update(range(1, len(table.source.line_starts) + 1))
    return suspects


def _functions(table: Table) -> Iterator[_Function]:
    yield from table.of(ast.FunctionDef)
    yield from table.of(ast.AsyncFunctionDef)


# --- routes


def _is_exposed(table: Table, function: _Function, methods: Set[str]) -> bool:
    """Whether a function may be an endpoint that has no dependency."""
    routes = [
        node
        for node in function.decorator_list
        if isinstance(node, ast.Call) and meant(node.func) & methods
    ]
    if not routes or _has_dependency(function.args):
        return False
    return not all(_is_given(node) or _has_guarded_router(table, node.func) for node in routes)


def _has_dependency(parameters: ast.arguments) -> bool:
    """Whether a parameter is plainly a dependency."""
    defaults = [*parameters.defaults, *parameters.kw_defaults]
    if any(default is not None and _is_dependency(default) for default in defaults):
        return True
    plain = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
    return any(
        isinstance(annotation, ast.Subscript)
        and last_name(annotation.value) == "Annotated"
        and any(map(_is_dependency, _elements(annotation.slice)))
        for annotation in (argument.annotation for argument in plain)
    )


def _elements(index: ast.expr) -> List[ast.expr]:
    """What stands between brackets."""
    return list(index.elts) if isinstance(index, ast.Tuple) else []


def _is_dependency(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in DEPENDENCY_CALLS


def _is_given(call: ast.Call) -> bool:
    """Whether a call has plainly a dependency among its arguments."""
    return any(
        keyword.arg == "dependencies"
        and isinstance(keyword.value, (ast.List, ast.Tuple))
        and bool(keyword.value.elts)
        for keyword in call.keywords
    )


def _has_guarded_router(table: Table, method: ast.expr) -> bool:
    """Whether a method's router always gets a dependency, or comes from elsewhere."""
    if not isinstance(method, ast.Attribute) or not isinstance(method.value, ast.Name):
        return False
    values = table.values_of(method.value.id)
    return all(isinstance(value, ast.Call) and _is_given(value) for value in values)


def _applied(table: Table, methods: Set[str]) -> Iterator[ast.Call]:
    """The calls that make routes of functions that they are given."""
    adding = table.aliases(ROUTE_ADDING)
    for call in table.of(ast.Call):
        making, names = call.func, adding
        if isinstance(making, ast.Call):
            making, names = making.func, methods
        if meant(making) & names:
            yield call


# --- what is reached


def _named(table: Table) -> Iterator[_Named]:
    for node in (*_functions(table), *table.of(ast.ClassDef)):
        yield _Named(frozenset((node.name,)), node.lineno, _names_in(node))
    called = _made_callable(table)
    if called or table.of(ast.Lambda):
        for binding in table.bindings():
            inside = _names_in(binding.value)
            if inside & called or _has_lambda(binding.value):
                yield _Named(frozenset(binding.names), binding.line, inside)


def _made_callable(table: Table) -> Set[str]:
    """The names of classes whose instances may be called."""
    if not any(function.name == "__call__" for function in _functions(table)):
        return set()
    return table.spread({class_.name for class_ in table.of(ast.ClassDef)})


def _has_lambda(value: ast.expr) -> bool:
    return any(isinstance(inner, ast.Lambda) for inner in ast.walk(value))


def _names_in(node: ast.AST) -> FrozenSet[str]:
    return frozenset(filter(None, map(last_name, ast.walk(node))))


def _reaching(table: Table, named: List[_Named], start: Set[str]) -> List[_Named]:
    """What mentions one of the names, or something that does."""
    users: Dict[str, List[_Named]] = {}
    for one in named:
        for name in one.inside:
            users.setdefault(name, []).append(one)
    found: Dict[int, _Named] = {}
    seen = set(start)
    waiting = list(start)
    while waiting:
        for one in users.get(waiting.pop(), ()):
            if id(one) not in found:
                found[id(one)] = one
                reached = table.spread(set(one.names)) - seen
                seen |= reached
                waiting.extend(reached)
    return list(found.values())

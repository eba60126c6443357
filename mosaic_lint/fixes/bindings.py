"""What a scope itself binds: its names, and where each gets its value."""

from __future__ import annotations

import ast
from typing import Dict, Iterator, List, Tuple

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Bindings = Dict[str, List[ast.AST]]


def bindings(scope: ast.AST) -> Bindings:
    """The names that a scope binds, each with the nodes that do it, in order of position.

    Args:
        scope: a module, class, function, lambda or comprehension.

    Returns:
        For a parameter its ``ast.arg``; for an import its statement; for a definition, a handler or
        a pattern itself; for anything else the name that is stored or deleted.
    """
    found: Bindings = {}
    elsewhere = frozenset(_declared(scope))
    for name, node in _bound(scope):
        if name not in elsewhere:
            found.setdefault(name, []).append(node)
    return found


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """Everything that is evaluated in a scope itself, in order; definitions without their bodies.

    Args:
        scope: any node; what is below it in nested scopes is left out.
    """
    stack = list(reversed(_inside(scope)))
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(_outside(node)))


def _inside(scope: ast.AST) -> List[ast.AST]:
    """What runs in a scope."""
    if isinstance(scope, ast.Lambda):
        return [scope.body]
    if isinstance(scope, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return list(scope.body)
    return list(ast.iter_child_nodes(scope))


def _outside(node: ast.AST) -> List[ast.AST]:
    """What runs in the scope around a node, if the node opens one of its own."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [*node.decorator_list, *_defaults(node.args)]
    if isinstance(node, ast.Lambda):
        return _defaults(node.args)
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    return list(ast.iter_child_nodes(node))


def _defaults(arguments: ast.arguments) -> List[ast.AST]:
    return [*arguments.defaults, *(default for default in arguments.kw_defaults if default)]


def _declared(scope: ast.AST) -> Iterator[str]:
    for node in own_nodes(scope):
        if isinstance(node, (ast.Global, ast.Nonlocal)):
            yield from node.names


def _bound(scope: ast.AST) -> Iterator[Tuple[str, ast.AST]]:
    if isinstance(scope, _COMPREHENSIONS):
        yield from _targets(scope)
        return
    if isinstance(scope, _FUNCTIONS):
        arguments = scope.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        yield from ((argument.arg, argument) for argument in every)
    of_comprehensions = set()
    for node in own_nodes(scope):
        if isinstance(node, _COMPREHENSIONS):
            of_comprehensions |= {id(target) for _, target in _targets(node)}
        if id(node) not in of_comprehensions:
            yield from _names_of(node)


def _targets(comprehension: ast.AST) -> Iterator[Tuple[str, ast.AST]]:
    for generator in comprehension.generators:  # type: ignore[attr-defined]
        for node in ast.walk(generator.target):
            if isinstance(node, ast.Name):
                yield node.id, node


def _names_of(node: ast.AST) -> Iterator[Tuple[str, ast.AST]]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id, node
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        for alias in node.names:
            yield (alias.asname or alias.name.partition(".")[0]), node
    elif not isinstance(node, ast.alias):
        for field in ("name", "rest"):  # functions, classes, handlers, patterns
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name, node

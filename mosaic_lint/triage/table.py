"""One walk over an ``ast``, and the questions that suspect stages ask of it.

All answers over-approximate: they work with last names in the whole file and know no scopes.
"""

from __future__ import annotations

import ast
from typing import Dict, FrozenSet, Iterator, List, Optional, Set, Tuple, Type, TypeVar, Union

N = TypeVar("N", bound=ast.AST)

_SKIPPED_FIELDS = frozenset(("ctx", "op", "ops", "type_comment", "kind", "conversion"))


class Table:
    """The nodes of a module by type, in no particular order.

    Args:
        tree: the module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._nodes: Dict[type, List[ast.AST]] = {}
        self._bindings: Optional[List[Tuple[Set[str], ast.expr, int]]] = None
        self._walk(tree)

    def _walk(self, tree: ast.Module) -> None:
        nodes = self._nodes
        fields: Dict[type, Tuple[str, ...]] = {}
        stack: List[ast.AST] = [tree]
        pop, push = stack.pop, stack.append
        while stack:
            node = pop()
            kind = node.__class__
            if kind in nodes:
                nodes[kind].append(node)
            else:
                nodes[kind] = [node]
                fields[kind] = tuple(f for f in kind._fields if f not in _SKIPPED_FIELDS)
            for name in fields[kind]:
                value = getattr(node, name, None)
                if value.__class__ is list:
                    for item in value:
                        if isinstance(item, ast.AST):
                            push(item)
                elif isinstance(value, ast.AST):
                    push(value)

    def of(self, kind: Type[N]) -> List[N]:
        """All nodes of exactly this type."""
        return self._nodes.get(kind, [])  # type: ignore[return-value]

    def functions(self) -> Iterator[ast.arguments]:
        """The parameters of every function and lambda."""
        return iter(self.of(ast.arguments))

    def with_items(self) -> List[ast.withitem]:
        """The items of every ``with`` and ``async with``."""
        return self.of(ast.withitem)

    def bindings(self) -> List[Tuple[Set[str], ast.expr, int]]:
        """Every binding of a value: the last names that it binds, the value, its line."""
        if self._bindings is None:
            self._bindings = list(self._find_bindings())
        return self._bindings

    def _find_bindings(self) -> Iterator[Tuple[Set[str], ast.expr, int]]:
        for assign in self.of(ast.Assign):
            names = {name for target in assign.targets for name in leaves(target)}
            yield names, assign.value, assign.lineno
        for annotated in self.of(ast.AnnAssign):
            if annotated.value is not None:
                yield set(leaves(annotated.target)), annotated.value, annotated.lineno
        for walrus in self.of(ast.NamedExpr):
            yield {walrus.target.id}, walrus.value, walrus.lineno
        for item in self.with_items():
            if item.optional_vars is not None:
                yield set(leaves(item.optional_vars)), item.context_expr, item.context_expr.lineno
        loops: List[Union[ast.For, ast.AsyncFor]] = [*self.of(ast.For), *self.of(ast.AsyncFor)]
        for loop in loops:
            yield set(leaves(loop.target)), loop.iter, loop.lineno
        for parameters in self.functions():
            yield from _defaults(parameters)

    def aliases(self, names: FrozenSet[str]) -> Set[str]:
        """The names, and every name that the file binds to one of them, however indirectly."""
        found = set(names)
        for imported in self.of(ast.ImportFrom):
            found.update(a.asname for a in imported.names if a.asname and a.name in names)
        for module in self.of(ast.Import):
            found.update(a.asname for a in module.names if a.asname and a.name in names)
        return self.spread(found)

    def spread(self, found: Set[str]) -> Set[str]:
        """Add every name that is bound to one of the names, until nothing is added."""
        pairs = [(names, set(leaves(value))) for names, value, _ in self.bindings()]
        grown = True
        while grown:
            grown = False
            for names, values in pairs:
                if not names <= found and values & found:
                    found |= names
                    grown = True
        return found


def _defaults(parameters: ast.arguments) -> Iterator[Tuple[Set[str], ast.expr, int]]:
    positional = [*parameters.posonlyargs, *parameters.args]
    defaults = parameters.defaults
    pairs = list(zip(positional[len(positional) - len(defaults) :], defaults))
    for argument, default in pairs:
        yield {argument.arg}, default, argument.lineno
    for argument, keyword_default in zip(parameters.kwonlyargs, parameters.kw_defaults):
        if keyword_default is not None:
            yield {argument.arg}, keyword_default, argument.lineno


def last_name(node: ast.AST) -> str:
    """The last name of ``a.b.c``; empty for what isn't a name or an attribute."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return ""


def leaves(node: ast.expr) -> Iterator[str]:
    """The last names of the values that an expression may yield as they are, or pass to a call."""
    stack: List[ast.AST] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ast.Name):
            yield current.id
        elif isinstance(current, ast.Attribute):
            yield current.attr
        elif isinstance(current, ast.Call):
            stack.extend(current.args)
            stack.extend(keyword.value for keyword in current.keywords)
        elif isinstance(
            current,
            (ast.IfExp, ast.BoolOp, ast.Tuple, ast.List, ast.NamedExpr, ast.Await, ast.Starred),
        ):
            stack.extend(ast.iter_child_nodes(current))


def inner_calls(node: ast.expr) -> Iterator[ast.Call]:
    """The calls among the values that an expression may yield as they are, or pass to a call."""
    stack: List[ast.AST] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, ast.Call):
            yield current
            stack.extend(current.args)
        elif isinstance(
            current,
            (ast.IfExp, ast.BoolOp, ast.Tuple, ast.List, ast.NamedExpr, ast.Await, ast.Starred),
        ):
            stack.extend(ast.iter_child_nodes(current))

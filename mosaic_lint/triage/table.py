"""One walk over an ``ast``, and the questions that suspect stages ask of it.

All answers over-approximate: they work with last names in the whole file and know no scopes.
"""

from __future__ import annotations

import ast
from functools import cached_property
from typing import (
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Sequence,
    Set,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from mosaic_lint.guards import may_be_deep
from mosaic_lint.source import Source

N = TypeVar("N", bound=ast.AST)


class Binding(NamedTuple):
    """A value that gets names.

    Args:
        names: the last names that are bound.
        value: the expression.
        line: its statement's line, from 1.
        escapes: whether an attribute is bound, which other functions see.
    """

    names: Set[str]
    value: ast.expr
    line: int
    escapes: bool = False


_TRANSPARENT = (
    ast.IfExp, ast.BoolOp, ast.BinOp, ast.Tuple, ast.List, ast.NamedExpr, ast.Await, ast.Starred,
)  # fmt: skip
_SKIPPED_FIELDS = frozenset(("ctx", "op", "ops", "type_comment", "kind", "conversion"))


class Table:
    """The nodes of a module by type, in no particular order.

    Args:
        tree: the module.
        source: its file.
    """

    def __init__(self, tree: ast.Module, source: Source) -> None:
        self.source = source
        self._nodes: Dict[type, List[ast.AST]] = {}
        self._levels = self._walk(tree)

    def _walk(self, tree: ast.Module) -> int:
        """Sort the nodes by type, level by level, and tell how many levels there are."""
        nodes = self._nodes
        fields: Dict[type, Tuple[str, ...]] = {}
        levels = 0
        level: List[ast.AST] = [tree]
        while level:
            levels += 1
            below: List[ast.AST] = []
            push = below.append
            for node in level:
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
            level = below
        return levels

    @property
    def may_be_deep(self) -> bool:
        """Whether some statement may be too deep for a recursive parser; over-approximates."""
        return may_be_deep(self._levels, self.of, self.source.line_starts)

    def of(self, kind: Type[N]) -> List[N]:
        """All nodes of exactly this type."""
        return self._nodes.get(kind, [])  # type: ignore[return-value]

    def functions(self) -> Iterator[ast.arguments]:
        """The parameters of every function and lambda."""
        return iter(self.of(ast.arguments))

    def scope_lines(self) -> FrozenSet[int]:
        """The lines (from 1) with a start of a function, class or lambda, or with ``global``."""
        lines = {node.lineno for node in self.of(ast.FunctionDef)}
        lines |= {node.lineno for node in self.of(ast.AsyncFunctionDef)}
        lines |= {node.lineno for node in self.of(ast.ClassDef)}
        lines |= {node.lineno for node in self.of(ast.Lambda)}
        lines |= {node.lineno for node in self.of(ast.Global)}
        return frozenset(lines | {node.lineno for node in self.of(ast.Nonlocal)})

    def with_items(self) -> List[ast.withitem]:
        """The items of every ``with`` and ``async with``."""
        return self.of(ast.withitem)

    def bindings(self) -> List[Binding]:
        """Every binding of a value: the last names that it binds, the value, its line."""
        return self._bindings

    @cached_property
    def _bindings(self) -> List[Binding]:
        return list(self._find_bindings())

    def values_of(self, name: str) -> List[ast.expr]:
        """The values that are bound to a last name."""
        return self._values.get(name, [])

    @cached_property
    def _values(self) -> Dict[str, List[ast.expr]]:
        found: Dict[str, List[ast.expr]] = {}
        for binding in self._bindings:
            for name in binding.names:
                found.setdefault(name, []).append(binding.value)
        return found

    def _find_bindings(self) -> Iterator[Binding]:
        for assign in self.of(ast.Assign):
            yield _bound(assign.targets, assign.value, assign.lineno)
        for annotated in self.of(ast.AnnAssign):
            if annotated.value is not None:
                yield _bound([annotated.target], annotated.value, annotated.lineno)
        for walrus in self.of(ast.NamedExpr):
            yield _bound([walrus.target], walrus.value, walrus.lineno)
        for item in self.with_items():
            if item.optional_vars is not None:
                yield _bound([item.optional_vars], item.context_expr, item.context_expr.lineno)
        for augmented in self.of(ast.AugAssign):
            yield _bound([augmented.target], augmented.value, augmented.lineno)
        loops: List[Union[ast.For, ast.AsyncFor]] = [*self.of(ast.For), *self.of(ast.AsyncFor)]
        for loop in loops:
            yield _bound([loop.target], loop.iter, loop.lineno)
        for parameters in self.functions():
            yield from _defaults(parameters)

    def aliases(self, names: FrozenSet[str]) -> Set[str]:
        """The names, and every name that the file binds to one of them, however indirectly."""
        found = set(names)
        for imported in self.of(ast.ImportFrom):
            found.update(a.asname for a in imported.names if a.asname and a.name in names)
        for module in self.of(ast.Import):
            renamed = (a for a in module.names if a.asname)
            found.update(a.asname or "" for a in renamed if a.name.rpartition(".")[2] in names)
        return self.spread(found)

    def spread(self, names: Set[str], *, through_calls: bool = True) -> Set[str]:
        """Add every name that is bound to one of the names, however indirectly.

        Args:
            names: where to start; not changed.
            through_calls: whether what a call is given counts as what its value is bound to.
        """
        flows = self._flows if through_calls else self._plain_flows
        found = set(names)
        waiting = list(names)
        while waiting:
            for bound in flows.get(waiting.pop(), ()):
                if bound not in found:
                    found.add(bound)
                    waiting.append(bound)
        return found

    def sources(self, names: Set[str]) -> Set[str]:
        """The names, and every name from whose value one of them gets its own."""
        found = set(names)
        grown = True
        while grown:
            size = len(found)
            for value, bound in self._plain_flows.items():
                if bound & found:
                    found.add(value)
            grown = len(found) > size
        return found

    @cached_property
    def _flows(self) -> Dict[str, Set[str]]:
        """For each last name in a value the names that the value is bound to."""
        return _flows_of(self.bindings())

    @cached_property
    def _plain_flows(self) -> Dict[str, Set[str]]:
        """The same without values that are calls, but for ``closing(x)``, which hands out x."""
        return _flows_of(b for b in self.bindings() if not _is_opaque_call(b.value))


def _is_opaque_call(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) != "closing"


def _bound(targets: Sequence[ast.expr], value: ast.expr, line: int) -> Binding:
    names = {name for target in targets for name in leaves(target)}
    escapes = not all(isinstance(target, ast.Name) for target in targets)
    return Binding(names, value, line, escapes)


def _flows_of(bindings: Iterable[Binding]) -> Dict[str, Set[str]]:
    flows: Dict[str, Set[str]] = {}
    for binding in bindings:
        for name in leaves(binding.value):
            flows.setdefault(name, set()).update(binding.names)
    return flows


def _defaults(parameters: ast.arguments) -> Iterator[Binding]:
    positional = [*parameters.posonlyargs, *parameters.args]
    defaults = parameters.defaults
    pairs = list(zip(positional[len(positional) - len(defaults) :], defaults))
    for argument, default in pairs:
        yield Binding({argument.arg}, default, argument.lineno)
    for argument, keyword_default in zip(parameters.kwonlyargs, parameters.kw_defaults):
        if keyword_default is not None:
            yield Binding({argument.arg}, keyword_default, argument.lineno)


def last_name(node: ast.AST) -> str:
    """The last name of ``a.b.c``; empty for what isn't a name or an attribute."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return ""


def meant(node: ast.expr) -> Set[str]:
    """The last names that a callee or receiver may have: its own, or those of its branches."""
    name = last_name(node)
    return {name} if name else set(leaves(node))


def leaf_nodes(node: ast.expr) -> Iterator[ast.expr]:
    """The names, attributes and calls that an expression may yield as they are, or pass on."""
    stack: List[ast.AST] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, (ast.Name, ast.Attribute)):
            yield current
        elif isinstance(current, ast.Call):
            yield current
            stack.extend(current.args)
            stack.extend(keyword.value for keyword in current.keywords)
        elif isinstance(current, _TRANSPARENT):
            stack.extend(ast.iter_child_nodes(current))


def leaves(node: ast.expr) -> Iterator[str]:
    """The last names among the leaf nodes; those of what is called aren't."""
    return (name for name in map(last_name, leaf_nodes(node)) if name)


def inner_calls(node: ast.expr) -> Iterator[ast.Call]:
    """The calls among the leaf nodes."""
    return (leaf for leaf in leaf_nodes(node) if isinstance(leaf, ast.Call))

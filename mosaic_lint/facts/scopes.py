"""Scopes and the bindings in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Dict, Iterator, List, Optional, Set, Tuple, Union

import libcst as cst

from mosaic_lint.tree import walk

ScopeNode = Union[
    cst.Module, cst.FunctionDef, cst.Lambda, cst.ClassDef,
    cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp,
]  # fmt: skip
SCOPE_NODES = (
    cst.Module, cst.FunctionDef, cst.Lambda, cst.ClassDef,
    cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp,
)  # fmt: skip
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)


class Kind(Enum):
    """How a name is bound."""

    IMPORT = "import"
    ASSIGN = "assign"
    WITH = "with"
    PARAMETER = "parameter"
    DEFINITION = "definition"
    OTHER = "other"


@dataclass(frozen=True, eq=False)
class Binding:
    """One place that binds a name.

    Args:
        name: the bound name.
        kind: how.
        node: the statement, item, parameter or target that binds it.
        value: for an assignment the value, for a ``with`` item its expression, for a parameter
            its default; ``None`` where no expression's value arrives as it is.
        target: for an import the qualified name behind the bound one.
    """

    name: str
    kind: Kind
    node: cst.CSTNode
    value: Optional[cst.BaseExpression] = None
    target: str = ""


@dataclass(eq=False)
class Scope:
    """The names that a module, class, function, lambda or comprehension binds."""

    node: ScopeNode
    bindings: Dict[str, List[Binding]] = field(default_factory=dict)
    globals: Set[str] = field(default_factory=set)
    nonlocals: Set[str] = field(default_factory=set)

    def add(self, binding: Binding) -> None:
        """Note a binding."""
        self.bindings.setdefault(binding.name, []).append(binding)


def scope_of(node: ScopeNode) -> Scope:
    """Collect what a scope binds, nested scopes left out."""
    scope = Scope(node)
    for parameters in _parameters(node):
        _add_parameters(scope, parameters)
    for start in _bodies(node):
        for inner in _inside(start):
            for binding in _bindings_of(inner, scope):
                scope.add(binding)
    return scope


def _parameters(node: ScopeNode) -> Iterator[cst.Parameters]:
    if isinstance(node, (cst.FunctionDef, cst.Lambda)):
        yield node.params


def _bodies(node: ScopeNode) -> Iterator[cst.CSTNode]:
    if isinstance(node, COMPREHENSIONS):
        yield node.for_in
    elif isinstance(node, cst.Module):
        yield from node.body
    elif not isinstance(node, cst.Lambda):
        yield node.body


def _inside(start: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes in the same scope as ``start``, itself and the heads of nested scopes included."""
    if isinstance(start, SCOPE_NODES):
        yield start
    else:
        yield from walk(start, lambda node: not isinstance(node, SCOPE_NODES))


def _add_parameters(scope: Scope, parameters: cst.Parameters) -> None:
    plain = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    stars = [parameters.star_arg, parameters.star_kwarg]
    for parameter in plain:
        default = parameter.default
        scope.add(Binding(parameter.name.value, Kind.PARAMETER, parameter, default))
    for star in stars:
        if isinstance(star, cst.Param):
            scope.add(Binding(star.name.value, Kind.OTHER, star))


def _bindings_of(node: cst.CSTNode, scope: Scope) -> Iterator[Binding]:
    """What a single node binds in the scope."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield from _assigned(target.target, node.value, node)
    elif isinstance(node, cst.AnnAssign):
        if node.value is not None:
            yield from _assigned(node.target, node.value, node)
    elif isinstance(node, cst.NamedExpr):
        yield from _assigned(node.target, node.value, node)
    elif isinstance(node, cst.AugAssign):
        yield from _other(node.target, node)
    elif isinstance(node, cst.WithItem):
        if node.asname is not None:
            yield from _with_target(node)
    elif isinstance(node, (cst.For, cst.CompFor)):
        yield from _other(node.target, node)
    elif isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        yield Binding(node.name.value, Kind.DEFINITION, node)
    elif isinstance(node, cst.Import):
        yield from _imported(node)
    elif isinstance(node, cst.ImportFrom):
        yield from _imported_from(node)
    elif isinstance(node, (cst.ExceptHandler, cst.ExceptStarHandler)):
        if node.name is not None:
            yield from _other(node.name.name, node)
    elif isinstance(node, cst.Del):
        yield from _other(node.target, node)
    elif isinstance(node, (cst.MatchAs, cst.MatchStar)):
        if node.name is not None:
            yield Binding(node.name.value, Kind.OTHER, node)
    elif isinstance(node, cst.Global):
        scope.globals.update(item.name.value for item in node.names)
    elif isinstance(node, cst.Nonlocal):
        scope.nonlocals.update(item.name.value for item in node.names)


def _with_target(item: cst.WithItem) -> Iterator[Binding]:
    assert item.asname is not None
    target = item.asname.name
    if isinstance(target, cst.Name):
        yield Binding(target.value, Kind.WITH, item, item.item)
    else:
        yield from _other(target, item)


def _assigned(
    target: cst.BaseExpression, value: cst.BaseExpression, node: cst.CSTNode
) -> Iterator[Binding]:
    if isinstance(target, cst.Name):
        yield Binding(target.value, Kind.ASSIGN, node, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        yield from _unpacked(target, value, node)


def _unpacked(
    target: Union[cst.Tuple, cst.List], value: cst.BaseExpression, node: cst.CSTNode
) -> Iterator[Binding]:
    """Pair ``a, b = x, y`` element by element, where both sides show their elements."""
    if (
        isinstance(value, (cst.Tuple, cst.List))
        and len(value.elements) == len(target.elements)
        and all(isinstance(e, cst.Element) for e in (*value.elements, *target.elements))
    ):
        for left, right in zip(target.elements, value.elements):
            yield from _assigned(left.value, right.value, node)
    else:
        yield from _other(target, node)


def _other(target: cst.CSTNode, node: cst.CSTNode) -> Iterator[Binding]:
    """The names in a target to which no expression's value goes as it is."""
    if isinstance(target, cst.Name):
        yield Binding(target.value, Kind.OTHER, node)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _other(element.value, node)


def _imported(node: cst.Import) -> Iterator[Binding]:
    for alias in node.names:
        qualified = dotted(alias.name)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            yield Binding(alias.asname.name.value, Kind.IMPORT, node, target=qualified)
        else:
            head = qualified.partition(".")[0]
            yield Binding(head, Kind.IMPORT, node, target=head)


def _imported_from(node: cst.ImportFrom) -> Iterator[Binding]:
    if isinstance(node.names, cst.ImportStar):
        return
    module = "." * len(node.relative) + (dotted(node.module) if node.module else "")
    for alias in node.names:
        original = dotted(alias.name)
        asname = alias.asname
        name = asname.name if asname is not None else alias.name
        if isinstance(name, cst.Name):
            target = f"{module}.{original}" if module else original
            yield Binding(name.value, Kind.IMPORT, node, target=target)


def dotted(node: cst.CSTNode) -> str:
    """``a.b.c`` as it is written; empty for anything but names and attributes."""
    parts: Tuple[str, ...] = ()
    while isinstance(node, cst.Attribute):
        parts = (node.attr.value, *parts)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    return ".".join((node.value, *parts))

"""Scopes and the bindings in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Set, Tuple, Union

import libcst as cst

from mosaic_lint.tree import Tree

ScopeNode = Union[
    cst.Module, cst.FunctionDef, cst.Lambda, cst.ClassDef,
    cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp,
]  # fmt: skip
COMPREHENSIONS = frozenset((cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp))
SCOPE_NODES = COMPREHENSIONS | {cst.Module, cst.FunctionDef, cst.Lambda, cst.ClassDef}


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
        whole: for a name that an assignment or ``with`` item unpacks to, what it gets a part of.
    """

    name: str
    kind: Kind
    node: cst.CSTNode
    value: Optional[cst.BaseExpression] = None
    target: str = ""
    whole: Optional[cst.BaseExpression] = None


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


class Scopes:
    """The scopes of a module, each with what it binds.

    Args:
        tree: the module.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._scopes: Dict[int, Scope] = {}  # by identity of the scope's node
        self._chains: Dict[int, Tuple[ScopeNode, ...]] = {}  # by identity of any node
        for node in tree.nodes:
            reader = _READERS.get(node.__class__)
            if reader is not None:
                scope = self.of(self._holder(node))
                for binding in reader(node, scope):
                    scope.add(binding)

    def of(self, node: ScopeNode) -> Scope:
        """The scope that a node opens."""
        scope = self._scopes.get(id(node))
        if scope is None:
            scope = self._scopes[id(node)] = Scope(node)
            if isinstance(node, (cst.FunctionDef, cst.Lambda)):
                _add_parameters(scope, node.params)
        return scope

    def around(self, node: cst.CSTNode) -> Iterator[ScopeNode]:
        """The scopes in which a name at ``node`` is looked up, innermost first."""
        in_function = False
        for scope in self._enclosing(node):
            is_class = scope.__class__ is cst.ClassDef
            if not (is_class and in_function):
                yield scope
            in_function = in_function or not is_class

    def _enclosing(self, node: cst.CSTNode) -> Tuple[ScopeNode, ...]:
        """The scopes around a node, innermost first; each node is climbed from once."""
        path: List[cst.CSTNode] = []
        current: Optional[cst.CSTNode] = node
        while current is not None and id(current) not in self._chains:
            path.append(current)
            current = self._tree.parent(current)
        chain = self._chains[id(current)] if current is not None else ()
        for below in reversed(path):
            above = self._tree.parent(below)
            if above is not None and above.__class__ in SCOPE_NODES and _is_inside(above, below):
                chain = (above, *chain)
            elif above.__class__ is cst.CompFor and _is_first_iterable(above, below, chain):
                chain = chain[1:]
            self._chains[id(below)] = chain
        return chain

    def _holder(self, node: cst.CSTNode) -> ScopeNode:
        """The scope in which a node binds its names."""
        for scope in self._enclosing(node):
            # a walrus in a comprehension binds around it (PEP 572)
            if node.__class__ is not cst.NamedExpr or scope.__class__ not in COMPREHENSIONS:
                return scope
        return self._tree.module


def _is_inside(scope: cst.CSTNode, below: cst.CSTNode) -> bool:
    """Whether a part of a scope's node is evaluated in that scope, not in the one around."""
    if scope.__class__ in COMPREHENSIONS or scope.__class__ is cst.Module:
        return True
    return below is scope.body  # type: ignore[attr-defined]


def _is_first_iterable(loop: Any, below: cst.CSTNode, scopes: Tuple[ScopeNode, ...]) -> bool:
    """Whether a part of a comprehension's loop is evaluated around the comprehension."""
    return below is loop.iter and getattr(scopes[0], "for_in", None) is loop


def _add_parameters(scope: Scope, parameters: cst.Parameters) -> None:
    plain = [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]
    stars = [parameters.star_arg, parameters.star_kwarg]
    for parameter in plain:
        default = parameter.default
        scope.add(Binding(parameter.name.value, Kind.PARAMETER, parameter, default))
    for star in stars:
        if isinstance(star, cst.Param):
            scope.add(Binding(star.name.value, Kind.OTHER, star))


def _read_assign(node: cst.Assign, scope: Scope) -> Iterator[Binding]:
    for target in node.targets:
        yield from _assigned(target.target, node.value, node)


def _read_annotated(node: cst.AnnAssign, scope: Scope) -> Iterator[Binding]:
    if node.value is not None:
        yield from _assigned(node.target, node.value, node)


def _read_walrus(node: cst.NamedExpr, scope: Scope) -> Iterator[Binding]:
    yield from _assigned(node.target, node.value, node)


def _read_target(node: Union[cst.AugAssign, cst.For, cst.CompFor, cst.Del], scope: Scope) -> Any:
    return _other(node.target, node)


def _read_with(node: cst.WithItem, scope: Scope) -> Iterable[Binding]:
    return _with_target(node) if node.asname is not None else ()


def _read_definition(node: Union[cst.FunctionDef, cst.ClassDef], scope: Scope) -> Any:
    return (Binding(node.name.value, Kind.DEFINITION, node),)


def _read_handler(node: Union[cst.ExceptHandler, cst.ExceptStarHandler], scope: Scope) -> Any:
    return _other(node.name.name, node) if node.name is not None else ()


def _read_capture(node: Union[cst.MatchAs, cst.MatchStar], scope: Scope) -> Any:
    return (Binding(node.name.value, Kind.OTHER, node),) if node.name is not None else ()


def _read_rest(node: cst.MatchMapping, scope: Scope) -> Iterable[Binding]:
    return (Binding(node.rest.value, Kind.OTHER, node),) if node.rest is not None else ()


def _read_global(node: cst.Global, scope: Scope) -> Iterable[Binding]:
    scope.globals.update(item.name.value for item in node.names)
    return ()


def _read_nonlocal(node: cst.Nonlocal, scope: Scope) -> Iterable[Binding]:
    scope.nonlocals.update(item.name.value for item in node.names)
    return ()


def _with_target(item: cst.WithItem) -> Iterator[Binding]:
    assert item.asname is not None
    target = item.asname.name
    if isinstance(target, cst.Name):
        yield Binding(target.value, Kind.WITH, item, item.item)
    else:
        yield from _other(target, item, item.item)


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
        yield from _other(target, node, value)


def _other(
    target: cst.CSTNode, node: cst.CSTNode, whole: Optional[cst.BaseExpression] = None
) -> Iterator[Binding]:
    """The names in a target to which no expression's value goes as it is."""
    if isinstance(target, cst.Name):
        yield Binding(target.value, Kind.OTHER, node, whole=whole)
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _other(element.value, node, whole)


def _imported(node: cst.Import, scope: Scope) -> Iterator[Binding]:
    for alias in node.names:
        qualified = dotted(alias.name)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            yield Binding(alias.asname.name.value, Kind.IMPORT, node, target=qualified)
        else:
            head = qualified.partition(".")[0]
            yield Binding(head, Kind.IMPORT, node, target=head)


def _imported_from(node: cst.ImportFrom, scope: Scope) -> Iterator[Binding]:
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


_READERS: Dict[type, Callable[[Any, Scope], Iterable[Binding]]] = {
    cst.Assign: _read_assign,
    cst.AnnAssign: _read_annotated,
    cst.NamedExpr: _read_walrus,
    cst.AugAssign: _read_target,
    cst.For: _read_target,
    cst.CompFor: _read_target,
    cst.Del: _read_target,
    cst.WithItem: _read_with,
    cst.FunctionDef: _read_definition,
    cst.ClassDef: _read_definition,
    cst.Import: _imported,
    cst.ImportFrom: _imported_from,
    cst.ExceptHandler: _read_handler,
    cst.ExceptStarHandler: _read_handler,
    cst.MatchAs: _read_capture,
    cst.MatchStar: _read_capture,
    cst.MatchMapping: _read_rest,
    cst.Global: _read_global,
    cst.Nonlocal: _read_nonlocal,
}


def dotted(node: cst.CSTNode) -> str:
    """``a.b.c`` as it is written; empty for anything but names and attributes."""
    parts: Tuple[str, ...] = ()
    while isinstance(node, cst.Attribute):
        parts = (node.attr.value, *parts)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    return ".".join((node.value, *parts))

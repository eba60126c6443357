"""Which binding a name means, and which qualified name an expression.

What can't be told is answered with all that may be meant.
"""

from __future__ import annotations

import builtins
from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Set, Tuple, Union

import libcst as cst

from mosaic_lint.facts.classes import Classes
from mosaic_lint.facts.reaching import Reaching, bounded
from mosaic_lint.facts.scopes import SCOPE_NODES, Binding, Kind, Scope, ScopeNode, Scopes
from mosaic_lint.tree import Tree

Origin = Union[Binding, cst.BaseExpression]
_Memo = Dict[int, FrozenSet[str]]

_MAX_ALIASES = 10
_BUILTINS = frozenset(dir(builtins))


class Names:
    """Answers about the names of one module.

    Args:
        tree: the module.

    Attributes:
        reaching: which bindings are in force at a place.
        classes: the classes, and what their attributes are given.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._scopes = Scopes(tree)
        self.reaching = Reaching(tree)
        self._known: Dict[int, List[Binding]] = {}  # by identity of the name
        self._shared: Dict[str, List[Binding]] = {}  # of names that functions declare global
        self.classes = Classes(tree, self._scopes, self.bindings)

    def scope(self, node: ScopeNode) -> Scope:
        """The scope that a node opens."""
        return self._scopes.of(node)

    def all_bindings(self) -> Iterator[Binding]:
        """Every binding of the module, whatever the scope."""
        for node in self._tree.nodes:
            if node.__class__ in SCOPE_NODES:
                for found in self.scope(node).bindings.values():
                    yield from found

    def bindings(self, name: cst.Name) -> List[Binding]:
        """The bindings that a name may mean; none for a builtin or an unknown name."""
        known = self._known.get(id(name))
        if known is None:
            known = self._known[id(name)] = self._find_bindings(name)
        return known

    def _find_bindings(self, name: cst.Name) -> List[Binding]:
        text = name.value
        inner: List[Binding] = []  # by functions that declare the name nonlocal
        for scope in self._looked_in(name):
            is_own = text in scope.bindings
            is_borrowed = text in scope.globals or text in scope.nonlocals
            if is_own and not is_borrowed and not self._is_shared(scope, text):
                found = self.reaching.at(name, scope)
                return bounded([*inner, *found], name) if inner else found
            if is_own and is_borrowed:
                ways = self.reaching.in_scope(name, scope)
                inner.extend(ways.bindings)
                if ways.surely:
                    return bounded(inner, name)
            if text in scope.globals or self._is_shared(scope, text):
                return bounded([*inner, *self._everywhere(name)], name)
        return bounded(inner, name)

    def _looked_in(self, name: cst.Name) -> Iterator[Scope]:
        """The scopes in which a name is looked up, innermost first."""
        return map(self._scopes.of, self._scopes.around(name))

    def _is_shared(self, scope: Scope, name: str) -> bool:
        """Whether a scope is the module's, and functions declare its name global."""
        return scope.node is self._tree.module and name in self._global_names

    def shared(self, name: cst.Name) -> List[Binding]:
        """The bindings by which other functions may give a name a value meanwhile: ``global``."""
        for scope in self._looked_in(name):
            if name.value in scope.globals or self._is_shared(scope, name.value):
                return self._everywhere(name)
            if name.value in scope.bindings and name.value not in scope.nonlocals:
                return []
        return []

    def may_mean(self, expression: cst.BaseExpression, wanted: FrozenSet[str]) -> bool:
        """Whether an expression may mean something whose last name is wanted; cheap.

        True for the name itself, for names that the file binds to values or imports under
        another name, and for expressions that are no names.
        """
        name = last_name(expression)
        return not name or name in wanted or name in self._renamed

    @cached_property
    def _renamed(self) -> FrozenSet[str]:
        """The last names to which the file binds a value, but definitions and plain imports."""
        found: Set[str] = set()
        for assign in self._tree.of(cst.Assign):
            for target in assign.targets:
                found.update(_target_names(target.target))
        for annotated in self._tree.of(cst.AnnAssign):
            found.update(_target_names(annotated.target))
        for walrus in self._tree.of(cst.NamedExpr):
            found.update(_target_names(walrus.target))
        for alias in self._tree.of(cst.AsName):
            found.update(_target_names(alias.name))
        for parameter in self._tree.of(cst.Param):
            if parameter.default is not None:
                found.add(parameter.name.value)
        return frozenset(found)

    def module_bindings(self, name: str) -> List[Binding]:
        """The module's own bindings of a name."""
        return self.scope(self._tree.module).bindings.get(name, [])

    @cached_property
    def _global_names(self) -> Dict[str, List[cst.FunctionDef]]:
        """The names that functions declare ``global``, with those functions."""
        found: Dict[str, List[cst.FunctionDef]] = {}
        for statement in self._tree.of(cst.Global):
            function = self._function(statement)
            if function is not None:
                for item in statement.names:
                    found.setdefault(item.name.value, []).append(function)
        return found

    def _everywhere(self, name: cst.Name) -> List[Binding]:
        """The module's bindings of a name, those by ``global`` in functions included."""
        text = name.value
        if text not in self._shared:
            found = list(self.module_bindings(text))
            for function in dict.fromkeys(self._global_names.get(text, ())):
                found.extend(self.scope(function).bindings.get(text, []))
            self._shared[text] = bounded(found, name)
        return self._shared[text]

    def origins(self, expression: cst.BaseExpression) -> List[Origin]:
        """Where an expression's value may come from, aliases followed.

        Returns:
            Expressions that are no aliases, and bindings that have no plain value (parameters,
            ``with`` items, loops, imports, definitions). Branches of ``or``, ``and`` and
            conditional expressions come one by one.
        """
        found: List[Origin] = []
        seen: Set[int] = set()  # by identity, so that no cycle of names is followed twice
        waiting: List[Tuple[cst.BaseExpression, int]] = [(expression, _MAX_ALIASES)]
        while waiting:
            current, depth = waiting.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            followed = self._one_step(current) if depth else [current]
            for origin in followed:
                if isinstance(origin, Binding) or origin is current:
                    found.append(origin)
                else:
                    waiting.append((origin, depth - 1))
        return found

    def _one_step(self, expression: cst.BaseExpression) -> Sequence[Origin]:
        """What an expression's value is copied from; the expression itself if from nothing."""
        if isinstance(expression, cst.Name):
            return [_source(binding) for binding in self.bindings(expression)] or [expression]
        if isinstance(expression, cst.Attribute):
            return self.attribute_values(expression) or [expression]
        if isinstance(expression, cst.NamedExpr):
            return [expression.value]
        if isinstance(expression, cst.Await):
            return [expression.expression]
        if isinstance(expression, cst.IfExp):
            return [expression.body, expression.orelse]
        if isinstance(expression, cst.BooleanOperation):
            return [expression.left, expression.right]
        return [expression]

    def attribute_values(self, attribute: cst.Attribute) -> List[cst.BaseExpression]:
        """What classes of the file assign to an attribute that is theirs."""
        return self.classes.attribute_values(attribute)

    def holder(self, attribute: cst.Attribute) -> Optional[cst.ClassDef]:
        """The class of the file that an attribute is looked up in first."""
        return self.classes.holder(attribute)

    def is_own_attribute(self, attribute: cst.Attribute) -> bool:
        """Whether an attribute is one of ``self``, which :meth:`attribute_values` knows."""
        return self.classes.method_of(attribute) is not None

    def is_nonlocal(self, name: cst.Name) -> bool:
        """Whether an inner function may give the name another value."""
        statements = self._nonlocal_names.get(name.value)
        if not statements:
            return False
        functions = {self._function(binding.node) for binding in self.bindings(name)}
        return any(
            inner in functions or self._function(inner) in functions
            for inner in map(self._function, statements)
            if inner is not None
        )

    def _function(self, node: cst.CSTNode) -> Optional[cst.FunctionDef]:
        return self._tree.enclosing(node, cst.FunctionDef)

    @cached_property
    def _nonlocal_names(self) -> Dict[str, List[cst.Nonlocal]]:
        found: Dict[str, List[cst.Nonlocal]] = {}
        for statement in self._tree.of(cst.Nonlocal):
            for item in statement.names:
                found.setdefault(item.name.value, []).append(statement)
        return found

    def qualified(self, expression: cst.CSTNode) -> FrozenSet[str]:
        """The qualified names that an expression may mean.

        ``logging.error`` after ``import logging as L`` and ``L.error``; ``builtins.print`` for
        an unshadowed ``print``; ``<local>.f`` for what the file defines itself; ``f()`` for the
        value of a call to ``f``. Empty for other expressions.
        """
        return self._qualified(expression, _MAX_ALIASES, {})

    def _qualified(self, node: cst.CSTNode, depth: int, memo: _Memo) -> FrozenSet[str]:
        """The same, each node looked at once a query, and a cycle of names cut."""
        if id(node) not in memo:
            memo[id(node)] = frozenset()
            if depth:
                memo[id(node)] = frozenset(self._find_qualified(node, depth - 1, memo))
        return memo[id(node)]

    def _find_qualified(self, node: cst.CSTNode, depth: int, memo: _Memo) -> Iterator[str]:
        if isinstance(node, cst.Name):
            yield from self._qualified_name(node, depth, memo)
        elif isinstance(node, cst.Attribute):
            name = node.attr.value
            yield from (f"{base}.{name}" for base in self._qualified(node.value, depth, memo))
            for value in self.attribute_values(node):
                yield from self._qualified(value, depth, memo)
        elif isinstance(node, cst.Call):
            wrapped = self._wrapped(node, depth, memo)
            if wrapped is not None:
                yield from self._qualified(wrapped, depth, memo)
            else:
                yield from (f"{base}()" for base in self._qualified(node.func, depth, memo))
        elif isinstance(node, cst.NamedExpr):
            yield from self._qualified(node.value, depth, memo)
        elif isinstance(node, cst.IfExp):
            yield from self._qualified(node.body, depth, memo)
            yield from self._qualified(node.orelse, depth, memo)
        elif isinstance(node, cst.BooleanOperation):
            yield from self._qualified(node.left, depth, memo)
            yield from self._qualified(node.right, depth, memo)

    def _qualified_name(self, node: cst.Name, depth: int, memo: _Memo) -> Iterator[str]:
        bindings = self.bindings(node)
        if not bindings:
            yield f"builtins.{node.value}" if node.value in _BUILTINS else node.value
        for binding in bindings:
            if binding.kind is Kind.IMPORT:
                yield binding.target
            elif binding.kind in (Kind.ASSIGN, Kind.PARAMETER) and binding.value is not None:
                names = self._qualified(binding.value, depth, memo)
                yield from names or [f"<local>.{node.value}"]
            else:
                yield f"<local>.{node.value}"

    def _wrapped(self, call: cst.Call, depth: int, memo: _Memo) -> Optional[cst.BaseExpression]:
        """The function that ``functools.partial(f, ...)`` or ``staticmethod(f)`` wraps."""
        if not call.args or last_name(call.func) not in ("partial", "staticmethod"):
            return None
        names = self._qualified(call.func, depth, memo)
        if names & {"functools.partial", "builtins.staticmethod"}:
            return call.args[0].value
        return None


def _source(binding: Binding) -> Origin:
    """What a binding copies: the assigned value, or for others the binding itself."""
    if binding.kind is Kind.ASSIGN and binding.value is not None:
        return binding.value
    return binding


def _target_names(target: cst.CSTNode) -> Iterator[str]:
    """The last names that a target binds."""
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _target_names(element.value)
    else:
        yield last_name(target)


def last_name(node: cst.CSTNode) -> str:
    """The last name of ``a.b.c``; empty for what isn't a name or an attribute."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return ""

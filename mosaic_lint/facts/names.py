"""Which binding a name means, and which qualified name an expression.

What can't be told is answered with all that may be meant.
"""

from __future__ import annotations

import builtins
from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Set, Tuple, Union

import libcst as cst

from mosaic_lint.facts.reaching import MAX_BINDINGS, Reaching
from mosaic_lint.facts.scopes import SCOPE_NODES, Binding, Kind, Scope, ScopeNode, Scopes
from mosaic_lint.tree import Tree, walk

Origin = Union[Binding, cst.BaseExpression]
_Memo = Dict[int, FrozenSet[str]]

_MAX_ALIASES = 10
_BUILTINS = frozenset(dir(builtins))


class Names:
    """Answers about the names of one module.

    Args:
        tree: the module.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._scopes = Scopes(tree)
        self._reaching = Reaching(tree)
        self._shared: Dict[str, List[Binding]] = {}  # of names that functions declare global
        self._attributes: Dict[cst.ClassDef, Dict[str, List[cst.BaseExpression]]] = {}

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
        for node in self._scopes.around(name):
            scope = self._scopes.of(node)
            if name.value in scope.globals:
                return self._everywhere(name.value)
            found = scope.bindings.get(name.value)
            if node is self._tree.module and name.value in self._global_names:
                return self._everywhere(name.value)
            if found is not None and name.value not in scope.nonlocals:
                return self._reaching.at(name, scope, found)
        return self._everywhere(name.value)

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

    def _everywhere(self, name: str) -> List[Binding]:
        """The module's bindings of a name, those by ``global`` in functions included."""
        functions = self._global_names.get(name)
        if functions is None:
            return self.module_bindings(name)
        if name not in self._shared:
            found = list(self.module_bindings(name))
            for function in dict.fromkeys(functions):
                found.extend(self.scope(function).bindings.get(name, []))
            self._shared[name] = found
        return self._shared[name]

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
        """What a class of the file assigns to ``self.name``, and to ``name`` in its body."""
        class_ = self.holder(attribute)
        for holder in self._with_bases(class_) if class_ is not None else ():
            if holder not in self._attributes:
                self._attributes[holder] = self._class_attributes(holder)
            values = self._attributes[holder].get(attribute.attr.value, [])
            if values:
                return values if len(values) <= MAX_BINDINGS else []
        return []

    def _with_bases(self, class_: cst.ClassDef) -> Iterator[cst.ClassDef]:
        """A class, and those of its bases that the file defines, in the order of a look-up."""
        seen: Set[int] = set()
        waiting = [class_]
        while waiting:
            current = waiting.pop(0)
            if id(current) in seen:
                continue
            seen.add(id(current))
            yield current
            for base in current.bases:
                if isinstance(base.value, cst.Name):
                    nodes = [binding.node for binding in self.bindings(base.value)]
                    waiting.extend(node for node in nodes if isinstance(node, cst.ClassDef))

    def holder(self, attribute: cst.Attribute) -> Optional[cst.ClassDef]:
        """The class of the file that an attribute is looked up in first."""
        value = attribute.value
        if isinstance(value, cst.Name):
            return self._class_of(value)
        instance = _instance(value)  # "type(self).name"
        is_own = instance is not None and self._is_self(instance)
        return self._tree.enclosing(value, cst.ClassDef) if is_own else None

    def is_own_attribute(self, attribute: cst.Attribute) -> bool:
        """Whether an attribute is one of ``self``, which :meth:`attribute_values` knows."""
        return isinstance(attribute.value, cst.Name) and self._is_self(attribute.value)

    def is_nonlocal(self, name: cst.Name) -> bool:
        """Whether an inner function may give the name another value."""
        statements = self._nonlocal_names.get(name.value)
        if not statements:
            return False
        functions = {self._function(binding.node) for binding in self.bindings(name)}
        return any(
            self._function(inner) in functions
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

    def _class_of(self, name: cst.Name) -> Optional[cst.ClassDef]:
        """The class that ``self`` is an instance of, or that a name is."""
        if self._is_self(name):
            return self._tree.enclosing(name, cst.ClassDef)
        nodes = [binding.node for binding in self.bindings(name)]
        return nodes[0] if len(nodes) == 1 and isinstance(nodes[0], cst.ClassDef) else None

    def _is_self(self, name: cst.Name) -> bool:
        for binding in self.bindings(name):
            function = self._tree.enclosing(binding.node, cst.FunctionDef)
            if binding.kind is Kind.PARAMETER and function is not None:
                first = (*function.params.posonly_params, *function.params.params)[:1]
                holder = self._tree.parent(self._tree.parent(function) or function)
                return first == (binding.node,) and isinstance(holder, cst.ClassDef)
        return False

    def _class_attributes(self, class_: cst.ClassDef) -> Dict[str, List[cst.BaseExpression]]:
        found: Dict[str, List[cst.BaseExpression]] = {}
        for name, bindings in self.scope(class_).bindings.items():
            values = [b.value for b in bindings if b.kind is Kind.ASSIGN and b.value is not None]
            found.setdefault(name, []).extend(values)
        for node in walk(class_.body):
            for target, value in _attribute_assignments(node):
                if self._is_self(target.value):  # type: ignore[arg-type]
                    found.setdefault(target.attr.value, []).append(value)
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


def _instance(node: cst.BaseExpression) -> Optional[cst.Name]:
    """The name whose class ``type(name)`` or ``name.__class__`` is."""
    value: Optional[cst.BaseExpression] = None
    if isinstance(node, cst.Attribute) and node.attr.value == "__class__":
        value = node.value
    elif isinstance(node, cst.Call) and last_name(node.func) == "type" and len(node.args) == 1:
        value = node.args[0].value
    return value if isinstance(value, cst.Name) else None


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


def _attribute_assignments(
    node: cst.CSTNode,
) -> Iterator[Tuple[cst.Attribute, cst.BaseExpression]]:
    """``x.name = value`` as pairs of target and value."""
    if node.__class__ not in (cst.Assign, cst.AnnAssign):
        return
    if isinstance(node, cst.Assign):
        targets: List[cst.BaseExpression] = [target.target for target in node.targets]
        value: Optional[cst.BaseExpression] = node.value
    elif isinstance(node, cst.AnnAssign):
        targets, value = [node.target], node.value
    else:
        return
    for target in targets:
        if value is not None and isinstance(target, cst.Attribute):
            if isinstance(target.value, cst.Name):
                yield target, value

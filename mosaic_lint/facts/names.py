"""Which binding a name means, and which qualified name an expression.

Flow is followed only as far as blocks tell it: from a name upwards to the nearest statement that
surely binds it. What can't be told is answered with all bindings that may be meant.
"""

from __future__ import annotations

import builtins
from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, Optional, Set, Tuple, Union

import libcst as cst

from mosaic_lint.facts.scopes import Binding, Kind, Scope, ScopeNode, Scopes
from mosaic_lint.tree import Tree, walk

Origin = Union[Binding, cst.BaseExpression]

_MAX_ALIASES = 10
_BLOCKS = (cst.IndentedBlock, cst.SimpleStatementSuite, cst.Module, cst.SimpleStatementLine)
_BUILTINS = frozenset(dir(builtins))
_FUNCTIONS = frozenset((cst.FunctionDef, cst.Lambda))
_LOOPS = frozenset((cst.For, cst.While))
_SUITES = frozenset((cst.IndentedBlock, cst.SimpleStatementSuite))
_CONDITIONAL = _LOOPS | {
    cst.If, cst.Try, cst.TryStar, cst.Match, cst.IfExp, cst.BooleanOperation,
    cst.ExceptHandler, cst.ExceptStarHandler, cst.Else,
}  # fmt: skip
_ORDERING = _CONDITIONAL | {*_BLOCKS, cst.With}


class Names:
    """Answers about the names of one module.

    Args:
        tree: the module.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._scopes = Scopes(tree)
        self._holders: Dict[Tuple[Scope, str], Dict[cst.CSTNode, List[Binding]]] = {}
        self._attributes: Dict[cst.ClassDef, Dict[str, List[cst.BaseExpression]]] = {}

    def scope(self, node: ScopeNode) -> Scope:
        """The scope that a node opens."""
        return self._scopes.of(node)

    def bindings(self, name: cst.Name) -> List[Binding]:
        """The bindings that a name may mean; none for a builtin or an unknown name."""
        for node in self._scopes.around(name):
            scope = self._scopes.of(node)
            if name.value in scope.globals:
                return self._everywhere(name.value)
            found = scope.bindings.get(name.value)
            if found is not None and name.value not in scope.nonlocals:
                return self._reaching(name, scope, found)
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

    def _everywhere(self, name: str) -> List[Binding]:
        """The module's bindings of a name, those by ``global`` in functions included."""
        found = list(self.module_bindings(name))
        for statement in self._tree.of(cst.Global):
            if any(item.name.value == name for item in statement.names):
                function = self._tree.enclosing(statement, cst.FunctionDef)
                if function is not None:
                    found.extend(self.scope(function).bindings.get(name, []))
        return found

    def _reaching(self, name: cst.Name, scope: Scope, found: List[Binding]) -> List[Binding]:
        if len(found) == 1:
            return found
        holders = self._holders_of(scope, name.value)
        reached: List[Binding] = []
        below: cst.CSTNode = name
        deferred = False
        for ancestor in self._tree.ancestors(name):
            if ancestor is scope.node and not isinstance(ancestor, cst.Module):
                break
            if isinstance(ancestor, cst.Module) and deferred:
                return found  # a function runs when the whole module has run
            if ancestor.__class__ in _FUNCTIONS:
                deferred = True
            surely = self._bound_before(ancestor, below, holders, reached)
            if surely:
                return _unique(reached)
            below = ancestor
        parameters = [b for b in found if b.kind is Kind.PARAMETER]
        return _unique(reached + parameters) or found

    def _holders_of(self, scope: Scope, name: str) -> Dict[cst.CSTNode, List[Binding]]:
        """For each node between the scope and a binding of the name: the bindings below it."""
        key = (scope, name)
        if key not in self._holders:
            holders: Dict[cst.CSTNode, List[Binding]] = {}
            for binding in scope.bindings[name]:
                holders.setdefault(binding.node, []).append(binding)
                for ancestor in self._tree.ancestors(binding.node):
                    if ancestor is scope.node:
                        break
                    holders.setdefault(ancestor, []).append(binding)
            self._holders[key] = holders
        return self._holders[key]

    def _bound_before(
        self,
        ancestor: cst.CSTNode,
        below: cst.CSTNode,
        holders: Dict[cst.CSTNode, List[Binding]],
        reached: List[Binding],
    ) -> bool:
        """Add what binds the name in ``ancestor`` before ``below`` is reached.

        Returns:
            Whether the name is surely bound there, so that nothing above matters.
        """
        for earlier in _run_before(ancestor, below):
            bindings = holders.get(earlier)
            if not bindings:
                continue
            sure = [b for b in bindings if self._is_sure(b, earlier)]
            if sure:
                last = bindings.index(sure[-1])
                reached.extend(bindings[last:])
                return True
            reached.extend(bindings)
        if ancestor.__class__ in _LOOPS and below.__class__ in _SUITES:
            reached.extend(holders.get(below, ()))  # bound in the turn before
        return False

    def _is_sure(self, binding: Binding, statement: cst.CSTNode) -> bool:
        """Whether a binding in a statement is made whenever the statement runs."""
        node = binding.node
        if node is statement:
            return True
        for ancestor in self._tree.ancestors(node):
            if ancestor.__class__ in _CONDITIONAL:
                return False
            if ancestor is statement:
                return True
        return True

    def origins(self, expression: cst.BaseExpression) -> List[Origin]:
        """Where an expression's value may come from, aliases followed.

        Returns:
            Expressions that are no aliases, and bindings that have no plain value (parameters,
            ``with`` items, loops, imports, definitions). Branches of ``or``, ``and`` and
            conditional expressions come one by one.
        """
        return list(self._origins(expression, _MAX_ALIASES))

    def _origins(self, expression: cst.BaseExpression, depth: int) -> Iterator[Origin]:
        if depth == 0:
            yield expression
        elif isinstance(expression, cst.Name):
            bindings = self.bindings(expression)
            if not bindings:
                yield expression
            for binding in bindings:
                if binding.kind is Kind.ASSIGN and binding.value is not None:
                    yield from self._origins(binding.value, depth - 1)
                else:
                    yield binding
        elif isinstance(expression, cst.NamedExpr):
            yield from self._origins(expression.value, depth - 1)
        elif isinstance(expression, cst.Await):
            yield from self._origins(expression.expression, depth - 1)
        elif isinstance(expression, cst.IfExp):
            yield from self._origins(expression.body, depth - 1)
            yield from self._origins(expression.orelse, depth - 1)
        elif isinstance(expression, cst.BooleanOperation):
            yield from self._origins(expression.left, depth - 1)
            yield from self._origins(expression.right, depth - 1)
        elif isinstance(expression, cst.Attribute):
            values = self.attribute_values(expression)
            if not values:
                yield expression
            for value in values:
                yield from self._origins(value, depth - 1)
        else:
            yield expression

    def attribute_values(self, attribute: cst.Attribute) -> List[cst.BaseExpression]:
        """What the enclosing class assigns to ``self.name``, and to ``name`` in its body."""
        if not isinstance(attribute.value, cst.Name):
            return []
        function = self._tree.enclosing(attribute, cst.FunctionDef)
        class_ = self._tree.enclosing(attribute, cst.ClassDef)
        if class_ is None or function is None or not self._is_self(attribute.value):
            return []
        if class_ not in self._attributes:
            self._attributes[class_] = self._class_attributes(class_)
        return self._attributes[class_].get(attribute.attr.value, [])

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
        return frozenset(self._qualified(expression, _MAX_ALIASES))

    def _qualified(self, node: cst.CSTNode, depth: int) -> Iterator[str]:
        if depth == 0:
            return
        if isinstance(node, cst.Name):
            yield from self._qualified_name(node, depth)
        elif isinstance(node, cst.Attribute):
            name = node.attr.value
            yield from (f"{base}.{name}" for base in self._qualified(node.value, depth - 1))
            for value in self.attribute_values(node):
                yield from self._qualified(value, depth - 1)
        elif isinstance(node, cst.Call):
            partial = self._partial(node, depth)
            if partial is not None:
                yield from self._qualified(partial, depth - 1)
            else:
                yield from (f"{base}()" for base in self._qualified(node.func, depth - 1))
        elif isinstance(node, cst.NamedExpr):
            yield from self._qualified(node.value, depth - 1)
        elif isinstance(node, cst.IfExp):
            yield from self._qualified(node.body, depth - 1)
            yield from self._qualified(node.orelse, depth - 1)
        elif isinstance(node, cst.BooleanOperation):
            yield from self._qualified(node.left, depth - 1)
            yield from self._qualified(node.right, depth - 1)

    def _qualified_name(self, node: cst.Name, depth: int) -> Iterator[str]:
        bindings = self.bindings(node)
        if not bindings:
            yield f"builtins.{node.value}" if node.value in _BUILTINS else node.value
        for binding in bindings:
            if binding.kind is Kind.IMPORT:
                yield binding.target
            elif binding.kind in (Kind.ASSIGN, Kind.PARAMETER) and binding.value is not None:
                names = list(self._qualified(binding.value, depth - 1))
                yield from names or [f"<local>.{node.value}"]
            else:
                yield f"<local>.{node.value}"

    def _partial(self, call: cst.Call, depth: int) -> Optional[cst.BaseExpression]:
        """The function that ``functools.partial(f, ...)`` or ``staticmethod(f)`` wraps."""
        if not call.args or last_name(call.func) not in ("partial", "staticmethod"):
            return None
        names = set(self._qualified(call.func, depth - 1))
        if names & {"functools.partial", "builtins.staticmethod"}:
            return call.args[0].value
        return None


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


def _run_before(ancestor: cst.CSTNode, below: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The parts of a node that have run when one of its parts is reached, the latest first."""
    if ancestor.__class__ not in _ORDERING:
        return
    if isinstance(ancestor, _BLOCKS):
        body: List[cst.CSTNode] = list(ancestor.body)
        yield from reversed(body[: body.index(below)])
    elif isinstance(ancestor, cst.With):
        items: List[cst.CSTNode] = list(ancestor.items)
        yield from reversed(items if below is ancestor.body else items[: items.index(below)])
    elif isinstance(ancestor, (cst.If, cst.While)):
        if below is not ancestor.test:
            yield ancestor.test
    elif isinstance(ancestor, cst.For):
        if below is ancestor.body:
            yield ancestor
    elif isinstance(ancestor, (cst.Try, cst.TryStar)):
        if below is not ancestor.body:
            yield ancestor.body
    elif isinstance(ancestor, (cst.ExceptHandler, cst.ExceptStarHandler)):
        if below is ancestor.body and ancestor.name is not None:
            yield ancestor
    elif isinstance(ancestor, cst.BooleanOperation):
        if below is ancestor.right:
            yield ancestor.left
    elif isinstance(ancestor, cst.IfExp):
        if below is not ancestor.test:
            yield ancestor.test


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


def _unique(bindings: List[Binding]) -> List[Binding]:
    return list(dict.fromkeys(bindings))

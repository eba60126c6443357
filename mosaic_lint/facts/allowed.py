"""Values that were tested against a constant set: whoever comes by is one of its elements.

``if x not in ALLOWED: raise`` proves ``x`` behind it; ``if x in ALLOWED:`` proves it inside.
"""

from __future__ import annotations

from typing import Callable, Iterator, List, Optional, Sequence, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.tree import walk

_Subject = Union[cst.Name, cst.Attribute]
_LEAVING_CALLS = frozenset(("sys.exit", "builtins.exit", "os._exit"))
_FUNCTIONS = (cst.FunctionDef, cst.Lambda)


class Allowed:
    """Answers for one file.

    Args:
        file: the file.
        is_proven: tells whether an expression is constant.
    """

    def __init__(self, file: File, is_proven: Callable[[cst.BaseExpression], bool]) -> None:
        self._file = file
        self._is_proven = is_proven

    def is_tested(self, node: _Subject) -> bool:
        """Whether a test let the value through on every way to where it is read."""
        name = dotted(node)
        if not name:
            return False
        below: cst.CSTNode = node
        for ancestor in self._file.tree.ancestors(node):
            if isinstance(ancestor, (cst.If, cst.While)) and below is ancestor.body:
                if self._requires(ancestor.test, name) and not self._rebinds(ancestor.body, name):
                    return True
            elif isinstance(ancestor, cst.IfExp) and below is ancestor.body:
                if self._requires(ancestor.test, name):
                    return True
            elif isinstance(ancestor, cst.IfExp) and below is ancestor.orelse:
                if self._refuses(ancestor.test, name):
                    return True
            elif isinstance(ancestor, cst.BooleanOperation) and below is ancestor.right:
                if isinstance(ancestor.operator, cst.And) and self._requires(ancestor.left, name):
                    return True
            elif isinstance(ancestor, (cst.IndentedBlock, cst.Module)):
                if self._is_tested_before(ancestor.body, below, name):
                    return True
            elif isinstance(ancestor, _FUNCTIONS):
                return False
            below = ancestor
        return False

    def is_filtered(self, loop: cst.CompFor, name: str) -> bool:
        """Whether a comprehension lets only elements of a constant set through."""
        return any(self._requires(condition.test, name) for condition in loop.ifs)

    def _is_tested_before(self, body: Sequence[cst.CSTNode], below: cst.CSTNode, name: str) -> bool:
        """Whether a statement before one leaves if the value isn't allowed."""
        index = next((i for i, statement in enumerate(body) if statement is below), 0)
        for statement in reversed(body[:index]):
            if isinstance(statement, cst.If) and self._guards(statement, name):
                return True
            if self._rebinds(statement, name):
                return False
        return False

    def _guards(self, statement: cst.If, name: str) -> bool:
        """``if x not in ALLOWED: raise``, or ``if x in ALLOWED: ... else: raise``."""
        if self._refuses(statement.test, name):
            return self._leaves(statement.body) or self._replaces(statement.body, name)
        if isinstance(statement.orelse, cst.Else) and self._requires(statement.test, name):
            body = statement.orelse.body
            return self._leaves(body) or self._replaces(body, name)
        return False

    def _refuses(self, test: cst.BaseExpression, name: str) -> bool:
        """Whether a test is true for every value that isn't allowed."""
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            return self._requires(test.expression, name)
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
            return self._refuses(test.left, name) or self._refuses(test.right, name)
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            target = test.comparisons[0]
            if dotted(test.left) != name:
                return False
            if isinstance(target.operator, cst.NotIn):
                return self._is_set(target.comparator)
            return isinstance(target.operator, cst.NotEqual) and self._is_proven(target.comparator)
        return False

    def _requires(self, test: cst.BaseExpression, name: str) -> bool:
        """Whether a test is true for allowed values only."""
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            return self._refuses(test.expression, name)
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.And):
            return self._requires(test.left, name) or self._requires(test.right, name)
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            target = test.comparisons[0]
            if dotted(test.left) != name:
                return False
            if isinstance(target.operator, cst.In):
                return self._is_set(target.comparator)
            return isinstance(target.operator, cst.Equal) and self._is_proven(target.comparator)
        return False

    def _is_set(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a constant collection, and no text, where ``in`` finds parts."""
        for origin in self._file.names.origins(node):
            if not isinstance(origin, cst.BaseExpression):
                return False
            if isinstance(origin, (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)):
                return False
        return self._is_proven(node)

    def _leaves(self, body: cst.BaseSuite) -> bool:
        """Whether a block surely leaves: by raise, return, continue, break, or an exit."""
        last = _last_statement(body)
        if isinstance(last, (cst.Raise, cst.Return, cst.Continue, cst.Break)):
            return not (isinstance(last, cst.Raise) and self._is_swallowed(last))
        if isinstance(last, cst.Expr) and isinstance(last.value, cst.Call):
            return bool(self._file.names.qualified(last.value.func) & _LEAVING_CALLS)
        return False

    def _is_swallowed(self, statement: cst.Raise) -> bool:
        """Whether a handler of the same function may catch what is raised, and go on."""
        below: cst.CSTNode = statement
        for ancestor in self._file.tree.ancestors(statement):
            if isinstance(ancestor, cst.FunctionDef):
                return False
            if isinstance(ancestor, cst.Try) and below is ancestor.body and ancestor.handlers:
                if not all(self._leaves(handler.body) for handler in ancestor.handlers):
                    return True
            below = ancestor
        return False

    def _replaces(self, body: cst.BaseSuite, name: str) -> bool:
        """Whether a block gives the name a constant instead."""
        last = _last_statement(body)
        if not isinstance(last, cst.Assign):
            return False
        targets = [dotted(target.target) for target in last.targets]
        return name in targets and self._is_proven(last.value)

    def _rebinds(self, node: cst.CSTNode, name: str) -> bool:
        """Whether something in a node gives the name, or what it is an attribute of, a value."""
        names = set(_prefixes(name))
        return any(target in names for target in _targets(node))


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[: length + 1]) for length in range(len(parts)))


def _targets(node: cst.CSTNode) -> Iterator[str]:
    """The dotted names to which something in a node is bound."""
    for inner in walk(node):
        targets: List[cst.BaseExpression] = []
        if isinstance(inner, cst.Assign):
            targets = [target.target for target in inner.targets]
        elif isinstance(inner, (cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr)):
            targets = [inner.target]
        elif isinstance(inner, cst.AsName):
            targets = [inner.name]
        while targets:
            target = targets.pop()
            if isinstance(target, (cst.Tuple, cst.List)):
                targets.extend(element.value for element in target.elements)
            else:
                yield dotted(target)


def _last_statement(body: cst.BaseSuite) -> Optional[cst.CSTNode]:
    if not body.body:
        return None
    last = body.body[-1]
    if isinstance(last, cst.SimpleStatementLine):
        return last.body[-1] if last.body else None
    return last

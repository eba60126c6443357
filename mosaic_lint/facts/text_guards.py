"""Whether a value is surely text where it stands, because the code around has asked."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import Dict, FrozenSet, Iterator, List, Optional, Sequence, Tuple, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding
from mosaic_lint.tree import walk

_PARSED = frozenset(
    ("dict", "list", "int", "float", "bool", "Mapping", "MutableMapping", "Dict", "List",
     "NoneType", "Number")
)  # fmt: skip
"""Types of what a driver makes of JSON, that no text has."""
_TEXTS = frozenset(("str", "bytes", "bytearray", "Text", "AnyStr", "basestring"))
_SAYING_NOTHING = frozenset(("len", "bool", "print", "id", "repr", "any", "all", "max", "min"))
"""Functions whose answer doesn't tell what kind of value they were given."""
_BLOCKS = (cst.IndentedBlock, cst.Module)
_LEAVING = (cst.Return, cst.Raise, cst.Continue, cst.Break)
_SAME = (cst.Is, cst.Equal, cst.In)
_DIFFERENT = (cst.IsNot, cst.NotEqual, cst.NotIn)
_MAX_DEPTH = 25  # of tests in tests
_MAX_BEFORE = 200  # tests of a block that are looked at


class TextGuards:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._names = file.names
        self._calls: Dict[int, Sequence[cst.Call]] = {}  # by identity of the test
        self._passable: Dict[int, List[Tuple[int, cst.BaseExpression, bool]]] = {}  # of the block

    def is_guarded(self, node: cst.CSTNode, values: FrozenSet[str]) -> bool:
        """Whether a test tells that a value isn't parsed JSON, or may tell so.

        Args:
            node: where the value is used.
            values: how the value is written in that function, by all of its names.
        """
        if any(self._tells(test, truth, values) for test, truth in self._tests(node)):
            return True
        return any(self._is_value(s, values) or self._asks(s, values) for s in self._matched(node))

    def _matched(self, node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
        """What the ``match`` statements around a node look at."""
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, cst.Match):
                yield ancestor.subject

    def _tests(self, node: cst.CSTNode) -> Iterator[Tuple[cst.BaseExpression, bool]]:
        """The tests that were made before, each with what came out; closures know those around."""
        below = node
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, (cst.If, cst.IfExp)) and below is not ancestor.test:
                yield ancestor.test, below is ancestor.body
            elif isinstance(ancestor, cst.While) and below is ancestor.body:
                yield ancestor.test, True
            elif isinstance(ancestor, cst.BooleanOperation) and below is ancestor.right:
                yield ancestor.left, isinstance(ancestor.operator, cst.And)
            elif isinstance(ancestor, cst.BaseComp):
                yield from ((test, True) for test in _filters(ancestor.for_in))
            elif isinstance(ancestor, _BLOCKS):
                yield from self._passed(ancestor, below)
            below = ancestor

    def _passed(
        self, block: Union[cst.IndentedBlock, cst.Module], last: cst.CSTNode
    ) -> Iterator[Tuple[cst.BaseExpression, bool]]:
        """The tests of a block before a statement that let nobody pass but with one answer."""
        if id(block) not in self._passable:
            self._passable[id(block)] = [
                (self._tree.index(statement), test, truth)
                for statement in block.body
                for test, truth in _demanded(statement)
                if self._is_question(test)
            ]
        questions = self._passable[id(block)]
        end = bisect_left([place for place, _, _ in questions], self._tree.index(last))
        for _, test, truth in questions[max(0, end - _MAX_BEFORE) : end]:
            yield test, truth

    def _is_question(self, test: cst.BaseExpression) -> bool:
        """Whether a test may tell something of a value's type."""
        return bool(self._called(test)) or any(last_name(n) == "__class__" for n in walk(test))

    def _tells(
        self, test: cst.BaseExpression, truth: bool, values: FrozenSet[str], depth: int = 0
    ) -> bool:
        """Whether a test that came out so excludes parsed JSON, or may do so."""
        if depth > _MAX_DEPTH:
            return True
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            return self._tells(test.expression, not truth, values, depth + 1)
        if isinstance(test, cst.BooleanOperation):
            sides = (test.left, test.right)
            return any(self._tells(side, truth, values, depth + 1) for side in sides)
        if isinstance(test, cst.NamedExpr):
            return self._tells(test.value, truth, values, depth + 1)
        if isinstance(test, cst.Call):
            return self._call_tells(test, truth, values)
        if isinstance(test, cst.Comparison):
            return self._comparison_tells(test, truth, values)
        if isinstance(test, cst.Name) and test.value not in values:  # a flag
            origins = [o for o in self._names.origins(test) if isinstance(o, cst.BaseExpression)]
            tests = [o for o in origins if not isinstance(o, cst.Name)]
            return any(self._tells(o, truth, values, depth + 1) for o in tests)
        return self._asks(test, values)

    def _call_tells(self, test: cst.Call, truth: bool, values: FrozenSet[str]) -> bool:
        """``isinstance(value, types)``, or an unknown question about the value."""
        about = [argument for argument in test.args if self._is_value(argument.value, values)]
        if not about or last_name(test.func) in _SAYING_NOTHING:
            return False
        if last_name(test.func) == "isinstance" and len(test.args) == 2:
            return _excludes(self._types(test.args[1].value), truth)
        return True

    def _comparison_tells(self, test: cst.Comparison, truth: bool, values: FrozenSet[str]) -> bool:
        """``type(value) is str`` and the like."""
        asked = test.left
        if not isinstance(asked, cst.Call) or last_name(asked.func) not in ("type", "getattr"):
            if isinstance(asked, cst.Attribute) and asked.attr.value == "__class__":
                return self._is_value(asked.value, values)
            return self._asks(test, values)
        if not asked.args or not self._is_value(asked.args[0].value, values):
            return False
        target = test.comparisons[0]
        if len(test.comparisons) != 1 or not isinstance(target.operator, (*_SAME, *_DIFFERENT)):
            return True
        is_same = isinstance(target.operator, _SAME)
        return _excludes(self._types(target.comparator), truth == is_same)

    def _asks(self, test: cst.BaseExpression, values: FrozenSet[str]) -> bool:
        """Whether a test looks at what some function says of the value."""
        return any(
            self._call_tells(call, truth, values)
            for call in self._called(test)
            for truth in (True, False)
        )

    def _called(self, test: cst.BaseExpression) -> Sequence[cst.Call]:
        """The calls that a test is made of, those behind its names included."""
        if id(test) not in self._calls:
            self._calls[id(test)] = tuple(self._called_in(test))
        return self._calls[id(test)]

    def _called_in(self, test: cst.BaseExpression) -> Iterator[cst.Call]:
        nodes = [n for n in walk(test) if isinstance(n, (cst.Call, cst.Name))]
        for node in nodes[:_MAX_DEPTH]:
            for origin in self._names.origins(node):
                inside = walk(origin) if isinstance(origin, cst.BaseExpression) else ()
                yield from (n for n in islice(inside, _MAX_DEPTH) if isinstance(n, cst.Call))

    def _is_value(self, node: cst.BaseExpression, values: FrozenSet[str]) -> bool:
        if isinstance(node, cst.NamedExpr):
            return self._is_value(node.target, values) or self._is_value(node.value, values)
        return self._file.code(node) in values

    def _types(self, node: cst.BaseExpression) -> FrozenSet[str]:
        """The last names of types in a name, a tuple, or an alias of either."""
        found: List[str] = []
        waiting: List[cst.BaseExpression] = [node]
        for _ in range(_MAX_DEPTH):
            if not waiting:
                return frozenset(found)
            for origin in self._names.origins(waiting.pop()):
                if isinstance(origin, (cst.Tuple, cst.List, cst.Set)):
                    waiting.extend(element.value for element in origin.elements)
                elif isinstance(origin, cst.BinaryOperation):
                    waiting += [origin.left, origin.right]
                else:
                    found.append(origin.name if isinstance(origin, Binding) else last_name(origin))
        return frozenset((*found, ""))


def _excludes(types: FrozenSet[str], truth: bool) -> bool:
    """Whether being of some types, or not, excludes parsed JSON; unknown types may."""
    if truth:
        return not types <= _PARSED
    return not types <= _TEXTS


def _filters(clause: Optional[cst.CompFor]) -> Iterator[cst.BaseExpression]:
    while clause is not None:
        yield from (condition.test for condition in clause.ifs)
        clause = clause.inner_for_in


def _demanded(statement: cst.CSTNode) -> Iterator[Tuple[cst.BaseExpression, bool]]:
    """The tests of a statement, each with the answer without which nobody gets behind it."""
    if isinstance(statement, cst.If):
        yield from _passed_if(statement)
    elif isinstance(statement, cst.SimpleStatementLine):
        for small in statement.body:
            if isinstance(small, cst.Assert):
                yield small.test, True


def _passed_if(statement: cst.If) -> Iterator[Tuple[cst.BaseExpression, bool]]:
    """The tests of an ``if`` that let nobody pass but with one answer."""
    current: Optional[cst.CSTNode] = statement
    while isinstance(current, cst.If) and leaves(current.body):
        yield current.test, False
        current = current.orelse
    if isinstance(current, cst.If) and isinstance(current.orelse, cst.Else):
        if leaves(current.orelse.body):
            yield current.test, True


def leaves(suite: cst.BaseSuite) -> bool:
    """Whether a block ends in a statement that leaves it."""
    last = suite.body[-1] if suite.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1] if last.body else None
    return isinstance(last, _LEAVING)

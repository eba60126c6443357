"""What a failure leaves in names, and which way a test of them goes afterwards.

``ok = False`` in a handler and ``if ok:`` behind it hang together: whoever comes out of the handler
doesn't get into that branch.
"""

from __future__ import annotations

from enum import Enum
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.holders import MAX_BINDINGS
from mosaic_lint.facts.scopes import Kind, dotted
from mosaic_lint.tree import walk

Handler = Union[cst.ExceptHandler, cst.ExceptStarHandler]
Guard = Union[cst.Try, cst.TryStar, cst.With]

_MAX_DEPTH = 20  # of "not", "and" and "or" in each other
_NESTED = frozenset((cst.FunctionDef, cst.Lambda, cst.ClassDef))
_CHANGING = frozenset(
    ("append", "appendleft", "add", "extend", "insert", "update", "remove", "discard", "pop",
     "clear", "setdefault", "put")
)  # fmt: skip
_EMPTY_MAKERS = frozenset(("list", "dict", "set", "tuple"))


class Outcome(Enum):
    """What a test comes to after a failure."""

    TRUE = "it is true"
    FALSE = "it is false"
    UNKNOWN = "that depends on what the failure left"
    FREE = "it has nothing to do with the failure"


class _Value(NamedTuple):
    """What is known of a value."""

    truth: Optional[bool] = None
    is_none: Optional[bool] = None


_UNKNOWN = _Value()


class Flags:
    """The names that a ``try``, or a ``with`` that suppresses, changes.

    Args:
        file: the file.
        guard: the statement.
        handler: the clause that takes the failure; ``None`` for a ``with``.
        failing: tells whether a failure may come out of a statement of the guarded block.
    """

    def __init__(
        self,
        file: File,
        guard: Guard,
        handler: Optional[Handler],
        failing: Callable[[cst.CSTNode], bool],
    ) -> None:
        self._file = file
        self._guard = guard
        self._handler = handler
        self._failing = failing
        self._changed = _changes(guard)
        self._handled = _changes(handler.body) if handler is not None else {}
        self._known: Dict[str, _Value] = {}
        self._outcomes: Dict[int, Outcome] = {}  # by identity of the test

    def outcome(self, test: cst.BaseExpression) -> Outcome:
        """Which way a test goes if the failure has happened."""
        if id(test) not in self._outcomes:
            self._outcomes[id(test)] = self._find_outcome(test, _MAX_DEPTH)
        return self._outcomes[id(test)]

    def _find_outcome(self, test: cst.BaseExpression, depth: int) -> Outcome:
        if isinstance(test, (cst.Name, cst.Attribute)):
            name = dotted(test)
            if name in self._changed:
                return _of_truth(self._value(name).truth)
        elif isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not) and depth:
            return _NEGATED[self._find_outcome(test.expression, depth - 1)]
        elif isinstance(test, cst.BooleanOperation) and depth:
            return self._of_both(test, depth)
        elif isinstance(test, cst.Comparison):
            found = self._of_comparison(test)
            if found is not None:
                return found
        return Outcome.UNKNOWN if self.is_mentioned(test) else Outcome.FREE

    def is_mentioned(self, node: cst.CSTNode) -> bool:
        """Whether something that the failure decides on is read in a node."""
        return any(
            isinstance(inner, (cst.Name, cst.Attribute)) and dotted(inner) in self._changed
            for inner in walk(node)
        )

    def _of_both(self, test: cst.BooleanOperation, depth: int) -> Outcome:
        found = {self._find_outcome(side, depth - 1) for side in (test.left, test.right)}
        decides, same = Outcome.TRUE, Outcome.FALSE
        if isinstance(test.operator, cst.And):
            decides, same = same, decides
        if decides in found:
            return decides
        if found == {same}:
            return same
        return Outcome.UNKNOWN if Outcome.UNKNOWN in found else Outcome.FREE

    def _of_comparison(self, test: cst.Comparison) -> Optional[Outcome]:
        """What ``name is None`` and ``name is not None`` come to; ``None`` for other tests."""
        name = dotted(test.left)
        if name not in self._changed or len(test.comparisons) != 1:
            return None
        comparison = test.comparisons[0]
        if dotted(comparison.comparator) != "None":
            return None
        found = _of_truth(self._value(name).is_none)
        if isinstance(comparison.operator, (cst.Is, cst.Equal)):
            return found
        if isinstance(comparison.operator, (cst.IsNot, cst.NotEqual)):
            return _NEGATED[found]
        return None

    # --- values

    def _value(self, name: str) -> _Value:
        """What a name has after the failure."""
        if name not in self._known:
            self._known[name] = self._find_value(name)
        return self._known[name]

    def _find_value(self, name: str) -> _Value:
        if name in self._handled:
            return self._set_by_handler(name)
        if isinstance(self._guard, (cst.Try, cst.TryStar)) and self._guard.finalbody is not None:
            if name in _changes(self._guard.finalbody):
                return _UNKNOWN
        if not self._is_changed_by_success(name):
            return _UNKNOWN
        return self._set_before(name)

    def _set_by_handler(self, name: str) -> _Value:
        """What the handler surely gives to a name."""
        changes = self._handled[name]
        assert self._handler is not None
        if len(changes) != 1 or not isinstance(changes[0], cst.Assign):
            return _UNKNOWN
        tree, body = self._file.tree, self._handler.body
        line = tree.parent(changes[0])
        is_sure = line is body or (line is not None and tree.parent(line) is body)
        return self._read(changes[0].value) if is_sure else _UNKNOWN

    def _is_changed_by_success(self, name: str) -> bool:
        """Whether a name is only changed where no failure can follow."""
        body = self._guard.body.body
        failing = [index for index, statement in enumerate(body) if self._failing(statement)]
        last = failing[-1] if failing else -1
        for index, statement in enumerate(body):
            changes = _changes(statement)
            if name in changes and index <= last:
                is_alone = isinstance(statement, cst.SimpleStatementLine) and (
                    len(statement.body) == 1 and isinstance(statement.body[0], cst.Assign)
                )
                if index < last or not is_alone:
                    return False
        return True

    def _set_before(self, name: str) -> _Value:
        """What a name had before, if it got one constant only."""
        function = self._file.tree.enclosing(self._guard, cst.FunctionDef) or self._file.module
        bindings = self._file.names.scope(function).bindings.get(name, [])
        if len(bindings) > MAX_BINDINGS:
            return _UNKNOWN
        inside = {id(change) for change in self._changed[name]}
        others = [binding for binding in bindings if id(binding.node) not in inside]
        if len(others) != 1 or others[0].kind is not Kind.ASSIGN or others[0].value is None:
            return _UNKNOWN
        return self._read(others[0].value)

    def _read(self, value: cst.BaseExpression) -> _Value:
        """What is known of an expression's value."""
        name = dotted(value)
        if name in ("True", "False", "None"):
            return _Value(name == "True", name == "None")
        if isinstance(value, cst.Integer):
            return _Value(value.evaluated_value != 0, False)
        if isinstance(value, (cst.List, cst.Tuple, cst.Dict, cst.Set)):
            return _Value(bool(value.elements), False)
        if isinstance(value, cst.SimpleString):
            return _Value(bool(value.raw_value), False)
        if isinstance(value, cst.Call) and dotted(value.func) in _EMPTY_MAKERS and not value.args:
            return _Value(False, False)
        if self._handler is not None and self._handler.name is not None:
            if name and name == dotted(self._handler.name.name):
                return _Value(True, False)  # the exception itself
        return _UNKNOWN


def _changes(node: cst.CSTNode) -> Dict[str, List[cst.CSTNode]]:
    """What a node binds or changes, by dotted name, with the statements that do it."""
    found: Dict[str, List[cst.CSTNode]] = {}
    for inner in walk(node, lambda inner: inner.__class__ not in _NESTED):
        for name in _changed_by(inner):
            if name:
                found.setdefault(name, []).append(inner)
    return found


def _changed_by(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield from _targets(target.target)
    elif isinstance(node, (cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.Del)):
        yield from _targets(node.target)
    elif isinstance(node, cst.WithItem) and node.asname is not None:
        yield from _targets(node.asname.name)
    elif isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        if node.func.attr.value in _CHANGING:
            yield _root(node.func.value)


def _targets(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _targets(element.value)
    else:
        yield _root(target)


def _root(node: cst.CSTNode) -> str:
    """The dotted name of what is changed, where an item of it is."""
    while isinstance(node, (cst.Subscript, cst.StarredElement)):
        node = node.value
    return dotted(node)


def _of_truth(truth: Optional[bool]) -> Outcome:
    if truth is None:
        return Outcome.UNKNOWN
    return Outcome.TRUE if truth else Outcome.FALSE


_NEGATED = {
    Outcome.TRUE: Outcome.FALSE,
    Outcome.FALSE: Outcome.TRUE,
    Outcome.UNKNOWN: Outcome.UNKNOWN,
    Outcome.FREE: Outcome.FREE,
}

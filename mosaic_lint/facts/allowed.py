"""Values that were tested against a constant set: whoever comes by is one of its elements.

``if x not in ALLOWED: raise`` proves ``x`` behind it; ``if x in ALLOWED:`` proves it inside.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import (
    Callable,
    Dict,
    FrozenSet,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Tuple,
    Union,
)

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.scopes import SCOPE_NODES, dotted
from mosaic_lint.tree import walk

_Subject = Union[cst.Name, cst.Attribute]
_Body = Union[cst.IndentedBlock, cst.Module]
_LEAVING_CALLS = frozenset(("sys.exit", "builtins.exit", "os._exit"))


class _Block(NamedTuple):
    """Which statements of a block matter to a name.

    Args:
        places: the place of each statement, by identity.
        binding: for each dotted name the places, ascending, where something gives it a value.
        testing: for each dotted name the places of the ``if`` whose tests mention it.
    """

    places: Dict[int, int]
    binding: Dict[str, List[int]]
    testing: Dict[str, List[int]]


class Allowed:
    """Answers for one file.

    Args:
        file: the file.
        is_proven: tells whether an expression is constant.
    """

    def __init__(self, file: File, is_proven: Callable[[cst.BaseExpression], bool]) -> None:
        self._file = file
        self._is_proven = is_proven
        self._blocks: Dict[int, _Block] = {}  # by identity, as what follows
        self._bound: Dict[int, FrozenSet[str]] = {}
        self._tellers: Dict[Tuple[int, str], List[int]] = {}

    def is_tested(self, node: _Subject) -> bool:
        """Whether a test let the value through on every way to where it is read."""
        name = dotted(node)
        if not name:
            return False
        below: cst.CSTNode = node
        is_inner = False  # whether a function around the name is run later than where it stands
        for ancestor in self._file.tree.ancestors(node):
            if isinstance(ancestor, (cst.If, cst.While)) and below is ancestor.body:
                if self._requires(ancestor.test, name) and not self._rebinds(ancestor.body, name):
                    return True
            elif isinstance(ancestor, cst.If) and below is ancestor.orelse:
                if self._refuses(ancestor.test, name) and not self._rebinds(below, name):
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
                if is_inner and self._is_rebound_behind(ancestor, below, name):
                    return False
                is_tested = self._is_tested_before(ancestor, below, name)
                if is_tested is not None:
                    return is_tested
            elif self._binds(ancestor, name):
                return False
            is_inner = is_inner or isinstance(ancestor, (cst.FunctionDef, cst.Lambda))
            below = ancestor
        return False

    def is_filtered(self, loop: cst.CompFor, name: str) -> bool:
        """Whether a comprehension lets only elements of a constant set through."""
        return any(self._requires(condition.test, name) for condition in loop.ifs)

    def _binds(self, node: cst.CSTNode, name: str) -> bool:
        """Whether what stands around a name is a scope, a loop or a block that binds it anew."""
        if node.__class__ in SCOPE_NODES and not isinstance(node, cst.ClassDef):
            scope = self._file.names.scope(node)
            root = name.partition(".")[0]
            return root in scope.bindings or root in scope.globals | scope.nonlocals
        if isinstance(node, cst.With):
            return any(self._rebinds(item, name) for item in node.items)
        return isinstance(node, (cst.For, cst.While)) and self._rebinds(node, name)

    def _is_rebound_behind(self, ancestor: _Body, below: cst.CSTNode, name: str) -> bool:
        """Whether a statement behind one gives the name a value."""
        block = self._block(ancestor)
        place = block.places.get(id(below), 0)
        found = (block.binding.get(prefix, ()) for prefix in _prefixes(name))
        return any(places and places[-1] > place for places in found)

    def _is_tested_before(self, ancestor: _Body, below: cst.CSTNode, name: str) -> Optional[bool]:
        """Whether a statement before one leaves if the value isn't allowed; ``None`` if none tells.

        A value that is given after the test isn't tested.
        """
        block = self._block(ancestor)
        telling = self._telling(ancestor, block, name)
        place = block.places.get(id(below), 0)
        while True:
            index = bisect_left(telling, place) - 1
            if index < 0:
                return None
            place = telling[index]
            statement = ancestor.body[place]
            if isinstance(statement, cst.If) and self._guards(statement, name):
                return True
            if self._rebinds(statement, name):
                return False
            _remove(telling, place)  # what proves nothing now never does

    def _telling(self, ancestor: _Body, block: _Block, name: str) -> List[int]:
        """The places, ascending, of the statements in a block that may tell of a value."""
        key = (id(ancestor), name)
        if key not in self._tellers:
            found = [block.testing.get(name, ()), *map(block.binding.get, _prefixes(name))]
            self._tellers[key] = sorted({place for places in found for place in places or ()})
        return self._tellers[key]

    def _guards(self, statement: cst.If, name: str) -> bool:
        """``if x not in ALLOWED: raise``, ``if x in ALLOWED: ... else: raise``, also ``elif``."""
        test, body, orelse = statement.test, statement.body, statement.orelse
        kept = self._requires(test, name) and not self._rebinds(body, name)
        if not (kept or self._leaves(body) or self._replaces(body, name)):
            return False
        if isinstance(orelse, cst.If) and self._guards(orelse, name):
            return True
        if isinstance(orelse, cst.Else) and (
            self._leaves(orelse.body) or self._replaces(orelse.body, name)
        ):
            return True
        rebound = orelse is not None and self._rebinds(orelse, name)
        return self._refuses(test, name) and not rebound

    def _refuses(self, test: cst.BaseExpression, name: str) -> bool:
        """Whether a test is true for every value that isn't allowed."""
        if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
            return self._requires(test.expression, name)
        if isinstance(test, cst.BooleanOperation) and isinstance(test.operator, cst.Or):
            return self._refuses(test.left, name) or self._refuses(test.right, name)
        if isinstance(test, cst.BooleanOperation):  # "x and x not in ALLOWED"
            return _is_given(test.left, name) and self._refuses(test.right, name)
        if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
            target = test.comparisons[0]
            if name not in _subjects(test.left):
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
            if name not in _subjects(test.left):
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
            return True
        if isinstance(last, cst.Expr) and isinstance(last.value, cst.Call):
            return bool(self._file.names.qualified(last.value.func) & _LEAVING_CALLS)
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
        return any(prefix in self._names_bound(node) for prefix in _prefixes(name))

    def _names_bound(self, node: cst.CSTNode) -> FrozenSet[str]:
        """The dotted names to which something in a node is bound."""
        if id(node) not in self._bound:
            self._bound[id(node)] = frozenset(_targets(node))
        return self._bound[id(node)]

    def _block(self, ancestor: _Body) -> _Block:
        if id(ancestor) not in self._blocks:
            block = self._blocks[id(ancestor)] = _Block({}, {}, {})
            for place, statement in enumerate(ancestor.body):
                block.places[id(statement)] = place
                for name in self._names_bound(statement):
                    block.binding.setdefault(name, []).append(place)
                for name in set(_tested(statement)):
                    block.testing.setdefault(name, []).append(place)
        return self._blocks[id(ancestor)]


def _remove(places: List[int], place: int) -> None:
    """Take a place out of some ascending ones, if nobody else has."""
    index = bisect_left(places, place)
    if index < len(places) and places[index] == place:
        del places[index]


def _tested(statement: cst.CSTNode) -> Iterator[str]:
    """The dotted names in the tests of an ``if`` and its ``elif`` branches."""
    branch: Optional[cst.CSTNode] = statement
    while isinstance(branch, cst.If):
        yield from filter(None, map(dotted, walk(branch.test)))
        branch = branch.orelse


def _subjects(tested: cst.BaseExpression) -> List[str]:
    """The names whose value a comparison tests: ``x``, ``(x, y)``, ``(x := ...)``."""
    if isinstance(tested, cst.Tuple):
        return [dotted(element.value) for element in tested.elements]
    return [dotted(tested.target if isinstance(tested, cst.NamedExpr) else tested)]


def _is_given(test: cst.BaseExpression, name: str) -> bool:
    """Whether a test is false at most for ``None`` and what is empty: ``x``, ``x is not None``."""
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        target = test.comparisons[0]
        is_none = isinstance(target.comparator, cst.Name) and target.comparator.value == "None"
        return dotted(test.left) == name and isinstance(target.operator, cst.IsNot) and is_none
    return dotted(test) == name


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

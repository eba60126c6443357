"""Which bindings of a name may be the last ones when it is read.

Flow is followed as far as blocks tell it: from the name upwards to the nearest statement that
surely binds it, collecting what may have bound it in between.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Dict, Iterator, List, Set, Tuple, Union

import libcst as cst

from mosaic_lint.facts.scopes import Binding, Kind, Scope
from mosaic_lint.tree import Tree

MAX_BINDINGS = 50  # of one name at one place; with more nobody knows what it is
_BLOCKS = (cst.IndentedBlock, cst.SimpleStatementSuite, cst.Module, cst.SimpleStatementLine)
_FUNCTIONS = frozenset((cst.FunctionDef, cst.Lambda))
_LOOPS = frozenset((cst.For, cst.While))
_SUITES = frozenset((cst.IndentedBlock, cst.SimpleStatementSuite))
_CONDITIONAL = _LOOPS | {
    cst.If, cst.Try, cst.TryStar, cst.Match, cst.IfExp, cst.BooleanOperation,
    cst.ExceptHandler, cst.ExceptStarHandler, cst.Else,
}  # fmt: skip
_Block = Union[cst.IndentedBlock, cst.SimpleStatementSuite, cst.Module, cst.SimpleStatementLine]


class _Holders:
    """Where a scope's bindings of a name lie; nodes are known by identity.

    Attributes:
        below: for each node between the scope and a binding the bindings below it.
        places: for each block the places of its statements that hold a binding.
    """

    def __init__(self) -> None:
        self.below: Dict[int, List[Binding]] = {}
        self.places: Dict[int, Set[int]] = {}
        self._sorted: Dict[int, List[int]] = {}

    def sorted_places(self, block: cst.CSTNode) -> List[int]:
        """The places in a block, ascending."""
        if id(block) not in self._sorted:
            self._sorted[id(block)] = sorted(self.places.get(id(block), ()))
        return self._sorted[id(block)]


class Reaching:
    """Answers for one module.

    Args:
        tree: the module.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._holders: Dict[Tuple[Scope, str], _Holders] = {}
        self._indexes: Dict[int, Dict[int, int]] = {}  # of statements in blocks, by identity

    def at(self, name: cst.Name, scope: Scope, found: List[Binding]) -> List[Binding]:
        """Those of a scope's bindings that may be the last before a name is read."""
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
                return _bounded(found)  # a function runs when the whole module has run
            if ancestor.__class__ in _FUNCTIONS:
                deferred = True
            surely = self._bound_before(ancestor, below, holders, reached)
            if surely or len(reached) > MAX_BINDINGS:
                return _bounded(reached)
            below = ancestor
        parameters = [b for b in found if b.kind is Kind.PARAMETER]
        return _bounded(reached + parameters or found)

    def _holders_of(self, scope: Scope, name: str) -> _Holders:
        key = (scope, name)
        if key not in self._holders:
            holders = self._holders[key] = _Holders()
            for binding in scope.bindings[name]:
                node, parent = binding.node, self._tree.parent(binding.node)
                while node is not scope.node and parent is not None:
                    holders.below.setdefault(id(node), []).append(binding)
                    if isinstance(parent, _BLOCKS):
                        index = self._index_in(parent, node)
                        holders.places.setdefault(id(parent), set()).add(index)
                    node, parent = parent, self._tree.parent(parent)
        return self._holders[key]

    def _bound_before(
        self,
        ancestor: cst.CSTNode,
        below: cst.CSTNode,
        holders: _Holders,
        reached: List[Binding],
    ) -> bool:
        """Add what binds the name in ``ancestor`` before ``below`` is reached.

        Returns:
            Whether the name is surely bound there, so that nothing above matters.
        """
        if isinstance(ancestor, cst.For) and below is ancestor.body:
            own = [b for b in holders.below.get(id(ancestor), ()) if b.node is ancestor]
            if own:
                reached.extend(own)
                return True  # every turn begins with the loop's own target
        for earlier in self._run_before(ancestor, below, holders):
            if self._passes(earlier, holders, reached) or len(reached) > MAX_BINDINGS:
                return True
        if ancestor.__class__ in _LOOPS and below.__class__ in _SUITES:
            reached.extend(holders.below.get(id(below), ()))  # bound in the turn before
        return False

    def _passes(self, statement: cst.CSTNode, holders: _Holders, reached: List[Binding]) -> bool:
        """Add what binds the name in a statement, for whoever comes out of it.

        Returns:
            Whether nobody comes out without having bound it.
        """
        bindings = holders.below.get(id(statement))
        if not bindings:
            return False
        if isinstance(statement, cst.If):
            return self._passes_branches(statement, holders, reached)
        sure = self._last_sure(bindings, statement)
        reached.extend(bindings[max(sure, 0) :])
        return sure >= 0

    def _passes_branches(
        self, statement: cst.If, holders: _Holders, reached: List[Binding]
    ) -> bool:
        """The same for the branches of an ``if``; one that leaves the function doesn't count."""
        surely = statement.orelse is not None
        branch: Union[cst.If, cst.Else, None] = statement
        while branch is not None:
            surely = self._passes_block(branch.body, holders, reached) and surely
            following = branch.orelse if isinstance(branch, cst.If) else None
            if isinstance(branch, cst.If) and following is None:
                surely = False
            branch = following
        tested = holders.below.get(id(statement.test), ())
        if not surely:
            reached.extend(tested)
        return surely or any(self._is_sure(binding, statement.test) for binding in tested)

    def _passes_block(self, body: cst.BaseSuite, holders: _Holders, reached: List[Binding]) -> bool:
        """The same for a block's statements, the last one first."""
        if _leaves(body):
            return True
        places = holders.sorted_places(body)
        return any(self._passes(body.body[index], holders, reached) for index in reversed(places))

    def _run_before(
        self, ancestor: cst.CSTNode, below: cst.CSTNode, holders: _Holders
    ) -> Iterator[cst.CSTNode]:
        """The parts of a node that have run when one of its parts is reached, the latest first.

        Of a block only the statements that bind the name.
        """
        if isinstance(ancestor, _BLOCKS):
            places = holders.sorted_places(ancestor)
            for index in reversed(places[: bisect_left(places, self._index_in(ancestor, below))]):
                yield ancestor.body[index]
        elif ancestor.__class__ in _CONDITIONAL or ancestor.__class__ is cst.With:
            yield from _evaluated_before(ancestor, below)

    def _index_in(self, block: _Block, statement: cst.CSTNode) -> int:
        """The place of a statement in its block."""
        if id(block) not in self._indexes:
            self._indexes[id(block)] = {id(s): index for index, s in enumerate(block.body)}
        return self._indexes[id(block)].get(id(statement), 0)

    def _last_sure(self, bindings: List[Binding], statement: cst.CSTNode) -> int:
        """The index of the last binding that is made whenever the statement runs; -1 if none."""
        for index in range(len(bindings) - 1, -1, -1):
            if self._is_sure(bindings[index], statement):
                return index
        return -1

    def _is_sure(self, binding: Binding, statement: cst.CSTNode) -> bool:
        """Whether a binding in a statement is made whenever the statement runs.

        ``name += value`` isn't, since what was bound before is still in the name.
        """
        node = binding.node
        if isinstance(node, cst.AugAssign):
            return False
        if node is statement:
            return True
        for ancestor in self._tree.ancestors(node):
            if ancestor.__class__ in _CONDITIONAL:
                return False
            if ancestor is statement:
                return True
        return True


def _leaves(body: cst.BaseSuite) -> bool:
    """Whether a block ends by leaving its function."""
    last = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1] if last.body else None
    return isinstance(last, (cst.Return, cst.Raise))


def _evaluated_before(ancestor: cst.CSTNode, below: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The heads and branches of a statement or expression that run before one of its parts."""
    if isinstance(ancestor, cst.With):
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


def _bounded(bindings: List[Binding]) -> List[Binding]:
    """The bindings without repetition; so many that nothing is known become an unknown one."""
    unique = list(dict.fromkeys(bindings[: MAX_BINDINGS * 2]))
    if len(unique) > MAX_BINDINGS:
        return [Binding(unique[0].name, Kind.OTHER, unique[0].node)]
    return unique

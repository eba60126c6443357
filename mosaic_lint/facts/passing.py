"""Which bindings of a name are in force behind a statement, or behind a part of one.

Each kind of statement has its ways through it; a way that leaves the function, or the turn of a
loop, doesn't come out behind it.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    List,
    Optional,
    Sequence,
    Tuple,
    Union,
)

import libcst as cst

from mosaic_lint.facts.holders import CLOSED, MAX_BINDINGS, NOTHING, Block, Holders, Passed
from mosaic_lint.facts.scopes import COMPREHENSIONS, Binding, dotted
from mosaic_lint.tree import Tree

_OPTIONAL = COMPREHENSIONS | {
    cst.If, cst.For, cst.While, cst.Try, cst.TryStar, cst.Match, cst.ExceptHandler,
    cst.ExceptStarHandler, cst.Else, cst.FunctionDef, cst.Lambda,
}  # fmt: skip
"""What doesn't always run all of its parts."""
_LEAVING = (cst.Return, cst.Raise, cst.Continue, cst.Break)
_EXITS = frozenset(("sys.exit", "os._exit", "exit", "quit", "pytest.fail", "pytest.skip"))
_SWALLOWING = frozenset(("suppress", "raises", "assertRaises"))
"""Context managers behind whose block the program goes on after an exception, too."""


class Passing:
    """Answers for one module.

    Args:
        tree: the module.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._indexes: Dict[int, Dict[int, int]] = {}  # of statements in blocks, by identity
        self._left: Dict[int, bool] = {}  # whether nobody comes out of a block

    def of(self, node: cst.CSTNode, holders: Holders) -> Passed:
        """What is in force behind a node because of what it binds."""
        key = id(node)
        known = holders.passed.get(key)
        if known is None:
            if key not in holders.below:
                return NOTHING
            way = _WAYS.get(node.__class__, Passing._plainly)
            known = holders.passed[key] = way(self, node, holders)
        return known

    def in_block(self, block: Block, below: cst.CSTNode, holders: Holders) -> Passed:
        """What is in force before a statement of a block because of those above it."""
        if len(block.body) == 1:
            return NOTHING
        places, passed = self._prefixes(block, holders)
        if not places:
            return NOTHING
        return passed[bisect_left(places, self._index_in(block, block.body, below))]

    def after_turn(self, loop: Union[cst.For, cst.While], holders: Holders) -> Passed:
        """What may be in force where a loop's turn ends plainly, not by ``continue``."""
        return Passed(self.of(loop.body, holders).bindings)

    def continues(self, loop: Union[cst.For, cst.While]) -> Sequence[cst.Continue]:
        """The ``continue`` statements of a loop."""
        return self._continues.get(id(loop), ())

    @cached_property
    def _continues(self) -> Dict[int, List[cst.Continue]]:
        found: Dict[int, List[cst.Continue]] = {}
        for statement in self._tree.of(cst.Continue):
            loop = self._tree.enclosing(statement, cst.For, cst.While)
            found.setdefault(id(loop), []).append(statement)
        return found

    @cached_property
    def _interrupted(self) -> FrozenSet[int]:
        """The loops with ``break`` or ``continue``, by identity."""
        statements = [*self._tree.of(cst.Break), *self._tree.of(cst.Continue)]
        return frozenset(id(self._tree.enclosing(s, cst.For, cst.While)) for s in statements)

    # --- blocks

    def _prefixes(self, block: Block, holders: Holders) -> Tuple[List[int], List[Passed]]:
        """The places of a block that hold bindings, and what is in force before each and behind."""
        known = holders.prefixes.get(id(block))
        if known is None:
            indexes = self._indexes_of(block, block.body)
            found = sorted(indexes[part] for part in holders.parts(block))
            passed = [NOTHING]
            for place in found:
                passed.append(passed[-1].then(self.of(block.body[place], holders)))
            known = holders.prefixes[id(block)] = (found, passed)
        return known

    def _through_block(self, block: Block, holders: Holders) -> Passed:
        if len(block.body) == 1:
            return self.of(block.body[0], holders)
        return self._prefixes(block, holders)[1][-1]

    def _index_in(
        self, holder: cst.CSTNode, parts: Sequence[cst.CSTNode], part: cst.CSTNode
    ) -> int:
        """The place of a statement in its block, or of a case among all."""
        return self._indexes_of(holder, parts).get(id(part), 0)

    def _indexes_of(self, holder: cst.CSTNode, parts: Sequence[cst.CSTNode]) -> Dict[int, int]:
        """The places of all of them, by identity."""
        known = self._indexes.get(id(holder))
        if known is None:
            known = self._indexes[id(holder)] = {id(p): index for index, p in enumerate(parts)}
        return known

    def _through_body(self, node: Union[cst.Else, cst.Finally], holders: Holders) -> Passed:
        return self._branch(node.body, holders)

    def _branch(self, body: cst.BaseSuite, holders: Holders) -> Passed:
        """A block that nobody comes out of, if it ends by leaving."""
        key = id(body)
        if key not in self._left:
            self._left[key] = _leaves(body)
        return CLOSED if self._left[key] else self.of(body, holders)

    # --- compound statements

    def _through_if(self, node: cst.If, holders: Holders) -> Passed:
        branches: List[cst.If] = []
        current: Union[cst.If, cst.Else, None] = node
        while isinstance(current, cst.If):
            branches.append(current)
            current = current.orelse
        passed = self._branch(current.body, holders) if current is not None else NOTHING
        for branch in reversed(branches):
            chosen = _either((self._branch(branch.body, holders), passed))
            passed = self.of(branch.test, holders).then(chosen)
        return passed

    def _through_loop(self, node: cst.For, holders: Holders) -> Passed:
        if id(node) in self._interrupted:
            return holders.anywhere(node)
        own = holders.own(node)
        turn = Passed(own, surely=bool(own)).then(self.of(node.body, holders))
        return self._with_else(Passed(turn.bindings), node, holders)

    def _through_while(self, node: cst.While, holders: Holders) -> Passed:
        test = self.of(node.test, holders)
        if id(node) in self._interrupted:
            return Passed(holders.anywhere(node).bindings, test.surely)
        return self._with_else(self.after_turn(node, holders).then(test), node, holders)

    def _with_else(
        self,
        passed: Passed,
        node: Union[cst.For, cst.While, cst.Try, cst.TryStar],
        holders: Holders,
    ) -> Passed:
        """The same with what an ``else`` does behind it."""
        if node.orelse is None:
            return passed
        return passed.then(self._branch(node.orelse.body, holders))

    def _through_with(self, node: cst.With, holders: Holders) -> Passed:
        passed = self.in_items(node, len(node.items), holders)
        if any(map(_swallows, node.items)):
            return passed.then(holders.anywhere(node.body))
        return passed.then(self._branch(node.body, holders))

    def in_items(self, node: cst.With, end: int, holders: Holders) -> Passed:
        """What is in force before one of the items of ``with``, or its block."""
        passed = NOTHING
        for item in node.items[:end]:
            passed = passed.then(self.of(item, holders))
        return passed

    def _through_try(self, node: Union[cst.Try, cst.TryStar], holders: Holders) -> Passed:
        ways = [self._with_else(self._branch(node.body, holders), node, holders)]
        for handler in node.handlers:
            own = holders.own(handler)
            before = Passed(own, surely=True) if own else holders.anywhere(node.body)
            ways.append(before.then(self._branch(handler.body, holders)))
        passed = _either(ways)
        if node.finalbody is None:
            return passed
        return passed.then(self._branch(node.finalbody.body, holders))

    def _through_match(self, node: cst.Match, holders: Holders) -> Passed:
        *before, refused = self._refused(node, holders)
        ways = [
            passed.then(self.in_case(case, holders)).then(self._branch(case.body, holders))
            for passed, case in zip(before, node.cases)
        ]
        return _either(ways if any(map(_takes_all, node.cases)) else [*ways, refused])

    def in_cases(self, node: cst.Match, case: cst.CSTNode, holders: Holders) -> Passed:
        """What is in force before one of the cases."""
        return self._refused(node, holders)[self._index_in(node, node.cases, case)]

    def _refused(self, node: cst.Match, holders: Holders) -> List[Passed]:
        """What is in force before each case, and if none took the subject."""
        known = holders.refused.get(id(node))
        if known is None:
            known = holders.refused[id(node)] = [self.of(node.subject, holders)]
            for case in node.cases:
                refused = known[-1]
                if case.guard is not None:  # it says no when the pattern has bound its names
                    refused = refused.then(holders.anywhere(case.pattern, case.guard))
                known.append(refused)
        return known

    def in_case(self, case: cst.MatchCase, holders: Holders, guarded: bool = True) -> Passed:
        """What is in force in a case because of its pattern, and of its guard if that has run."""
        captured = holders.anywhere(case.pattern).bindings
        passed = Passed(captured, surely=bool(captured))
        if case.guard is None or not guarded:
            return passed
        return passed.then(self.of(case.guard, holders))

    # --- anything else

    def _plainly(self, node: cst.CSTNode, holders: Holders) -> Passed:
        """The last thing that is surely bound in a statement or expression, and what follows it."""
        bindings = holders.below[id(node)]
        for index in range(len(bindings) - 1, -1, -1):
            if self._is_sure(bindings[index], node):
                return Passed(bindings[index : index + MAX_BINDINGS + 1], surely=True)
        return Passed(bindings[: MAX_BINDINGS + 1])

    def _is_sure(self, binding: Binding, statement: cst.CSTNode) -> bool:
        """Whether a binding in a statement is made whenever the statement runs.

        ``name += value`` isn't, since what was bound before is still in the name.
        """
        below = binding.node
        if isinstance(below, cst.AugAssign):
            return False
        if below is statement:
            return True
        for ancestor in self._tree.ancestors(below):
            if _may_skip(ancestor, below):
                return False
            if ancestor is statement:
                return True
            below = ancestor
        return True


def _may_skip(node: cst.CSTNode, part: cst.CSTNode) -> bool:
    """Whether a node may run without one of its parts."""
    if isinstance(node, cst.BooleanOperation):
        return part is node.right
    if isinstance(node, cst.IfExp):
        return part is not node.test
    return node.__class__ in _OPTIONAL


def _either(ways: Iterable[Passed]) -> Passed:
    """What is in force behind any of several ways."""
    open_ways = [way for way in ways if not way.is_closed]
    if not open_ways:
        return CLOSED
    bindings = [binding for way in open_ways for binding in way.bindings]
    unique = list(dict.fromkeys(bindings)) if len(open_ways) > 1 else bindings
    return Passed(unique[: MAX_BINDINGS + 1], all(way.surely for way in open_ways))


def _leaves(body: cst.BaseSuite) -> bool:
    """Whether a block ends by leaving its function or the turn of its loop, on every way."""
    last: Optional[cst.CSTNode] = body.body[-1] if body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1] if last.body else None
    if isinstance(last, cst.If):
        return _leaves_by_all_branches(last)
    if isinstance(last, cst.With):
        return _leaves(last.body) and not any(map(_swallows, last.items))
    if isinstance(last, (cst.Try, cst.TryStar)):
        if last.finalbody is not None and _leaves(last.finalbody.body):
            return True
        plainly = _leaves(last.orelse.body if last.orelse is not None else last.body)
        return plainly and all(_leaves(handler.body) for handler in last.handlers)
    if isinstance(last, cst.Expr) and isinstance(last.value, cst.Call):
        return dotted(last.value.func) in _EXITS
    return isinstance(last, _LEAVING)


def _leaves_by_all_branches(statement: cst.If) -> bool:
    current: Union[cst.If, cst.Else, None] = statement
    while isinstance(current, cst.If):
        if not _leaves(current.body):
            return False
        current = current.orelse
    return current is not None and _leaves(current.body)


def _swallows(item: cst.WithItem) -> bool:
    call = item.item
    return isinstance(call, cst.Call) and dotted(call.func).rpartition(".")[2] in _SWALLOWING


def _takes_all(case: cst.MatchCase) -> bool:
    """Whether a case is ``case _:`` or ``case name:``."""
    pattern = case.pattern
    return case.guard is None and isinstance(pattern, cst.MatchAs) and pattern.pattern is None


_WAYS: Dict[type, Callable[[Passing, Any, Holders], Passed]] = {
    cst.IndentedBlock: Passing._through_block,
    cst.SimpleStatementSuite: Passing._through_block,
    cst.SimpleStatementLine: Passing._through_block,
    cst.Else: Passing._through_body,
    cst.Finally: Passing._through_body,
    cst.If: Passing._through_if,
    cst.For: Passing._through_loop,
    cst.While: Passing._through_while,
    cst.With: Passing._through_with,
    cst.Try: Passing._through_try,
    cst.TryStar: Passing._through_try,
    cst.Match: Passing._through_match,
}
"""The ways through each kind of statement."""

"""Which bindings of a name may be the last ones when it is read.

Flow is followed as far as blocks tell it: from the name upwards to where it is surely bound,
collecting what may have bound it in between.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.holders import MAX_BINDINGS, NOTHING, Holders, Passed
from mosaic_lint.facts.passing import Passing
from mosaic_lint.facts.scopes import Binding, Kind, Scope
from mosaic_lint.tree import Tree

_MAX_CONTINUES = 20  # of one loop, to which each name's ways are looked for
_FUNCTIONS = frozenset((cst.FunctionDef, cst.Lambda))


class Ways(NamedTuple):
    """The bindings on the ways to where a name is read.

    Args:
        bindings: those that may be the last.
        surely: whether one of them is, as far as the scope tells.
    """

    bindings: List[Binding]
    surely: bool


class Reaching:
    """Answers for one module.

    Args:
        tree: the module.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._passing = Passing(tree)
        self._holders: Dict[Tuple[Scope, str], Holders] = {}

    def at(self, name: cst.Name, scope: Scope) -> List[Binding]:
        """Those of a scope's bindings of a name that may be the last before it is read."""
        found = scope.bindings[name.value]
        if len(found) == 1:
            return found
        holders = self._holders_of(scope, name.value)
        ways = self.ways(name, scope.node, holders)
        if ways.surely:
            return bounded(ways.bindings or found, name)
        return bounded([*ways.bindings, *holders.parameters] or found, name)

    def in_scope(self, name: cst.Name, scope: Scope) -> Ways:
        """The bindings of a name by statements of a scope on the ways to where it is read."""
        return self.ways(name, scope.node, self._holders_of(scope, name.value))

    def ways(self, node: cst.CSTNode, top: cst.CSTNode, holders: Holders) -> Ways:
        """The bindings on the ways from the beginning of a function or module to a node.

        Args:
            node: where something is read.
            top: the function, class, comprehension or module.
            holders: the bindings below it.
        """
        passed = NOTHING
        below = node
        later: Optional[cst.CSTNode] = None  # the function around the node, which is run later
        for ancestor in self._tree.ancestors(node):
            kind = ancestor.__class__
            if kind is cst.Module and later is not None:  # it runs when the whole module has run
                return Ways(holders.found[: MAX_BINDINGS + 1], True)
            if ancestor is top and kind is not cst.Module:
                break
            if kind in _FUNCTIONS and below is ancestor.body:  # type: ignore[attr-defined]
                later = ancestor
            reader = _READERS.get(kind)
            if reader is not None and id(ancestor) in holders.below:
                passed = reader(self, ancestor, below, holders).then(passed)
                if passed.surely or len(passed.bindings) > MAX_BINDINGS:
                    break
            below = ancestor
        if later is None:
            return Ways(*passed)
        return Ways([*passed.bindings, *holders.behind(later)], passed.surely)

    def _holders_of(self, scope: Scope, name: str) -> Holders:
        key = (scope, name)
        if key not in self._holders:
            self._holders[key] = Holders(self._tree, scope.node, scope.bindings[name])
        return self._holders[key]

    # --- what has run in a node before one of its parts

    def _in_block(self, node: Any, below: cst.CSTNode, holders: Holders) -> Passed:
        return self._passing.in_block(node, below, holders)

    def _in_if(self, node: cst.If, below: cst.CSTNode, holders: Holders) -> Passed:
        return NOTHING if below is node.test else self._passing.of(node.test, holders)

    def _in_for(self, node: cst.For, below: cst.CSTNode, holders: Holders) -> Passed:
        own = holders.own(node)
        if below is node.body:  # every turn begins with the loop's own target
            return Passed(own, True) if own else self._after_turn(node, holders)
        if below is node.orelse:
            return Passed([*own, *holders.anywhere(node.body).bindings])
        return NOTHING

    def _after_turn(self, loop: Union[cst.For, cst.While], holders: Holders) -> Passed:
        """What may be in force when a loop begins another turn."""
        if id(loop.body) not in holders.below:
            return NOTHING
        known = holders.turns.get(id(loop))
        if known is None:
            holders.turns[id(loop)] = NOTHING  # the way to a continue may lead around the loop
            known = holders.turns[id(loop)] = self._find_turn(loop, holders)
        return known

    def _find_turn(self, loop: Union[cst.For, cst.While], holders: Holders) -> Passed:
        continues = self._passing.continues(loop)
        if len(continues) > _MAX_CONTINUES:
            return holders.anywhere(loop.body)
        found = list(self._passing.after_turn(loop, holders).bindings)
        for statement in continues:
            found.extend(self.ways(statement, loop, holders).bindings)
        return Passed(list(dict.fromkeys(found))[: MAX_BINDINGS + 1])

    def _in_while(self, node: cst.While, below: cst.CSTNode, holders: Holders) -> Passed:
        turn = self._after_turn(node, holders)
        if below is node.test:
            return turn
        if below is node.orelse:
            turn = holders.anywhere(node.body)
        return turn.then(self._passing.of(node.test, holders))

    def _in_with(self, node: cst.With, below: cst.CSTNode, holders: Holders) -> Passed:
        end = len(node.items) if below is node.body else list(node.items).index(below)  # type: ignore
        return self._passing.in_items(node, end, holders)

    def _in_try(
        self, node: Union[cst.Try, cst.TryStar], below: cst.CSTNode, holders: Holders
    ) -> Passed:
        if below is node.body:
            return NOTHING
        if below is node.orelse:
            return self._passing.of(node.body, holders)
        if below is node.finalbody:
            others = [node.body, *node.handlers, *filter(None, (node.orelse,))]
            return holders.anywhere(*others)
        return holders.anywhere(node.body)

    def _in_handler(
        self,
        node: Union[cst.ExceptHandler, cst.ExceptStarHandler],
        below: cst.CSTNode,
        holders: Holders,
    ) -> Passed:
        own = holders.own(node)
        return Passed(own, True) if own and below is node.body else NOTHING

    def _in_match(self, node: cst.Match, below: cst.CSTNode, holders: Holders) -> Passed:
        return NOTHING if below is node.subject else self._passing.in_cases(node, below, holders)

    def _in_case(self, node: cst.MatchCase, below: cst.CSTNode, holders: Holders) -> Passed:
        if below is node.pattern:
            return NOTHING
        return self._passing.in_case(node, holders, guarded=below is node.body)

    def _in_operation(
        self, node: cst.BooleanOperation, below: cst.CSTNode, holders: Holders
    ) -> Passed:
        return self._passing.of(node.left, holders) if below is node.right else NOTHING

    def _in_condition(self, node: cst.IfExp, below: cst.CSTNode, holders: Holders) -> Passed:
        return NOTHING if below is node.test else self._passing.of(node.test, holders)

    def _in_comprehension(self, node: Any, below: cst.CSTNode, holders: Holders) -> Passed:
        return NOTHING if below is node.for_in else self._passing.of(node.for_in, holders)


def bounded(bindings: List[Binding], name: cst.Name) -> List[Binding]:
    """The bindings without repetition; so many that nothing is known become an unknown one.

    Args:
        bindings: the bindings.
        name: the name that is read.
    """
    if len(bindings) == 1:
        return bindings
    unique = list(dict.fromkeys(bindings))
    if len(unique) > MAX_BINDINGS:
        return [Binding(name.value, Kind.OTHER, name)]
    return unique


_Reader = Callable[[Reaching, Any, cst.CSTNode, Holders], Passed]
_READERS: Dict[type, _Reader] = {
    cst.Module: Reaching._in_block,
    cst.IndentedBlock: Reaching._in_block,
    cst.SimpleStatementSuite: Reaching._in_block,
    cst.SimpleStatementLine: Reaching._in_block,
    cst.If: Reaching._in_if,
    cst.For: Reaching._in_for,
    cst.While: Reaching._in_while,
    cst.With: Reaching._in_with,
    cst.Try: Reaching._in_try,
    cst.TryStar: Reaching._in_try,
    cst.ExceptHandler: Reaching._in_handler,
    cst.ExceptStarHandler: Reaching._in_handler,
    cst.Match: Reaching._in_match,
    cst.MatchCase: Reaching._in_case,
    cst.BooleanOperation: Reaching._in_operation,
    cst.IfExp: Reaching._in_condition,
    cst.ListComp: Reaching._in_comprehension,
    cst.SetComp: Reaching._in_comprehension,
    cst.DictComp: Reaching._in_comprehension,
    cst.GeneratorExp: Reaching._in_comprehension,
}
"""What has run before a part, for each kind of node."""

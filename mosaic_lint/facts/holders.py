"""Where the bindings of one name lie, and what a way through them leaves in force."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from typing import Dict, List, NamedTuple, Set, Tuple, Union

import libcst as cst

from mosaic_lint.facts.scopes import Binding
from mosaic_lint.tree import Tree

MAX_BINDINGS = 50  # of one name at one place; with more nobody knows what it is

Block = Union[cst.IndentedBlock, cst.SimpleStatementSuite, cst.Module, cst.SimpleStatementLine]
_BLOCKS = frozenset(
    (cst.IndentedBlock, cst.SimpleStatementSuite, cst.Module, cst.SimpleStatementLine)
)


class Passed(NamedTuple):
    """What was bound on the ways to a place.

    Args:
        bindings: those that may be in force; not more than matter.
        surely: whether one of them is, on every way; without any there is no way.
    """

    bindings: List[Binding]
    surely: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether nobody gets here."""
        return self.surely and not self.bindings

    def then(self, later: Passed) -> Passed:
        """What is in force where something else has run behind it."""
        if not self.bindings:
            return self if self.surely else later
        if later.surely:
            return later
        if not later.bindings:
            return self
        return Passed([*later.bindings, *self.bindings][: MAX_BINDINGS + 1], self.surely)


NOTHING = Passed([])
CLOSED = Passed([], surely=True)


class Holders:
    """Where bindings of one name lie below a node; nodes are known by identity.

    Args:
        tree: the module.
        top: the node.
        found: the bindings.

    Attributes:
        found: the bindings.
        below: for the top and each node between it and a binding the bindings below.
        passed: what was found out about nodes before, as what follows about blocks.
        prefixes: the places in a block that hold bindings, and what is in force before each.
        refused: for ``match`` what is in force before each case.
        turns: for loops what may be in force when another turn begins.
    """

    def __init__(self, tree: Tree, top: cst.CSTNode, found: List[Binding]) -> None:
        self.found = found
        self.below: Dict[int, List[Binding]] = {id(top): found}
        self.passed: Dict[int, Passed] = {}
        self.prefixes: Dict[int, Tuple[List[int], List[Passed]]] = {}
        self.refused: Dict[int, List[Passed]] = {}
        self.turns: Dict[int, Passed] = {}
        self._tree = tree
        self._parts: Dict[int, Set[int]] = {}
        last = id(top)
        for binding in found:
            key, parent = id(binding.node), tree.parent(binding.node)
            while key != last and parent is not None:
                self.below.setdefault(key, []).append(binding)
                above = id(parent)
                if parent.__class__ in _BLOCKS:
                    self._parts.setdefault(above, set()).add(key)
                key, parent = above, tree.parent(parent)

    def parts(self, block: Block) -> Set[int]:
        """The statements of a block that hold a binding, by identity."""
        return self._parts.get(id(block), set())

    def anywhere(self, *nodes: cst.CSTNode) -> Passed:
        """All that is bound in some nodes, each of which may have run in part."""
        found = [b for node in nodes for b in self.below.get(id(node), ())[: MAX_BINDINGS + 1]]
        return Passed(found)

    def own(self, node: cst.CSTNode) -> List[Binding]:
        """What a node itself binds, not its parts."""
        return [b for b in self.below.get(id(node), ()) if b.node is node]

    def behind(self, node: cst.CSTNode) -> List[Binding]:
        """The bindings that stand behind the beginning of a node in the text."""
        places, ordered = self._in_order
        first = bisect_right(places, self._tree.index(node))
        return ordered[first : first + MAX_BINDINGS + 1]

    @cached_property
    def _in_order(self) -> Tuple[List[int], List[Binding]]:
        ordered = sorted(self.found, key=lambda binding: self._tree.index(binding.node))
        return [self._tree.index(binding.node) for binding in ordered], ordered

    @cached_property
    def parameters(self) -> List[Binding]:
        """The parameters among the bindings."""
        return [binding for binding in self.found if isinstance(binding.node, cst.Param)]

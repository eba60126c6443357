"""What may run after what, inside of one function or the module's own code: a graph of points.

A point is a simple statement, or what a compound one evaluates: a test, an iterable, a ``with``
item, the entry of a handler. From each point lead the points that may run next and, apart from
those, the one where an exception of it arrives. A nested function or class is one point.

Every way through the graph is one that control may take, as far as tests and exceptions aren't
looked into; in particular what a ``finally`` does is there once for each way into it, so that
nobody enters by ``return`` and leaves by ``break``. :mod:`mosaic_lint.facts.orders` has
the graphs of a file.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import Container, Dict, Iterable, List, Optional, Sequence, Set, Union

import libcst as cst

from mosaic_lint.tree import Tree

Body = Union[cst.FunctionDef, cst.Module]
"""What has an order of its own."""


class Kind(Enum):
    """What happens at a point."""

    ENTRY = "the function is entered"
    EXIT = "the function is left"
    RAISED = "an exception leaves the function"
    STATEMENT = "a simple statement, or the definition of a function or class"
    TEST = "the test of an if or while"
    ITERABLE = "what a for goes over is evaluated"
    TURN = "a for takes the next element"
    ITEM = "a with item is evaluated and entered"
    LEAVE = "a with block is left, but by an exception"
    TRY = "a try is entered"
    LANDING = "an exception arrives at a try, or at the end of a with block"
    HANDLER = "an except clause is entered"
    REST = "an except* clause has done its part of a group"
    FINALLY = "a finally is entered on one of the ways into it"
    SUBJECT = "what a match looks at is evaluated"
    CASE = "a case is tried"


class Loop:
    """A ``for`` or ``while``.

    Args:
        node: the statement.
        around: the innermost loop around it.
    """

    def __init__(self, node: Union[cst.For, cst.While], around: Optional[Loop]) -> None:
        self.node = node
        self.around = around
        self.depth: int = around.depth + 1 if around is not None else 1


class Point:
    """A point of a graph; points are compared by identity.

    Args:
        kind: what happens at it.
        node: the syntax: a statement, an expression, an item, a clause; of ``LANDING``,
            ``LEAVE``, ``REST`` and ``FINALLY`` the ``try`` or ``with`` statement.
        loop: the innermost loop in whose turns it runs.

    Attributes:
        after: the points that may run next, if nothing is raised.
        before: the points after which it may run so.
        raises: the point where an exception arrives that is raised here; ``None``: it raises none.
        swallowed: of a with block's ``LANDING`` the point that runs next if the exception is
            suppressed there.
    """

    __slots__ = ("after", "before", "kind", "loop", "node", "raises", "swallowed")

    def __init__(self, kind: Kind, node: Optional[cst.CSTNode], loop: Optional[Loop]) -> None:
        self.kind = kind
        self.node = node
        self.loop = loop
        self.after: List[Point] = []
        self.before: List[Point] = []
        self.raises: Optional[Point] = None
        self.swallowed: Optional[Point] = None

    def __repr__(self) -> str:
        return f"<{self.kind.name} {self.node.__class__.__name__}>"

    def leads_to(self, following: Point) -> None:
        """Note that a point may run next."""
        self.after.append(following)
        following.before.append(self)


_MARKERS = frozenset((Kind.LEAVE, Kind.LANDING, Kind.REST, Kind.FINALLY))
"""Kinds of points at which nothing of their node is evaluated."""


class Order:
    """The graph of one function, or of a module's own code.

    Args:
        tree: the module.
        node: the function, or the module.

    Attributes:
        entry: where it begins.
        exit: where it ends, be it by ``return``.
        raised: where exceptions go that nobody in it catches.
        points: all points, in no particular order.
    """

    def __init__(self, tree: Tree, node: Body) -> None:
        self.node = node
        self.points: List[Point] = []
        self._tree = tree
        self._by_node: Dict[int, List[Point]] = {}  # by identity, as what follows
        self._ends: Dict[int, List[Point]] = {}
        self.entry = self.add(Kind.ENTRY, None)
        self.exit = self.add(Kind.EXIT, None)
        self.raised = self.add(Kind.RAISED, None)

    def add(self, kind: Kind, node: Optional[cst.CSTNode], loop: Optional[Loop] = None) -> Point:
        """Make a point."""
        point = Point(kind, node, loop)
        self.points.append(point)
        if node is not None and kind not in _MARKERS:
            self._by_node.setdefault(id(node), []).append(point)
        elif isinstance(node, cst.With):
            self._ends.setdefault(id(node), []).append(point)
        return point

    def at(self, node: cst.CSTNode) -> Sequence[Point]:
        """The points at which a statement runs or an expression is evaluated.

        Several for what stands in a ``finally``; the definition's for what stands in a nested
        function or class; none for what isn't in this graph.
        """
        current: Optional[cst.CSTNode] = head(node)
        while current is not None and current is not self.node:
            found = self._by_node.get(id(current))
            if found is not None:
                return found
            current = self._tree.parent(current)
        return ()

    def ends(self, block: cst.With) -> Sequence[Point]:
        """The points at which a ``with`` block is left, by exceptions too."""
        return self._ends.get(id(block), ())

    @cached_property
    def live(self) -> Set[Point]:
        """The points that anybody may get to."""
        return reachable([self.entry], exceptions=True)


def head(statement: cst.CSTNode) -> cst.CSTNode:
    """What a statement evaluates first."""
    if isinstance(statement, (cst.If, cst.While)):
        return statement.test
    if isinstance(statement, cst.For):
        return statement.iter
    if isinstance(statement, cst.With):
        return statement.items[0]
    if isinstance(statement, cst.Match):
        return statement.subject
    return statement


def reachable(
    starts: Iterable[Point], stops: Container[Point] = (), *, exceptions: bool = False
) -> Set[Point]:
    """The points that may run after one of the starts.

    A start itself is among them only if a loop leads back to it.

    Args:
        starts: where to begin.
        stops: points beyond which nobody goes; they are among what is found.
        exceptions: whether to go where exceptions go, too, and where one may be suppressed.
    """
    found: Set[Point] = set()
    waiting: List[Point] = list(starts)
    while waiting:
        point = waiting.pop()
        following: List[Optional[Point]] = [*point.after]
        if exceptions:
            following += [point.raises, point.swallowed]
        for after in following:
            if after is not None and after not in found:
                found.add(after)
                if after not in stops:
                    waiting.append(after)
    return found


def leading_to(targets: Iterable[Point], stops: Container[Point] = ()) -> Set[Point]:
    """The points after which one of the targets may run.

    Args:
        targets: where ways end; a target is among what is found only if it may run after another.
        stops: points through which no way leads; one may be the start of a way.
    """
    found: Set[Point] = set()
    ends = set(targets)
    waiting: List[Point] = list(ends)
    while waiting:
        for before in waiting.pop().before:
            if before not in found:
                found.add(before)
                if before not in stops and before not in ends:
                    waiting.append(before)
    return found

"""Which statement runs next on a connection when a failure has been swallowed.

The turns of the innermost loop are looked at first, then those of the loop around it, and what is
behind all loops at last: what is nearest is what happens. A rollback on one of the ways to the
statement makes it unknown, even where others don't lead through it.
"""

from __future__ import annotations

from collections import deque
from typing import Deque, Dict, Iterator, List, Optional, Set

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flags import Flags, Outcome
from mosaic_lint.facts.order import Kind, Loop, Point
from mosaic_lint.facts.transactions import Swallower, Transaction
from mosaic_lint.tree import walk

_MAX_POINTS = 1_000  # that are looked at; where the next statement is further away nobody knows
_LEAVING = frozenset((cst.Return, cst.Raise, cst.Break, cst.Continue))
_NESTED = frozenset((cst.FunctionDef, cst.Lambda, cst.ClassDef))
_ENDS = frozenset((Kind.LEAVE, Kind.LANDING, Kind.REST, Kind.FINALLY))
_PASSING = frozenset((Outcome.TRUE, Outcome.FREE))


class NextStatement:
    """One search.

    Args:
        file: the file.
        transaction: the connection's points.
        flags: what the failure leaves in names.
        swallower: what takes the failure, and where it goes on.
    """

    def __init__(
        self, file: File, transaction: Transaction, flags: Flags, swallower: Swallower
    ) -> None:
        self._tree = file.tree
        self._transaction = transaction
        self._flags = flags
        self._swallower = swallower
        self._depths: Dict[Optional[Loop], int] = {None: 0}
        loop = swallower.start.loop
        while loop is not None:
            self._depths[loop] = loop.depth
            loop = loop.around
        self._around = {id(node) for node in file.tree.ancestors(swallower.node)}
        self._skipped: Set[int] = set()  # statements inside of which nothing is known

    def find(self) -> Optional[cst.CSTNode]:
        """The statement; ``None`` if there is none, or none for sure."""
        point = self._nearest()
        if point is None or self._may_be_cured(point):
            return None
        return next(self._refused(point))

    def _nearest(self) -> Optional[Point]:
        """The point of the statement, the fewest steps away in the innermost loop that has one."""
        waiting: Dict[int, Deque[Point]] = {}
        seen: Set[Point] = set()
        self._push(self._swallower.start, waiting, seen)
        while waiting and len(seen) < _MAX_POINTS:
            depth = max(waiting)
            point = waiting[depth].popleft()
            if not waiting[depth]:
                del waiting[depth]
            if point in self._transaction.closed:
                continue
            if self._is_refused(point):
                return point
            for after in self._after(point):
                self._push(after, waiting, seen)
        return None

    def _push(self, point: Point, waiting: Dict[int, Deque[Point]], seen: Set[Point]) -> None:
        if point not in seen:
            seen.add(point)
            waiting.setdefault(self._depth(point), deque()).append(point)

    def _depth(self, point: Point) -> int:
        """The depth of the innermost loop that is around the start and the point."""
        loop = point.loop
        while loop not in self._depths:
            assert loop is not None
            loop = loop.around
        return self._depths[loop]

    # --- rollbacks in between

    def _may_be_cured(self, target: Point) -> bool:
        """Whether a rollback lies on one of the ways to a statement."""
        seen = self._between([self._swallower.start], target, stops=True)
        met = [point for point in seen if point in self._transaction.cures]
        if len(seen) >= _MAX_POINTS:
            return True
        following = [after for point in met for after in point.after]
        return bool(met) and target in self._between(following, target, stops=False)

    def _between(self, starts: List[Point], target: Point, *, stops: bool) -> Set[Point]:
        """The points that are reached without leaving what is between the handler and a statement.

        Args:
            starts: where to begin.
            target: the point of the statement.
            stops: whether to stop where a transaction ends, or a statement is refused.
        """
        seen = {point for point in starts if self._is_between(point, target)}
        waiting = list(seen)
        while waiting and len(seen) < _MAX_POINTS:
            point = waiting.pop()
            if stops and (point in self._transaction.closed or self._is_refused(point)):
                continue
            for after in self._after(point):
                if after not in seen and self._is_between(after, target):
                    seen.add(after)
                    waiting.append(after)
        return seen

    def _is_between(self, point: Point, target: Point) -> bool:
        """Whether a point is in the same loop and, as the text goes, on the way to a statement.

        A statement that is written before the handler is reached by the loop's next turn.
        """
        if self._depth(point) < self._depth(target):
            return False
        if point.kind in _ENDS:
            return True  # their node begins before what they stand behind
        first, last = self._index(self._swallower.start), self._index(target)
        index = self._index(point)
        return first <= index <= last if first <= last else index >= first or index <= last

    def _index(self, point: Point) -> int:
        return self._tree.index(point.node) if point.node is not None else -1

    # --- tests that ask for the failure

    def _after(self, point: Point) -> List[Point]:
        """Where it goes on, if the failure has happened."""
        statement = self._deciding(point)
        if statement is None or self._is_in_handler(statement):
            return point.after
        outcome = self._outcome(point)
        if isinstance(statement, cst.Assert):
            return point.after if outcome in _PASSING else []
        if outcome is Outcome.FREE:
            return point.after
        if outcome is not Outcome.UNKNOWN and len(point.after) == 2:
            return [point.after[outcome is Outcome.FALSE]]
        if id(statement) in self._around or id(statement) in self._skipped:
            return point.after
        if _leaves(statement):
            return []
        self._skipped.add(id(statement))
        return point.after

    def _deciding(self, point: Point) -> Optional[cst.CSTNode]:
        """The statement of which a point decides what runs; ``None`` at others."""
        if point.node is None:
            return None
        if point.kind in (Kind.TEST, Kind.SUBJECT):
            return self._tree.parent(point.node)
        if point.kind is Kind.TURN or isinstance(point.node, cst.Assert):
            return point.node
        return None

    def _outcome(self, point: Point) -> Outcome:
        node = point.node
        if isinstance(node, cst.For):
            found = self._flags.outcome(node.iter)
            return Outcome.UNKNOWN if found is Outcome.TRUE else found
        if isinstance(node, cst.Assert):
            return self._flags.outcome(node.test)
        assert isinstance(node, cst.BaseExpression)
        found = self._flags.outcome(node)
        if point.kind is Kind.SUBJECT and found is not Outcome.FREE:
            return Outcome.UNKNOWN
        return found

    def _is_in_handler(self, statement: cst.CSTNode) -> bool:
        return any(node is self._swallower.node for node in self._tree.ancestors(statement))

    def _is_refused(self, point: Point) -> bool:
        return any(True for _ in self._refused(point))

    def _refused(self, point: Point) -> Iterator[cst.CSTNode]:
        """What asks the server at a point, if the failure has happened."""
        for node in self._transaction.asks.get(point, ()):
            if not self._is_skipped(node) and all(self._conditions(node)):
                yield node

    def _is_skipped(self, node: cst.CSTNode) -> bool:
        return bool(self._skipped) and any(
            id(ancestor) in self._skipped for ancestor in self._tree.ancestors(node)
        )

    def _conditions(self, node: cst.CSTNode) -> Iterator[bool]:
        """Whether what decides on a call within its statement lets it run."""
        below = node
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return
            if isinstance(ancestor, cst.IfExp) and below is not ancestor.test:
                wanted = Outcome.TRUE if below is ancestor.body else Outcome.FALSE
                yield self._flags.outcome(ancestor.test) in (wanted, Outcome.FREE)
            elif isinstance(ancestor, cst.BooleanOperation) and below is ancestor.right:
                is_and = isinstance(ancestor.operator, cst.And)
                wanted = Outcome.TRUE if is_and else Outcome.FALSE
                yield self._flags.outcome(ancestor.left) in (wanted, Outcome.FREE)
            elif isinstance(ancestor, cst.BaseComp):
                yield not self._flags.is_mentioned(ancestor.for_in)
            below = ancestor


def _leaves(statement: cst.CSTNode) -> bool:
    """Whether something in a statement leaves it by a jump."""
    nodes = walk(statement, lambda node: node.__class__ not in _NESTED)
    return any(node.__class__ in _LEAVING for node in nodes)

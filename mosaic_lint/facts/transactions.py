"""The transaction of one connection: where its statements' errors arrive in a function.

An error goes from its statement to the handlers around, through ``finally`` and ``with``, and on
from where one of them raises again.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import Deque, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.facts.connection_effects import Effect, Use
from mosaic_lint.facts.db_errors import DatabaseErrors, Failure, suppressing
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flags import Guard, Handler
from mosaic_lint.facts.held import Source
from mosaic_lint.facts.order import Kind, Order, Point, leading_to, reachable

_MAX_FAILURES = 10  # of different kinds that arrive at one point


class Swallower(NamedTuple):
    """Something that takes a statement's error.

    Args:
        node: the clause, or the call of ``suppress``.
        guard: its statement.
        start: where it goes on.
        failed: the statement.
    """

    node: cst.CSTNode
    guard: Guard
    start: Point
    failed: cst.CSTNode


class Transaction:
    """What is done with one connection in the function that holds it.

    Args:
        file: the file.
        source: the connection.
        uses: what is done with it.
        order: the function's graph.

    Attributes:
        asks: the points at which the server is asked something, with what asks.
        closed: the points behind which nothing is known to be failed any more.
        cures: those of them at which it is rolled back, or may be.
        unknown: those from which on nothing is known of the connection.
    """

    def __init__(self, file: File, source: Source, uses: List[Use], order: Order) -> None:
        self._file = file
        self._errors = DatabaseErrors(file)
        self._order = order
        self.closed: Set[Point] = {*order.at(source.node)}
        if source.block is not None:
            self.closed.update(order.ends(source.block))
        self._borders = frozenset(self.closed)
        self.asks: Dict[Point, List[cst.CSTNode]] = {}
        self.cures: Set[Point] = set()
        self.unknown: Set[Point] = set()
        for use in uses:
            self._note(use)
        for point in self.closed:
            self.asks.pop(point, None)

    def _note(self, use: Use) -> None:
        """Note at which points a use happens."""
        order = self._order
        ends = order.ends(use.node) if isinstance(use.node, cst.With) else order.at(use.node)
        for point in ends:
            if use.effect is Effect.ASKS:
                self.asks.setdefault(point, []).append(use.node)
            else:
                self.closed.add(point)
            if use.effect in (Effect.CURES, Effect.UNKNOWN):
                self.cures.add(point)
            if use.effect is Effect.UNKNOWN:
                self.unknown.add(point)

    def may_refuse(self, swallower: Swallower) -> bool:
        """Whether some statement follows, and nobody else has changed the connection before."""
        start = swallower.start
        return start in self._may_be_refused and start not in self._unsettled

    @cached_property
    def _may_be_refused(self) -> Set[Point]:
        """The points at or after which the server is asked something."""
        return {*leading_to(self.asks, self.closed), *self.asks}

    @cached_property
    def _unsettled(self) -> Set[Point]:
        """The points at which somebody else may have changed the connection."""
        if not self.unknown:
            return set()
        return reachable(self.unknown, self._borders, exceptions=True)

    @cached_property
    def _asking(self) -> Set[int]:
        """What asks the server, and all that is around it, by identity."""
        found: Set[int] = set()
        for nodes in self.asks.values():
            for node in nodes:
                found.add(id(node))
                for ancestor in self._file.tree.ancestors(node):
                    if id(ancestor) in found:
                        break
                    found.add(id(ancestor))
        return found

    def may_fail(self, statement: cst.CSTNode) -> bool:
        """Whether the server is asked in a statement."""
        return id(statement) in self._asking

    # --- where errors arrive

    def swallowers(self) -> Iterator[Swallower]:
        """Everything that takes an error of the connection's statements, once."""
        waiting: Deque[Tuple[Point, Failure, cst.CSTNode]] = deque()
        for point, nodes in self.asks.items():
            if point.raises is not None and point in self._order.live:
                waiting.append((point.raises, Failure(), nodes[0]))
        seen: Dict[Point, Set[Failure]] = {}
        found: Set[int] = set()
        while waiting:
            point, failure, failed = waiting.popleft()
            known = seen.setdefault(point, set())
            if failure in known or len(known) >= _MAX_FAILURES:
                continue
            known.add(failure)
            if point in self.closed or point in self.asks:
                continue
            for following, what, swallower in self._onward(point, failure, failed):
                waiting.append((following, what, failed))
                if swallower is not None and id(swallower.node) not in found:
                    found.add(id(swallower.node))
                    yield swallower

    def _onward(
        self, point: Point, failure: Failure, failed: cst.CSTNode
    ) -> Iterator[Tuple[Point, Failure, Optional[Swallower]]]:
        """Where a failure gets to next, and what takes it there."""
        if point.kind is Kind.LANDING:
            landed = self._in_with if isinstance(point.node, cst.With) else self._in_try
            yield from landed(point, failure, failed)
        elif isinstance(point.node, cst.Raise) and point.kind is Kind.STATEMENT:
            if point.raises is not None:
                yield point.raises, self._errors.raised(point.node, failure), None
        elif point.kind is not Kind.HANDLER:  # one that takes the rest of a group
            yield from ((following, failure, None) for following in point.after)

    def _in_try(
        self, landing: Point, failure: Failure, failed: cst.CSTNode
    ) -> Iterator[Tuple[Point, Failure, Optional[Swallower]]]:
        """From where an error arrives into the handlers, one by one, until one takes all."""
        rest = failure
        for following in landing.after:
            if following.kind is not Kind.HANDLER:
                yield following, rest, None
                continue
            handler: Handler = following.node  # type: ignore[assignment]
            guard: Guard = landing.node  # type: ignore[assignment]
            taken = self._errors.taken(handler.type, rest)
            for start in following.after if taken.some else ():
                yield start, failure, Swallower(handler, guard, start, failed)
            if taken.rest is None:
                return
            rest = taken.rest

    def _in_with(
        self, landing: Point, failure: Failure, failed: cst.CSTNode
    ) -> Iterator[Tuple[Point, Failure, Optional[Swallower]]]:
        """From the end of a block to what is around, unless it suppresses the error."""
        assert isinstance(landing.node, cst.With)
        rest = failure
        for call in suppressing(self._file, landing.node):
            taken = self._errors.suppressed(call, rest)
            if taken.some and landing.swallowed is not None:
                start = landing.swallowed
                yield start, failure, Swallower(call, landing.node, start, failed)
            if taken.rest is None:
                return
            rest = taken.rest
        yield from ((following, rest, None) for following in landing.after)

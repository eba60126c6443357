"""Makes a graph of :mod:`mosaic_lint.facts.order`.

Every statement gets its point before anything in it is read, so that whatever comes before it
can lead there; what is still to be read waits on a stack, because syntax may be nested
deeper than Python's own calls.

A ``finally`` is read once for each way into it that is used: after the block's end, after an
exception, and for ``return``, ``break`` and ``continue``. In a ``finally`` within two others only
the first of these ways goes on; the others end there, since the copies would multiply.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.order import Kind, Loop, Order, Point, head

_Try = Union[cst.Try, cst.TryStar]
_Block = Union[cst.BaseSuite, cst.Module]

_MAX_FINALLY = 2  # of finally blocks within each other that are read once for each way


class _Way(Enum):
    """How a block is left before its end."""

    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"


class _Frame:
    """What a jump out of a block passes: a loop, a ``with``, a ``try`` with ``finally``.

    Args:
        outer: the frame around; ``None`` for the function.
        node: the statement; ``None`` for a loop or the function.
        context: the context of the statement.

    Attributes:
        gates: where a jump goes first, as far as that is known.
    """

    def __init__(
        self,
        outer: Optional[_Frame],
        gates: Dict[_Way, Point],
        node: Union[cst.With, _Try, None] = None,
        context: Optional[_Context] = None,
    ) -> None:
        self.outer = outer
        self.node = node
        self.context = context
        self.gates = gates


class _Context(NamedTuple):
    """What the statements of a block have around them.

    Args:
        raises: where their exceptions arrive.
        frame: the innermost frame.
        loop: the innermost loop.
        finals: how many ``finally`` blocks they are in.
    """

    raises: Point
    frame: _Frame
    loop: Optional[Loop]
    finals: int


class _Builder:
    """Makes one graph.

    Args:
        order: the graph, still empty.
        comes_back: tells whether a call returns.
    """

    def __init__(self, order: Order, comes_back: Callable[[cst.Call], bool]) -> None:
        self._order = order
        self._comes_back = comes_back
        self._waiting: List[Tuple[cst.CSTNode, Point, Point, _Context]] = []

    def build(self) -> None:
        """Fill the graph."""
        order = self._order
        body = order.node if isinstance(order.node, cst.Module) else order.node.body
        function = _Frame(None, dict.fromkeys(_Way, order.exit))
        context = _Context(order.raised, function, None, 0)
        order.entry.leads_to(self._opened(body, order.exit, context))
        while self._waiting:
            node, entry, following, around = self._waiting.pop()
            reader = _READERS.get(node.__class__, _Builder._simple)
            reader(self, node, entry, following, around)

    def _opened(self, body: _Block, following: Point, context: _Context) -> Point:
        """Make the points at which a block's statements begin, and tell the first of them."""
        statements = list(_statements(body))
        entries = [self._entry(statement, context.loop) for statement in statements]
        for statement, entry, after in zip(statements, entries, [*entries[1:], following]):
            self._waiting.append((statement, entry, after, context))
        return entries[0] if entries else following

    def _entry(self, statement: cst.CSTNode, loop: Optional[Loop]) -> Point:
        kind = _KINDS.get(statement.__class__, Kind.STATEMENT)
        return self._order.add(kind, head(statement), loop)

    # --- simple statements

    def _simple(self, node: cst.CSTNode, entry: Point, following: Point, context: _Context) -> None:
        if node.__class__ not in _SAFE:
            entry.raises = context.raises
        if self._goes_on(node):
            entry.leads_to(following)

    def _goes_on(self, node: cst.CSTNode) -> bool:
        """Whether the next statement may run after a simple one."""
        if isinstance(node, cst.Assert):
            return _truth(node.test) is not False
        if isinstance(node, cst.Expr):
            value = node.value.expression if isinstance(node.value, cst.Await) else node.value
            return not isinstance(value, cst.Call) or self._comes_back(value)
        return not isinstance(node, cst.Raise)

    def _jump(self, node: cst.CSTNode, entry: Point, following: Point, context: _Context) -> None:
        if isinstance(node, cst.Return) and node.value is not None:
            entry.raises = context.raises
        entry.leads_to(self._gate(_WAYS[node.__class__], context.frame))

    def _gate(self, way: _Way, frame: _Frame) -> Point:
        """Where a jump goes, through all that it passes."""
        passed: List[_Frame] = []
        while way not in frame.gates:
            passed.append(frame)
            assert frame.outer is not None
            frame = frame.outer
        gate = frame.gates[way]
        for inner in reversed(passed):
            gate = inner.gates[way] = self._through(inner, gate)
        return gate

    def _through(self, frame: _Frame, following: Point) -> Point:
        """Lead a jump through a frame."""
        if frame.node is None or frame.context is None:
            return following
        if isinstance(frame.node, cst.With):
            gate = self._order.add(Kind.LEAVE, frame.node, frame.context.loop)
            gate.raises = frame.context.raises
            gate.leads_to(following)
            return gate
        return self._finally(frame.node, following, frame.context)

    # --- branches and loops

    def _if(self, node: cst.If, entry: Point, following: Point, context: _Context) -> None:
        entry.raises = context.raises
        truth = _truth(node.test)
        body = self._opened(node.body, following, context)
        if truth is not False:
            entry.leads_to(body)
        otherwise = following
        if isinstance(node.orelse, cst.If):
            otherwise = self._entry(node.orelse, context.loop)
            self._waiting.append((node.orelse, otherwise, following, context))
        elif node.orelse is not None:
            otherwise = self._opened(node.orelse.body, following, context)
        if truth is not True:
            entry.leads_to(otherwise)

    def _while(self, node: cst.While, entry: Point, following: Point, context: _Context) -> None:
        entry.raises = context.raises
        truth = _truth(node.test)
        body, otherwise = self._loop(node, entry, following, context)
        if truth is not False:
            entry.leads_to(body)
        if truth is not True:
            entry.leads_to(otherwise)

    def _for(self, node: cst.For, entry: Point, following: Point, context: _Context) -> None:
        turn = self._order.add(Kind.TURN, node)
        entry.raises = turn.raises = context.raises
        body, otherwise = self._loop(node, turn, following, context)
        entry.leads_to(turn)
        turn.leads_to(body)
        turn.leads_to(otherwise)

    def _loop(
        self,
        node: Union[cst.For, cst.While],
        head: Point,
        following: Point,
        context: _Context,
    ) -> Tuple[Point, Point]:
        """Open a loop's block, and what runs when it ends without ``break``."""
        loop = head.loop = Loop(node, context.loop)
        frame = _Frame(context.frame, {_Way.BREAK: following, _Way.CONTINUE: head})
        body = self._opened(node.body, head, context._replace(frame=frame, loop=loop))
        if node.orelse is None:
            return body, following
        return body, self._opened(node.orelse.body, following, context)

    def _match(self, node: cst.Match, entry: Point, following: Point, context: _Context) -> None:
        entry.raises = context.raises
        before = entry
        for case in node.cases:
            point = self._order.add(Kind.CASE, case, context.loop)
            point.raises = context.raises
            before.leads_to(point)
            point.leads_to(self._opened(case.body, following, context))
            before = point
        if not (node.cases and _takes_all(node.cases[-1])):
            before.leads_to(following)

    # --- with and try

    def _with(self, node: cst.With, entry: Point, following: Point, context: _Context) -> None:
        landing = self._order.add(Kind.LANDING, node, context.loop)
        landing.leads_to(context.raises)
        landing.swallowed = following
        entry.raises = context.raises
        last = entry
        for item in node.items[1:]:
            point = self._order.add(Kind.ITEM, item, context.loop)
            point.raises = landing
            last.leads_to(point)
            last = point
        frame = _Frame(context.frame, {}, node, context)
        leave = self._through(frame, following)
        inside = context._replace(raises=landing, frame=frame)
        last.leads_to(self._opened(node.body, leave, inside))

    def _try(self, node: _Try, entry: Point, following: Point, context: _Context) -> None:
        outside = context
        if node.finalbody is not None:
            following = self._finally(node, following, context, always=True)
            unhandled = self._finally(node, context.raises, context)
            frame = _Frame(context.frame, {}, node, context)
            outside = context._replace(raises=unhandled, frame=frame)
        landing = self._order.add(Kind.LANDING, node, context.loop)
        self._handlers(node, landing, following, outside)
        ended = following
        if node.orelse is not None:
            ended = self._opened(node.orelse.body, following, outside)
        entry.leads_to(self._opened(node.body, ended, outside._replace(raises=landing)))

    def _handlers(self, node: _Try, landing: Point, following: Point, context: _Context) -> None:
        """Lead from where an exception arrives into each clause, and past them.

        The rest of a group comes to the clauses behind the one that took its part.
        """
        loop = context.loop
        before: Optional[Point] = None  # where the rest of a group is
        for handler in node.handlers:
            point = self._order.add(Kind.HANDLER, handler, loop)
            point.raises = context.raises
            landing.leads_to(point)
            if before is not None:
                before.leads_to(point)
            ended = following
            if isinstance(node, cst.TryStar) and handler is not node.handlers[-1]:
                ended = self._order.add(Kind.REST, node, loop)
                ended.raises = context.raises
                ended.leads_to(following)
                if before is not None:
                    before.leads_to(ended)
                before = ended
            point.leads_to(self._opened(handler.body, ended, context))
        if not any(handler.type is None for handler in node.handlers):
            landing.leads_to(context.raises)

    def _finally(
        self, node: _Try, following: Point, context: _Context, *, always: bool = False
    ) -> Point:
        """Read a ``finally`` for one way into it, and tell where that begins."""
        gate = self._order.add(Kind.FINALLY, node, context.loop)
        assert node.finalbody is not None
        if always or context.finals < _MAX_FINALLY:
            inside = context._replace(finals=context.finals + 1)
            gate.leads_to(self._opened(node.finalbody.body, following, inside))
        return gate


def build(order: Order, comes_back: Callable[[cst.Call], bool]) -> None:
    """Fill a graph.

    Args:
        order: the graph, still empty.
        comes_back: tells whether what stands behind a call may run.
    """
    _Builder(order, comes_back).build()


def _statements(body: _Block) -> Iterator[cst.CSTNode]:
    """The statements of a block, those of a line one by one."""
    for statement in body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        else:
            yield statement


def _truth(test: cst.BaseExpression) -> Optional[bool]:
    """What a test always is; ``None`` if that depends."""
    if isinstance(test, cst.Name):
        return {"True": True, "False": False, "None": False}.get(test.value)
    if isinstance(test, cst.Integer):
        return bool(test.evaluated_value)
    return None


def _takes_all(case: cst.MatchCase) -> bool:
    """Whether a case takes whatever comes."""
    return (
        case.guard is None
        and isinstance(case.pattern, cst.MatchAs)
        and case.pattern.pattern is None
    )


_WAYS = {cst.Return: _Way.RETURN, cst.Break: _Way.BREAK, cst.Continue: _Way.CONTINUE}
_SAFE = frozenset((cst.Pass, cst.Global, cst.Nonlocal))
"""Statements that raise nothing."""
_KINDS = {
    cst.If: Kind.TEST,
    cst.While: Kind.TEST,
    cst.For: Kind.ITERABLE,
    cst.With: Kind.ITEM,
    cst.Try: Kind.TRY,
    cst.TryStar: Kind.TRY,
    cst.Match: Kind.SUBJECT,
}
"""What happens first in a compound statement."""
_READERS: Dict[type, Callable[..., Any]] = {
    cst.If: _Builder._if,
    cst.While: _Builder._while,
    cst.For: _Builder._for,
    cst.Match: _Builder._match,
    cst.With: _Builder._with,
    cst.Try: _Builder._try,
    cst.TryStar: _Builder._try,
    cst.Return: _Builder._jump,
    cst.Break: _Builder._jump,
    cst.Continue: _Builder._jump,
}
"""How the points of a statement are made; others are simple."""

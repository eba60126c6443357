"""Which queries a cursor may have executed last where it is read, on all ways to that place."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import flow_of
from mosaic_lint.facts.functions import functions_of, is_generator
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.order import Point
from mosaic_lint.facts.orders import orders_of
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.facts.sinks import Rows, Sink

Cursor = Union[cst.Name, cst.Attribute]
_Key = Tuple[Optional[cst.FunctionDef], str]
_EXECUTING = frozenset(("execute", "executemany", "executescript", "callproc", "nextset"))
_COPYING = ("copy",)
_READING = frozenset(
    ("list", "tuple", "set", "sorted", "iter", "aiter", "next", "anext", "enumerate", "zip", "map",
     "filter", "len", "str", "repr", "print", "isinstance", "bool", "reversed", "dict", "type",
     "islice", "chain", "closing", "enter_context", "cast")
)  # fmt: skip
"""Functions that are given a cursor and surely execute nothing with it."""
_HARMLESS = frozenset(
    ("fetchone", "fetchall", "fetchmany", "rowcount", "description", "query", "close", "mogrify",
     "statusmessage", "connection")
)  # fmt: skip
"""Attributes of cursors that leave alone which query was the last."""
_MAX_POINTS = 100_000  # of a file, on the ways back from all cursors


class _Event(NamedTuple):
    """A place at which a cursor may get other rows.

    Args:
        place: the index of the node among those of the file.
        cursor: the cursor there; ``None`` where any of that name may be meant.
        call: the call that executes a query; ``None`` where nobody knows what happens.
    """

    place: int
    cursor: Optional[Cursor]
    call: Optional[cst.Call]


class Executions:
    """Answers for one file.

    Args:
        file: the file.
        statements: the calls that run SQL.
    """

    def __init__(self, file: File, statements: Sequence[Sink]) -> None:
        self._file = file
        self._tree = file.tree
        self._orders = orders_of(file)
        self._points_left = _MAX_POINTS
        self._sinks = {id(sink.call): sink for sink in statements}
        self._events: Dict[_Key, Dict[Point, List[_Event]]] = {}
        for sink in statements:
            cursor = _cursor(sink.receiver)
            if cursor is not None and last_name(sink.call.func) != "mogrify":
                self._note(sink.call, cursor, sink.call if sink.rows is Rows.ONE else None)
        self._executing = set(self._events)
        if self._executing:
            self._note_unknown()

    def cursors(self) -> Iterator[Tuple[Cursor, List[cst.Call]]]:
        """The names of cursors with the queries of which one was the last, if all are known."""
        names = {text.rpartition(".")[2] for _, text in self._executing}
        found: List[Cursor] = [n for n in self._tree.of(cst.Name) if n.value in names]
        found += [a for a in self._tree.of(cst.Attribute) if a.attr.value in names]
        for cursor in found:
            events = self._events.get(self._key(cursor))
            if events is not None and self._key(cursor) in self._executing:
                calls = self._before(cursor, events)
                if calls:
                    yield cursor, calls

    def _key(self, cursor: Cursor) -> _Key:
        return self._tree.enclosing(cursor, cst.FunctionDef), dotted(cursor)

    def _note(self, node: cst.CSTNode, cursor: Cursor, call: Optional[cst.Call]) -> None:
        event = _Event(self._tree.index(node), cursor, call)
        self._add(self._key(cursor), node, event)

    def _add(self, key: _Key, node: cst.CSTNode, event: _Event) -> None:
        events = self._events.setdefault(key, {})
        for point in self._orders.around(node).at(node):
            events.setdefault(point, []).append(event)

    # --- what else may happen to a cursor

    def _note_unknown(self) -> None:
        """Note calls after which nobody knows what a cursor holds."""
        texts = {text for _, text in self._executing}
        owners: Dict[str, List[str]] = {}
        for text in texts:
            owners.setdefault(text.rpartition(".")[0], []).append(text)
        for call in self._tree.of(cst.Call):
            if id(call) in self._sinks:
                continue
            self._note_given(call, texts)
            if isinstance(call.func, cst.Attribute):
                self._note_method(call, call.func, texts, owners)

    def _note_given(self, call: cst.Call, texts: Set[str]) -> None:
        """A function that is given the cursor may execute something."""
        if last_name(call.func) in _READING:
            return
        for argument in call.args:
            cursor = _cursor(argument.value)
            if cursor is not None and dotted(cursor) in texts:
                executed = self._executed_inside(call, argument)
                if executed is None or len(executed) > 1:
                    self._note(call, cursor, None)
                elif executed:
                    self._note(call, cursor, executed[0])
                    self._executing.add(self._key(cursor))

    def _executed_inside(self, call: cst.Call, argument: cst.Arg) -> Optional[List[cst.Call]]:
        """The queries that a function of the file surely executes with the cursor it is given.

        Returns:
            Their calls; ``None`` where it may do anything else with the cursor.
        """
        functions = functions_of(self._file)
        definitions = functions.definitions(call.func)
        if len(definitions) != 1 or not isinstance(definitions[0], cst.FunctionDef):
            return None
        function = definitions[0]
        parameter = functions.parameter(call, argument, function)
        if parameter is None or is_generator(function):
            return None
        found: List[cst.Call] = []
        steps = flow_of(self._file).steps
        for name in (use for b in steps.of_node(parameter) for use in steps.uses(b)):
            attribute = self._tree.parent(name)
            if not isinstance(attribute, cst.Attribute):
                return None
            if attribute.attr.value in _HARMLESS:
                continue
            executing = self._tree.parent(attribute)
            if not isinstance(executing, cst.Call) or not self._is_plain(executing, function):
                return None
            found.append(executing)
        return found

    def _is_plain(self, call: cst.Call, function: cst.FunctionDef) -> bool:
        """Whether a call executes a query whenever its function is called."""
        sink = self._sinks.get(id(call))
        statement: Optional[cst.CSTNode] = self._tree.enclosing(call, cst.SimpleStatementLine)
        is_top = statement is not None and self._tree.parent(statement) is function.body
        return sink is not None and sink.rows is Rows.ONE and is_top

    def _note_method(
        self, call: cst.Call, function: cst.Attribute, texts: Set[str], owners: Dict[str, List[str]]
    ) -> None:
        """A method of the cursor may execute something, and so may one of whoever holds it."""
        name, receiver = function.attr.value, _cursor(function.value)
        if receiver is None:
            return
        text = dotted(receiver)
        if text in texts and (name in _EXECUTING or name.startswith(_COPYING)):
            self._note(call, receiver, None)
        for held in owners.get(text, ()):
            holder = self._tree.enclosing(call, cst.FunctionDef)
            self._add((holder, held), call, _Event(self._tree.index(call), None, None))

    # --- the way back

    def _before(
        self, cursor: Cursor, events: Dict[Point, List[_Event]]
    ) -> Optional[List[cst.Call]]:
        """The queries of which one was the last; ``None`` where that isn't known."""
        found: Dict[int, cst.Call] = {}
        seen: Set[Point] = set()
        start = self._start(cursor)
        waiting: List[Tuple[Point, Optional[int]]] = []
        for point in self._orders.around(cursor).at(cursor):
            waiting.append((point, start))
        while waiting:
            point, before = waiting.pop()
            self._points_left -= 1
            if self._points_left < 0:
                return None
            event = self._last(cursor, events.get(point, ()), before)
            if event is None:
                following = [p for p in point.before if p not in seen]
                seen.update(following)
                waiting.extend((p, None) for p in following)
            elif event.call is None:
                return None
            else:
                found[id(event.call)] = event.call
        return list(found.values())

    def _last(
        self, cursor: Cursor, events: Sequence[_Event], before: Optional[int]
    ) -> Optional[_Event]:
        """The last event of a point that is about a cursor."""
        for event in sorted(events, key=lambda event: -event.place):
            if (before is None or event.place < before) and self._is_same(event.cursor, cursor):
                return event
        return None

    def _start(self, cursor: Cursor) -> int:
        """The place before which everything that stands there has run when a cursor is read.

        The arguments of a call are evaluated before it, and so is what a comprehension goes over
        before what it makes.
        """
        start, below = self._tree.index(cursor), cursor
        for ancestor in self._tree.ancestors(cursor):
            if isinstance(ancestor, (cst.FunctionDef, cst.BaseSmallStatement)):
                break
            if isinstance(ancestor, cst.Arg):
                call = self._tree.parent(ancestor)
                start = self._tree.index(call) if call is not None else start
            elif isinstance(ancestor, cst.CompFor) and below is ancestor.iter:
                start = self._tree.index(self._comprehension(ancestor))
            below = ancestor  # type: ignore[assignment]
        return start

    def _comprehension(self, clause: cst.CompFor) -> cst.CSTNode:
        whole: cst.CSTNode = clause
        for ancestor in self._tree.ancestors(clause):
            whole = ancestor
            if not isinstance(ancestor, cst.CompFor):
                break
        return whole

    def _is_same(self, first: Optional[Cursor], second: Cursor) -> bool:
        """Whether two equal names may mean the same cursor."""
        if not isinstance(first, cst.Name) or not isinstance(second, cst.Name):
            return True
        names = self._file.names
        return not {*map(id, names.bindings(first))}.isdisjoint(map(id, names.bindings(second)))


def _cursor(node: Optional[cst.BaseExpression]) -> Optional[Cursor]:
    """A node that may name a cursor; ``None`` for any other."""
    is_name = isinstance(node, (cst.Name, cst.Attribute)) and bool(dotted(node))
    return node if is_name else None  # type: ignore[return-value]

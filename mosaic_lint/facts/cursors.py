"""Which query a cursor executed last, where its name is read."""

from __future__ import annotations

from bisect import bisect_left
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.facts.sinks import Sink

_Cursor = Union[cst.Name, cst.Attribute]
_Key = Tuple[Optional[cst.FunctionDef], str]
_MAX_LOOKED_AT = 50  # executions of cursors of one name, before the one that is meant


class _Execution(NamedTuple):
    """A query that a cursor executes.

    Args:
        place: the index of the call among the nodes of the file.
        call: the call.
        cursor: the cursor there.
    """

    place: int
    call: cst.Call
    cursor: _Cursor


def executed_cursors(file: File, statements: List[Sink]) -> Iterator[Tuple[_Cursor, cst.Call]]:
    """The names of cursors behind an execution, each with the query that it ran last.

    Args:
        file: the file.
        statements: the calls that run SQL.
    """
    yield from _Cursors(file, statements).all()


class _Cursors:
    def __init__(self, file: File, statements: List[Sink]) -> None:
        self._file = file
        self._tree = file.tree
        self._calls = {id(sink.call) for sink in statements}
        self._executions: Dict[_Key, List[_Execution]] = {}
        self._bindings: Dict[int, FrozenSet[int]] = {}  # by identity of the name
        for sink in statements:
            cursor = sink.receiver
            if isinstance(cursor, (cst.Name, cst.Attribute)) and dotted(cursor):
                found = _Execution(self._tree.index(sink.call), sink.call, cursor)
                function = self._tree.enclosing(sink.call, cst.FunctionDef)
                self._executions.setdefault((function, dotted(cursor)), []).append(found)
        for executions in self._executions.values():
            executions.sort(key=lambda execution: execution.place)

    def all(self) -> Iterator[Tuple[_Cursor, cst.Call]]:
        names = {last_name(e[0].cursor) for e in self._executions.values()}
        cursors: List[_Cursor] = [n for n in self._tree.of(cst.Name) if n.value in names]
        cursors += [a for a in self._tree.of(cst.Attribute) if a.attr.value in names]
        for cursor in cursors:
            function = self._tree.enclosing(cursor, cst.FunctionDef)
            executions = self._executions.get((function, dotted(cursor)), ())
            last = self._last(cursor, executions) if executions else None
            if last is not None:
                yield cursor, last

    def _last(self, cursor: _Cursor, executions: List[_Execution]) -> Optional[cst.Call]:
        """The last of the executions before a cursor is read."""
        place = bisect_left(executions, (self._start(cursor),))
        for execution in reversed(executions[max(0, place - _MAX_LOOKED_AT) : place]):
            if self._is_same(execution.cursor, cursor):
                return execution.call
        return None

    def _start(self, cursor: _Cursor) -> int:
        """The place before which everything that stands there has run when a cursor is read.

        The arguments of an execution are evaluated before it, and so is what a comprehension goes
        over before what it makes.
        """
        start, below = self._tree.index(cursor), cursor
        for ancestor in self._tree.ancestors(cursor):
            if isinstance(ancestor, (cst.FunctionDef, cst.BaseSmallStatement)):
                break
            if id(ancestor) in self._calls:
                start = self._tree.index(ancestor)
            elif isinstance(ancestor, cst.CompFor) and below is ancestor.iter:
                whole = self._comprehension(ancestor)
                start = self._tree.index(whole)
            below = ancestor  # type: ignore[assignment]
        return start

    def _comprehension(self, clause: cst.CompFor) -> cst.CSTNode:
        whole: cst.CSTNode = clause
        for ancestor in self._tree.ancestors(clause):
            whole = ancestor
            if not isinstance(ancestor, cst.CompFor):
                break
        return whole

    def _is_same(self, first: _Cursor, second: _Cursor) -> bool:
        """Whether two equal names may mean the same cursor."""
        if isinstance(first, cst.Attribute) or isinstance(second, cst.Attribute):
            return True
        return bool(self._meanings(first) & self._meanings(second))

    def _meanings(self, name: cst.Name) -> FrozenSet[int]:
        if id(name) not in self._bindings:
            self._bindings[id(name)] = frozenset(map(id, self._file.names.bindings(name)))
        return self._bindings[id(name)]

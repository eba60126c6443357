"""The queries of a file that give rows: where what they give is read first, and how."""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterable, Iterator, List, NamedTuple, Tuple

import libcst as cst

from mosaic_lint.facts.executions import Executions
from mosaic_lint.facts.fetched import Fetched, Matter
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.row_kinds import RowKind, RowKinds
from mosaic_lint.facts.sinks import Rows, Sink
from mosaic_lint.facts.steps import Place

_MAX_RUNS = 1_000  # of a file, since each is followed for itself


class Run(NamedTuple):
    """The queries of which one was executed last.

    Args:
        calls: the calls that execute them.
        kind: how their cursor gives rows.
    """

    calls: Tuple[cst.Call, ...]
    kind: RowKind


class Runs:
    """The runs of a file, and where what they give is read first.

    Args:
        file: the file.
        statements: the calls that run SQL.
    """

    def __init__(self, file: File, statements: List[Sink]) -> None:
        self._file = file
        self._statements = statements
        self._kinds = RowKinds(file)
        self._numbers: Dict[Tuple[FrozenSet[int], RowKind], int] = {}
        self._runs: List[Run] = []

    def of(self, number: int) -> Run:
        """A run by its number."""
        return self._runs[number]

    def seeds(self) -> Iterable[Tuple[Place, Fetched]]:
        """The places where a result is first, with their tags."""
        for cursor, calls in Executions(self._file, self._statements).cursors():
            number = self._number(calls, self._kinds.of(cursor))
            if number < _MAX_RUNS:
                yield cursor, Fetched(Matter.CURSOR, number)
        for sink in self._statements:
            for matter in self._given_by(sink):
                number = self._number([sink.call], self._kinds.of(sink.receiver))
                if number < _MAX_RUNS:
                    yield sink.call, Fetched(matter, number)

    def _given_by(self, sink: Sink) -> Iterator[Matter]:
        """What a call that runs SQL gives by itself."""
        if sink.rows is Rows.VALUES:
            if _fetches(sink.call):
                yield Matter.ROWS
        elif self._file.settings.driver == "psycopg" and last_name(sink.call.func) == "execute":
            yield Matter.CURSOR

    def _number(self, calls: List[cst.Call], kind: RowKind) -> int:
        key = (frozenset(map(id, calls)), kind)
        if key not in self._numbers:
            self._numbers[key] = len(self._runs)
            self._runs.append(Run(tuple(calls), kind))
        return self._numbers[key]


def _fetches(call: cst.Call) -> bool:
    """Whether ``execute_values`` is asked to give rows."""
    return any(
        argument.keyword is not None
        and argument.keyword.value == "fetch"
        and last_name(argument.value) != "False"
        for argument in call.args
    )

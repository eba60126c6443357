"""Which column of its query a fetched value is from, if all queries that it may be from agree."""

from __future__ import annotations

from typing import Dict, List, Optional

import libcst as cst

from mosaic_lint.facts.fetched import Fetched
from mosaic_lint.facts.file import File
from mosaic_lint.facts.row_kinds import RowKind
from mosaic_lint.facts.runs import Runs
from mosaic_lint.facts.sql import SqlQuery, queries_of
from mosaic_lint.sql.json_types import Output
from mosaic_lint.sql.select_list import SelectList, select_list
from mosaic_lint.sql.temporary import unhidden

_NOTHING = Output("")


class QueryColumns:
    """Answers for one file.

    Args:
        file: the file.
        runs: the runs that values are from.
    """

    def __init__(self, file: File, runs: Runs) -> None:
        self._file = file
        self._runs = runs
        self._queries: Optional[Dict[int, List[SqlQuery]]] = None  # by identity of the call
        self._lists: Dict[int, List[Optional[SelectList]]] = {}

    def of(self, value: Fetched) -> Output:
        """The column that a value is from; one without a type where that isn't known."""
        run = self._runs.of(value.run)
        if run.kind is RowKind.CUSTOM or not self._fits(value, run.kind):
            return _NOTHING
        columns = [_column(found, value) for call in run.calls for found in self._read(call)]
        is_json = bool(columns) and all(column.is_json_of_column for column in columns)
        return min(columns) if is_json else _NOTHING

    def _fits(self, value: Fetched, kind: RowKind) -> bool:
        """Whether rows of a kind give a column in that way."""
        if value.by_attribute:  # only known of rows that have names
            return "namedtuple" in self._file.source.text.lower()
        return isinstance(value.key, str) or kind is not RowKind.DICT

    def _read(self, call: cst.Call) -> List[Optional[SelectList]]:
        """The columns of each text that a call may run."""
        if id(call) not in self._lists:
            found = [self._select_list(query) for query in self._of_call.get(id(call), ())]
            self._lists[id(call)] = found or [None]
        return self._lists[id(call)]

    def _select_list(self, query: SqlQuery) -> Optional[SelectList]:
        if len(query.statements) != 1 or not _shows_list(query):
            return None
        schema = unhidden(self._file.schema, self._file.source.text)
        return select_list(query.statements[0], schema)

    @property
    def _of_call(self) -> Dict[int, List[SqlQuery]]:
        if self._queries is None:
            self._queries = {}
            for query in queries_of(self._file):
                if query.sink is not None:
                    self._queries.setdefault(id(query.sink.call), []).append(query)
        return self._queries


def _shows_list(query: SqlQuery) -> bool:
    """Whether all of the list of columns is seen.

    A text that is composed, or lacks what some branch adds, does so where the list is in its first
    literal: what is added follows, but for the columns that a star stands for.
    """
    statement = query.statements[0]
    if statement.is_exact:
        return True
    for index, token in enumerate(statement.tokens):
        if token.text == "*" or (index == 0 and token.text != "SELECT"):
            return False
        if token.text == "FROM" and statement.depths[index] == 0:
            return token.end < len(query.text.parts[0].text)
    return False


def _column(found: Optional[SelectList], value: Fetched) -> Output:
    if found is None or value.key is None:
        return _NOTHING
    if isinstance(value.key, int):
        return found.at(value.key) or _NOTHING
    return found.named(value.key) or _NOTHING

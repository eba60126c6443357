"""Statements that run once for each row of another query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Sequence

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.gathered import Gathered
from mosaic_lint.facts.loops import Loop, turns
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.receivers import Driver
from mosaic_lint.facts.rows import RowLoops
from mosaic_lint.facts.sinks import Sink, sinks
from mosaic_lint.facts.sqltext import Part, SqlText
from mosaic_lint.facts.texts import texts_of
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement, read
from mosaic_lint.tree import walk


@dataclass(frozen=True, eq=False)
class Repeated:
    """A statement in a loop over rows.

    Args:
        call: the call that runs it.
        query: the call that ran the query whose rows they are.
        loop: the loop.
        verb: the word that the statement begins with; empty where it isn't known.
    """

    call: cst.Call
    query: cst.Call
    loop: Loop
    verb: str


_JOINABLE = frozenset(
    ("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE",
     "CALL")
)  # fmt: skip
"""What begins statements that may be one for many rows."""
_NAMING = frozenset(("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "ONLY"))
"""Words behind which a table's name stands."""


def repeated(file: File) -> Iterator[Repeated]:
    """The fact ``Repeated``."""
    statements = [sink for sink in sinks(file) if _runs(sink)]
    looped = [sink for sink in statements if any(True for _ in turns(file.tree, sink.call))]
    if not looped:
        return
    loops = RowLoops(file, statements)
    reader = _Reader(file)
    for sink in looped:
        if sink.driver is Driver.PSYCOPG:
            for loop in turns(file.tree, sink.call):
                query = loops.query(loop)
                if query is not None:
                    if not reader.is_of_batch(sink, loop) and reader.is_joinable(sink, loop):
                        yield Repeated(sink.call, query, loop, reader.verb(sink))
                    break


def _runs(sink: Sink) -> bool:
    """Whether a call surely runs SQL on PostgreSQL, or perhaps where pandas does it."""
    if not sink.certain or sink.query is sink.call or last_name(sink.call.func) == "mogrify":
        return False
    return sink.driver in (Driver.PSYCOPG, None)


class _Reader:
    """Tells which statements in loops could be one for many rows."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._gathered = Gathered(file)

    def is_of_batch(self, sink: Sink, loop: Loop) -> bool:
        """Whether a statement runs for what several turns have gathered."""
        values = [sink.query, *([sink.parameters] if sink.parameters is not None else ())]
        return self._gathered.is_in(values, loop)

    # --- what the statement is

    def verb(self, sink: Sink) -> str:
        """The word that a statement begins with; empty where it isn't known."""
        for statement in self._statements(sink):
            return "" if HOLE in statement.word(0) else statement.word(0)
        return ""

    def is_joinable(self, sink: Sink, loop: Loop) -> bool:
        """Whether a statement may be one for many rows, or isn't known."""
        texts = texts_of(self._file).of(sink.query)
        if not texts:  # the SQL that the row itself holds is another one in each turn
            return not self._is_of_row(sink.query, loop)
        return any(
            _reads_or_writes(statement) and not self._varies(text, statement, loop)
            for text in texts
            for statement in self._read(text)
        )

    def _varies(self, text: SqlText, statement: Statement, loop: Loop) -> bool:
        """Whether a statement names another table in each turn."""
        return any(
            self._is_bound_in(loop, node)
            for part in _table_names(text, statement)
            if part.hole is not None
            for node in walk(part.hole.expression)
        )

    def _is_of_row(self, query: cst.BaseExpression, loop: Loop) -> bool:
        """Whether a query is a loop's row, or an item of it."""
        root = query
        while isinstance(root, (cst.Subscript, cst.Attribute)):
            root = root.value
        bindings = self._file.names.bindings(root) if isinstance(root, cst.Name) else []
        return bool(bindings) and all(binding.node is loop for binding in bindings)

    def _statements(self, sink: Sink) -> Iterator[Statement]:
        for text in texts_of(self._file).of(sink.query):
            yield from self._read(text)

    def _read(self, text: SqlText) -> Sequence[Statement]:
        return read(text.text, text.locate, known=self._file.lexed)

    def _is_bound_in(self, loop: Loop, node: cst.CSTNode) -> bool:
        """Whether a name gets its value in a loop."""
        return isinstance(node, cst.Name) and any(
            binding.node is loop or loop in self._tree.ancestors(binding.node)
            for binding in self._file.names.bindings(node)
        )


def _reads_or_writes(statement: Statement) -> bool:
    """Whether a statement reads or writes rows, or calls a procedure."""
    first = statement.word(0)
    return first in _JOINABLE or HOLE in first


def _table_names(text: SqlText, statement: Statement) -> Iterator[Part]:
    """The parts of a text that stand where a statement names tables."""
    for index, word in enumerate(statement.words[:-1]):
        if word in _NAMING:
            last = min(statement.name_end(index + 1), len(statement.tokens)) - 1
            yield from text.cut(statement.tokens[index + 1].start, statement.tokens[last].end)

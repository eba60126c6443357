"""Statements that run once for each row of another query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterator, Set

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.growth import growths
from mosaic_lint.facts.loops import Loop, turns
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.receivers import Driver
from mosaic_lint.facts.rows import RowLoops
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.facts.sinks import Rows, Sink, sinks
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


_JOINABLE = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE"))
"""What begins statements that may be one for many rows."""
_NAMING = frozenset(("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "ONLY"))
"""Words behind which a table's name stands."""
_BATCHES = frozenset((Rows.MANY, Rows.VALUES))


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
                    if not reader.is_apart(sink, loop) and reader.is_joinable(sink, loop):
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
        self._grown: Dict[int, Set[str]] = {}  # by identity of the loop: what grows in it
        self._counted: Dict[int, Set[str]] = {}  # and what is added to
        for growth in growths(file.tree):
            found = self._counted if isinstance(growth.node, cst.AugAssign) else self._grown
            for loop in turns(file.tree, growth.node):
                found.setdefault(id(loop), set()).add(dotted(growth.name))

    # --- whether each row costs a way to the server

    def is_apart(self, sink: Sink, loop: Loop) -> bool:
        """Whether a statement runs for several rows at once, after an error, or in a pipeline."""
        if sink.rows in _BATCHES and isinstance(sink.parameters, (cst.Name, cst.Attribute)):
            if dotted(sink.parameters) in self._grown.get(id(loop), ()):
                return True
        below: cst.CSTNode = sink.call
        is_inside = True
        for ancestor in self._tree.ancestors(sink.call):
            if isinstance(ancestor, cst.FunctionDef):
                return False
            if isinstance(ancestor, cst.With) and any(map(_is_pipeline, ancestor.items)):
                return True
            is_inside = is_inside and ancestor is not loop
            if is_inside and self._is_seldom(ancestor, below, loop):
                return True
            below = ancestor
        return False

    def _is_seldom(self, ancestor: cst.CSTNode, below: cst.CSTNode, loop: Loop) -> bool:
        """Whether a part of a statement runs for errors only, or once in several turns."""
        if isinstance(ancestor, (cst.ExceptHandler, cst.ExceptStarHandler)):
            return True
        return (
            isinstance(ancestor, cst.If)
            and below is ancestor.body
            and any(self._counts(node, loop) for node in walk(ancestor.test))
        )

    def _counts(self, node: cst.CSTNode, loop: Loop) -> bool:
        """Whether a part of a condition counts turns: ``i % 100``, ``len(batch)``, ``count``."""
        if isinstance(node, cst.BinaryOperation):
            return isinstance(node.operator, cst.Modulo)
        if isinstance(node, cst.Call) and last_name(node.func) == "len" and node.args:
            text = dotted(node.args[0].value)
            grown = (self._grown.get(id(loop), ()), self._counted.get(id(loop), ()))
            return any(text in names for names in grown)
        return isinstance(node, cst.Name) and node.value in self._counted.get(id(loop), ())

    # --- what the statement is

    def verb(self, sink: Sink) -> str:
        """The word that a statement begins with; empty where it isn't known."""
        for statement in self._statements(sink):
            return "" if HOLE in statement.word(0) else statement.word(0)
        return ""

    def is_joinable(self, sink: Sink, loop: Loop) -> bool:
        """Whether a statement may be one for many rows, or isn't known."""
        texts = texts_of(self._file).of(sink.query)
        varying = any(
            self._is_bound_in(loop, node)
            for text in texts
            for hole in text.holes
            for node in walk(hole.expression)
        )
        if not texts:  # the SQL that the row itself holds is another one in each turn
            return not self._is_of_row(sink.query, loop)
        return any(_is_joinable(statement, varying) for statement in self._statements(sink))

    def _is_of_row(self, query: cst.BaseExpression, loop: Loop) -> bool:
        """Whether a query is a loop's row, or an item of it."""
        root = query
        while isinstance(root, (cst.Subscript, cst.Attribute)):
            root = root.value
        bindings = self._file.names.bindings(root) if isinstance(root, cst.Name) else []
        return bool(bindings) and all(binding.node is loop for binding in bindings)

    def _statements(self, sink: Sink) -> Iterator[Statement]:
        for text in texts_of(self._file).of(sink.query):
            yield from read(text.text, text.locate, known=self._file.lexed)

    def _is_bound_in(self, loop: Loop, node: cst.CSTNode) -> bool:
        """Whether a name gets its value in a loop."""
        return isinstance(node, cst.Name) and any(
            binding.node is loop or loop in self._tree.ancestors(binding.node)
            for binding in self._file.names.bindings(node)
        )


def _is_pipeline(item: cst.WithItem) -> bool:
    """Whether statements are sent without waiting for each other's result, as psycopg 3 can."""
    return isinstance(item.item, cst.Call) and last_name(item.item.func) == "pipeline"


def _is_joinable(statement: Statement, varying: bool) -> bool:
    """Whether a statement reads or writes rows, of a table that is the same in each turn."""
    first = statement.word(0)
    if first not in _JOINABLE and HOLE not in first:
        return False
    return not (varying and any(_names_hole(statement, i) for i in range(len(statement.words))))


def _names_hole(statement: Statement, index: int) -> bool:
    """Whether a table's name, which isn't known, stands behind a word."""
    if statement.word(index) not in _NAMING:
        return False
    name = statement.words[index + 1 : statement.name_end(index + 1)]
    return any(HOLE in word for word in name)

"""Queries that a call runs, with what the call gives them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import FrozenSet, Iterator, List, Sequence

from mosaic_lint.facts.file import File
from mosaic_lint.facts.parameters import Given, ParameterReader, Parameters
from mosaic_lint.facts.receivers import Driver
from mosaic_lint.facts.sinks import Rows, Sink
from mosaic_lint.facts.sql import queries_of
from mosaic_lint.facts.sqltext import SqlText
from mosaic_lint.sql.percent import PSYCOPG, PSYCOPG2, Conversion, placeholders
from mosaic_lint.sql.statement import Statement


@dataclass(frozen=True, eq=False)
class SqlCall:
    """A text that a call runs.

    Args:
        file: the file.
        text: the text.
        statements: its statements.
        sink: the call.
    """

    file: File
    text: SqlText
    statements: Sequence[Statement]
    sink: Sink

    @property
    def is_psycopg(self) -> bool:
        """Whether psycopg runs the query."""
        return self.sink.driver is Driver.PSYCOPG

    @cached_property
    def parameters(self) -> Parameters:
        """What the query is given; of several rows what holds them."""
        return self.reader.read(self.sink.parameters)

    @cached_property
    def reader(self) -> ParameterReader:
        """Reads parameters of this file."""
        return ParameterReader(self.file)

    @cached_property
    def letters(self) -> FrozenSet[str]:
        """What makes a placeholder behind ``%``."""
        return PSYCOPG if self.file.settings.driver == "psycopg" else PSYCOPG2

    @cached_property
    def placeholders(self) -> List[Conversion]:
        """The placeholders in the text."""
        return placeholders(self.text.text, self.letters)

    @cached_property
    def formats(self) -> bool:
        """Whether the driver formats the text, because it is given parameters.

        Whose the connection is may be unknown, if the text is in psycopg's style.
        """
        if self.sink.rows is Rows.NONE:
            return False
        if self.parameters.optional and not self.placeholders:
            return False  # the parameters may belong to another branch's text
        given = self.parameters.given is not Given.NONE or self.sink.rows is Rows.VALUES
        known = self.is_psycopg or (self.sink.driver is None and bool(self.placeholders))
        return given and known

    @cached_property
    def is_sqlite_style(self) -> bool:
        """Whether a question mark stands for a value."""
        return any(statement.placeholders for statement in self.statements)


def calls(file: File) -> Iterator[SqlCall]:
    """The fact ``SqlCall``."""
    for query in queries_of(file):
        if query.sink is not None:
            yield SqlCall(file, query.text, query.statements, query.sink)

"""Texts of JSON that are written into columns for texts."""

from __future__ import annotations

from typing import Any, Callable, Iterator, NamedTuple, Optional, Sequence

from mosaic_lint.schema.model import Column, Schema
from mosaic_lint.sql.given import Bound, Value
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.resolve import Resolver
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.written import Writes


class Found(NamedTuple):
    """An occurrence.

    Args:
        anchor: where the JSON is made.
        column: the column's name.
        type: the column's type, as people write it.
    """

    anchor: Any
    column: str
    type: str


def json_texts(statement: Statement, schema: Callable[[], Schema]) -> Iterator[Found]:
    """All JSON that a statement's parameters bring into columns for texts.

    Args:
        statement: the statement.
        schema: gives the schema; asked when it matters.
    """
    formats = [i for i, token in enumerate(statement.tokens) if token.kind is Kind.FORMAT]
    writes: Optional[Writes] = None
    for index in formats:
        token = statement.tokens[index]
        is_row = statement.word(index - 1) == "VALUES"
        given = statement.given.fields(token, None) if is_row else statement.given.values(token)
        if not _json(given):
            continue
        if writes is None:
            writes = Writes(statement, Resolver(statement, schema))
        yield from _in_row(statement, writes, index) if is_row else _alone(writes, index, given)


def _alone(writes: Writes, index: int, given: Sequence[Bound]) -> Iterator[Found]:
    written = writes.values.get(index)
    if written is not None:
        yield from _found(writes.column(written.target), given)


def _in_row(statement: Statement, writes: Writes, index: int) -> Iterator[Found]:
    """The fields of a row that a placeholder stands for."""
    token = statement.tokens[index]
    for place, target in enumerate(writes.rows.get(index, ())):
        given = _json(statement.given.fields(token, place))
        if given:
            yield from _found(writes.column(target), given)


def _found(column: Optional[Column], given: Sequence[Bound]) -> Iterator[Found]:
    if column is not None:
        if column.type == "text":
            yield from (Found(bound.anchor, column.name, "TEXT") for bound in _json(given))
        elif column.type.startswith("character varying") and not column.type.endswith("]"):
            yield from (Found(bound.anchor, column.name, "VARCHAR") for bound in _json(given))


def _json(given: Sequence[Bound]) -> Sequence[Bound]:
    return [bound for bound in given if bound.value is Value.JSON]

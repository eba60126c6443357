"""What the code of a ``DO`` block creates."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from mosaic_lint.model import Span
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.operations import (
    AddColumn,
    AlterTable,
    CreateIndex,
    CreateTable,
    CreateThing,
    Operation,
)
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement, read

_BEFORE = frozenset(("BEGIN", "THEN", "ELSE", "LOOP"))


def created_in(block: Statement) -> Iterator[Tuple[Statement, Operation]]:
    """The statements of a block that create something, whatever they depend on.

    That a type is made only where there is none yet can't be written in another way.

    Args:
        block: a ``DO`` statement.
    """
    body = _body(block)
    if body is None:
        return
    for piece in read(block.text, start=body.start, end=body.end, in_file=True):
        statement = _creating(piece)
        if statement is not None:
            yield from ((statement, each) for each in operations(statement) if _creates(each))


def _body(block: Statement) -> Optional[Span]:
    """Where the code stands between its dollar quotes."""
    for token in block.tokens:
        if token.kind is Kind.STRING and token.text.startswith("$"):
            tag = token.text.index("$", 1) + 1
            return Span(token.start + tag, max(token.end - tag, token.start + tag))
    return None


def _creating(piece: Statement) -> Optional[Statement]:
    """The statement in a piece of code, without the words of control before it."""
    start = 0
    for index, word in enumerate(piece.words):
        if word in _BEFORE and not piece.depths[index]:
            start = index + 1
    if piece.word(start) not in ("CREATE", "ALTER"):
        return None
    return Statement(piece.text, piece.tokens[start:], in_file=True)


def _creates(operation: Operation) -> bool:
    if isinstance(operation, AlterTable):
        return all(isinstance(action, AddColumn) for action in operation.actions)
    return isinstance(operation, (CreateTable, CreateIndex, CreateThing))

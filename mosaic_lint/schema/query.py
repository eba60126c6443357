"""What the query of a view reads, as far as words tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, Tuple

from mosaic_lint.schema.names import NOT_NAMES, name_at
from mosaic_lint.schema.operations import CreateThing
from mosaic_lint.schema.reader import read_names
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement

_BEFORE_RELATION = frozenset(("FROM", "JOIN", ",", "ONLY", "(", "TABLE", "LATERAL"))
_BEFORE_STAR = frozenset(("SELECT", "DISTINCT", "ALL", ","))


def with_query(made: CreateThing, statement: Statement, start: int, end: int) -> CreateThing:
    """A view with what it reads.

    Args:
        made: the view.
        statement: the statement.
        start: the index of the first token behind the view's name.
        end: the index of the one behind its last.
    """
    sources = frozenset(_sources(statement, start, end))
    columns = frozenset(_columns(statement, start, end))
    words = read_names(statement, start, end)
    return replace(
        made,
        relations=frozenset((schema, name) for schema, name, _ in sources),
        words=words | frozenset(name for _, name, _ in sources),
        star=any(column == "*" for _, column in columns),
        sources=sources,
        columns=columns,
    )


def _sources(statement: Statement, start: int, end: int) -> Iterator[Tuple[str, str, str]]:
    """The schema, the name and the alias of whatever may be a table."""
    for index in range(start, end):
        name = name_at(statement, index)
        if name is None:
            continue
        schema, before = "", statement.word(index - 1)
        if before == ".":
            schema = name_at(statement, index - 2) or ""
        elif before not in _BEFORE_RELATION:
            continue
        yield schema, name, _alias(statement, index + 1)


def _alias(statement: Statement, index: int) -> str:
    if statement.word(index) == "AS":
        index += 1
    return "" if statement.word(index) in NOT_NAMES else name_at(statement, index) or ""


def _columns(statement: Statement, start: int, end: int) -> Iterator[Tuple[str, str]]:
    """What may be a column: what stands before its dot, and its name, or a star."""
    for index in range(start, end):
        word, before = statement.word(index), statement.word(index - 1)
        qualifier = (name_at(statement, index - 2) or "") if before == "." else ""
        if word == "*":
            if qualifier or before in _BEFORE_STAR:
                yield qualifier, word
            continue
        name = name_at(statement, index)
        if name is None or before == "::" or statement.word(index + 1) in ("(", "."):
            continue
        if before == "." or word not in NOT_NAMES or statement.tokens[index].kind is Kind.QUOTED:
            yield qualifier, name

"""What the query of a view reads for sure."""

from __future__ import annotations

from typing import Iterator, List, Set

from mosaic_lint.schema.names import Name
from mosaic_lint.schema.reader import Reader, UnreadableError
from mosaic_lint.sql.statement import Statement

_WITH_FROM = frozenset(("EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION"))


def read_relations(statement: Statement) -> Iterator[Name]:
    """The names directly behind ``FROM`` and ``JOIN``, without those of ``WITH``.

    Args:
        statement: the statement that makes the view.
    """
    own = _with_names(statement)
    for index in _sources(statement):
        reader = Reader(statement, index + 1)
        reader.take("ONLY")
        try:
            name = reader.name()
        except UnreadableError:
            continue  # what stands there is no name
        if reader.word != "(" and (name.schema or name.name not in own):
            yield name


def _sources(statement: Statement) -> Iterator[int]:
    """The indexes of ``FROM`` and ``JOIN``, but not in ``EXTRACT(year FROM day)``."""
    callers: List[str] = [""]
    for index, word in enumerate(statement.words):
        if word == "(":
            callers.append(statement.word(index - 1))
        elif word == ")" and len(callers) > 1:
            callers.pop()
        elif word == "JOIN":
            yield index
        elif word == "FROM" and callers[-1] not in _WITH_FROM:
            if statement.word(index - 1) != "DISTINCT":
                yield index


def _with_names(statement: Statement) -> Set[str]:
    """The names that stand before ``AS (``, with columns in parentheses or without."""
    found: Set[str] = set()
    if "WITH" not in statement.words:
        return found
    for index, word in enumerate(statement.words):
        if word == "AS" and statement.word(index + 1) in ("(", "MATERIALIZED", "NOT"):
            before = index - 1
            if statement.word(before) == ")":
                before = _opening(statement, before) - 1
            try:
                found.add(Reader(statement, before).name().name)
            except UnreadableError:
                continue  # the AS of something else
    return found


def _opening(statement: Statement, closing: int) -> int:
    """The index of the parenthesis that one closes."""
    depth = statement.depths[closing]
    index = closing - 1
    while index > 0 and (statement.words[index] != "(" or statement.depths[index] != depth):
        index -= 1
    return index

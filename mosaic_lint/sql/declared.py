"""Columns that DDL declares, as far as it matters whether they are BOOLEAN."""

from __future__ import annotations

from typing import Dict, Iterator, NamedTuple, Optional, Tuple

from mosaic_lint.sql.blocks import ddl_table
from mosaic_lint.sql.column_types import created_columns, items
from mosaic_lint.sql.identifiers import stored_name
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement

BOOLEAN = "boolean"
_NO_COLUMN = frozenset(
    ("PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "CONSTRAINT", "EXCLUDE", "LIKE", "INHERITS")
)


class Declared(NamedTuple):
    """A column.

    Args:
        name: as stored; empty where it isn't known.
        place: the index of its name.
        behind: the index behind its type's name.
        end: the index behind its last token.
        is_boolean: whether it is BOOLEAN.
    """

    name: str
    place: int
    behind: int
    end: int
    is_boolean: bool


def declared(statement: Statement) -> Iterator[Declared]:
    """The columns that ``CREATE TABLE`` or ``ALTER TABLE ... ADD`` declares."""
    opening = created_columns(statement) if statement.starts_with("CREATE") else None
    if opening is not None:
        yield from _in_parentheses(statement, opening)
    elif statement.starts_with("ALTER"):
        for start, end in actions(statement):
            if statement.word(start) == "ADD":
                index = start + 1 + (statement.word(start + 1) == "COLUMN")
                index += 3 * statement.follows(index, "IF", "NOT", "EXISTS")
                yield from _column(statement, index, end)


def _in_parentheses(statement: Statement, opening: int) -> Iterator[Declared]:
    starts = items(statement, opening)
    ends = [start - 1 for start in starts[1:]] + [statement.closing(opening)]
    for start, end in zip(starts, ends):
        yield from _column(statement, start, end)


def created_types(statement: Statement, opening: int) -> Tuple[Dict[str, str], bool]:
    """The types of a created table's columns, and whether it has no others.

    Args:
        statement: a ``CREATE TABLE``.
        opening: the index of the parenthesis around its columns.
    """
    found = list(_in_parentheses(statement, opening))
    types = {column.name: BOOLEAN if column.is_boolean else "" for column in found}
    is_complete = not {"LIKE", "INHERITS"} & set(statement.words) and "" not in types
    return types, is_complete


def actions(statement: Statement) -> Iterator[Tuple[int, int]]:
    """The first token of each action of ``ALTER TABLE``, and the index behind its last one."""
    name = ddl_table(statement)
    if name is None:
        return
    start = statement.name_end(name)
    start += statement.word(start) == "*"
    for index in range(start, len(statement.tokens)):
        if statement.words[index] == "," and not statement.depths[index]:
            yield start, index
            start = index + 1
    if start < len(statement.tokens):
        yield start, len(statement.tokens)


def _column(statement: Statement, index: int, end: int) -> Iterator[Declared]:
    if index >= end:
        return
    token = statement.tokens[index]
    if token.kind is Kind.WORD and token.text in _NO_COLUMN:
        return
    name = stored_name(statement.text, token) or ""
    behind = _boolean_end(statement, index + 1)
    yield Declared(name, index, behind or index + 2, end, is_boolean=behind is not None)


def _boolean_end(statement: Statement, index: int) -> Optional[int]:
    """The index behind the type BOOLEAN; ``None`` where another one starts at an index."""
    is_qualified = statement.follows(index, "PG_CATALOG", ".")
    index += 2 * is_qualified
    if index >= len(statement.tokens) or statement.word(index + 1) in ("[", "ARRAY", ".", "("):
        return None
    token = statement.tokens[index]
    written = statement.text[token.start : token.end]
    names = ("BOOL",) if is_qualified else ("BOOL", "BOOLEAN")
    plain = token.kind is Kind.WORD and token.text in names
    return index + 1 if plain or written == '"bool"' else None

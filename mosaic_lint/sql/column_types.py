"""Types of columns and casts, and which of them PostgreSQL lacks.

Each was tried on PostgreSQL 15, 16 and 18: an undefined object (42704), or a syntax error (42601)
for lengths of integers and ``UNSIGNED``.
"""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional

from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement


class ForeignType(NamedTuple):
    """An occurrence.

    Args:
        first: the index of the type's first token.
        last: the index of its last one.
        name: the type as written.
        instead: what to write.
    """

    first: int
    last: int
    name: str
    instead: str


_TYPES = {
    "DATETIME": "TIMESTAMP", "DATETIME2": "TIMESTAMP", "SMALLDATETIME": "TIMESTAMP",
    "BLOB": "BYTEA", "TINYBLOB": "BYTEA", "MEDIUMBLOB": "BYTEA", "LONGBLOB": "BYTEA",
    "BINARY": "BYTEA", "VARBINARY": "BYTEA", "IMAGE": "BYTEA", "RAW": "BYTEA",
    "TINYINT": "SMALLINT", "MEDIUMINT": "INTEGER",
    "NVARCHAR": "VARCHAR", "NVARCHAR2": "VARCHAR", "VARCHAR2": "VARCHAR",
    "CLOB": "TEXT", "NCLOB": "TEXT", "STRING": "TEXT", "NTEXT": "TEXT",
    "TINYTEXT": "TEXT", "MEDIUMTEXT": "TEXT", "LONGTEXT": "TEXT",
    "NUMBER": "NUMERIC", "ENUM": "TEXT with a CHECK", "UNIQUEIDENTIFIER": "UUID",
}  # fmt: skip
_INTEGERS = frozenset(("INTEGER", "INT", "BIGINT", "SMALLINT", "INT2", "INT4", "INT8"))
_ALL_INTEGERS = _INTEGERS | {"TINYINT", "MEDIUMINT", "BIG"}
_TABLE_CONSTRAINTS = frozenset(
    ("PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "CONSTRAINT", "EXCLUDE", "LIKE")
)
_BEFORE_NAMES = frozenset(("COLUMN", "RENAME", "ALTER", "DROP", "EXISTS", "TO", "."))
_NAMES = (Kind.WORD, Kind.QUOTED, Kind.BACKTICK)


def foreign_types(statement: Statement) -> Iterator[ForeignType]:
    """All types in a statement that PostgreSQL lacks and the project doesn't define."""
    for index in sorted({*_column_types(statement), *_cast_types(statement)}):
        found = _foreign(statement, index)
        # What the project defines is dear to know, so the types that nobody lacks come first.
        if found is not None and statement.word(index) not in statement.defined:
            yield found


def _foreign(statement: Statement, index: int) -> Optional[ForeignType]:
    word, after = statement.word(index), statement.word(index + 1)
    if index >= len(statement.tokens) or statement.tokens[index].kind is not Kind.WORD:
        return None
    if word == "UNSIGNED":
        return _made(statement, index, index + 1, "BIGINT with CHECK (column >= 0)")
    if word in _ALL_INTEGERS and "UNSIGNED" in (after, _behind_length(statement, index)):
        last = index + 1
        while statement.word(last) != "UNSIGNED":
            last += 1
        return _made(statement, index, last, "BIGINT with CHECK (column >= 0)")
    if word in _INTEGERS and after == "(" and _is_number(statement, index + 2):
        return _made(statement, index, statement.closing(index + 1), word)
    if word == "DOUBLE" and after != "PRECISION":
        return _made(statement, index, index, "DOUBLE PRECISION")
    if word == "TEXT" and after == "(" and _is_number(statement, index + 2):
        return _made(statement, index, statement.closing(index + 1), "TEXT, or VARCHAR(n)")
    if word == "FLOAT" and after == "(" and statement.word(index + 3) == ",":
        return _made(statement, index, statement.closing(index + 1), "DOUBLE PRECISION")
    if word in ("VARYING", "NATIVE") and after == "CHARACTER":
        return _made(statement, index, index + 1, "VARCHAR")
    if word in _TYPES and after != ".":
        return _made(statement, index, index, _TYPES[word])
    return None


def _made(statement: Statement, first: int, last: int, instead: str) -> ForeignType:
    last = min(last, len(statement.tokens) - 1)
    start, end = statement.tokens[first].start, statement.tokens[last].end
    return ForeignType(first, last, " ".join(statement.text[start:end].split()), instead)


def _behind_length(statement: Statement, index: int) -> str:
    if statement.word(index + 1) != "(":
        return ""
    return statement.word(statement.closing(index + 1) + 1)


def _is_number(statement: Statement, index: int) -> bool:
    return index < len(statement.tokens) and statement.tokens[index].kind is Kind.NUMBER


def _column_types(statement: Statement) -> Iterator[int]:
    """The index of each type that a column gets."""
    if statement.starts_with("CREATE"):
        opening = created_columns(statement)
        if opening is not None:
            for item in items(statement, opening):
                yield from _declared(statement, item)
    elif statement.starts_with("ALTER") and "TABLE" in statement.words[1:3]:
        for index, word in enumerate(statement.words):
            if word == "ADD" and statement.word(index - 1) not in _BEFORE_NAMES:
                yield from _declared(statement, _behind(statement, index + 1, "COLUMN"))
            elif word == "TYPE" and index > 2:
                yield index + 1


def _declared(statement: Statement, index: int) -> Iterator[int]:
    """The type behind a column's name."""
    for word in ("IF", "NOT", "EXISTS"):
        index = _behind(statement, index, word)
    if index >= len(statement.tokens) or statement.word(index) in _TABLE_CONSTRAINTS:
        return
    if (
        statement.word(index) == "KEY"
        and statement.word(index + 2) == "("
        and not _is_number(statement, index + 3)
    ):
        return  # MySQL's index
    if statement.word(index) == "[":
        yield next(i for i in (*statement.find("]"), index) if i >= index) + 1
    elif statement.tokens[index].kind in _NAMES:
        yield index + 1


def _behind(statement: Statement, index: int, word: str) -> int:
    return index + 1 if statement.word(index) == word else index


def _cast_types(statement: Statement) -> Iterator[int]:
    """The index of each type that something is cast to."""
    casts: List[int] = []  # that are open, by the depth of what is in them
    for index, word in enumerate(statement.words):
        if word == "::":
            yield index + 1
        elif word == "CAST" and statement.word(index + 1) == "(":
            casts.append(statement.depths[index] + 1)
        elif word == "AS" and casts and statement.depths[index] == casts[-1]:
            yield index + 1
        elif word == ")" and casts and statement.depths[index] < casts[-1]:
            casts.pop()


def created_columns(statement: Statement) -> Optional[int]:
    """The index of the parenthesis around the columns of ``CREATE TABLE``."""
    words = statement.words
    if "TABLE" not in words[1:4] or words[1] in ("VIRTUAL", "TRIGGER"):
        return None
    index = words.index("TABLE") + 1
    if statement.follows(index, "IF", "NOT", "EXISTS"):
        index += 3
    while index < len(words) and words[index] != "(":
        if words[index] in ("AS", "PARTITION", "OF", ";"):
            return None
        index += 1
    return index if index < len(words) else None


def items(statement: Statement, opening: int) -> List[int]:
    """The index at which each item between parentheses begins."""
    found = [opening + 1]
    depth = statement.depths[opening] + 1
    for index in range(opening + 1, statement.closing(opening)):
        if statement.words[index] == "," and statement.depths[index] == depth:
            found.append(index + 1)
    return [index for index in found if index < len(statement.tokens)]

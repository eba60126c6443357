"""Types that PostgreSQL lacks, and what is written in their place."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.together import check_together, in_case_of
from mosaic_lint.sql.column_types import ForeignType
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement

_NAMES: Dict[str, str] = {
    "DATETIME": "TIMESTAMP", "DATETIME2": "TIMESTAMP", "SMALLDATETIME": "TIMESTAMP",
    "BLOB": "BYTEA", "TINYBLOB": "BYTEA", "MEDIUMBLOB": "BYTEA", "LONGBLOB": "BYTEA",
    "BINARY": "BYTEA", "VARBINARY": "BYTEA", "IMAGE": "BYTEA", "RAW": "BYTEA",
    "TINYINT": "SMALLINT", "MEDIUMINT": "INTEGER",
    "INTEGER": "INTEGER", "INT": "INT", "BIGINT": "BIGINT", "SMALLINT": "SMALLINT",
    "INT2": "INT2", "INT4": "INT4", "INT8": "INT8",
    "NVARCHAR": "VARCHAR", "NVARCHAR2": "VARCHAR", "VARCHAR2": "VARCHAR",
    "VARYING": "VARCHAR", "NATIVE": "VARCHAR",
    "CLOB": "TEXT", "NCLOB": "TEXT", "STRING": "TEXT", "NTEXT": "TEXT", "TEXT": "TEXT",
    "TINYTEXT": "TEXT", "MEDIUMTEXT": "TEXT", "LONGTEXT": "TEXT",
    "NUMBER": "NUMERIC", "DOUBLE": "DOUBLE PRECISION", "FLOAT": "DOUBLE PRECISION",
    "UNIQUEIDENTIFIER": "UUID",
}  # fmt: skip
_UNSIGNED = {
    "TINYINT": "SMALLINT", "SMALLINT": "INTEGER", "INT2": "INTEGER", "MEDIUMINT": "INTEGER",
}  # fmt: skip
"""Types that hold all that an unsigned integer may be; of the others BIGINT does."""
_INTEGERS = frozenset(
    ("TINYINT", "SMALLINT", "MEDIUMINT", "INT", "INTEGER", "BIGINT", "INT2", "INT4", "INT8")
)
_MEASURED = {"TIMESTAMP": 1, "VARCHAR": 1, "NUMERIC": 2}
"""Types that take numbers in parentheses, and how many."""


class Retyped(NamedTuple):
    """The repair of a type.

    Args:
        name: what is written.
        changes: the changes.
    """

    name: str
    changes: Changes


def retyped(statement: Statement, found: ForeignType, site: Site) -> Retyped:
    """Write PostgreSQL's type.

    Args:
        statement: the statement.
        found: the type.
        site: the place of the finding.

    Raises:
        Declined: no type is exact.
    """
    name, behind = _plain(statement, found.first)
    first, last = statement.tokens[found.first], statement.tokens[behind - 1]
    if statement.word(behind) == "(":
        closing = statement.closing(behind)
        if closing >= len(statement.tokens):
            raise Declined("its parentheses aren't closed")
        if statement.word(closing - 1) == "MAX":
            name = "TEXT"
        if not _keeps_numbers(statement, behind, closing, name):
            last = statement.tokens[closing]
        behind = closing + 1
    if statement.word(behind) == "UNSIGNED":
        name = _unsigned(statement.word(found.first), name)
        last = statement.tokens[behind]
    name = in_case_of(statement, found.first, name)
    check_together(statement, (first, last), site)
    return Retyped(name, statement.change(name, first, last))


def _plain(statement: Statement, index: int) -> Tuple[str, int]:
    """PostgreSQL's name of the type that starts at an index, and the index behind its words."""
    word, after = statement.word(index), statement.word(index + 1)
    if word == "UNSIGNED":
        if after == "BIG":
            return "BIGINT", index + 2 + (statement.word(index + 2) in _INTEGERS)
        return _unsigned(after, "BIGINT"), index + 1 + (after in _INTEGERS)
    if word == "BIG":
        return "BIGINT", index + 1 + (after in _INTEGERS)
    if word not in _NAMES:
        raise Declined("no type of PostgreSQL's is the same")
    return _NAMES[word], index + 1 + (word in ("VARYING", "NATIVE"))


def _unsigned(word: str, name: str) -> str:
    """The type for an unsigned one."""
    if word in _INTEGERS:
        return _UNSIGNED.get(word, "BIGINT")
    return name


def _keeps_numbers(statement: Statement, opening: int, closing: int, name: str) -> bool:
    """Whether the new type takes what stands in parentheses."""
    inside = statement.tokens[opening + 1 : closing]
    numbers = [token for token in inside if token.kind is Kind.NUMBER or token.text == HOLE]
    is_plain = all(token in numbers or token.text == "," for token in inside)
    return is_plain and 0 < len(numbers) <= _MEASURED.get(name, 0)

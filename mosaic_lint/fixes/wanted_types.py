"""Which type a value must have where it stands in a statement, as far as the schema tells."""

from __future__ import annotations

from typing import Callable, Optional

from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.compared import Comparisons
from mosaic_lint.sql.resolve import Reference, Resolver
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.written import Writes

_TEXTS = ("text", "character varying", "character(", "bpchar", "citext", "name")
_SHORT = {
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
    "time without time zone": "time",
}


def wanted_type(statement: Statement, index: int, schema: Callable[[], Schema]) -> str:
    """The type of the column that a value is compared with or written to.

    Args:
        statement: the statement.
        index: the index of the value's token.
        schema: gives the schema.

    Returns:
        The type as it is written in a cast; empty where it isn't known for sure.
    """
    resolver = Resolver(statement, schema)
    compared = Comparisons(statement, resolver).of(index)
    column = compared.column if compared is not None else _between(statement, index, resolver)
    if column is not None:
        found = resolver.type_of(column) or ""
    else:
        writes = Writes(statement, resolver)
        written = writes.values.get(index)
        found = writes.type_of(written.target) if written is not None else ""
    return _SHORT.get(found, found)


def _between(statement: Statement, index: int, resolver: Resolver) -> Optional[Reference]:
    """The column of ``column BETWEEN ... AND value``."""
    depth = statement.depths[index]
    if statement.word(index - 1) != "AND":
        return None
    for position in range(index - 2, 0, -1):
        if statement.depths[position] == depth and statement.word(position) in ("AND", "BETWEEN"):
            if statement.word(position) == "AND":
                return None
            return resolver.reference_to(position - 1 - (statement.word(position - 1) == "NOT"))
    return None


def is_text(type: str) -> bool:
    """Whether values of a type are texts.

    Args:
        type: as :func:`wanted_type` says.
    """
    return type.startswith(_TEXTS) and not type.endswith("]")

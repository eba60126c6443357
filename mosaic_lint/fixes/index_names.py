"""The names of indexes that fixes write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, Optional, Sequence

from mosaic_lint.schema.model import Index, Origin, Schema
from mosaic_lint.schema.names import (
    MAX_BYTES,
    NOT_NAMES,
    PUBLIC,
    chosen,
    cut,
    joined,
    made,
    quoted,
    shown,
)
from mosaic_lint.schema.operations import CreateIndex

_NOWHERE = Origin("", 1, 1)
_WORD = re.compile(r"[^\W\d][\w$]*")
_RELATIONS = frozenset(("view", "materialized view", "sequence", "foreign table"))


def spelled(name: str) -> str:
    """A name as a statement has to write it; small letters of any alphabet need no quotes."""
    if _WORD.fullmatch(name) and name == name.lower() and name.upper() not in NOT_NAMES:
        return name
    return quoted(name)


@dataclass(frozen=True)
class Holder:
    """What has a name.

    Args:
        name: the name, without its schema.
        origin: where it is declared.
        index: the index, if it is one.
    """

    name: str
    origin: Origin
    index: Optional[Index] = None


def default_name(made_by: CreateIndex) -> str:
    """The name that PostgreSQL gives an index without one, if nothing has it yet."""
    return made(made_by.table.name, joined(made_by.labels), "idx")


def free_name(schema: Schema, table: str, columns: Sequence[str]) -> str:
    """A name for a new index: ``idx_table_column``, or that with a number behind it.

    Args:
        schema: what is known of the database.
        table: the table as the schema shows it.
        columns: the index's columns.
    """
    within, _, name = table.rpartition(".")
    wanted = cut("_".join(("idx", name, *columns)))
    if holder(schema, within or PUBLIC, wanted) is None:
        return wanted

    def is_taken(candidate: str) -> bool:
        return holder(schema, within or PUBLIC, candidate) is not None

    numbered = (_numbered(wanted, number) for number in range(2, 1_000))
    free = next((candidate for candidate in numbered if not is_taken(candidate)), "")
    return free or chosen(name, joined(columns), "idx", is_taken)


def _numbered(name: str, number: int) -> str:
    room = MAX_BYTES - len(str(number)) - 1
    return name.encode("utf-8")[:room].decode("utf-8", "ignore") + f"_{number}"


def holder(schema: Schema, within: str, name: str) -> Optional[Holder]:
    """What has a name among the tables, views and indexes of one of the database's schemas.

    Args:
        schema: what is known of the database.
        within: the name of the database's schema.
        name: the name.

    Returns:
        The thing; ``None`` where nothing is known to have the name.
    """
    return next((found for found in _holders(schema, within) if found.name == name), None)


def _holders(schema: Schema, within: str) -> Iterator[Holder]:
    prefix = shown(within, "")
    for thing in schema.things:
        if thing.kind in _RELATIONS and _is_in(thing.name, prefix):
            yield Holder(thing.name[len(prefix) :], thing.origin)
    for table in schema:
        if _is_in(table.name, prefix):
            origin = table.origins[0] if table.origins else _NOWHERE
            yield Holder(table.name[len(prefix) :], origin)
            yield from (Holder(key.name, key.origin) for key in table.keys)
            yield from (Holder(index.name, index.origin, index) for index in table.indexes)


def _is_in(name: str, prefix: str) -> bool:
    """Whether a name that the schema shows is one of those with this prefix, or with none."""
    return name.startswith(prefix) if prefix else "." not in name

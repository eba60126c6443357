"""What a query reads: tables and the like by name, with their columns."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.schema.model import Table
from mosaic_lint.sql.json_types import JSON_TYPES, Output

Columns = Tuple[Optional[Output], ...]
"""Columns in order; ``None`` stands for any number of unknown ones."""


class Source(NamedTuple):
    """What stands in FROM, or what a statement changes.

    Args:
        name: by which its columns are qualified.
        columns: its columns.
    """

    name: str
    columns: Columns


class From(NamedTuple):
    """All that a query reads.

    Args:
        sources: in order.
        is_merged: whether columns of two of them become one, by USING or NATURAL.
    """

    sources: Sequence[Source] = ()
    is_merged: bool = False

    def look(self, names: Sequence[str]) -> Optional[Output]:
        """The column that a name means; a name that two tables have would be refused."""
        wanted = names[-2] if len(names) > 1 else None
        found = [
            column
            for source in self.sources
            if wanted is None or source.name == wanted
            for column in source.columns
            if column is not None and column.name == names[-1]
        ]
        return found[0] if len(found) == 1 else None

    def all(self, name: Optional[str]) -> Columns:
        """What ``*`` or ``name.*`` stands for."""
        if name is None and self.is_merged:
            return (None,)
        found = [s.columns for s in self.sources if name is None or s.name == name]
        return tuple(column for columns in found for column in columns) if found else (None,)


def columns_of(table: Table) -> Iterator[Output]:
    """The columns of a table, as a query gets them."""
    for column in table.columns:
        if column.type in JSON_TYPES:
            yield Output(column.name, column.type, f"{table.name}.{column.name}")
        else:
            yield Output(column.name)

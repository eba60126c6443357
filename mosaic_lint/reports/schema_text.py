"""The schema as text: each table with what is known of it, where that is stated, and doubts."""

from __future__ import annotations

from typing import Iterator, List, Tuple

from mosaic_lint.reports.results import printable
from mosaic_lint.schema.model import Column, ForeignKey, Index, Origin, Schema, Table

_Row = Tuple[str, str]
"""What is known, and where it is stated."""


def render(schema: Schema) -> str:
    """All tables in the order of their names, then what else there is."""
    blocks = [_table(table) for table in sorted(schema, key=lambda table: table.name)]
    things = [(f"{thing.kind} {thing.name}", _place(thing.origin)) for thing in schema.things]
    if things:
        blocks.append(_aligned(things, ""))
    return "\n".join(blocks) or "no tables are declared\n"


def _table(table: Table) -> str:
    heading = f"{printable(table.name)}{'' if table.is_sure else '  (not known for sure)'}\n"
    rows = [*_declarations(table), *_columns(table), *_keys(table)]
    rows += [(_index(index), _place(index.origin)) for index in table.indexes]
    rows += [(_foreign_key(key), _place(key.origin)) for key in table.foreign_keys]
    rows += [(f"doubt: {doubt.reason}", _place(doubt.origin)) for doubt in table.doubts]
    rows += [(f"may have more: {added.reason}", _place(added.origin)) for added in table.additions]
    return heading + _aligned(rows, "    ")


def _declarations(table: Table) -> Iterator[_Row]:
    if not table.origins:
        yield "doubt: no CREATE TABLE declares it", ""
    for origin in table.origins:
        yield "declared", _place(origin)


def _columns(table: Table) -> Iterator[_Row]:
    width = max((len(column.name) for column in table.columns), default=0)
    for column in table.columns:
        yield f"{column.name:{width}}  {_column(column)}", _place(column.origin)


def _column(column: Column) -> str:
    parts = [column.type]
    if column.not_null:
        parts.append("not null")
    if column.generated:
        parts.append("generated")
    elif column.default is not None:
        parts.append(f"default {' '.join(column.default.split())}")
    return " ".join(parts)


def _keys(table: Table) -> Iterator[_Row]:
    for key in table.keys:
        kind = "primary key" if key.primary else "unique"
        yield f"{kind} ({', '.join(key.columns)})  {key.name}", _place(key.origin)


def _index(index: Index) -> str:
    columns = ", ".join("(expression)" if name is None else name for name in index.columns)
    kind = "unique index" if index.unique else "index"
    partial = " where ..." if index.partial else ""
    return f"{kind} using {index.method} ({columns}){partial}  {index.name}"


def _foreign_key(key: ForeignKey) -> str:
    target = f"{key.target} ({', '.join(key.target_columns)})" if key.target_columns else key.target
    return f"foreign key ({', '.join(key.columns)}) to {target}  {key.name}"


def _place(origin: Origin) -> str:
    return f"{origin.path}:{origin.line}:{origin.column}"


_WIDEST = 60
"""How far to the right the places stand; longer lines push theirs."""


def _aligned(rows: List[_Row], margin: str) -> str:
    shown = [(printable(text), printable(place)) for text, place in rows]
    width = max((len(text) for text, _ in shown if len(text) <= _WIDEST), default=0)
    return "".join(f"{margin}{text:{width}}  {place}".rstrip() + "\n" for text, place in shown)

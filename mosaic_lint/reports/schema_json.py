"""The schema as JSON, for programs. Keys are only ever added."""

from __future__ import annotations

import json
from typing import Any, Dict

from mosaic_lint.schema.model import Column, ForeignKey, Index, Key, Origin, Schema, Table


def render(schema: Schema) -> str:
    """An object with all tables in the order of their names, and what else there is."""
    tables = sorted(schema, key=lambda table: table.name)
    things = [
        {"kind": thing.kind, "name": thing.name, "origin": _origin(thing.origin)}
        for thing in schema.things
    ]
    shown = {"tables": [_table(table) for table in tables], "things": things}
    return json.dumps(shown, indent=2, ensure_ascii=False) + "\n"


def _table(table: Table) -> Dict[str, Any]:
    return {
        "name": table.name,
        "is_sure": table.is_sure,
        "origins": [_origin(origin) for origin in table.origins],
        "columns": [_column(column) for column in table.columns],
        "keys": [_key(key) for key in table.keys],
        "indexes": [_index(index) for index in table.indexes],
        "foreign_keys": [_foreign_key(key) for key in table.foreign_keys],
        "doubts": [
            {"reason": doubt.reason, "origin": _origin(doubt.origin)} for doubt in table.doubts
        ],
        "additions": [
            {"reason": added.reason, "origin": _origin(added.origin)} for added in table.additions
        ],
    }


def _column(column: Column) -> Dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "not_null": column.not_null,
        "default": column.default,
        "generated": column.generated,
        "origin": _origin(column.origin),
    }


def _key(key: Key) -> Dict[str, Any]:
    return {
        "name": key.name,
        "columns": list(key.columns),
        "primary": key.primary,
        "origin": _origin(key.origin),
    }


def _index(index: Index) -> Dict[str, Any]:
    return {
        "name": index.name,
        "columns": list(index.columns),
        "unique": index.unique,
        "partial": index.partial,
        "method": index.method,
        "origin": _origin(index.origin),
    }


def _foreign_key(key: ForeignKey) -> Dict[str, Any]:
    return {
        "name": key.name,
        "columns": list(key.columns),
        "target": key.target,
        "target_columns": list(key.target_columns),
        "origin": _origin(key.origin),
    }


def _origin(origin: Origin) -> Dict[str, Any]:
    return {"path": origin.path, "line": origin.line, "column": origin.column}

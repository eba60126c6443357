"""A schema as plain values, for a cache on disk."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from mosaic_lint.schema.model import (
    Column,
    Doubt,
    ForeignKey,
    Index,
    Key,
    Origin,
    Schema,
    Table,
    Thing,
    schema_of,
)


def to_plain(schema: Schema) -> Dict[str, Any]:
    """A schema as lists, texts and numbers, as JSON has them."""
    paths: Dict[str, int] = {}

    def origin(place: Origin) -> List[int]:
        return [paths.setdefault(place.path, len(paths)), place.line, place.column]

    tables = [
        [
            table.name,
            [
                [c.name, c.type, c.not_null, c.default, c.generated, origin(c.origin), c.retyped]
                for c in table.columns
            ],
            [[k.name, list(k.columns), k.primary, origin(k.origin)] for k in table.keys],
            [
                [i.name, list(i.columns), i.unique, i.partial, i.method, origin(i.origin)]
                for i in table.indexes
            ],
            [
                [f.name, list(f.columns), f.target, list(f.target_columns), origin(f.origin)]
                for f in table.foreign_keys
            ],
            [[doubt.reason, origin(doubt.origin)] for doubt in table.doubts],
            [origin(place) for place in table.origins],
            table.is_ordered,
        ]
        for table in schema
    ]
    things = [[thing.kind, thing.name, origin(thing.origin)] for thing in schema.things]
    return {"paths": list(paths), "tables": tables, "things": things}


def from_plain(plain: Dict[str, Any]) -> Schema:
    """The schema of what :func:`to_plain` gave.

    Args:
        plain: the values.

    Raises:
        ValueError: they aren't such values.
    """
    try:
        return _schema(plain)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a stored schema: {error!r}") from error


def _schema(plain: Dict[str, Any]) -> Schema:
    paths = plain["paths"]

    def origin(place: Sequence[int]) -> Origin:
        path, line, column = place
        return Origin(paths[path], line, column)

    tables: Dict[str, Table] = {}
    for name, columns, keys, indexes, foreign_keys, doubts, origins, ordered in plain["tables"]:
        tables[name] = Table(
            name,
            tuple(Column(n, t, null, d, g, origin(o), r) for n, t, null, d, g, o, r in columns),
            tuple(Key(n, tuple(c), primary, origin(o)) for n, c, primary, o in keys),
            tuple(Index(n, tuple(c), u, p, m, origin(o)) for n, c, u, p, m, o in indexes),
            tuple(
                ForeignKey(n, tuple(c), target, tuple(t), origin(o))
                for n, c, target, t, o in foreign_keys
            ),
            tuple(Doubt(reason, origin(place)) for reason, place in doubts),
            tuple(origin(place) for place in origins),
            ordered,
        )
    things = tuple(Thing(kind, name, origin(place)) for kind, name, place in plain["things"])
    return schema_of(tables, things)

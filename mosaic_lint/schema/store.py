"""A schema as plain values, for a cache on disk."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, Iterator, List, Mapping, Sequence

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
)

_PARTS = 9  # of a table


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
                [
                    i.name,
                    list(i.columns),
                    i.unique,
                    i.partial,
                    i.method,
                    origin(i.origin),
                    i.is_plain,
                ]
                for i in table.indexes
            ],
            [
                [f.name, list(f.columns), f.target, list(f.target_columns), origin(f.origin)]
                for f in table.foreign_keys
            ],
            [[doubt.reason, origin(doubt.origin)] for doubt in table.doubts],
            [origin(place) for place in table.origins],
            table.is_ordered,
            [[added.reason, origin(added.origin)] for added in table.additions],
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
    paths = [str(path) for path in plain["paths"]]
    tables = _Tables({table[0]: table for table in plain["tables"]}, paths)
    if any(len(table) != _PARTS for table in plain["tables"]):
        raise ValueError("a table has other parts")
    things = tuple(
        Thing(kind, name, _origin(paths, place)) for kind, name, place in plain["things"]
    )
    return Schema(tables, things)


def _origin(paths: Sequence[str], place: Sequence[int]) -> Origin:
    path, line, column = place
    return Origin(paths[path], line, column)


class _Tables(Mapping[str, Table]):
    """Tables of which each is made when somebody asks for it: a file needs few of hundreds.

    Args:
        plain: the tables as plain values, by name.
        paths: the files to whose numbers their origins refer.
    """

    def __init__(self, plain: Dict[str, List[Any]], paths: Sequence[str]) -> None:
        self._plain = plain
        self._paths = paths
        self._made: Dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._made:
            self._made[name] = self._table(*self._plain[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self._plain)

    def _table(
        self,
        name: str,
        columns: Any,
        keys: Any,
        indexes: Any,
        foreign_keys: Any,
        doubts: Any,
        origins: Any,
        is_ordered: bool,
        additions: Any,
    ) -> Table:
        origin = partial(_origin, self._paths)
        return Table(
            name,
            tuple(Column(n, t, null, d, g, origin(o), r) for n, t, null, d, g, o, r in columns),
            tuple(Key(n, tuple(c), primary, origin(o)) for n, c, primary, o in keys),
            tuple(
                Index(n, tuple(c), u, p, m, origin(o), plain) for n, c, u, p, m, o, plain in indexes
            ),
            tuple(
                ForeignKey(n, tuple(c), target, tuple(t), origin(o))
                for n, c, target, t, o in foreign_keys
            ),
            tuple(Doubt(reason, origin(place)) for reason, place in doubts),
            tuple(origin(place) for place in origins),
            is_ordered,
            tuple(Doubt(reason, origin(place)) for reason, place in additions),
        )

"""Random migrations and rollbacks over few names, so that they often meet each other."""

from __future__ import annotations

from random import Random
from typing import Callable, List

from tests.server.rollback_pairs import Pair

_TABLES = ("cooks", "shifts", "kitchen.cooks", '"Menu"')
_COLUMNS = ("id", "name", "phone")
_VIEWS = ("plan", "kitchen.plan", "best")
_TYPES = ("course", "kitchen.course", "price")
_SEQUENCES = ("numbers", "kitchen.numbers")
_INDEXES = ("by_name", "by_id", "kitchen.by_name")
_BEFORE = "CREATE SCHEMA kitchen;\n"


class Generator:
    """Writes scripts.

    Args:
        seed: the same seed gives the same scripts.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def pair(self) -> Pair:
        """What was run before, a migration and a rollback."""
        before = _BEFORE + self._script(self._random.randint(0, 4), [self._create])
        migration = self._script(self._random.randint(2, 8), [self._create] * 4 + [self._change])
        rollback = self._script(self._random.randint(1, 7), [self._drop] * 6 + [self._change])
        if self._random.random() < 0.15:
            migration = f"SET search_path TO kitchen, public;\n{migration}"
        return Pair("random", before, migration, rollback, ())

    def _script(self, length: int, writers: List[Callable[[], str]]) -> str:
        return "".join(f"{self._random.choice(writers)()};\n" for _ in range(length))

    def _one(self, *choices: str) -> str:
        return self._random.choice(choices)

    def _maybe(self, text: str) -> str:
        return self._one(text, "")

    # What is created

    def _create(self) -> str:
        return self._random.choice(
            [self._table, self._table, self._table, self._column, self._column, self._view,
             self._type, self._sequence, self._index, self._index, self._key]
        )()  # fmt: skip

    def _table(self) -> str:
        name = self._one(*_TABLES)
        kind = self._one("", "", "", "", "TEMP ")
        guard = self._maybe("IF NOT EXISTS ")
        if kind and "." in name:
            kind = ""
        form = self._one("columns", "columns", "columns", "query", "like", "heir")
        if form == "query":
            return f"CREATE {kind}TABLE {guard}{name} AS SELECT * FROM {self._one(*_TABLES)}"
        if form == "like":
            return f"CREATE {kind}TABLE {guard}{name} (LIKE {self._one(*_TABLES)} INCLUDING ALL)"
        if form == "heir" and not kind:
            parent = self._one(*_TABLES)
            return f"CREATE TABLE {guard}{name} (stars INT) INHERITS ({parent})"
        columns = [f"id {self._one('SERIAL', 'INT')} PRIMARY KEY", f"name {self._type_name()}"]
        if self._random.random() < 0.4 and not kind:
            columns.append(f"cook_id INT REFERENCES {self._one(*_TABLES)}")
        if self._random.random() < 0.2:
            columns.append(f"n INT DEFAULT nextval('{self._one(*_SEQUENCES)}')")
        return f"CREATE {kind}TABLE {guard}{name} ({', '.join(columns)})"

    def _type_name(self) -> str:
        return self._one("TEXT", "TEXT", "INT", *_TYPES) + self._one("", "", "[]")

    def _column(self) -> str:
        guard = self._maybe("IF NOT EXISTS ")
        column = f"{self._one(*_COLUMNS)} {self._type_name()}"
        return f"ALTER TABLE {self._one(*_TABLES)} ADD {self._maybe('COLUMN ' + guard)}{column}"

    def _view(self) -> str:
        what = self._one("VIEW", "OR REPLACE VIEW", "MATERIALIZED VIEW")
        source = self._one(*_TABLES, *_VIEWS)
        columns = self._one("*", "id", "1 AS id", "a.id, count(*)")
        rest = self._one("", "", f", {self._one(*_TABLES)} b", " WHERE id > 0")
        if "count" in columns:
            rest = " GROUP BY a.id"
        return f"CREATE {what} {self._one(*_VIEWS)} AS SELECT {columns} FROM {source} a{rest}"

    def _type(self) -> str:
        name = self._one(*_TYPES)
        kind = self._one("TYPE {} AS ENUM ('x')", "TYPE {} AS (a INT)", "DOMAIN {} AS TEXT")
        return "CREATE " + kind.format(name)

    def _sequence(self) -> str:
        owner = self._one("", "", "", f" OWNED BY {self._one(*_TABLES)}.id")
        return f"CREATE SEQUENCE {self._maybe('IF NOT EXISTS ')}{self._one(*_SEQUENCES)}{owner}"

    def _index(self) -> str:
        what = self._one(*_COLUMNS, "lower(name)", "id, name", "id) INCLUDE (phone")
        where = self._one("", "", " WHERE phone IS NOT NULL")
        name = self._one("by_name ", "by_id ", "IF NOT EXISTS by_id ", "")
        return f"CREATE INDEX {name}ON {self._one(*_TABLES)} ({what}){where}"

    def _key(self) -> str:
        return (
            f"ALTER TABLE {self._one(*_TABLES)} ADD FOREIGN KEY ({self._one(*_COLUMNS)}) "
            f"REFERENCES {self._one(*_TABLES)}{self._maybe(' (id)')}"
        )

    # What is changed and dropped

    def _change(self) -> str:
        table = self._one(*_TABLES)
        return self._one(
            f"ALTER TABLE {table} RENAME TO {self._one('cooks', 'shifts', 'chefs')}",
            f"ALTER TABLE {table} RENAME {self._one(*_COLUMNS)} TO {self._one('phone', 'mail')}",
            f"ALTER TABLE {table} SET SCHEMA {self._one('kitchen', 'public')}",
            f"ALTER INDEX {self._one(*_INDEXES)} RENAME TO by_mail",
            f"ALTER TYPE {self._one(*_TYPES)} RENAME TO costs",
            f"ALTER TABLE {table} ALTER COLUMN name TYPE TEXT",
            f"ALTER TABLE {table} ALTER COLUMN n DROP DEFAULT",
            f"ALTER SEQUENCE {self._one(*_SEQUENCES)} OWNED BY {table}.id",
            f"ALTER SEQUENCE {self._one(*_SEQUENCES)} OWNED BY NONE",
            f"ALTER VIEW {self._one(*_VIEWS)} RENAME TO plans",
            "ALTER SCHEMA kitchen RENAME TO cellar",
            self._drop(),
        )

    def _drop(self) -> str:
        end = self._one("", "", " CASCADE", " RESTRICT")
        guard = self._maybe("IF EXISTS ")
        table = self._one(*_TABLES, "chefs")
        return self._one(
            f"DROP TABLE {guard}{table}{end}",
            f"DROP TABLE IF EXISTS {table}, {self._one(*_TABLES)}{end}",
            f"ALTER TABLE {table} DROP COLUMN {guard}{self._one(*_COLUMNS, 'mail')}{end}",
            f"DROP INDEX {guard}{self._one(*_INDEXES, 'by_mail', 'cooks_name_idx')}{end}",
            f"DROP VIEW {guard}{self._one(*_VIEWS, 'plans')}{end}",
            f"DROP MATERIALIZED VIEW {guard}{self._one(*_VIEWS)}{end}",
            f"DROP TYPE {guard}{self._one(*_TYPES, 'costs')}{end}",
            f"DROP DOMAIN {guard}{self._one(*_TYPES)}{end}",
            f"DROP SEQUENCE {guard}{self._one(*_SEQUENCES)}{end}",
            f"ALTER TABLE {table} DROP CONSTRAINT {guard}{self._one('cooks', 'shifts')}_id_fkey",
            f"DROP SCHEMA {guard}{self._one('kitchen', 'cellar')}{end}",
        )

"""Random DDL: most of it right, some of it refused."""

from __future__ import annotations

from random import Random
from typing import Callable, List, Optional, Sequence

from mosaic_lint.schema.model import Schema, Table

_TYPES = (
    "int", "INTEGER", "bigint", "int8", "smallint", "text", "varchar(20)", "CHARACTER VARYING (7)",
    "char", "char(3)", "bpchar", "numeric", "numeric(10)", "DECIMAL(10, 2)", "boolean", "bool",
    "timestamptz", "timestamp(3)", "timestamp with time zone", "time", "timetz(2)", "date",
    "interval", "interval year to month", "interval second(2)", "uuid", "json", "jsonb", "bytea",
    "float", "float(24)", "float(25)", "real", "double precision", "bit", "bit(4)", "bit varying",
    "varbit(3)", "int[]", "text ARRAY", "varchar(5)[][]", '"char"', "inet", "money", "int4range",
    "pg_catalog.int4", "name", "xml", "national char(2)",
)  # fmt: skip
_INTEGERS = ("int", "integer", "int4")
_COLUMNS = ("a", "b", "c", "d", '"E f"', "Value", "type", "name", "id")
_TABLES = ("t", "u", "V", '"Mixed Case"', "other.w", "orders", "t_a")


class Generator:
    """Makes statements for a state of the schema.

    Args:
        random: decides.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._schema = Schema()

    def statement(self, schema: Schema) -> str:
        """The next statement.

        Args:
            schema: what there is.
        """
        self._schema = schema
        make = self._random.choices(
            (self._create, self._alter, self._index, self._drop, self._other), (4, 9, 4, 2, 3)
        )[0]
        return make()

    def _pick(self, values: Sequence[str]) -> str:
        return self._random.choice(values)

    def _chance(self, percent: int) -> bool:
        return self._random.randrange(100) < percent

    def _maybe(self, text: str, percent: int) -> str:
        return text if self._chance(percent) else ""

    def _existing(self) -> Optional[Table]:
        tables = [table for table in self._schema if table.is_sure]
        return self._random.choice(tables) if tables and self._chance(93) else None

    def _written(self, table: Optional[Table]) -> str:
        if table is None:
            shown = {name: name.strip('"') if '"' in name else name.lower() for name in _TABLES}
            free = [name for name in _TABLES if self._schema.table(shown[name]) is None]
            return self._pick(free or ("nothing",))
        if table.name.startswith("other."):
            return f'other."{table.name[6:]}"'
        return f'public."{table.name}"' if self._chance(20) else f'"{table.name}"'

    def _column(self, table: Optional[Table]) -> str:
        if table is not None and table.columns and self._chance(90):
            return f'"{self._random.choice(table.columns).name}"'
        return self._pick(_COLUMNS)

    def _some(self, table: Optional[Table], count: int) -> str:
        if table is not None and len(table.columns) >= count and self._chance(90):
            chosen = self._random.sample(table.columns, count)
            return ", ".join(f'"{column.name}"' for column in chosen)
        return ", ".join(self._random.sample(_COLUMNS, count))

    def _create(self) -> str:
        columns = self._random.sample(_COLUMNS, self._random.randrange(1, 6))
        parts = [self._definition(column) for column in columns]
        if self._chance(40):
            count = self._random.randrange(1, min(3, len(columns)) + 1)
            named = ", ".join(self._random.sample(columns, count))
            parts.append(self._table_constraint(named, count))
        guard = self._maybe("IF NOT EXISTS ", 40)
        return f"CREATE TABLE {guard}{self._pick(_TABLES)} ({', '.join(parts)})"

    def _definition(self, column: str) -> str:
        draw = self._random.randrange(100)
        if draw < 15:
            return f"{column} {self._pick(('serial', 'BIGSERIAL', 'serial2'))}{self._key(60)}"
        if draw < 25:
            kind = self._pick(("ALWAYS", "BY DEFAULT"))
            return f"{column} bigint GENERATED {kind} AS IDENTITY{self._key(60)}"
        if draw < 45:
            reference = self._reference() if self._chance(50) else ""
            return f"{column} {self._pick(_INTEGERS)}{reference}{self._key(25)}"
        if draw < 55:
            default = self._pick(("0", "NULL", self._next(), self._next(), "-1", "(1 + 2)"))
            return (
                f"{column} {self._pick(_INTEGERS)} DEFAULT {default}{self._maybe(' NOT NULL', 30)}"
            )
        if draw < 60:
            return f"{column} text CHECK ({column} <> ''){self._maybe(' NOT NULL', 30)}"
        constraints = self._maybe(" NOT NULL", 30) + self._maybe(" UNIQUE", 8)
        return f"{column} {self._type()}{constraints}"

    def _type(self) -> str:
        own = [x.name for x in self._schema.things if x.kind in ("type", "domain")]
        if own and self._chance(20):
            name = self._random.choice(own)
            return (name if "." in name else f"public.{name}") + self._maybe("[]", 20)
        return self._pick(_TYPES)

    def _next(self) -> str:
        names = [thing.name for thing in self._schema.things if thing.kind == "sequence"]
        return f"nextval('public.{self._random.choice(names)}')" if names else "0"

    def _key(self, percent: int) -> str:
        if not self._chance(percent):
            return ""
        return self._pick((" PRIMARY KEY", " PRIMARY KEY", " UNIQUE", " UNIQUE PRIMARY KEY"))

    def _reference(self) -> str:
        table = self._existing()
        if table is None:
            return ""
        written = self._written(table)
        written = written if "." in written else f"public.{written}"
        tail = self._pick(("", " ON DELETE CASCADE", " ON UPDATE NO ACTION DEFERRABLE"))
        keys = [key for key in table.keys if len(key.columns) == 1]
        if not keys or self._chance(20):
            return f" REFERENCES {written}{tail}"
        column = self._random.choice(keys).columns[0]
        types = {column.name: column.type for column in table.columns}
        if types.get(column) not in ("integer", "bigint", "smallint"):
            return ""
        return f' REFERENCES {written} ("{column}"){tail}'

    def _table_constraint(self, columns: str, count: int) -> str:
        name = self._maybe(f"CONSTRAINT {self._pick(('k1', 'k2', 'k3'))} ", 30)
        kind = self._pick(("UNIQUE", "UNIQUE", "PRIMARY KEY", "CHECK"))
        if kind == "CHECK":
            first = columns.split(", ")
            text = " AND ".join(f"{column} IS NOT NULL" for column in first)
            return f"{name}CHECK ({text})"
        return f"{name}{kind} ({columns})"

    def _alter(self) -> str:
        table = self._existing()
        guard = self._maybe("IF EXISTS ", 20)
        head = f"ALTER TABLE {guard}{self._maybe('ONLY ', 10)}{self._written(table)}"
        if self._chance(30):
            return f"{head} {self._rename(table)}"
        count = 2 if self._chance(25) else 1
        return f"{head} {', '.join(self._action(table) for _ in range(count))}"

    def _rename(self, table: Optional[Table]) -> str:
        draw = self._random.randrange(10)
        if draw < 5:
            word = self._maybe("COLUMN ", 50)
            return f"RENAME {word}{self._column(table)} TO {self._pick(_COLUMNS)}"
        if draw < 7:
            return f"RENAME TO {self._pick(('t', 'u', 'v', 'w', 'x'))}"
        if draw < 8:
            return f"SET SCHEMA {self._pick(('other', 'public'))}"
        return f"RENAME CONSTRAINT {self._constraint(table)} TO {self._pick(('k1', 'k4', 'k5'))}"

    def _constraint(self, table: Optional[Table]) -> str:
        found = [] if table is None else [x.name for x in (*table.keys, *table.foreign_keys)]
        if found and self._chance(90):
            return f'"{self._random.choice(found)}"'
        return self._pick(("k1", "k2", "k3", "nothing"))

    def _action(self, table: Optional[Table]) -> str:
        makers: List[Callable[[Optional[Table]], str]] = [
            self._add_column, self._add_column, self._drop_column, self._alter_column,
            self._alter_column, self._add_constraint, self._drop_constraint,
        ]  # fmt: skip
        return self._random.choice(makers)(table)

    def _add_column(self, table: Optional[Table]) -> str:
        guard = self._maybe("IF NOT EXISTS ", 30)
        word = "COLUMN " if guard else self._maybe("COLUMN ", 60)
        return f"ADD {word}{guard}{self._definition(self._pick(_COLUMNS))}"

    def _drop_column(self, table: Optional[Table]) -> str:
        guard = self._maybe("IF EXISTS ", 30)
        cascade = self._maybe(" CASCADE", 40)
        return f"DROP COLUMN {guard}{self._column(table)}{cascade}"

    def _alter_column(self, table: Optional[Table]) -> str:
        column = self._column(table)
        tail = self._pick(
            ("SET NOT NULL", "DROP NOT NULL", "DROP DEFAULT", "DROP IDENTITY IF EXISTS",
             "TYPE text USING NULL", "SET DATA TYPE varchar(9)",
             "ADD GENERATED ALWAYS AS IDENTITY", "DROP IDENTITY")
        )  # fmt: skip
        return f"ALTER COLUMN {column} {tail}"

    def _add_constraint(self, table: Optional[Table]) -> str:
        if table is not None and table.indexes and self._chance(30):
            index = self._random.choice(table.indexes).name
            kind = self._pick(("PRIMARY KEY", "UNIQUE"))
            name = self._maybe("CONSTRAINT k6 ", 50)
            return f'ADD {name}{kind} USING INDEX "{index}"'
        count = self._random.randrange(1, 3)
        if self._chance(30):
            reference = self._reference()
            key = f"FOREIGN KEY ({self._integer(table)}){reference}"
            return f"ADD {key if reference else 'CHECK (true)'}"
        return f"ADD {self._table_constraint(self._some(table, count), count)}"

    def _integer(self, table: Optional[Table]) -> str:
        names = [c.name for c in (table.columns if table else ()) if c.type == "integer"]
        return f'"{self._random.choice(names)}"' if names else "nothing"

    def _drop_constraint(self, table: Optional[Table]) -> str:
        guard = self._maybe("IF EXISTS ", 30)
        return f"DROP CONSTRAINT {guard}{self._constraint(table)}{self._maybe(' CASCADE', 30)}"

    def _index(self) -> str:
        table = self._existing()
        # Whether words in an expression are columns, the linter can't tell.
        columns = [c for c in (table.columns if table else ()) if c.type not in ("json", "xml")]
        names = [f'"{column.name}"' for column in columns]
        column, other = (self._pick(names or _COLUMNS) for _ in range(2))
        texts = [c.name for c in (table.columns if table else ()) if c.type == "text"]
        text = f'"{texts[0]}"' if texts else "'x'"
        number = self._integer(table)
        count = self._random.randrange(1, 4)
        items = self._pick(
            (self._some(table, count), self._some(table, 1), f"{column} DESC NULLS LAST",
             f"({column} IS NULL), {self._column(table)}", f"coalesce({column}, {column})",
             f"lower({text}::text)", f"({text} || 'x'), {number}", f"({column})",
             f"num_nulls({column}, {other})", f"{column}, {column}")
        )  # fmt: skip
        unique = self._maybe("UNIQUE ", 40)
        guard = self._maybe("IF NOT EXISTS ", 30)
        name = self._pick(("i1", "i2", "i3", "I4", "t_a_key")) + " "
        name = guard + name if guard or self._chance(50) else ""
        is_hash = self._chance(5) and not unique
        items = number if is_hash else items
        method = "USING hash " if is_hash else self._maybe("USING btree ", 15)
        include = self._maybe(f" INCLUDE ({self._column(table)})", 10) if not is_hash else ""
        where = self._maybe(f" WHERE {other} IS NOT NULL", 20)
        on = f"{self._written(table)} {method}({items})"
        return f"CREATE {unique}INDEX {name}ON {on}{include}{where}"

    def _drop(self) -> str:
        table = self._existing()
        cascade = self._maybe(" CASCADE", 40)
        guard = self._maybe("IF EXISTS ", 40)
        if self._chance(50) and table is not None and (table.indexes or table.keys):
            name = self._random.choice((*table.indexes, *table.keys)).name
            schema = "other." if table.name.startswith("other.") else ""
            return f'DROP INDEX {guard}{schema}"{name}"{cascade}'
        other = self._existing()
        others = "" if None in (table, other) else self._maybe(f", {self._written(other)}", 15)
        return f"DROP TABLE {guard}{self._written(table)}{others}{cascade}"

    def _other(self) -> str:
        table = self._existing()
        view = self._pick(("view1", "view2", "other.view3"))
        cascade = self._maybe(" CASCADE", 50)
        read, owner = f"SELECT 1 AS {view[-5:]}", "NONE"
        if table is not None and table.columns:
            owner = f'{self._written(table)}."{table.columns[0].name}"'
            name = self._random.choice(table.columns).name
            read = (
                self._pick((f'SELECT "{name}"', "SELECT x.*")) + f" FROM {self._written(table)} x"
            )
        return self._pick(
            ("CREATE TYPE mood AS ENUM ('sad', 'happy')", "CREATE DOMAIN positive AS int",
             "CREATE TYPE other.state AS ENUM ('on', 'off')", f"DROP TYPE mood{cascade}",
             f"DROP DOMAIN IF EXISTS positive{cascade}", "ALTER TYPE mood RENAME TO temper",
             "ALTER TYPE temper RENAME TO mood", "CREATE SEQUENCE IF NOT EXISTS counter",
             f"DROP SEQUENCE IF EXISTS counter{cascade}", f"DROP VIEW IF EXISTS {view}{cascade}",
             "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm'",
             "ALTER SEQUENCE counter RENAME TO c2",
             "ALTER TABLE i1 RENAME TO i5", "ALTER INDEX i2 RENAME TO i1",
             "SET search_path TO other",
             f"CREATE OR REPLACE VIEW {view} AS SELECT 1 AS one",
             "CREATE SCHEMA IF NOT EXISTS other", f"DROP VIEW {view}{cascade}",
             f"ALTER SEQUENCE counter OWNED BY {owner}",
             f"CREATE VIEW {view} AS {read}", f"CREATE VIEW {view} AS {read}",
             f"CREATE MATERIALIZED VIEW IF NOT EXISTS mat AS {read}",
             f"DROP MATERIALIZED VIEW IF EXISTS mat{cascade}", "RESET search_path",
             f"COMMENT ON TABLE {self._written(table)} IS 'x'", "SET search_path = public, other")
        )  # fmt: skip

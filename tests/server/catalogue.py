"""A schema as both a real server and the linter can tell it, so that the two can be compared."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Set, Tuple

from mosaic_lint.schema.builder import SchemaBuilder
from mosaic_lint.schema.model import Origin, Schema, Table
from mosaic_lint.sql.statement import Statement, read
from mosaic_lint.sqlfile import statements as spans

Shape = Dict[str, Any]
"""What is told of a table, by what it is."""

_OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_t%%'"
_SHOWN = "CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END"
_COLUMNS = f"""
SELECT c.oid, {_SHOWN}, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.atthasdef AND a.attgenerated = '',
       a.attidentity <> '' OR a.attgenerated <> ''
       OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE '%%nextval(%%', false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND {_OWN}
ORDER BY c.oid, a.attnum
"""
_NAMES = """
(SELECT array_agg(a.attname ORDER BY k.place) FROM unnest({keys}) WITH ORDINALITY k (number, place)
 JOIN pg_attribute a ON a.attrelid = {relation} AND a.attnum = k.number)::text[]
"""
_CONSTRAINTS = f"""
SELECT o.conrelid, o.contype::text, o.conname,
       {_NAMES.format(keys="o.conkey", relation="o.conrelid")},
       o.confrelid, {_NAMES.format(keys="o.confkey", relation="o.confrelid")}
FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid JOIN pg_namespace n
ON n.oid = c.relnamespace WHERE o.contype IN ('p', 'u', 'f') AND {_OWN}
"""
_INDEXES = f"""
SELECT i.indrelid, x.relname, i.indisunique, i.indpred IS NOT NULL, m.amname,
       (SELECT array_agg(a.attname ORDER BY k.place)
        FROM unnest(i.indkey::int[]) WITH ORDINALITY k (number, place)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        AND k.number <> 0 WHERE k.place <= i.indnkeyatts)::text[]
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_am m ON m.oid = x.relam JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_OWN} AND c.relkind IN ('r', 'p') AND NOT EXISTS (
    SELECT FROM pg_constraint o WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))
"""
_THINGS = f"""
SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
       ELSE CASE WHEN EXISTS (
           SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')
       ) THEN 'owned sequence' ELSE 'sequence' END END, {_SHOWN}
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE {_OWN} AND c.relkind IN ('v', 'm', 'S')
UNION ALL
SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, format_type(t.oid, NULL)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE {_OWN} AND (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c')
"""


def on_server(cursor: Any) -> Tuple[Dict[str, Shape], Set[Tuple[str, str]]]:
    """The tables and the other things that a server has."""
    names: Dict[int, str] = {}
    tables: Dict[str, Shape] = {}
    cursor.execute("SHOW search_path")
    path = cursor.fetchone()[0]
    cursor.execute("SET search_path = public")
    cursor.execute(_COLUMNS.replace("%%", "%"))
    for number, name, *column in cursor.fetchall():
        names[number] = name
        shape = tables.setdefault(name, _shape())
        if column[0] is not None:
            shape["columns"].append(tuple(column))
    cursor.execute(_CONSTRAINTS.replace("%%", "%"))
    for number, kind, name, columns, target, target_columns in cursor.fetchall():
        shape = tables[names[number]]
        if kind == "f":
            shape["foreign keys"].add((name, tuple(columns), names[target], tuple(target_columns)))
        else:
            shape["keys"].add((name, tuple(columns), kind == "p"))
    cursor.execute(_INDEXES.replace("%%", "%"))
    for number, name, unique, partial, method, columns in cursor.fetchall():
        shape = tables[names[number]]
        shape["indexes"].add((name, tuple(columns), unique, partial, method))
    cursor.execute(_THINGS.replace("%%", "%"))
    things = set(cursor.fetchall())
    cursor.execute(f"SET search_path = {path}")
    return tables, things


def _shape() -> Shape:
    return {"columns": [], "keys": set(), "indexes": set(), "foreign keys": set()}


def of_linter(table: Table, schema: Schema) -> Shape:
    """The same of a table as the linter knows it."""
    shape = _shape()
    shape["columns"] = [
        (c.name, c.type, c.not_null, c.default is not None, c.generated) for c in table.columns
    ]
    shape["keys"] = {(key.name, key.columns, key.primary) for key in table.keys}
    shape["indexes"] = {
        (index.name, index.columns, index.unique, index.partial, index.method)
        for index in table.indexes
    }
    shape["foreign keys"] = {
        (key.name, key.columns, key.target, key.target_columns or _primary(schema, key.target))
        for key in table.foreign_keys
    }
    return shape


def _primary(schema: Schema, name: str) -> Tuple[str, ...]:
    target = schema.tables.get(name)
    keys = target.keys if target is not None else ()
    return next((key.columns for key in keys if key.primary), ())


_COMPARED = frozenset(("view", "materialized view", "sequence", "type", "domain"))


def differences(cursor: Any, schema: Schema) -> List[str]:
    """Where the linter is sure of what the server knows better."""
    tables, things = on_server(cursor)
    found = [f"{name} isn't known" for name in tables.keys() - schema.tables.keys()]
    for table in schema:
        if not table.is_sure or table.additions:
            continue
        if table.name not in tables:
            found.append(f"{table.name} isn't there")
            continue
        known, real = of_linter(table, schema), tables[table.name]
        for kind in known:
            if known[kind] != real[kind]:
                found.append(f"{table.name}: {kind}: {known[kind]}, really {real[kind]}")
    known_things = {(kind, name) for kind, name, _ in schema.things if kind in _COMPARED}
    # A sequence that belongs to a column may have been made for itself.
    known_things |= {thing for thing in things if thing[0] == "owned sequence"}
    known_things -= {("sequence", name) for kind, name in things if kind == "owned sequence"}
    if known_things != things:
        found.append(f"things: {known_things - things}, really {things - known_things}")
    return found


def run(builder: SchemaBuilder, text: str, path: str = "x.sql") -> None:
    """Run a script."""

    def origin_of(statement: Statement, index: int) -> Origin:
        return Origin(path, text.count("\n", 0, statement.tokens[index].start) + 1, 1)

    builder.run(statements(text), origin_of)


def statements(text: str) -> List[Statement]:
    """The statements of a script."""
    return [
        statement
        for start, end in spans(text)
        for statement in read(text, start=start, end=end, in_file=True)
    ]


def doubts(schema: Schema) -> Dict[str, Optional[str]]:
    """Why tables are doubtful."""
    return {
        table.name: "; ".join(d.reason for d in (*table.doubts, *table.additions)) or None
        for table in schema
    }

"""The columns that a query's result has, read from its tokens."""

from __future__ import annotations

from typing import List, Optional, Tuple

import pytest

from mosaic_lint.schema.model import Column, Origin, Schema, Table, schema_of
from mosaic_lint.sql.select_list import SelectList, select_list
from mosaic_lint.sql.statement import read

_HERE = Origin("db.sql", 1, 1)


def _table(table: str, **types: str) -> Table:
    columns = tuple(Column(n, t, False, None, False, _HERE) for n, t in types.items())
    return Table(table, columns, (), (), (), (), (_HERE,))


def _schema() -> Schema:
    tables = [
        _table("docs", id="integer", title="text", data="jsonb", raw="json"),
        _table("users", id="integer", name="text", prefs="jsonb"),
        _table("audit.log", id="integer", entry="jsonb"),
    ]
    return schema_of({table.name: table for table in tables})


def _read(sql: str) -> Optional[SelectList]:
    return select_list(read(sql)[0], _schema())


_DATA, _RAW = "docs.data", "docs.raw"

CASES: List[Tuple[str, List[Optional[str]]]] = [
    ("SELECT id, data FROM docs", ["", _DATA]),
    ("SELECT * FROM docs", ["", "", _DATA, _RAW]),
    ("select d.* from docs as d", ["", "", _DATA, _RAW]),
    ("SELECT u.*, d.data FROM users u JOIN docs d ON d.id = u.id",
     ["", "", "users.prefs", _DATA]),
    ("SELECT d.data FROM docs d LEFT JOIN unknown u ON LEFT(u.x, 1) = d.title", [_DATA]),
    ("SELECT u.*, d.data FROM unknown u, docs d", [None, _DATA]),
    ("SELECT * FROM docs JOIN users USING (id)", [None]),
    ("SELECT data FROM docs NATURAL JOIN users", [_DATA]),
    ("SELECT id FROM docs, users", [""]),
    ("SELECT data FROM unknown", [""]),
    ("SELECT data::text, CAST(data AS text), data->>'a', data#>>'{a}' FROM docs",
     ["", "", "", ""]),
    ("SELECT data->'a', data#>'{a,b}', data->'a'->-1, data->'a'->>'b' FROM docs",
     [_DATA, _DATA, _DATA, ""]),
    ("SELECT data->'a'::text, (data->'a')::text FROM docs", [_DATA, ""]),
    ("SELECT COALESCE(data, '{}'), COALESCE(data, '{}'::jsonb), COALESCE(title, 'x') FROM docs",
     [_DATA, _DATA, ""]),
    ("SELECT COALESCE(data::text, '{}'), COALESCE(data, %s) FROM docs", ["", _DATA]),
    ("SELECT data || '{}', '{}' || data, data || '{}'::text, raw || '{}' FROM docs",
     [_DATA, _DATA, "", ""]),
    ("SELECT data::jsonb, data::text::jsonb, title::jsonb, CAST(raw AS jsonb) FROM docs",
     [_DATA, "", "", _RAW]),
    ("SELECT ((data)), (d).data FROM docs d", [_DATA, ""]),
    ("SELECT data = '{}', data @> '{}', data ? 'a', data IS NULL, NOT true FROM docs",
     ["", "", "", "", ""]),
    ("SELECT title IS DISTINCT FROM 'x' AS changed, data FROM docs", ["", _DATA]),
    ("SELECT DISTINCT ON (id, title) data FROM docs", [_DATA]),
    ("SELECT DISTINCT data FROM docs", [_DATA]),
    ("SELECT jsonb_agg(data), count(*), max(id) FROM docs GROUP BY id", ["", "", ""]),
    ("SELECT (SELECT data FROM docs LIMIT 1), id FROM users", [_DATA, ""]),
    ("SELECT x.payload FROM (SELECT id, data AS payload FROM docs) AS x", [_DATA]),
    ("SELECT b FROM (SELECT id, data FROM docs) AS x (a, b)", [_DATA]),
    ("WITH x AS (SELECT data FROM docs) SELECT data FROM x", [_DATA]),
    ("WITH x (a, b) AS (SELECT id, data FROM docs), y AS (SELECT b FROM x) SELECT * FROM y",
     [_DATA]),
    ("WITH docs AS (SELECT 1 AS data) SELECT data FROM docs", [""]),
    ("WITH RECURSIVE x AS (SELECT data FROM docs UNION ALL SELECT data FROM x) SELECT data FROM x",
     [_DATA]),
    ("WITH up AS (UPDATE docs SET title = 'x' RETURNING id, data) SELECT * FROM up", ["", _DATA]),
    ("INSERT INTO docs (id, data) VALUES (1, %s) RETURNING id, data", ["", _DATA]),
    ("INSERT INTO docs AS d VALUES (1) ON CONFLICT DO NOTHING RETURNING d.data, *",
     [_DATA, "", "", _DATA, _RAW]),
    ("UPDATE docs d SET title = u.name FROM users u WHERE u.id = d.id RETURNING prefs, d.data",
     ["users.prefs", _DATA]),
    ("DELETE FROM docs WHERE id = 1 RETURNING *", ["", "", _DATA, _RAW]),
    ("DELETE FROM docs USING users u WHERE u.id = docs.id RETURNING data, u.prefs",
     [_DATA, "users.prefs"]),
    ("(SELECT data FROM docs) UNION ALL (SELECT prefs FROM users) ORDER BY 1", [_DATA]),
    ("SELECT public.docs.data FROM public.docs", [_DATA]),
    ("SELECT entry FROM audit.log", ["audit.log.entry"]),
    ("SELECT entry FROM log", [""]),
    ("SELECT data FROM ONLY docs", [_DATA]),
    ('SELECT "data" AS "Data" FROM "docs"', [_DATA]),
    ('SELECT "Data" FROM docs', [""]),
    ("SELECT data FROM docs FOR UPDATE", [_DATA]),
    ("SELECT ARRAY[data, raw], data FROM docs", ["", _DATA]),
    ("SELECT e.value FROM docs d, jsonb_each(d.data) AS e(key, value)", [""]),
    ("SELECT data FROM docs d CROSS JOIN LATERAL (SELECT 1 AS one) x", [_DATA]),
    ("SELECT data FROM (docs JOIN users ON users.id = docs.id)", [_DATA]),
    ("SELECT d AS whole, data - 'a', data['a'] FROM docs d", ["", "", ""]),
    ("SELECT CASE WHEN id = 1 THEN data END FROM docs", [""]),
    ("SELECT data AS order, id FROM docs", [_DATA, ""]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "columns"), CASES, ids=[sql for sql, _ in CASES])
def test_columns(sql: str, columns: List[Optional[str]]) -> None:
    found = _read(sql)
    assert found is not None
    shown = [c if c is None else c.column * c.is_json_of_column for c in found.columns]
    assert shown == columns


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE x (a int)", "UPDATE docs SET title = 'x'", "VALUES (1)", "SHOW work_mem"]
)
def test_no_result_that_is_read(sql: str) -> None:
    assert _read(sql) is None


def test_names() -> None:
    found = _read(
        "SELECT id, data AS d, data->'a', COALESCE(data, '{}'), data::jsonb, title t, max(id),"
        " 'x'::text, (SELECT prefs FROM users) FROM docs"
    )
    assert found is not None
    names = [column.name for column in found.columns if column is not None]
    assert names == ["id", "d", "?column?", "coalesce", "data", "t", "max", "text", "prefs"]


def test_columns_by_name_and_index() -> None:
    found = _read("SELECT d.id, u.*, d.data, d.title FROM unknown u, docs d")
    assert found is not None
    assert found.at(0) is not None
    assert found.at(1) is None  # one of the unknown table's
    assert found.at(-2) == found.named("data")
    assert found.at(-4) is None
    assert found.at(9) is None
    assert found.named("data") is not None
    assert found.named("id") is None  # the unknown table may have such a one behind it
    assert found.named("nothing") is None


def test_a_name_for_different_columns_isnt_known() -> None:
    found = _read("SELECT data AS x, title AS x FROM docs")
    assert found is not None
    assert found.named("x") is None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 5000,
        "SELECT " + "(" * 5000 + "data" + ")" * 5000 + " FROM docs",
        "SELECT " + "COALESCE(" * 3000 + "data" + ")" * 3000 + " FROM docs",
        "SELECT * FROM " + "(SELECT * FROM " * 3000 + "docs" + ") x" * 3000,
        "SELECT * FROM " + "(docs JOIN " * 3000 + "docs" + ") x" * 3000,
        "WITH " + "x AS (" * 3000,
        "WITH",
        "SELECT",
        "SELECT FROM",
        "SELECT * FROM",
        "INSERT RETURNING",
        "UPDATE RETURNING *",
        "DELETE FROM RETURNING *",
        "SELECT a AS FROM docs AS",
        "SELECT , , FROM , ,",
        "SELECT DISTINCT ON",
        "SELECT d. FROM docs d USING",
        "WITH x AS (SELECT 1",
    ],
)
def test_no_input_stops_it(sql: str) -> None:
    _read(sql)

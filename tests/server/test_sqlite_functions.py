"""What the fixes of SQLite's functions give on the server is what SQLite gave.

Each statement is run by SQLite itself, then fixed, then run by the server, with the same rows.
"""

from __future__ import annotations

import sqlite3
import time as clock
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple, Union

import pytest

from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode
from mosaic_lint.fixer import fix
from mosaic_lint.model import Safety
from mosaic_lint.source import Source

COLUMNS = (
    "id INTEGER, name TEXT, n INTEGER, price REAL, at TIMESTAMP, day DATE, noted TEXT, data {}"
)
ROWS: Sequence[Tuple[Any, ...]] = (
    (1, "anna", 3, 1.5, "2024-02-28 23:59:58", "2024-02-28", "2024-02-28 23:59:58",
     '{"a": {"b": "x"}, "n": 7, "l": [1, "two"]}'),
    (2, None, 0, 2.0, "2023-12-31 00:00:00", "2023-12-31", "2023-12-31 12:00:00", '{"a": {}}'),
    (3, "größe, l'été", None, None, None, None, None, None),
)  # fmt: skip

SURE = [
    "SELECT ifnull(name, 'none') FROM t ORDER BY id",
    "SELECT ifnull(n, 0) + 1, IFNULL(NULL, ifnull(n, 5)) FROM t ORDER BY id",
    "SELECT iif(n > 1, 'many', 'few') FROM t ORDER BY id",
    "SELECT iif(n, 1, 0), iif(name IS NULL, n, 7) FROM t ORDER BY id",
    "SELECT iif(NOT n = 3, iif(n = 0, 'zero', 'more'), 'three') || '!' FROM t ORDER BY id",
    "SELECT group_concat(n) FROM (SELECT n FROM t ORDER BY id) AS x",
    "SELECT group_concat(name, '; ') FROM (SELECT name FROM t ORDER BY id) AS x",
    "SELECT group_concat(DISTINCT n % 2) FROM t WHERE n = 3",
    "SELECT group_concat(id || ':' || n, ' ') FROM (SELECT * FROM t ORDER BY id) AS x",
    "SELECT id, group_concat(name) FROM t GROUP BY id HAVING group_concat(name) <> 'x' ORDER BY id",
    "SELECT instr(name, 'a'), instr('abc', 'c') + 1, instr(name, 'ß') FROM t ORDER BY id",
    "SELECT char(65), 'a' || char(10) || 'b', char(72, 105), lower(char(72, 105)) || '!' FROM t",
    "SELECT zeroblob(3) FROM t",
    "SELECT id FROM t WHERE likely(n > 1) OR unlikely(name IS NULL) ORDER BY id",
    "SELECT strftime('%Y-%m-%d', at), strftime('%H:%M:%S', at) FROM t ORDER BY id",
    "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', at), strftime('%d/%m/%Y 01', at) FROM t ORDER BY id",
    "SELECT strftime('%j', at), strftime('%w', at), strftime('%Y-%m-01', at) FROM t ORDER BY id",
    "SELECT CAST(strftime('%s', at) AS INTEGER) FROM t ORDER BY id",
    "SELECT CAST(strftime('%Y', at) AS INTEGER) FROM t ORDER BY id",
    "SELECT strftime('%Y-%m-%d', at, '+2 days') FROM t ORDER BY id",
    "SELECT strftime('%H', at, '-90 minutes') FROM t ORDER BY id",
    "SELECT date(day, '+1 day'), date(day, '-7 days', '+1 day') FROM t ORDER BY id",
    "SELECT date(at, '+1 day') FROM t ORDER BY id",
    "SELECT datetime('2024-02-28'), datetime('2024-02-28 12:00:00', '+1 day', '-1 hour') FROM t",
    "SELECT date('2024-02-28', '+2 days'), date('2024-02-28 23:30', '+45 minutes') FROM t",
    "SELECT julianday(at) - julianday('2024-01-01') FROM t ORDER BY id",
    "SELECT CAST(julianday(at) - julianday('2024-01-01') AS INTEGER) FROM t ORDER BY id",
    "SELECT CAST((julianday(at) - julianday('2024-01-01')) AS INTEGER) FROM t ORDER BY id",
    "SELECT CAST((julianday(at) - julianday('2024-01-01')) * 24 AS INTEGER) FROM t ORDER BY id",
    "SELECT CAST(julianday(at) - julianday('2024-01-01') + 1 AS INTEGER) FROM t ORDER BY id",
    "SELECT CAST(julianday(at) + 0.4 AS INTEGER) FROM t ORDER BY id",
    "SELECT julianday(at) FROM t ORDER BY id",
    "SELECT round(julianday(at) - julianday('2000-01-01 13:00')) FROM t ORDER BY id",
    "SELECT round(julianday(at) - julianday('2024-01-01'), 1) FROM t ORDER BY id",
    "SELECT round(avg((julianday(at) - julianday('2024-01-01')) * 24), 2) FROM t",
    "SELECT group_concat(CAST(n AS TEXT)) FROM t WHERE n = 3",
    "SELECT unixepoch(at) + 1 FROM t ORDER BY id",
    "SELECT count(*) FROM t WHERE at > datetime('2024-01-01', '-1 day')",
    "SELECT count(*) FROM t WHERE day < date('now', '-1 day')",
    "SELECT count(*) FROM t WHERE noted < datetime('now', '-1 day') AND noted < datetime('now')",
    "SELECT count(*) FROM t WHERE substr(noted, 1, 10) < date('now', '-7 days')",
    "SELECT count(*) FROM t WHERE at BETWEEN datetime('now', '-9999 days') AND datetime('now')",
    "SELECT count(*) FROM t WHERE noted BETWEEN datetime('now', '-9999 days') AND datetime('now')",
    "SELECT substr(datetime('2024-02-28', '+1 day'), 1, 10) || '!' FROM t",
    "SELECT 'at ' || datetime('2024-02-28 10:00:00'), date('2024-02-28', '+1 day') || '' FROM t",
    "SELECT count(*) FROM t WHERE ifnull(noted, datetime('now')) < datetime('now', '-1 day')",
    "SELECT ifnull(noted, date('2024-02-28', '+1 day')) FROM t ORDER BY id",
    "SELECT ifnull(at, datetime('2024-02-28 01:00:00')) FROM t ORDER BY id",
    "SELECT id FROM t WHERE datetime('2024-02-28', '+1 day') LIKE '2024-02-29%' ORDER BY id",
    "SELECT count(*) FROM t WHERE strftime('%Y-%m-%d', at) = date('2024-02-28', '+0 days')",
    "SELECT strftime('%Y', at) + 1, 60 * strftime('%H', at) FROM t ORDER BY id",
    "SELECT id FROM t WHERE n < strftime('%m', at) + 0 ORDER BY id",
    "SELECT id FROM t WHERE n > strftime('%m', at) ORDER BY id",
    "SELECT id FROM t WHERE instr(name, 'a') ORDER BY id",
    "SELECT id FROM t WHERE NOT instr(name, 'b') AND (instr(name, 'a') OR n = 0) ORDER BY id",
    "SELECT id FROM t WHERE id BETWEEN 1 AND instr(name, 'a') ORDER BY id",
    "SELECT CASE WHEN (instr(name, 'x')) THEN 1 ELSE instr(name, 'n') END FROM t ORDER BY id",
    "SELECT iif(count(*), 'some', 'none'), iif(length(max(name)), 1, 0) FROM t",
]
UNSURE = [
    "SELECT ifnull(at, 'never'), ifnull(at, noted) FROM t ORDER BY id",
    "SELECT iif(n > 1, at, '-'), ifnull(max(at), '') FROM t WHERE n >= 0 GROUP BY n, at ORDER BY n",
    "SELECT id FROM t WHERE ifnull(at, '') <> '' AND '' = ifnull(day, '') OR (ifnull(n, '') = '')",
    "SELECT instr(n, '3'), instr(name, n) FROM t ORDER BY id",
    "SELECT datetime(noted), date(noted, '+1 day'), time(noted) FROM t ORDER BY id",
    "SELECT datetime(noted, '+1 month') FROM t ORDER BY id",
    "SELECT datetime(at, 'start of month', '-1 day') FROM t ORDER BY id",
    "SELECT strftime('%Y-%m', noted), strftime('%H', noted, '+2 hours') FROM t ORDER BY id",
    "SELECT datetime(n, 'unixepoch'), datetime(86400, 'unixepoch', '+1 day') FROM t ORDER BY id",
    "SELECT date(at, 'start of month') FROM t ORDER BY id",
    "SELECT date(noted, 'start of year', '+1 month') FROM t ORDER BY id",
    "SELECT date(at, 'localtime', '-1 day'), datetime(noted, 'localtime') FROM t ORDER BY id",
    "SELECT strftime('%H:%M', at, 'localtime') FROM t ORDER BY id",
    "SELECT datetime(n, 'unixepoch', 'localtime') FROM t ORDER BY id",
    "SELECT julianday(noted) - julianday(at) FROM t ORDER BY id",
    "SELECT unicode(name), printf('%d of %s', n, name) FROM t WHERE id = 1",
    "SELECT printf('%.2f', price), 'a' || printf('%.1f', n) FROM t WHERE id < 3 ORDER BY id",
    "SELECT json_extract(data, '$.a.b'), json_extract(data, '$.l[1]') FROM t ORDER BY id",
    "SELECT id FROM t WHERE json_extract(data, '$.n') > 5 AND json_extract(data, '$.a.b') = 'x'",
    "SELECT json_extract(data, '$.n') + 1, ifnull(json_extract(data, '$.n'), 0) FROM t ORDER BY id",
    "SELECT id FROM t WHERE json_extract(data, '$.n') IN (7, 8) ORDER BY id",
    "SELECT 'is ' || json_extract(data, '$.a.b') FROM t ORDER BY id",
    "SELECT sum(json_extract(data, '$.n')), ifnull(max(json_extract(data, '$.n')), 0) FROM t",
    "SELECT length(randomblob(16)), length(randomblob(5)), length(randomblob(40)) FROM t",
    "SELECT length(hex(randomblob(16))), lower(hex(randomblob(4))) = upper('x') FROM t",
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 't'",
    "SELECT count(*) FROM sqlite_master WHERE type='table' AND name IN ('t', 'unknown')",
    "SELECT 1 FROM sqlite_master WHERE name = 't'",
]
NOW = [
    "datetime('now')",
    "datetime('now', '-1 day')",
    "datetime('now', '-7 days', '+1 hour')",
    "DATETIME('NOW', '+90 Minutes', '-1.5 hours')",
    "datetime(CURRENT_TIMESTAMP, '-30 seconds')",
    "datetime('now', '-' || 3 || ' days')",
    "datetime()",
    "date('now', '-7 days')",
    "date('now', '+1 day', '-2 days')",
    "date('now', '-36 hours')",
    "strftime('%Y-%m-%d %H:%M', 'now')",
    "strftime('%Y-%m-%dT%H:%M', 'now', '-1 day')",
    "strftime('%Y-%m-%d')",
    "strftime('%s', 'now')",
    "CAST(strftime('%s', 'now') AS INTEGER) + 60",
    "unixepoch('now', '-1 hour')",
    "unixepoch()",
    "julianday('now')",
    "julianday('now') - julianday('2024-01-01')",
    "CAST(julianday('now') - julianday('now', '-10 days') AS INTEGER)",
    "CAST((julianday('now') - julianday('2024-01-01')) * 24 AS INTEGER)",
    "julianday('now', '-1 day') - julianday('now')",
]
NOW_UNSURE = [
    "datetime('now', 'localtime')",
    "datetime('now', 'start of day')",
    "datetime('now', 'start of month', '-1 month')",
    "datetime('now', '-1 year')",
    "date('now', 'start of year')",
    "date('now', 'localtime')",
    "strftime('%Y', 'now', 'localtime')",
    "time('now')",
]


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Local time is UTC, for SQLite as for the server."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        _read_zone()
        yield
    _read_zone()


def _read_zone() -> None:
    if hasattr(clock, "tzset"):
        clock.tzset()


def fixed(sql: str, root: Path, safe_only: bool = True) -> str:
    """A statement after the safe fixes, or after all."""
    schema = root / "migrations" / "001_schema.sql"
    if not schema.exists():
        schema.parent.mkdir()
        schema.write_text(f"CREATE TABLE t ({COLUMNS.format('JSONB')});\n", encoding="utf-8")
    text = f"def run(cur):\n    cur.execute({sql!r})\n    return cur.fetchall()\n"
    config = build(root, None, check_table({"select": ["MOS204"]}, "test"), {})
    source = Source(str(root / "api" / "service.py"), text)
    result = fix(
        source,
        config,
        lambda f: f.fix is not None and not (safe_only and f.fix.safety is Safety.UNSAFE),
        Mode(strict=True),
    )
    assert not result.report.findings, [finding.unfixed for finding in result.report.findings]
    return result.report.source.text


def results(text: str, cursor: Any) -> List[Tuple[Any, ...]]:
    namespace: Dict[str, Any] = {}
    exec(compile(text, "fixed", "exec"), namespace)
    found: List[Tuple[Any, ...]] = namespace["run"](cursor)
    return found


def plain(value: Any) -> Any:
    """A value as SQLite would have given it."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            value = value.astimezone(timezone.utc)
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, (date, time)):
        return value.isoformat()[:10] if isinstance(value, date) else value.strftime("%H:%M:%S")
    if isinstance(value, memoryview):
        return bytes(value)
    return float(value) if isinstance(value, (Decimal, float, bool)) else value


def same(left: Any, right: Any) -> bool:
    left, right = plain(left), plain(right)
    if isinstance(left, float) or isinstance(right, float):
        return bool(float(left) == pytest.approx(float(right), abs=1e-6))
    return bool(left == right)


def by_sqlite(sql: str) -> List[Tuple[Any, ...]]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"CREATE TABLE t ({COLUMNS.format('TEXT')})")
        connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * 8)})", ROWS)
        return connection.execute(sql).fetchall()
    except sqlite3.OperationalError as error:
        if "no such function" in str(error):
            pytest.skip(str(error))
        raise
    finally:
        connection.close()


def filled(cursor: Any) -> None:
    cursor.execute("DROP TABLE t; SET TIME ZONE 'UTC'")
    cursor.execute(f"CREATE TABLE t ({COLUMNS.format('JSONB')})")
    cursor.executemany(f"INSERT INTO t VALUES ({', '.join(['%s'] * 8)})", ROWS)


@pytest.mark.parametrize(
    ("sql", "is_safe"), [*((sql, True) for sql in SURE), *((sql, False) for sql in UNSURE)]
)
def test_result_is_the_same(sql: str, is_safe: bool, cursor: Any, tmp_path: Path) -> None:
    expected = by_sqlite(sql)
    filled(cursor)
    found = results(fixed(sql, tmp_path, is_safe), cursor)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected):
        assert all(same(left, right) for left, right in zip(ours, theirs)), (found, expected)


def moment(value: Any) -> Union[float, Any]:
    """A point in time as a number, from whatever tells it."""
    value = plain(value)
    if not isinstance(value, str):
        return float(value)
    if value.isdigit():
        return float(value) if len(value) > 4 else value
    text = value.replace(" ", "T")
    if len(text) == 8:
        text = f"2000-01-01T{text}"
    return datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    ("call", "is_safe"),
    [*((call, True) for call in NOW), *((call, False) for call in NOW_UNSURE)],
)
def test_now_is_the_same(call: str, is_safe: bool, cursor: Any, tmp_path: Path) -> None:
    filled(cursor)
    text = fixed(f"SELECT {call}", tmp_path, is_safe)
    expected = by_sqlite(f"SELECT {call}")[0][0]
    found = results(text, cursor)[0][0]
    assert moment(found) == pytest.approx(moment(expected), abs=timedelta(seconds=90).seconds)


@pytest.mark.parametrize(
    ("sql", "params"),
    [
        ("SELECT at FROM t WHERE at > datetime('now', %s)", "('-7 days',)"),
        ("SELECT at FROM t WHERE day > date('now', %s)", "('-1 day',)"),
        ("SELECT at FROM t WHERE noted > datetime('now', '-' || %s || ' days')", "(7,)"),
        ("SELECT at FROM t WHERE at > datetime('now', %s || ' hours') AND n = %s", "(-7, 1)"),
        ("SELECT ifnull(name, %s), group_concat(n, %s) FROM t GROUP BY 1", "('x', '-')"),
        ("SELECT strftime('%%Y', at) FROM t WHERE instr(name, %s) > 0", "('a',)"),
        ("SELECT datetime(%s), datetime(%s, '-1 day')", "('2024-01-01', '2024-01-01 10:00')"),
        ("INSERT INTO t (at, noted) VALUES (datetime('now'), datetime('now')) RETURNING id", "()"),
        ("INSERT INTO t (day, noted) SELECT date('now', '+1 day'), ifnull(name, 'x') FROM t"
         " RETURNING id", "()"),
        ("UPDATE t SET noted = datetime('now', '-1 day'), at = datetime('now') RETURNING id", "()"),
        ("SELECT name FROM sqlite_master WHERE type='table' AND name=%s ORDER BY name", "('t',)"),
    ],
)  # fmt: skip
def test_parameters_stay_in_place(sql: str, params: str, cursor: Any, tmp_path: Path) -> None:
    filled(cursor)
    text = fixed(sql, tmp_path, safe_only=False)
    results(text.replace(
        ")\n    return", f", {params})\n    return"
    ), cursor)  # fmt: skip

"""Programs written for sqlite3 give the same rows on a real PostgreSQL once they are fixed."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode
from mosaic_lint.fixer import fix
from mosaic_lint.source import Source
from tests.server.connections import Connections

CODES = ["MOS101", "MOS103", "MOS104", "MOS105", "MOS201"]
HEAD = "from api.storage import get_conn\n\n\n"

# Each finds a table `item (id, name)`, in which number 1 is taken.
BOUND = {
    "up to the last use": '''
def run():
    conn = get_conn()
    cursor = conn.cursor()
    cursor.execute("INSERT INTO item (id, name) VALUES (?, ?)", (2, "b"))
    cursor.execute("""
        SELECT id, name
    FROM item ORDER BY id""")
    rows = cursor.fetchall()
    conn.commit()
    return [tuple(row) for row in rows]
''',
    "closed in a finally": """
def run():
    conn = get_conn()
    try:
        conn.execute("INSERT INTO item (id, name) VALUES (?, ?)", (2, "b"))
        conn.commit()
        return conn.execute("SELECT max(id) FROM item").fetchone()[0]
    finally:
        conn.close()
""",
    "closed on every way out": """
def run():
    found = []
    for number in (1, 2):
        conn = get_conn()
        row = conn.execute("SELECT id FROM item WHERE id = ?", (number,)).fetchone()
        if row is None:
            conn.close()
            return found
        found.append(tuple(row))
        conn.close()
    return found
""",
    "rolled back": """
def run():
    conn = get_conn()
    try:
        conn.execute("INSERT INTO item (id) VALUES (2)")
        conn.execute("INSERT INTO item (id) VALUES (1)")
    except Exception:
        conn.rollback()
        number = conn.execute("SELECT count(*) FROM item WHERE id = 2").fetchone()[0]
    finally:
        conn.close()
    return number
""",
    "rows taken lazily": """
def run():
    conn = get_conn()
    cursor = conn.execute("SELECT id, name FROM item ORDER BY id")
    pairs = ((row[1], row[0]) for row in cursor)
    found = list(pairs)
    conn.close()
    return found
""",
    "two connections, closed by hand": """
def run():
    source = get_conn()
    target = get_conn()
    source.execute("INSERT INTO item (id, name) VALUES (2, 'b')")
    for row in source.execute("SELECT id, name FROM item WHERE id > 1"):
        target.execute("INSERT INTO item (id, name) VALUES (?, ?)", row)
    target.commit()
    found = list(map(tuple, target.execute("SELECT id, name FROM item ORDER BY id")))
    source.close()
    target.close()
    return found
""",
}
ENTERED = {
    "chained": """
def run():
    with get_conn() as conn:
        conn.execute("INSERT INTO item (id, name) VALUES (?, ?)", (2, "b"))
        conn.executemany("INSERT INTO item (id) VALUES (?)", [(3,), (4,)])
        row = conn.execute("SELECT name FROM item WHERE id = ?", (2,)).fetchone()
        return row[0], [r[0] for r in conn.execute("SELECT id FROM item ORDER BY id").fetchall()]
""",
    "iterated": """
def run():
    found = []
    with get_conn() as conn:
        conn.executescript("INSERT INTO item (id) VALUES (2); INSERT INTO item (id) VALUES (3)")
        for row in conn.execute("SELECT id FROM item ORDER BY id"):
            conn.execute("UPDATE item SET name = ? WHERE id = ?", (f"n{row[0]}", row[0]))
            for inner in conn.execute("SELECT name FROM item WHERE id <= ? ORDER BY id", row):
                found.append((row[0], inner[0]))
        found.append(list(conn.execute("SELECT count(*) FROM item"))[0][0])
    return found
""",
    "several cursors at once": """
def run():
    with get_conn() as conn:
        first = conn.execute("SELECT id FROM item")
        lazy = (row[0] for row in conn.execute("SELECT name FROM item"))
        a, b = conn.execute("SELECT 1").fetchone()[0], conn.execute("SELECT 2").fetchone()[0]
        conn.execute("SELECT ?", conn.execute("SELECT 3").fetchone())
        return [tuple(row) for row in first], list(lazy), a, b
""",
    "conditions": """
def run():
    with get_conn() as conn:
        if conn.execute("SELECT id FROM item WHERE id = 9").fetchone() is None:
            if (row := conn.execute("SELECT id FROM item").fetchone()):
                changed = conn.execute("DELETE FROM item WHERE id = ?", row).rowcount
                return changed, conn.execute("SELECT count(*) FROM item").fetchone()[0]
""",
    "a generator": """
def ids():
    with get_conn() as conn:
        conn.execute("INSERT INTO item (id) VALUES (2)")
        yield from conn.execute("SELECT id FROM item ORDER BY id")
        yield conn.execute("SELECT count(*) FROM item").fetchone()


def run():
    return [tuple(row) for row in ids()]
""",
    "on one line": """
def run():
    with get_conn() as conn:
        conn.execute("INSERT INTO item (id) VALUES (2)"); conn.execute("DELETE FROM item")
        conn.execute("INSERT INTO item (id) VALUES (2)")
        for number in (3, 4): conn.execute("INSERT INTO item (id) VALUES (?)", (number,))
        if conn.execute("SELECT id FROM item WHERE id = 9").fetchone(): return None
        else: conn.executescript("DELETE FROM item WHERE id = 3; DELETE FROM item WHERE id = 9")
        return list(map(tuple, conn.execute("SELECT id FROM item ORDER BY id")))
""",
    "parts of a value": """
def run():
    with get_conn() as conn:
        found = (1,) in conn.execute("SELECT id FROM item")
        conn.execute("SELECT 2").close()
        pair = 0, *conn.execute("SELECT 3")
        changed = -conn.execute("UPDATE item SET name = 'a'").rowcount
        return found, [tuple(one) for one in pair[1:]], changed
""",
    "results under one name": """
def run():
    with get_conn() as conn:
        cur = conn.cursor()
        result = cur.execute("SELECT id, name FROM item")
        names = [column[0] for column in result.description]
        result = cur.execute("SELECT count(*) FROM item")
        return names, result.fetchone()[0]
""",
    "results of cursors": """
def run():
    with get_conn() as conn:
        cur = conn.cursor()
        cur.executescript("INSERT INTO item (id) VALUES (2)")
        row = cur.execute("SELECT count(*) FROM item").fetchone()
        found = [r[0] for r in cur.execute("SELECT id FROM item ORDER BY id")]
        for number, each in enumerate(cur.execute("SELECT id FROM item ORDER BY id")):
            found.append((number, each[0], conn.cursor().execute("SELECT 7").fetchone()[0]))
        result = cur.execute("SELECT name FROM item WHERE id = ?", (2,))
        name = result.fetchone()[0]
        return row[0], found, name, 1 + cur.execute("SELECT 8").fetchone()[0]
""",
}
PROGRAMS = {**BOUND, **ENTERED}


def sqlite_conn() -> Any:
    """A connection of sqlite3 with the same table."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(
        "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');"
        "INSERT INTO item (id) VALUES (1)"
    )
    connection.commit()
    return connection


def fixed(text: str, root: Path) -> str:
    """A program after all fixes."""
    config = build(root, None, check_table({"select": CODES}, "case"), {})
    source = Source(str(root / "case.py"), HEAD + text)
    report = fix(source, config, lambda finding: True, Mode(strict=True)).report
    assert report.findings == ()
    return report.source.text[len(HEAD) :]


def result(text: str, get_conn: Callable[[], Any]) -> Any:
    """What a program gives back."""
    namespace: Dict[str, Any] = {"get_conn": get_conn}
    exec(compile(text, "case", "exec"), namespace)
    return namespace["run"]()


@pytest.mark.parametrize("name", PROGRAMS)
def test_fixed_program_gives_the_rows_that_sqlite_gave(
    name: str, connections: Connections, tmp_path: Path
) -> None:
    before = result(PROGRAMS[name], sqlite_conn)
    assert before is not None
    assert result(fixed(PROGRAMS[name], tmp_path), connections.get_conn) == before


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_fails_without_its_fixes(name: str, connections: Connections) -> None:
    text = PROGRAMS[name].replace("?", "%s")
    with pytest.raises((AttributeError, TypeError)):
        result(text, connections.get_conn)

"""INSERT, read from its tokens."""

from __future__ import annotations

from typing import List, Optional

import pytest

from mosaic_lint.sql.changed_tables import changed_tables
from mosaic_lint.sql.identifiers import qualified_name
from mosaic_lint.sql.insertion import Insertion, Source, insertions
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement, read
from tests.growth import calls


def all_of(text: str) -> List[Insertion]:
    return [found for statement in read(text) for found in insertions(statement)]


def one_of(text: str) -> Insertion:
    (found,) = all_of(text)
    return found


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Users", "users"),
        ("GRÖSSE", "grÖsse"),  # only letters of ASCII are folded
        ('"Users"', "Users"),
        ('"a""b"', 'a"b'),
        ("public.users", "users"),
        ('"public" . Users', "users"),
        ("app.users", "app.users"),
        ("db.public.users", "users"),
        ("select", None),
        (f"{HOLE}users", None),
        (f"{HOLE}.users", None),
        ("`users`", None),
        ("[users]", None),
        ('"users', None),
        ('"a.b"', None),
        (':"users"', None),
        ("%s", None),
        ("x" * 70, "x" * 63),
        ("ä" * 40, "ä" * 31),
    ],
)
def test_name_is_as_the_server_stores_it(written: str, stored: Optional[str]) -> None:
    assert one_of(f"INSERT INTO {written} (a) VALUES (1)").table.stored == stored


def test_name_outside_of_the_statement_is_unknown() -> None:
    statement = read("INSERT INTO")[0]
    assert qualified_name(statement, 2).stored is None


def test_rows_and_columns_have_their_tokens() -> None:
    text = "INSERT INTO t AS x (a, b.c, d[1]) VALUES (f(1, 2), DEFAULT, ARRAY[1, 2]), ((3), -4, '')"
    statement = read(text)[0]
    found = one_of(text)
    assert found.alias == "x"
    assert found.columns is not None
    assert [target.name for target in found.columns] == ["a", "b", "d"]
    assert found.rows is not None
    shown = [
        [" ".join(statement.words[item.first : item.last + 1]) for item in row]
        for row in found.rows
    ]
    assert shown == [["F ( 1 , 2 )", "DEFAULT", "ARRAY [ 1 , 2 ]"], ["( 3 )", "- 4", "''"]]
    assert [item.is_default for item in found.rows[0]] == [False, True, False]


@pytest.mark.parametrize(
    ("text", "source", "rows"),
    [
        ("INSERT INTO t DEFAULT VALUES", Source.DEFAULT, None),
        ("INSERT INTO t VALUES %s", Source.VALUES, 0),
        ("INSERT INTO t VALUES (1), (2)", Source.VALUES, 2),
        ("INSERT INTO t SELECT 1", Source.QUERY, None),
        ("INSERT INTO t (SELECT 1)", Source.QUERY, None),
        ("INSERT INTO t ((TABLE s))", Source.QUERY, None),
        ("INSERT INTO t (values) VALUES (1)", Source.VALUES, 1),
        ("INSERT INTO t (a) (VALUES (1), (2))", Source.QUERY, None),
        ("INSERT INTO t WITH s AS (SELECT 1) SELECT 2", Source.QUERY, None),
        ("INSERT INTO t (a) OVERRIDING USER VALUE VALUES (1)", Source.VALUES, 1),
        ("INSERT INTO t", Source.UNKNOWN, None),
        (f"INSERT INTO t {HOLE}", Source.UNKNOWN, None),
        ("INSERT INTO t (a", Source.UNKNOWN, None),
    ],
)
def test_source_is_told(text: str, source: Source, rows: Optional[int]) -> None:
    found = one_of(text)
    assert found.source is source
    assert (None if found.rows is None else len(found.rows)) == rows


@pytest.mark.parametrize(
    ("tail", "has_conflict"),
    [
        ("VALUES (1) ON CONFLICT DO NOTHING", True),
        ("VALUES (1) on conflict (a) where a > 1 do update set a = 2", True),
        ("VALUES (1) ON CONFLICT ON CONSTRAINT c DO NOTHING", True),
        (f"VALUES (1) ON CONFLICT ({HOLE}) DO NOTHING", True),
        (f"VALUES (1) ON CONFLICT {HOLE}", True),
        ("SELECT 1 FROM s JOIN u ON conflict", False),
        ("SELECT 1 FROM s JOIN u ON conflict (x)", False),
        ("SELECT 1 FROM s JOIN u ON conflict ON CONFLICT DO NOTHING", True),
        ("VALUES ('ON CONFLICT DO NOTHING')", False),
        ('VALUES (1) RETURNING a AS "ON CONFLICT DO NOTHING"', False),
    ],
)
def test_conflict_clause_is_told(tail: str, has_conflict: bool) -> None:
    assert one_of(f"INSERT INTO t (a) {tail}").has_conflict is has_conflict


@pytest.mark.parametrize(
    ("text", "is_open"),
    [
        (f"INSERT INTO t (a) VALUES (1) {HOLE}", True),
        (f"INSERT INTO t (a) VALUES {HOLE}", True),
        (f"INSERT INTO t (a) VALUES ({HOLE})", False),
        (f"INSERT INTO t ({HOLE}) VALUES (1)", False),
        (f"INSERT INTO t (a) VALUES (1) RETURNING {HOLE}", False),
        (f"INSERT INTO t (a) (SELECT 1 FROM s WHERE {HOLE})", True),
        (f"INSERT INTO t (a) (SELECT f({HOLE}) FROM s)", False),
        ("INSERT INTO t (a) VALUES (1) {}", True),
        ("INSERT INTO t (a) VALUES (%(a)s)", False),
    ],
)
def test_unknown_part_may_hold_the_clause(text: str, is_open: bool) -> None:
    assert one_of(text).is_open is is_open


def test_long_list_that_is_cut_off_may_hold_the_clause() -> None:
    rows = ", ".join(["(1, 2)"] * 10_000)
    assert one_of(f"INSERT INTO t (a, b) VALUES {rows} ON CONFLICT DO NOTHING").is_open
    assert not one_of("INSERT INTO t (a) VALUES (1); SELECT 1").is_open
    assert not one_of("INSERT INTO t (a) VALUES (1) -- the end").is_open


def test_each_part_of_a_statement_has_its_own_clause() -> None:
    found = all_of(
        "WITH a AS (INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING RETURNING a), "
        "b AS (INSERT INTO u (a) SELECT a FROM a) INSERT INTO v (a) SELECT a FROM a"
    )
    assert [(one.table.stored, one.has_conflict) for one in found] == [
        ("t", True),
        ("u", False),
        ("v", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "GRANT INSERT ON t TO u",
        "CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION f()",
        "MERGE INTO t USING s ON TRUE WHEN NOT MATCHED THEN INSERT (a) VALUES (1)",
        "SELECT t.insert INTO x FROM t",
        "INSERT IGNORE INTO t (a) VALUES (1)",
        "SELECT 'INSERT INTO t VALUES (1)'",
    ],
)
def test_other_statements_insert_nothing(text: str) -> None:
    assert all_of(text) == []


def test_insertion_of_sqlite_is_marked() -> None:
    assert one_of("INSERT OR IGNORE INTO t VALUES (1)").is_sqlite
    assert not one_of("INSERT INTO t VALUES (1)").is_sqlite


@pytest.mark.parametrize(
    "piece",
    [
        "INSERT INTO t ",
        "(INSERT INTO t ",
        "INSERT INTO t (a) VALUES (",
        "INSERT INTO t SELECT * FROM (",
        "INSERT INTO t (a[",
        "INSERT INTO t (SELECT ARRAY[1, ",
        "TRUNCATE t, ",
        "DO $$ TRUNCATE t, ",
    ],
)
def test_work_grows_with_the_text_only(piece: str) -> None:
    def work(count: int) -> int:
        statements: List[Statement] = read(piece * count)
        return calls(lambda: _look_at(statements))

    assert work(4_000) < 12 * work(500)


def _look_at(statements: List[Statement]) -> None:
    for statement in statements:
        list(insertions(statement))
        list(changed_tables(statement))

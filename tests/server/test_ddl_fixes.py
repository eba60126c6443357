"""What the fixes of DDL write is taken by a real server, and does what it should."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Set

import pytest

from mosaic_lint.config import Config, build
from mosaic_lint.engine import check
from mosaic_lint.fixer import fix
from mosaic_lint.source import Source
from mosaic_lint.sqlfile import statements
from tests.fixture import ROOT

SETUP = """
CREATE TABLE guests (id INT PRIMARY KEY, email TEXT, "Mail" TEXT, "a b" TEXT, tags TEXT[],
    data JSONB, "user" TEXT, größe INT, "GRÖSSE" INT);
CREATE TABLE "Two Words" (id INT);
CREATE TABLE a_table_whose_name_is_so_long_that_not_all_of_it_fits_in_ (
    and_a_column_with_a_long_name INT, c INT);
CREATE TABLE "tischöööööööööööööööööööööööööööö" ("spalteääääääääääääääääääääää" INT);
CREATE SCHEMA app;
CREATE TABLE app.visits (guest INT, at TIMESTAMP);
CREATE TABLE parts (id INT) PARTITION BY RANGE (id);
"""
UNNAMED = """
CREATE INDEX ON guests (email)
CREATE UNIQUE INDEX ON guests (id, email DESC NULLS LAST)
CREATE INDEX ON guests (lower(email))
CREATE INDEX ON guests (lower(email), lower("Mail"), id)
CREATE INDEX ON guests ((email || "Mail"), upper("a b"))
CREATE INDEX ON guests ((data ->> 'x'))
CREATE INDEX ON guests ((data -> 'x'), (id + 1), ((id)))
CREATE INDEX ON guests ((email::int))
CREATE INDEX ON guests (coalesce(email, 'x'))
CREATE INDEX ON guests ((CASE WHEN id > 0 THEN 1 END))
CREATE INDEX ON guests (id, id, id)
CREATE INDEX ON guests (email COLLATE "C" text_pattern_ops)
CREATE INDEX ON guests USING gin (tags)
CREATE INDEX ON guests USING gin (to_tsvector('english', email))
CREATE INDEX ON guests ("Mail", "a b", "user")
CREATE INDEX ON guests (größe, "GRÖSSE")
CREATE INDEX ON guests (id) INCLUDE (email, "Mail")
CREATE INDEX ON guests (email) WHERE id > 1
CREATE INDEX ON "Two Words" (id)
CREATE INDEX ON a_table_whose_name_is_so_long_that_not_all_of_it_fits_in_ (and_a_column_with_a_long_name)
CREATE INDEX ON a_table_whose_name_is_so_long_that_not_all_of_it_fits_in_ (c)
CREATE INDEX ON "tischöööööööööööööööööööööööööööö" ("spalteääääääääääääääääääääää")
CREATE INDEX ON app.visits (guest)
CREATE INDEX ON ONLY app.visits (at, guest)
CREATE INDEX ON parts (id)
"""  # noqa: E501


def fixed(text: str, root: Path, *codes: str) -> str:
    """A script of a project that has nothing else, after its fixes."""
    source = Source(str(root / "db" / "fixed.sql"), text)
    result = fix(source, config(root), lambda finding: finding.code in codes)
    assert not [f for f in check(result.report.source, config(root)).findings if f.code in codes]
    return result.report.source.text


def config(root: Path) -> Config:
    """The defaults, in a project at a folder."""
    return build(root, None, {}, {})


def indexes(cursor: Any) -> Set[Any]:
    """All indexes, each with its name."""
    cursor.execute("SELECT oid, relname FROM pg_class WHERE relkind IN ('i', 'I')")
    return set(cursor.fetchall())


@pytest.mark.parametrize("statement", UNNAMED.strip().splitlines())
def test_an_index_gets_the_name_that_the_server_chooses(
    statement: str, cursor: Any, tmp_path: Path
) -> None:
    cursor.execute(SETUP)
    before = indexes(cursor)
    cursor.execute(statement)
    (chosen,) = indexes(cursor) - before
    written = fixed(f"{SETUP}{statement};", tmp_path, "MOS402").removeprefix(SETUP)
    cursor.execute(written)
    assert indexes(cursor) - before == {chosen}
    cursor.execute(f"DROP INDEX {'app.' if 'app.' in statement else ''}{quoted(chosen[1])}")
    cursor.execute(written)
    assert [name for _, name in indexes(cursor) - before] == [chosen[1]]


SEVERAL = """
CREATE INDEX ON guests (email);
CREATE INDEX ON guests (email text_pattern_ops);
CREATE INDEX ON guests (email COLLATE "C") WHERE id > 1;
CREATE INDEX ON guests (id, email);
CREATE INDEX ON guests (id, email DESC);
CREATE INDEX ON guests ((id + 1));
CREATE INDEX ON guests ((id * 2));
"""


def test_indexes_that_differ_by_more_than_columns_get_the_names_that_the_server_chooses(
    cursor: Any, tmp_path: Path
) -> None:
    cursor.execute(SETUP)
    before = indexes(cursor)
    cursor.execute(SEVERAL)
    chosen = indexes(cursor) - before
    assert len(chosen) == 7
    script = fixed(f"{SETUP}{SEVERAL}", tmp_path, "MOS402")
    written = script[script.index("CREATE INDEX") :]
    cursor.execute(written)
    assert indexes(cursor) - before == chosen
    for _, name in chosen:
        cursor.execute(f"DROP INDEX {quoted(name)}")
    cursor.execute(written)
    assert {name for _, name in indexes(cursor) - before} == {name for _, name in chosen}


def quoted(name: str) -> str:
    return f'"{name}"'


def guarded() -> List[str]:
    """The guarded forms that need nothing to be there."""
    text = (ROOT / "MOS402" / "fixes_kinds.sql.fixed").read_text(encoding="utf-8")
    found = (text[start:end] for start, end in statements(text))
    return [one for one in found if one.startswith("DROP") and "concurrently" not in one]


@pytest.mark.parametrize("statement", guarded())
def test_a_guard_lets_what_isnt_there_be_dropped(statement: str, cursor: Any) -> None:
    cursor.execute("CREATE TABLE b (id INT)")
    cursor.execute(statement)
    cursor.execute(statement)


_ACTIONS: Dict[str, str] = {
    "ALTER TABLE guests ADD extra INT, ADD COLUMN more INT": "",
    "alter table guests drop email, drop column data cascade": "",
    "ALTER TABLE guests DROP CONSTRAINT guests_pkey": "",
    "CREATE SCHEMA AUTHORIZATION current_user": "",
    "CREATE UNLOGGED TABLE hits (id INT)": "",
    "CREATE TABLE copies AS SELECT id FROM guests": "",
    "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (1) TO (2)": "",
    "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM guests WITH NO DATA": "",
    "CREATE SEQUENCE numbers START 100": "",
    "ALTER TYPE mood ADD VALUE 'calm' BEFORE 'glad'": "CREATE TYPE mood AS ENUM ('glad')",
}


@pytest.mark.parametrize("statement", _ACTIONS)
def test_a_guarded_statement_runs_twice(statement: str, cursor: Any, tmp_path: Path) -> None:
    cursor.execute(SETUP)
    cursor.execute(_ACTIONS[statement] or "SELECT 1")
    written = fixed(statement, tmp_path, "MOS402")
    assert written != statement
    cursor.execute(written)
    cursor.execute(written)


KEYS = """
CREATE TABLE houses (id INT PRIMARY KEY, "No" INT, UNIQUE (id, "No"));
CREATE TABLE one (house INT REFERENCES houses);
CREATE TABLE "Two" ("user" INT REFERENCES houses, "a ""b" INT, FOREIGN KEY ("user", "a ""b")
    REFERENCES houses (id, "No"));
CREATE TABLE three (id INT, house INT REFERENCES houses, self INT,
    FOREIGN KEY (house, id) REFERENCES houses (id, "No"));
CREATE SCHEMA app;
CREATE TABLE app.four (größe INT REFERENCES houses);
ALTER TABLE app.four ADD COLUMN "Größe" INT REFERENCES houses, ADD b INT REFERENCES houses;
CREATE TABLE five (house INT, number INT);
CREATE INDEX idx_five_house ON five (number);
ALTER TABLE five ADD FOREIGN KEY (house) REFERENCES houses;
CREATE TABLE a_table_with_a_name_of_fifty_characters_or_even_more (a_column INT REFERENCES houses);
"""
UNINDEXED = """
SELECT k.conrelid::regclass, k.conkey FROM pg_constraint k
WHERE k.contype = 'f' AND k.connamespace::regnamespace::text IN (current_schema(), 'app')
AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
    AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
"""


def test_every_foreign_key_gets_an_index_that_serves_it(cursor: Any, tmp_path: Path) -> None:
    source = Source(str(tmp_path / "migrations" / "20251103_keys.sql"), KEYS)
    result = fix(source, config(tmp_path), lambda finding: finding.code == "MOS806")
    added = set(result.report.source.text.splitlines()) - set(KEYS.splitlines())
    cursor.execute(KEYS)
    cursor.execute(UNINDEXED)
    assert len(cursor.fetchall()) == 10
    cursor.execute("".join(sorted(added)))
    cursor.execute(UNINDEXED)
    assert cursor.fetchall() == []
    count = len(indexes(cursor))
    cursor.execute("".join(sorted(added)))
    assert len(indexes(cursor)) == count


PROGRAM = """
def run(cur):
    cur.execute("CREATE TABLE IF NOT EXISTS houses (id INT PRIMARY KEY)")
    cur.execute("CREATE TABLE IF NOT EXISTS halls (house INT REFERENCES houses)")
    cur.execute('''
        CREATE TABLE IF NOT EXISTS "Inns" (
            "House" INT REFERENCES houses -- where
        )
    ''')
"""


def test_a_driver_takes_both_statements_in_one_call(cursor: Any, tmp_path: Path) -> None:
    source = Source(str(tmp_path / "db.py"), PROGRAM)
    result = fix(source, config(tmp_path), lambda finding: finding.code == "MOS806")
    assert len(result.applied) == 2
    namespace: Dict[str, Any] = {}
    exec(compile(result.report.source.text, "program", "exec"), namespace)
    namespace["run"](cursor)
    namespace["run"](cursor)
    cursor.execute(UNINDEXED)
    assert cursor.fetchall() == []

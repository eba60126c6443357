"""What the linter knows of a schema is what a real server has, after each migration."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Any, Iterator, List

import pytest

from mosaic_lint.schema.builder import SchemaBuilder, concerned
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.model import Origin, Schema
from mosaic_lint.schema.names import shown
from tests.server.catalogue import differences, doubts, run, statements
from tests.server.random_ddl import Generator

PROJECTS = sorted((Path(__file__).parent / "projects").glob("*/migrations"))
SEEDS = int(os.environ.get("MOSAIC_TEST_SEEDS", "6"))  # more of them find more
START = "CREATE SCHEMA other; CREATE SEQUENCE counter"


@pytest.fixture(scope="module")
def database(dsn: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A connection to a database of its own, in which everything is committed."""
    psycopg2 = pytest.importorskip("psycopg2")
    owner = psycopg2.connect(dsn)
    owner.autocommit = True
    name = f"mosaic_schema_{os.getpid()}"
    with owner.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection = psycopg2.connect(dsn, dbname=name)
    connection.autocommit = True
    yield connection
    connection.close()
    with owner.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")
    owner.close()


@pytest.fixture
def empty(database: Any) -> Iterator[Any]:
    """A cursor on it, with nothing there."""
    with database.cursor() as cursor:
        _clear(cursor)
        yield cursor
        _clear(cursor)


def _clear(cursor: Any) -> None:
    cursor.execute("ROLLBACK")
    cursor.execute("RESET search_path")
    cursor.execute(
        "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' "
        "AND nspname <> 'information_schema'"
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'DROP SCHEMA "{name}" CASCADE')
    cursor.execute("CREATE SCHEMA public")


@pytest.mark.parametrize("folder", PROJECTS, ids=lambda folder: folder.parent.name)
def test_project(folder: Path, empty: Any) -> None:
    builder = SchemaBuilder()
    files = sorted(folder.glob("*.sql"))
    assert len(files) >= 10
    for file in files:
        text = file.read_text(encoding="utf-8")
        for statement in statements(text):
            empty.execute(text[statement.start : statement.end])
        run(builder, text, file.name)
        empty.execute("RESET search_path")
        assert differences(empty, builder.schema()) == [], file.name


def test_projects_are_sure() -> None:
    for folder in PROJECTS:
        builder = SchemaBuilder()
        for file in sorted(folder.glob("*.sql")):
            run(builder, file.read_text(encoding="utf-8"), file.name)
        expected = (folder.parent / "doubtful.txt").read_text(encoding="utf-8").split()
        found = [name for name, reason in doubts(builder.schema()).items() if reason]
        assert sorted(found) == sorted(expected), folder.parent.name


def _cases() -> Iterator[Any]:
    text = (Path(__file__).parent / "schema_cases.sql").read_text(encoding="utf-8")
    for block in text.split("-- case: ")[1:]:
        name, _, script = block.partition("\n")
        doubtful = script.partition("-- doubtful: ")[2].partition("\n")[0].split()
        yield pytest.param(script, doubtful, "-- refused\n" in script, id=name)


@pytest.mark.parametrize(("script", "doubtful", "is_refused"), list(_cases()))
def test_case(script: str, doubtful: List[str], is_refused: bool, empty: Any) -> None:
    refused = [
        error
        for statement in statements(script)
        for error in [_execute(empty, script[statement.start : statement.end])]
        if error
    ]
    assert bool(refused) is is_refused, refused
    empty.execute("ROLLBACK")
    empty.execute("RESET search_path")
    builder = SchemaBuilder()
    run(builder, script)
    assert differences(empty, builder.schema()) == []
    found = [name for name, reason in doubts(builder.schema()).items() if reason]
    assert sorted(found) == sorted(doubtful)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_statements(seed: int, empty: Any) -> None:
    empty.execute(START)
    done: List[str] = START.split("; ")
    random = Random(seed)
    generator = Generator(random)
    for _ in range(60):
        schema = _built(done)
        text = generator.statement(schema)
        refused = _execute(empty, text)
        done.append(text)
        after = _built(done)
        found = differences(empty, after)
        assert not found, _told(done, text, refused, found)
        if refused:
            assert _is_doubted(schema, after, text), _told(done, text, refused, ["no doubt"])


def _built(texts: List[str]) -> Schema:
    """The schema after statements of one session."""
    builder = SchemaBuilder()
    found = [statement for text in texts for statement in statements(text)]
    builder.run(found, lambda statement, index: Origin("x.sql", 1, 1))
    return builder.schema()


def _execute(cursor: Any, text: str) -> str:
    import psycopg2

    try:
        cursor.execute(text)
    except psycopg2.Error as error:
        return str(error)
    return ""


def _is_doubted(before: Schema, after: Schema, text: str) -> bool:
    """Whether a statement that was refused left a trace, if it is about tables that are sure."""
    found = [operation for statement in statements(text) for operation in operations(statement)]
    names = {shown(*name[:2]) for operation in found for name in concerned(operation)}
    names |= {f"other.{name}" for name in names}
    sure = {name for name in names if before.table(name) is not None}
    is_doubtful = any(name in before.tables for name in names - sure)
    return is_doubtful or not sure or before.tables != after.tables


def _told(done: List[str], text: str, refused: str, found: List[str]) -> str:
    history = ";\n".join(done)
    return f"\n{history}\n\n{text}\n{refused}\n" + "\n".join(found)

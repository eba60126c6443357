"""A service written for SQLite, repaired by the tool alone, on a real server.

``examples/tool_library`` says by its own tests what it does. They pass on SQLite, for which it was
written; on PostgreSQL each of them fails before the repair, and passes after it.
"""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICE = ROOT / "examples" / "tool_library"
MODULES = sorted((SERVICE / "library").glob("*.py"))
FIX = ("check", "--fix", "--unsafe-fixes", "--no-cache", ".")

SQLITE_STORAGE = '''"""The library's data where it was at first."""

import os
import sqlite3


def get_conn():
    return sqlite3.connect(os.environ["LIBRARY_DSN"])
'''
SQLITE_CONFTEST = """import pytest


@pytest.fixture(autouse=True)
def database(tmp_path, monkeypatch):
    monkeypatch.setenv("LIBRARY_DSN", str(tmp_path / "library.db"))
    from library import schema

    schema.create_tables()
    schema.fill_branches()
"""
RECORDER = '''"""Writes down each error of the server."""

import os

import psycopg2
from psycopg2 import extensions

connect = psycopg2.connect


class Cursor(extensions.cursor):
    def execute(self, query, vars=None):
        return self._recorded(super().execute, query, vars)

    def executemany(self, query, vars):
        return self._recorded(super().executemany, query, vars)

    def _recorded(self, run, query, vars):
        try:
            return run(query, vars)
        except Exception as error:
            with open(os.environ["LIBRARY_ERRORS"], "a") as file:
                file.write(f"{type(error).__name__}: {error}: {query}\\n")
            raise


psycopg2.connect = lambda *args, **names: connect(*args, cursor_factory=Cursor, **names)
'''


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service after its repair."""
    folder = copied(tmp_path_factory.mktemp("fixed"))
    run = linted(folder, *FIX)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def copied(folder: Path) -> Path:
    """A copy of the service."""
    target = folder / "tool_library"
    shutil.copytree(SERVICE, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def linted(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of the command line there."""
    command = [sys.executable, "-m", "mosaic_lint", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def own_tests(
    folder: Path, dsn: str, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A run of the service's own tests."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", *arguments]
    separator = "&" if "?" in dsn else "?"
    path = "options=-csearch_path%3Dtool_library"
    variables = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LIBRARY_DSN": f"{dsn}{separator}{path}",
        **environment,
    }
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def numbers(run: subprocess.CompletedProcess[str]) -> Dict[str, int]:
    """How many tests passed, failed or had an error."""
    words: List[str] = run.stdout.strip().splitlines()[-1].replace(",", "").split()
    return {
        word.rstrip("s"): int(words[i - 1])
        for i, word in enumerate(words)
        if i and words[i - 1].isdigit()
    }


def contents(folder: Path) -> Dict[str, bytes]:
    """The service's modules."""
    return {file.name: file.read_bytes() for file in sorted((folder / "library").glob("*.py"))}


def test_service_is_as_large_as_a_real_one() -> None:
    assert sum(file.read_text().count("\n") for file in MODULES) >= 1_500


def test_service_works_on_sqlite_for_which_it_was_written(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "library" / "storage.py").write_text(SQLITE_STORAGE)
    (folder / "tests" / "conftest.py").write_text(SQLITE_CONFTEST)
    # that tables can't be created twice is a fault there, too
    run = own_tests(
        folder, "", "--deselect", "tests/test_things.py::test_tables_can_be_created_again"
    )
    assert run.returncode == 0, run.stdout


def test_every_test_fails_on_postgresql_before_the_repair(dsn: str, tmp_path: Path) -> None:
    run = own_tests(copied(tmp_path), dsn)
    assert run.returncode == 1
    assert "passed" not in numbers(run)


def test_every_test_passes_on_postgresql_after_the_repair(
    dsn: str, fixed: Path, tmp_path: Path
) -> None:
    (tmp_path / "recorder.py").write_text(RECORDER)
    errors = tmp_path / "errors"
    errors.touch()
    run = own_tests(
        fixed,
        dsn,
        "-p",
        "recorder",
        PYTHONPATH=os.pathsep.join((str(fixed), str(tmp_path))),
        LIBRARY_ERRORS=str(errors),
    )
    assert run.returncode == 0, run.stdout
    assert numbers(run)["passed"] >= 45
    assert errors.read_text() == ""


def test_every_repaired_file_compiles(fixed: Path, tmp_path: Path) -> None:
    for file in sorted((fixed / "library").glob("*.py")):
        py_compile.compile(str(file), cfile=str(tmp_path / "compiled"), doraise=True)


def test_repair_changes_every_file_and_nothing_the_second_time(fixed: Path) -> None:
    before = contents(fixed)
    unchanged = [name for name, data in contents(SERVICE).items() if before[name] == data]
    assert unchanged == ["__init__.py"]  # a docstring is all that it has
    run = linted(fixed, *FIX)
    assert run.returncode == 0, run.stdout + run.stderr
    assert contents(fixed) == before

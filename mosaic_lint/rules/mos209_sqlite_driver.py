"""MOS209: SQLite's driver, or a database of SQLite's."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.sqlite import SqliteUse
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS209",
    name="sqlite-driver",
    message="{name} is SQLite's: take a PostgreSQL connection, by psycopg",
    subscribes="SqliteUse",
    triggers=("sqlite", "ite:"),
    stage="sqlite",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def sqlite_driver(use: SqliteUse, context: Context) -> Iterator[Draft]:
    """
    What:
        A file imports `sqlite3` or `aiosqlite`, or holds a URL like `sqlite:///app.db`.

    Why:
        There is one database. Data in a second one is missing in backups, in transactions and in
        everybody else's queries, and its SQL can't be moved.

    Example:
        import sqlite3

    Instead:
        from storage import get_conn

    Fix safety:
        No fix is offered.

    Limits:
        A URL counts where a string starts with it; not in docstrings and comparisons.
    """
    yield context.report(use.anchor, name=use.name)

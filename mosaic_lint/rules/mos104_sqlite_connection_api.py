"""MOS104: sqlite3's connection API on a psycopg2 connection."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.connections import ForeignCall, Role
from mosaic_lint.fixes.connection_calls import onto_cursor
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.vocabulary import SQLITE_EXECUTING


@rule(
    code="MOS104",
    name="sqlite-connection-api",
    message="{receiver}.{name} is sqlite3's API, which a psycopg2 connection lacks: {advice}",
    subscribes="ForeignCall",
    triggers=("{connection-factories}", "psycopg2"),
    stage="connections",
    playbook="Pattern 1: database context manager",
    fix="safe",
    uncovers=("MOS103", "MOS105"),
)
def sqlite_connection_api(use: ForeignCall, context: Context) -> Iterator[Draft]:
    """
    What:
        A connection is asked for what only sqlite3's connections have: `execute`, `executemany`,
        `executescript`, `fetchone` and the like, `row_factory`, `total_changes`, `create_function`
        and so on.

    Why:
        psycopg2's connection has no such attribute; the line ends in an AttributeError. Queries go
        through a cursor.

    Example:
        with get_conn() as conn:
            row = conn.execute("SELECT 1").fetchone()

    Instead:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("SELECT 1")
            row = cursor.fetchone()

    Fix safety:
        Safe: `conn.execute(...)`, `executemany` and `executescript` become a call on a cursor, made
        before under a name that nothing else has. Where more is done with the value, as in
        `row = conn.execute(...).fetchone()` or `for row in conn.execute(...):`, the statement is
        split: it executes first, and goes on with the cursor. Statements share a cursor as long as
        none takes another one's rows away. A statement that is nothing but the call, and shares its
        line with others or stands in a class, becomes `conn.cursor().execute(...)`.

        There is no fix where the call isn't the first thing that its statement evaluates, surely
        and once: in a `while` or an `elif`, behind `and`, in the elements of a comprehension, in a
        lambda or an f-string; where other statements stand on the line; where the cursor would
        leave the block, or is asked for `lastrowid`; nor for anything but these three methods.

    Limits:
        Speaks of connections from factory blocks and `enter_context`, and of parameters annotated
        as psycopg2 connections; not of what is only named `conn`. Silent with
        `driver = "psycopg"`, whose connections have `execute`, behind `isinstance` and `hasattr`
        tests, and where the factory in this file hands out SQLite connections.
    """
    if use.role is Role.CONNECTION:
        advice = "look for psycopg2's own way"
        if use.name in SQLITE_EXECUTING:
            method = "execute" if use.name == "executescript" else use.name
            advice = f'write "cursor = {use.receiver}.cursor()" and "cursor.{method}(...)"'
        elif use.name == "row_factory":
            advice = f'pass a cursor_factory to "{use.receiver}.cursor()"'
        yield context.report(
            use.node, fix=onto_cursor, receiver=use.receiver, name=use.name, advice=advice
        )

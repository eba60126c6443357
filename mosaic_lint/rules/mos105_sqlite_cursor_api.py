"""MOS105: sqlite3's cursor API on a psycopg2 cursor."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.connections import ForeignCall, Role
from mosaic_lint.fixes.cursor_results import from_cursor
from mosaic_lint.rule import Context, Draft, rule

_FACTS = {
    "lastrowid": ("is always 0", 'write "INSERT ... RETURNING id" and fetch the row'),
    "executescript": ("doesn't exist in psycopg2", 'write "{receiver}.execute(...)"'),
}
_RETURNS_NONE = ("returns None in psycopg2", "fetch from {receiver} in a statement of its own")


@rule(
    code="MOS105",
    name="sqlite-cursor-api",
    message="{receiver}.{name} {fact}: {advice}",
    subscribes="ForeignCall",
    triggers=("{connection-factories}", "psycopg2"),
    stage="connections",
    playbook="Pattern 1: database context manager",
    fix="safe",
    uncovers=("MOS103",),
)
def sqlite_cursor_api(use: ForeignCall, context: Context) -> Iterator[Draft]:
    """
    What:
        The result of `cursor.execute(...)` is used, or a cursor is asked for `lastrowid` or
        `executescript`.

    Why:
        sqlite3's `execute` returns the cursor; psycopg2's returns None, so that a chained
        `fetchone()` ends in an AttributeError and a loop over it in a TypeError. `lastrowid` is
        silently 0, and `executescript` doesn't exist.

    Example:
        with get_conn() as conn:
            cursor = conn.cursor()
            row = cursor.execute("SELECT 1").fetchone()

    Instead:
        with get_conn() as conn:
            cursor = conn.cursor()
            cursor.execute("SELECT 1")
            row = cursor.fetchone()

    Fix safety:
        Safe: the statement is split where rows are taken of the result (`.fetchone()`, a loop, a
        comprehension, `list(...)`, `.rowcount`): it executes first, and goes on with the cursor.
        `executescript` becomes `execute`, which runs several statements as well.

        There is no fix for `lastrowid`, which takes another statement; where the result is handed
        on or compared; nor where the call isn't the first thing that its statement evaluates,
        surely and once: in a `while` or an `elif`, behind `and`, in elements of a comprehension,
        in a lambda or an f-string; or where other statements stand on the line.

    Limits:
        Speaks of cursors that surely come from such a connection or are annotated as psycopg2's.
        Awaiting the result isn't using it. Silent with `driver = "psycopg"`.
    """
    if use.role is Role.CURSOR:
        fact, advice = _FACTS.get(use.name, _RETURNS_NONE)
        yield context.report(
            use.node,
            fix=from_cursor,
            receiver=use.receiver,
            name=use.name if use.name in _FACTS else f"{use.name}()",
            fact=fact,
            advice=advice.format(receiver=use.receiver),
        )

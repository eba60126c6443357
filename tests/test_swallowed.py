"""MOS106: what it says, and what it costs."""

from __future__ import annotations

from textwrap import dedent
from typing import List

import pytest

from mosaic_lint.engine import Report
from tests.in_memory import report

HEAD = "import contextlib\nimport psycopg2\nfrom api.storage import get_conn\n"


def checked(text: str, **options: object) -> Report:
    """What the rule says of a text behind three lines of imports."""
    data = (HEAD + dedent(text).lstrip()).encode()
    return report(data, "/nowhere/api/x.py", select=["MOS106"], **options)


def messages(text: str, **options: object) -> List[str]:
    return [finding.message for finding in checked(text, **options).findings]


FAILURE = (
    "swallows the error and leaves the transaction failed, so that the statement in line"
    " {line} is refused: write {advice}"
)


def told(what: str, line: int, advice: str) -> List[str]:
    return [f"{what} {FAILURE.format(line=line, advice=advice)}"]


def test_message_names_the_connection_and_the_line_in_the_file() -> None:
    assert messages(
        """
        def not_looked_at():
            return 1

        def save():
            with get_conn() as db:
                cur = db.cursor()
                try:
                    cur.execute("INSERT INTO a VALUES (1)")
                except psycopg2.Error:
                    pass

                cur.execute("SELECT 1")
        """
    ) == told("this handler", 15, '"db.rollback()" in it')


def test_message_of_suppress() -> None:
    assert messages(
        """
        with get_conn() as conn:
            cur = conn.cursor()
            with contextlib.suppress(psycopg2.Error):
                cur.execute("INSERT INTO a VALUES (1)")
            cur.execute("SELECT 1")
        """
    ) == told("suppress", 8, '"try", and "conn.rollback()" in its handler')


def test_message_where_the_rollback_is_awaited() -> None:
    assert messages(
        """
        import psycopg

        async def save(conn: psycopg.AsyncConnection):
            try:
                await conn.execute("INSERT INTO a VALUES (1)")
            except psycopg.Error:
                pass
            await conn.execute("SELECT 1")
        """,
        driver="psycopg",
    ) == told("this handler", 11, '"await conn.rollback()" in it')


def test_message_where_the_connection_is_entered() -> None:
    assert messages(
        """
        with contextlib.ExitStack() as stack:
            conn = stack.enter_context(get_conn())
            cur = conn.cursor()
            try:
                cur.execute("INSERT INTO a VALUES (1)")
            except psycopg2.Error:
                cur.execute("SELECT 1")
        """
    ) == told("this handler", 10, '"conn.rollback()" in it')


def test_nearest_statement_is_named() -> None:
    """In the next turn, not behind the loop; in the branch that is next, not in a later one."""
    assert messages(
        """
        with get_conn() as conn:
            cur = conn.cursor()
            for row in rows:
                cur.execute("SELECT 1")
                try:
                    cur.execute("INSERT INTO a VALUES (1)")
                except psycopg2.Error:
                    continue
            cur.execute("SELECT 2")
        """
    ) == told("this handler", 7, '"conn.rollback()" in it')


def test_way_to_the_fault_is_told() -> None:
    told = checked(
        """
        with get_conn() as conn:
            cur = conn.cursor()
            try:
                cur.execute("INSERT INTO a VALUES (1)")
            except psycopg2.Error:
                pass
            cur.execute("SELECT 1")
        """
    )
    (finding,) = told.findings
    assert [(told.source.position(s.span.start).line, s.message) for s in finding.related] == [
        (7, "this statement may fail"),
        (10, "this statement is refused then"),
    ]


def test_handler_of_two_connections_is_told_once() -> None:
    assert len(
        messages(
            """
            with get_conn() as conn, get_conn() as other:
                cur, second = conn.cursor(), other.cursor()
                try:
                    cur.execute("INSERT INTO a VALUES (1)")
                    second.execute("INSERT INTO a VALUES (1)")
                except psycopg2.Error:
                    pass
                second.execute("SELECT 1")
                cur.execute("SELECT 1")
            """
        )
    ) == 1  # fmt: skip


FAULT = """\
        try:
            cur.execute("INSERT INTO a VALUES (1)")
        except psycopg2.Error:
            ok = False
"""


@pytest.mark.parametrize("count", [10, 300])
def test_every_handler_of_a_long_function_is_found(count: int) -> None:
    text = "def f():\n    with get_conn() as conn:\n        cur = conn.cursor()\n"
    found = messages(f"{text}{FAULT * count}        cur.execute('SELECT 1')\n")
    assert len(found) == count


def test_statement_that_is_too_far_away_is_unknown() -> None:
    text = "def f():\n    with get_conn() as conn:\n        cur = conn.cursor()\n"
    far = f"{text}{FAULT}" + "        x = 1\n" * 5_000 + "        cur.execute('SELECT 1')\n"
    assert messages(far) == []


def test_helpers_that_call_each_other_end_nothing() -> None:
    circle = "".join(f"def f{n}(cur):\n    f{(n + 1) % 50}(cur)\n" for n in range(50))
    text = circle + "def f():\n    with get_conn() as conn:\n        cur = conn.cursor()\n" + FAULT
    assert messages(f"{text}        f0(cur)\n") == []

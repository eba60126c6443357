"""What the rules of the review checklists say, and the way that they tell."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import List, Tuple

from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode, check
from mosaic_lint.source import Source


def told(code: str, text: str) -> List[Tuple[str, List[Tuple[int, str]]]]:
    """The messages of one rule, with the lines and texts of their steps."""
    root = Path(os.path.abspath("project"))
    config = build(root, None, check_table({"select": [code]}, "the test"), {})
    source = Source(str(root / "api/x.py"), textwrap.dedent(text))
    return [
        (
            finding.message,
            [(source.position(step.span.start).line, step.message) for step in finding.related],
        )
        for finding in check(source, config, Mode(strict=True)).findings
    ]


ROWS = """\
def f(cur, cursor2):
    cur.execute("SELECT id FROM parts")
    rows = cur.fetchall()
    for row in rows:
        cursor2.execute({query}, row)
"""


def test_query_in_loop_names_the_query_and_the_loop() -> None:
    ((message, steps),) = told("MOS901", ROWS.format(query='"SELECT 1 FROM t WHERE id = %s"'))
    assert message == (
        "this statement runs once for each row of the query in line 2: "
        'write one query with JOIN or "= ANY(%s)"'
    )
    assert steps == [(2, "the query"), (4, "the loop goes over its rows")]


def test_query_in_loop_advises_by_the_statement() -> None:
    advice = {
        '"INSERT INTO t (id) VALUES (%s)"': 'write one "INSERT ... SELECT", '
        "or gather the rows for execute_values",
        '"update t SET n = 1 WHERE id = %s"': 'write one "UPDATE ... FROM", or "= ANY(%s)"',
        '"DELETE FROM t WHERE id = %s"': 'write one "DELETE ... USING", or "= ANY(%s)"',
        '"CALL archive(%s)"': "give the procedure all of them at once, as an array",
        "STATEMENT": 'write one query with JOIN or "= ANY(%s)"',
    }
    for query, wanted in advice.items():
        ((message, _),) = told("MOS901", ROWS.format(query=query))
        assert message.partition(": ")[2] == wanted


def test_query_in_a_while_loop_names_the_query() -> None:
    text = """
        def f(cur, cursor2):
            cur.execute("SELECT id FROM parts")
            while row := cur.fetchone():
                cursor2.execute("SELECT 1 FROM t WHERE id = %s", row)
        """
    ((message, steps),) = told("MOS901", text)
    assert "in line 3:" in message
    assert steps == [(3, "the query")]


def test_the_last_query_before_the_loop_is_named() -> None:
    text = """
        def f(cur):
            cur.execute("SELECT id FROM parts")
            rows = cur.fetchall()
            cur.execute("SELECT id FROM prices")
            for row in rows:
                cur.execute("SELECT 1 FROM t WHERE id = %s", row)
            cur.execute("SELECT id FROM shops")
            for row in cur.fetchall():
                cur.execute("SELECT 1 FROM t WHERE id = %s", row)
        """
    lines = [message.partition(" in line ")[2][:2] for message, _ in told("MOS901", text)]
    assert lines == ["3:", "8:"]


def test_endpoint_tells_the_way_to_the_database() -> None:
    text = """
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/parts")
        def parts():
            return load()


        def load():
            return rows("parts")


        def rows(table):
            with get_conn() as conn:
                return conn.cursor()
        """
    ((message, steps),) = told("MOS902", text)
    assert message == (
        "parts reaches the database in line 17 for whoever calls it: give it a parameter with "
        'Depends(...), or its router "dependencies=[Depends(...)]"'
    )
    assert steps == [
        (9, "leads there"),
        (13, "leads there"),
        (17, "reaches the database"),
    ]


def test_endpoint_says_what_it_reaches() -> None:
    text = """
        from fastapi import FastAPI

        app = FastAPI()


        @app.post("/ideas")
        def ideas(prompt: str):
            return call_claude(prompt)
        """
    ((message, steps),) = told("MOS902", text)
    assert message.startswith("ideas reaches a language model in line 9 for whoever calls it: ")
    assert steps == [(9, "reaches a language model")]

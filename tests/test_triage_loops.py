"""What is hidden from a hasty suspect stage of loops gives the same with it and without it."""

from __future__ import annotations

import textwrap

import pytest

from tests.test_triage import difference, findings

HIDDEN = {
    "cursor told by another method": (
        1,
        """
        class A:
            def __init__(self, pool):
                self.handle = get_conn2(pool).cursor()
            def f(self, q, p):
                h = self.handle
                h.execute(q)
                for row in h.fetchall():
                    h.execute(p, row)
            @property
            def db(self):
                return psycopg2.connect("")
            def g(self, q, p):
                c = self.db.cursor()
                c.execute(q)
                for row in c:
                    c.execute(p, row)
        import psycopg2
        """,
    ),
    "statement in a long constant": (
        1,
        '''
        SAVE = """










        SAVEPOINT x
        """


        def f(cur):
            cur.execute("select 1")
            for row in cur.fetchall():
                cur.execute(SAVE)
                cur.execute(SELECT)


        SELECT = """










        SELECT 1 FROM x
        """
        ''',
    ),
    "rows that pass through functions": (
        1,
        """
        def f(cur):
            cur.execute("a b")
            rows = clean(cur)
            for row in rows:
                cur.execute("select 1", row)
        def clean(c):
            return clean2(list(c))
        def clean2(c):
            return [x for x in c if x]
        """,
    ),
    "attribute that is filled in a loop": (
        1,
        """
        class A:
            def f(self, cur):
                cur.execute("a b")
                self.rows = []
                for row in cur:
                    self.rows.append(row)
                self.g()
                for r in self.rows:
                    cur.execute("select 1", r)
        """,
    ),
    "loop of the module": (
        1,
        """
        import psycopg2
        conn = psycopg2.connect("")
        c = conn.cursor()
        c.execute("select 1")
        ids = [r for r in c]
        for i in (
           ids
        ):
            c.execute(
              "select 2"
            )
        """,
    ),
    "functions on one line": (
        1,
        """
        def f(c): return [c.execute("select 3", r) for r in c.fetchall()]
        def g(cur): cur.execute("select 2"); return [cur.execute("select 3") for r in cur]
        """,
    ),
    "functions and classes inside": (
        1,
        """
        def create(cur, cursor2):
            cur.execute("select 2")
            rows = cur.fetchall()
            def f():
                for r in rows:
                    cursor2.execute("select 3", r)
            class X:
                for r in rows:
                    cursor2.execute("select 3", r)
            for r in rows:
                class Y:
                    cursor2.execute("select 3", r)
            return f
        """,
    ),
    "collections inside of collections": (
        1,
        """
        def f(cur, cursor2):
            cur.execute("select 1")
            if rows := cur.fetchall():
                out = {}
                for r in rows:
                    out.setdefault(r[0], {}).setdefault(r[1], []).append(r)
                for k, v in out.items():
                    for k2 in v:
                        cursor2.execute("select 2", k2)
        """,
    ),
}


@pytest.mark.parametrize("driver", ["psycopg2", "psycopg"])
@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_hidden_from_a_hasty_triage(name: str, driver: str) -> None:
    count, text = HIDDEN[name]
    text = textwrap.dedent(text)
    options = {"driver": driver}
    found = findings(text, triage=False, options=options)
    assert [code for _, _, code, *_ in found if code == "MOS901"] == ["MOS901"] * count
    assert difference(text, options=options) == ""

"""Triage is sound: the findings are the same with it and without it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import textwrap
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mosaic_lint import registry
from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode, check, check_bytes
from mosaic_lint.model import Related
from mosaic_lint.source import Source
from mosaic_lint.triage import STAGES, triggered
from tests.fixture import Fixture, fixtures
from tests.mutations import MUTATIONS, mutated, parses

REPOSITORY = Path(__file__).resolve().parents[1]
STANDARD_LIBRARY = Path(sysconfig.get_paths()["stdlib"])
ALL = list(fixtures())
READABLE = [fixture for fixture in ALL if parses(fixture.text)]

# Each mutation meets a part of the fixtures; with this variable set all of them.
SHARE = 1 if os.environ.get("MOSAIC_TEST_ALL_MUTATIONS") else 16

OFF = frozenset(
    code for code, rule in registry.rules().items() if not rule.default_on and not any(rule.needs)
)
"""The rules that wait for their full code."""

Found = List[Tuple[int, int, str, str, Tuple[Related, ...]]]


def findings(
    text: str, *, triage: bool, path: str = "api/x.py", options: Optional[Mapping[str, Any]] = None
) -> Found:
    """What the engine says of a text, with every rule that is on by default."""
    root = Path(os.path.abspath("project"))
    config = build(root, None, check_table(options or {}, "the test"), {})
    report = check(Source(str(root / path), text), config, Mode(triage=triage, strict=True))
    return [(f.span.start, f.span.end, f.code, f.message, f.related) for f in report.findings]


def difference(text: str, **kwargs: Any) -> str:
    """How triage changes the findings; empty where it doesn't."""
    with_triage = findings(text, triage=True, **kwargs)
    without = findings(text, triage=False, **kwargs)
    source = Source("x.py", text)
    told = [
        f"{who}: line {source.position(place[0]).line}: {place[2]} {place[3]}"
        for who, these, those in (
            ("only with triage", with_triage, without),
            ("only without triage", without, with_triage),
        )
        for place in these
        if place not in those
    ]
    return "\n".join(told)


def of_fixture(fixture: Fixture) -> Dict[str, Any]:
    """The path and the options under which a fixture is linted, with its rules on."""
    off = [code for code in fixture.select if code in OFF]
    options = {**fixture.options, "extend-select": off} if off else fixture.options
    return {"path": fixture.path, "options": options}


@pytest.mark.parametrize("fixture", ALL, ids=lambda fixture: fixture.id)
def test_fixture_gives_the_same_of_every_rule(fixture: Fixture) -> None:
    assert difference(fixture.text, **of_fixture(fixture)) == ""


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_mutation_gives_the_same(name: str) -> None:
    first = sorted(MUTATIONS).index(name) % SHARE
    differing = {}
    for fixture in READABLE[first::SHARE]:
        text = mutated(fixture.text, name)
        told = difference(text, **of_fixture(fixture)) if text != fixture.text else ""
        if told:
            differing[fixture.id] = told
    assert differing == {}


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_mutation_changes_something(name: str) -> None:
    assert any(mutated(fixture.text, name) != fixture.text for fixture in READABLE)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    pair=st.lists(st.sampled_from(READABLE), min_size=1, max_size=2),
    names=st.lists(st.sampled_from(sorted(MUTATIONS)), min_size=2, max_size=3),
)
def test_composed_mutations_give_the_same(pair: List[Fixture], names: List[str]) -> None:
    text = "\n\n".join(fixture.text for fixture in pair)
    for name in names:
        text = mutated(text, name)
    assert difference(text, **of_fixture(pair[0])) == ""


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_shuffled_lines_give_the_same(data: st.DataObject) -> None:
    """Statements of two fixtures in another order, some of them missing."""
    pair = data.draw(st.lists(st.sampled_from(READABLE), min_size=1, max_size=2))
    blocks = [block for fixture in pair for block in fixture.text.split("\n\n\n")]
    chosen = data.draw(st.lists(st.sampled_from(blocks), min_size=1, max_size=8))
    text = "\n\n\n".join(chosen)
    if parses(text):
        assert difference(text, **of_fixture(pair[0])) == ""


# --- what hides from a triage that is too sure of itself ----------------------------------------

HIDDEN = {
    "print under a guard for another name": """
        if __name__ == "worker":
            print("x")
        """,
    "print under a guard for another module's name": """
        import module
        if module.__name__ == "__main__":
            print("x")
        """,
    "sum of tuples as a constant": """
        ERRORS = (ValueError,) + (Exception,)
        def f():
            try:
                g()
            except ERRORS:
                return None
        """,
    "suppress of a sum of tuples": """
        import contextlib
        ERRORS = (ValueError,) + (Exception,)
        def f():
            with contextlib.suppress(ERRORS):
                g()
        """,
    "logger that another method makes an attribute of another attribute": """
        class A:
            def __init__(self, logger):
                self.logger = logger
                self.audit = self.logger
            def f(self):
                try:
                    g()
                except Exception:
                    self.audit.exception("x")
        """,
    "logger that another method binds": """
        class A:
            def __init__(self, logger):
                self.audit = logger.bind(x=1)
            def f(self):
                try:
                    g()
                except Exception:
                    self.audit.exception("x")
        """,
    "exit that another method makes an attribute": """
        import sys
        class A:
            def __init__(self):
                self.die = sys.exit
            def f(self):
                try:
                    g()
                except Exception:
                    self.die("x")
        """,
    "factory that is another name of a plain function": """
        import psycopg2
        def open_db():
            return psycopg2.connect("x")
        get_conn = open_db
        def f():
            conn = get_conn()
        """,
    "connection that passes through two methods": """
        class A:
            def __init__(self, stack):
                self.conn = stack.enter_context(get_conn())
            def g(self):
                self.other = self.conn
            def f(self):
                self.other.execute("x")
        """,
    "annotation by an imported alias": """
        from psycopg2.extensions import connection as PgConn
        def f(c: PgConn):
            c.execute("x")
        """,
    "annotation by an assigned alias": """
        import psycopg2.extensions
        Conn = psycopg2.extensions.connection
        def f(c: Conn):
            c.execute("x")
        """,
    "call of a partial": """
        import functools
        def f():
            conn = functools.partial(get_conn)()
        """,
    "call of a choice": """
        def f(x):
            conn = (get_conn if x else other)()
        """,
    "call of an or": """
        def f(x):
            conn = (x or get_conn)()
        """,
    "call of a walrus": """
        def f(x):
            conn = (g := get_conn)()
        """,
    "root logger's method under a name of its own": """
        import logging
        err = logging.error
        def f():
            err("x")
        """,
    "root logger's method as an attribute": """
        import logging
        class A:
            def __init__(self):
                self.err = logging.error
            def f(self):
                self.err("x")
        """,
    "root logger that passes through two methods": """
        import logging
        class A:
            def __init__(self):
                self.root = logging.getLogger()
            def b(self):
                self.other = self.root
            def a(self):
                self.other.error("x")
        """,
    "import_module under another name": """
        import psycopg2
        from importlib import import_module as load
        def f():
            load("psycopg2.extras")
        def g():
            return psycopg2.extras.X
        """,
    "relative import of a package named like the driver": """
        import psycopg2
        from .psycopg2 import extras
        def g():
            return psycopg2.extras.X
        """,
    "logger that is bound over many lines": "audit = logger.bind(\n"
    + "".join(f"    key{n}={n},\n" for n in range(12))
    + """)
def f():
    try:
        g()
    except Exception:
        audit.exception("x")
""",
    "walrus in a long statement": "register(\n"
    + "    1,\n" * 12
    + """    say := print,
)
def f():
    say("x")
""",
    "level that another method sets": """
        import logging
        class A:
            def __init__(self):
                self.level = logging.ERROR
            def f(self):
                try:
                    g()
                except Exception:
                    logger.log(self.level, "x")
        """,
    "stream that another method sets": """
        import sys
        class A:
            def __init__(self):
                self.out = sys.stdout
            def a(self):
                print("x", file=self.out)
        """,
    "factory over a database that another method opens with sqlite3": """
        import sqlite3
        from contextlib import contextmanager
        class A:
            def __init__(self):
                self.db = sqlite3.connect("x")
            @contextmanager
            def get_conn(self):
                yield self.db
            def a(self):
                with self.get_conn() as conn:
                    conn.execute("x")
        """,
    "swallowed error under a name for a sum of tuples": """
        import psycopg2
        MANY = (ValueError,) + (psycopg2.Error,)
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    cur.execute("x")
                except MANY:
                    pass
                cur.execute("x")
        """,
    "swallowed error that is looked up at the head": """
        from psycopg2 import errors as e
        Twice = e.lookup("23505")
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    cur.execute("x")
                except Twice:
                    pass
                cur.execute("x")
        """,
    "swallowed error that a class keeps": """
        import psycopg2
        class A:
            problem = psycopg2.Error
            def f(self):
                with get_conn() as conn:
                    cur = conn.cursor()
                    try:
                        cur.execute("x")
                    except self.problem:
                        pass
                    cur.execute("x")
        """,
    "builtin's name for a driver's error": """
        from psycopg2 import Error as ValueError
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    cur.execute("x")
                except ValueError:
                    pass
                cur.execute("x")
        """,
    "suppress under a name of its own": """
        import psycopg2
        from contextlib import suppress as ignoring
        quiet = ignoring(psycopg2.Error)
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                with quiet:
                    cur.execute("x")
                cur.execute("x")
        """,
    "statements by a helper's other name, through another helper": """
        import psycopg2
        def inner(cur):
            cur.execute("x")
        def outer(cur):
            inner(cur)
        save = outer
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    save(cur)
                except psycopg2.Error:
                    pass
                save(cur)
        """,
    "statements by a method of another object": """
        import psycopg2
        class Table:
            def insert(self, cur):
                cur.execute("x")
        table = Table()
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    table.insert(cur)
                except psycopg2.Error:
                    pass
                table.insert(cur)
        """,
    "helper that always raises": """
        import psycopg2
        def give_up(error):
            raise RuntimeError from error
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    cur.execute("x")
                except psycopg2.Error as error:
                    give_up(error)
                cur.execute("x")
        """,
    "autocommit by a function that the factory calls": """
        import psycopg2
        from contextlib import contextmanager
        class Pool:
            def open(self):
                conn = psycopg2.connect("x")
                conn.autocommit = True
                return conn
        pool = Pool()
        @contextmanager
        def get_conn():
            yield pool.open()
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    cur.execute("x")
                except psycopg2.Error:
                    pass
                cur.execute("x")
        """,
    "autocommit by a caller": """
        import psycopg2
        from psycopg2.extensions import connection
        def f(conn: connection):
            cur = conn.cursor()
            try:
                cur.execute("x")
            except psycopg2.Error:
                pass
            cur.execute("x")
        def main(db):
            setattr(db, "autocommit", True)
            f(db)
        """,
    "connection's type in a text under a name": """
        import psycopg2
        Conn = "psycopg2.extensions.connection"
        def f(conn: Conn):
            cur = conn.cursor()
            try:
                cur.execute("x")
            except psycopg2.Error:
                pass
            cur.execute("x")
        """,
    "rollback of a name that is bound anew": """
        import psycopg2
        def f(other):
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    cur.execute("x")
                except psycopg2.Error:
                    conn = other
                    conn.rollback()
                cur.execute("x")
        """,
    "return through a finally that executes": """
        import psycopg2
        def f():
            with get_conn() as conn:
                cur = conn.cursor()
                try:
                    for x in y:
                        try:
                            cur.execute("x")
                        except psycopg2.Error:
                            return 1
                finally:
                    cur.execute("x")
        """,
    "plain factory over a connection that another method opens": """
        import psycopg2
        class A:
            def __init__(self):
                self.conn = psycopg2.connect("x")
            def get_conn(self):
                return self.conn
            def a(self):
                c = self.get_conn()
        """,
}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_hidden_from_a_hasty_triage(name: str) -> None:
    text = textwrap.dedent(HIDDEN[name])
    assert parses(text)
    assert difference(text) == ""


# --- real code ----------------------------------------------------------------------------------


def sampled_standard_library(count: int) -> Iterator[Path]:
    """Files of the standard library that hold triggers, the same ones in every run."""
    words = (b"except", b"print", b"logging", b"suppress")
    small = [
        path
        for path in sorted(STANDARD_LIBRARY.glob("*.py")) + sorted(STANDARD_LIBRARY.glob("*/*.py"))
        if "site-packages" not in path.parts
        and "test" not in path.parts
        and path.stat().st_size < 40_000
        and any(word in path.read_bytes() for word in words)
    ]
    return iter(small[:: max(1, len(small) // count)][:count])


def test_standard_library_gives_the_same() -> None:
    checked, differing = 0, {}
    for path in sampled_standard_library(60):
        source = Source.from_bytes(str(path), path.read_bytes())
        told = difference(source.text, path=path.name)
        found = findings(source.text, triage=True, path=path.name)
        checked += any(not code.startswith("MOS7") for _, _, code, *_ in found)
        if told:
            differing[path.name] = told
    assert differing == {}
    assert checked >= 30, "the sample must hold files with findings in the code"


def test_examples_give_the_same() -> None:
    examples = sorted((REPOSITORY / "examples").rglob("*.py"))
    if not examples:
        pytest.skip("no examples")
    told = {
        path.name: difference(path.read_text(encoding="utf-8"), path=path.name) for path in examples
    }
    assert {name: text for name, text in told.items() if text} == {}


@pytest.mark.parametrize("fixture", READABLE[::3], ids=lambda fixture: fixture.id)
def test_byte_order_mark_changes_nothing(fixture: Fixture) -> None:
    root = Path(os.path.abspath("project"))
    config = build(root, None, check_table(fixture.options, "the test"), {})
    data = fixture.text.encode()
    plain = check_bytes(str(root / fixture.path), data, config, Mode(strict=True))
    marked = check_bytes(
        str(root / fixture.path), b"\xef\xbb\xbf" + data, config, Mode(strict=True)
    )
    assert [(f.code, f.span) for f in marked.findings] == [(f.code, f.span) for f in plain.findings]


# --- what triage spares --------------------------------------------------------------------------

_LOADED = """
import sys
from pathlib import Path
from mosaic_lint.config import Loader
from mosaic_lint.engine import HOSTED, Mode, check
from mosaic_lint.model import Related
from mosaic_lint.source import Source
text = {text!r}
source = Source("x.py", text)
before = "ast" in sys.modules
parsed = []
real = sys.modules["ast"].parse
sys.modules["ast"].parse = lambda *a, **k: (parsed.append(1), real(*a, **k))[1]
loader = Loader(isolated=True, overrides={{"ignore": ["MOS7"]}})  # the texts have no headers
check(source, loader.for_path(Path("x.py")), {mode})
rules = [m for m in sys.modules if m.startswith("mosaic_lint.rules.")]
print("ast" if parsed else "-", "libcst" if "libcst" in sys.modules else "-", len(rules))
"""


def loaded(text: str, mode: str) -> List[str]:
    """What a check of a text called and loaded, in a fresh process."""
    script = _LOADED.format(text=text, mode=mode)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    return done.stdout.split()


CLEAN = "def area(width, height):\n    return width * height\n"
CLEARED = (
    "def f(conn):\n    with get_conn() as conn:\n        conn.cursor()\n"
    "    try:\n        g()\n    except Exception:\n        logger.exception('x')\n"
)


def test_without_triggers_nothing_is_parsed() -> None:
    assert loaded(CLEAN, "HOSTED") == ["-", "-", "0"]


def test_without_triggers_libcst_is_not_loaded_where_the_tool_reads_files_itself() -> None:
    assert loaded(CLEAN, "Mode()") == ["ast", "-", "0"]


def test_without_suspects_libcst_is_not_loaded() -> None:
    assert loaded(CLEARED, "HOSTED") == ["ast", "-", "0"]


def test_with_a_suspect_only_the_rules_that_may_speak_are_loaded() -> None:
    assert loaded("conn = get_conn()\n", "HOSTED") == ["ast", "libcst", "4"]


def test_every_stage_is_used_and_known() -> None:
    stages = {entry.stage for entry in registry.rules().values()}
    elsewhere = {"sql", "text", "project"}  # rules over a script, a text or a project have none
    assert stages - {"whole"} - elsewhere == set(STAGES) - {"whole"}
    assert {"sql", "text"} <= stages


def test_triggers_come_from_the_options() -> None:
    from mosaic_lint.settings import Settings
    from mosaic_lint.triage import Wanted

    wanted = Wanted("MOS101", ("{connection-factories}",), "connections")
    configured = Settings(connection_factories=("storage.acquire",))
    assert triggered("x = acquire()", [wanted], configured) == (wanted,)
    assert triggered("x = get_conn()", [wanted], configured) == ()
    assert triggered("x = get_conn()", [wanted], Settings()) == (wanted,)

"""SQL that is broken, endless or deep, and Python that makes much of it: the rest is still linted.

Everything here runs in processes of its own, which must come to an end: a mistake is a crash of the
parser, or a time that grows with the square of the input or doubles with every bracket.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
MANY_SECONDS = 600  # for a process that takes a few

FAULT = (
    "\n\ndef after(cursor, key):\n"
    '    cursor.execute("SELECT title FROM books WHERE id = ?", (key,))\n'
)


def nested(head: str, opening: str, inside: str, closing: str) -> Callable[[int], str]:
    """A statement with something nested in itself."""
    return lambda count: head + opening * count + inside + closing * count


WHERE = "SELECT a FROM t WHERE b = "
SHAPES: Dict[str, Callable[[int], str]] = {
    "parentheses": nested(WHERE, "(", "1", ")"),
    "open parentheses": nested(WHERE, "(", "1", ""),
    "closed parentheses": nested(WHERE, "", "1", ")"),
    "parentheses before": nested("", "(", "SELECT 1", ")"),
    "arrays": nested(WHERE, "ARRAY[", "1", "]"),
    "arrays in ANY": nested(WHERE, "ANY (ARRAY[", "1", "])"),
    "empty arrays": nested(WHERE, "ARRAY[", "", "]"),
    "subscripts": nested(WHERE + "c", "[1]", "", ""),
    "slices": nested(WHERE + "c", "[1:%s]", "", ""),
    "slices without an end": nested(WHERE + "c[1", ":d ", "", ""),
    "nested subscripts": nested(WHERE, "c[", "1", "]"),
    "braces": nested(WHERE, "{", "1", "}"),
    "CASE": nested(WHERE, "CASE WHEN a THEN b ELSE ", "1", " END"),
    "CASE without END": nested(WHERE, "CASE ", "1", ""),
    "CASE in CASE": nested(WHERE, "CASE ", "1", " WHEN 1 THEN 2 END"),
    "many WHEN": lambda count: f"SELECT CASE{' WHEN a THEN b' * count} END FROM t",
    "NOT": nested("SELECT a FROM t WHERE ", "NOT ", "b", ""),
    "NOT in parentheses": nested("SELECT a FROM t WHERE ", "NOT (", "b", ")"),
    "minus": nested(WHERE, "- ", "1", ""),
    "minus in parentheses": nested(WHERE, "-(", "1", ")"),
    "tildes": nested(WHERE, "~", "1", ""),
    "subqueries": nested("SELECT a FROM t WHERE b IN ", "(SELECT a FROM t WHERE b IN ", "(1)", ")"),
    "subqueries in FROM": nested("SELECT a FROM ", "(SELECT a FROM ", "t", ") x"),
    "EXISTS": nested("SELECT a FROM t WHERE ", "EXISTS (SELECT 1 WHERE ", "TRUE", ")"),
    "WITH": nested("", "WITH x AS (", "SELECT 1", ") SELECT a FROM x"),
    "UNION": nested("SELECT a FROM t", " UNION SELECT a FROM t", "", ""),
    "UNION in parentheses": nested("", "(", "SELECT 1", " UNION SELECT 2)"),
    "JOIN": nested("SELECT a FROM t", " JOIN u ON a = b", "", ""),
    "JOIN before ON": nested("SELECT a FROM t", " JOIN u", "", " ON a = b"),
    "JOIN in parentheses": nested("SELECT a FROM ", "(t JOIN ", "u", " ON a = b)"),
    "LATERAL": nested("SELECT a FROM t", ", LATERAL (SELECT 1) x", "", ""),
    "AND": nested("SELECT a FROM t WHERE b = 1", " AND b = %s", "", ""),
    "OR": nested("SELECT a FROM t WHERE b = 1", " OR b = %s", "", ""),
    "sums": nested(WHERE + "1", " + 1", "", ""),
    "concatenations": nested(WHERE + "c", " || c", "", ""),
    "comparisons": nested(WHERE + "c", " = c", "", ""),
    "casts": nested(WHERE + "c", "::int", "", ""),
    "CAST": nested(WHERE, "CAST(", "1", " AS int)"),
    "arrows": nested(WHERE + "c", " -> 'a'", "", ""),
    "dots": nested("SELECT a FROM t", ".a", "", ""),
    "functions": nested(WHERE, "f(", "1", ")"),
    "functions named like types": nested(WHERE, "datetime(", "1", ")"),
    "functions named like types in functions": nested(WHERE, "coalesce(date(", "1", "))"),
    "type with a size": nested(WHERE, "varchar(", "1", ")"),
    "values": nested("INSERT INTO t (a, b) VALUES (1, 2)", ", (1, 2)", "", ""),
    "rows": nested(WHERE, "ROW(", "1", ", 2)"),
    "columns": nested("SELECT a", ", a AS b", "", " FROM t"),
    "columns of a table": lambda count: f"CREATE TABLE t (a INT{', b DATETIME' * count})",
    "CHECK": nested("CREATE TABLE t (a INT CHECK ", "(", "a > 0", ")"),
    "LIMIT": nested("SELECT a FROM t", " LIMIT a b", "", ""),
    "LIMIT of DELETE": nested("DELETE FROM t WHERE a = 1", " LIMIT a", "", ""),
    "statements": nested("SELECT a FROM t", "; SELECT ? FROM t", "", ""),
    "semicolons": nested("SELECT a FROM t", ";", "", ""),
    "body": nested("CREATE TRIGGER a AFTER INSERT ON t BEGIN", " UPDATE t SET a = 1;", "", ""),
    "bodies": nested("", "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END; ", "", ""),
    "open bodies": nested("CREATE FUNCTION a BEGIN", " BEGIN; CASE;", "", ""),
    "quotes": nested(WHERE, "'", "", ""),
    "quoted texts": nested(WHERE, "'a' ", "", ""),
    "double quotes": nested(WHERE, '"', "", ""),
    "backticks": nested(WHERE, "`", "", ""),
    "names in backticks": nested(WHERE, "`a`, ", "", ""),
    "names in brackets": nested(WHERE, "[a], ", "", ""),
    "open brackets": nested(WHERE, "[a ", "", ""),
    "dollars": nested(WHERE, "$", "", ""),
    "dollar quotes": nested(WHERE, "$a$ ", "", ""),
    "other dollar quotes": lambda count: WHERE + " ".join(f"$a{n}$" for n in range(count)),
    "escapes": nested(WHERE + "E'", "\\", "", ""),
    "percent": nested(WHERE, "%", "", ""),
    "percent and blanks": nested(WHERE, "% ", "", ""),
    "percent and parentheses": nested(WHERE, "%(", "", ""),
    "percent and empty names": nested(WHERE, "%()", "", ""),
    "placeholders": nested(WHERE, "%s ", "", ""),
    "quoted placeholders": nested(WHERE, "'%s' ", "", ""),
    "question marks": nested(WHERE, "?", "", ""),
    "question marks between names": nested(WHERE + "c", " ? c", "", ""),
    "colons": nested(WHERE, ":a ", "", ""),
    "ats": nested(WHERE, "@a ", "", ""),
    "open comments": nested(WHERE, "/*", "", ""),
    "nested comments": nested(WHERE, "/*", "", "*/"),
    "comments": nested(WHERE, "/* */", "1", ""),
    "comments before": nested("", "/* */", "SELECT a FROM t", ""),
    "line comments before": nested("", "-- x\n", "SELECT a FROM t", ""),
    "blanks": nested("SELECT a FROM t WHERE", " ", "b", ""),
    "word": nested(WHERE, "a", "", ""),
    "digits": nested(WHERE, "1", "", ""),
    "exponents": nested(WHERE, "1e", "", ""),
    "SELECT": nested("", "SELECT ", "FROM", ""),
    "articles": nested("SELECT a FROM t WHERE", " the", "", ""),
    "characters": nested(WHERE, "é中\U0001f600", "", ""),
}

DIALECTS = {
    "NUL": "SELECT '\0' \0 FROM t WHERE a = \0",
    "lone surrogate": "SELECT '\ud800' \udfff FROM \ud800 WHERE a = '\udfff'",
    "private character": "SELECT \ue000 FROM \ue000 WHERE a = '\ue000'",
    "control characters": "SELECT\x1b[31m \x7f\x1a\x0b\x0c FROM t\x85\u2028\u2029\ufeff WHERE a = 1",
    "nothing behind": "SELECT",
    "only marks": "SELECT ( ) [ ] { } , . ; : :: $ @ ? % ' \" ` \\ # ~ ! ^ & | < > = + - * /",
    "MySQL": (
        "INSERT INTO `t` (`a`, b) VALUES (1, 'it\\'s') ON DUPLICATE KEY UPDATE `a` = VALUES(`a`); "
        "CREATE TABLE `t` (`id` INT(11) UNSIGNED NOT NULL AUTO_INCREMENT, KEY `k` (`id`)) "
        "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4; SHOW TABLES LIKE '%a%'; # comment\nSET @a := 1"
    ),
    "T-SQL": (
        "SELECT TOP (10) [a b], @@ROWCOUNT FROM [dbo].[t] WITH (NOLOCK) WHERE [c]]d] = N'x'; "
        "DECLARE @x INT = 1; IF @x = 1 BEGIN EXEC sp_who END; GO\nMERGE INTO #t USING u ON 1 = 1 "
        "WHEN NOT MATCHED THEN INSERT DEFAULT VALUES OUTPUT inserted.id;"
    ),
    "Oracle": "SELECT a FROM dual WHERE ROWNUM <= 1 AND b = q'[it's]' CONNECT BY PRIOR a = b(+)",
    "prose": "Select one of the following: 'yes, \"no\" or (maybe. Update it? Delete from here!",
}

IN_PYTHON = {
    "hole for a keyword": "def f(thing, p):\n    thing.execute(f'SELECT a {p} t {p} b = {p} {p}')",
    "hole for the verb": "def f(thing, p):\n    thing.execute(f'{p} a FROM t WHERE b = ? {p}')",
    "nothing but holes": "def f(thing, p):\n    thing.execute(f'{p}{p}{p} {p}.{p}({p})')",
    "hole in quotes": "def f(thing, p):\n    thing.execute(f\"SELECT '{p} FROM t WHERE b = ?\")",
    "hole in a comment": "def f(thing, p):\n    thing.execute(f'SELECT a /* {p} FROM t WHERE b')",
    "broken escapes": "def f(thing, p):\n    thing.execute('SELECT \\d \\8 \\N FROM t')".replace(
        "\\N ", "\\q "
    ),
    "template without values": "def f(thing, p):\n    thing.execute('SELECT %s %(a)d %' % (p,))",
    "broken template": "def f(thing, p):\n    thing.execute('SELECT {} {a {0!x:} }} {'.format(p))",
    "f-string as annotation": "def f(thing: f'' 'Connection', p):\n    thing.execute('SELECT ?')",
}

N = 2000
PATHOLOGICAL: Dict[str, str] = {
    "additions": "def f(cursor):\n    sql = 'SELECT 1'\n"
    + "    sql += ', a'\n" * 5000
    + "    cursor.execute(sql)\n",
    "additions, each run": "def f(cursor, x):\n    sql = 'SELECT 1'\n"
    + "    sql += f', {x}'\n    cursor.execute(sql)\n" * 500,
    "sinks of one name": "def f(cursor, x):\n    sql = 'SELECT a FROM t WHERE b = %s'\n"
    + "    cursor.execute(sql, (x,))\n" * N,
    "sinks of one name at module level": "sql = 'SELECT 1'\ncursor.execute(sql)\n" * N,
    "functions with the same name": "".join(
        f"def f{n}(cursor):\n    query = 'SELECT {n}'\n    cursor.execute(query)\n"
        for n in range(1000)
    ),
    "methods with the same attribute": "class A:\n"
    + "".join(
        f"    def f{n}(self):\n        self.query = 'SELECT {n}'\n"
        "        self.cursor.execute(self.query)\n"
        for n in range(500)
    ),
    "appends": "def f(cursor):\n    parts = []\n"
    + "".join(f"    parts.append('a{n} = 1')\n" for n in range(5000))
    + "    cursor.execute('SELECT 1 WHERE ' + ' AND '.join(parts))\n",
    "appends, each joined": "def f(cursor):\n    parts = []\n"
    + "    parts.append('a = 1')\n    cursor.execute('SELECT 1 WHERE ' + ' AND '.join(parts))\n"
    * 1000,
    "branches": "def f(cursor, x):\n"
    + "".join(f"    if x == {n}:\n        sql = 'SELECT {n}'\n" for n in range(N))
    + "    cursor.execute(sql)\n",
    "elif": "def f(cursor, x):\n    if x:\n        sql = 'SELECT 1'\n"
    + "".join(f"    elif x == {n}:\n        sql = 'SELECT {n}'\n" for n in range(N))
    + "    cursor.execute(sql)\n",
    "elif just below the limit": "def f(cursor, x):\n    if x:\n        sql = 'SELECT 1'\n"
    + "".join(f"    elif x == {n}:\n        sql = 'SELECT {n}'\n" for n in range(380))
    + "    cursor.execute(sql)\n",
    "mutual recursion": "".join(
        f"a{n} = a{n + 1} + 'SELECT 1' + a{n * 7 % 500}\n" for n in range(500)
    )
    + "a500 = a0\ncursor.execute(a0)\n",
    "mutual recursion of globals": "".join(
        f"def f{n}():\n    global a{n}, b{n}\n    a{n} = a{n + 1} + 'SELECT 1' + b{n}\n"
        f"    b{n} = a{n} + a{n + 1}\n"
        for n in range(300)
    )
    + "def g(cursor):\n    cursor.execute(a0)\n",
    "two names each": "a0 = 'SELECT 1 '\na1 = 'x '\n"
    + "".join(f"a{n} = a{n - 1} + a{n - 2}\n" for n in range(2, 300))
    + "cursor.execute(a299)\n",
    "two f-strings each": "a0 = 'SELECT 1 '\na1 = 'x '\n"
    + "".join(f"a{n} = f'{{a{n - 1}}}{{a{n - 2}}}'\n" for n in range(2, 300))
    + "cursor.execute(a299)\n",
    "two branches each": "a0 = 'SELECT 1 '\na1 = 'x '\n"
    + "".join(f"a{n} = a{n - 1} if x else a{n - 2}\n" for n in range(2, 300))
    + "cursor.execute(a299)\n",
    "doubling": "def f(cursor):\n    a = 'SELECT 1 '\n" + "    a += a\n" * 300
    + "    cursor.execute(a)\n",
    "sums": "".join("x%d = 'SELECT 1'%s\n" % (n, " + ', a'" * 390) for n in range(10)),
    "sums of a name": "def f(cursor, a):\n    a = a or 1\n"
    + ("    cursor.execute('SELECT 1'%s)\n" % (" + a" * 390)) * 5,
    "nested branches": "def f(cursor, x):\n    cursor.execute("
    + "'SELECT 1' if x else " * 150 + "'SELECT 2')\n",
    "dict": "Q = {\n" + "".join(f"    'q{n}': 'SELECT {n}',\n" for n in range(500))
    + "}\ndef f(cursor, key):\n"
    + "".join(f"    cursor.execute(Q['q{n}'])\n    cursor.execute(Q[key])\n" for n in range(100)),
    "class": "class Q:\n" + "".join(f"    q{n} = 'SELECT {n}'\n" for n in range(1000))
    + "def f(cursor):\n" + "".join(f"    cursor.execute(Q.q{n})\n" for n in range(1000)),
    "globals": "".join(
        f"def f{n}(cursor):\n    global q\n    q = 'SELECT {n}'\n    cursor.execute(q)\n"
        for n in range(200)
    ),
    "parameters": "def f(cursor, p):\n    cursor.execute('SELECT %s" % ("%s, " * 3000)
    + "1', (%s))\n" % ("p, " * 3000),
    "replacements": "def f(cursor, q):\n"
    + "    q = q.replace('?', '%s')\n    cursor.execute(q)\n" * 1000,
    "tests": "def f(cursor, p):\n"
    + "    if p not in ('a', 'b'):\n        raise ValueError(p)\n"
    "    cursor.execute(f'SELECT {p}')\n" * 500,
    "handlers": "def f(cursor, x):\n"
    + "    try:\n        sql = 'SELECT 1'\n        cursor.execute(sql)\n"
    "    except ValueError:\n        raise\n" * 1000,
}  # fmt: skip

_RUN = """
import json, sys
from pathlib import Path
from mosaic_lint.config import Config
from mosaic_lint.engine import Mode, check
from mosaic_lint.source import Source

config = Config(root=Path(sys.argv[1]))
for line in sys.stdin:
    name, text, triage = json.loads(line)
    print(json.dumps(["begin", name, triage]), flush=True)
    source = Source(str(Path(sys.argv[1]) / "api" / "x.py"), text)
    report = check(source, config, Mode(triage=triage, strict=True))
    found = [(source.position(f.span.start).line, f.code, f.message) for f in report.findings]
    print(json.dumps(["end", name, triage, found]), flush=True)
"""

Found = List[Tuple[int, str, str]]


def program(text: str, receiver: str = "thing") -> str:
    """A function that runs a text on a receiver of which nothing is known."""
    return f"def before({receiver}, p):\n    {receiver}.execute({text!r}, (p,))\n"


def results(root: Path, cases: Dict[str, str], *, triage: bool) -> Dict[str, Found]:
    """What is found in each case, all in one process, each case with a fault behind it."""
    given = "".join(json.dumps([name, cases[name] + FAULT, triage]) + "\n" for name in cases)
    try:
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(root)], input=given, capture_output=True, text=True,
            check=False, timeout=MANY_SECONDS, cwd=REPOSITORY,
        )  # fmt: skip
    except subprocess.TimeoutExpired as expired:
        pytest.fail(f"hangs after {(expired.stdout or b'').splitlines()[-1:]!r}")
    rows: List[List[Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"died after {rows[-1][:3] if rows else rows}: {done.stderr}"
    return {row[1]: [tuple(found) for found in row[3]] for row in rows if row[0] == "end"}


def assert_fault_is_found(cases: Dict[str, str], found: Dict[str, Found]) -> None:
    """Whether the fault behind each case is found, in its place, and nothing failed."""
    assert list(found) == list(cases)
    for name, rows in found.items():
        line = (cases[name] + FAULT).count("\n")
        assert [row[1] for row in rows if row[0] == line] == ["MOS201"], name
        assert "MOS004" not in [row[1] for row in rows], name


@pytest.mark.parametrize("count", [3, 18, 60, 190])
def test_deep_sql_comes_to_an_end(tmp_path: Path, count: int) -> None:
    """Few levels: what doubles with each of them doesn't end before a deeper one is refused."""
    cases = {name: program(shape(count)) for name, shape in SHAPES.items()}
    assert_fault_is_found(cases, results(tmp_path, cases, triage=False))


@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
def test_long_sql_comes_to_an_end(tmp_path: Path, triage: bool) -> None:
    cases = {name: program(shape(3000)) for name, shape in SHAPES.items()}
    assert_fault_is_found(cases, results(tmp_path, cases, triage=triage))


HUGE = (
    "parentheses", "NOT", "minus", "CASE", "subqueries", "UNION", "JOIN", "AND", "statements",
    "quotes", "percent", "question marks", "word",
)  # fmt: skip


def test_almost_a_megabyte_of_sql_comes_to_an_end(tmp_path: Path) -> None:
    cases = {}
    for name in HUGE:
        piece = len(SHAPES[name](2)) - len(SHAPES[name](1))
        cases[name] = program(SHAPES[name](900_000 // piece))
    cases["100,000 comments"] = program(SHAPES["comments"](100_000))
    cases["100,000 nested comments"] = program(SHAPES["nested comments"](100_000))
    cases["text"] = program("SELECT a FROM t WHERE b = '" + "a ? " * 240_000 + "'")
    assert_fault_is_found(cases, results(tmp_path, cases, triage=True))


@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
@pytest.mark.parametrize("receiver", ["thing", "cursor"])
def test_other_dialects_and_strange_characters(
    tmp_path: Path, triage: bool, receiver: str
) -> None:
    cases = {name: program(text, receiver) for name, text in DIALECTS.items()}
    cases.update(IN_PYTHON)
    assert_fault_is_found(cases, results(tmp_path, cases, triage=triage))


def test_much_python_comes_to_an_end_and_triage_changes_nothing(tmp_path: Path) -> None:
    with_triage = results(tmp_path, PATHOLOGICAL, triage=True)
    assert_fault_is_found(PATHOLOGICAL, with_triage)
    without = results(tmp_path, PATHOLOGICAL, triage=False)
    without["elif"] = [row for row in without["elif"] if row[1] != "MOS001"]  # not even looked at
    assert without == with_triage


# --- with and without the compiled parser -------------------------------------------------------

_FIXTURES = """
import sys

class Plain:
    '''Finds sqlglot's modules as they are written, past the compiled ones beside them.'''

    def find_spec(self, name, path=None, target=None):
        from importlib.machinery import SOURCE_SUFFIXES, FileFinder, SourceFileLoader

        if name.partition(".")[0] != "sqlglot":
            return None
        for entry in sys.path if path is None else path:
            finder = FileFinder(entry, (SourceFileLoader, SOURCE_SUFFIXES))
            found = finder.find_spec(name)
            if found is not None and found.loader is not None:
                return found
        return None

if sys.argv[1] == "plain":
    sys.meta_path.insert(0, Plain())
import json
from pathlib import Path
import sqlglot.parser
from tests.fixture import fixtures
from tests.test_fixtures import places
from tests.test_sql_bad_input import DIALECTS, SHAPES, program
from mosaic_lint.sql.statement import read

print(sqlglot.parser.__file__)
for fixture in fixtures():
    if fixture.id.startswith(("MOS2", "MOS4")) and fixture.python <= sys.version_info[:2]:
        print(json.dumps([fixture.id, places(fixture, Path(sys.argv[2]), triage=False)]))
texts = {**DIALECTS, **{name: shape(9) for name, shape in SHAPES.items()}}
for name, text in texts.items():
    print(json.dumps([name, [statement.tree is None for statement in read(text)]]))
"""


def is_compiled() -> bool:
    """Whether the installed sqlglot has the compiled modules of ``sqlglot[c]``."""
    spec = find_spec("sqlglot")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent
    return any(folder.glob(f"parser*{suffix}") for suffix in EXTENSION_SUFFIXES)


def of_fixtures(root: Path, which: str) -> List[str]:
    """Where the parser comes from, and what is found in each fixture with it."""
    done = subprocess.run(
        [sys.executable, "-c", _FIXTURES, which, str(root)], capture_output=True, text=True,
        check=False, timeout=MANY_SECONDS, cwd=REPOSITORY,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_compiled_parser_finds_the_same(tmp_path: Path) -> None:
    parser, *plain = of_fixtures(tmp_path, "plain")
    assert parser.endswith("parser.py")
    assert len(plain) > 100
    if not is_compiled():
        pytest.skip("ONLY ONE PARSER IS INSTALLED: sqlglot[c] isn't, so nothing was compared")
    parser, *compiled = of_fixtures(tmp_path, "compiled")
    assert parser.endswith(tuple(EXTENSION_SUFFIXES))
    assert compiled == plain

r"""The splitter against what psql does; each expectation is the exact text of a statement."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from typing import Dict, List, Tuple

import pytest

from mosaic_lint.sqlfile import comments, statements
from tests.cli_process import environment


def split(text: str) -> List[str]:
    spans = list(statements(text))
    for before, after in zip(spans, spans[1:]):
        assert before.end <= after.start
    return [text[start:end] for start, end in spans]


def notes(text: str) -> List[str]:
    return [text[start:end] for start, end in comments(text)]


BODY = "BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END"
TRIGGER = (
    "CREATE TEMP TRIGGER t AFTER INSERT ON u WHEN (NEW.a) BEGIN\n"
    "  UPDATE u SET a = CASE WHEN 1 THEN 2 END; -- one;\n  DELETE FROM v WHERE v.end = 1;\nEND"
)
CASES: Dict[str, Tuple[str, List[str]]] = {
    "nothing": ("", []),
    "only blanks": (" \t\r\n\f\v;; ; \n", []),
    "only comments": ("-- a;\n/* b; */;/*c*/--", []),
    "two": ("SELECT 1;\n SELECT 2 ;", ["SELECT 1", "SELECT 2"]),
    "no end": ("SELECT 1; SELECT 2 \n", ["SELECT 1", "SELECT 2"]),
    "comments around": ("-- a\n/* b */ SELECT /* c; */ 1 -- d;\n /* e */;", ["SELECT /* c; */ 1"]),
    "comment at the end": ("SELECT 1 -- the end", ["SELECT 1"]),
    "comment without blanks": ("SELECT 1/*;*/--;", ["SELECT 1"]),
    "Unicode blanks are no blanks": ("\xa0;\u2028;\x1c;", ["\xa0", "\u2028", "\x1c"]),
    "doubled quotes": ("SELECT ';'';'; b", ["SELECT ';'';'", "b"]),
    "backslash in a plain literal": (r"SELECT '\'; b", [r"SELECT '\'", "b"]),
    "escapes": (r"SELECT E'\';'';\\', e'\''; b", [r"SELECT E'\';'';\\', e'\''", "b"]),
    "first thing an escape": (r"E'\';';b", [r"E'\';'", "b"]),
    "a name ending in e": (r"SELECT date'\'; b", [r"SELECT date'\'", "b"]),
    "a cast to e": (r"SELECT a::e'\';'; b", [r"SELECT a::e'\';'", "b"]),
    "the variable e": (r"SELECT :e'\'; b", [r"SELECT :e'\'", "b"]),
    "escape behind a quote": (r"SELECT $$e$$E'\';';b", [r"SELECT $$e$$E'\';'", "b"]),
    "escape in a row": (r"VALUES (1,E'\'',');');b", [r"VALUES (1,E'\'',');')", "b"]),
    "escapes don't go on": ("SELECT E'a'\n '\\'; b", ["SELECT E'a'\n '\\'", "b"]),
    "other literals": (
        r"SELECT B'1;', X';', N'\', U&'\'; b",
        [r"SELECT B'1;', X';', N'\', U&'\'", "b"],
    ),
    "names": ('SELECT "a;""b;\'" ; b', ['SELECT "a;""b;\'"', "b"]),
    "dollars": ("SELECT $$;'$$, $a$;$b$;$$;$a$; b", ["SELECT $$;'$$, $a$;$b$;$$;$a$", "b"]),
    "dollars in names": ("SELECT a$$;$$b; c$d$; é$a$;", ["SELECT a$$", "$$b; c$d$; é$a$;"]),
    "dollar tag in words": ("SELECT $été_1$;$été_1$; b", ["SELECT $été_1$;$été_1$", "b"]),
    "dollar names": ("SELECT x1$a$; b$1$a$; c", ["SELECT x1$a$", "b$1$a$", "c"]),
    "dollars behind numbers": (
        "SELECT 1$a$;$a$, $1$a$;$a$; b",
        ["SELECT 1$a$;$a$, $1$a$;$a$", "b"],
    ),
    "parameters": ("SELECT $1, $2; b", ["SELECT $1, $2", "b"]),
    "nested comments": ("/* /* ; */ ; */ a /*/*/;*/*/; b", ["a", "b"]),
    "comment in an operator": ("SELECT 1+--;\n2; 3*/*;*/4", ["SELECT 1+--;\n2", "3*/*;*/4"]),
    "minus and slash": (
        "SELECT -1/2 - -3; (-1, 1/2, '-'); b",
        ["SELECT -1/2 - -3", "(-1, 1/2, '-')", "b"],
    ),
    "rule": (
        "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b;); c",
        ["CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b;)", "c"],
    ),
    "parentheses in quotes": ("SELECT '(', \"(\" /*(*/; b", ["SELECT '(', \"(\"", "b"]),
    "closed too often": ("SELECT 1)); b", ["SELECT 1))", "b"]),
    "function": (
        f"create or replace function f() {BODY}; b",
        [f"create or replace function f() {BODY}", "b"],
    ),
    "procedure": (
        f"CREATE /*;*/ PROCEDURE p() {BODY};b",
        [f"CREATE /*;*/ PROCEDURE p() {BODY}", "b"],
    ),
    "function begin": (
        "CREATE FUNCTION begin() AS 'x'; b",
        ["CREATE FUNCTION begin() AS 'x'", "b"],
    ),
    "trigger with a body": (f"{TRIGGER}; b", [TRIGGER, "b"]),
    "trigger without": (
        "CREATE OR REPLACE TRIGGER t BEFORE INSERT ON begin EXECUTE FUNCTION begin(); b",
        ["CREATE OR REPLACE TRIGGER t BEFORE INSERT ON begin EXECUTE FUNCTION begin()", "b"],
    ),
    "transaction": (
        "BEGIN; CREATE TABLE begin (a int); END;",
        ["BEGIN", "CREATE TABLE begin (a int)", "END"],
    ),
    "table function": (
        "CREATE TABLE function (a int); begin; b",
        ["CREATE TABLE function (a int)", "begin", "b"],
    ),
    "drop function": ("DROP FUNCTION f; BEGIN; b", ["DROP FUNCTION f", "BEGIN", "b"]),
    "create at the end": ("create", ["create"]),
    "not create": ("creates function begin; b", ["creates function begin", "b"]),
    "copy": ("COPY t (a) FROM stdin;\n1;\t'\n\\.\nb;", ["COPY t (a) FROM stdin", "b"]),
    "copy with CRLF": (
        "copy t from\n\tSTDIN\r\n;\r\n1;\t'\r\n\\.\r\nb;",
        ["copy t from\n\tSTDIN", "b"],
    ),
    "copy with CR": ("copy t from STDIN;\r1;\r\\.\rb;", ["copy t from STDIN", "b"]),
    "copy of nothing": ("COPY t FROM STDIN;\n\\.\nb", ["COPY t FROM STDIN", "b"]),
    "copy with options": (
        "COPY t FROM STDIN (FORMAT csv);\n'\n\\.\nb",
        ["COPY t FROM STDIN (FORMAT csv)", "b"],
    ),
    "copy to the end": ("COPY t FROM STDIN;\n1;2;", ["COPY t FROM STDIN"]),
    "copy at the end": ("COPY t FROM STDIN;", ["COPY t FROM STDIN"]),
    "copy: not yet the end": (
        "COPY t FROM STDIN;\n\\.;\n \\.\n\\..\n\\.\nb",
        ["COPY t FROM STDIN", "b"],
    ),
    "copy, end at the end": ("COPY t FROM STDIN;\n1\n\\.", ["COPY t FROM STDIN"]),
    "copy, and SQL on its line": (
        "COPY a FROM STDIN; COPY b FROM STDIN; c; d\n1;\n\\.\n2;\n\\.\ne",
        ["COPY a FROM STDIN", "COPY b FROM STDIN", "c", "d", "e"],
    ),
    "copy from a file": ("COPY t FROM 'stdin'; b", ["COPY t FROM 'stdin'", "b"]),
    "copy out": (
        "COPY (SELECT a FROM stdin) TO stdout;\nb",
        ["COPY (SELECT a FROM stdin) TO stdout", "b"],
    ),
    "copy sent by a command": ("COPY t FROM STDIN \\g\n1;\n\\.\nb", ["COPY t FROM STDIN", "b"]),
    "copy command": ("\\copy t from stdin csv\n1;'\n\\.\nb", ["b"]),
    "copy command of a file": ("\\copy t from 'x'\n1;b", ["1", "b"]),
    "commands": (
        "\\d t\n\\set x 'a;b'\n\\i a.sql\n\\if :x\nSELECT 1;\n\\endif\nb",
        ["SELECT 1", "b"],
    ),
    "command behind a statement": ("SELECT 1; \\d t;\nb", ["SELECT 1", "b"]),
    "command on the last line": ("SELECT 1;\n\\q", ["SELECT 1"]),
    "sent": (
        "SELECT 1 \\g\nSELECT 2 \\gx\nc \\gexec\nd -- e\n\\gset x_\nf",
        ["SELECT 1", "SELECT 2", "c", "d", "f"],
    ),
    "sent with parameters": ("SELECT $1 \\bind 1 \\g\nb", ["SELECT $1", "b"]),
    "sent within parentheses": ("SELECT (1 \\g\nb; c", ["SELECT (1", "b", "c"]),
    "sent to a pipe": ("SELECT 1 \\g | sed 's/\\\\ a;/'\nb", ["SELECT 1", "b"]),
    "forgotten": ("SELECT 1\n\\r\nb", ["SELECT 1", "b"]),
    "command within": (
        "DELETE FROM t\n\\echo ';'\nWHERE a; b",
        ["DELETE FROM t\n\\echo ';'\nWHERE a", "b"],
    ),
    "command before the end": ("SELECT 1\n\\echo ';\n;b", ["SELECT 1", "b"]),
    "branches within": (
        "SELECT 1\n\\if :a\n, 2\n\\else\n, 3\n\\endif\n; b",
        ["SELECT 1\n\\if :a\n, 2\n\\else\n, 3", "b"],
    ),
    "separated": ("SELECT 1\\;SELECT 2 \\; \\; ;b", ["SELECT 1", "SELECT 2", "b"]),
    "separated within parentheses": ("SELECT (1\\;2); b", ["SELECT (1\\;2)", "b"]),
    "SQL behind a command": (
        "\\echo 'it\\'s \\\\' \"\\\\\" `\\\\` \\\\ SELECT 1; b",
        ["SELECT 1", "b"],
    ),
    "two commands": ("SELECT 1 \\echo a \\g\nb", ["SELECT 1", "b"]),
    "quote open in a command": ("\\echo it's\nSELECT 1", ["SELECT 1"]),
    "shell": ("\\! a \\\\ b; c\nSELECT 1", ["SELECT 1"]),
    "variables": ("SELECT :a, :'b', :\"c\", d[1:2]; b", ["SELECT :a, :'b', :\"c\", d[1:2]", "b"]),
    "variable first": (":cmd t; b", [":cmd t", "b"]),
    "backticks and brackets": ("SELECT `a`, [b]; `c;d`", ["SELECT `a`, [b]", "`c", "d`"]),
    "beyond the BMP": ("SELECT '😀;'; 😀; b", ["SELECT '😀;'", "😀", "b"]),
    "NUL": ("\0SELECT '\0;';\0;", ["\0SELECT '\0;'", "\0"]),
    "lone surrogate": ("SELECT '\udc80'; b", ["SELECT '\udc80'", "b"]),
    "open literal": ("a; SELECT ';\nb;", ["a", "SELECT ';\nb;"]),
    "open escape": ("a; SELECT E';\\", ["a", "SELECT E';\\"]),
    "open escape at a quote": ("SELECT E'\\';", ["SELECT E'\\';"]),
    "open name": ('a; SELECT ";', ["a", 'SELECT ";']),
    "open dollars": ("a; SELECT $a$;$$;", ["a", "SELECT $a$;$$;"]),
    "open comment": ("a; b /* /* ; */;", ["a", "b"]),
    "open parenthesis": ("a; b (;", ["a", "b (;"]),
    "lone backslash": ("a; \\", ["a"]),
    "backslash behind SQL": ("a \\", ["a"]),
    "backslashes": ("\\\\\\ a;\nb", ["b"]),
}


@pytest.mark.parametrize("name", CASES)
def test_statements(name: str) -> None:
    text, expected = CASES[name]
    assert split(text) == expected


COMMENTS: Dict[str, Tuple[str, List[str]]] = {
    "everywhere": (
        "-- a\nSELECT 1 -- b\n, (2--c\r\n) /* -- d */ ;--\n---e\r--f",
        ["-- a", "-- b", "--c", "--", "---e", "--f"],
    ),
    "not in quotes": ("SELECT '--a', \"--b\", $$--c$$, E'\\'--d', ('--e', -1)--f", ["--f"]),
    "in a body": (TRIGGER, ["-- one;"]),
    "not in data": ("COPY t FROM STDIN; -- a\n-- b\n\\.\n-- c", ["-- a", "-- c"]),
    "not in arguments": ("\\echo -- a\n\\d t -- b\nSELECT 1 \\g -- c\n-- d", ["-- d"]),
    "between two parts of a literal": ("SELECT E'a' -- b\n'\\'--c'", ["-- b", "--c'"]),
    "beyond the BMP": ("SELECT '😀'; -- 😀 é", ["-- 😀 é"]),
    "form feeds end no line": ("-- a\fb\u2028c\x85d\n", ["-- a\fb\u2028c\x85d"]),
}


@pytest.mark.parametrize("name", COMMENTS)
def test_comments(name: str) -> None:
    text, expected = COMMENTS[name]
    assert notes(text) == expected


TOKENS = [
    "SELECT 1",
    "a.end",
    "'it''s; --'",
    r"E'\';--'",
    "E'a'\n';\\'",
    '"x;--"',
    "$$;'--$$",
    "$t$;$$;$t$",
    "(1, '2;', -3)",
    "(a; (b;) \"c)\" E'\\')')",
    "/* ; /* ' */ -- */ x",
    "/ - *",
    ":v, :'v;', :\"v\"",
    "begin case",
    "ü😀\0",
    "1.5e3",
    "x$y$",
    "stdin",
    "trigger",
]
HEADS = ["WITH", "SELECT", "CREATE TABLE", "COPY x TO", "create view", "DROP FUNCTION", "[", "`"]
WHOLE = [BODY.join(["CREATE FUNCTION f() RETURNS int ", ""]), TRIGGER]
GAPS = [" ", "\n", "\r\n", "\t", "\f", " \r"]
NOTES = ["-- a; 'b\n", "--\r\n", "--$$\r"]
BETWEEN = ["\\d t ; 'x'\n", '\\echo "\n', "\\copy t from stdin\n;'--\n\\.\n", "/* ;' */", ";"]


def composed(choose: random.Random) -> Tuple[str, List[str], List[str]]:
    """A script, its statements and its comments."""
    text, expected, noted = "", [], []

    def filler(kinds: List[str]) -> str:
        piece = choose.choice(kinds)
        if piece in NOTES:
            noted.append(piece.rstrip("\r\n"))
        return piece

    for _ in range(choose.randrange(6)):
        for _ in range(choose.randrange(4)):
            text += filler([*GAPS, *NOTES, *BETWEEN])
        if choose.random() < 0.2:
            statement = choose.choice(WHOLE)
            noted += ["-- one;"] if statement == TRIGGER else []
        else:
            statement = choose.choice(HEADS)
            for token in choose.choices(TOKENS, k=choose.randrange(6)):
                statement += " " + filler([*GAPS, *NOTES]) + token
        expected.append(statement)
        text += statement + choose.choice([";", " ;", "\n;", " \\g\n", "\n\\gset\r\n", "\\;"])
    return text, expected, noted


def test_composed_scripts() -> None:
    choose = random.Random(20_250_101)
    for _ in range(5_000):
        text, expected, noted = composed(choose)
        assert split(text) == expected, text
        assert notes(text) == noted, text


def test_any_text_is_split() -> None:
    """Whatever the pieces: no exception, spans in order, statements that start and end with SQL."""
    choose = random.Random(7)
    pieces = [
        *TOKENS,
        *HEADS,
        *WHOLE,
        *GAPS,
        *NOTES,
        *BETWEEN,
        *"'\"$();\\/-*eE:\n1`|.",
        "COPY t FROM stdin;",
    ]
    pieces += [
        "\\.",
        "\\g",
        "\\copy t from stdin",
        "$a$",
        "--",
        "/*",
        "*/",
        "\\\\",
        "create",
        "\\;",
        "\\:",
    ]
    for _ in range(10_000):
        text = "".join(choose.choices(pieces, k=choose.randrange(14)))
        for statement in split(text):
            assert statement
            assert statement == statement.strip(" \t\r\n\f\v")
            assert not statement.startswith((";", "--", "/*", "\\"))
        ends = [0]
        for start, end in comments(text):
            assert text.startswith("--", start)
            assert ends[-1] <= start
            assert "\n" not in text[start:end]
            ends.append(end)


def test_statements_come_one_at_a_time() -> None:
    text = "SELECT 1;\n" * 1_000_000
    started = time.perf_counter()
    assert next(statements(text)) == (0, 8)
    assert time.perf_counter() - started < 0.1


QUADRATIC = [
    "'",
    "(",
    "$",
    "$a$ ",
    "x$1",
    "1$",
    "E'\\'",
    "E'a'\n",
    "E'a'--\n",
    "/*",
    "/**/",
    "\\g ",
    "\\d\n",
    "\\",
    "$$;",
    "(E'",
    "('",
    "COPY t FROM stdin;",
    "COPY t FROM stdin;\n\\.\n",
    "CREATE TRIGGER x BEGIN ;",
    "(a-/1,'e'",
    "\n\\.x",
    "\\echo '",
    "\\copy t from stdin ",
    " ",
    "a ",
    "--\n",
    "SELECT 1 -- a\n",
]


@pytest.mark.parametrize("piece", QUADRATIC)
def test_time_grows_with_the_text(piece: str) -> None:
    """Each took at most 1.5 seconds a megabyte; a quadratic one would take minutes."""
    text = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    for _ in statements(text):
        pass
    assert time.perf_counter() - started < 15


# A process inherits its parent's peak at its start, so a small one stands in between.
BETWEEN_PROCESS = (
    "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', sys.argv[1]]))"
)
DUMP = r"""
import resource, sys, time
from mosaic_lint.sqlfile import comments, statements
rows = "".join(f"{i}\tname {i}; it's\t2020-01-01\t\\N\n" for i in range(2000))
insert = "INSERT INTO public.users (id, name, at)"
insert += " VALUES (-%d, 'O''Brien; --', '2020-01-01 10:00:00+00');\n"
several = "".join(f"\t({i}, 'a', NULL, E'\\'{i}'),\n" for i in range(500))
several = f"INSERT INTO t VALUES\n{several}\t(0);\n"
part = f"--\n-- Data\n--\n\nCOPY public.users (id) FROM stdin;\n{rows}\\.\n\n" + several
part += "".join(insert % i for i in range(2000))
times = 50_000_000 // len(part)
text = part * times
started = time.perf_counter()
assert sum(1 for _ in statements(text)) == times * 2002
assert sum(1 for _ in comments(text)) == times * 3
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(time.perf_counter() - started, peak / (1024 if sys.platform != "darwin" else 1024 * 1024))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_a_dump_of_50_mb_takes_little_memory() -> None:
    """Measured: 62 MB with the text itself, and about two seconds for each of the two passes."""
    done = subprocess.run(
        [sys.executable, "-c", BETWEEN_PROCESS, DUMP],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seconds, megabytes = map(float, done.stdout.split())
    assert megabytes < 200
    assert seconds < 60

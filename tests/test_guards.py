"""What would kill a parser is refused before it, in every face, and the rest is still linted.

Everything here runs in processes of its own: a mistake ends in a segmentation fault.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from mosaic_lint.guards import MAX_BRACKETS, MAX_OPERATORS, TooDeep, check_text, check_tree
from mosaic_lint.source import Source
from mosaic_lint.triage.table import Table
from tests import cli_process
from tests.cli_process import environment

N = 5000
FAULT = "\n\ndef after():\n    conn = get_conn()\n"


def nested(head: str, opening: str, inside: str, closing: str, count: int = N) -> str:
    """A statement with something nested in itself."""
    return f"{head}{opening * count}{inside}{closing * count}"


DEEP: Dict[str, str] = {
    "parentheses": nested("x = ", "(", "1", ")"),
    "brackets": nested("x = ", "[", "1", "]"),
    "braces": nested("x = ", "{", "1", "}"),
    "open brackets": "x = " + "(" * N,
    "calls in calls": nested("x = ", "f(", "1", ")"),
    "lambdas": nested("x = ", "lambda: ", "1", ""),
    "lambdas with parameters": nested("x = ", "lambda a, b: ", "1", ""),
    "unary operators": nested("x = ", "-", "1", ""),
    "tildes": nested("x = ", "~", "1", ""),
    "not": nested("x = ", "not ", "1", ""),
    "attributes": "x = a" + ".b" * N,
    "calls": "x = f" + "()" * N,
    "subscripts": "x = a" + "[0]" * N,
    "or": "x = a" + " or a" * N,
    "and, or": "x = a" + " and b or a" * N,
    "or in or": "x = " + "(" * 18 + "a" + ((" or a" * 340 + ")") + (" and b" * 340 + ")")) * 9,
    "sums": "x = a" + " + a" * N,
    "powers": "x = a" + " ** a" * N,
    "choices": "x = " + "1 if a else " * N + "1",
    "choices with calls": "x = " + "1 if f(a, b) else " * N + "1",
    "elif": "if a: pass\n" + "elif a: pass\n" * N,
    "imports": "import a" + ".b" * 20_000,
    "imports from": "from a" + ".b" * 20_000 + " import c",
    "adjacent strings": "x = (" + "'a' " * N + ")",
    "adjacent strings over lines": "def f():\n  g(get_conn(), " + ("'' " * 60 + "\n") * 90 + ")",
    "adjacent f-strings": "x = (" + "f'{a}' " * N + ")",
    "comprehension": "x = [a " + "for a in b " * N + "]",
    "f-string with parentheses": "x = f'" + nested("{", "(", "1", ")") + "}'",
    "f-string with operators": "x = f'" + nested("{", "-", "1", "") + "}'",
    "f-strings in f-strings": "x = " + "f'{" * N + "1" + "}'" * N,
    "behind a carriage return": "# a\rx = " + "(" * N + "1" + ")" * N,
    "between mixed quotes": "x = ''' \"\"\" '''\ny = " + "-" * N + "1\nz = ''' \"\"\" '''",
    "pattern of lists": "match a:\n  case " + "[" * 150 + "1" + "]" * 150 + ": pass",
    "pattern of mappings": "match a:\n  case " + "{1:" * 50 + "1" + "}" * 50 + ": pass",
    "pattern of tuples": "match a:\n  case " + "(" * 50 + "1" + ",)" * 50 + ": pass",
    "pattern of parentheses": "match a:\n  case " + "(" * 150 + "1" + ")" * 150 + ": pass",
    "pattern of classes": "match a:\n  case " + "A(x=" * 50 + "1" + ")" * 50 + ": pass",
}
REFUSED = {f"{name}, refused": f"{text}\n)" for name, text in DEEP.items()}
"""The same in files that no Python parses, so that LibCST is asked."""

WIDE: Dict[str, str] = {
    "decorators": "@d\n" * N + "def f(): pass",
    "arguments": "f(" + "a, " * N + ")",
    "targets": "a = " * N + "1",
    "semicolons": "x=1;" * N,
    "list": "x = [" + "1," * N + "]",
    "with items": "with " + ", ".join(["a"] * N) + ": pass",
    "comparison": "x = a" + " < a" * N,
    "blocks": "".join("  " * level + "if a:\n" for level in range(90)) + "  " * 90 + "pass",
    "name": "a" * 200_000 + " = 1",
    "string": "x = '" + "a" * 900_000 + "'",
    "comment": "#" + "a" * 900_000,
    "blank lines": "\n" * 900_000,
}
"""Much, but not deep: analysed."""

_ENGINE = """
import ast, json, sys
from pathlib import Path
from mosaic_lint.config import Loader
from mosaic_lint.engine import Mode, check_bytes

def accepted(data):
    try:
        ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True

for path in sorted(Path(sys.argv[1]).glob("*.py")):
    data = path.read_bytes()
    for triage in (True,) if path.stem.endswith("refused") else (True, False):
        config = Loader(isolated=True).for_path(path)
        report = check_bytes(str(path), data, config, Mode(triage=triage))
        position = report.source.position
        told = [f for f in report.findings if f.code != "MOS701"]  # no case has a header
        found = [(position(f.span.start).line, f.code, f.message) for f in told]
        print(json.dumps([path.stem, triage, accepted(data), found]), flush=True)
"""

# flake8 itself with no plugin but ours: the others don't stand such files either.
_FLAKE8 = """
import sys
from flake8.plugins import finder

real = finder._import_plugins

def ours(plugins, opts):
    kept = [p for p in plugins if p.package == "mosaic-lint" or "report" in p.entry_point.group]
    return real(kept, opts)

finder._import_plugins = ours
from flake8.main.cli import main
sys.exit(main(sys.argv[1:]))
"""

Row = Tuple[int, str, str]


def written(root: Path, cases: Dict[str, str]) -> Path:
    """Write the cases into a folder, each with a function with a fault behind it."""
    folder = root / "api"
    folder.mkdir()
    for name, text in cases.items():
        (folder / f"{name}.py").write_bytes((text + FAULT).encode("utf-8"))
    return folder


def fault_line(text: str) -> int:
    """The line of the fault behind a case."""
    return len(Source("x.py", text + FAULT).line_starts) - 1


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Dict[Tuple[str, bool], Tuple[bool, Any]]:
    """What the engine finds in each case, with and without triage."""
    root = written(tmp_path_factory.mktemp("deep"), {**DEEP, **REFUSED, **WIDE})
    done = subprocess.run(
        [sys.executable, "-c", _ENGINE, str(root)], capture_output=True, text=True, check=False
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    last = rows[-1][:2] if rows else "nothing"
    assert done.returncode == 0, f"died with {done.returncode} after {last}: {done.stderr}"
    return {
        (name, triage): (accepted, [tuple(row) for row in found])
        for name, triage, accepted, found in rows
    }


@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
@pytest.mark.parametrize("name", DEEP)
def test_deep_statement_is_named_and_the_rest_is_linted(
    name: str, triage: bool, engine: Dict[Tuple[str, bool], Tuple[bool, List[Row]]]
) -> None:
    accepted, found = engine[name, triage]
    codes = [code for _, code, _ in found]
    if accepted:
        assert codes == ["MOS001", "MOS101"]
        assert found[1][0] == fault_line(DEEP[name])
        assert found[0][0] < found[1][0] - 2
        assert "this statement isn't analysed" in found[0][2]
    else:
        assert codes == ["MOS001"]


@pytest.mark.parametrize("name", REFUSED)
def test_deep_file_that_does_not_parse_is_one_finding(
    name: str, engine: Dict[Tuple[str, bool], Tuple[bool, List[Row]]]
) -> None:
    accepted, found = engine[name, True]
    assert not accepted
    assert [code for _, code, _ in found] == ["MOS001"]


@pytest.mark.parametrize("name", WIDE)
def test_wide_statement_is_analysed(
    name: str, engine: Dict[Tuple[str, bool], Tuple[bool, List[Row]]]
) -> None:
    _, found = engine[name, True]
    assert [(line, code) for line, code, _ in found] == [(fault_line(WIDE[name]), "MOS101")]


def test_flake8_survives_and_finds_the_fault(
    tmp_path: Path, engine: Dict[Tuple[str, bool], Tuple[bool, List[Row]]]
) -> None:
    cases = {
        name: text
        for name, text in {**DEEP, **WIDE}.items()
        if engine[name, True][0] and not name.startswith("blank")
    }
    written(tmp_path, cases)
    arguments = ["-j1", "--format=%(path)s:%(row)d:%(code)s", "api"]
    done = subprocess.run(
        [sys.executable, "-c", _FLAKE8, *arguments], cwd=tmp_path, env=environment(),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    expected = [f"api/{name}.py:{fault_line(text)}:MOS101" for name, text in cases.items()]
    headers = [f"api/{name}.py:1:MOS701" for name in cases]
    assert sorted(done.stdout.splitlines()) == sorted([*expected, *headers])


@pytest.mark.skipif(find_spec("mosaic_lint.faces.cli") is None, reason="no command line")
def test_command_line_survives_and_shows_the_same(
    tmp_path: Path, engine: Dict[Tuple[str, bool], Tuple[bool, List[Row]]]
) -> None:
    written(tmp_path, {**DEEP, **REFUSED})
    done = cli_process.run("check", "--output-format", "json", "api", cwd=tmp_path)
    assert done.returncode == 1
    shown: Dict[str, List[Row]] = {}
    for finding in json.loads(done.stdout):
        if finding["code"] == "MOS701":
            continue
        row = (finding["line"], finding["code"], finding["message"])
        shown.setdefault(Path(finding["path"]).stem, []).append(row)
    assert shown == {name: engine[name, True][1] for name in (*DEEP, *REFUSED)}


# --- one deep function among others -------------------------------------------------------------

HALF = {
    "unary": nested("    y = ", "-", "1", "", 450),
    "attributes": "    y = a" + ".b" * 450,
    "or": "    y = a" + " or a" * 450,
    "choices": "    y = " + "1 if a else " * 410 + "1",
    "calls": "    y = f" + "()" * 450,
}


@pytest.mark.parametrize("name", HALF)
def test_only_the_deep_function_is_left_out(name: str, tmp_path: Path) -> None:
    before = "def before():\n    conn = get_conn()\n\n\n"
    deep = f"def deep():\n    conn = get_conn()\n{HALF[name]}\n"
    text = before + deep + FAULT
    done = subprocess.run(
        [sys.executable, "-c", _ENGINE, str(written(tmp_path, {"x": text[: -len(FAULT)]}))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    for line in done.stdout.splitlines():
        _, _, accepted, found = json.loads(line)
        assert accepted
        assert [(row[0], row[1]) for row in found] == [
            (2, "MOS101"),
            (5, "MOS001"),
            (11, "MOS101"),
        ]


NEARLY = {
    "parentheses": nested("x = ", "(", "get_conn()", ")", 150),
    "calls in calls": nested("x = ", "f(", "get_conn()", ")", 150),
    "unary": nested("x = ", "-", "get_conn()", "", 390),
    "lambdas": nested("x = ", "lambda: ", "get_conn()", "", 90),
    "choices": nested("x = ", "1 if a else ", "get_conn()", "", 390),
    "or": "x = get_conn()" + " or a" * 390,
    "strings": "x = f(" + "'' " * 390 + ", get_conn())",
    "strings in f-strings": "x = (" + "f'{a}' " * 390 + "f'{get_conn()}')",
    "attributes": "x = get_conn()" + ".b" * 390,
}


def test_just_below_the_limits_everything_is_found_in_its_place(tmp_path: Path) -> None:
    root = written(tmp_path, NEARLY)
    done = subprocess.run(
        [sys.executable, "-c", _ENGINE, str(root)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        name, _, _, found = json.loads(line)
        lines = [row[0] for row in found if row[1] in ("MOS101", "MOS102")]
        assert lines == [1, fault_line(NEARLY[name])], (name, found)
        assert len(found) == 2, (name, found)


# --- the guards themselves ----------------------------------------------------------------------


def refused(text: str) -> str:
    """Why a text is refused; empty where it isn't."""
    try:
        check_text(text)
    except TooDeep as deep:
        return f"{deep.line}: {deep.reason}"
    return ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(" * MAX_BRACKETS, ""),
        ("(" * (MAX_BRACKETS + 1), "1: more than 200 nested brackets"),
        ("\n\n" + "[" * (MAX_BRACKETS + 1), "3: more than 200 nested brackets"),
        ("\r\n\r" + "[" * (MAX_BRACKETS + 1), "3: more than 200 nested brackets"),
        ("'''\n'''" + "{" * (MAX_BRACKETS + 1), "2: more than 200 nested brackets"),
        ("x = '" + "(" * 999 + "'", ""),
        ('x = """' + "(" * 999 + '"""', ""),
        ("# " + "(" * 999, ""),
        ("# \r" + "(" * 999, "2: more than 200 nested brackets"),
        ("x = f'" + "(" * 999 + "'", "1: more than 200 nested brackets"),
        ("()" * MAX_OPERATORS, ""),
        ("()\n" * 9999, ""),
        ("(),\n" * 9999, ""),
        ("x = a" + " + a" * MAX_OPERATORS, "1: more than 400 operators in one expression"),
        ("x = a" + " + a" * (MAX_OPERATORS - 1), ""),
        ("x = a + a\n" * 9999, ""),
        ("x = [" + "a + a,\n" * 9999 + "]", ""),
        ("x = (a" + " +\na" * 401 + ")", "401: more than 400 operators in one expression"),
        ("if a: pass\n" + "elif b: pass\n" * 401, "402: more than 400 elif branches"),
        ("case [[[[[[[1]]]]]]]: pass", ""),
        ("case [[[[[[[[1]]]]]]]]: pass", "1: more than 7 nested brackets in a pattern"),
        ("  case [\n[[[[[[[1]]]]]]]]: pass", "2: more than 7 nested brackets in a pattern"),
        ("x = [[[[[[[[[[1]]]]]]]]]]\n", ""),
        ("case 1: pass\nx = [[[[[[[[[[1]]]]]]]]]]\n", ""),
        ("x.case([[[[[[[[[[1]]]]]]]]]])\n", ""),
        ("x = 'it''s' ''' ' ''' + \"'\" # '''\ny = 1\n", ""),
    ],
)  # fmt: skip
def test_text_is_measured_without_strings_and_comments(text: str, reason: str) -> None:
    assert refused(text) == reason


def test_real_code_is_not_refused() -> None:
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        if path.name not in ("test_guards.py",):
            assert refused(path.read_bytes().decode("latin-1")) == "", path


@pytest.mark.parametrize("name", [*DEEP, *WIDE])
def test_quick_question_never_clears_what_the_measure_refuses(name: str) -> None:
    text = DEEP.get(name) or WIDE[name]
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pytest.skip("this Python doesn't parse it")
    starts = Source("x.py", text).line_starts
    deep = False
    for statement in tree.body:
        lines = text[starts[statement.lineno - 1] :] if len(tree.body) == 1 else ""
        try:
            check_tree(statement, lines)
        except TooDeep:
            deep = True
    assert deep is (name in DEEP) or name == "between mixed quotes"
    assert Table(tree, Source("x.py", text)).may_be_deep or not deep

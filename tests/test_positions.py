"""Lines and columns are exact in every encoding and with every line end, through every face."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import pytest

from mosaic_lint.config import Config, Loader
from mosaic_lint.engine import Mode, check_bytes
from tests import cli_process, flake8_process

Place = Tuple[int, int, str]

IGNORED = ["MOS7"]  # the cases have no version headers, which would move what they are about


class Case(NamedTuple):
    """Bytes of a file, and where the findings stand in it."""

    data: bytes
    places: List[Place]
    python: Tuple[int, int] = (3, 9)  # the lowest one whose own ast reads it
    encoding: str = "utf-8"


CASES: Dict[str, Case] = {}


def case(name: str, text: str, *places: Place, **more: object) -> None:
    """Add a case whose bytes are the text in its encoding."""
    encoding = str(more.get("encoding", "utf-8"))
    CASES[name] = Case(text.encode(encoding), list(places), **more)  # type: ignore[arg-type]


# --- characters before the finding --------------------------------------------------------------

case("plain", "conn = get_conn()\n", (1, 8, "MOS101"))
case("e_acute", "é = 'é'; conn = get_conn()\n", (1, 17, "MOS101"))
case("decomposed", "x = 'e\u0301'; conn = get_conn()\n", (1, 18, "MOS101"))
case("emoji", "x = '\U0001f600'; conn = get_conn()\n", (1, 17, "MOS101"))
case("emoji_family", "x = '👨‍👩‍👧'; conn = get_conn()\n", (1, 21, "MOS101"))
case("wide", "名前 = '値'; conn = get_conn()\n", (1, 18, "MOS101"))
case("right_to_left", "x = 'שלום'; conn = get_conn()\n", (1, 20, "MOS101"))
case("ligature_in_name", "ﬁle = 1; conn = get_conn()\n", (1, 17, "MOS101"))
case("tab_as_indent", "def f():\n\tconn = get_conn()\n", (2, 9, "MOS101"))
case("tabs_inside", "x =\t'\t';\tconn\t=\tget_conn()\n", (1, 17, "MOS101"))
case("line_separator_in_string", "x = '\u2028'; conn = get_conn()\n", (1, 17, "MOS101"))
case("next_line_in_string", "x = '\x85'; conn = get_conn()\n", (1, 17, "MOS101"))
case(
    "separators_above",
    "# \u2028 \u2029 \x85 \x1c \x1d \x1e \x0b\nconn = get_conn()\n",
    (2, 8, "MOS101"),
)
case(
    "separators_in_docstring",
    '"""\u2028\n\x85\n\x0b\x1c\n"""\nconn = get_conn()\n',
    (5, 8, "MOS101"),
)
case("zero_width", "x = '\u200b\ufeff'; conn = get_conn()\n", (1, 18, "MOS101"))

# --- line ends ----------------------------------------------------------------------------------

case("crlf", "x = 1\r\n\r\ndef f():\r\n    conn = get_conn()\r\n", (4, 12, "MOS101"))
case("lone_cr", "x = 1\r\rdef f():\r    conn = get_conn()\r", (4, 12, "MOS101"))
case("mixed_line_ends", "x = 1\r\ny = 2\rz = 3\nconn = get_conn()\r\n", (4, 8, "MOS101"))
case("no_last_line_end", "x = 1\nconn = get_conn()", (2, 8, "MOS101"))
case("crlf_in_string", 'x = """a\r\nb\r\n"""\r\nconn = get_conn()\r\n', (4, 8, "MOS101"))
case("lone_cr_in_string", 'x = """a\rb\r"""\rconn = get_conn()\r', (4, 8, "MOS101"))
case("backslash_crlf", "conn = \\\r\n    get_conn()\r\n", (2, 5, "MOS101"))
case("backslash_lone_cr", "conn = \\\r    get_conn()\r", (2, 5, "MOS101"))
case("backslash", "conn = \\\n    get_conn()\n", (2, 5, "MOS101"))
case("empty_lines_of_spaces", "x = 1\n   \n\t\nconn = get_conn()\n", (4, 8, "MOS101"))

# --- form feeds ---------------------------------------------------------------------------------

case("form_feed_first", "\fconn = get_conn()\n", (1, 9, "MOS101"))
case("form_feed_line_first", "\f\nconn = get_conn()\n", (2, 8, "MOS101"))
case("form_feed_before_def", "x = 1\n\fdef f():\n    conn = get_conn()\n", (3, 12, "MOS101"))
case("form_feed_line", "def f():\n    x = 1\n\f\n    conn = get_conn()\n", (4, 12, "MOS101"))
case("form_feeds_before_call", "x = 1\n\f\fconn = get_conn()\n", (2, 10, "MOS101"))
case("form_feed_after_code", "x = 1 \f; conn = get_conn()\n", (1, 17, "MOS101"))
case("form_feed_in_string", "x = '\f'; conn = get_conn()\n", (1, 17, "MOS101"))
case("form_feed_in_comment", "x = 1  # \f\nconn = get_conn()\n", (2, 8, "MOS101"))
case("form_feed_in_indent", "def f():\n    \f    conn = get_conn()\n", (2, 17, "MOS101"))
case("form_feed_and_indent", "def f():\n\f    conn = get_conn()\n", (2, 13, "MOS101"))
case(
    "form_feed_between_methods",
    "class A:\n    def a(self):\n        pass\n\f\n    def b(self):\n        conn = get_conn()\n",
    (6, 16, "MOS101"),
)
case(
    "form_feed_crlf",
    "x = 1\r\n\fdef f():\r\n    conn = get_conn()\r\n",
    (3, 12, "MOS101"),
)
case("form_feed_lone_cr", "x = 1\r\fdef f():\r    conn = get_conn()\r", (3, 12, "MOS101"))

case("form_feed_in_brackets", "x = [\n\f    get_conn(),\n]\n", (2, 6, "MOS102"))
case("form_feed_in_long_string", "x = '''\n\fa''', get_conn()\n", (2, 8, "MOS101"))
case(
    "form_feed_lone_cr_over_lines",
    "x = 1\r\fdef f():\r    conn = (\r        get_conn()\r    )\r",
    (4, 9, "MOS101"),
)
case(
    "form_feed_crlf_over_lines",
    "x = 1\r\n\fdef f():\r\n    conn = (\r\n        get_conn()\r\n    )\r\n",
    (4, 9, "MOS101"),
)
case(
    "form_feed_behind_indent",
    "class A:\n    \f    def a(self):\n            pass\n"
    "    \f    def b(self):\n            conn = get_conn()\n",
    (5, 20, "MOS101"),
)
case("lone_cr_in_brackets", "x = [\r    'é',\r    get_conn(),\r]\r", (3, 5, "MOS102"))

# --- encodings ----------------------------------------------------------------------------------

case("bom", "\ufeffconn = get_conn()\n", (1, 8, "MOS101"))
case("bom_and_crlf", "\ufeffx = 'é'\r\nconn = get_conn()\r\n", (2, 8, "MOS101"))
case("bom_and_cookie", "\ufeff# coding: utf-8\nx = 'é'; conn = get_conn()\n", (2, 17, "MOS101"))
case("bom_and_form_feed", "\ufeff\fconn = get_conn()\n", (1, 9, "MOS101"))
case(
    "latin_1",
    "# -*- coding: latin-1 -*-\nx = 'é'; conn = get_conn()\n",
    (2, 17, "MOS101"),
    encoding="latin-1",
)
case(
    "cookie_on_line_two",
    "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€é'; conn = get_conn()\n",
    (3, 18, "MOS101"),
    encoding="cp1252",
)
case(
    "cookie_after_form_feed",
    "\f# coding: iso-8859-15\nx = '€'; conn = get_conn()\n",
    (2, 17, "MOS101"),
    encoding="iso-8859-15",
)
case(
    "shift_jis",
    "# coding: shift_jis\n名前 = 'ソ'; conn = get_conn()\n",
    (2, 18, "MOS101"),
    encoding="shift_jis",
)
case("utf_8_cookie", "# coding: utf8\nx = 'é'; conn = get_conn()\n", (2, 17, "MOS101"))

# --- f-strings ----------------------------------------------------------------------------------

case("f_string", "x = f'{get_conn().closed}'\n", (1, 8, "MOS102"))
case("f_string_after_text", "x = f'é {{ {get_conn()} }}'\n", (1, 13, "MOS102"))
case("f_string_in_parts", "x = ('é' f'a' 'b' f'{get_conn()}')\n", (1, 22, "MOS102"))
case("f_string_nested", "x = f'{f\"{get_conn()}\"}'\n", (1, 11, "MOS102"))
case("f_string_spec", "x = f'{1:{get_conn()}}'\n", (1, 11, "MOS102"))
case("f_string_debug", "x = f'{get_conn()=}'\n", (1, 8, "MOS102"))
case("f_string_conversion", "x = f'{get_conn()!r:>10}'\n", (1, 8, "MOS102"))
case("f_string_raw", "x = rf'\\{get_conn()}'\n", (1, 10, "MOS102"))
case("f_string_lines", "x = f'''é\n{1}\n  {get_conn()}\n'''\n", (3, 4, "MOS102"))
case(
    "f_string_parentheses", "x = f'{(get_conn())}' f'{get_conn()}'\n",
    (1, 9, "MOS102"), (1, 26, "MOS102"),
)  # fmt: skip
case(
    "f_string_lambda_and_dict", "x = f'{(lambda: get_conn())()} { {1: get_conn()}[1] }'\n",
    (1, 17, "MOS102"), (1, 38, "MOS102"),
)  # fmt: skip
case("f_string_same_quotes", 'x = f"{d["é"]} {get_conn()}"\n', (1, 17, "MOS102"), python=(3, 12))
case(
    "f_string_deep_same_quotes",
    'x = f"{f"{f"{get_conn()}"}"}"\n',
    (1, 14, "MOS102"),
    python=(3, 12),
)
case(
    "f_string_backslash",
    "x = f'{chr(10).join(\"\\n\")} {get_conn()}'\n",
    (1, 29, "MOS102"),
    python=(3, 12),
)
case("f_string_new_line", "x = f'{\n  get_conn()\n}'\n", (2, 3, "MOS102"), python=(3, 12))
case("f_string_comment", "x = f'{  # é\n get_conn()}'\n", (2, 2, "MOS102"), python=(3, 12))

# --- what is marked -----------------------------------------------------------------------------

case("parenthesised", "conn = ((get_conn()))\n", (1, 10, "MOS101"))
case("awaited", "async def f():\n    conn = await get_conn()\n", (2, 18, "MOS101"))
case("dotted", "conn = self.db . get_conn ( )\n", (1, 8, "MOS101"))
case("over_lines", "conn = (\n    storage\n    .get_conn(\n    1)\n)\n", (2, 5, "MOS101"))
case("two_on_a_line", "a, b = get_conn(), get_conn()\n", (1, 8, "MOS101"), (1, 20, "MOS101"))
case(
    "except_keyword",
    "try:\n    pass\n\nexcept   Exception  :\n    pass\n",
    (4, 1, "MOS302"),
)
case(
    "except_on_one_line",
    "def f():\n\ttry: g('é')\n\texcept: pass\n",
    (3, 2, "MOS301"),
    (3, 2, "MOS302"),
)
case("print_after_semicolon", "x = 'é'; print('é', x)\n", (1, 10, "MOS305"))
case("attribute", "import psycopg2\nx = [psycopg2 . extras . X]\n", (2, 6, "MOS107"))
case("ambiguous_noqa", "x = 'é'  #noqa:MOS101\n", (1, 10, "MOS003"))

# --- pruned text before and after ---------------------------------------------------------------

_METHOD = "    @decorated('é')\n    def m{0}(self):\n        return '''\U0001f600\n{0}\n'''\n"
_BEFORE = "class A:\n    # é\n" + "".join(_METHOD.format(n) for n in range(20))
_FAULT = "    def last(self):\n        x = 'é'; conn = get_conn()\n"
_AFTER = "def after():\n    pass\n"
_MANY = _BEFORE + _FAULT + "".join(_METHOD.format(n) for n in range(20)) + _AFTER
_LINE = _BEFORE.count("\n") + 2
case("among_methods", _MANY, (_LINE, 25, "MOS101"))
case("among_methods_crlf", _MANY.replace("\n", "\r\n"), (_LINE, 25, "MOS101"))
case("among_methods_lone_cr", _MANY.replace("\n", "\r"), (_LINE, 25, "MOS101"))
case("among_methods_bom", "\ufeff" + _MANY, (_LINE, 25, "MOS101"))
case("among_methods_tabs", _MANY.replace("    ", "\t"), (_LINE, 19, "MOS101"))
case(
    "among_methods_form_feeds",
    _MANY.replace("    @", "\f\n    @"),
    (_LINE + 20, 25, "MOS101"),
)


def config_for(name: str) -> Config:
    """The configuration for a case that no project has."""
    loader = Loader(isolated=True, overrides={"ignore": IGNORED})
    return loader.for_path(Path(f"{name}.py"))


HOSTED = {name: given for name, given in CASES.items() if sys.version_info >= given.python}


def places_by_file(shown: List[Tuple[str, int, int, str]]) -> Dict[str, List[Place]]:
    """Findings by case."""
    by_case: Dict[str, List[Place]] = {}
    for path, line, column, code in shown:
        by_case.setdefault(Path(path).stem, []).append((line, column, code))
    return {name: sorted(places) for name, places in by_case.items()}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All cases as files of a project."""
    root = tmp_path_factory.mktemp("positions")
    table = f"[tool.mosaic_lint]\nignore = {IGNORED}\n"
    (root / "pyproject.toml").write_text(table, encoding="utf-8")
    for name, given in CASES.items():
        (root / f"{name}.py").write_bytes(given.data)
    return root


@pytest.fixture(scope="module")
def shown_by_flake8(project: Path) -> Dict[str, List[Place]]:
    """What one flake8 process says of all cases."""
    shown = flake8_process.found(".", "--select=MOS,E9", cwd=project, select="")
    return places_by_file([line[:4] for line in shown])


@pytest.fixture(scope="module")
def shown_by_cli(project: Path) -> Dict[str, List[Place]]:
    """What one process of the command line says of all cases."""
    if find_spec("mosaic_lint.faces.cli") is None:
        pytest.skip("no command line")
    done = cli_process.run("check", "--output-format", "json", ".", cwd=project)
    found = json.loads(done.stdout)
    return places_by_file([(f["path"], f["line"], f["column"], f["code"]) for f in found])


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("triage", [True, False], ids=["triage", "no-triage"])
def test_engine_shows_the_place(name: str, triage: bool) -> None:
    config = config_for(name)
    mode = Mode(triage=triage, strict=True)
    report = check_bytes(f"{name}.py", CASES[name].data, config, mode)
    found = [(*report.source.position(f.span.start), f.code) for f in report.findings]
    assert found == CASES[name].places


@pytest.mark.parametrize("name", HOSTED)
def test_flake8_shows_the_place(name: str, shown_by_flake8: Dict[str, List[Place]]) -> None:
    assert shown_by_flake8.get(name) == CASES[name].places


@pytest.mark.parametrize("name", ["crlf", "lone_cr", "bom", "latin_1", "form_feed_before_def"])
def test_flake8_shows_the_place_on_standard_input(name: str, tmp_path: Path) -> None:
    arguments = ("--stdin-display-name", "api/x.py", "-")
    shown = flake8_process.found(*arguments, cwd=tmp_path, stdin=CASES[name].data)
    assert [line[1:4] for line in shown] == CASES[name].places


@pytest.mark.parametrize("name", CASES)
def test_command_line_shows_the_place(name: str, shown_by_cli: Dict[str, List[Place]]) -> None:
    assert shown_by_cli.get(name) == CASES[name].places


@pytest.mark.parametrize("name", CASES)
def test_marked_text_is_what_is_meant(name: str) -> None:
    """The end of each span is exact too: a call ends with its bracket, a keyword with itself."""
    config = config_for(name)
    report = check_bytes(f"{name}.py", CASES[name].data, config, Mode(strict=True))
    for finding in report.findings:
        marked = report.source.text[finding.span.start : finding.span.end]
        assert marked.startswith("except") or marked[-1] in ")1X" or marked.endswith("extras")

"""``# noqa`` means to the engine what it means to the installed flake8."""

from __future__ import annotations

import argparse
import linecache
from pathlib import Path
from typing import Dict, List, Set, Tuple

import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mosaic_lint.config import Loader
from mosaic_lint.engine import Mode, check_bytes
from mosaic_lint.model import Finding, Span
from mosaic_lint.source import Source
from mosaic_lint.suppress import Suppressions
from tests import flake8_process
from tests.cli_process import headed

FORMS = (
    "# noqa", "# NOQA", "# NoQa", "#noqa", "#  noqa", "## noqa", "#\tnoqa", "# xnoqa", "# noqax",
    "# noqa:MOS101", "# noqa: MOS101", "# noqa:  MOS101", "# noqa :MOS101", "# noqa : MOS101",
    "# noqa MOS101", "# noqa:\tMOS101", "# noqa:\xa0MOS101", "# noqa;MOS101", "# noqa=MOS101",
    "# noqa: mos101", "# noqa: Mos101", "# NOQA: MOS101", "# noqa: MOS1", "# noqa: MOS10",
    "# noqa: MOS", "# noqa: M", "# noqa: M1", "# noqa: MOS1011", "# noqa: 101", "# noqa: MOS 101",
    "# noqa: E501", "# noqa: E501,MOS101", "# noqa: E501, MOS101", "# noqa: E501 MOS101",
    "# noqa: E501,,MOS101", "# noqa: ,MOS101", "# noqa: E501;MOS101", "# noqa: MOS302,MOS303",
    "# noqa: MOS101 -- a reason", "# noqa: MOS101: a reason", "# noqa: MOS101 reason A1",
    "# noqa: MOS101.", "# noqa: MOS101)", "# noqa: MOS101E", "# noqa:MOS101,E501,W1",
    "# type: ignore # noqa: MOS101", "# é # noqa: MOS101", "# noqa: E501 # noqa: MOS101",
    "# noqa: E501  # noqa", "# nothing to do with noqa: MOS101", "# no qa: MOS101",
    "# noqa:", "# noqa: ", "# noqa:,", "# flake8 noqa: MOS101", "# pragma: no cover, # noqa",
)  # fmt: skip

LAYOUTS = (
    "conn = get_conn()  {0}",
    "conn = get_conn(); other = get_conn()  {0}",
    "conn = get_conn('''{0}\ntext\n''')",
    "conn = get_conn('''\ntext {0}\n''')",
    "conn = get_conn('''\ntext\n''')  {0}",
    "x = '''\n'''; conn = get_conn()  {0}",
    "x = '''{0}\n'''; conn = get_conn()",
    "x = f'''\n{{1}}\n{0}\n'''; conn = get_conn()",
    "x = '''\n''', '''\n{0}\n''', get_conn()",
    "x = '''\n{0}\nMOS101\n'''; conn = get_conn()",
    "conn = \\\n    get_conn()  {0}",
    "conn = \\\n    get_conn( \\\n    1)  {0}\ny = 1",
    "conn = get_conn(  {0}\n    1,\n)",
    "conn = get_conn(\n    1,  {0}\n)",
    "conn = get_conn(\n    1,\n)  {0}",
    "conn = (\n    get_conn()  {0}\n)",
    "conn = (  {0}\n    get_conn()\n)",
    "conn = (\n    get_conn(),\n    '''\n    {0}\n    ''',\n)",
    "conn = (\n    {0}\n    get_conn()\n)",
    "{0}\nconn = get_conn()",
    "conn = get_conn()\n{0}",
    "conn = get_conn('{0}')",
    "conn = get_conn('\\\n{0}')",
    "@decorated  {0}\ndef f():\n    conn = get_conn()",
    "def f():  {0}\n    conn = get_conn()",
    "def f():\n    '''{0}'''\n    conn = get_conn()",
    "def f():\n    conn = get_conn()\n    {0}\n\n",
    "def f():\n    if x:\n        conn = get_conn()  {0}\n    return get_conn()",
    "if x: conn = get_conn()  {0}\nelse: pass",
    "try:\n    g()\nexcept Exception:  {0}\n    pass",
    "try:\n    g()\nexcept Exception:\n    pass  {0}",
    "\fconn = get_conn()  {0}",
    "\f\nconn = get_conn()  \f{0}",
    "x = '\u2028\x85'; conn = get_conn()  {0} \u2028",
)
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
CODES = ("MOS101", "MOS302", "MOS303", "E501")


def all_blocks() -> List[str]:
    """Every layout with every form; what doesn't fit into a line of code is left out."""
    return [layout.format(form) for layout in LAYOUTS for form in FORMS]


def by_flake8(file: Path) -> Set[Tuple[int, str]]:
    """The lines and codes that flake8's own code drops."""
    options = argparse.Namespace(
        disable_noqa=False, hang_closing=False, indent_size=4, max_line_length=79,
        max_doc_length=None, verbose=0, stdin_display_name="stdin",
    )  # fmt: skip
    linecache.checkcache()
    processor = FileProcessor(str(file), options)
    if processor.should_ignore_file():
        return {(line, code) for line in range(1, len(processor.lines) + 1) for code in CODES}
    return {
        (line, code)
        for line in range(1, len(processor.lines) + 1)
        for code in CODES
        if Violation(code, str(file), line, 1, "", processor.noqa_line_for(line)).is_inline_ignored(
            False
        )
    }


def by_engine(file: Path) -> Set[Tuple[int, str]]:
    """The lines and codes that the engine drops."""
    source = Source.from_bytes(str(file), file.read_bytes())
    suppressions = Suppressions(source)
    lines = range(1, len(source.line_starts) + 1)
    places = [(line, source.offset(line, 1), code) for line in lines for code in CODES]
    return {
        (line, code)
        for line, start, code in places
        if suppressions.whole_file
        or suppressions.silences(Finding(code, "", Span(start, start + 1)))
    }


def compare(file: Path, text: str) -> None:
    """Both drop the same."""
    file.write_bytes(text.encode("utf-8"))
    flake8, engine = by_flake8(file), by_engine(file)
    last = max((line for line, _ in flake8), default=0)
    assert {place for place in engine if place[0] <= last or place in flake8} == flake8


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_lines_and_codes_are_silenced(layout: str, end: str, tmp_path: Path) -> None:
    for form in FORMS:
        text = f"a = 1\n{layout.format(form)}\nb = 1\n".replace("\n", ENDS[end])
        compare(tmp_path / "x.py", text)


@settings(
    max_examples=200, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    parts=st.lists(
        st.one_of(
            st.sampled_from(FORMS),
            st.sampled_from(
                ("x = 1", "'''", '"""', "\\", "(", ")", "\n", "\n", "\f", "\t", "    ", "'", "#")
            ),
            st.sampled_from([layout.format("# noqa: MOS101") for layout in LAYOUTS]),
        ),
        max_size=12,
    ),
    end=st.sampled_from(sorted(ENDS)),
)
def test_the_same_is_silenced_in_any_heap_of_text(
    parts: List[str], end: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "heap.py"
    compare(file, "".join(parts).replace("\n", ENDS[end]))


WHOLE_FILE = (
    "# flake8: noqa", "# flake8:noqa", "# FLAKE8: NOQA", "# flake8=noqa", "# flake8: noqa: MOS101",
    "# flake8: noqa:MOS101", "# flake8: noqa because", "  # flake8: noqa", "#flake8: noqa",
    "x = 1  # flake8: noqa", "'''\n# flake8: noqa\n'''", "x = '# flake8: noqa'", "\f# flake8: noqa",
    "# flake8 : noqa", "# flake8 noqa", "# a\u2028# flake8: noqa", "x = 1 # noqa # flake8: noqa",
    "# flake8: NoQA: E501",
)  # fmt: skip


@pytest.mark.parametrize("form", WHOLE_FILE)
def test_the_same_silences_the_whole_file(form: str, tmp_path: Path) -> None:
    for text in (f"{form}\nconn = get_conn()\n", f"conn = get_conn()\n{form}\n"):
        compare(tmp_path / "x.py", text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files with every layout and form in every kind of line ends, and whole-file comments."""
    root = tmp_path_factory.mktemp("noqa")
    body = "\n".join(all_blocks()) + "\n"
    for name, end in ENDS.items():
        (root / f"{name}.py").write_bytes(body.replace("\n", end).encode("utf-8"))
    for number, form in enumerate(WHOLE_FILE):
        text = f"conn = get_conn()\n{form}\n"
        (root / f"whole_{number:02}.py").write_bytes(text.encode("utf-8"))
    return root


def places(project: Path) -> Dict[str, List[Tuple[int, int, str]]]:
    """What the engine shows of each file by the families that flake8 is asked for."""
    found = {}
    for file in sorted(project.glob("*.py")):
        config = Loader(isolated=True).for_path(file)
        report = check_bytes(str(file), file.read_bytes(), config, Mode(strict=True))
        found[file.name] = [
            (*report.source.position(f.span.start), f.code)
            for f in report.findings
            if f.code.startswith(("MOS1", "MOS3"))
        ]
    return found


def test_real_flake8_shows_the_same_findings(project: Path) -> None:
    shown = flake8_process.found("--select=MOS1,MOS3", ".", cwd=project, select="")
    by_file: Dict[str, List[Tuple[int, int, str]]] = {file.name: [] for file in project.iterdir()}
    for line in shown:
        by_file[line.path].append((line.line, line.column, line.code))
    assert {name: sorted(found) for name, found in by_file.items()} == {
        name: sorted(found) for name, found in places(project).items()
    }
    assert len(by_file["lf.py"]) > 300


def test_disable_noqa_of_flake8_shows_what_is_silenced(tmp_path: Path) -> None:
    text = headed("x.py", "conn = get_conn()  # noqa: MOS101\n")
    (tmp_path / "x.py").write_text(text, encoding="utf-8")
    assert flake8_process.found("x.py", cwd=tmp_path) == []
    shown = flake8_process.found("--disable-noqa", "x.py", cwd=tmp_path)
    assert [line.code for line in shown] == ["MOS101"]

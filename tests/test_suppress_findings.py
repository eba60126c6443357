"""What the tool says of suppressions themselves: MOS002 and MOS003."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

import pytest

from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode, Report, check
from mosaic_lint.model import Finding
from mosaic_lint.source import Source
from tests import flake8_process


def report(text: str, options: Optional[Mapping[str, Any]] = None, path: str = "x.py") -> Report:
    """Check a text as the command line does, but for the version header that none here has."""
    root = Path(os.path.abspath("project"))
    table = dict(options or {})
    table["ignore"] = [*table.get("ignore", ()), "MOS7"]
    config = build(root, None, check_table(table, "the test"), {})
    return check(Source(str(root / path), text), config, Mode(strict=True))


def places(text: str, **kwargs: Any) -> List[Tuple[int, int, str]]:
    """Lines, columns and codes of the findings."""
    checked = report(text, **kwargs)
    return [(*checked.source.position(f.span.start), f.code) for f in checked.findings]


def fixed(text: str, finding: Finding) -> str:
    """The text with a finding's fix applied."""
    assert finding.fix is not None
    fix = finding.fix
    assert fix is not None
    for edit in sorted(fix.edits, key=lambda edit: edit.span, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


# --- MOS002: a suppression that suppresses nothing ----------------------------------------------

# line, columns of the unused codes, the line after the fix of the first one if it is left
UNUSED: Dict[str, Tuple[str, List[int], Optional[str]]] = {
    "alone": ("x = 1  # noqa: MOS101", [16], "x = 1"),
    "without a space": ("x = 1  # noqa:MOS101", [15], "x = 1"),
    "indented, of a line of its own": ("    # noqa: MOS101", [13], None),
    "separated by spaces": ("x = 1  # noqa: MOS101 E501", [16], "x = 1  # noqa: E501"),
    "in capitals": ("x = 1  # NOQA: MOS101", [16], "x = 1"),
    "prefix": ("x = 1  # noqa: MOS1", [16], "x = 1"),
    "with a reason": ("x = 1  # noqa: MOS101 -- checked above", [16], "x = 1"),
    "before another comment": (
        "x = 1  # noqa: MOS101  # type: ignore",
        [16],
        "x = 1  # type: ignore",
    ),
    "after another comment": (
        "x = 1  # type: ignore # noqa: MOS101",
        [31],
        "x = 1  # type: ignore",
    ),
    "of a line of its own": ("# noqa: MOS101", [9], None),
    "foreign code first": ("x = 1  # noqa: E501, MOS101", [22], "x = 1  # noqa: E501"),
    "foreign code last": ("x = 1  # noqa: MOS101, E501", [16], "x = 1  # noqa: E501"),
    "foreign codes around": ("x = 1  # noqa: E501,MOS101,W291", [21], "x = 1  # noqa: E501,W291"),
    "foreign code and reason": (
        "x = 1  # noqa: E501, MOS101 because",
        [22],
        "x = 1  # noqa: E501 because",
    ),
    "two of ours": ("x = 1  # noqa: MOS101, MOS302", [16, 24], "x = 1  # noqa: MOS302"),
    "one used, one not": (
        "conn = get_conn()  # noqa: MOS101, MOS302",
        [36],
        "conn = get_conn()  # noqa: MOS101",
    ),
    "prefix used, code not": (
        "conn = get_conn()  # noqa: MOS3,MOS1",
        [28],
        "conn = get_conn()  # noqa: MOS1",
    ),
    "e acute before": ("x = 'é'  # noqa: MOS101", [18], "x = 'é'"),
    "carriage return behind": ("x = 1  # noqa: MOS101\r", [16], "x = 1\r"),
    "blanks behind": ("x = 1  # noqa: MOS101   ", [16], "x = 1"),
}


@pytest.mark.parametrize("name", UNUSED)
def test_unused_code_is_reported_at_itself(name: str) -> None:
    line, columns, _ = UNUSED[name]
    assert places(f"a = 1\n{line}\n") == [(2, column, "MOS002") for column in columns]


@pytest.mark.parametrize("name", UNUSED)
def test_fix_takes_the_unused_code_away(name: str) -> None:
    line, _, expected = UNUSED[name]
    text = f"a = 1\n{line}\nb = 'é'\n"
    left = "" if expected is None else f"{expected}\n"
    assert fixed(text, report(text).findings[0]) == f"a = 1\n{left}b = 'é'\n"


@pytest.mark.parametrize("name", UNUSED)
def test_fixing_one_after_the_other_leaves_nothing_to_report(name: str) -> None:
    text = f"a = 1\n{UNUSED[name][0]}\n"
    for _ in range(3):
        findings = report(text).findings
        if findings:
            text = fixed(text, findings[0])
    assert report(text).findings == ()
    assert text.startswith("a = 1\n")


def test_unused_code_names_itself_and_the_repair() -> None:
    (finding,) = report("x = 1  # noqa: MOS101\n").findings
    assert finding.message == "MOS101 has no finding here: remove it from the noqa"
    assert finding.fix is not None
    fix = finding.fix
    assert fix is not None
    assert (fix.safety.value, fix.message) == ("safe", "Remove MOS101 from the noqa")


@pytest.mark.parametrize(
    "text",
    [
        "conn = get_conn()  # noqa: MOS101\n",
        "conn = get_conn()  # noqa: MOS1\n",
        "conn = get_conn()  # noqa: MOS\n# not a code, so a blanket noqa\n",
        "conn = get_conn()  # noqa\n",
        "x = 1  # noqa\n",
        "x = 1  # noqa: E501\n",
        "x = 1  # noqa: MOS999\n",
        "conn = get_conn('''\n''')  # noqa: MOS101\n",
        "conn = \\\n    get_conn()  # noqa: MOS101\n",
        "x = 1  # noqa: MOS101, MOS002\n",
        "x = 1  # noqa: MOS002\n",
        "x = '# noqa: MOS101'\n",
        "'''Write ``# noqa: MOS101`` behind it.'''\n",
        "'''\nExample:\n    conn = get_conn()  # noqa: MOS101\n'''\n",
        "x = f'# noqa: MOS101 {1}'\n",
        "# flake8: noqa\nx = 1  # noqa: MOS101\n",
        "try:\n    g()\nexcept:  # noqa: MOS301, MOS302\n    pass\n",
    ],
)
def test_suppression_is_used_or_none_of_ours(text: str) -> None:
    assert [place for place in places(text) if place[2] == "MOS002"] == []


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({"ignore": ["MOS101"]}, "x.py"),
        ({"ignore": ["MOS1"]}, "x.py"),
        ({"select": ["MOS3", "MOS002"]}, "x.py"),
        ({"per-file-ignores": {"legacy/**": ["MOS1"]}}, "legacy/x.py"),
        ({"ignore": ["MOS002"]}, "x.py"),
        ({"select": ["MOS1"]}, "x.py"),
    ],
)
def test_code_that_was_off_is_not_called_unused(options: Mapping[str, Any], path: str) -> None:
    assert places("x = 1  # noqa: MOS101\n", options=options, path=path) == []


def test_prefix_is_unused_as_long_as_one_of_its_rules_could_run() -> None:
    options = {"ignore": ["MOS101"]}
    assert places("x = 1  # noqa: MOS1\n", options=options) == [(1, 16, "MOS002")]


def test_unused_code_stays_unreported_where_a_part_of_the_file_is_unreadable() -> None:
    deep = f"def f():\n    conn = get_conn({'-' * 450}1)\n"
    assert [code for _, _, code in places(f"{deep}y = 1  # noqa: MOS101\n")] == ["MOS001"]


def test_file_that_does_not_parse_has_no_unused_code() -> None:
    assert [code for _, _, code in places("def f(:\nx = 1  # noqa: MOS101\n")] == ["MOS001"]


def test_only_the_first_noqa_that_flake8_obeys_is_judged() -> None:
    text = "x = '''\n# noqa: E501\n'''; conn = get_conn()  # noqa: MOS101\n"
    assert [code for _, _, code in places(text)] == ["MOS101"]


def test_flake8_reports_no_unused_code(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("x = 1  # noqa: MOS101\n", encoding="utf-8")
    assert flake8_process.found("--extend-ignore=MOS7", "x.py", cwd=tmp_path) == []


# --- MOS003: a suppression that is read in two ways ---------------------------------------------

AMBIGUOUS: Dict[str, Tuple[str, int, str]] = {
    "# flake8: noqa: MOS101": (
        "# flake8: noqa: MOS101", 1,
        'this silences the whole file for flake8, not only MOS101: write "# noqa: MOS101" '
        "on the line",
    ),
    "# noqa : MOS101": (
        "x = 1  # noqa : MOS101", 8,
        "flake8 reads '# noqa : MOS101' as a noqa for everything: write \"# noqa: MOS101\"",
    ),
    "# noqa MOS101": (
        "x = 1  # noqa MOS101", 8,
        "flake8 reads '# noqa MOS101' as a noqa for everything: write \"# noqa: MOS101\"",
    ),
    "two spaces": (
        "x = 1  # noqa:  MOS101", 8,
        "flake8 reads '# noqa:  MOS101' as a noqa for everything: write \"# noqa: MOS101\"",
    ),
    "no digits": (
        "x = 1  # noqa: MOS", 8,
        "flake8 reads '# noqa: MOS' as a noqa for everything: write full codes",
    ),
    "no space": (
        "x = 1  #noqa:MOS101", 8,
        "flake8 doesn't read '#noqa:MOS101': write \"# noqa: MOS101\"",
    ),
    "no first space": (
        "x = 1  #noqa: MOS101", 8,
        "flake8 doesn't read '#noqa: MOS101': write \"# noqa: MOS101\"",
    ),
    "two blanks before": (
        "x = 1  #  noqa: MOS101", 8,
        "flake8 doesn't read '#  noqa: MOS101': write \"# noqa: MOS101\"",
    ),
    "lower case": (
        "x = 1  # noqa: mos101", 8,
        'flake8 matches codes in capitals only: write "# noqa: MOS101"',
    ),
    "one in lower case": (
        "x = 1  # noqa: e501, MOS101", 8,
        'flake8 matches codes in capitals only: write "# noqa: E501, MOS101"',
    ),
    "several, two spaces": (
        "x = 1  # noqa:  E501, MOS101", 8,
        "flake8 reads '# noqa:  E501, MOS101' as a noqa for everything: "
        'write "# noqa: E501, MOS101"',
    ),
    "behind another comment": (
        "x = 1  # type: ignore #noqa:MOS101", 23,
        "flake8 doesn't read '#noqa:MOS101': write \"# noqa: MOS101\"",
    ),
    "in an SQL string": (
        "q = 'SELECT a FROM t -- noqa: MOS101'", 22,
        "a noqa inside an SQL string is part of the query: "
        'write "# noqa: CODE" behind the closing quotes',
    ),
    "in a long SQL string": (
        "q = '''\nINSERT INTO t -- noqa: MOS101\nVALUES (1)\n'''", 15,
        "a noqa inside an SQL string is part of the query: "
        'write "# noqa: CODE" behind the closing quotes',
    ),
    "in an SQL f-string": (
        "q = f'UPDATE t SET a = {b} # noqa: MOS1'", 28,
        "a noqa inside an SQL string is part of the query: "
        'write "# noqa: CODE" behind the closing quotes',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_form_is_reported(name: str) -> None:
    line, column, message = AMBIGUOUS[name]
    checked = report(f"{line}\n")
    (finding,) = [finding for finding in checked.findings if finding.code == "MOS003"]
    row = 2 if line.startswith("q = '''") else 1
    assert checked.source.position(finding.span.start) == (row, column)
    assert finding.message == message


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_ambiguous_form_does_not_silence_itself(name: str) -> None:
    text = f"{AMBIGUOUS[name][0]}\nx = 1\n"
    assert "MOS003" in [code for _, _, code in places(text)]


CLEAR = (
    "x = 1  # noqa: E501",
    "x = 1  # noqa",
    "x = 1  #noqa",
    "x = 1  #noqa:E501",
    "x = 1  # noqa : E501",
    "x = 1  # noqa: e501",
    "# flake8: noqa: E501",
    "# flake8: noqa",
    "conn = get_conn()  # noqa: MOS101",
    "conn = get_conn()  # NOQA: MOS101",
    "conn = get_conn()  # NoQa:MOS101",
    "conn = get_conn()  # noqa: MOS101 -- reason",
    "conn = get_conn()  # noqa: MOS1",
    "conn = get_conn()  # noqa: E501,MOS101",
    "conn = get_conn()  # noqa: E501 MOS101",
    "conn = get_conn()  # noqa: MOS101  # the pool is opened by hand",
    "conn = get_conn()  # the pool # noqa: MOS101",
    "# the noqa for MOS101 went away",
    "# write noqa: MOS101 if you must",
    "# noqa is no cure for MOSAIC",
    "# noqa MOSAIC",
    "# MOS101 noqa",
    "x = 1  # xnoqa: MOS101",
    "'''Silence it with ``# noqa : MOS101``, or #noqa:MOS101.'''",
    "'''Select a rule and write # noqa MOS101 behind the line.'''",
    "'''Create a table of codes: # noqa: MOS101'''",
    "'''\nUpdate the docs,  # noqa: MOS101\n'''",
    "'''Delete it with care # noqa: MOS101'''",
    "'''With this # noqa: MOS101'''",
    "x = 'Drop the noqa: # noqa MOS101'",
    "x = '# noqa : MOS101'",
    "x = 'conn = get_conn()  # noqa:  MOS101'",
    "q = 'SELECT a FROM t -- noqa for MOSAIC'",
)


@pytest.mark.parametrize("line", CLEAR)
def test_clear_form_is_not_reported(line: str) -> None:
    assert [place for place in places(f"{line}\n") if place[2] == "MOS003"] == []


def test_sql_string_with_noqa_behind_it_is_judged_by_the_comment() -> None:
    line, column = "q = 'SELECT a FROM t'  # noqa:  MOS201", 24
    assert [place for place in places(f"{line}\n") if place[2] == "MOS003"] == [
        (1, column, "MOS003")
    ]


def test_ambiguous_suppression_is_silenced_by_its_full_code_only() -> None:
    assert places("x = 1  # noqa: mos101, MOS003\n") == []
    assert places("x = 1  # noqa: mos101, MOS0\n") == [(1, 8, "MOS003")]


def test_ambiguous_suppression_can_be_ignored() -> None:
    assert places("x = 1  #noqa:MOS101\n", options={"ignore": ["MOS003"]}) == []


def test_ambiguous_whole_file_suppression_shows_although_the_file_is_silenced() -> None:
    text = "# flake8: noqa: MOS301\nconn = get_conn()\n"
    assert places(text) == [(1, 1, "MOS003")]


def test_flake8_shows_what_it_does_not_obey(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("x = 1  #noqa:MOS101\n", encoding="utf-8")
    shown = flake8_process.found("--extend-ignore=MOS7", "x.py", cwd=tmp_path)
    assert [line[1:4] for line in shown] == [(1, 8, "MOS003")]


@pytest.mark.parametrize(
    "line", ["x = 1  " + "# noqa " * 50_000, f'x = "SELECT 1{"-- noqa " * 50_000}"']
)
def test_many_of_them_on_a_line_take_no_time(line: str) -> None:
    assert places(f"{line}\n", options={"select": ["MOS002", "MOS003"]}) == []


def test_noqa_in_an_sql_string_reaches_to_the_last_code_of_its_line() -> None:
    text = 'x = """SELECT 1 FROM t -- noqa\n-- noqa: MOS301, MOS302 there\n"""\n'
    assert places(text, options={"select": ["MOS003"]}) == [(2, 1, "MOS003")]

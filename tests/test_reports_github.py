"""GitHub's workflow commands and the step's summary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mosaic_lint.engine import Report
from mosaic_lint.model import Finding, Span
from mosaic_lint.reports.github import render, summary
from mosaic_lint.reports.results import Results
from mosaic_lint.source import Source
from tests.cli_process import FAULTY, write
from tests.headerless import check

MESSAGE = 'get_conn() returns a context manager, not a connection: write "with get_conn() as conn:"'


@pytest.fixture(autouse=True)
def _no_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def results(*findings: Finding, path: str = "api/x.py", text: str = "x = 1\ny = 2\n") -> Results:
    return Results((Report(Source(path, text), findings),), 1)


def one(path: str = "api/x.py", message: str = "wrong", code: str = "MOS101") -> str:
    return render(results(Finding(code, message, Span(6, 7)), path=path))


def test_finding_becomes_an_error_with_its_place(tmp_path: Path) -> None:
    write(tmp_path, {"api/x.py": f"\n{FAULTY}"})
    done = check("--output-format", "github", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (
        "::error file=api/x.py,line=2,endLine=2,col=8,endColumn=18,"
        f"title=MOS101 pool-as-connection::api/x.py:2:8: MOS101 {MESSAGE}\n"
    )


def test_special_characters_are_escaped() -> None:
    path = "a,b:c%d.py"
    properties = "line=2,endLine=2,col=1,endColumn=2,title=MOS101 pool-as-connection"
    assert one(path, "50% of: a, b") == (
        f"::error file=a%2Cb%3Ac%25d.py,{properties}::a,b:c%25d.py:2:1: MOS101 50%25 of: a, b\n"
    )
    for line_end in ("\r", "\n", "\r\n"):
        text = one(f"a{line_end}b.py", f"x{line_end}::error::y")
        assert re.findall(r"[\r\n]", text) == ["\n"]
        escaped = line_end.replace("\r", "%0D").replace("\n", "%0A")
        assert f"file=a{escaped}b.py," in text


def test_columns_are_left_out_across_lines() -> None:
    text = render(results(Finding("MOS101", "wrong", Span(2, 8))))
    assert "line=1,endLine=2,title=" in text
    assert "ol=" not in text.split("::")[1]


def test_errors_come_before_warnings() -> None:
    found = [
        Finding(code, "wrong", Span(0, 1)) for code in ("MOS002", "MOS101", "MOS003", "MOS301")
    ]
    lines = render(results(*found)).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error"] * 2 + ["::warning"] * 2
    assert ["MOS101" in lines[0], "MOS301" in lines[1]] == [True, True]


@pytest.mark.parametrize(("count", "told"), [(10, False), (11, True)])
def test_more_than_github_shows_is_told(
    count: int, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [Finding("MOS101", f"number {n}", Span(0, 1)) for n in range(count)]
    lines = render(results(*found)).splitlines()
    assert sum(line.startswith("::error ") for line in lines) == count
    notices = [line for line in lines if line.startswith("::notice ")]
    assert bool(notices) is told
    if told:
        assert notices[0].endswith("::11 findings; GitHub shows ten a step: the step's log has all")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
        assert render(results(*found)).endswith("the step's summary has all\n")


def test_paths_are_those_of_the_repository(tmp_path: Path) -> None:
    write(tmp_path, {"backend/api/x.py": FAULTY})
    for workspace, path in ((tmp_path, "backend/api/x.py"), (tmp_path / "other", "api/x.py")):
        done = check(
            "--output-format", "github",
            cwd=tmp_path / "backend", env={"GITHUB_WORKSPACE": str(workspace)},
        )  # fmt: skip
        assert done.stdout.startswith(f"::error file={path},line=1,")


def test_summary_is_appended_to_the_file_of_the_step(tmp_path: Path) -> None:
    write(tmp_path, {"x_1.py": FAULTY, "summary.md": "# Before\n\n"})
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    check("--output-format", "github", cwd=tmp_path, env=env)
    url = "https://github.com/mosaic-platform/mosaic_lint/blob/main/docs/rules/MOS101.md"
    assert (tmp_path / "summary.md").read_text("utf-8") == (
        "# Before\n\n### mosaic-lint: 1 finding\n\n"
        "| place | code | finding |\n| --- | --- | --- |\n"
        f"| x\\_1.py:1:8 | [MOS101]({url}) | get\\_conn\\(\\) returns a context manager, not a "
        'connection: write "with get\\_conn\\(\\) as conn:" |\n\n'
    )


def test_other_formats_and_clean_runs_write_no_summary(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": FAULTY, "b.py": ""})
    env = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    check("--output-format", "json", cwd=tmp_path, env=env)
    check("--output-format", "github", "b.py", cwd=tmp_path, env=env)
    written = tmp_path / "summary.md"
    assert not written.exists() or written.read_text("utf-8") == ""


def test_summary_keeps_each_finding_in_its_row() -> None:
    rows = summary(results(Finding("MOS101", "a|b\n*c* <b>`d`", Span(0, 1)))).splitlines()[4:]
    assert rows[0].endswith("| a\\|b␊\\*c\\* \\<b\\>\\`d\\` |")
    assert rows[1:] == [""]


def test_summary_stays_within_what_github_takes() -> None:
    found = [Finding("MOS101", "é" * 500, Span(0, 1)) for _ in range(2000)]
    text = summary(results(*found))
    assert len(text.encode()) <= 2**20
    last = re.fullmatch(r"and (\d+) more", text.splitlines()[-1])
    assert last is not None
    rows = sum(line.startswith("| api/") for line in text.splitlines())
    assert rows + int(last.group(1)) == 2000

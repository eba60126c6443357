"""Markdown through the engine and the command line: blocks, places, noqa, what isn't installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from mosaic_lint import registry
from mosaic_lint.engine import Report, check_bytes
from tests import in_memory
from tests.cli_process import environment, found, git, run, write
from tests.in_memory import Place, config, places_of

pytest.importorskip("markdown_it")

PYTHON = "conn = get_conn()"
SQL = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);"
CALL = PYTHON.index("get") + 1
WORD = SQL.index("AUTO") + 1


def fence(language: str, *lines: str, end: str = "\n") -> str:
    return end.join([f"```{language}", *lines, "```", ""])


def report(text: str, path: str = "docs/x.md", **options: Any) -> Report:
    return in_memory.report(text.encode("utf-8"), path, **{"include_markdown": True, **options})


def places(text: str, **options: Any) -> List[Place]:
    """The findings of a text as lines, columns and codes."""
    return places_of(report(text, **options))


def test_markdown_is_left_alone_unless_it_is_wanted() -> None:
    text = fence("python", PYTHON)
    assert places(text) == [(2, CALL, "MOS101")]
    assert places(text, include_markdown=False) == []
    assert check_bytes("x.md", b"\xff", config()).findings == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["plain", "bom"])
def test_place_is_exact(bom: str, end: str) -> None:
    lines = [
        "# coding: latin-1 is a heading \U0001f600",
        "",
        "- größe",
        "  ```python",
        "  label = 'é \U0001f600'; \tconn = get_conn()",
        "  ```",
        "> - ```sql",
        ">   /* é \U0001f600 */\tCREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);",
        ">   ```",
        "\t```python",
        "\tconn = get_conn()",
        "\t```",
        "~~~py title='x'",
        PYTHON,
    ]
    assert places(bom + end.join(lines)) == [
        (5, lines[4].index("get") + 1, "MOS101"),
        (8, lines[7].index("AUTO") + 1, "MOS202"),
        (14, CALL, "MOS101"),
    ]


def test_span_is_what_is_meant() -> None:
    told = report("> " + fence("python", "x = 1", PYTHON, end="\n> "))
    (finding,) = told.findings
    assert told.source.text[slice(*finding.span)] == "get_conn()"


def test_each_block_is_a_file_of_its_own() -> None:
    text = (
        fence("python", "from storage import get_conn as gc", "a = gc()")
        + fence("python", "b = gc()")
        + fence("sql", "CREATE DOMAIN datetime AS TIMESTAMP;", "SELECT now()::datetime;")
        + fence("sql", "SELECT now()::datetime;")
    )
    assert [(line, code) for line, _, code in places(text)] == [(3, "MOS101"), (13, "MOS208")]


@pytest.mark.parametrize(
    "block",
    [
        fence("python", f"    {PYTHON}"),
        fence("python", "def f(", PYTHON),
        fence("python", f">>> {PYTHON}"),
        fence("python", PYTHON, "..."[:2]),
        fence("python", PYTHON + "  # noqa: MOS301", "x = '\0'"),
        fence("python", "x = " + "(" * 5_000),
        fence("python", f"x = {'-' * 2_000}1", PYTHON),
        fence("sql", "WHERE id = ?"),
        fence("sql", "id INTEGER PRIMARY KEY AUTOINCREMENT"),
        fence("sql", "SELECT ... FROM t WHERE a == ?"),
        fence("sql", "Create a table with AUTOINCREMENT, or the id = ?"),
        fence("sql", "SELECT '\0';", SQL),
        fence("text", PYTHON),
        fence("", PYTHON),
        f"    {PYTHON}\n",
        f"`{PYTHON}`\n",
    ],
    ids=range(16),
)
def test_fragments_and_others_are_passed_over(block: str) -> None:
    text = f"{block}\n{fence('python', PYTHON)}"
    last = text.count("\n") - 1
    assert places(text, select=["MOS"]) == [(last, CALL, "MOS101")]


def test_rules_that_are_not_about_examples_keep_silent() -> None:
    quiet = {entry.code for entry in registry.rules().values() if not entry.in_markdown}
    assert "MOS402" in quiet
    assert places(fence("sql", SQL), select=["MOS"]) == [(2, WORD, "MOS202")]
    python = fence("python", f'cursor.execute("{SQL}")')
    assert [code for _, _, code in places(python, select=["MOS"])] == ["MOS202"]
    assert places(fence("sql", f"{SQL} -- noqa: MOS202, MOS402"), select=["MOS"]) == []


def test_selection_and_per_file_ignores_hold() -> None:
    text = fence("python", PYTHON)
    assert places(text, ignore=["MOS101"]) == []
    ignores = {"docs/": ["MOS1"]}
    assert report(text, "/nowhere/docs/x.md", per_file_ignores=ignores).findings == ()
    assert len(report(text, "/nowhere/x.md", per_file_ignores=ignores).findings) == 1


def test_noqa_works_inside_its_block() -> None:
    text = (
        "<!-- # noqa --> # noqa\n"
        + fence("python", f"{PYTHON}  # noqa: MOS101", PYTHON)
        + fence("python", "# flake8: noqa", PYTHON)
        + fence("python", PYTHON)
        + fence("sql", f"{SQL} -- noqa: MOS202", SQL)
    )
    assert places(text) == [(4, CALL, "MOS101"), (11, CALL, "MOS101"), (15, WORD, "MOS202")]


def test_unused_noqa_is_told_and_its_fix_is_moved() -> None:
    text = "- list\n\n  " + fence("python", "x = 1  # noqa: MOS101, E501", end="\n  ")
    told = report(text)
    (finding,) = told.findings
    assert (finding.code, text[slice(*finding.span)]) == ("MOS002", "MOS101")
    fix = finding.fix
    assert fix is not None
    (edit,) = fix.edits
    fixed = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert fixed == text.replace("noqa: MOS101, E501", "noqa: E501")


def test_unused_noqa_in_a_fragment_is_not_told() -> None:
    assert places(fence("python", ">>> x = 1  # noqa: MOS101")) == []


def test_skipped_block_is_skipped() -> None:
    text = "<!-- mosaic-lint: skip -->\n" + fence("python", PYTHON)
    assert places(text + fence("python", "# mosaic-lint: skip", PYTHON)) == []


def test_unreadable_markdown_is_told() -> None:
    told = check_bytes("x.md", b"# a\n\xff\n", config(include_markdown=True))
    assert [f.code for f in told.findings] == ["MOS001"]
    large = report("x" * 2_000, max_file_size=1_000)
    assert [f.code for f in large.findings] == ["MOS001"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "```",
        "```python",
        "```python\n",
        "> ```sql\n> '",
        "```py\n\0\n```",
        "\u2028```sql\n\x0c",
    ],
)
def test_odd_text_does_no_harm(text: str) -> None:
    assert places(text) == []


def test_fault_stands_at_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise KeyError("name")

    monkeypatch.setattr("mosaic_lint.check_sql.read", refuse)
    told = check_bytes(
        "x.md", f"# a\n\n{fence('sql', SQL)}".encode(), config(include_markdown=True)
    )
    assert [(f.code, told.source.position(f.span.start).line) for f in told.findings] == [
        ("MOS004", 4)
    ]


# --- through the command line -------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    git("init", cwd=tmp_path)
    write(tmp_path, {"mosaic_lint.toml": "include-markdown = true\n"})
    return tmp_path


def test_command_line_agrees_with_the_engine(project: Path) -> None:
    text = "> " + fence("python", PYTHON, end="\r\n> ") + "\r\n" + fence("sql", "SELECT 1;", SQL)
    write(project, {"docs/a.md": text, "b.markdown": text, "c.mdx": text})
    shown = [
        (f["path"], f["line"], f["column"], f["code"], f["message"]) for f in found(cwd=project)
    ]
    told = report(text)
    expected = [(*told.source.position(f.span.start), f.code, f.message) for f in told.findings]
    assert shown == [(path, *place) for path in ("b.markdown", "docs/a.md") for place in expected]
    assert [place[2] for place in expected] == ["MOS101", "MOS202"]


def test_nearest_configuration_decides(project: Path) -> None:
    text = fence("python", PYTHON)
    write(project, {"a.md": text, "old/b.md": text, "old/c.py": "", "bad/d.md": text})
    write(project, {"old/mosaic_lint.toml": "", "bad/mosaic_lint.toml": "slect = 1\n"})
    done = run("check", "--output-format", "concise", cwd=project)
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["a.md"]
    assert done.returncode == 1, "nothing there asks to be linted"
    named = run("check", "old/b.md", cwd=project)
    assert (named.returncode, named.stdout, named.stderr) == (0, "", "")
    broken = run("check", "bad/d.md", cwd=project)
    assert broken.returncode == 2
    assert "unknown key 'slect'" in broken.stderr


def test_option_off_leaves_named_files_alone(tmp_path: Path) -> None:
    write(tmp_path, {"README.md": fence("python", PYTHON), "BINARY.md": "\0"})
    done = run("check", "README.md", "BINARY.md", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    walked = run("check", cwd=tmp_path)
    assert walked.stderr == "mosaic-lint: no Python or SQL files found\n"


def test_standard_input_has_the_language_of_its_name(project: Path) -> None:
    data = fence("python", PYTHON).encode()
    shown = found("--stdin-filename", "docs/x.md", "-", cwd=project, stdin=data)
    assert [(f["path"], f["line"], f["column"]) for f in shown] == [("docs/x.md", 2, CALL)]


def test_text_and_sarif_show_the_line_of_the_file(project: Path) -> None:
    write(project, {"x.md": f"> {fence('python', PYTHON, end=chr(10) + '> ')}"})
    assert (
        f"2 | > {PYTHON}\n  |   {' ' * (CALL - 1)}{'^' * 10}\n" in run("check", cwd=project).stdout
    )
    sarif = json.loads(run("check", "--output-format", "sarif", cwd=project).stdout)
    (result,) = sarif["runs"][0]["results"]
    location: Dict[str, Any] = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "x.md"
    assert location["region"] == {
        "startLine": 2, "startColumn": CALL + 2, "endLine": 2, "endColumn": CALL + 12,
    }  # fmt: skip


WITHOUT_EXTRA = (
    "import sys; sys.modules['markdown_it'] = None; sys.argv[0] = 'mosaic-lint'\n"
    "from mosaic_lint.faces.cli import main; main()\n"
)


@pytest.mark.parametrize("arguments", [(), ("--stdin-filename", "x.md", "-")])
def test_missing_extra_is_named(project: Path, arguments: Tuple[str, ...]) -> None:
    text = fence("python", PYTHON)
    write(project, {"a.md": text, "b.md": text, "c.py": f"{PYTHON}\n", "d.md": "# no block\n"})
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRA, "check", "--output-format", "concise", "--quiet",
         "--ignore=MOS7", *arguments],
        cwd=project, env=environment(), input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        "mosaic-lint: include-markdown needs markdown-it-py, which isn't installed: "
        'pip install "mosaic-lint[markdown]"\n'
    )
    paths = [line.split(":")[0] for line in done.stdout.splitlines()]
    assert paths == ([] if arguments else ["c.py"]), "the others' findings stand"


def test_parser_is_imported_only_where_it_is_needed(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": fence("python", PYTHON), "b.py": PYTHON, "c.sql": SQL})
    script = (
        "import sys; sys.argv[0] = 'mosaic-lint'\n"
        "from mosaic_lint.faces.cli import main\n"
        "try: main()\n"
        "finally: print('markdown_it' in sys.modules, file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", script, "check", "--quiet", "a.md", "b.py", "c.sql"]
    for include in (False, True):
        write(tmp_path, {"mosaic_lint.toml": f"include-markdown = {str(include).lower()}\n"})
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
        )
        assert done.stderr == f"{include}\n"

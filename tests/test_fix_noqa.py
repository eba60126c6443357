"""MOS002 through the fixer: several codes of a comment, whole lines, strings that look like one."""

from __future__ import annotations

from pathlib import Path
from typing import List

import pytest

from mosaic_lint.config import build, check_table
from mosaic_lint.engine import Mode
from mosaic_lint.fixer import Fixed, fix
from mosaic_lint.model import Finding
from mosaic_lint.source import Source

PYTHON = {
    "all codes of a comment": ("x = 1  # noqa: MOS101, MOS302\n", "x = 1\n"),
    "twice the same": ("x = 1  # noqa: MOS101, MOS101\n", "x = 1\n"),
    "tight": ("x = 1 # noqa:E501,MOS101,MOS302,W291\n", "x = 1 # noqa:E501,W291\n"),
    "a comma at the end": ("x = 1  # noqa: MOS101,MOS302,\n", "x = 1\n"),
    "one is used": (
        "conn = get_conn()  # noqa: MOS302, MOS101, MOS303\n",
        "conn = get_conn()  # noqa: MOS101\n",
    ),
    "lines of their own": (
        "def f():\n    # noqa: MOS101, MOS102\n\t\n    return 1\n# noqa: MOS101",
        "def f():\n\t\n    return 1\n",
    ),
    "behind another comment": ("# why # noqa: MOS101\nx = 1\n", "# why\nx = 1\n"),
    "before another comment": (
        "x = 1  # noqa: MOS101 # type: ignore\n",
        "x = 1  # type: ignore\n",
    ),
    "line of its own before another comment": (
        "    # noqa: MOS101 # fmt: skip\nx = 1\n",
        "    # fmt: skip\nx = 1\n",
    ),
    "in brackets, mixed line ends": (
        "x = [  # noqa: MOS101, MOS302, E501\r\n    1,  # noqa: MOS301\n]\r\n"
        "# noqa: MOS101\r\ny = 2",
        "x = [  # noqa: E501\r\n    1,\n]\r\ny = 2",
    ),
    "the only line": ("# noqa: MOS101\n", ""),
    "form feed": ("\x0c# noqa: MOS101\nx = 1\n", "\x0c\nx = 1\n"),
}
SQL = {
    "statement": ("SELECT 1; -- noqa: MOS202, MOS203\n", "SELECT 1;\n"),
    "line of its own": ("-- noqa: MOS202\nSELECT 1;\n  -- noqa: MOS203", "SELECT 1;\n"),
    "foreign code": ("SELECT 1; -- noqa: LT01, MOS202\n", "SELECT 1; -- noqa: LT01\n"),
    "behind a comment": ("SELECT 1; -- why -- noqa: MOS202\n", "SELECT 1; -- why\n"),
    "no comment": ("SELECT '-- noqa: MOS202';\n", "SELECT '-- noqa: MOS202';\n"),
}
SHELL = {
    "command": ("ls # noqa: MOS702, MOS703\n", "ls\n"),
    "line of its own": ("#!/bin/sh\n# noqa: MOS702\nls\n", "#!/bin/sh\nls\n"),
}
IN_STRINGS = [
    "echo 'x # noqa: MOS702'\n",
    'echo "\n# noqa: MOS702\n"\n',
    "cat <<E\n# noqa: MOS702\nE\n",
]


def fixed(root: Path, name: str, text: str) -> Fixed:
    """A file after all fixes, in a project where no header has to be."""
    options = {"extend-select": ["MOS002"], "required-header-fields": []}
    config = build(root, None, check_table(options, "here"), {})
    return fix(Source(str(root / name), text), config, lambda finding: True, Mode(strict=True))


def unfixed(result: Fixed) -> List[str]:
    return [finding.unfixed for finding in result.report.findings if finding.code == "MOS002"]


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, tmp_path: Path) -> None:
    text, expected = PYTHON[name]
    result = fixed(tmp_path, "x.py", text)
    assert result.report.source.text == expected
    assert unfixed(result) == []


@pytest.mark.parametrize("name", SQL)
def test_sql(name: str, tmp_path: Path) -> None:
    text, expected = SQL[name]
    result = fixed(tmp_path, "x.sql", text)
    assert result.report.source.text == expected
    assert unfixed(result) == []


@pytest.mark.parametrize("name", SHELL)
def test_shell(name: str, tmp_path: Path) -> None:
    text, expected = SHELL[name]
    result = fixed(tmp_path, "x.sh", text)
    assert result.report.source.text == expected
    assert unfixed(result) == []


@pytest.mark.parametrize("text", IN_STRINGS)
def test_what_a_shell_reads_as_text_stays(text: str, tmp_path: Path) -> None:
    result = fixed(tmp_path, "x.sh", text)
    assert result.report.source.text == text
    assert unfixed(result) == ["the shell sees no comment there"]


def test_only_the_wanted_code_is_taken_away(tmp_path: Path) -> None:
    def is_wanted(finding: Finding) -> bool:
        return "MOS302" in finding.message

    config = build(tmp_path, None, check_table({}, "here"), {})
    source = Source(str(tmp_path / "x.sql"), "SELECT 1; -- noqa: MOS202, MOS203, LT01\n")
    result = fix(source, config, lambda finding: "MOS203" in finding.message)
    assert result.report.source.text == "SELECT 1; -- noqa: MOS202, LT01\n"
    source = Source(str(tmp_path / "x.py"), "x = 1  # noqa: MOS101, MOS302\n")
    assert fix(source, config, is_wanted).report.source.text == "x = 1  # noqa: MOS101\n"

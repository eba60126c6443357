"""A scaffolded rule passes every check, and one that nobody finished isn't merged."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Tuple

import pytest

from mosaic_lint import registry
from tools import new_rule

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("mosaic_lint", "tools", "tests", "docs", "examples")
CODE, NAME = "MOS199", "made-by-a-test"
SQL_CODE, SQL_NAME = "MOS299", "over-sql-made-by-a-test"
TEXT_CODE, TEXT_NAME = "MOS799", "over-texts-made-by-a-test"
NEW = ((CODE, NAME), (SQL_CODE, SQL_NAME), (TEXT_CODE, TEXT_NAME))
CODES = pytest.mark.parametrize("code", [CODE, SQL_CODE, TEXT_CODE])
FREE = [
    f"MOS{digit}"
    for digit in range(1, 10)
    if f"MOS{digit}" not in {c[:4] for c in registry.rules()}
]
NEW_FAMILY = pytest.mark.skipif(not FREE, reason="every family has a rule")


def run(folder: Path, *command: str) -> Tuple[int, str]:
    """Run a Python module in a copy of the repository, which comes before what is installed."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with new rules in it, one over SQL and one over version headers."""
    folder = tmp_path_factory.mktemp("copy") / "mosaic_lint"
    folder.mkdir()
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for file in (*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob(".pre-commit-hooks.yaml")):
        shutil.copy(file, folder)
    status, output = run(folder, "tools.new_rule", CODE, NAME)
    assert status == 0, output
    over_sql = (SQL_CODE, SQL_NAME, "--subscribes", "SqlStatement")
    over_texts = (TEXT_CODE, TEXT_NAME, "--subscribes", "Header")
    for arguments in (over_sql, over_texts):
        status, output = run(folder, "tools.new_rule", *arguments)
        assert status == 0, output
    return folder


def rule_file(copy: Path, code: str) -> str:
    """A new rule's file, by its path in the repository."""
    (file,) = (copy / "mosaic_lint" / "rules").glob(f"{code.lower()}_*.py")
    assert file.stem == f"{code.lower()}_{dict(NEW)[code].replace('-', '_')}"
    return file.relative_to(copy).as_posix()


def installed(module: str) -> pytest.MarkDecorator:
    """Skip where a tool of the developers isn't there."""
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} isn't installed")


@CODES
def test_files_are_written(copy: Path, code: str) -> None:
    assert (copy / rule_file(copy, code)).is_file()
    for case in ("bad", "good", "suppressed"):
        fixture = copy / "tests" / "fixtures" / code / f"{case}.py"
        assert fixture.is_file()
        assert fixture.with_suffix(".sql").is_file() or code != SQL_CODE
        assert fixture.with_suffix(".sh").is_file() == (code == TEXT_CODE)
    assert (copy / "docs" / "rules" / f"{code}.md").is_file()
    assert code in (copy / "docs" / "rules" / "README.md").read_text(encoding="utf-8")


@CODES
@installed("ruff")
def test_lint(copy: Path, code: str) -> None:
    file = rule_file(copy, code)
    assert run(copy, "ruff", "check", "--no-cache", file) == (0, "All checks passed!\n")
    status, output = run(copy, "ruff", "format", "--no-cache", "--check", file)
    assert status == 0, output


@installed("mypy")
def test_types(copy: Path) -> None:
    status, output = run(copy, "mypy", f"--cache-dir={copy / '.cache'}")
    assert status == 0, output


def test_index_and_documentation_are_up_to_date(copy: Path) -> None:
    assert run(copy, "tools.gen_index", "--check") == (0, "")
    assert run(copy, "tools.gen_docs", "--check") == (0, "")


@CODES
def test_fixtures_and_examples_pass(copy: Path, code: str) -> None:
    tests = ("tests/test_fixtures.py", "tests/test_docs.py", "tests/test_registry.py")
    status, output = run(copy, "pytest", "-q", *tests, "-k", code)
    assert status == 0, output
    assert " passed" in output


def test_rule_that_nobody_finished_is_refused(copy: Path) -> None:
    test = "tests/test_new_rule.py::test_every_rule_is_written"
    status, output = run(copy, "pytest", "-q", test)
    assert status == 1
    assert all(code in output for code, _ in NEW)


def test_every_rule_is_written() -> None:
    unwritten = [
        entry.code for entry in registry.rules().values() if new_rule.PLACEHOLDER in entry.triggers
    ]
    assert unwritten == []


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("MOS101", "made-by-a-test", "MOS101 is taken by pool-as-connection"),
        ("MOS002", "made-by-a-test", "is no code"),
        ("MOS1999", "made-by-a-test", "is no code"),
        ("mos199", "made-by-a-test", "is no code"),
        ("ABC199", "made-by-a-test", "is no code"),
        ("MOS199", "pool-as-connection", "is taken by MOS101"),
        ("MOS199", "unused-suppression", "is taken by MOS002"),
        ("MOS199", "StaleCursor", "is no name"),
        ("MOS199", "stale_cursor", "is no name"),
        ("MOS199", "class", "is no name"),
        ("MOS199", "stale--cursor", "is no name"),
    ],
)
def test_refused(code: str, name: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = _files()
    with pytest.raises(SystemExit) as exit_:
        new_rule.main([code, name])
    assert exit_.value.code == 2
    assert reason in capsys.readouterr().err
    assert _files() == before


@NEW_FAMILY
def test_new_family_without_its_pattern_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        new_rule.main([f"{FREE[0]}99", NAME])
    assert f"{FREE[0]} is a new family" in capsys.readouterr().err


def _files() -> List[Path]:
    folders = (ROOT / "mosaic_lint" / "rules", ROOT / "tests" / "fixtures")
    return sorted(path for folder in folders for path in folder.iterdir())


@NEW_FAMILY
def test_new_family_comes_with_its_pattern(copy: Path) -> None:
    command = ("tools.new_rule", f"{FREE[0]}99", "also-made-by-a-test", "--playbook", "Pattern: x")
    status, output = run(copy, *command)
    assert status == 0, output
    page = (copy / "docs" / "rules" / "README.md").read_text(encoding="utf-8")
    assert f"## {FREE[0]}: Pattern: x" in page

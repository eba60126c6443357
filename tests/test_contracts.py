"""What the project promises of its own code: layers, types, lint, and no faults of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import List, Tuple

import pytest

from mosaic_lint.config import Loader
from mosaic_lint.engine import Mode, check_bytes
from tests.cli_process import environment

REPOSITORY = Path(__file__).resolve().parents[1]
OWN = [*sorted((REPOSITORY / "mosaic_lint").rglob("*.py")), *(REPOSITORY / "tools").rglob("*.py")]
TESTS = sorted(path.name for path in Path(__file__).parent.glob("*.py"))


def needs(module: str) -> pytest.MarkDecorator:
    """Skip where a development tool isn't installed."""
    return pytest.mark.skipif(find_spec(module) is None, reason=f"{module} isn't installed")


def output(*command: str) -> Tuple[int, str]:
    """Run a tool in the project; its status, and all that it says."""
    done = subprocess.run(
        [sys.executable, *command], cwd=REPOSITORY, env=environment(), check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout


@needs("importlinter")
def test_layers_are_kept() -> None:
    status, said = output(
        "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    )  # fmt: skip
    assert status == 0, said
    assert "0 broken" in said
    assert "Layers KEPT" in said


@needs("ruff")
def test_ruff_has_nothing_to_say() -> None:
    status, said = output("-m", "ruff", "check", "--no-cache", "mosaic_lint", "tools", "tests")
    assert status == 0, said


@needs("ruff")
def test_code_is_formatted() -> None:
    status, said = output(
        "-m", "ruff", "format", "--check", "--no-cache", "mosaic_lint", "tools", "tests"
    )
    assert status == 0, said


@needs("mypy")
def test_types_are_strict(tmp_path: Path) -> None:
    status, said = output("-m", "mypy", "--strict", "--cache-dir", str(tmp_path))
    assert status == 0, said


@needs("mypy")
def test_tests_are_typed(tmp_path: Path) -> None:
    foreign = ("import-untyped", "import-not-found", "no-redef", "unused-ignore")
    switches = [switch for code in foreign for switch in ("--disable-error-code", code)]
    tests = [f"tests/{name}" for name in TESTS]
    status, said = output("-m", "mypy", "--strict", "--cache-dir", str(tmp_path), *switches, *tests)
    assert status == 0, said


def test_tool_is_clean_on_itself() -> None:
    found: List[str] = []
    for path in OWN:
        report = check_bytes(
            str(path), path.read_bytes(), Loader().for_path(path), Mode(strict=True)
        )
        for finding in report.findings:
            line = report.source.position(finding.span.start).line
            found.append(f"{path.relative_to(REPOSITORY)}:{line}: {finding.code}")
    assert found == []
    assert len(OWN) > 40


def test_noqa_in_the_tool_names_codes() -> None:
    for path in OWN:
        report = check_bytes(str(path), path.read_bytes(), Loader(isolated=True).for_path(path))
        assert [f.code for f in report.findings if f.code in ("MOS002", "MOS003")] == []


def test_every_module_postpones_annotations() -> None:
    """What runs on Python 3.9 is written with newer annotations."""
    late = [
        path.name
        for path in OWN
        if "from __future__ import annotations" not in path.read_text(encoding="utf-8")
        and path.read_text(encoding="utf-8").count("\n") > 1
    ]
    assert late == []


@pytest.mark.parametrize("heavy", ["libcst", "sqlglot", "click", "rich", "pathspec", "msgspec"])
def test_face_of_flake8_starts_without(heavy: str) -> None:
    status, said = output(
        "-c", f"import sys, mosaic_lint.faces.flake8; sys.exit({heavy!r} in sys.modules)"
    )
    assert status == 0, said

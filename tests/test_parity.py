"""The same findings through flake8, the command line and pre-commit, over all fixtures."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Dict, List, Set, Tuple

import pytest

from mosaic_lint import registry
from mosaic_lint.config import Loader
from mosaic_lint.engine import check_bytes
from tests import cli_process, flake8_process
from tests.cli_process import environment, git
from tests.fixture import Fixture, fixtures, sql_fixtures
from tests.mutations import parses

Found = Tuple[str, int, int, str, str]

ALL = {f"f{n:03}": fixture for n, fixture in enumerate([*fixtures(), *sql_fixtures()])}
COMMAND_LINE_ONLY = {"MOS001", "MOS002"}

needs_command_line = pytest.mark.skipif(
    find_spec("mosaic_lint.faces.cli") is None, reason="there is no command line"
)


def toml(fixture: Fixture) -> str:
    """The configuration of a fixture; JSON's strings, lists and numbers are TOML's."""
    values = {**fixture.options, "select": [*fixture.select, "MOS0"]}
    lines = []
    for key, value in values.items():
        if isinstance(value, dict):
            pairs = ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())
            lines.append(f"{key} = {{{pairs}}}\n")
        else:
            lines.append(f"{key} = {json.dumps(value)}\n")
    return "".join(lines)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which each fixture is a file of a project of its own."""
    root = tmp_path_factory.mktemp("parity")
    for folder, fixture in ALL.items():
        file = root / folder / fixture.path
        file.parent.mkdir(parents=True)
        before = fixture.text if fixture.head is None else fixture.head
        file.write_bytes(before.encode("utf-8"))
        (root / folder / "mosaic_lint.toml").write_text(toml(fixture), encoding="utf-8")
    git("init", cwd=root)
    git("add", "-A", cwd=root)
    git("commit", "-m", "All", cwd=root)
    for folder, fixture in ALL.items():
        (root / folder / fixture.path).write_bytes(fixture.text.encode("utf-8"))
    return root


@pytest.fixture(scope="module")
def by_engine(project: Path) -> Set[Found]:
    """What the engine finds in the files."""
    found: Set[Found] = set()
    for folder, fixture in ALL.items():
        file = project / folder / fixture.path
        report = check_bytes(str(file), file.read_bytes(), Loader().for_path(file))
        for finding in report.findings:
            place = report.source.position(finding.span.start)
            found.add((f"{folder}/{fixture.path}", *place, finding.code, finding.message))
    return found


def differing(one: Set[Found], two: Set[Found]) -> Dict[str, List[Found]]:
    """Findings that only one of two has, by fixture."""
    found: Dict[str, List[Found]] = {}
    for finding in sorted(one ^ two):
        found.setdefault(ALL[finding[0].partition("/")[0]].id, []).append(finding)
    return found


def test_there_is_something_to_compare(by_engine: Set[Found]) -> None:
    codes = {finding[3] for finding in by_engine}
    assert len(by_engine) > 500
    of_files = {code for code, rule in registry.rules().items() if rule.stage != "project"}
    assert codes >= of_files


@pytest.mark.parametrize("jobs", ["-j1", "-j2"])
def test_flake8_finds_the_same(jobs: str, project: Path, by_engine: Set[Found]) -> None:
    found = flake8_process.found(jobs, ".", cwd=project, without=())
    shown = {(*line[:4], line.text) for line in found}
    refused = {
        folder
        for folder, fixture in ALL.items()
        if not fixture.path.endswith(".py") or not parses(fixture.text)
    }
    expected = {
        finding
        for finding in by_engine
        if finding[3] not in COMMAND_LINE_ONLY and finding[0].partition("/")[0] not in refused
    }
    assert differing(shown, expected) == {}


@needs_command_line
def test_command_line_finds_the_same(project: Path, by_engine: Set[Found]) -> None:
    # a folder's files are those with a suffix in lower case; others are linted if they are named
    paths = [f"{folder}/{fixture.path}" for folder, fixture in ALL.items()]
    named = [path for path in paths if Path(path).suffix != Path(path).suffix.lower()]
    done = cli_process.run("check", "--output-format", "json", ".", *named, cwd=project)
    shown = {
        (f["path"], f["line"], f["column"], f["code"], f["message"])
        for f in json.loads(done.stdout)
    }
    assert differing(shown, by_engine) == {}


@needs_command_line
@pytest.mark.skipif(find_spec("pre_commit") is None, reason="pre-commit isn't installed")
@pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed")
def test_pre_commit_finds_the_same(project: Path, by_engine: Set[Found], tmp_path: Path) -> None:
    """The hook of this project, in the environment of the tests instead of one of its own."""
    configuration = tmp_path / "config.yaml"
    entry = f"{sys.executable} -m mosaic_lint check --output-format concise"
    configuration.write_text(
        "repos:\n- repo: local\n  hooks:\n  - id: mosaic-lint\n    name: mosaic-lint\n"
        f"    entry: {entry}\n    language: system\n    types_or: [python, pyi, sql]\n"
        "    require_serial: true\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "-c", str(configuration), "--all-files"],
        cwd=project,
        env=environment({"PRE_COMMIT_HOME": str(tmp_path / "home"), "PRE_COMMIT_COLOR": "never"}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    shown = {
        (*line[:4], line.text)
        for text in done.stdout.decode("utf-8").split("\n")
        if ": MOS" in text
        for line in flake8_process.read(text)
    }
    assert differing(shown, by_engine) == {}

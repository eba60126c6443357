"""Fixtures that are whole projects: folders with a ``case.toml`` that says what must be found.

``expected = ["scripts/x.sh:1:1 MOS601"]`` lists path, line, column and code of each finding;
``todo`` known misses; ``select`` the codes, where it isn't the folder's alone; ``untracked`` files
that git doesn't know; ``git = false`` a project without git. What else is in the folder is the
project, which is copied into a folder of its own and made a real repository.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

from mosaic_lint.config import Loader
from mosaic_lint.engine import Mode, check_project
from tests.cli_process import git

try:
    import tomllib
except ImportError:  # Python before 3.11
    import tomli as tomllib

ROOT = Path(__file__).parent / "fixtures"


@dataclass(frozen=True)
class ProjectCase:
    """A fixture project.

    Args:
        folder: where it lies.
        expected: ``path:line:column CODE`` of each finding, sorted.
        todo: the same of known misses.
        select: the codes that it is about.
        untracked: files that git doesn't know.
        has_git: whether it is a repository.
    """

    folder: Path
    expected: Tuple[str, ...]
    todo: Tuple[str, ...]
    select: Tuple[str, ...]
    untracked: Tuple[str, ...]
    has_git: bool

    @property
    def id(self) -> str:
        """Its name in a test run."""
        return self.folder.relative_to(ROOT).as_posix()

    @property
    def code(self) -> str:
        """The code of the rule that it belongs to."""
        return self.folder.relative_to(ROOT).parts[0]


def read_case(file: Path) -> ProjectCase:
    """Read a ``case.toml``."""
    table: Dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    known = {"expected", "todo", "select", "untracked", "git"}
    assert table.keys() <= known, f"{file}: {table.keys() - known}"
    return ProjectCase(
        folder=file.parent,
        expected=tuple(sorted(table.get("expected", ()))),
        todo=tuple(sorted(table.get("todo", ()))),
        select=tuple(table.get("select", [file.relative_to(ROOT).parts[0]])),
        untracked=tuple(table.get("untracked", ())),
        has_git=table.get("git", True),
    )


def cases() -> Iterator[ProjectCase]:
    """All fixture projects, in order."""
    for file in sorted(ROOT.glob("MOS*/*/case.toml")):
        yield read_case(file)


def set_up(case: ProjectCase, target: Path) -> None:
    """Make the project in a folder that doesn't exist yet."""
    shutil.copytree(case.folder, target, symlinks=True)
    (target / "case.toml").unlink()
    if not case.has_git:
        return
    git("init", cwd=target)
    kept = {path: target / path for path in case.untracked}
    away = target.parent / f"{target.name}-untracked"
    for path, file in kept.items():
        (away / path).parent.mkdir(parents=True, exist_ok=True)
        file.rename(away / path)
    git("add", "--all", "--force", cwd=target)
    git("commit", "--allow-empty", "-m", "All", cwd=target)
    for path, file in kept.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        (away / path).rename(file)


def findings(case: ProjectCase, target: Path) -> List[str]:
    """What is found in the project, in the form of ``expected``."""
    loader = Loader(overrides={"select": list(case.select)}, cache=None)
    config = loader.for_path(target / "x")
    found = []
    for report in check_project(config, Mode(strict=True)):
        path = Path(report.source.path).relative_to(config.root).as_posix()
        for finding in report.findings:
            line, column = report.source.position(finding.span.start)
            found.append(f"{path}:{line}:{column} {finding.code}")
    return sorted(found)

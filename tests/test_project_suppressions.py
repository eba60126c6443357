"""``noqa`` and configurations where rules over files and over projects speak of the same file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Sequence

import pytest

from mosaic_lint.config import Loader
from mosaic_lint.faces.run import check_paths
from tests.cli_process import commit

SCRIPT = "scripts/seed.py"
MIGRATION = "migrations/20250301_parts.sql"
RUNS_ARCHIVED = "bash scripts/archive/old.sh"


def places(
    root: Path, *select: str, ignore: Sequence[str] = (), only_projects: bool = False
) -> List[str]:
    """What a run finds in a folder, as path, line, column and code."""
    wanted = {"select": list(select), "ignore": list(ignore)}
    table = {key: codes for key, codes in wanted.items() if codes}
    loader = Loader(overrides=table, cache=None)
    outcome = check_paths([str(root)], loader, show_progress=False, only_projects=only_projects)
    found = []
    for report in outcome.reports:
        for finding in report.findings:
            line, column = report.source.position(finding.span.start)
            path = os.path.relpath(report.source.path, root)
            found.append(f"{path}:{line}:{column} {finding.code}")
    return found


@pytest.mark.parametrize(
    ("first_line", "expected"),
    [
        ("x = 1  # noqa: MOS601, MOS701", []),
        ("x = 1  # noqa: MOS701, MOS601, MOS301", ["1:32 MOS002"]),
        ("x = 1  # noqa: MOS601, MOS701, MOS602", ["1:32 MOS002"]),
        ("x = 1  # noqa: MOS6, MOS7", []),
        ("x = 1  # noqa", []),
        ("x = 1  # noqa : MOS701, MOS601", ["1:8 MOS003"]),
    ],
)
def test_two_runs_share_the_suppressions(
    tmp_path: Path, first_line: str, expected: List[str]
) -> None:
    commit(tmp_path, {SCRIPT: first_line + "\n"})
    assert places(tmp_path) == [f"{SCRIPT}:{place}" for place in expected]


def test_run_over_the_project_alone_says_nothing_of_idle_ones(tmp_path: Path) -> None:
    commit(tmp_path, {SCRIPT: "x = 1  # noqa: MOS601, MOS602, MOS701, MOS301\n"})
    assert places(tmp_path, only_projects=True) == []


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("scripts/deploy.sh", "#!/bin/sh  # noqa: MOS601\n", "1:20"),
        ("api/x.py", "x = 1  # noqa: MOS602\n", "1:16"),
        (MIGRATION, "SELECT 1; -- noqa: MOS803\n", "1:20"),
        (MIGRATION, "SELECT 1; -- noqa: MOS80\n", "1:20"),
    ],
)
def test_idle_suppression_of_a_rule_over_the_project(
    tmp_path: Path, path: str, text: str, place: str
) -> None:
    commit(tmp_path, {path: text, "migrations/20250301_rollback.sql": "SELECT 1;\n"})
    found = places(tmp_path, "MOS002", "MOS6", "MOS801", "MOS803")
    assert found == [f"{path}:{place} MOS002"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "    bash x.sh  # noqa: MOS602\n"),
        ("docs/suppressing.rst", "Write # noqa: MOS602 behind it.\n"),
        ("api/x.py", 'x = "# noqa: MOS602"\n'),
        ("db/x.sql", "SELECT '-- noqa: MOS803';\n"),
        ("node_modules/a/x.py", "x = 1  # noqa: MOS602\n"),
        ("run.sh", f"{RUNS_ARCHIVED}  # noqa: MOS602\n"),
        ("api/z.py", "x = 1  # noqa: MOS707\n"),  # it speaks until the file is committed
    ],
)
def test_no_idle_suppression(tmp_path: Path, path: str, text: str) -> None:
    commit(tmp_path, {path: text, "scripts/archive/old.sh": "echo\n"})
    assert places(tmp_path, "MOS002", "MOS602", "MOS707", "MOS8") == []


def test_ignored_code_isn_t_judged(tmp_path: Path) -> None:
    commit(tmp_path, {"api/x.py": "x = 1  # noqa: MOS602\n"})
    assert places(tmp_path, ignore=("MOS602", "MOS7")) == []


@pytest.mark.parametrize(
    "table",
    ['ignore = ["MOS803"]', 'exclude = ["migrations"]', 'per-file-ignores."*.sql" = ["MOS803"]'],
)
def test_nearest_configuration_governs_what_outer_projects_see(tmp_path: Path, table: str) -> None:
    files = {f"backend/{MIGRATION}": "SELECT 1;\n", "backend/mosaic_lint.toml": table + "\n"}
    commit(tmp_path, {**files, "mosaic_lint.toml": ""})
    assert places(tmp_path, only_projects=True) == []


def test_outer_project_finds_what_only_it_can_see(tmp_path: Path) -> None:
    files = {
        "scripts/archive/old.sh": "echo\n",
        "backend/mosaic_lint.toml": "",
        "backend/run.sh": f"bash ../scripts/archive/old.sh\n{RUNS_ARCHIVED}\n",
        "backend/quiet.sh": "bash ../scripts/archive/old.sh  # noqa: MOS602\n",
    }
    commit(tmp_path, files)
    assert places(tmp_path, only_projects=True) == [
        "backend/run.sh:1:9 MOS602",
        "backend/run.sh:2:6 MOS602",
    ]

"""What a project as a whole tells, on the command line: which files, suppressed how, once only."""

from __future__ import annotations

from pathlib import Path
from typing import List, Tuple

import pytest

from tests.cli_process import found, git, run, write

MIGRATION = "CREATE TABLE shelves (id SERIAL PRIMARY KEY);"
CODES = ("--select", "MOS6,MOS803,MOS804,MOS002,MOS003")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.mosaic_lint]\n",
            "migrations/20260105_shelves.sql": f"{MIGRATION}\n",
            "scripts/count.sh": "#!/bin/sh\nwc -l stock.txt\n",
            "deploy.sh": "#!/bin/sh\nbash scripts/archive/load.sh\n",
            "scripts/archive/load.sh": "#!/bin/sh\n",
            "api/x.py": "x = 1\n",
        },
    )
    git("init", cwd=tmp_path)
    git("add", "--all", cwd=tmp_path)
    return tmp_path


def places(*arguments: str, cwd: Path) -> List[Tuple[str, int, str]]:
    """Path, line and code of what a check finds."""
    return [(f["path"], f["line"], f["code"]) for f in found(*arguments, cwd=cwd)]


ALL = [
    ("deploy.sh", 2, "MOS602"),
    ("migrations/20260105_shelves.sql", 1, "MOS803"),
    ("scripts/count.sh", 1, "MOS601"),
]


def test_check_of_a_project_finds_what_no_file_tells_alone(shop: Path) -> None:
    assert places(*CODES, cwd=shop) == ALL
    assert places(*CODES, ".", cwd=shop) == ALL
    assert places(*CODES, "--project-only", cwd=shop) == ALL


def test_migration_that_is_not_committed_yet_is_judged(shop: Path) -> None:
    write(shop, {"migrations/20260106_boxes.sql": "CREATE TABLE boxes (id INTEGER);\n"})
    told = places(*CODES, "migrations", cwd=shop)
    assert told == [ALL[1], ("migrations/20260106_boxes.sql", 1, "MOS803")]
    write(shop, {"migrations/20260106_rollback.sql": "SELECT 1;\n", ".gitignore": "*_tmp.sql\n"})
    write(shop, {"migrations/20260107_tmp.sql": "CREATE TABLE tmp (id INTEGER);\n"})
    told = places(*CODES, "migrations", cwd=shop)
    assert told == [ALL[1], ("migrations/20260106_boxes.sql", 1, "MOS804")]


def test_folder_shows_its_own_files_only(shop: Path) -> None:
    assert places(*CODES, "scripts", cwd=shop) == [ALL[2]]
    assert places(*CODES, "api", cwd=shop) == []
    assert places(*CODES, "scripts", "migrations", cwd=shop) == ALL[1:]


def test_file_that_is_named_is_judged_with_its_project(shop: Path) -> None:
    assert places(*CODES, "migrations/20260105_shelves.sql", cwd=shop) == [ALL[1]]
    assert places(*CODES, "scripts/count.sh", cwd=shop) == [ALL[2]]
    assert places(*CODES, "api/x.py", cwd=shop) == []


def test_project_only_leaves_out_what_files_tell_alone(shop: Path) -> None:
    write(shop, {"api/x.py": "conn = get_conn()\n"})
    codes = ("--select", "MOS1,MOS803")
    assert places(*codes, "--project-only", cwd=shop) == [ALL[1]]
    assert ("api/x.py", 1, "MOS101") in places(*codes, cwd=shop)


def test_project_only_takes_no_standard_input(shop: Path) -> None:
    done = run("check", "--project-only", "-", cwd=shop, stdin=b"x")
    assert done.returncode == 2
    assert "--project-only needs files or folders" in done.stderr


def test_noqa_holds_in_each_language(shop: Path) -> None:
    write(
        shop,
        {
            "migrations/20260105_shelves.sql": f"{MIGRATION}  -- noqa: MOS803\n",
            "scripts/count.sh": "#!/bin/sh # noqa: MOS601\nwc -l stock.txt\n",
            "deploy.sh": "#!/bin/sh\nbash scripts/archive/load.sh  # noqa: MOS602\n",
        },
    )
    assert places(*CODES, cwd=shop) == []
    assert places(*CODES, "--project-only", cwd=shop) == []


def test_useless_noqa_is_told_where_the_project_was_checked(shop: Path) -> None:
    write(
        shop,
        {
            "migrations/20260105_rollback.sql": "DROP TABLE shelves;\n",
            "migrations/20260105_shelves.sql": f"{MIGRATION}  -- noqa: MOS803\n",
        },
    )
    assert ("migrations/20260105_shelves.sql", 1, "MOS002") in places(*CODES, cwd=shop)
    assert places(*CODES, "--project-only", cwd=shop) == [ALL[0], ALL[2]]


def test_noqa_of_other_rules_is_not_judged_by_the_project_check(shop: Path) -> None:
    """A script with a finding of its own and one that only the whole project has."""
    write(shop, {"scripts/count.sh": "#!/bin/sh # noqa: MOS701\nwc -l stock.txt\n"})
    codes = ("--select", "MOS6,MOS7,MOS002")
    assert places(*codes, "scripts/count.sh", cwd=shop) == [("scripts/count.sh", 1, "MOS601")]
    told = places(*codes, "--project-only", "scripts", cwd=shop)
    assert told == [("scripts/count.sh", 1, "MOS601")]


def test_odd_noqa_is_told_once(shop: Path) -> None:
    write(shop, {"scripts/count.sh": "#!/bin/sh\nwc -l stock.txt  # noqa : MOS601\n"})
    told = places(*CODES, "scripts", cwd=shop)
    assert sorted(told) == [("scripts/count.sh", 1, "MOS601"), ("scripts/count.sh", 2, "MOS003")]


@pytest.mark.parametrize(
    ("table", "gone"),
    [
        ("ignore = ['MOS6']", {"MOS601", "MOS602"}),
        ("per-file-ignores = {'scripts/' = ['MOS601']}", {"MOS601"}),
        ("exclude = ['migrations/']", {"MOS803"}),
        ("exclude = ['/deploy.sh']", {"MOS602"}),
    ],
)
def test_settings_hold_for_projects_too(shop: Path, table: str, gone: set) -> None:  # type: ignore[type-arg]
    write(shop, {"pyproject.toml": f"[tool.mosaic_lint]\n{table}\n"})
    codes = {code for _, _, code in places("--ignore", "MOS7,MOS8,MOS4", cwd=shop)}
    told = {code for _, _, code in places("--ignore", "MOS7,MOS4,MOS802", cwd=shop)}
    assert (codes | told) & {"MOS601", "MOS602", "MOS803"} == {"MOS601", "MOS602", "MOS803"} - gone


def test_each_project_of_a_monorepo_is_checked_by_itself(shop: Path) -> None:
    write(
        shop,
        {
            "billing/mosaic_lint.toml": "ignore = ['MOS601']\n",
            "billing/migrations/20260105_bills.sql": "CREATE TABLE bills (id INTEGER);\n",
            "billing/scripts/print.sh": "#!/bin/sh\n",
        },
    )
    git("add", "--all", cwd=shop)
    told = places("--ignore", "MOS7,MOS4,MOS802", cwd=shop)
    assert [place for place in told if place[0].startswith("billing")] == [
        ("billing/migrations/20260105_bills.sql", 1, "MOS803")
    ]

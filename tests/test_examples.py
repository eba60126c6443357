"""The sample service has exactly the findings that its README lists, through the real clients."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, Tuple

import pytest
import yaml

from mosaic_lint import registry
from mosaic_lint.facts import PROJECT_FACTS
from tests.cli_process import git

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / "examples" / "service"

Place = Tuple[str, int, int, str]

ONLY_COMMAND_LINE = ("MOS002", "MOS003")
"""Codes that flake8 can't report here: it applies the comments of these lines itself."""

ONLY_CHANGED = "MOS707"
"""The code that speaks of what isn't committed yet: of nothing here, until somebody edits it."""


def listed() -> List[Place]:
    """The findings in the table of the README."""
    text = (SERVICE / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| `([^:`]+):(\d+):(\d+)` \| \[(MOS\d{3})\]", text)
    return [(path, int(line), int(column), code) for path, line, column, code in rows]


def found_in(folder: Path, *options: str) -> List[Place]:
    """What the command line finds in a folder."""
    done = run("mosaic_lint", "check", "--output-format", "json", *options, folder=folder)
    assert done.returncode == 1, done.stderr
    return [(f["path"], f["line"], f["column"], f["code"]) for f in json.loads(done.stdout)]


def run(*command: str, folder: Path = SERVICE) -> subprocess.CompletedProcess[str]:
    """Run a Python module in the service's folder, as its developers would."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_command_line_finds_what_is_listed() -> None:
    assert found_in(SERVICE, "--ignore", ONLY_CHANGED) == listed()


def test_every_rule_that_is_on_and_every_family_is_shown() -> None:
    shown = {code for _, _, _, code in listed()} | {ONLY_CHANGED}
    assert {code for code, rule in registry.rules().items() if rule.default_on} <= shown
    assert {code[:4] for code in registry.names()} == {code[:4] for code in shown}


def test_flake8_finds_the_same_and_nothing_else() -> None:
    done = run("flake8", "--format", "%(path)s\t%(row)d\t%(col)d\t%(code)s")
    cells = [line.split("\t") for line in done.stdout.splitlines()]
    found = [
        (path[2:], int(row), int(column), code)
        for path, row, column, code in cells
        if code != ONLY_CHANGED
    ]
    wanted = [place for place in listed() if _is_flake8s(place)]
    assert sorted(found) == sorted(wanted)


def _is_flake8s(place: Place) -> bool:
    path, _, _, code = place
    entry = registry.rules().get(code)
    is_about_project = entry is not None and entry.subscribes in PROJECT_FACTS
    return path.endswith(".py") and code not in ONLY_COMMAND_LINE and not is_about_project


def test_settings_of_the_sample_matter(tmp_path: Path) -> None:
    """Each of them keeps a finding away or brings one."""
    text = (SERVICE / "pyproject.toml").read_text(encoding="utf-8")
    table = text.partition("[tool.mosaic_lint]")[2]
    keys = [line for line in table.splitlines() if " = " in line]
    assert len(keys) == 10
    for number, key in enumerate(keys):
        folder = tmp_path / str(number)
        shutil.copytree(SERVICE, folder)
        (folder / "pyproject.toml").write_text(text.replace(key, ""), encoding="utf-8")
        assert found_in(folder) != listed(), key


def test_change_without_its_day_is_found(tmp_path: Path) -> None:
    """What the README can't list: the sample is as it was committed."""
    service = tmp_path / "service"
    shutil.copytree(SERVICE, service)
    git("init", cwd=service)
    git("add", "--all", cwd=service)
    git("commit", "--message", "All", cwd=service)
    assert found_in(service) == listed()
    orders = service / "workshop" / "shop" / "orders.py"
    text = orders.read_text(encoding="utf-8")
    orders.write_text(text.replace("else []", "else ()"), "utf-8")
    found = found_in(service)
    assert [place for place in found if place not in listed()] == [
        ("workshop/shop/orders.py", 5, 16, ONLY_CHANGED)
    ]


def readme_commands() -> List[str]:
    """Every command with `mosaic-lint` in a shell block or a workflow of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    fences = re.findall(r"(?ms)^```(sh|yaml)\n(.*?)^```$", text)
    commands = [line for kind, body in fences if kind == "sh" for line in body.splitlines()]
    for kind, body in fences:
        jobs = yaml.safe_load(body).get("jobs", {}) if kind == "yaml" else {}
        commands += [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    return [command for command in commands if command.startswith("mosaic-lint ")]


@pytest.mark.parametrize("command", readme_commands())
def test_command_of_the_readme_works(command: str, tmp_path: Path) -> None:
    shutil.copytree(SERVICE, tmp_path / "service")
    done = run("mosaic_lint", *command.split()[1:], folder=tmp_path / "service")
    finds = command.startswith("mosaic-lint check") and "--exit-zero" not in command
    assert done.returncode == (1 if finds else 0), done.stderr
    if "--output-file" in command:
        written = tmp_path / "service" / command.split("--output-file ")[1].split()[0]
        assert len(json.loads(written.read_text(encoding="utf-8"))["runs"]) == 1

"""The commands and the configuration of docs/playbook.md, run on the examples that it gives."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterable, List, Set, Tuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "playbook.md"
HOOKS = ROOT / ".pre-commit-hooks.yaml"

_LABELS = ("Before", "Now", "Given", "Missed", "Cried wolf")
_FILES = ("python", "sql")
GREPS = ("Connections", "Errors", "Placeholders", "Migrations")
"""The sections that replace a grep of a checklist."""
REVIEWED = ("Repeated writes", "Version headers")
"""The sections that replace a point of a review, for which a grep suggests itself."""
_STORAGE = """\
from contextlib import contextmanager


@contextmanager
def get_conn():
    yield from ()
"""


@dataclass
class Section:
    """A section of the page.

    Args:
        blocks: the fenced blocks by language, those under a label by language and label.
        given: the files under "Given", path and text: what the others need.
        missed: the files under "Missed".
        wolf: the files under "Cried wolf".
    """

    blocks: Dict[Tuple[str, str], str] = field(default_factory=dict)
    given: Dict[str, str] = field(default_factory=dict)
    missed: Dict[str, str] = field(default_factory=dict)
    wolf: Dict[str, str] = field(default_factory=dict)


def sections() -> Dict[str, Section]:
    """The sections of the page by title."""
    found: Dict[str, Section] = {}
    pieces = re.split(r"(?m)^## (.+)$", PAGE.read_text(encoding="utf-8"))
    for title, text in zip(pieces[1::2], pieces[2::2]):
        found[title] = _section(text)
    return found


def _section(text: str) -> Section:
    section, label = Section(), ""
    files = {"Given": section.given, "Missed": section.missed, "Cried wolf": section.wolf}
    for match in re.finditer(r"(?ms)^(?:(\w[\w ]*):\n|```(\w+)\n(.*?)^```$)", text):
        heading, language, body = match.groups()
        if heading in _LABELS:
            label = heading
        elif language in _FILES:
            path = body.lstrip("#- ").partition(":")[0]
            files[label][path] = body
        elif language:
            section.blocks[language, label] = body
    return section


SECTIONS = sections()


def project(root: Path, section: Section) -> Path:
    """A git repository with the section's files; those of one alone have version headers."""
    files = {**section.given, **section.wolf, **section.missed}
    if any("api.storage" in text for text in files.values()):
        files["api/storage.py"] = _STORAGE
    headers = SECTIONS["Version headers"]
    if section is not headers:
        files["pyproject.toml"] = headers.blocks["toml", "Now"]
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    return root


def git(folder: Path, *arguments: str) -> None:
    """Run git with somebody's name."""
    name = ("-c", "user.name=tests", "-c", "user.email=tests@example.com")
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True)


def shell(command: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as the page has it, with this Python's programs on the path."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def paths_in(output: str) -> Set[str]:
    """The files at the start of the lines of a grep or a linter."""
    return {match.replace("./", "") for match in re.findall(r"(?m)^([^\s:]+\.(?:py|sql)):", output)}


def of_python(paths: Iterable[str]) -> Set[str]:
    """The Python files among them: flake8 sees no others."""
    return {path for path in paths if path.endswith(".py")}


@pytest.mark.parametrize("title", [*GREPS, *REVIEWED])
def test_command_finds_what_grep_misses_and_keeps_silent_where_it_cries_wolf(
    title: str, tmp_path: Path
) -> None:
    section = SECTIONS[title]
    root = project(tmp_path, section)
    grepped = paths_in(shell(section.blocks["sh", "Before"], root).stdout)
    assert grepped == set(section.wolf)
    assert found_now(section, root) == set(section.missed)


def found_now(section: Section, root: Path) -> Set[str]:
    """The files in which the section's command finds something."""
    run = shell(f"{section.blocks['sh', 'Now'].strip()} --output-format json", root)
    assert run.returncode == 1, run.stderr
    return {finding["path"] for finding in json.loads(run.stdout)}


def test_what_the_server_is_not_asked_is_found(tmp_path: Path) -> None:
    """What it answers is tested with a real one, in tests/server."""
    section = SECTIONS["Rollbacks"]
    assert found_now(section, project(tmp_path, section)) == set(section.missed)


@pytest.mark.parametrize("title", [*GREPS, *REVIEWED, "Hooks"])
def test_flake8_finds_the_same_files(title: str, tmp_path: Path) -> None:
    root = project(tmp_path, SECTIONS[title])
    (root / ".flake8").write_text(SECTIONS["flake8"].blocks["ini", ""], encoding="utf-8")
    run = shell("flake8 --format '%(path)s:%(code)s' --select MOS", root)
    missed = of_python(SECTIONS[title].missed)
    assert paths_in(run.stdout) == missed
    ours = f"select = E9\n{SECTIONS['flake8'].blocks['ini', ''].partition(chr(10))[2]}"
    (root / ".flake8").write_text(f"[flake8]\n{ours}", encoding="utf-8")
    assert paths_in(shell("flake8", root).stdout) == missed


def test_checklist_commands_run(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8").partition("\n## ")[0]
    (commands,) = re.findall(r"(?ms)^```sh\n(.*?)^```$", text)
    root = project(tmp_path, SECTIONS["Connections"])
    check, rule = (shell(command, root) for command in commands.strip().splitlines())
    assert check.returncode == 1, check.stderr
    assert paths_in(check.stdout) == set(SECTIONS["Connections"].missed)
    assert rule.returncode == 0, rule.stderr
    assert "pool-as-connection" in rule.stdout


def test_table_names_every_grep_of_the_sections_and_rules_that_exist() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("\n## ")[0]
    for title in GREPS:
        for label in ("Before", "Now"):
            assert f"`{SECTIONS[title].blocks['sh', label].strip()}`" in table


def pre_commit(root: Path, home: Path) -> Tuple[int, str]:
    """Run all hooks on all files."""
    git(root, "add", "--all")
    run = shell("pre-commit run --all-files", root, PRE_COMMIT_HOME=str(home))
    return run.returncode, run.stdout + run.stderr


def hook_repository(folder: Path, rev: str) -> Path:
    """The project's hooks, running what is installed here: installing is another test's matter."""
    hooks: List[Dict[str, Any]] = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    own = [{**hook, "language": "system"} for hook in hooks]
    folder.mkdir()
    (folder / HOOKS.name).write_text(yaml.safe_dump(own), encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "hooks")
    git(folder, "tag", rev)
    return folder


def test_hook_finds_what_the_inline_hooks_miss(tmp_path: Path) -> None:
    section = SECTIONS["Hooks"]
    config = tmp_path / "project" / ".pre-commit-config.yaml"
    root = project(tmp_path / "project", section)
    home = tmp_path / "home"

    config.write_text(section.blocks["yaml", "Before"], encoding="utf-8")
    status, _ = pre_commit(root, home)
    assert status == 1, "they cry wolf over the first file"
    for path in section.wolf:
        (root / path).write_text("", encoding="utf-8")
    status, output = pre_commit(root, home)
    assert status == 0, f"they miss the faults: {output}"

    for path, text in section.wolf.items():
        (root / path).write_text(text, encoding="utf-8")
    now = yaml.safe_load(section.blocks["yaml", "Now"])
    repository = now["repos"][0]
    repository["repo"] = str(hook_repository(tmp_path / "hooks", repository["rev"]))
    config.write_text(yaml.safe_dump(now), encoding="utf-8")
    status, output = pre_commit(root, home)
    assert status == 1, output
    assert paths_in(output) == set(section.missed)

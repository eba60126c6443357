"""The pre-commit hook, by the real pre-commit in real git repositories.

pre-commit builds an environment of its own for each, so that there are few runs.
"""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

from tests.cli_process import environment, git, write

REPOSITORY = Path(__file__).resolve().parents[1]

pytestmark = [
    pytest.mark.skipif(find_spec("pre_commit") is None, reason="pre-commit isn't installed"),
    pytest.mark.skipif(shutil.which("git") is None, reason="git isn't installed"),
    pytest.mark.skipif(
        find_spec("mosaic_lint.faces.cli") is None, reason="there is no command line"
    ),
]

FAULTY = "conn = get_conn()\n"
CLEAN = '''\
"""
MODULE: api/x.py
PURPOSE: Take a connection and give it back.
VERSION: 1.0.0
LAST_MODIFIED: 2026-01-12
MODIFIED_BY: Ada
CHANGES_THIS_VERSION: Everything is new
ROLLBACK_PATH: Delete this file
"""

with get_conn() as conn:
    pass
'''
MIGRATION = """\
-- MIGRATION: 20260112_add_shifts.sql
-- VERSION: 1.4.0
-- PHASE: Kitchen, week 2
-- AUTHOR: Ada
-- DATE: 2026-01-12
-- ROLLBACK: Run 20260112_rollback.sql

CREATE TABLE IF NOT EXISTS shifts (id SERIAL PRIMARY KEY);
"""
ROLLBACK = """\
-- ROLLBACK: 20260112_rollback.sql
-- REVERTS: 20260112_add_shifts.sql
-- VERSION: Reverts from v1.4.0 back to v1.3.2

DROP TABLE IF EXISTS shifts;
"""
MARKDOWN_WANTED = "[tool.mosaic_lint]\ninclude-markdown = true\n"
MARKDOWN = "```python\nconn = get_conn()\n```\n"
FINDING = "api/x.py:1:8: MOS101 get_conn() returns a context manager, not a connection"


def own_files() -> List[str]:
    """The files of this project, as git or the folder has them."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0 and listed.stdout:
        return [name for name in listed.stdout.split("\0") if name]
    needed = ("mosaic_lint/**/*", "*.toml", "README.md", ".pre-commit-hooks.yaml")
    return [str(p.relative_to(REPOSITORY)) for pattern in needed for p in REPOSITORY.glob(pattern)]


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the working tree of this project, committed and tagged."""
    root = tmp_path_factory.mktemp("tool")
    for name in own_files():
        source = REPOSITORY / name
        if source.is_file() and not name.startswith("tests/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, root / name)
    git("init", cwd=root)
    git("add", "-A", cwd=root)
    git("commit", "-m", "the tool", cwd=root)
    git("tag", "v0.1.0", cwd=root)
    return root


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps the environments that it builds, once for all tests."""
    return tmp_path_factory.mktemp("pre-commit-home")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with one commit."""
    git("init", cwd=tmp_path)
    write(tmp_path, {"README.md": "# A service\n", "api/old.py": FAULTY})
    git("add", "-A", cwd=tmp_path)
    git("commit", "-m", "start", cwd=tmp_path)
    return tmp_path


def variables(home: Path, *, first_on_path: Optional[Path] = None) -> Dict[str, str]:
    """The environment of a pre-commit process."""
    path = os.environ.get("PATH", "")
    return environment(
        {
            "PRE_COMMIT_HOME": str(home),
            "PRE_COMMIT_COLOR": "never",
            "PIP_NO_COMPILE": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PATH": f"{first_on_path}{os.pathsep}{path}" if first_on_path else path,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "protocol.file.allow",
            "GIT_CONFIG_VALUE_0": "always",
            "GIT_AUTHOR_NAME": "Ada",
            "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "ada@example.org",
        }
    )


def pre_commit(*arguments: str, cwd: Path, env: Dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the pre-commit of the environment that runs the tests."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *arguments],
        cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


# --- the hooks as they are declared -------------------------------------------------------------


def hook(name: str) -> Dict[str, Any]:
    """The declaration of a hook."""
    import yaml  # type: ignore[import-untyped, unused-ignore]  # pre-commit brings it along

    text = (REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    (found,) = [hook for hook in yaml.safe_load(text) if hook["id"] == name]
    assert isinstance(found, dict)
    return found


def test_hook_says_what_it_needs_and_leaves_the_python_to_the_project() -> None:
    declared = hook("mosaic-lint")
    assert declared["entry"] == "mosaic-lint check"
    assert declared["language"] == "python"
    assert declared["types_or"] == ["python", "pyi", "sql", "shell", "markdown"]
    assert declared["require_serial"] is True
    assert "language_version" not in declared
    assert "pass_filenames" not in declared


def test_hook_that_fixes_differs_from_the_one_that_finds_in_no_more_than_that() -> None:
    finding, fixing = hook("mosaic-lint"), hook("mosaic-lint-fix")
    assert fixing["entry"] == "mosaic-lint check --fix"
    told = {"id", "name", "description", "entry"}
    assert {key: fixing[key] for key in set(fixing) - told} == {
        key: finding[key] for key in set(finding) - told
    }


def test_hook_of_the_project_runs_at_every_commit_and_takes_no_files() -> None:
    declared = hook("mosaic-lint-project")
    assert declared["entry"] == "mosaic-lint check --project-only"
    assert declared["language"] == "python"
    assert declared["pass_filenames"] is False
    assert declared["always_run"] is True
    assert declared["require_serial"] is True
    assert (
        declared["minimum_pre_commit_version"] == hook("mosaic-lint")["minimum_pre_commit_version"]
    )
    assert not {"language_version", "types", "types_or", "files"} & set(declared)


def test_pre_commit_accepts_the_declaration(home: Path) -> None:
    done = pre_commit(
        "validate-manifest", ".pre-commit-hooks.yaml", cwd=REPOSITORY, env=variables(home)
    )
    assert (done.returncode, done.stdout) == (0, "")


# --- try-repo -----------------------------------------------------------------------------------


def try_repo(tool: Path, project: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the hook on what is staged."""
    return pre_commit("try-repo", str(tool), "mosaic-lint", cwd=project, env=variables(home))


def test_try_repo_shows_faults(tool: Path, project: Path, home: Path) -> None:
    write(project, {"api/x.py": FAULTY, "api/good.py": CLEAN, "api/stub.pyi": "x = get_conn()\n"})
    git("add", "-A", cwd=project)
    done = try_repo(tool, project, home)
    assert done.returncode == 1, done.stdout
    assert "mosaic-lint....." in done.stdout
    assert FINDING in done.stdout
    assert "api/stub.pyi:1:5: MOS101" in done.stdout
    assert "old.py" not in done.stdout, "only what is staged is judged"


def test_try_repo_passes_clean_code(tool: Path, project: Path, home: Path) -> None:
    write(project, {"api/x.py": CLEAN})
    git("add", "-A", cwd=project)
    done = try_repo(tool, project, home)
    assert done.returncode == 0, done.stdout
    assert "Passed" in done.stdout


def test_try_repo_checks_sql_and_leaves_markdown_alone(
    tool: Path, project: Path, home: Path
) -> None:
    write(project, {"docs/a.md": MARKDOWN, "README.markdown": "\0"})
    git("add", "-A", cwd=project)
    alone = try_repo(tool, project, home)
    assert alone.returncode == 0, alone.stdout
    assert "Passed" in alone.stdout
    write(project, {"db/x.sql": "SELECT 1;\nPRAGMA foreign_keys = ON;\n"})
    git("add", "-A", cwd=project)
    done = try_repo(tool, project, home)
    assert done.returncode == 1, done.stdout
    assert "db/x.sql:2:1: MOS203" in done.stdout
    assert "docs/a.md" not in done.stdout


def test_try_repo_has_nothing_to_say_of_a_deletion(tool: Path, project: Path, home: Path) -> None:
    git("rm", "api/old.py", cwd=project)
    done = try_repo(tool, project, home)
    assert done.returncode == 0, done.stdout
    assert "no files to check" in done.stdout


FIXABLE = 'def one(cur):\n    cur.execute("SELECT 1 FROM t WHERE a = ?", (1,))\n'
HEAD = CLEAN[: CLEAN.index("with get_conn")]


def test_hook_that_changes_files_fails_and_passes_when_they_are_staged(
    tool: Path, project: Path, home: Path
) -> None:
    configuration = (
        f"repos:\n  - repo: {tool}\n    rev: v0.1.0\n    hooks:\n      - id: mosaic-lint-fix\n"
    )
    env = variables(home)
    write(project, {".pre-commit-config.yaml": configuration})
    git("add", "-A", cwd=project)
    git("commit", "-m", "pre-commit", cwd=project)
    assert pre_commit("install", cwd=project, env=env).returncode == 0
    write(project, {"api/x.py": HEAD + FIXABLE})

    refused = change(project, env)
    assert refused.returncode == 1, refused.stdout
    assert "files were modified by this hook" in refused.stdout
    assert "MOS201 sqlite-placeholder: 1 fixed" in refused.stdout
    assert (project / "api/x.py").read_text() == HEAD + FIXABLE.replace("?", "%s")
    assert (project / "api/old.py").read_text() == FAULTY, "only what is staged is fixed"

    accepted = change(project, env)
    assert accepted.returncode == 0, accepted.stdout
    assert "Passed" in accepted.stdout


# --- a configuration with repo and rev ----------------------------------------------------------


def change(project: Path, env: Dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Try to commit all that has changed, with the hooks that are installed."""
    git("add", "-A", cwd=project)
    return subprocess.run(
        ["git", "commit", "-m", "change"],
        cwd=project, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip


def test_commit_that_only_deletes_a_rollback_script_does_not_pass(
    tool: Path, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    env = variables(tmp_path_factory.mktemp("home"))
    configuration = (
        f"repos:\n  - repo: {tool}\n    rev: v0.1.0\n    hooks:\n"
        "      - id: mosaic-lint\n      - id: mosaic-lint-project\n"
    )
    migration = project / "migrations" / "20260112_add_shifts.sql"
    rollback = project / "migrations" / "20260112_rollback.sql"
    write(project, {
        ".pre-commit-config.yaml": configuration,
        str(migration): MIGRATION,
        str(rollback): ROLLBACK,
    })  # fmt: skip
    git("add", "-A", cwd=project)
    git("commit", "-m", "pre-commit", cwd=project)
    assert pre_commit("install", cwd=project, env=env).returncode == 0

    write(project, {"README.md": "# A service with shifts\n"})
    accepted = change(project, env)
    assert accepted.returncode == 0, accepted.stdout
    assert accepted.stdout.count("Passed") == 2

    rollback.unlink()
    refused = change(project, env)
    assert refused.returncode == 1, refused.stdout
    assert "no files to check" in refused.stdout, "the hook that looks at files has nothing to say"
    told = "migrations/20260112_add_shifts.sql:1:1: MOS803 no rollback script"
    assert refused.stdout.count(": MOS") == refused.stdout.count(told) == 1, refused.stdout

    migration.unlink()
    with_its_migration = change(project, env)
    assert with_its_migration.returncode == 0, with_its_migration.stdout


def python39() -> Optional[Path]:
    """A Python 3.9 that runs; shims of version managers may not."""
    found = [
        shutil.which("python3.9"),
        *glob.glob(f"{Path.home()}/.pyenv/versions/3.9*/bin/python"),
    ]
    for candidate in found:
        command = [str(candidate), "-c", "import sys, venv; print(sys.version_info[:2])"]
        if candidate is not None:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode == 0 and done.stdout.strip() == "(3, 9)":
                return Path(candidate)
    return None


def test_configured_hook_guards_real_commits_under_python_3_9(
    tool: Path, project: Path, home: Path
) -> None:
    python = python39()
    if python is None:
        pytest.skip("NO PYTHON 3.9 ON THIS MACHINE: the hook isn't proven there")
    env = variables(home, first_on_path=python.parent)

    def commit(files: Dict[str, str]) -> subprocess.CompletedProcess[str]:
        write(project, files)
        return change(project, env)

    configuration = (
        "default_language_version:\n    python: python3.9\n"
        f"repos:\n  - repo: {tool}\n    rev: v0.1.0\n    hooks:\n      - id: mosaic-lint\n"
    )
    write(project, {".pre-commit-config.yaml": configuration})
    git("add", "-A", cwd=project)
    git("commit", "-m", "pre-commit", cwd=project)
    assert pre_commit("install", cwd=project, env=env).returncode == 0

    faulty = commit({"api/x.py": FAULTY, "api/new.py": "match a:\n    case 1:\n        print(a)\n"})
    assert faulty.returncode == 1, faulty.stdout
    assert FINDING in faulty.stdout
    assert "api/new.py:3:9: MOS305" in faulty.stdout, "newer syntax is read under 3.9"
    built = [path.name for path in home.glob("repo*/py_env-*")]
    assert "py_env-python3.9" in built

    mistaken = commit({"pyproject.toml": "[tool.mosaic_lint]\nslect = []\n"})
    assert mistaken.returncode == 1
    assert "unknown key 'slect'; did you mean 'select'?" in mistaken.stdout
    assert "Traceback" not in mistaken.stdout

    included = commit({"pyproject.toml": MARKDOWN_WANTED, "docs/a.md": MARKDOWN})
    assert included.returncode == 1
    assert "docs/a.md:2:8: MOS101" in included.stdout
    git("rm", "--cached", "docs/a.md", cwd=project)
    (project / "docs/a.md").unlink()

    excluding = (
        "[tool.mosaic_lint]\nexclude = ['/api/x.py']\n"
        "per-file-ignores = {'api/' = ['MOS3', 'MOS7']}\n"
    )
    accepted = commit({"pyproject.toml": excluding})
    assert accepted.returncode == 0, "exclude and per-file-ignores hold for files by name"

    git("rm", "api/old.py", "api/x.py", cwd=project)
    deleted = commit({})
    assert deleted.returncode == 0, deleted.stdout
    assert "no files to check" in deleted.stdout

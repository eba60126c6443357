"""Real processes of the command line, and small projects for them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

FAULTY = "conn = get_conn()\n"
CLEAN = """\
def total(order):
    with get_conn() as conn, conn.cursor() as cursor:
        cursor.execute("SELECT total FROM orders WHERE id = %s", (order,))
        return cursor.fetchone()
"""

_HEADER = '''\
"""
MODULE: {path}
PURPOSE: Totals of orders
VERSION: 1.0.0
LAST_MODIFIED: 2025-11-03
MODIFIED_BY: Ada
CHANGES_THIS_VERSION: begun
ROLLBACK_PATH: git tag before-totals
"""
'''
HEADER_LINES = _HEADER.count("\n")

_FOREIGN = ("GITHUB_", "GIT_", "NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUTF8", "LC_")


def headed(path: str, text: str) -> str:
    """A Python file's text below the version header that it needs there."""
    return _HEADER.format(path=path) + text


def environment(extra: Optional[Mapping[str, str]] = None) -> Dict[str, str]:
    """The environment of a test's process: nothing of a CI job, a hook or a terminal."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
    return {**kept, "LANG": "C.UTF-8", "TERM": "xterm", **(extra or {})}


def command(*arguments: str) -> List[str]:
    """The command line as a process starts it."""
    return [sys.executable, "-m", "mosaic_lint", *arguments]


def run(
    *arguments: str,
    cwd: Path,
    stdin: bytes = b"",
    env: Optional[Mapping[str, str]] = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command line; its output is decoded as UTF-8, with line ends as they are."""
    done = subprocess.run(
        command(*arguments),
        cwd=cwd,
        input=stdin,
        env=environment(env),
        capture_output=True,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def check(
    *arguments: str,
    cwd: Path,
    stdin: bytes = b"",
    env: Optional[Mapping[str, str]] = None,
) -> subprocess.CompletedProcess[str]:
    """Run a check that leaves toy files alone about the version headers that they don't have.

    Rules of headers run all the same where the configuration selects them by code.
    """
    return run("check", "--ignore", "MOS7", *arguments, cwd=cwd, stdin=stdin, env=env)


def found(*arguments: str, cwd: Path, stdin: bytes = b"") -> List[Dict[str, Any]]:
    """The findings of a ``check`` as the JSON report has them."""
    objects = json.loads(check("--output-format", "json", *arguments, cwd=cwd, stdin=stdin).stdout)
    assert isinstance(objects, list)
    return objects


def linted(*paths: str, cwd: Path) -> List[str]:
    """The paths with findings, where every file has one."""
    return [finding["path"] for finding in found(*paths, cwd=cwd)]


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files, with their line ends as they are."""
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8"))


def git(*arguments: str, cwd: Path) -> None:
    """Run git as somebody, without the machine's configuration."""
    identity = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }
    subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments],
        cwd=cwd,
        env=environment(identity),
        check=True,
        capture_output=True,
    )


def commit(root: Path, files: Mapping[str, str]) -> None:
    """Make a folder a repository in which some files are committed."""
    write(root, files)
    git("init", cwd=root)
    git("add", "--all", "--force", cwd=root)
    git("commit", "-m", "All", cwd=root)

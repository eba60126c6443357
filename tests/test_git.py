"""What git says of files, from real repositories."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from typing import Any, List, Optional

import pytest

from mosaic_lint.git import Git, run_git
from tests.cli_process import git, write

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX system")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder outside of any repository."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository with one commit."""
    top = folder / "repo"
    write(top, {"api/x.py": "x = 1\n", "y.sql": "SELECT 1;\n"})
    git("init", cwd=top)
    commit(top)
    return top


def commit(top: Path, day: str = "2026-01-05") -> None:
    """Commit all that is in the work tree, today, as if it was written on another day."""
    git("add", "--all", cwd=top)
    git("commit", "--allow-empty", "--date", f"{day}T12:00:00+0000", "-m", "change", cwd=top)


def started(monkeypatch: pytest.MonkeyPatch) -> List[List[str]]:
    """The commands that are started from now on."""
    commands: List[List[str]] = []
    real: Any = subprocess.Popen.__init__

    def noting(self: Any, args: List[str], *rest: Any, **kwargs: Any) -> None:
        commands.append(args)
        real(self, args, *rest, **kwargs)

    monkeypatch.setattr(subprocess.Popen, "__init__", noting)
    return commands


def test_content_is_that_of_the_commit(repository: Path) -> None:
    write(repository, {"api/x.py": "x = 2\n"})
    asked = Git(str(repository))
    assert asked.content("api/x.py") == b"x = 1\n"
    assert asked.content("y.sql") == b"SELECT 1;\n"
    assert asked.content("api/x.py", "HEAD~1") is None
    commit(repository)
    assert asked.content("api/x.py") == b"x = 2\n"
    assert asked.content("api/x.py", "HEAD~1") == b"x = 1\n"


def test_paths_are_relative_to_the_folder(repository: Path) -> None:
    asked = Git(str(repository / "api"))
    assert asked.content("x.py") == b"x = 1\n"
    assert asked.content("api/x.py") is None
    assert asked.top_level is not None
    assert os.path.realpath(asked.top_level) == os.path.realpath(repository)


def test_what_is_no_file_has_no_content(repository: Path) -> None:
    asked = Git(str(repository))
    for path in ("api", "none.py", "", ".", "../x.py", "api/x.py/z", "a\0b"):
        assert asked.content(path) is None
        assert asked.content("y.sql") == b"SELECT 1;\n"
    for revision in ("none", "", "-p", "--textconv", "HEAD:api/x.py", "HEAD\nHEAD", "HEAD^{tree}^"):
        assert asked.content("y.sql", revision) is None
        assert asked.last_change("y.sql", revision) is None


def test_a_new_file_isnt_in_head(repository: Path) -> None:
    write(repository, {"new.py": "x = 1\n"})
    git("add", "new.py", cwd=repository)
    assert Git(str(repository)).content("new.py") is None


@POSIX
@pytest.mark.parametrize(
    "name", [b"a b.py", b"a\nb.py", b'"a".py', b"\xff\xfe.py", "é😀.py".encode(), b":(top)x", b"a*"]
)
def test_odd_names(repository: Path, name: bytes) -> None:
    path = os.fsdecode(name)
    try:
        (repository / path).write_bytes(b"odd\n")
    except OSError:
        pytest.skip("the file system refuses such a name")
    commit(repository, "2026-02-03")
    asked = Git(str(repository))
    assert asked.content(path) == b"odd\n"
    assert asked.last_change(path, "HEAD~1") == date(2026, 2, 3)
    assert asked.content("y.sql") == b"SELECT 1;\n"


def test_content_is_binary_and_may_be_large(repository: Path) -> None:
    data = bytes(range(256)) * 5_000
    (repository / "large.py").write_bytes(data)
    (repository / "empty.py").write_bytes(b"")
    commit(repository)
    asked = Git(str(repository))
    assert asked.content("large.py") == data
    assert asked.content("empty.py") == b""
    assert asked.content("large.py") == data


def test_one_process_serves_all_files(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = started(monkeypatch)
    asked = Git(str(repository))
    assert commands == []
    for _ in range(50):
        assert asked.content("y.sql") == b"SELECT 1;\n"
        assert asked.content("none.sql") is None
    assert len(commands) == 1


def test_outside_of_a_repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = started(monkeypatch)
    asked = Git(str(folder))
    assert [asked.content("x.py") for _ in range(3)] == [None] * 3
    assert len(commands) == 1, "git isn't asked again"
    assert asked.top_level is None
    assert asked.last_change("x.py", "HEAD") is None


def test_folder_that_isnt_there(folder: Path) -> None:
    asked = Git(str(folder / "none"))
    assert asked.content("x.py") is None
    assert asked.top_level is None
    assert asked.user_name is None


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    asked = Git(str(repository))
    assert asked.content("y.sql") is None
    assert asked.last_change("y.sql", "HEAD") is None
    assert asked.top_level is asked.user_name is None


def test_before_the_first_commit(folder: Path) -> None:
    write(folder, {"x.py": "x = 1\n"})
    git("init", cwd=folder)
    git("add", "x.py", cwd=folder)
    asked = Git(str(folder))
    assert asked.content("x.py") is None
    commit(folder)
    assert asked.content("x.py") == b"x = 1\n"


def test_detached_head(repository: Path) -> None:
    write(repository, {"y.sql": "SELECT 2;\n"})
    commit(repository)
    git("checkout", "--detach", "HEAD~1", cwd=repository)
    assert Git(str(repository)).content("y.sql") == b"SELECT 1;\n"


def test_shallow_clone(repository: Path, folder: Path) -> None:
    for number in range(3):
        write(repository, {"y.sql": f"SELECT {number};\n"})
        commit(repository)
    git("clone", "--depth", "1", repository.as_uri(), "shallow", cwd=folder)
    asked = Git(str(folder / "shallow"))
    assert asked.content("y.sql") == b"SELECT 2;\n"
    assert asked.content("y.sql", "HEAD~1") is None
    assert asked.last_change("y.sql", "HEAD~1") is None


def test_work_tree_whose_git_folder_is_elsewhere(repository: Path, folder: Path) -> None:
    git("worktree", "add", str(folder / "other"), cwd=repository)
    assert (folder / "other" / ".git").is_file()
    asked = Git(str(folder / "other"))
    assert asked.content("y.sql") == b"SELECT 1;\n"
    (folder / "other" / ".git").write_text("gitdir: /none\n")
    assert Git(str(folder / "other")).content("y.sql") is None


def test_submodule(repository: Path, folder: Path) -> None:
    main = folder / "main"
    write(main, {"z.py": "z = 1\n"})
    git("init", cwd=main)
    git("-c", "protocol.file.allow=always", "submodule", "add", str(repository), "sub", cwd=main)
    commit(main)
    assert Git(str(main)).content("sub/y.sql") is None
    assert Git(str(main / "sub")).content("y.sql") == b"SELECT 1;\n"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away"
)
def test_repository_of_somebody_else(
    repository: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for path in (repository, repository / ".git"):
        os.chown(path, 12345, 12345)
    asked = Git(str(repository))
    assert asked.content("y.sql") is None
    assert asked.top_level is None


@POSIX
def test_a_hooks_environment_doesnt_matter(
    repository: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = folder / "other"
    write(other, {"y.sql": "SELECT 'other';\n"})
    git("init", cwd=other)
    commit(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other / ".git" / "objects"))
    assert Git(str(repository)).content("y.sql") == b"SELECT 1;\n"


# --- what a repository can't make git do ---------------------------------------------------------


@POSIX
def test_no_program_of_the_repository_runs(repository: Path, folder: Path) -> None:
    trap = folder / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch '{folder}/sprung'\ncat\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "gpg.program",
        "filter.trap.smudge", "filter.trap.clean", "diff.trap.textconv", "diff.external",
        "pager.rev-list", "alias.cat-file",
    ):  # fmt: skip
        git("config", key, str(trap), cwd=repository)
    git("config", "log.showSignature", "true", cwd=repository)
    write(repository, {".gitattributes": "* filter=trap diff=trap\n"})
    subprocess.run(["git", "add", ".gitattributes"], cwd=repository, check=False)
    (folder / "sprung").unlink(missing_ok=True)
    asked = Git(str(repository))
    assert asked.content("y.sql") == b"SELECT 1;\n"
    assert asked.last_change("y.sql", "HEAD") is None
    assert asked.top_level is not None
    assert asked.user_name != "none"
    assert not (folder / "sprung").exists()


@POSIX
def test_what_a_partial_clone_lacks_isnt_fetched(repository: Path, folder: Path) -> None:
    git("config", "uploadpack.allowFilter", "true", cwd=repository)
    git("clone", "--no-checkout", "--filter=blob:none", repository.as_uri(), "part", cwd=folder)
    part = folder / "part"
    trap = folder / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch '{folder}/sprung'\nexec git-upload-pack \"$@\"\n")
    trap.chmod(0o755)
    git("config", "remote.origin.uploadpack", str(trap), cwd=part)
    assert Git(str(part)).content("y.sql") is None
    assert not (folder / "sprung").exists()
    assert run_git(str(part), "cat-file", "blob", "HEAD:y.sql") is None


# --- the day of a change -------------------------------------------------------------------------


def test_last_change_is_the_authors_day(repository: Path) -> None:
    git("tag", "base", cwd=repository)
    for day in ("2026-02-03", "2026-02-01"):
        write(repository, {"y.sql": f"SELECT '{day}';\n"})
        commit(repository, day)
    commit(repository, "2026-04-01")  # doesn't touch the file
    asked = Git(str(repository))
    assert asked.last_change("y.sql", "base") == date(2026, 2, 3)
    assert asked.last_change("y.sql", "HEAD~2") == date(2026, 2, 1)
    assert asked.last_change("y.sql", "HEAD") is None
    assert asked.last_change("api/x.py", "base") is None


# --- the process ---------------------------------------------------------------------------------


def _ask(asked: Git, results: List[Optional[bytes]]) -> None:
    for _ in range(20):
        results.append(asked.content("y.sql"))


def test_threads_share_the_process(repository: Path) -> None:
    asked = Git(str(repository))
    results: List[Optional[bytes]] = []
    threads = [threading.Thread(target=_ask, args=(asked, results)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [b"SELECT 1;\n"] * 80


_shared: Git


def _content_of_shared() -> Optional[bytes]:
    return _shared.content("y.sql")


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_forked_processes_have_their_own(repository: Path) -> None:
    global _shared
    asked = _shared = Git(str(repository))
    assert asked.content("y.sql") is not None
    with multiprocessing.get_context("fork").Pool(2) as pool:
        answers = [pool.apply_async(_content_of_shared) for _ in range(20)]
        assert asked.content("api/x.py") == b"x = 1\n"
        assert [answer.get(20) for answer in answers] == [b"SELECT 1;\n"] * 20


def test_a_process_that_dies_is_replaced(repository: Path) -> None:
    asked = Git(str(repository))
    assert asked.content("y.sql") is not None
    process = asked._objects._process
    assert process is not None
    process.kill()
    process.wait()
    assert asked.content("y.sql") is None
    assert asked.content("y.sql") == b"SELECT 1;\n"


def test_the_process_ends_with_its_user(repository: Path) -> None:
    asked = Git(str(repository))
    assert asked.content("y.sql") is not None
    process = asked._objects._process
    assert process is not None
    assert process.poll() is None
    del asked
    gc.collect()
    assert process.poll() is not None


def test_a_program_ends_quietly(repository: Path) -> None:
    script = (
        "import sys\nfrom mosaic_lint.git import Git\nasked = Git(sys.argv[1])\n"
        "print(asked.content('y.sql'))\nsys.stdin.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script, str(repository)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).resolve().parents[1],
    )
    assert (done.stdout.strip(), done.stderr, done.returncode) == ("b'SELECT 1;\\n'", "", 0)


def test_user_name(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    assert Git(str(repository)).user_name is None
    git("config", "user.name", "Änne Müller", cwd=repository)
    assert Git(str(repository)).user_name == "Änne Müller"


def test_git_folder_that_is_damaged(repository: Path) -> None:
    shutil.rmtree(repository / ".git" / "objects")
    assert Git(str(repository)).content("y.sql") is None

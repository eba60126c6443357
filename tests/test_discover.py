"""Which files a run lints, in real folders and git repositories."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import List

import pytest

from mosaic_lint.discover import Discovery, discover
from tests.cli_process import CLEAN, FAULTY, check, found, git, linted, run, write


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder outside of any repository, as the current one."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def repository(folder: Path) -> Path:
    """An empty git repository, as the current folder."""
    git("init", cwd=folder)
    return folder


def files(*paths: str) -> List[str]:
    return list(discover(paths or (".",)).files)


def test_walk_takes_python_and_sql_in_order(folder: Path) -> None:
    names = ("b.py", "a/c.pyi", "a.txt", "notes.md", "a-b.py", "x.PY", "db/d.sql", "e.sql.txt")
    write(folder, dict.fromkeys(names, ""))
    assert files() == ["a-b.py", "a/c.pyi", "b.py", "db/d.sql"]


@pytest.mark.parametrize("with_git", [True, False], ids=["git", "no-git"])
def test_walk_takes_markdown_where_it_is_wanted(folder: Path, with_git: bool) -> None:
    write(folder, {"a.md": "", "docs/b.markdown": "", "docs/c.txt": "", "old/d.md": "", "e.py": ""})
    if with_git:
        git("init", cwd=folder)
    told = discover(["."], lambda path: os.path.basename(os.path.dirname(path)) != "old")
    assert told.files == ("a.md", "docs/b.markdown", "e.py")
    assert discover(["."]).files == ("e.py",)


def test_named_markdown_is_taken_and_left_to_its_configuration(folder: Path) -> None:
    write(folder, {"a.md": ""})
    assert files("a.md") == ["a.md"]


def test_named_file_is_taken_whatever_it_is_called(folder: Path) -> None:
    write(folder, {"hook": "", "build/x.py": "", ".venv/y.py": ""})
    assert files("hook", "build/x.py", ".venv/y.py") == [".venv/y.py", "build/x.py", "hook"]


@pytest.mark.parametrize(
    "name",
    [
        ".venv",
        "venv",
        "lib/site-packages",
        "node_modules",
        "build",
        "dist",
        "__pycache__",
        "api_backup_20240131",
    ],
)
@pytest.mark.parametrize("with_git", [True, False], ids=["git", "no-git"])
def test_folders_of_others_are_skipped_unless_named(
    folder: Path, name: str, with_git: bool
) -> None:
    write(folder, {f"{name}/x.py": "", f"api/{name}/y.py": "", "api/z.py": ""})
    if with_git:
        git("init", cwd=folder)
        git("add", "--all", "--force", cwd=folder)
    assert files() == ["api/z.py"]
    assert files(name) == [f"{name}/x.py"]


def test_missing_paths_are_told_apart(folder: Path) -> None:
    write(folder, {"a.py": ""})
    assert discover(["a.py", "b.py", "a.py/c.py", ""]) == Discovery(
        ("a.py",), ("b.py", "a.py/c.py", ""), ()
    )


def test_file_named_in_several_ways_is_linted_once(folder: Path) -> None:
    write(folder, {"api/a.py": ""})
    assert files("api", "api/a.py", "./api/../api/a.py", str(folder / "api")) == ["api/a.py"]


def test_file_outside_of_the_current_folder_is_absolute(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, {"here/a.py": "", "there/b.py": "", "here-too/c.py": ""})
    monkeypatch.chdir(folder / "here")
    outside = [str(folder / "here-too/c.py"), str(folder / "there/b.py")]
    assert files(".", "../there", "../here-too") == [*outside, "a.py"]


def test_link_gives_way_to_its_file(folder: Path) -> None:
    write(folder, {"z.py": "", "elsewhere/real.py": "", "src/s.py": ""})
    (folder / "a.py").symlink_to("z.py")
    (folder / "src/l.py").symlink_to("../elsewhere/real.py")
    assert files("a.py", "z.py") == ["z.py"]
    assert files("a.py") == ["a.py"]
    assert files("src") == ["src/l.py", "src/s.py"]


@pytest.mark.parametrize("with_git", [True, False], ids=["git", "no-git"])
def test_loop_of_links_ends(folder: Path, with_git: bool) -> None:
    write(folder, {"api/a.py": ""})
    (folder / "api/self").symlink_to("..")
    (folder / "api/loop.py").symlink_to("loop.py")
    (folder / "api/broken.py").symlink_to("nowhere.py")
    if with_git:
        git("init", cwd=folder)
    assert files() == ["api/a.py"]
    assert files("api/self") == ["api/self/api/a.py"]


def test_git_decides_what_is_ignored(repository: Path) -> None:
    write(
        repository,
        {
            ".gitignore": "*.gen.py\n/secret/\n",
            "a.py": "",
            "a.gen.py": "",
            "tracked.gen.py": "",
            "secret/b.py": "",
            "api/.gitignore": "!kept.gen.py\nlocal.py\n",
            "api/kept.gen.py": "",
            "api/local.py": "",
            "api/secret/c.py": "",
            ".git/info/exclude": "excluded.py\n",
            "excluded.py": "",
        },
    )
    git("add", "--force", "tracked.gen.py", cwd=repository)
    expected = ["a.py", "api/kept.gen.py", "api/secret/c.py", "tracked.gen.py"]
    assert files() == expected
    assert files("api") == expected[1:3]


def test_ignored_folder_is_walked_if_it_is_named(repository: Path) -> None:
    write(repository, {".gitignore": "/out/\n", "out/a.py": "", "out/.gitignore": "b.py\n"})
    write(repository, {"out/b.py": "", "out/sub/c.py": ""})
    assert files() == []
    assert files("out") == ["out/a.py", "out/sub/c.py"]
    assert files("out/sub") == ["out/sub/c.py"]


def test_tracked_file_that_is_deleted_is_left_out(repository: Path) -> None:
    write(repository, {"a.py": "", "gone.py": "", "dir/gone.py": ""})
    git("add", ".", cwd=repository)
    (repository / "gone.py").unlink()
    (repository / "dir/gone.py").unlink()
    (repository / "dir").rmdir()
    assert files() == ["a.py"]


def test_strange_names_are_found(repository: Path) -> None:
    names = [
        b"with space.py",
        b"new\nline.py",
        b"caf\xe9.py",
        "ünï.py".encode(),
        b'"q".py',
        b"-x.py",
    ]
    for name in names:
        with open(os.path.join(os.fsencode(repository), name), "wb") as file:
            file.write(FAULTY.encode())
    git("add", b"new\nline.py".decode(), cwd=repository)
    assert files() == sorted(os.fsdecode(name) for name in names)
    shown = sorted(name.decode("utf-8", "replace") for name in names)
    assert sorted(linted(cwd=repository)) == shown
    concise = check("--output-format", "concise", cwd=repository).stdout
    assert len(concise.splitlines()) == len(names)
    assert "new␊line.py:1:8: MOS101 " in concise


def test_other_repositories_inside_are_left_alone_unless_named(repository: Path) -> None:
    write(repository, {"a.py": "", "nested/b.py": "", "library/c.py": ""})
    git("init", cwd=repository / "nested")
    git("init", cwd=repository / "library")
    git("add", ".", cwd=repository / "library")
    git("commit", "-m", "start", cwd=repository / "library")
    git("submodule", "add", "./library", "vendor", cwd=repository)
    assert (repository / "vendor/c.py").exists()
    assert files() == ["a.py"]
    assert files("nested", "vendor") == ["nested/b.py", "vendor/c.py"]


def test_repositories_inside_a_plain_folder_are_walked_by_their_rules(folder: Path) -> None:
    write(folder, {"one/.gitignore": "x.py\n", "one/x.py": "", "one/y.py": "", "z.py": ""})
    git("init", cwd=folder / "one")
    write(folder, {"one/.git/info/exclude": "e.py\n", "one/e.py": ""})
    assert files() == ["one/y.py", "z.py"]


def test_worktree_is_walked_like_a_repository(repository: Path) -> None:
    write(repository, {".gitignore": "x.py\n", "a.py": ""})
    git("add", ".", cwd=repository)
    git("commit", "-m", "start", cwd=repository)
    git("worktree", "add", "../tree", cwd=repository)
    tree = repository.parent / "tree"
    write(tree, {"x.py": "", "b.py": ""})
    assert files(str(tree)) == [str(tree / "a.py"), str(tree / "b.py")]


def test_environment_of_a_hook_does_not_mislead(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(
        repository, {"a.py": "", "other/b.py": "", "other/.gitignore": "c.py\n", "other/c.py": ""}
    )
    git("init", cwd=repository / "other")
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / ".git/index"))
    assert files("other") == ["other/b.py"]


@pytest.fixture
def without_git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which git isn't installed."""
    empty = folder.parent / "no-programs"
    empty.mkdir(exist_ok=True)
    monkeypatch.setenv("PATH", str(empty))
    return folder


def test_without_git_the_ignore_files_are_read(without_git: Path) -> None:
    write(
        without_git,
        {
            ".git/HEAD": "ref: refs/heads/main\n",
            ".gitignore": "\ufeff*.gen.py\r\n/secret/\r\n# comment\r\n!\n[z-a]\n",
            "a.py": "",
            "a.gen.py": "",
            "secret/b.py": "",
            "api/.gitignore": "!kept.gen.py\nlocal.py\ndata\n",
            "api/kept.gen.py": "",
            "api/local.py": "",
            "api/secret/c.py": "",
            "api/data/d.py": "",
            "api/data/.gitignore": "!d.py\n",
        },
    )
    expected = ["a.py", "api/kept.gen.py", "api/secret/c.py"]
    assert files() == expected
    assert files("api") == expected[1:]
    assert files("secret") == ["secret/b.py"]


def test_without_git_names_that_are_no_text_are_matched(without_git: Path) -> None:
    root = os.fsencode(without_git)
    for name in (b".gitignore", b"caf\xe9.py", b"caf\xe8.py"):
        with open(os.path.join(root, name), "wb") as file:
            file.write(b"caf\xe9.py\n" if name == b".gitignore" else b"")
    assert files() == [os.fsdecode(b"caf\xe8.py")]


def test_excluded_files_are_not_linted_even_if_named(repository: Path) -> None:
    write(
        repository,
        {
            "pyproject.toml": '[tool.mosaic_lint]\nexclude = ["legacy/"]\n',
            "legacy/a.py": FAULTY,
            "api/b.py": FAULTY,
        },
    )
    assert linted(cwd=repository) == ["api/b.py"]
    named = run("check", "legacy/a.py", cwd=repository)
    assert (named.returncode, named.stdout, named.stderr) == (0, "", "")


def test_each_project_of_a_monorepo_has_its_settings(repository: Path) -> None:
    write(
        repository,
        {
            "one/pyproject.toml": '[tool.mosaic_lint]\nselect = ["MOS3"]\n',
            "one/a.py": FAULTY,
            "two/mosaic_lint.toml": 'select = ["MOS1"]\n',
            "two/sub/b.py": FAULTY,
            "three/c.py": FAULTY,
        },
    )
    assert linted(cwd=repository) == ["three/c.py", "two/sub/b.py"]


def test_walk_takes_shell_scripts_without_a_suffix(folder: Path) -> None:
    shell = {"bin/run": "#!/bin/sh\n", "hooks/pre-push": "#!/usr/bin/env bash\necho\n"}
    others = {
        "bin/tool": "#!/usr/bin/env python3\n",
        "Makefile": "all:\n",
        "LICENSE": "#! /bin/shop\n",
        "empty": "",
        "run.txt": "#!/bin/sh\n",
        "node_modules/x/run": "#!/bin/sh\n",
    }
    write(folder, {**shell, **others})
    assert files() == ["bin/run", "hooks/pre-push"]


def test_nothing_to_lint_is_told_and_is_no_error(repository: Path) -> None:
    done = run("check", cwd=repository)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "mosaic-lint: no Python or SQL files found\n"


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="root may list every folder"
)
@pytest.mark.parametrize("with_git", [True, False], ids=["git", "no-git"])
def test_folder_that_cannot_be_listed_is_told(folder: Path, with_git: bool) -> None:
    write(folder, {"locked/a.py": "", "b.py": CLEAN})
    if with_git:
        git("init", cwd=folder)
    (folder / "locked").chmod(0)
    try:
        told = discover(["."])
    finally:
        (folder / "locked").chmod(0o700)
    assert told.files == ("b.py",)
    assert len(told.unreadable) == 1
    assert "locked" in told.unreadable[0]


def test_order_of_findings_is_that_of_paths_lines_and_columns(repository: Path) -> None:
    twice = "a, b = get_conn(), get_conn()\n"
    write(repository, {"b.py": FAULTY, "a/z.py": twice, "a.py": FAULTY * 2})
    places = [(f["path"], f["line"], f["column"]) for f in found(cwd=repository)]
    assert places == sorted(places)
    assert [place[0] for place in places] == ["a.py", "a.py", "a/z.py", "a/z.py", "b.py"]

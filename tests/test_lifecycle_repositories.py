"""The rules over scripts in repositories as they come: half deleted, linked, nested, detached."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List

import pytest

from mosaic_lint.config import Loader
from mosaic_lint.engine import Mode, check_project
from tests.cli_process import git


def write(root: Path, *paths: str, text: str = "echo\n") -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def commit(root: Path) -> None:
    if not (root / ".git").exists():
        git("init", cwd=root)
    git("add", "--all", cwd=root)
    git("commit", "--allow-empty", "-m", "All", cwd=root)


def found(root: Path) -> List[str]:
    """The findings of MOS6 in a project, as path and code."""
    config = Loader(overrides={"select": ["MOS6"]}, cache=None).for_path(root / "x")
    return sorted(
        f"{os.path.relpath(report.source.path, config.root)} {finding.code}"
        for report in check_project(config, Mode(strict=True))
        for finding in report.findings
    )


def test_deleted_script_is_no_orphan(tmp_path: Path) -> None:
    write(tmp_path, "scripts/gone.sh", "scripts/here.sh")
    commit(tmp_path)
    (tmp_path / "scripts/gone.sh").unlink()
    assert found(tmp_path) == ["scripts/here.sh MOS601"]


def test_staged_file_counts(tmp_path: Path) -> None:
    write(tmp_path, "scripts/here.sh")
    commit(tmp_path)
    write(tmp_path, "Makefile", text="a:\n\tbash scripts/here.sh\n")
    assert found(tmp_path) == ["scripts/here.sh MOS601"]
    git("add", "Makefile", cwd=tmp_path)
    assert found(tmp_path) == []


def test_links_and_loops(tmp_path: Path) -> None:
    write(tmp_path, "scripts/here.sh", "ops/there.sh")
    (tmp_path / "scripts/loop").symlink_to("loop")
    (tmp_path / "scripts/up").symlink_to("..")
    (tmp_path / "scripts/nowhere.sh").symlink_to("missing.sh")
    (tmp_path / "scripts/linked.sh").symlink_to("../ops/there.sh")
    commit(tmp_path)
    assert found(tmp_path) == ["scripts/here.sh MOS601", "scripts/linked.sh MOS601"]


def test_link_names_what_it_points_to(tmp_path: Path) -> None:
    write(tmp_path, "scripts/here.sh", "scripts/linked.sh", "bin/x")
    (tmp_path / "bin/load").symlink_to("../scripts/linked.sh")
    commit(tmp_path)
    assert found(tmp_path) == ["scripts/here.sh MOS601"]


def test_submodule_is_no_script(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    write(inner, "run.sh")
    commit(inner)
    outer = tmp_path / "outer"
    write(outer, "scripts/here.sh")
    commit(outer)
    git(
        "-c", "protocol.file.allow=always", "submodule", "add", str(inner), "scripts/sub", cwd=outer
    )
    commit(outer)
    assert found(outer) == ["scripts/here.sh MOS601"]


def test_worktree_detached_and_shallow(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    write(whole, "scripts/here.sh")
    commit(whole)
    commit(whole)
    git("worktree", "add", "--detach", str(tmp_path / "tree"), cwd=whole)
    assert found(tmp_path / "tree") == ["scripts/here.sh MOS601"]
    git("clone", "--depth", "1", f"file://{whole}", str(tmp_path / "shallow"), cwd=tmp_path)
    assert found(tmp_path / "shallow") == ["scripts/here.sh MOS601"]


def test_broken_git_is_walked(tmp_path: Path) -> None:
    write(tmp_path, "scripts/here.sh", "scripts/named.sh")
    write(tmp_path, "Makefile", text="a:\n\tbash scripts/named.sh\n")
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    assert found(tmp_path) == ["scripts/here.sh MOS601"]


@pytest.mark.skipif(os.name == "nt", reason="such names can't be there")
def test_odd_names(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "scripts")
    os.mkdir(folder)
    for name in (
        b"new\nline.sh",
        b"latin-\xe9.sh",
        b"tab\t.sh",
        b'quo"te.sh',
        b"-.sh",
        b".sh",
        b"a.",
    ):
        with open(folder + b"/" + name, "wb") as file:
            file.write(b"echo\n")
    commit(tmp_path)
    assert len(found(tmp_path)) == 6


def test_named_from_outside_of_a_part_of_a_repository(tmp_path: Path) -> None:
    write(tmp_path, "backend/mosaic_lint.toml", text='select = ["MOS6"]\n')
    write(tmp_path, "backend/scripts/here.sh", "backend/scripts/named.sh")
    write(tmp_path, ".github/workflows/ci.yml", text="- run: backend/scripts/named.sh\n")
    commit(tmp_path)
    assert found(tmp_path / "backend") == ["scripts/here.sh MOS601"]


def test_empty_repository(tmp_path: Path) -> None:
    git("init", cwd=tmp_path)
    assert found(tmp_path) == []

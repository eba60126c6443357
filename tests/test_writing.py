"""A file gets its new content wholly or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable, List

import pytest

from mosaic_lint.faces.writing import Unwritable, replace_content
from tests.cli_process import command, environment
from tests.test_cli_fix import FIXED_QUERY, QUERY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")

OLD, NEW = b"old\n", b"new\r\n\x00"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.py"
    path.write_bytes(OLD)
    return path


def refused(path: Path, before: bytes = OLD) -> str:
    """Why a file isn't written."""
    with pytest.raises(Unwritable) as caught:
        replace_content(str(path), before, NEW)
    return caught.value.reason


def is_alone(path: Path) -> bool:
    """Whether nothing was left beside a file."""
    return os.listdir(path.parent) == [path.name]


def test_content_is_replaced_and_nothing_left_beside_it(file: Path) -> None:
    replace_content(str(file), OLD, NEW)
    assert file.read_bytes() == NEW
    assert is_alone(file)


def test_relative_path_is_enough(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    replace_content("a.py", OLD, NEW)
    assert file.read_bytes() == NEW


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664, 0o4755, 0o200])
def test_permissions_are_kept(file: Path, mode: int) -> None:
    if mode == 0o200 and os.geteuid() != 0:
        pytest.skip("only root reads it")
    file.chmod(mode)
    replace_content(str(file), OLD, NEW)
    assert file.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root gives away")
def test_owner_is_kept(file: Path) -> None:
    os.chown(file, 1234, 2345)
    file.chmod(0o640)
    replace_content(str(file), OLD, NEW)
    status = file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (1234, 2345, 0o640)


def test_who_may_not_give_files_away_writes_them_all_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no(*_: Any) -> None:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(os, "fchown", no)
    replace_content(str(file), OLD, NEW)
    assert file.read_bytes() == NEW


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes")
def test_extended_attributes_are_kept(file: Path) -> None:
    try:
        os.setxattr(file, "user.origin", b"here")
    except OSError:
        pytest.skip("the file system has none")
    replace_content(str(file), OLD, NEW)
    assert os.getxattr(file, "user.origin") == b"here"


@pytest.mark.skipif(not hasattr(os, "setxattr"), reason="no extended attributes")
def test_attribute_that_only_the_system_sets_keeps_no_other_away(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try:
        os.setxattr(file, "user.origin", b"here")
    except OSError:
        pytest.skip("the file system has none")
    monkeypatch.setattr(os, "listxattr", lambda _: ["security.none", "user.origin"])
    replace_content(str(file), OLD, NEW)
    assert os.getxattr(file, "user.origin") == b"here"


def test_link_stays_a_link(file: Path) -> None:
    link, chain = file.parent / "link.py", file.parent / "chain.py"
    link.symlink_to("a.py")
    chain.symlink_to(link)
    replace_content(str(chain), OLD, NEW)
    assert (os.readlink(link), os.readlink(chain)) == ("a.py", str(link))
    assert file.read_bytes() == NEW
    assert not file.is_symlink()


def test_other_name_of_a_file_keeps_the_old_content(file: Path) -> None:
    other = file.parent / "other.py"
    os.link(file, other)
    replace_content(str(file), OLD, NEW)
    assert (file.read_bytes(), other.read_bytes()) == (NEW, OLD)


def test_name_as_long_as_names_may_be(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 252 + ".py")
    path.write_bytes(OLD)
    replace_content(str(path), OLD, NEW)
    assert path.read_bytes() == NEW


def test_name_that_is_long_in_bytes(tmp_path: Path) -> None:
    path = tmp_path / ("\N{SNOWMAN}" * 84 + ".py")
    path.write_bytes(OLD)
    replace_content(str(path), OLD, NEW)
    assert path.read_bytes() == NEW


# --- refused ------------------------------------------------------------------------------------


def test_read_only_file_is_left_alone(file: Path) -> None:
    file.chmod(0o444)
    assert refused(file) == "is read-only"
    assert (file.read_bytes(), is_alone(file)) == (OLD, True)


def test_read_only_folder_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    path = folder / "a.py"
    path.write_bytes(OLD)
    folder.chmod(0o555)
    try:
        assert refused(path) == "its folder is read-only"
        assert (path.read_bytes(), is_alone(path)) == (OLD, True)
    finally:
        folder.chmod(0o755)


def test_read_only_target_of_a_link_is_left_alone(file: Path) -> None:
    link = file.parent / "link.py"
    link.symlink_to("a.py")
    file.chmod(0o444)
    assert refused(link) == "is read-only"


def test_what_somebody_has_changed_meanwhile_is_left_alone(file: Path) -> None:
    file.write_bytes(b"mine\n")
    assert refused(file) == "was changed by somebody else meanwhile; run it again"
    assert (file.read_bytes(), is_alone(file)) == (b"mine\n", True)


def test_change_in_the_last_moment_is_seen(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def meanwhile(descriptor: int) -> None:
        sync(descriptor)
        file.write_bytes(b"mine\n")

    monkeypatch.setattr(os, "fsync", meanwhile)
    assert refused(file) == "was changed by somebody else meanwhile; run it again"
    assert (file.read_bytes(), is_alone(file)) == (b"mine\n", True)


def test_removed_file_does_not_come_back(file: Path) -> None:
    file.unlink()
    assert refused(file) == "was removed meanwhile"
    assert os.listdir(file.parent) == []


def test_removed_folder_does_not_come_back(tmp_path: Path) -> None:
    assert refused(tmp_path / "none" / "a.py") == "was removed meanwhile"


def test_folder_in_the_place_of_a_file_is_left_alone(tmp_path: Path) -> None:
    assert refused(tmp_path) == "is no regular file"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_failing_write_leaves_the_old_file_whole(
    file: Path, monkeypatch: pytest.MonkeyPatch, number: int, call: str
) -> None:
    def fail(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    assert refused(file) == f"can't be written: {os.strerror(number)}"
    assert (file.read_bytes(), is_alone(file)) == (OLD, True)


def test_interrupt_leaves_the_old_file_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_content(str(file), OLD, NEW)
    assert (file.read_bytes(), is_alone(file)) == (OLD, True)


def test_interrupt_right_behind_the_opening_leaves_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.open

    def interrupt(*arguments: Any, **options: Any) -> int:
        os.close(really(*arguments, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "open", interrupt)
    with pytest.raises(KeyboardInterrupt):
        replace_content(str(file), OLD, NEW)
    monkeypatch.undo()
    assert (file.read_bytes(), is_alone(file)) == (OLD, True)


# --- the command line ---------------------------------------------------------------------------


def _small_files() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def fix(cwd: Path, before: Callable[[], None]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("check", "--ignore", "MOS7", "--fix", "--no-cache", "--quiet",
                "--output-format", "concise"),
        cwd=cwd, env=environment(), preexec_fn=before, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_full_disk_leaves_the_old_file_whole_and_fixes_the_others(tmp_path: Path) -> None:
    large = "# a long comment\n" * 300 + QUERY
    (tmp_path / "large.py").write_text(large)
    (tmp_path / "small.py").write_text(QUERY)
    done = fix(tmp_path, _small_files)
    assert done.returncode == 2
    assert done.stderr == "mosaic-lint: large.py: can't be written: File too large\n"
    assert done.stdout.startswith("large.py:302:44: MOS201 ")
    assert (tmp_path / "large.py").read_text() == large
    assert (tmp_path / "small.py").read_text() == FIXED_QUERY
    assert sorted(os.listdir(tmp_path)) == ["large.py", "small.py"]


def test_reader_of_a_patch_may_go_away(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(QUERY * 500)
    arguments: List[str] = command("check", "--ignore", "MOS7", "--diff", "--quiet", "-")
    reading, writing_end = os.pipe()
    os.close(reading)
    done = subprocess.run(
        arguments, cwd=tmp_path, env=environment(), input=(QUERY * 500).encode(),
        stdout=writing_end, stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(writing_end)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr

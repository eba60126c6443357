"""When a file is changed and its date isn't: days, commits, buffers and what git makes of lines."""

from __future__ import annotations

import os
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, List, Optional

import pytest

from mosaic_lint.config import Loader
from mosaic_lint.engine import HOSTED, check
from mosaic_lint.facts.script import Script
from mosaic_lint.facts.stale_dates import stale_dates
from mosaic_lint.git import Git
from mosaic_lint.project import Project
from mosaic_lint.settings import Settings
from mosaic_lint.source import Source
from tests.cli_process import commit, found, git

TODAY = date(2026, 1, 20)
PATH = "api/x.py"


def text(day: str = "2026-01-12", body: str = "x = 1") -> str:
    """A file that says that it was changed on a day."""
    return f'"""\nVERSION: 1.2.0\nLAST_MODIFIED: {day}\n"""\n{body}\n'


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository in which the file is committed."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    commit(tmp_path, {PATH: text()})
    return tmp_path


def save(root: Path, content: str, day: Optional[str] = None) -> None:
    """Save the file, on a day."""
    file = root / PATH
    file.write_bytes(content.encode("utf-8"))
    if day is not None:
        saved = datetime.fromisoformat(f"{day} 12:00").timestamp()
        os.utime(file, (saved, saved))


def stale(root: Path, buffer: Optional[str] = None, **kwargs: Any) -> List[str]:
    """The stale dates of the file, saved or as it is in an editor."""
    data = (root / PATH).read_bytes() if buffer is None else buffer.encode("utf-8")
    source = Source.from_bytes(str(root / PATH), data)
    script = Script(source, Settings(), Project(root, Settings()))
    kwargs.setdefault("today", TODAY)
    return [found.value for found in stale_dates(script, **kwargs)]


def test_as_committed(root: Path) -> None:
    assert stale(root) == []
    assert stale(root, text()) == []


def test_changed(root: Path) -> None:
    save(root, text(body="x = 2"), "2026-01-20")
    assert stale(root) == ["2026-01-12"]
    save(root, text("2026-01-13", body="x = 2"), "2026-01-20")
    assert stale(root) == [], "the date differs, too"


@pytest.mark.parametrize("today", [date(2026, 1, 12), date(2026, 1, 11)])
def test_date_of_today_is_never_stale(root: Path, today: date) -> None:
    assert stale(root, text(body="x = 2"), today=today) == []
    assert stale(root, text(body="x = 2"), today=today + timedelta(2)) == ["2026-01-12"]


def test_what_isnt_saved_is_changed_today(root: Path) -> None:
    save(root, text(), "2026-01-10")
    assert stale(root, text(body="x = 2")) == ["2026-01-12"]


@pytest.mark.parametrize("day", ["2026-01-10", "2026-01-12", "2026-01-13"])
def test_what_is_saved_was_changed_on_that_day(root: Path, day: str) -> None:
    save(root, text(body="x = 2"), day)
    assert stale(root) == (["2026-01-12"] if day > "2026-01-12" else [])


def test_staged_is_changed(root: Path) -> None:
    save(root, text(body="x = 2"), "2026-01-20")
    git("add", PATH, cwd=root)
    assert stale(root) == ["2026-01-12"]


def change(root: Path, content: str, day: str) -> None:
    """Commit another content of the file, written on a day."""
    save(root, content)
    git("commit", "--all", "--date", f"{day}T12:00:00", "--message", "Change", cwd=root)


def test_committed_change_since_a_revision(root: Path) -> None:
    git("tag", "base", cwd=root)
    change(root, text(body="x = 2"), "2026-01-14")
    assert stale(root) == []
    assert stale(root, since="base") == ["2026-01-12"]
    assert stale(root, since="HEAD~1") == ["2026-01-12"]
    change(root, text("2026-01-15", body="x = 3"), "2026-01-15")
    assert stale(root, since="base") == []


def test_committed_change_of_the_same_day(root: Path) -> None:
    git("tag", "base", cwd=root)
    change(root, text(body="x = 2"), "2026-01-12")
    assert stale(root, since="base") == []
    save(root, text(body="x = 3"), "2026-01-20")
    assert stale(root, since="base") == ["2026-01-12"], "changed once more, and not committed"


def test_change_of_others_since_a_revision(root: Path) -> None:
    git("branch", "ours", cwd=root)
    change(root, text(body="x = 2"), "2026-01-14")
    git("checkout", "ours", cwd=root)
    assert stale(root, since="main") == []


def test_unknown_revision(root: Path) -> None:
    save(root, text(body="x = 2"), "2026-01-20")
    assert stale(root, since="none") == []


def test_what_head_lacks_is_new(root: Path) -> None:
    git("rm", "--cached", PATH, cwd=root)
    git("commit", "--message", "Away", cwd=root)
    save(root, text(body="x = 2"), "2026-01-20")
    assert stale(root) == [], "untracked"
    git("add", PATH, cwd=root)
    assert stale(root) == [], "added, or renamed"


def test_without_repository_or_commit(tmp_path: Path, root: Path) -> None:
    (root / ".git").rename(root / "git")
    assert stale(root, text(body="x = 2")) == []
    git("init", cwd=root)
    git("add", PATH, cwd=root)
    assert stale(root, text(body="x = 2")) == []


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends_make_no_difference(root: Path, end: str) -> None:
    for committed in ("\r\n", "\n"):
        save(root, text().replace("\n", committed))
        git("commit", "--all", "--allow-empty", "--message", "Line ends", cwd=root)
        assert stale(root, text().replace("\n", end)) == []
        assert stale(root, text(body="x = 2").replace("\n", end)) == ["2026-01-12"]


def test_encoding_and_mark_make_no_difference(root: Path) -> None:
    latin = "# -*- coding: latin-1 -*-\n" + text(body="x = 'é'")
    (root / PATH).write_bytes(latin.encode("latin-1"))
    git("commit", "--all", "--message", "Encoding", cwd=root)
    assert stale(root) == []
    script = Script(Source(str(root / PATH), latin), Settings(), Project(root, Settings()))
    assert list(stale_dates(script, today=TODAY)) == []
    (root / PATH).write_bytes(b"\xef\xbb\xbf" + text().encode())
    git("commit", "--all", "--message", "Mark", cwd=root)
    assert stale(root, text()) == []


def test_what_is_committed_may_be_anything(root: Path) -> None:
    for data in (b"\xff\xfe\0", b"# coding: none\n", b"", b"\0" * 10, b'"""LAST_MODIFIED: '):
        (root / PATH).write_bytes(data)
        git("commit", "--all", "--message", "Binary", cwd=root)
        assert stale(root, text(body="x = 2")) == []


def test_git_is_asked_only_where_the_date_is_old(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: List[str] = []
    real = Git.content

    def noting(self: Git, path: str, revision: str = "HEAD") -> Optional[bytes]:
        asked.append(path)
        return real(self, path, revision)

    monkeypatch.setattr(Git, "content", noting)
    for day in ("2026-01-20", "2026-01-21", "2026-02-30", "today", ""):
        assert stale(root, text(day)) == []
    assert stale(root, "x = 1  # LAST_MODIFIED: 2020-01-01\n") == []
    assert asked == []
    assert stale(root, text()) == []
    assert asked == [PATH]


def test_one_process_for_a_run_of_flake8(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        (root / f"api/m{number}.py").write_text(text())
    git("add", "--all", cwd=root)
    git("commit", "--message", "More", cwd=root)
    started: List[Any] = []
    real: Any = subprocess.Popen.__init__

    def noting(self: Any, args: Any, *rest: Any, **kwargs: Any) -> None:
        started.append(args)
        real(self, args, *rest, **kwargs)

    monkeypatch.setattr(subprocess.Popen, "__init__", noting)
    loader = Loader(overrides={"select": ["MOS707"]}, cache=None)
    for number in range(20):
        path = root / f"api/m{number}.py"
        report = check(Source(str(path), text(body="x = 3")), loader.for_path(path), HOSTED)
        assert [finding.code for finding in report.findings] == ["MOS707"]
    assert len(started) == 1


def test_folder_of_the_project_is_below_the_repository(root: Path) -> None:
    (root / "api" / "mosaic_lint.toml").write_text('select = ["MOS707"]\n')
    save(root, text(body="x = 2"))
    (finding,) = found("x.py", cwd=root / "api")
    assert (finding["code"], finding["line"], finding["column"]) == ("MOS707", 3, 16)
    assert "2026-01-12" in finding["message"]


def test_place_is_that_of_the_date(root: Path) -> None:
    content = text(body="x = 2")
    source = Source(str(root / PATH), content)
    script = Script(source, Settings(), Project(root, Settings()))
    (one,) = stale_dates(script, today=TODAY)
    assert (one.value, one.revision, one.today) == ("2026-01-12", "HEAD", TODAY)
    assert content[one.span.start : one.span.end] == "2026-01-12"

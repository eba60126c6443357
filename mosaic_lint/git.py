"""What git says, asked as a program; a repository can't make it run others."""

from __future__ import annotations

import os
import subprocess
import threading
import weakref
from contextlib import suppress
from datetime import date
from functools import cached_property
from typing import IO, Dict, Optional

# A repository's own configuration may name a program that git would start.
_GIT = ("git", "-c", "core.fsmonitor=false")
# A hook's environment speaks of the repository that is committed to, not of the walked one.
_HOOK_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR",
                   "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")  # fmt: skip
# What a partial clone lacks isn't fetched: neither by a program that it names, nor at all.
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "GIT_TERMINAL_PROMPT": "0"}

HEAD = "HEAD"
"""The commit that the work tree began with."""


def run_git(
    folder: str, *arguments: str, text: Optional[bytes] = None
) -> Optional[subprocess.CompletedProcess[bytes]]:
    """Run git in a folder.

    Args:
        folder: where.
        arguments: the command and its arguments.
        text: what it reads on standard input.

    Returns:
        What it wrote; ``None`` where it fails or isn't installed.
    """
    try:
        done = subprocess.run(
            [*_GIT, *arguments],
            cwd=folder,
            env=_environment(),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            check=False,
        )
    except (OSError, ValueError):  # a folder that isn't there, a null byte in a name
        return None
    return done if done.returncode == 0 else None


def _environment() -> Dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in _HOOK_VARIABLES}
    return {**kept, **_OFFLINE, "LC_ALL": "C"}


class Git:
    """What git knows of the files in a folder. Nothing of it raises: who isn't told, gets ``None``.

    Args:
        folder: a folder, in a repository or not.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder

    @cached_property
    def top_level(self) -> Optional[str]:
        """The absolute path of the work tree that the folder is in."""
        done = run_git(self._folder, "rev-parse", "--show-toplevel")
        return None if done is None else os.fsdecode(done.stdout).rstrip("\r\n") or None

    @cached_property
    def user_name(self) -> Optional[str]:
        """The name under which the user commits here."""
        done = run_git(self._folder, "config", "user.name")
        return None if done is None else done.stdout.decode("utf-8", "replace").strip() or None

    def content(self, path: str, revision: str = HEAD) -> Optional[bytes]:
        """A file as it was in a commit, without what a checkout makes of it.

        Args:
            path: relative to the folder, with ``/``.
            revision: the commit, as git names it.

        Returns:
            The file's bytes; ``None`` where that commit has no such file, or there is no commit.
        """
        name = f"{revision}:./{path}"
        if not revision or revision.startswith("-") or "\0" in name:
            return None  # the index, an option, or what no name can hold
        if "\n" in name:
            done = run_git(self._folder, "cat-file", "blob", name)  # a batch reads by lines
            return None if done is None else done.stdout
        return self._objects.blob(name)

    def last_change(self, path: str, since: str) -> Optional[date]:
        """The day on which a file was last changed between a commit and ``HEAD``.

        Args:
            path: relative to the folder, with ``/``.
            since: the commit, as git names it.

        Returns:
            The author's day, which rebasing doesn't change; ``None`` if nobody changed it.
        """
        if since.startswith("-"):
            return None
        done = run_git(
            self._folder, "--literal-pathspecs", "rev-list", "--format=%ad", "--date=short",
            f"{since}^{{commit}}..{HEAD}", "--", path,
        )  # fmt: skip
        lines = [] if done is None else done.stdout.decode("ascii", "replace").split("\n")
        days = (_day(line) for line in lines if not line.startswith("commit "))
        return max((day for day in days if day is not None), default=None)

    @cached_property
    def _objects(self) -> _Objects:
        return _Objects(self._folder)


def _day(text: str) -> Optional[date]:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class _Objects:
    """One git process that gives one object after the other.

    A run asks for many files, and an editor for one on each save; a process for each file would
    cost more than all else that is done with it.

    Args:
        folder: the folder that names are relative to.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._process: Optional[subprocess.Popen[bytes]] = None
        self._owner = 0  # a forked process must not talk to its parent's git
        self._has_answered = False
        self._is_refused = False

    def blob(self, name: str) -> Optional[bytes]:
        """The bytes of a file, or ``None``.

        Args:
            name: as git names objects, on one line.
        """
        with self._lock:
            if self._is_refused:
                return None
            try:
                return self._asked(name)
            except (OSError, ValueError):
                self._ended()
                return None

    def _asked(self, name: str) -> Optional[bytes]:
        if self._process is None or self._owner != os.getpid():
            self._process, self._owner = self._started(), os.getpid()
        questions, answers = self._process.stdin, self._process.stdout
        assert questions is not None
        assert answers is not None
        questions.write(os.fsencode(name) + b"\n")
        questions.flush()
        return self._answer(answers)

    def _answer(self, answers: IO[bytes]) -> Optional[bytes]:
        head = answers.readline()
        if not head:
            self._ended()
            return None
        self._has_answered = True
        words = head.split()
        if len(words) != 3 or not words[2].isdigit():
            return None  # "... missing", "... ambiguous"
        size = int(words[2])
        data = answers.read(size + 1)[:size]
        return data if words[1] == b"blob" else None

    def _ended(self) -> None:
        """Start another process for the next question, unless there will never be an answer."""
        self._is_refused = not self._has_answered  # no git, no repository, or one that git refuses
        self._process = None

    def _started(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [*_GIT, "cat-file", "--batch"],
            cwd=self._folder,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, _end, process, os.getpid())
        return process


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """End the process, which only reads. Waiting for it to end by itself would need all copies of
    its input closed, and forked processes may hold some.
    """
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(OSError):  # nobody reads any more what was still to be written
                stream.close()
    if owner == os.getpid():
        process.kill()
        process.wait()

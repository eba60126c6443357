"""Which files a run lints.

A file that is named is linted whatever it is called. A folder is walked by git's own rules; where
git can't tell, by the ``.gitignore`` files. Other repositories inside a repository are left
alone, submodules included, as git itself leaves them alone: name them to lint them. What has no
suffix is linted where its first line says that a shell runs it. No walk follows a link to a folder,
and no file comes twice. Markdown is met only where its folder's configuration asks for it.
"""

from __future__ import annotations

import os
import re
import stat
import warnings
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from mosaic_lint.git import run_git
from mosaic_lint.source import FIRST_LINE, SHELL_SUFFIXES, Language, language_of, language_of_data

if TYPE_CHECKING:
    import pathspec

SUFFIXES = (".py", ".pyi", ".sql", *SHELL_SUFFIXES, ".md", ".markdown")
SKIPPED_FOLDERS = (
    ".git",
    ".venv",
    "venv",
    "site-packages",
    "node_modules",
    "build",
    "dist",
    "__pycache__",
    "*_backup_*",
)

_UNLISTED = re.compile(r"(?m)^warning: (could not open directory .*)$")

Ignores = Tuple[Tuple[str, "pathspec.GitIgnoreSpec"], ...]


@dataclass(frozen=True)
class Discovery:
    """What a run was asked to lint.

    Args:
        files: relative to the current folder, absolute outside of it; sorted, each file once.
        missing: the paths that were named and don't exist.
        unreadable: a line for each folder that couldn't be listed.
    """

    files: Tuple[str, ...]
    missing: Tuple[str, ...]
    unreadable: Tuple[str, ...]

    @property
    def errors(self) -> Tuple[str, ...]:
        """A line for each path that was named and doesn't exist."""
        return tuple(f"{path}: no such file or folder" for path in self.missing)

    @property
    def warnings(self) -> Tuple[str, ...]:
        """A line for each thing that may surprise."""
        is_empty = not self.files and not self.missing
        return (*self.unreadable, *(["no Python or SQL files found"] if is_empty else ()))


def discover(
    paths: Iterable[str], includes_markdown: Callable[[str], bool] = lambda path: False
) -> Discovery:
    """Find the files to lint.

    Args:
        paths: files and folders, as a user names them.
        includes_markdown: tells of a Markdown file, by its absolute path, whether a walk takes it.
    """
    found: List[str] = []
    missing: List[str] = []
    unreadable: List[str] = []
    for path in paths:
        try:
            is_folder = stat.S_ISDIR(os.stat(path).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            missing.append(path)
            continue
        except OSError:
            is_folder = False  # reading it will say why
        absolute = os.path.abspath(path)
        met = _walk(absolute, unreadable) if is_folder else [absolute]
        found.extend(
            file
            for file in met
            if not is_folder or not _is_markdown(file) or includes_markdown(file)
        )
    return Discovery(_once(found), tuple(missing), tuple(unreadable))


def _is_markdown(path: str) -> bool:
    return language_of(path) is Language.MARKDOWN


def _once(paths: Iterable[str]) -> Tuple[str, ...]:
    """The paths without those that lead to the same file; a link gives way to what it points to."""
    kept: Dict[str, str] = {}
    for path in sorted(paths):
        real = os.path.realpath(path)
        if real not in kept or path == real:
            kept[real] = path
    here = os.path.join(os.getcwd(), "")
    return tuple(
        sorted(path[len(here) :] if path.startswith(here) else path for path in kept.values())
    )


def _walk(folder: str, unreadable: List[str]) -> Iterator[str]:
    """The files below a folder, as absolute paths."""
    listed = _listed_by_git(folder, unreadable)
    if listed is None:
        yield from _OwnWalk(unreadable).files(folder)
    else:
        yield from _wanted(folder, listed)


def _wanted(folder: str, names: Iterable[str]) -> Iterator[str]:
    """What is to be linted of the names that git lists below a folder, as absolute paths."""
    for name in names:
        *folders, last = name.split("/")
        if _may_be_linted(last) and not any(map(_is_skipped, folders)):
            path = os.path.join(folder, *folders, last)
            if _may_be_file(path) and _is_linted(path):
                yield path


def _may_be_linted(name: str) -> bool:
    """Whether a file's name tells that it is linted, or tells nothing, as many scripts' names."""
    return "." not in name or name.endswith(SUFFIXES)


def _is_linted(path: str) -> bool:
    """Whether a file without a suffix is a script of a shell's; others say by it what they are."""
    if "." in os.path.basename(path):
        return True
    try:
        with open(path, "rb") as file:
            return language_of_data(path, file.read(FIRST_LINE)) is Language.SHELL
    except OSError:
        return False


def _is_skipped(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in SKIPPED_FOLDERS)


def _may_be_file(path: str) -> bool:
    """Whether to lint what git lists: it may be deleted, a submodule or a broken link."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except PermissionError:
        return True  # reading it will say so
    except OSError:
        return False


def _listed_by_git(folder: str, unreadable: List[str]) -> Optional[List[str]]:
    """The files that git tracks or would track, relative to a folder; ``None`` if it can't say."""
    listing = run_git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listing is None:
        return None
    # Who names an ignored folder wants it linted, and git lists nothing of it.
    if not listing.stdout and run_git(folder, "check-ignore", "--quiet", ".") is not None:
        return None
    unreadable.extend(
        f"{folder}: {match.group(1)}" for match in _UNLISTED.finditer(os.fsdecode(listing.stderr))
    )
    return [os.fsdecode(name) for name in listing.stdout.split(b"\0") if name]


class _OwnWalk:
    """A walk without git, by the ``.gitignore`` files.

    Args:
        unreadable: gets a line for each folder that can't be listed.
    """

    def __init__(self, unreadable: List[str]) -> None:
        self._unreadable = unreadable

    def files(self, root: str) -> Iterator[str]:
        """The files below a folder, as absolute paths."""
        above = _ignores_above(root)
        pending = [(root, () if _is_ignored(f"{root}/", above) else above)]
        while pending:
            folder, inherited = pending.pop()
            entries = self._entries(folder)
            if any(entry.name == ".git" for entry in entries) and folder != root:
                listed = _listed_by_git(folder, self._unreadable)
                if listed is not None:
                    yield from _wanted(folder, listed)
                    continue
            ignores = (*inherited, *_ignores_of(folder, entries))
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not _is_skipped(entry.name) and not _is_ignored(f"{entry.path}/", ignores):
                        pending.append((entry.path, ignores))
                elif _may_be_linted(entry.name) and not _is_ignored(entry.path, ignores):
                    if _may_be_file(entry.path) and _is_linted(entry.path):
                        yield entry.path

    def _entries(self, folder: str) -> List[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                return list(entries)
        except OSError as error:
            self._unreadable.append(f"{folder}: can't be listed: {error.strerror}")
            return []


def _ignores_above(root: str) -> Ignores:
    """The ignore files from the top of the repository down to a folder, without its own."""
    found: List[Tuple[str, pathspec.GitIgnoreSpec]] = []
    folder = root
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        folder = parent
        found[:0] = _read_ignores(folder)
    return tuple(found)


def _ignores_of(folder: str, entries: Iterable[os.DirEntry[str]]) -> Ignores:
    if any(entry.name == ".gitignore" for entry in entries):
        return _read_ignores(folder)
    return ()


def _read_ignores(folder: str) -> Ignores:
    try:
        with open(os.path.join(folder, ".gitignore"), "rb") as file:
            text = os.fsdecode(file.read()).lstrip("\ufeff")
    except OSError:
        return ()
    return ((folder, _compiled([line.rstrip("\r") for line in text.split("\n")])),)


def _compiled(lines: Iterable[str]) -> pathspec.GitIgnoreSpec:
    """The patterns of an ignore file; like git, without the lines that are none."""
    import pathspec

    from mosaic_lint.paths import is_pattern

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a bracket in a pattern that re finds odd
        return pathspec.GitIgnoreSpec.from_lines(line for line in lines if is_pattern(line))


def _is_ignored(path: str, ignores: Ignores) -> bool:
    """Whether the nearest ignore file that speaks of a path excludes it; folders end in a slash."""
    for folder, spec in reversed(ignores):
        include = spec.check_file(path[len(folder) :].lstrip("/")).include
        if include is not None:
            return include
    return False

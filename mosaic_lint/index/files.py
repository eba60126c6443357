"""Which files of a project may bear DDL, found by one walk that opens none of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, Iterable, List, Tuple

_SKIPPED = frozenset(
    ("node_modules", "site-packages", "venv", "build", "dist", "__pycache__", "archive", "backups",
     "deprecated")
)  # fmt: skip
_CONFIGURATION = frozenset(("pyproject.toml", "mosaic_lint.toml"))
MIGRATIONS = "migrations"
MAX_FILES = 100_000
"""A folder with more Python files is nobody's project."""


Candidate = Tuple[str, int, int]
"""A path relative to the root, with ``/``; when it was last written, in nanoseconds; its bytes."""


class TooManyFiles(Exception):
    """The folder is no project, but a place where many of them are."""


def candidates(root: str, is_another: Callable[[Path], bool]) -> List[Candidate]:
    """The Python files, the migrations and the ignore files of a project, in order of path.

    Args:
        root: its folder.
        is_another: tells of a folder below whether it is a project of its own.

    Raises:
        TooManyFiles: there are more than a project has.
    """
    found: List[Candidate] = []
    pending: List[Tuple[str, str]] = [(root, "")]
    while pending:
        folder, inside = pending.pop()
        try:
            with os.scandir(folder) as entries:
                listed = list(entries)
        except OSError:
            continue  # gone meanwhile, or not ours to read
        if not inside or not _is_anothers(folder, listed, is_another):
            pending += _read(listed, inside, found)
        if len(found) > MAX_FILES:
            raise TooManyFiles(root)
    found.sort()
    return found


def _is_anothers(
    folder: str, entries: Iterable[os.DirEntry[str]], is_another: Callable[[Path], bool]
) -> bool:
    return any(entry.name in _CONFIGURATION for entry in entries) and is_another(Path(folder))


def _read(
    entries: Iterable[os.DirEntry[str]], inside: str, found: List[Candidate]
) -> List[Tuple[str, str]]:
    """Take the candidates of a folder; gives the folders in it."""
    folders = []
    has_migrations = inside.endswith(f"{MIGRATIONS}/") and (
        inside[: -len(MIGRATIONS) - 1][-1:] in ("", "/")
    )
    for entry in entries:
        name = entry.name
        if name.endswith(".py") or name == ".gitignore" or (has_migrations and _is_sql(name)):
            try:
                if entry.is_file():
                    stat = entry.stat()
                    found.append((inside + name, stat.st_mtime_ns, stat.st_size))
            except OSError:
                continue  # gone meanwhile, or a link to nowhere
        elif name[0] != "." and name not in _SKIPPED and "_backup_" not in name:
            if entry.is_dir(follow_symlinks=False):
                folders.append((entry.path, f"{inside}{name}/"))
    return folders


def _is_sql(name: str) -> bool:
    return name.endswith(".sql")


def signature(files: List[Candidate], more: Iterable[str]) -> str:
    """A text that changes as soon as a file comes, goes or is written.

    Args:
        files: the candidates.
        more: what else the schema depends on.
    """
    return repr((tuple(more), files))

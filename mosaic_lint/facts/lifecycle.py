"""What a project's files tell about its scripts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Iterator, NamedTuple, Optional, Tuple

from mosaic_lint.git import run_git
from mosaic_lint.lifecycle.declared import entries
from mosaic_lint.lifecycle.folders import ARCHIVE, is_archived, is_meant
from mosaic_lint.lifecycle.runs import ArchivedUse, archived_uses
from mosaic_lint.lifecycle.usage import Orphan, StaleCopy, Usage
from mosaic_lint.model import Span

if TYPE_CHECKING:
    from mosaic_lint.project import Project

_OWN_FILE = "mosaic_lint.toml"


class MissingScript(NamedTuple):
    """An entry of ``canonical-scripts`` that names no file.

    Args:
        path: the configuration.
        span: the entry.
        name: what it names.
    """

    path: str
    span: Span
    name: str


def orphans(project: Project) -> Iterator[Orphan]:
    """The scripts that nothing names."""
    return _usage(project).orphans()


def copies(project: Project) -> Iterator[StaleCopy]:
    """The copies of scripts beside their originals."""
    return _usage(project).copies()


def uses_of_archive(project: Project) -> Iterator[ArchivedUse]:
    """The places that run something in the archive."""
    return archived_uses(project.files, lambda path: _text(project, path))


def _text(project: Project, path: str) -> Optional[str]:
    """The text of a file; a link has none of its own."""
    return None if os.path.islink(os.path.join(project.root, path)) else project.text(path)


def missing_scripts(project: Project) -> Iterator[MissingScript]:
    """The canonical scripts that the configuration lists and nobody has."""
    if project.config_file is None:
        return
    path = project.relative(str(project.config_file))
    text = project.text(path)
    if text is None:
        return
    for entry in entries(text, own=os.path.basename(path) == _OWN_FILE):
        if not _exists(project, entry.value):
            yield MissingScript(path, entry.span, entry.value)


def _usage(project: Project) -> Usage:
    return Usage(
        project.files,
        lambda path: _said(project, path),
        project.settings.canonical_scripts,
        lambda: _outside(project),
    )


def _said(project: Project, path: str) -> Optional[str]:
    """What a file says to git: its text; a link names what it points to, and no more."""
    try:
        return os.readlink(os.path.join(project.root, path))
    except (OSError, ValueError):
        return project.text(path)


def _outside(project: Project) -> Tuple[str, ...]:
    """The tracked files of the repository around a project that isn't all of it."""
    listing = run_git(str(project.root), "ls-files", "-z", "--cached", "--", ":/")
    if listing is None:
        return ()
    names = (os.fsdecode(name) for name in listing.stdout.split(b"\0") if name)
    return tuple(name for name in names if name.startswith("../"))


def _exists(project: Project, entry: str) -> bool:
    """Whether an entry means a file; one in the archive must be named with its path."""
    kept = (path for path in project.files if not is_archived(path))
    if any(is_meant(path, (entry,)) for path in kept):
        return True
    if ARCHIVE in entry:
        return any(is_meant(path, (entry,)) for path in project.files)
    try:
        return any(
            os.path.lexists(os.path.join(project.root, folder, entry)) for folder in ("", "scripts")
        )
    except ValueError:
        return False  # a null in the name: no file can have it

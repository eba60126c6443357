"""Migrations without a way back, or with one that leaves something."""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import MappingProxyType
from typing import Iterator, List, Mapping, Optional

from mosaic_lint.migrations.names import ScriptName
from mosaic_lint.migrations.pairing import Migration, folders
from mosaic_lint.migrations.rollbacks import Left, Rollbacks
from mosaic_lint.project import Project

_AS_IT_IS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class NoRollback:
    """A migration that has no rollback script.

    Args:
        name: its name.
    """

    name: ScriptName


def migrations_without_rollback(project: Project) -> Iterator[NoRollback]:
    """The migrations that can't be undone, by path."""
    for folder in _folders(project):
        for migration in folder:
            if not migration.rollback:
                yield NoRollback(migration.name)


def left_by_rollbacks(project: Project, changed: Mapping[str, str] = _AS_IT_IS) -> Iterator[Left]:
    """What rollback scripts leave.

    Args:
        project: the project.
        changed: files by path that are to have another text.
    """
    for folder in _folders(project, changed):
        yield from Rollbacks(folder, project.text).left()


def _folders(project: Project, changed: Mapping[str, str] = _AS_IT_IS) -> Iterator[List[Migration]]:
    def exists(path: str) -> bool:  # untracked ones are there, too
        return os.path.isfile(os.path.join(project.root, path))

    def text(path: str) -> Optional[str]:
        return changed[path] if path in changed else project.text(path)

    return folders(project.present, project.root.name, text, exists)

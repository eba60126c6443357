"""Migrations without a way back, or with one that leaves something."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Iterator, List

from mosaic_lint.migrations.names import ScriptName
from mosaic_lint.migrations.pairing import Migration, folders
from mosaic_lint.migrations.rollbacks import Left, Rollbacks
from mosaic_lint.project import Project


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


def left_by_rollbacks(project: Project) -> Iterator[Left]:
    """What rollback scripts leave."""
    for folder in _folders(project):
        yield from Rollbacks(folder, project.text).left()


def _folders(project: Project) -> Iterator[List[Migration]]:
    def exists(path: str) -> bool:  # untracked ones are there, too
        return os.path.isfile(os.path.join(project.root, path))

    return folders(project.present, project.root.name, project.text, exists)

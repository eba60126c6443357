"""What the files of a project tell about each other: so far, the names that its DDL creates."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import FrozenSet, Iterator, Set

_SKIPPED = frozenset(
    ("node_modules", "site-packages", "build", "dist", "archive", "backups", "deprecated")
)
_FOLDER = "migrations"
_MAX_SIZE = 1_000_000  # bytes of a migration
_MAX_FOLDERS = 5_000


class Project:
    """A project, read when somebody asks.

    Args:
        root: its folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def defined(self) -> FrozenSet[str]:
        """The names, in upper case, that the migrations create; read once."""
        from mosaic_lint.sql.defined import defined

        found: Set[str] = set()
        for path in self._migrations():
            try:
                if path.stat().st_size <= _MAX_SIZE:
                    found |= defined(path.read_text("utf-8", errors="replace"))
            except OSError:
                continue  # what can't be read defines nothing
        return frozenset(found)

    def _migrations(self) -> Iterator[Path]:
        """The SQL files in folders of migrations."""
        if self._root.parent == self._root:
            return  # nobody's project: a file outside of any
        for number, (folder, folders, files) in enumerate(os.walk(self._root)):
            if number > _MAX_FOLDERS:
                return
            folders[:] = [f for f in folders if f not in _SKIPPED and not f.startswith(".")]
            if os.path.basename(folder) == _FOLDER:
                yield from (Path(folder, name) for name in files if name.endswith(".sql"))

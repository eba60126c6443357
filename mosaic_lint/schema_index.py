"""The schema of a project, found and kept. (Only the names yet.)"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Callable, FrozenSet, Iterator, Optional, Set, Tuple

from mosaic_lint.schema.model import NOTHING, Schema
from mosaic_lint.source import Source

_SKIPPED = frozenset(
    ("node_modules", "site-packages", "build", "dist", "archive", "backups", "deprecated")
)
_FOLDER = "migrations"
_MAX_SIZE = 1_000_000  # bytes of a migration
_MAX_FOLDERS = 5_000


class SchemaIndex:
    """The tables and names that DDL in a project declares, read when somebody asks."""

    def __init__(
        self,
        root: Path,
        is_excluded: Callable[[str], bool],
        is_another: Callable[[Path], bool],
        cache_folder: Optional[Path],
        exclude: Tuple[str, ...],
    ) -> None:
        self._root = root

    @cached_property
    def schema(self) -> Schema:
        """The tables."""
        return NOTHING

    def schema_with(self, path: str, source: Source) -> Schema:
        """The tables, with what a text declares."""
        return NOTHING

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

"""What several files tell together: a project's files, its schema, what git says of it."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, Iterator, Optional, Tuple

from mosaic_lint.settings import Settings

if TYPE_CHECKING:
    from mosaic_lint.git import Git
    from mosaic_lint.index.schema_index import SchemaIndex
    from mosaic_lint.schema.model import Schema
    from mosaic_lint.source import Source

_UNTRACKED = frozenset((".git", ".venv", "venv", "node_modules", "__pycache__", "site-packages"))
_MAX_FILES = 100_000
_MAX_SIZE = 2_000_000  # bytes of a file that is read as text


class Project:
    """A project, read when somebody asks.

    Args:
        root: its folder.
        settings: the options in force at its root.
        config_file: where they come from; ``None`` where nothing is configured.
        exclude: patterns of files that aren't linted.
        is_another: tells of a folder below whether it is a project of its own.
        cache_folder: where to keep what was read; ``None`` for nowhere.
        enclosing: gives the project around this one, whose tables count where this has none.

    Attributes:
        answers: what facts ask of several files, found out once; by the name of its module.
    """

    def __init__(
        self,
        root: Path,
        settings: Settings,
        *,
        config_file: Optional[Path] = None,
        exclude: Tuple[str, ...] = (),
        is_another: Callable[[Path], bool] = lambda folder: False,
        cache_folder: Optional[Path] = None,
        enclosing: Callable[[], Optional[Project]] = lambda: None,
    ) -> None:
        self.root = root
        self.settings = settings
        self.config_file = config_file
        self._exclude = exclude
        self._is_another = is_another
        self._cache_folder = cache_folder
        self._enclosing = enclosing
        self._data: Dict[str, Optional[bytes]] = {}
        self.answers: Dict[str, Any] = {}

    @cached_property
    def git(self) -> Git:
        """What git knows of its files."""
        from mosaic_lint.git import Git  # and all that starts processes: few files need it

        return Git(str(self.root))

    @cached_property
    def _index(self) -> SchemaIndex:
        from mosaic_lint.index.schema_index import SchemaIndex  # most files need no schema

        names = self.settings.connection_factories
        factories = tuple(name.rpartition(".")[2] for name in names)
        return SchemaIndex(
            self.root,
            self.is_excluded,
            self._is_another,
            self._cache_folder,
            self._exclude,
            factories,
        )

    @property
    def schema(self) -> Schema:
        """The tables that its migrations and its Python declare."""
        return self._declaring._index.schema

    @cached_property
    def _declaring(self) -> Project:
        """The project whose tables count: this one, or where it declares none the one around."""
        if self._index.schema.tables:
            return self
        around = self._enclosing()
        return self if around is None else around._declaring

    def schema_with(self, source: Source) -> Schema:
        """The schema with what a file declares as it is now, be it saved or not.

        Args:
            source: one of the project's files, or a text that may become one.
        """
        declaring = self._declaring
        return declaring._index.schema_with(declaring.relative(source.path), source)

    @property
    def defined(self) -> FrozenSet[str]:
        """The names, in upper case, that its DDL creates."""
        return self._declaring._index.defined

    def relative(self, path: str) -> str:
        """A path relative to the project's folder, with ``/``.

        Args:
            path: absolute, or relative to the working folder.
        """
        return os.path.relpath(os.path.abspath(path), self.root).replace(os.sep, "/")

    def is_excluded(self, path: str) -> bool:
        """Whether a file isn't linted.

        Args:
            path: relative to the project's folder.
        """
        if not self._exclude:
            return False
        from mosaic_lint.paths import matches

        return matches(self._exclude, self.root / path, self.root)

    @cached_property
    def files(self) -> Tuple[str, ...]:
        """The files that git tracks, else all that a walk finds: relative, with ``/``, sorted."""
        return self._listed("--cached")

    @cached_property
    def present(self) -> Tuple[str, ...]:
        """The same with files that git neither tracks nor ignores: somebody is writing them."""
        return self._listed("--cached", "--others", "--exclude-standard")

    def _listed(self, *options: str) -> Tuple[str, ...]:
        from mosaic_lint.git import run_git

        listing = run_git(str(self.root), "ls-files", "-z", *options)
        if listing is None:
            return tuple(sorted(self._walked()))
        names = (os.fsdecode(name) for name in listing.stdout.split(b"\0") if name)
        return tuple(sorted(name for name in set(names) if self._is_file(name)))

    def _is_file(self, path: str) -> bool:
        """Whether what git tracks is there, and no submodule or link to a folder."""
        return os.path.isfile(os.path.join(self.root, path))

    def _walked(self) -> Iterator[str]:
        if self.root.parent == self.root:
            return  # nobody's project: a file outside of any
        count = 0
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(name for name in folders if name not in _UNTRACKED)
            inside = os.path.relpath(folder, self.root).replace(os.sep, "/")
            for name in names:
                count += 1
                if count > _MAX_FILES:
                    return
                yield name if inside == "." else f"{inside}/{name}"

    def data(self, path: str) -> Optional[bytes]:
        """A file's bytes, read once; ``None`` if it can't be read or is too large.

        Args:
            path: relative to the project's folder.
        """
        if path not in self._data:
            self._data[path] = self._read(path)
        return self._data[path]

    def assume(self, path: str, data: bytes) -> None:
        """Take a file for changed, before anybody has asked for it.

        Args:
            path: relative to the project's folder.
            data: what it will hold.
        """
        self._data[path] = data

    def _read(self, path: str) -> Optional[bytes]:
        try:
            with open(os.path.join(self.root, path), "rb") as file:
                found = file.read(_MAX_SIZE + 1)
        except (OSError, ValueError):
            return None
        return found if len(found) <= _MAX_SIZE else None

    def text(self, path: str) -> Optional[str]:
        """A file's text, with U+FFFD for what isn't UTF-8; ``None`` if it has none.

        Args:
            path: relative to the project's folder.
        """
        data = self.data(path)
        if data is None or b"\0" in data:
            return None
        text = data.decode("utf-8", errors="replace")
        return text[1:] if text.startswith("\ufeff") else text

"""Which scripts nobody uses, and which are copies."""

from __future__ import annotations

from typing import AbstractSet, Callable, Dict, Iterable, Iterator, NamedTuple, Optional, Set, Tuple

from mosaic_lint.lifecycle.copies import Copy, copied
from mosaic_lint.lifecycle.folders import is_archived, is_meant, is_prose, is_script
from mosaic_lint.lifecycle.imports import Modules
from mosaic_lint.lifecycle.mentions import Names

Read = Callable[[str], Optional[str]]
"""Gives the text of a file by its path; ``None`` where it has none."""


class Orphan(NamedTuple):
    """A script that nothing names.

    Args:
        path: the script.
    """

    path: str


class StaleCopy(NamedTuple):
    """A copy beside its original.

    Args:
        path: the copy.
        original: the name of the script that it copies.
    """

    path: str
    original: str


class Usage:
    """What the files of a project say about its scripts.

    Args:
        files: the tracked files, relative to the project's folder.
        outside: tracked files that lie outside of it, as a repository's workflows may; asked for
            only where the project itself leaves a script unnamed.
        read: gives a text.
        canonical: the scripts that need nobody who names them.
    """

    def __init__(
        self,
        files: Iterable[str],
        read: Read,
        canonical: Iterable[str],
        outside: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._files = tuple(files)
        self._outside = outside
        self._read = read
        entries = tuple(canonical)
        scripts = [path for path in self._files if is_script(path)]
        self._judged = [path for path in scripts if not is_meant(path, entries)]
        self._copies = dict(_copies(self._judged, scripts))

    def orphans(self) -> Iterator[Orphan]:
        """The scripts that nothing names, without those that are copies by their names."""
        candidates = [path for path in self._judged if path not in self._copies]
        candidates += [path for path, copy in self._copies.items() if copy.may_be_activity]
        unnamed = self._unnamed(candidates)
        yield from (Orphan(path) for path in sorted(unnamed - self._copies.keys()))

    def copies(self) -> Iterator[StaleCopy]:
        """The copies of scripts; what may be the name of an activity only where nobody uses it."""
        doubtful = [path for path, copy in self._copies.items() if copy.may_be_activity]
        unnamed = self._unnamed(doubtful)
        for path, copy in sorted(self._copies.items()):
            if not copy.may_be_activity or path in unnamed:
                yield StaleCopy(path, copy.original)

    def _unnamed(self, scripts: Iterable[str]) -> Set[str]:
        left = set(scripts)
        if left:
            left -= _named(left, self._files, self._read)
        if left:
            left -= _named(left, self._outside(), self._read)
        return left


def _copies(judged: Iterable[str], scripts: Iterable[str]) -> Iterator[Tuple[str, Copy]]:
    folders: Dict[str, Set[str]] = {}
    for path in scripts:
        folder, _, name = path.rpartition("/")
        folders.setdefault(folder, set()).add(name)
    for path in judged:
        folder, _, name = path.rpartition("/")
        copy = copied(name, folders[folder])
        if copy is not None:
            yield path, copy


def _named(scripts: AbstractSet[str], files: Iterable[str], read: Read) -> Set[str]:
    """Those of some scripts that one of some other files names or imports."""
    namers = [path for path in files if not is_prose(path) and not is_archived(path)]
    names = Names(scripts, frozenset(namers) | scripts | _archived(files))
    found: Set[str] = set()
    for path in namers:
        text = read(path)
        if text is not None:
            found |= names.named_in(text) - {path}
    modules = Modules(scripts - found)
    if modules:
        for path in namers:
            text = read(path)
            if text is not None:
                found |= modules.imported_in(path, text) - {path}
    return found


def _archived(files: Iterable[str]) -> Set[str]:
    return {path for path in files if is_archived(path)}

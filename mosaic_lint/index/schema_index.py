"""The tables that a project's DDL makes: found once, kept, and read again when DDL has changed.

There are two levels. As long as no file that may bear DDL has changed, by its time and size, the
schema is loaded at once. Otherwise only the changed files are opened; and unless DDL is among what
has changed the same schema is still right.
"""

from __future__ import annotations

import os
import re
import time
from functools import cached_property
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Callable,
    Dict,
    FrozenSet,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Set,
    Tuple,
)

from mosaic_lint import __version__
from mosaic_lint.index.files import Candidate, TooManyFiles, candidates, signature
from mosaic_lint.index.store import Store
from mosaic_lint.index.words import DDL
from mosaic_lint.schema.model import NOTHING, Schema
from mosaic_lint.source import Language, Source

if TYPE_CHECKING:
    from mosaic_lint.index.build import Declared

_FORMAT = "5"
"""Changes when what is kept is written in another way."""
_QUIET = 50_000_000  # nanoseconds: a file written later may be written again unseen
_LARGE = 1_000_000  # characters of a script that is searched without a copy in lower case
_VERBS = (b"create", b"alter")
_DDL = re.compile(DDL.pattern.encode())
_SQLITE = re.compile(rb"^[ \t]*(?:import|from)[ \t]+(?:sqlite3|aiosqlite)\b", re.MULTILINE)


class _Kept(NamedTuple):
    """What one state of the project's DDL makes.

    Args:
        schema: the tables.
        defined: names, in upper case, of all that DDL creates.
        paths: the files that bear DDL.
    """

    schema: Schema
    defined: FrozenSet[str]
    paths: FrozenSet[str]


_NONE = _Kept(NOTHING, frozenset(), frozenset())


class SchemaIndex:
    """The schema of a project, read when somebody asks.

    Args:
        root: the project's folder.
        is_excluded: tells of a path, relative to the folder, whether its DDL doesn't count.
        is_another: tells of a folder below whether it is a project of its own.
        folder: where to keep what was read; ``None`` for nowhere.
        depends: what else decides which files count, as texts.
        own_drivers: what a Python file mentions whose DDL isn't SQLite's, though it imports that.
    """

    def __init__(
        self,
        root: Path,
        is_excluded: Callable[[str], bool],
        is_another: Callable[[Path], bool],
        folder: Optional[Path],
        depends: Tuple[str, ...],
        own_drivers: Tuple[str, ...],
    ) -> None:
        self._root = str(root)
        self._is_excluded = is_excluded
        self._is_another = is_another
        self._store = Store(folder)
        self._depends = (__version__, _FORMAT, *depends, "", *own_drivers)
        self._own_drivers = tuple(name.encode() for name in ("psycopg", *own_drivers))

    @property
    def schema(self) -> Schema:
        """The tables."""
        return self._kept.schema

    @property
    def defined(self) -> FrozenSet[str]:
        """The names, in upper case, that DDL creates."""
        return self._kept.defined

    def schema_with(self, path: str, source: Source) -> Schema:
        """The tables, with what a text declares in place of what its file declares.

        Args:
            path: relative to the project's folder.
            source: the text.
        """
        is_known = path in self._kept.paths
        # A migration counts whatever it says: one that only drops bears no word of DDL.
        bears = (is_known and source.language is Language.SQL) or self._bears(source)
        if is_known == bears and (not bears or self._text(path) == source.text):
            return self.schema
        texts = {key: text for key, text in self._texts.items() if key != path}
        if bears:
            texts[path] = source.text
        return self._built(texts, also=path if source.language is Language.SQL else "").schema

    def _bears(self, source: Source) -> bool:
        if source.language is Language.SQL and len(source.text) > _LARGE:
            return DDL.search(source.text) is not None  # slow, but copies nothing
        data = source.text.encode("utf-8", "surrogatepass")
        if source.language is Language.PYTHON:
            return self._bears_in_python(data)
        return source.language is Language.SQL and _bears(data)

    def _bears_in_python(self, data: bytes) -> bool:
        if not _bears(data):
            return False
        is_sqlites = _SQLITE.search(data) and not any(name in data for name in self._own_drivers)
        return not is_sqlites

    # --- from disk

    @cached_property
    def _kept(self) -> _Kept:
        if os.path.dirname(self._root) == self._root:
            return _NONE  # nobody's project: a file outside of any
        quiet = time.time_ns() - _QUIET
        try:
            stats = candidates(self._root, self._is_another)
        except TooManyFiles:
            return _NONE
        now = signature(stats, self._depends)
        key, _, known = self._store.read_text("signature").partition("\n")
        if known == now:
            loaded = self._loaded(key)
            if loaded is not None:
                return loaded
        return self._read(stats, now, quiet)

    def _read(self, stats: List[Candidate], now: str, quiet: int) -> _Kept:
        """Open what has changed, and make the schema unless it is known already."""
        digests = self._digests(stats, quiet)
        key = _key(digests, self._depends)
        kept = self._loaded(key)
        if kept is None:
            kept = self._built(self._open(digests))
            self._keep(key, kept)
        is_quiet = all(changed < quiet for _, changed, _ in stats)
        self._store.write_text("signature", f"{key}\n{now if is_quiet else ''}")
        return kept

    def _digests(self, stats: List[Candidate], quiet: int) -> Dict[str, str]:
        """For each file that bears DDL what tells its content; by path, in order.

        Args:
            stats: the files.
            quiet: when, in nanoseconds, a file must have been written last to be remembered.
        """
        known = self._store.read("files")
        known = known if isinstance(known, dict) and known.get("format") == _FORMAT else {}
        before: Mapping[str, object] = known.get("files", {})
        found: Dict[str, Tuple[int, int, str]] = {}
        for path, changed, size in stats:
            record = before.get(path)
            is_known = isinstance(record, list) and record[:2] == [changed, size]
            digest = str(record[2]) if is_known else self._digest(path)  # type: ignore[index]
            found[path] = (changed, size, digest)
        kept = {path: record for path, record in found.items() if record[0] < quiet}
        self._store.write("files", {"format": _FORMAT, "files": kept})
        bearing = {path: digest for path, (_, _, digest) in found.items() if digest}
        return self._counted(bearing)

    def _digest(self, path: str) -> str:
        """What tells a file's content; empty if it bears no DDL."""
        data = self._data(path)
        is_sql = path.endswith(".sql")
        if data is None or not (is_sql or (path.endswith(".py") and self._bears_in_python(data))):
            return "unreadable" if is_sql else ""
        return _hexdigest(data)

    def _data(self, path: str) -> Optional[bytes]:
        try:
            with open(os.path.join(self._root, path), "rb") as file:
                return file.read()
        except (OSError, ValueError):
            return None

    def _counted(self, bearing: Dict[str, str]) -> Dict[str, str]:
        """Those that are neither excluded nor ignored by git."""
        kept = {path: digest for path, digest in bearing.items() if not self._is_excluded(path)}
        ignored = self._ignored(list(kept))
        return {path: digest for path, digest in kept.items() if path not in ignored}

    def _ignored(self, paths: List[str]) -> Set[str]:
        if not paths:
            return set()
        from mosaic_lint.git import run_git

        listing = b"\0".join(os.fsencode(path) for path in paths)
        done = run_git(self._root, "check-ignore", "-z", "--stdin", text=listing)
        if done is None:
            return set()
        return {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}

    @cached_property
    def _texts(self) -> Dict[str, str]:
        """The texts of the files that bear DDL, by path."""
        if os.path.dirname(self._root) == self._root:
            return {}
        try:
            stats = candidates(self._root, self._is_another)
        except TooManyFiles:
            return {}
        return self._open(self._digests(stats, time.time_ns() - _QUIET))

    def _open(self, digests: Mapping[str, str]) -> Dict[str, str]:
        found = {path: self._text(path) for path in digests}
        return {path: text for path, text in found.items() if text is not None}

    def _text(self, path: str) -> Optional[str]:
        """A file's text as it is on disk; ``None`` if it can't be read."""
        data = self._data(path)
        if data is None:
            return None
        text = data.decode("utf-8", errors="replace")
        return text[1:] if text.startswith("\ufeff") else text

    # --- made

    def _built(self, texts: Mapping[str, str], also: str = "") -> _Kept:
        """What DDL makes.

        Args:
            texts: the files by path.
            also: a script that counts though it is no migration.
        """
        from mosaic_lint.index.build import built

        return _Kept(*built(texts, also, self._declared), frozenset(texts))

    @cached_property
    def _declared(self) -> Declared:
        """What Python files declare: with each text that is fixed the others are asked again."""
        return {}

    def _loaded(self, key: object) -> Optional[_Kept]:
        from mosaic_lint.schema.store import from_plain

        plain = self._store.read(f"schema-{key}")
        try:
            schema = from_plain(plain["schema"])
            return _Kept(schema, frozenset(plain["defined"]), frozenset(plain["paths"]))
        except (TypeError, KeyError, ValueError, IndexError, AttributeError):
            return None

    def _keep(self, key: str, kept: _Kept) -> None:
        from mosaic_lint.schema.store import to_plain

        plain = {
            "schema": to_plain(kept.schema),
            "defined": sorted(kept.defined),
            "paths": sorted(kept.paths),
        }
        self._store.write(f"schema-{key}", plain)
        self._store.prune("schema-")


def _bears(data: bytes) -> bool:
    """Whether a file may declare something.

    Searching for the words and matching there takes a fifth of the time of searching by pattern.
    """
    lowered = data.lower()
    for word in _VERBS:
        at = lowered.find(word)
        while at >= 0:
            if _DDL.match(lowered, at) is not None:
                return True
            at = lowered.find(word, at + 1)
    return False


def _key(digests: Mapping[str, str], depends: Tuple[str, ...]) -> str:
    text = "\n".join([*depends, *(f"{path}\0{digest}" for path, digest in digests.items())])
    return _hexdigest(text.encode("utf-8", "surrogateescape"))


def _hexdigest(data: bytes) -> str:
    from hashlib import blake2b  # OpenSSL comes with it, which a warm run doesn't need

    return blake2b(data, digest_size=12).hexdigest()

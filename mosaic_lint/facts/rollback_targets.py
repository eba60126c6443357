"""The SQL files that a header names as the way back."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

from mosaic_lint.header import Header
from mosaic_lint.model import Span

_TOKEN = re.compile(r"[^\s\"'`(),;|=]+")
_SQL = re.compile(r"\.sql(?![\w-]|\.\w)", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z]{2,}")
# Patterns, variables, URLs, bold text, other people's folders: who knows what is meant?
_UNCLEAR = re.compile(r"[*?\[\]{}$%~!@]|://|^[-/\\]|^[A-Za-z]:[/\\]|YYYY|XXX|NNN")
# What comes out of history needn't be there now.
_FROM_GIT = re.compile(r"\bgit\s+(?:-\S+\s+)*(?:show|checkout|restore|revert|cat-file)\b")
_MAX_BEFORE = 100  # characters of a path before its last space


@dataclass(frozen=True)
class RollbackTarget:
    """An SQL file that a header names.

    Args:
        path: as it is written there.
        span: where.
    """

    path: str
    span: Span


def missing_targets(header: Header, root: Path) -> Iterator[RollbackTarget]:
    """The SQL files under ``ROLLBACK_PATH`` that are nowhere.

    Args:
        header: the header.
        root: the project's folder; nothing is missing where that is nobody's.
    """
    field = header.fields.get("ROLLBACK_PATH")
    if field is None or root.parent == root:
        return
    folders = _folders(root)
    for entry in field.entries:
        if ".sql" not in entry.text.lower() or _FROM_GIT.search(entry.text):
            continue
        for start, end in _paths(entry.text):
            if not any(_exists(folders, path) for path in _readings(entry.text, start, end)):
                yield RollbackTarget(entry.text[start:end], entry.part(start, end))


def _folders(root: Path) -> List[str]:
    """What a path may be relative to: the project's folder, and the repository's."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return [str(root), str(folder)]
    return [str(root)]


def _exists(folders: List[str], path: str) -> bool:
    path = path.replace("\\", "/")
    return any(os.path.exists(os.path.join(folder, path)) for folder in folders)


def _paths(text: str) -> Iterator[Tuple[int, int]]:
    before = ""
    for token in _TOKEN.finditer(text):
        word, place = token.group(), token.start()
        match = _SQL.search(word)
        # What is written to, as in "> dump.sql", is yet to come.
        start = None if match is None or before.endswith(">") else _path_start(word, place)
        if match is not None and start is not None:
            path = word[start : match.end()]
            if not _UNCLEAR.search(path) and len(path) > len(".sql"):
                yield place + start, place + match.end()
        before = word


def _path_start(token: str, place: int) -> Optional[int]:
    """Where the path begins in a word that may have a label before it, or a redirection.

    Args:
        token: the word.
        place: how many characters of the entry stand before it.
    """
    if ">" in token:
        return None  # a redirection into it, or <a placeholder>
    start = token.find("<") + 1
    colon = token.find(":", start, token.lower().rfind(".sql"))
    if colon < 0:
        return start
    is_label = start == place == 0 and _LABEL.fullmatch(token[:colon]) is not None
    return colon + 1 if is_label else None  # else a revision, a host...


def _readings(text: str, start: int, end: int) -> Iterator[str]:
    """The path, and longer ones, if it is the end of a path with spaces."""
    yield text[start:end]
    first = max(0, start - _MAX_BEFORE)
    for match in re.finditer(r"\S+", text[first:start]):
        yield text[first + match.start() : end].lstrip("\"'`(")

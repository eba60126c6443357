"""Files that run something in the archive of the scripts."""

from __future__ import annotations

import re
from typing import AbstractSet, Callable, Iterable, Iterator, NamedTuple, Optional, Set

from mosaic_lint.lifecycle.archived import Archive, Reference
from mosaic_lint.lifecycle.code import Code, Module
from mosaic_lint.lifecycle.folders import FOLDER, is_archived, is_prose
from mosaic_lint.lifecycle.languages import pieces, variables
from mosaic_lint.lifecycle.python import python_runs
from mosaic_lint.model import Span

_PYTHON = re.compile(r"#!.*\bpython")
_SETTINGS = ("composer.json", "deno.json", "app.json", "vercel.json", "railway.json",
             "nixpacks.json", "tasks.json", "launch.json", "devcontainer.json", "turbo.json",
             "nx.json", "project.json")  # fmt: skip


class ArchivedUse(NamedTuple):
    """A place that runs an archived script.

    Args:
        path: the file.
        span: what names the script.
        script: its path, or its name as a module.
    """

    path: str
    span: Span
    script: str


def archived_uses(
    files: Iterable[str], read: Callable[[str], Optional[str]]
) -> Iterator[ArchivedUse]:
    """All places that run something in the archive.

    Args:
        files: the tracked files, relative to the project's folder.
        read: gives a text.
    """
    known = frozenset(files)
    for path in files:
        if is_archived(path) or (is_prose(path) and not path.endswith(_SETTINGS)):
            continue
        text = read(path)
        if text is None or "archive" not in text or not _may_mean(path, text):
            continue
        seen: Set[Span] = set()
        for span, script in sorted(_runs(path, text, known)):
            if span not in seen:
                seen.add(span)
                yield ArchivedUse(path, span, script)


def _may_mean(path: str, text: str) -> bool:
    return path.startswith(FOLDER) or "scripts" in text


def _runs(path: str, text: str, files: AbstractSet[str]) -> Iterator[Reference]:
    if path.endswith((".py", ".pyi")) or _PYTHON.match(text):
        yield from python_runs(path, text, files)
        return
    known = variables(path, text)
    archive = Archive(path, text, files, known)
    for piece in pieces(path, text):
        if isinstance(piece, Module):
            yield from archive.of_import(piece.start, piece.end)
        elif not isinstance(piece, Code):
            yield from archive.of_words(piece)
        # Its shell knows nothing of the others, so that something must name the archive to it.
        elif known or piece.folder is not None or text.find("archive", piece.start, piece.end) >= 0:
            yield from archive.runs_in(
                piece.start, piece.end, is_command=piece.is_command, folder=piece.folder
            )

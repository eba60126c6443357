"""The version header of a file, and what the project wants of it there."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from datetime import date
from typing import Iterator, List, Optional, Tuple

from mosaic_lint.facts.script import Script
from mosaic_lint.header import Header, read_header

VERSION_FORM = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+(?:[-+]\S+|[A-Za-z]\S*)?")
"""What a ``VERSION`` looks like."""
SCHEMA_VERSION_FORM = re.compile(r"v[0-9]+")
"""What a ``SCHEMA_VERSION`` looks like."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ENTRY_POINT_FIELDS = ("VERSION", "SCHEMA_VERSION")
_MIGRATIONS = "migrations"
_NO_FILES = ("-", "stdin", "<stdin>")  # what hosts call standard input


@dataclass(frozen=True, eq=False)
class FileHeader:
    """A file's header.

    Args:
        header: what stands there.
        required: the fields that the file needs to have; none if it has nothing to run.
        path: the file's whole path, with ``/``; empty where the text has no file.
        shown_path: its path as people of the project write it.
        is_entry_point: whether the file carries the service's version.
    """

    header: Header
    required: Tuple[str, ...]
    path: str
    shown_path: str
    is_entry_point: bool

    @property
    def is_migration(self) -> bool:
        """Whether it lies in a folder of migrations, whose headers are others."""
        return self.path.split("/")[-2:-1] == [_MIGRATIONS]

    @property
    def missing(self) -> List[str]:
        """The required fields that it lacks, in the order of the settings."""
        return [name for name in self.required if name not in self.header.fields]


def headers(script: Script) -> Iterator[FileHeader]:
    """The header of a file: one, though it may say nothing; none of what is no text."""
    if "\0" in script.source.text:
        return
    settings = script.settings
    names = settings.required_header_fields
    header = read_header(script.source.text, script.source.language, names)
    path = _path(script.source.path)
    is_entry_point = is_tail(settings.version_module, path)
    required = _ENTRY_POINT_FIELDS if is_entry_point else names
    if not header.has_statements:
        required = ()
    yield FileHeader(header, required, path, _shown_path(script.path), is_entry_point)


def _path(path: str) -> str:
    if path in _NO_FILES:
        return ""
    return os.path.abspath(path).replace(os.sep, "/")


def _shown_path(relative: str) -> str:
    """A path relative to the project; of a file outside of it the name."""
    return posixpath.basename(relative) if relative.startswith("../") else relative


def day_of(value: str) -> Optional[date]:
    """The day that a ``LAST_MODIFIED`` tells; ``None`` where it is none of the calendar.

    Args:
        value: what it says, without quotes.
    """
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None  # as 2025-02-30


def is_tail(tail: str, path: str) -> bool:
    """Whether a path ends with another one, by whole names; an empty one is no end.

    Args:
        tail: the end, which may begin with ``./`` or ``/``.
        path: the path, with ``/``.
    """
    wanted = [name for name in tail.replace("\\", "/").split("/") if name not in ("", ".")]
    return bool(wanted) and path.split("/")[-len(wanted) :] == wanted

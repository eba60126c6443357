"""Files that were changed without their ``LAST_MODIFIED``, by what git knows of them.

git is asked only where the date is older than today, which on most saves it isn't.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from typing import Iterator, NamedTuple, Optional

from mosaic_lint.facts.headers import FileHeader, day_of, headers
from mosaic_lint.facts.module_constants import Binding
from mosaic_lint.facts.script import Script
from mosaic_lint.facts.version_constants import QUOTES, constants_of
from mosaic_lint.git import HEAD
from mosaic_lint.header import Field
from mosaic_lint.model import Span
from mosaic_lint.source import Source, Unreadable

_NAME = "LAST_MODIFIED"


@dataclass(frozen=True)
class StaleDate:
    """A date that is older than the last change of its file.

    Args:
        span: where it stands.
        value: the date.
        revision: the commit since which the file was changed.
        today: the day on which that is told.
        field: the header's field, which says the day, or in the entry point may repeat it.
        constant: the entry point's constant, which says it.
    """

    span: Span
    value: str
    revision: str
    today: date
    field: Optional[Field]
    constant: Optional[Binding]


class _Stated(NamedTuple):
    """When a file says that it was changed.

    Args:
        span: where it says so.
        value: the date, as it stands there.
        constant: the constant that says so.
    """

    span: Span
    value: str
    constant: Optional[Binding] = None


def stale_dates(
    script: Script, since: str = HEAD, today: Optional[date] = None
) -> Iterator[StaleDate]:
    """Tell whether a file was changed and its date wasn't.

    Args:
        script: the file, saved or not.
        since: the commit with which it is compared, as git names it.
        today: the day on which that is asked.
    """
    today = today or date.today()
    header = next(iter(headers(script)), None)
    if header is None:
        return
    stated = _stated(script.source, header)
    day = day_of(stated.value) if stated is not None else None
    if stated is None or day is None or day >= today or header.is_migration:
        return
    if not header.path or script.path.startswith("../"):
        return  # no file, or one of another project
    before = _committed(script, since)
    if before is None or _is_same(before, script.source):
        return
    header_before = next(iter(headers(Script(before, script.settings, script.project))), None)
    stated_before = None if header_before is None else _stated(before, header_before)
    if stated_before is not None and stated_before.value == stated.value:
        changed = _day_of_change(script, since, today)
        if changed is not None and day < changed:
            field = header.header.fields.get(_NAME)
            yield StaleDate(stated.span, stated.value, since, today, field, stated.constant)


def _stated(source: Source, header: FileHeader) -> Optional[_Stated]:
    """When a file says that it was changed: in its header, or by the entry point's constant."""
    if header.is_entry_point:
        constants = constants_of(source)
        bindings = constants[_NAME] if constants is not None else []
        value = bindings[-1].value if bindings else None
        return None if value is None else _Stated(bindings[-1].span, value, bindings[-1])
    field = header.header.fields.get(_NAME)
    return None if field is None else _Stated(field.span, field.value.strip(QUOTES))


def _committed(script: Script, revision: str) -> Optional[Source]:
    """The file as it was in a commit; ``None`` where there was no such text."""
    data = script.project.git.content(script.path, revision)
    return None if data is None else _decoded(script.source.path, data)


def _decoded(path: str, data: bytes) -> Optional[Source]:
    try:
        return Source.from_bytes(path, data)
    except Unreadable:
        return None


def _is_same(one: Source, other: Source) -> bool:
    """Whether two texts differ by no more than what a checkout does to line ends."""
    return one.text.replace("\r\n", "\n") == other.text.replace("\r\n", "\n")


def _day_of_change(script: Script, since: str, today: date) -> Optional[date]:
    """The day on which a file that differs was changed; ``None`` if others did that elsewhere."""
    committed = _committed(script, HEAD)
    if committed is not None and _is_same(committed, script.source):
        return script.project.git.last_change(script.path, since)
    return _day_of_saving(script) or today


def _day_of_saving(script: Script) -> Optional[date]:
    """The day on which a file was saved; ``None`` if it is changed and not saved yet."""
    try:
        with open(os.path.join(script.project.root, script.path), "rb") as file:
            saved = _decoded(script.source.path, file.read())
            changed = os.fstat(file.fileno()).st_mtime
        return date.fromtimestamp(changed) if saved and _is_same(saved, script.source) else None
    except (OSError, ValueError, OverflowError):
        return None

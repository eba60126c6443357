"""Scripts in folders of migrations: their names and headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Iterator, Mapping, Optional, Tuple

from mosaic_lint.facts.script import Script
from mosaic_lint.header import Field
from mosaic_lint.migrations.headers import BACKWARD, FORWARD, fields_of, said
from mosaic_lint.migrations.names import ScriptName, script_name
from mosaic_lint.source import Language

DATE_FORM = re.compile(r"(?<![0-9])([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})(?![0-9])")
"""A day in figures, the year first; its second group is what stands between them."""


@dataclass(frozen=True)
class MigrationScript:
    """A migration or a rollback script.

    Args:
        name: its name.
        fields: the fields of its header.
    """

    name: ScriptName
    fields: Mapping[str, Field]

    @property
    def missing(self) -> Tuple[str, ...]:
        """The required fields that its header lacks, or leaves empty."""
        required = BACKWARD if self.name.is_rollback else FORWARD
        return tuple(field for field in required if not said(self.fields.get(field)))

    @property
    def other_name(self) -> Tuple[str, str]:
        """The field that should name the file, and what it says; empty if that is right."""
        field = "ROLLBACK" if self.name.is_rollback else "MIGRATION"
        value = said(self.fields.get(field))
        whole = re.compile(rf"(?<![\w-]){re.escape(self.name.stem)}(?:\.sql)?(?![\w-]|\.\w)")
        return ("", "") if not value or whole.search(value) else (field, value)

    @property
    def other_date(self) -> str:
        """What ``DATE`` says, where no date in it is the one of the file's name."""
        value = said(self.fields.get("DATE"))
        found = [_date(match) for match in DATE_FORM.finditer(value)]
        own = self.name.date
        return value if own is not None and found and own not in found else ""


def _date(match: re.Match[str]) -> Optional[date]:
    year, _, month, day = match.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None  # no day of any calendar


def migration_scripts(script: Script) -> Iterator[MigrationScript]:
    """The file itself, where it lies directly in a folder of migrations."""
    if script.source.language is Language.SQL:
        name = script_name(script.path, script.project.root.name)
        if name is not None:
            yield MigrationScript(name, fields_of(script.source.text))

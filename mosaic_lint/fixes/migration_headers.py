"""The headers of migrations and of rollback scripts: what they lack, and what another file says."""

from __future__ import annotations

import os
import re
from datetime import date
from typing import List, Tuple

from mosaic_lint.change import Change
from mosaic_lint.facts.migrations import DATE_FORM, MigrationScript
from mosaic_lint.fixes.header_comments import in_comments, written_in_comment
from mosaic_lint.fixes.header_fields import NewField, can_hold, today, todo, told, user_of
from mosaic_lint.fixes.header_lines import ordered
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.header import Field, header_text, read_header
from mosaic_lint.migrations.headers import BACKWARD, FORWARD
from mosaic_lint.migrations.names import ScriptName, script_name
from mosaic_lint.model import Span

_TEMPLATE = {False: FORWARD, True: BACKWARD}
_SCRIPT = re.compile(r"[\w.-]+\.sql(?![\w-]|\.\w)|(?<![\w.-])[0-9]{8}_\w+", re.IGNORECASE)
_VERSION = re.compile(r"v?\d[\w.+-]*", re.IGNORECASE)
_COLON = re.compile(r"[^\S\r\n]*:")
_TOLD_AS = {
    "AUTHOR": ("author", "created by", "written by"),
    "VERSION": ("version",),
    "PHASE": ("phase",),
}
"""How scripts with headers of another form name what they say of themselves."""
_BLANK = re.compile(r"[ \t]*(?=[\r\n]|\Z)")


def with_right_fields(script: MigrationScript, site: Site) -> Repair:
    """Write what the header of a migration lacks, and its own name and day where it has others.

    Args:
        script: the migration or rollback script.
        site: a place in it.

    Raises:
        Declined: it can't be written there.
    """
    header = read_header(site.text, site.source.language, (*FORWARD, *BACKWARD))
    template = _TEMPLATE[script.name.is_rollback]
    values = _Values(script.name, site)
    changes: List[Change] = []
    absent = [name for name in script.missing if name not in header.fields]
    for name in script.missing:
        if name in header.fields:
            changes.append(_filled(header.fields[name], values.of(name), site))
    name, _ = script.other_name
    if name:
        changes.append(_renamed(header.fields[name], script.name, site))
    if script.other_date:
        changes.append(_redated(header.fields["DATE"], script.name, site))
    if absent:
        fields = [NewField(name, (values.of(name),)) for name in ordered(absent, template)]
        changes += in_comments(site.text, site.source.language, header, fields, template)
    return Repair(_message(script), changes)


class _Values:
    """What is known of one script.

    Args:
        name: its name.
        site: a place in it.
    """

    def __init__(self, name: ScriptName, site: Site) -> None:
        self._name = name
        self._site = site

    def of(self, field: str) -> str:
        """What a field is to say."""
        is_rollback = self._name.is_rollback
        told_as = _TOLD_AS.get(field, ())
        said = told(self._description, *told_as) if told_as and not is_rollback else ""
        is_right = field != "VERSION" or _VERSION.fullmatch(said) is not None
        if said and is_right and can_hold(self._site, said):
            return said
        if field == "AUTHOR":
            return user_of(self._site) or todo(field)
        if field == "MIGRATION" or (field == "ROLLBACK" and is_rollback):
            return self._name.file
        if field == "DATE":
            return (self._name.date or today()).isoformat()
        if field == "ROLLBACK":
            return self._rollback
        if field == "REVERTS":
            return self._reverted
        if field == "VERSION" and is_rollback:
            return "TODO: from which version back to which"
        return todo(field)

    @property
    def _description(self) -> str:
        """What the first comments of the script say, in whatever form."""
        return header_text(self._site.text, self._site.source.language).text

    @property
    def _rollback(self) -> str:
        """How to go back: by the script that there is, else by the one that there should be."""
        usual = self._name.rollback.rpartition("/")[2]
        own = f"{self._name.stem}_rollback.sql"
        beside = self._beside
        script = next((name for name in (usual, own) if name in beside), usual)
        return f"Run {script}" if script else todo("ROLLBACK_PATH")

    @property
    def _reverted(self) -> str:
        """The migrations of the day, or the one that has the script's name but for its end."""
        migration = re.sub(r"_rollback\.sql\Z", ".sql", self._name.file, flags=re.IGNORECASE)
        if migration in self._beside:
            return migration
        names = (script_name(self._name.folder + name) for name in sorted(self._beside))
        found = [
            name.file
            for name in names
            if name is not None and not name.is_rollback and name.digits == self._name.digits
        ]
        return ", ".join(found) if found and self._name.digits else "TODO: which migration"

    @property
    def _beside(self) -> Tuple[str, ...]:
        """The names of the files in the script's folder."""
        folder = os.path.join(self._site.project.root, self._name.folder)
        try:
            return tuple(os.listdir(folder))
        except OSError:
            return ()


def _filled(field: Field, value: str, site: Site) -> Change:
    """Write a value behind a field's name that has none."""
    colon = _COLON.match(site.text, field.name_span.end)
    start = field.name_span.end if colon is None else colon.end()
    blank = _BLANK.match(site.text, start)
    value = written_in_comment(site.text, site.source.language, field.name_span.start, value)
    return Change(Span(start, start if blank is None else blank.end()), f" {value}")


def _renamed(field: Field, name: ScriptName, site: Site) -> Change:
    """Write the script's own name for another script's, or before what else the field says."""
    for entry in field.entries:
        match = _SCRIPT.search(entry.text)
        if match is not None:
            return Change(entry.part(*match.span()), _written(name.file, field, site))
    start = field.span.start
    return Change(Span(start, start), _written(f"{name.file} - ", field, site))


def _redated(field: Field, name: ScriptName, site: Site) -> Change:
    """Write the day of the script's name for the first other one, in the same form."""
    own = name.date
    assert own is not None
    for entry in field.entries:
        match = DATE_FORM.search(entry.text)
        if match is not None:
            day = _in_form(own, match.group(2))
            return Change(entry.part(*match.span()), _written(day, field, site))
    return Change(field.span, _written(own.isoformat(), field, site))


def _in_form(day: date, separator: str) -> str:
    return separator.join(day.isoformat().split("-"))


def _written(value: str, field: Field, site: Site) -> str:
    return written_in_comment(site.text, site.source.language, field.name_span.start, value)


def _message(script: MigrationScript) -> str:
    wrong = [script.other_name[0]] if script.other_name[0] else []
    if script.other_date:
        wrong.append("DATE")
    return f"Write {', '.join([*script.missing, *wrong])}"

"""MOS703: a field of the version header that says nothing, or nothing that can be read."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Iterator, NamedTuple, Optional

from mosaic_lint.facts.headers import SCHEMA_VERSION_FORM, VERSION_FORM, FileHeader, day_of
from mosaic_lint.header import Field
from mosaic_lint.rule import Context, Draft, rule

_QUOTES = "\"'`"
_TOLERANCE = timedelta(days=1)  # somewhere it is tomorrow already


class Problem(NamedTuple):
    """What is wrong with a field.

    Args:
        what: what it is instead of what it should be.
        instead: what to write.
    """

    what: str
    instead: str


@rule(
    code="MOS703",
    name="invalid-header-field",
    message="{field} {what}: write {instead}",
    subscribes="Header",
    triggers=(),
    stage="text",
    playbook="Section 7: version tracking",
    in_markdown=False,
)
def invalid_header_field(file: FileHeader, context: Context) -> Iterator[Draft]:
    '''
    What:
        In a version header: a `LAST_MODIFIED` that is no ISO calendar date or lies more than a
        day in the future, a `VERSION` that isn't `X.Y.Z` with an optional suffix behind `-`, `+`
        or a letter, a `SCHEMA_VERSION` that isn't `v` and a number, a required field with
        nothing in it.

    Why:
        People and scripts compare these fields to find out what runs where. "03.11.25" and
        "1.2 (new)" can't be compared.

    Example:
        """
        MODULE: api/example.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: hours on public holidays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        import datetime

    Instead:
        """
        MODULE: api/example.py
        PURPOSE: Opening hours of the shops
        VERSION: 1.2.0
        LAST_MODIFIED: 2025-11-03
        MODIFIED_BY: Ines
        CHANGES_THIS_VERSION: hours on public holidays
        ROLLBACK_PATH: git tag backup-20251103-090000
        """
        import datetime

    Fix safety:
        No fix is offered.

    Limits:
        Quotes around a value don't matter. A list with an item isn't empty, whatever the item
        says, and text on the lines below a field counts as its value. Files in `migrations/` are
        left alone.
    '''
    if file.is_migration:
        return
    today = date.today()
    for field in file.header.fields.values():
        problem = problem_of(field, today, is_required=field.name in file.required)
        if problem is not None:
            yield context.report(
                field.span, field=field.name, what=problem.what, instead=problem.instead
            )


def problem_of(field: Field, today: date, *, is_required: bool) -> Optional[Problem]:
    """What is wrong with a field, if anything.

    Args:
        field: the field.
        today: the day on which that is asked.
        is_required: whether something must stand there.
    """
    value = field.value.strip(_QUOTES)
    if not value:
        return Problem("is empty", _expected(field.name)) if is_required else None
    if field.name == "LAST_MODIFIED":
        return _problem_of_date(value, today)
    if field.name == "VERSION" and not VERSION_FORM.fullmatch(value):
        return Problem("isn't a version", "X.Y.Z, as in 1.4.0 or 1.4.0-beta2")
    if field.name == "SCHEMA_VERSION" and not SCHEMA_VERSION_FORM.fullmatch(value):
        return Problem("isn't a schema's version", "v and a number, as in v2")
    return None


def _problem_of_date(value: str, today: date) -> Optional[Problem]:
    found = day_of(value)
    if found is None:
        return Problem("isn't a date of the calendar", "YYYY-MM-DD")
    if found - today > _TOLERANCE:
        return Problem("lies in the future", "the day of the change")
    return None


def _expected(name: str) -> str:
    """What a field that is empty should say."""
    return {
        "MODULE": "the file's path",
        "PURPOSE": "what the file is for",
        "VERSION": "X.Y.Z",
        "SCHEMA_VERSION": "v and a number",
        "LAST_MODIFIED": "YYYY-MM-DD",
        "MODIFIED_BY": "who changed it",
        "CHANGES_THIS_VERSION": "what has changed",
        "ROLLBACK_PATH": "how to go back",
    }.get(name, "something, or take it out of required-header-fields")

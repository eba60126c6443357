"""MOS802: a migration whose header is incomplete, or speaks of another file."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.facts.migrations import MigrationScript
from mosaic_lint.fixes.migration_headers import with_right_fields
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule

_LONGEST = 60  # characters of a value that are shown


@rule(
    code="MOS802",
    name="migration-header",
    message="the {which}'s header {faults}: write {instead} into the comments at its beginning",
    subscribes="MigrationScript",
    triggers=(),
    stage="text",
    playbook="Section 6: migration management",
    fix="safe",
    in_markdown=False,
)
def migration_header(script: MigrationScript, context: Context) -> Iterator[Draft]:
    """
    What:
        A migration whose first comments lack `MIGRATION`, `VERSION`, `PHASE`, `AUTHOR`, `DATE` or
        `ROLLBACK`, or leave one empty; a rollback script that lacks `ROLLBACK`, `REVERTS` or
        `VERSION`; a header whose `MIGRATION` (`ROLLBACK` in a rollback script) names another file;
        a `DATE` that isn't the day in the file's name.

    Why:
        At night nobody remembers who wrote a migration and how to go back. A header that was
        copied from another migration is worse than none: it names the wrong way back.

    Example:
        ==> migrations/20251103_add_opening_hours.sql <==
        -- MIGRATION: 20251103_add_opening_hours.sql
        -- AUTHOR: Ines
        CREATE TABLE IF NOT EXISTS opening_hours (id SERIAL PRIMARY KEY);

    Instead:
        ==> migrations/20251103_add_opening_hours.sql <==
        -- MIGRATION: 20251103_add_opening_hours.sql
        -- VERSION: 1.2.0
        -- PHASE: Shops, week 2
        -- AUTHOR: Ines
        -- DATE: 2025-11-03
        -- ROLLBACK: Run 20251103_rollback.sql
        CREATE TABLE IF NOT EXISTS opening_hours (id SERIAL PRIMARY KEY);

        ==> migrations/20251103_rollback.sql <==
        -- ROLLBACK: 20251103_rollback.sql
        -- REVERTS: 20251103_add_opening_hours.sql
        -- VERSION: Reverts from v1.2.0 back to v1.1.4
        DROP TABLE IF EXISTS opening_hours;

    Fix safety:
        Safe: only comments change. What is missing is written in the template's order: the file's
        name, the day in it, the name from git's configuration, the rollback script that there is
        or should be, the migrations of the day, and a TODO for what nobody can know. Where the
        comments name the author, the version or the phase in another form, that is taken. Another
        name or day is replaced, and what stands around it stays. There is no fix where a noqa on
        the first line would be moved that speaks of the file.

    Limits:
        Names of fields are in capitals. A date counts if it is written in figures, the year first;
        other ways to write one aren't compared. Only comments before the first statement count.
    """
    faults = []
    instead = []
    if script.missing:
        faults.append(f"lacks {', '.join(script.missing)}")
        instead.append("them" if len(script.missing) > 1 else "it")
    field, value = script.other_name
    if field:
        faults.append(f"has {field} {_short(value)}")
        instead.append(f"{field}: {script.name.file}")
    if script.other_date:
        faults.append(f"has DATE {_short(script.other_date)}")
        instead.append(f"DATE: {script.name.date}")
    if faults:
        yield context.report(
            Span(0, 0),
            fix=partial(with_right_fields, script),
            which="rollback" if script.name.is_rollback else "migration",
            faults=" and ".join(faults),
            instead=" and ".join(instead),
        )


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}..."

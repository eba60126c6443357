"""MOS801: a migration whose name doesn't tell its day and what it does."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.migrations import MigrationScript
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS801",
    name="migration-name",
    message="{file} {fault}: name it YYYYMMDD_description.sql in lower snake case",
    subscribes="MigrationScript",
    triggers=(),
    stage="text",
    playbook="Section 6: migration management",
    in_markdown=False,
)
def migration_name(script: MigrationScript, context: Context) -> Iterator[Draft]:
    """
    What:
        An SQL file directly in a folder named `migrations` that isn't called
        `YYYYMMDD_description.sql`: a day that the calendar has, and a description in lower snake
        case. Rollback scripts, which end in `rollback.sql`, are named in the same way.

    Why:
        Migrations are run in the order of their names. A name without its day is run at the wrong
        moment, and nobody finds the rollback script that belongs to it.

    Example:
        ==> migrations/add_opening_hours.sql <==
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
        No fix is offered.

    Limits:
        Folders below `migrations`, as `migrations/archive/`, aren't looked at.
    """
    if script.name.is_regular:
        return
    digits = script.name.digits
    is_impossible = bool(digits) and script.name.date is None
    fault = f"starts with {digits}, which is no day" if is_impossible else "is no migration's name"
    yield context.report(Span(0, 0), file=script.name.file, fault=fault)

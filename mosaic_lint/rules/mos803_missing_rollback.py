"""MOS803: a migration that can't be undone."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.anchor import FilePlace
from mosaic_lint.facts.rollbacks import NoRollback
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule


@rule(
    code="MOS803",
    name="missing-rollback",
    message="no rollback script: write {script}, or name the one that there is in ROLLBACK of "
    "the header",
    subscribes="NoRollback",
    triggers=(),
    stage="project",
    playbook="Section 6: migration management",
    in_markdown=False,
)
def missing_rollback(migration: NoRollback, context: Context) -> Iterator[Draft]:
    """
    What:
        A migration for which there is neither the script that `ROLLBACK` in its header names,
        beside it or seen from the project's folder, nor `YYYYMMDD_rollback.sql` of its day beside
        it. Migrations of one day may share that.

    Why:
        When a deployment breaks production, the way back is needed within minutes. Written then,
        it drops the wrong table.

    Example:
        ==> migrations/20251103_add_opening_hours.sql <==
        -- MIGRATION: 20251103_add_opening_hours.sql
        -- VERSION: 1.2.0
        -- PHASE: Shops, week 2
        -- AUTHOR: Ines
        -- DATE: 2025-11-03
        -- ROLLBACK: Run 20251103_rollback.sql
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
        A rollback script with another name counts only if the header names it. That the file is
        there is enough; MOS804 looks at what it does.
    """
    script = migration.name.rollback.rpartition("/")[2] or "YYYYMMDD_rollback.sql"
    yield context.report(FilePlace(migration.name.path, Span(0, 0)), script=script)

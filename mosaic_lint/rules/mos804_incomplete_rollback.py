"""MOS804: a rollback script that leaves something of its migration."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator

from mosaic_lint.anchor import FilePlace
from mosaic_lint.migrations.rollbacks import Left
from mosaic_lint.model import Span
from mosaic_lint.rule import Context, Draft, rule

if TYPE_CHECKING:
    from mosaic_lint.fixes.repair import Repair
    from mosaic_lint.fixes.site import Site


@rule(
    code="MOS804",
    name="incomplete-rollback",
    message="{rollback} leaves the {kind} {name}{reason}: {remedy}",
    subscribes="LeftByRollback",
    triggers=(),
    stage="project",
    playbook="Section 6: migration management",
    in_markdown=False,
    fix="unsafe",
)
def incomplete_rollback(left: Left, context: Context) -> Iterator[Draft]:
    """
    What:
        A table, column, index, type, view or sequence that a migration creates and that is still
        there when its rollback script has run. Both are followed statement by statement, on what
        the folder's earlier migrations left: renames, what is dropped along with a table, a column
        or by `CASCADE`, and a `DROP` that the server refuses because something needs what is to
        be dropped.

    Why:
        After such a rollback the database is in a state that no version of the program knows, and
        the migration can't be run again: what is there already is not created anew.

    Example:
        ==> migrations/20251103_add_opening_hours.sql <==
        -- MIGRATION: 20251103_add_opening_hours.sql
        -- VERSION: 1.2.0
        -- PHASE: Shops, week 2
        -- AUTHOR: Ines
        -- DATE: 2025-11-03
        -- ROLLBACK: Run 20251103_rollback.sql
        CREATE TABLE IF NOT EXISTS opening_hours (id SERIAL PRIMARY KEY);
        CREATE TYPE weekday AS ENUM ('mon', 'tue');

        ==> migrations/20251103_rollback.sql <==
        -- ROLLBACK: 20251103_rollback.sql
        -- REVERTS: 20251103_add_opening_hours.sql
        -- VERSION: Reverts from v1.2.0 back to v1.1.4
        DROP TABLE IF EXISTS opening_hours;

    Instead:
        ==> migrations/20251103_add_opening_hours.sql <==
        -- MIGRATION: 20251103_add_opening_hours.sql
        -- VERSION: 1.2.0
        -- PHASE: Shops, week 2
        -- AUTHOR: Ines
        -- DATE: 2025-11-03
        -- ROLLBACK: Run 20251103_rollback.sql
        CREATE TABLE IF NOT EXISTS opening_hours (id SERIAL PRIMARY KEY);
        CREATE TYPE weekday AS ENUM ('mon', 'tue');

        ==> migrations/20251103_rollback.sql <==
        -- ROLLBACK: 20251103_rollback.sql
        -- REVERTS: 20251103_add_opening_hours.sql
        -- VERSION: Reverts from v1.2.0 back to v1.1.4
        DROP TABLE IF EXISTS opening_hours;
        DROP TYPE IF EXISTS weekday;

    Fix safety:
        Unsafe: `DROP ... IF EXISTS` is appended to the rollback script: within its transaction if
        it ends with one, and before the queries of the catalogue by which it ends to be verified.
        What keeps the script from dropping something is dropped before that. It is never
        `CASCADE`. Several objects are dropped in the order in which the server takes it. There is
        no fix for what goes with something else that is left, nor where the script's own
        statements are in the wrong order.

    Limits:
        Constraints with their indexes, functions, triggers, extensions and schemas aren't looked
        for. Where a `DO` block, a function or another file that psql reads could have dropped
        something, nothing is said of it. What code creates in a `DO` block isn't seen.
    """
    start = left.making.offset
    place = FilePlace(left.making.path, Span(start, start + left.making.width))
    yield context.report(
        place,
        fix=partial(_repair, left),
        rollback=left.rollback,
        kind=left.kind,
        name=left.name,
        reason=left.reason,
        remedy=left.remedy,
    )


def _repair(left: Left, site: Site) -> Repair:
    from mosaic_lint.fixes.rollback_drop import dropped

    return dropped(left, site)

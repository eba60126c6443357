"""MOS402: DDL that fails the second time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.sqlite_forms import is_sqlite_trigger
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.unguarded import Unguarded, unguarded
from mosaic_lint.vocabulary import SQL

if TYPE_CHECKING:
    from mosaic_lint.fixes.repair import Repair
    from mosaic_lint.fixes.site import Site


@rule(
    code="MOS402",
    name="unguarded-ddl",
    message="{name} fails when it runs a second time: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 4: idempotent operations",
    in_markdown=False,
    fix="safe",
)
def unguarded_ddl(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        `CREATE TABLE`, `INDEX`, `SCHEMA`, `SEQUENCE`, `EXTENSION` or `MATERIALIZED VIEW` and
        `ADD COLUMN` without `IF NOT EXISTS`, `DROP` of anything without `IF EXISTS`,
        `ALTER TYPE ... ADD VALUE` without a guard, an index without a name.

    Why:
        Deployments and migrations are repeated. The second run ends with "already exists" or
        "does not exist", and a migration stops half way.

    Example:
        cursor.execute("CREATE TABLE teams (id SERIAL PRIMARY KEY)")

    Instead:
        cursor.execute("CREATE TABLE IF NOT EXISTS teams (id SERIAL PRIMARY KEY)")

    Fix safety:
        Safe: the guard is written behind the word that names the kind; `ADD x` and `DROP x` of
        `ALTER TABLE` get `COLUMN` too. An index without a name gets the one that PostgreSQL would
        choose, in scripts with a number where that is taken. There is no fix where it is taken and
        Python makes the index, where a value is built into the index, nor where the words come
        from several constants.

    Limits:
        Temporary tables, `CREATE OR REPLACE` and what has no such form (`CREATE TYPE`,
        `ADD CONSTRAINT`) are left alone. Markdown isn't looked at.
    """
    if is_sqlite_trigger(statement):
        return
    for found in unguarded(statement):
        anchor = statement.at(statement.tokens[found.place])
        fix = partial(_repair, statement, found, context)
        yield context.report(anchor, fix=fix, name=found.name, instead=found.instead)


def _repair(statement: Statement, found: Unguarded, context: Context, site: Site) -> Repair:
    from mosaic_lint.fixes.guard import guarded

    return guarded(statement, found, context.schema, site)

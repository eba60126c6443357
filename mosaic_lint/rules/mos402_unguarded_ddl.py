"""MOS402: DDL that fails the second time."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.sqlite_forms import is_sqlite_trigger
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.unguarded import unguarded
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS402",
    name="unguarded-ddl",
    message="{name} fails when it runs a second time: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 4: idempotent operations",
    in_markdown=False,
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
        No fix is offered.

    Limits:
        Temporary tables, `CREATE OR REPLACE` and what has no such form (`CREATE TYPE`,
        `ADD CONSTRAINT`) are left alone. Markdown isn't looked at.
    """
    if is_sqlite_trigger(statement):
        return
    for found in unguarded(statement):
        anchor = statement.at(statement.tokens[found.place])
        yield context.report(anchor, name=found.name, instead=found.instead)

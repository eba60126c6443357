"""MOS401: an INSERT that fails the second time."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.schema.collisions import colliding_key
from mosaic_lint.sql.emptied import is_emptied_before
from mosaic_lint.sql.identifiers import written_name
from mosaic_lint.sql.insertion import Insertion, Source, insertions
from mosaic_lint.sql.sqlite_forms import sqlite_forms
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import may_hide
from mosaic_lint.sql.upserts import asks_what_is_missing, leaves_out_known
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS401",
    name="insert-without-on-conflict",
    message="{table} takes each {columns} only once, so that a second run of this INSERT fails: "
    "add ON CONFLICT ({columns}) DO NOTHING or DO UPDATE",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 4: idempotent operations",
)
def insert_without_on_conflict(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        An `INSERT` without `ON CONFLICT` or `WHERE NOT EXISTS` that writes all columns of a primary
        key, a unique constraint or a unique index of its table.

    Why:
        Requests are repeated after a time-out, jobs are started again. The second run meets the row
        of the first one and ends with "duplicate key value violates unique constraint".

    Example:
        cursor.execute("CREATE TABLE IF NOT EXISTS badges (code TEXT PRIMARY KEY, title TEXT)")
        cursor.execute("INSERT INTO badges (code, title) VALUES (%s, %s)", (code, title))

    Instead:
        cursor.execute("CREATE TABLE IF NOT EXISTS badges (code TEXT PRIMARY KEY, title TEXT)")
        cursor.execute('''
            INSERT INTO badges (code, title) VALUES (%s, %s)
            ON CONFLICT (code) DO UPDATE SET title = EXCLUDED.title
        ''', (code, title))

    Fix safety:
        No fix is offered.

    Limits:
        Speaks of tables whose `CREATE TABLE` stands in the project's migrations or in its Python,
        and only where nothing about them is in doubt; `mosaic-lint schema` shows what is known.
        A key that the database makes is none of the program's: a `serial` column that isn't
        written, `DEFAULT`, `nextval()`, `gen_random_uuid()`, `now()`. NULL collides with nothing.
        Partial indexes and those on expressions don't count. Silent where a part of the text that
        isn't known may hold the clause, where the same text empties the table before, where a
        temporary table or the search path may hide it, and in statements of SQLite's, which are
        MOS203's. A check by an earlier statement, as an `UPDATE` and its `rowcount`, isn't seen:
        two requests may pass it at the same time.
    """
    if "INSERT" not in statement.words or _only_explains(statement):
        return
    candidates = [found for found in insertions(statement) if _may_fail(found)]
    if not candidates or any(sqlite_forms(statement)):
        return
    asks = asks_what_is_missing(statement)
    for insertion in candidates:
        is_query = insertion.source is Source.QUERY
        if not (is_query and (asks or leaves_out_known(statement, insertion))):
            yield from _judge(statement, insertion, context)


def _only_explains(statement: Statement) -> bool:
    return statement.word(0) == "EXPLAIN" and not {"ANALYZE", "ANALYSE"} & {*statement.words}


def _may_fail(insertion: Insertion) -> bool:
    """Whether a known table is written without a word of what is there already."""
    is_known = insertion.table.stored is not None
    return is_known and not (insertion.has_conflict or insertion.is_open)


def _judge(statement: Statement, insertion: Insertion, context: Context) -> Iterator[Draft]:
    name = insertion.table.stored
    table = context.schema.table(name) if name is not None else None
    if table is None or may_hide(context.file.source.text, insertion.table):
        return
    columns = colliding_key(statement, insertion, table)
    if columns is not None and not is_emptied_before(statement.text, table.name, statement.start):
        yield context.report(
            statement.at(statement.tokens[insertion.place]),
            table=table.name,
            columns=", ".join(written_name(column) for column in columns),
        )

"""MOS203: statements and clauses that only SQLite reads."""

from __future__ import annotations

from functools import partial
from typing import Iterator

from mosaic_lint.fixes.sqlite_clauses import repaired
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.sqlite_forms import sqlite_forms
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS203",
    name="sqlite-statement",
    message="{form} is SQLite's: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS210", "MOS214", "MOS215", "MOS401", "MOS402"),
)
def sqlite_statement(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        SQL in a form that only SQLite reads: `INSERT OR REPLACE`, `REPLACE INTO`, `UPDATE OR`,
        `PRAGMA`, `ATTACH`, `WITHOUT ROWID`, `STRICT`, `GLOB`, `REGEXP`, `MATCH`,
        `BEGIN IMMEDIATE`, triggers with a body, `EXPLAIN QUERY PLAN`, virtual tables, `IN ()`,
        `UPDATE` and `DELETE` with `LIMIT`, `LIMIT offset, count`, a constraint's `ON CONFLICT`,
        `==`, `IS 1`, names in backticks or brackets, `CREATE VIEW IF NOT EXISTS`,
        `COLLATE NOCASE`.

    Why:
        PostgreSQL refuses the statement with a syntax error; `==` is an unknown operator and
        `NOCASE` an unknown collation.

    Example:
        cursor.execute("INSERT OR IGNORE INTO badges (code) VALUES (%s)", (code,))

    Instead:
        cursor.execute("INSERT INTO badges (code) VALUES (%s) ON CONFLICT DO NOTHING", (code,))

    Fix safety:
        Safe where PostgreSQL's form is exact: `OR IGNORE` is `ON CONFLICT DO NOTHING`, `LIMIT a, b`
        is `LIMIT b OFFSET a` (or `OFFSET a LIMIT b`, where that keeps parameters in their order),
        `==` is `=`, `IS 1` is `IS NOT DISTINCT FROM 1`, `IN ()` compares with an empty array,
        `GLOB` with a plain pattern is `LIKE`. A name in backticks or brackets loses them, or gets
        double quotes where it needs some. `OR ABORT`, `WITHOUT ROWID`, `STRICT` and `DEFERRED` go.

        Unsafe where the meaning changes a little: `INSERT OR REPLACE` and `REPLACE INTO` become
        `ON CONFLICT (key) DO UPDATE`, which keeps what isn't written, if the schema gives just one
        key; `REGEXP`, and `GLOB` with a class of characters, is `~`; a view is replaced; what is
        ordered by or compared `COLLATE NOCASE` gets a `LOWER()`; `UPDATE` and `DELETE` with
        `LIMIT` choose their rows by `ctid`. `OR FAIL`, `OR ROLLBACK`, `IMMEDIATE`, `QUERY PLAN`, a
        column's collation, a constraint's `ON CONFLICT`, and a `PRAGMA` that only sets something
        go; `PRAGMA table_info` becomes a query that gives the same columns.

        There is no fix for `UPDATE OR IGNORE`, `MATCH`, `ATTACH`, triggers, virtual tables, another
        `PRAGMA` that asks, and where not all of the statement is seen.

    Limits:
        Of an SQLite trigger only its CREATE is reported. `IS column` isn't.
    """
    for form in sqlite_forms(statement):
        anchor = statement.at(statement.tokens[form.first], statement.tokens[form.last])
        fix = partial(repaired, statement, form, lambda: context.schema)
        yield context.report(anchor, fix=fix, form=form.name, instead=form.instead)

"""MOS203: statements and clauses that only SQLite reads."""

from __future__ import annotations

from typing import Iterator

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
        No fix is offered.

    Limits:
        Of an SQLite trigger only its CREATE is reported. `IS column` isn't.
    """
    for form in sqlite_forms(statement):
        anchor = statement.at(statement.tokens[form.first], statement.tokens[form.last])
        yield context.report(anchor, form=form.name, instead=form.instead)

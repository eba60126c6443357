"""MOS206: the integers 0 and 1 for a BOOLEAN."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.booleans import integers
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import unhidden
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS206",
    name="integer-boolean",
    message="{column} takes no integer: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def integer_boolean(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        A BOOLEAN column gets `DEFAULT 0` or `DEFAULT 1`, or the literal 0 or 1 is compared with or
        written into a column that the schema declares BOOLEAN: in the SQL, or as a parameter.

    Why:
        SQLite keeps booleans as integers. PostgreSQL has a type of its own for them, and ends with
        "operator does not exist: boolean = integer", or "column is of type boolean but expression
        is of type integer".

    Example:
        cursor.execute("CREATE TABLE IF NOT EXISTS alarms (id INTEGER, muted BOOLEAN)")
        cursor.execute("SELECT id FROM alarms WHERE muted = 1")

    Instead:
        cursor.execute("CREATE TABLE IF NOT EXISTS alarms (id INTEGER, muted BOOLEAN)")
        cursor.execute("SELECT id FROM alarms WHERE muted = TRUE")

    Fix safety:
        No fix is offered.

    Limits:
        The column must surely belong to a table whose DDL is known. Texts (`'1'`), casts
        (`muted::int = 1`, `1::boolean`) and other integers are left alone. A parameter must stand
        as a literal in the tuple, list or dict that the query is given. One finding for a
        comparison, at its first literal.
    """
    text = context.file.source.text
    for found in integers(statement, lambda: unhidden(context.schema, text)):
        column = f"the BOOLEAN column {found.column}" if found.column else "a BOOLEAN column"
        yield context.report(found.anchor, column=column, instead=found.instead)

"""MOS206: the integers 0 and 1 for a BOOLEAN."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Callable, Iterator

from mosaic_lint.fixes.booleans import booleans
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.booleans import Found, integers
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import unhidden
from mosaic_lint.vocabulary import SQL

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site
    from mosaic_lint.schema.model import Schema


@rule(
    code="MOS206",
    name="integer-boolean",
    message="{column} takes no integer: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS214",),
)
def integer_boolean(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        A BOOLEAN column gets `DEFAULT 0` or `DEFAULT 1`, or the literal 0 or 1 is compared with or
        written into a column that the schema declares BOOLEAN, or stands in for its NULL in
        `COALESCE`: in the SQL, or as a parameter.

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
        Safe: 0 becomes `FALSE` and 1 `TRUE`, all of a comparison at once, and in Python `False` and
        `True`. There is no fix where another number stands beside them (`IN (0, 1, 2)`), and where
        what Python holds may go to another query, too.

    Limits:
        The column must surely belong to a table whose DDL is known. Texts (`'1'`), casts
        (`muted::int = 1`, `1::boolean`) and other integers are left alone. A parameter must stand
        as a literal in the tuple, list or dict that the query is given. One finding for a
        comparison, at its first literal.
    """
    text = context.file.source.text

    def schema() -> Schema:
        return unhidden(context.schema, text)

    for found in integers(statement, schema):
        column = f"the BOOLEAN column {found.column}" if found.column else "a BOOLEAN column"
        fix = partial(_repair, statement, schema, found)
        yield context.report(found.anchor, fix=fix, column=column, instead=found.instead)


def _repair(statement: Statement, schema: Callable[[], Schema], found: Found, site: Site) -> Repair:
    changes = booleans(statement, schema, found, site)
    return Repair(f"Write {found.instead}", changes)

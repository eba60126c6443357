"""MOS212: SQL that is built from values."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.facts.constancy import constancy_of
from mosaic_lint.facts.sqltext import Hole
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS212",
    name="interpolated-sql",
    message="{value} is built into SQL, which lets it be injected: pass values as parameters with "
    '"%s", names with psycopg2.sql.Identifier',
    subscribes="SqlHole",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def interpolated_sql(hole: Hole, context: Context) -> Iterator[Draft]:
    """
    What:
        SQL is built by an f-string, `%`, `.format`, `+` or `join` from a value that isn't provably
        a constant of the program.

    Why:
        Whoever controls the value controls the statement. Quotes in it break the statement even
        where nobody means harm.

    Example:
        cursor.execute(f"SELECT id FROM members WHERE name = '{name}'")

    Instead:
        cursor.execute("SELECT id FROM members WHERE name = %s", (name,))

    Fix safety:
        No fix is offered.

    Limits:
        Speaks on what isn't known: a type annotation proves nothing, nor does a constant of another
        module. Proven are literals, names and class attributes only ever bound to constants, Enum
        values, numbers by `int()`, `float()` and `len()`, items of constant tables, elements of
        constant lists, values that were tested against a constant set with a raise or return on a
        miss, placeholders built by `["%s"] * n`, and the composition of `psycopg2.sql`. So is what
        a function or method of the file returns, if all of that is proven, where a parameter counts
        as what the call gives for it. Running a text that was built elsewhere isn't reported.
    """
    if not hole.composed and not constancy_of(context.file).is_proven(hole.expression):
        yield context.report(hole.anchor, value=f'"{_short(context, hole)}"')


def _short(context: Context, hole: Hole) -> str:
    code = context.file.code(hole.expression)
    return code if len(code) <= 40 else f"{code[:37]}..."

"""MOS207: JSON in a column for texts."""

from __future__ import annotations

from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.json_texts import json_texts
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import unhidden


@rule(
    code="MOS207",
    name="json-as-text",
    message='json.dumps() goes into the {type} column {column}: make it "{column} JSONB"',
    subscribes="SqlStatement",
    triggers=("dumps",),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
)
def json_as_text(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        What `json.dumps(...)` makes is a parameter that INSERT or UPDATE writes into a column
        which the schema declares TEXT or VARCHAR.

    Why:
        In a TEXT column PostgreSQL takes anything for JSON, finds nothing in it by `->` and has no
        index for it. JSONB refuses what isn't JSON, and psycopg reads it as Python objects.

    Example:
        cursor.execute("CREATE TABLE IF NOT EXISTS drafts (id INTEGER, body TEXT)")
        cursor.execute("INSERT INTO drafts (id, body) VALUES (%s, %s)", (1, json.dumps({"a": 1})))

    Instead:
        cursor.execute("CREATE TABLE IF NOT EXISTS drafts (id INTEGER, body JSONB)")
        cursor.execute("INSERT INTO drafts (id, body) VALUES (%s, %s)", (1, json.dumps({"a": 1})))

    Fix safety:
        No fix is offered.

    Limits:
        The table's DDL must be known, and the parameters must be shown: in the call, or by a name
        that holds them. Silent where the value may be another text as well, as in
        `x if isinstance(x, str) else json.dumps(x)`. Values that a function returns aren't
        followed, nor are comparisons.
    """
    text = context.file.source.text
    for found in json_texts(statement, lambda: unhidden(context.schema, text)):
        yield context.report(found.anchor, column=found.column, type=found.type)

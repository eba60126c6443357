"""MOS805: a table that must stay as it is."""

from __future__ import annotations

from typing import FrozenSet, Iterator, Optional

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.changed_tables import Change, changed_tables
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import may_hide
from mosaic_lint.vocabulary import SQL

_INSTEAD = {
    "ALTER TABLE": "put new columns into a table of their own that refers to it",
    "DROP TABLE": "leave it as it is",
    "TRUNCATE": "leave its rows, or delete those that are meant",
}


@rule(
    code="MOS805",
    name="protected-table",
    message="{verb} changes {table}, which is protected: {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Section 6: migration management",
)
def protected_table(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        `ALTER TABLE`, `DROP TABLE` or `TRUNCATE` of a table in `protected-tables`.

    Why:
        The features that are in use stand on these tables. A change of one of them breaks what a
        migration can't see, and no rollback brings rows back.

    Example:
        cursor.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS locale TEXT")

    Instead:
        cursor.execute('''
            CREATE TABLE IF NOT EXISTS user_locales (
                user_id TEXT PRIMARY KEY REFERENCES users (id),
                locale TEXT
            )
        ''')

    Fix safety:
        No fix is offered.

    Limits:
        The tables are those of the schema `public`; `protected-tables` may name others as
        `schema.table`. Commands in `DO` blocks and in bodies of functions count, and so do those in
        rollback scripts. A name that isn't known says nothing. Indexes, triggers, comments and
        rights of a table aren't the table; nor is a temporary one of its name.
    """
    for change in changed_tables(statement):
        if change.table.stored in _protected(context) and not _is_hidden(change, context):
            anchor = change.statement.at(
                change.statement.tokens[change.table.first],
                change.statement.tokens[change.table.last],
            )
            yield context.report(
                anchor,
                verb=change.verb,
                table=change.table.stored,
                instead=_INSTEAD[change.verb],
            )


def _protected(context: Context) -> FrozenSet[Optional[str]]:
    """The protected tables as the schema names them; one may be written without its quotes."""
    names = context.settings.protected_tables
    bare = [name[len("public.") :] if name.startswith("public.") else name for name in names]
    return frozenset((*bare, *(name.lower() for name in bare)))


def _is_hidden(change: Change, context: Context) -> bool:
    return may_hide(context.file.source.text, change.table)

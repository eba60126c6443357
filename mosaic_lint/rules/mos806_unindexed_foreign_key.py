"""MOS806: a foreign key by whose columns no index can be searched."""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING, Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.schema.names import cut, quoted
from mosaic_lint.source import Language
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import may_hide_bare_names
from mosaic_lint.vocabulary import SQL

if TYPE_CHECKING:
    from mosaic_lint.fixes.repair import Repair
    from mosaic_lint.fixes.site import Site
    from mosaic_lint.schema.foreign_keys import Unindexed


@rule(
    code="MOS806",
    name="unindexed-foreign-key",
    message="{key} refers to {target} without an index, so that deleting there reads all of "
    "{table}: add CREATE INDEX IF NOT EXISTS {index} ON {written} ({columns})",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Section 6: migration management",
    fix="safe",
)
def unindexed_foreign_key(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        `REFERENCES` or `FOREIGN KEY` of a column that is the first one of no index, primary key or
        unique constraint of its table; of several columns, if they are in no order the first ones.

    Why:
        PostgreSQL indexes the column that is referred to, not the one that refers. Each delete or
        change of a key there then reads the whole table, and so do joins from that side.

    Example:
        cursor.execute('''
            CREATE TABLE IF NOT EXISTS loans (
                id SERIAL PRIMARY KEY,
                book_id INTEGER NOT NULL REFERENCES books (id)
            )
        ''')

    Instead:
        cursor.execute('''
            CREATE TABLE IF NOT EXISTS loans (
                id SERIAL PRIMARY KEY,
                book_id INTEGER NOT NULL REFERENCES books (id)
            );
            CREATE INDEX IF NOT EXISTS idx_loans_book_id ON loans (book_id)
        ''')

    Fix safety:
        Safe: `CREATE INDEX IF NOT EXISTS` is added behind the statement, and behind indexes of the
        table that follow it; in Python in the same text, with a semicolon between. If something has
        the index's name already, a number is put behind it. There is no fix where the statement's
        call hands over parameters, so that it takes one statement only, where parts of the text
        aren't known, and where the migration's rollback script would leave the index.

    Limits:
        Looks at migrations, which are the SQL files directly in a folder `migrations` without its
        rollback scripts, and at `CREATE TABLE` in Python. The index may be made anywhere in the
        project; one with a `WHERE` doesn't count, nor does an expression. Silent where a later
        migration drops the table, the column or the key, and where anything about the table is in
        doubt; `mosaic-lint schema` shows what is known.
    """
    if "REFERENCES" not in statement.words or not _may_declare(statement, context):
        return
    from mosaic_lint.schema.foreign_keys import unindexed

    created_only = context.file.source.language is not Language.SQL
    for found in unindexed(statement, context.schema, created_only=created_only):
        columns = [quoted(column) for column in found.columns]
        table = found.table.rpartition(".")[2]
        yield context.report(
            statement.at(statement.tokens[found.place]),
            fix=partial(_repair, statement, found, context),
            key=f"{found.table} ({', '.join(columns)})",
            target=found.target,
            table=found.table,
            index=quoted(cut("_".join(("idx", table, *found.columns)))),
            written=".".join(quoted(part) for part in found.table.split(".")),
            columns=", ".join(columns),
        )


def _repair(statement: Statement, found: Unindexed, context: Context, site: Site) -> Repair:
    from mosaic_lint.fixes.key_index import indexed

    return indexed(statement, found, context.schema, site)


def _may_declare(statement: Statement, context: Context) -> bool:
    """Whether a statement is one of those that declare the project's tables."""
    source = context.file.source
    if may_hide_bare_names(source.text) or statement.word(0) not in ("CREATE", "ALTER"):
        return False
    if source.language is not Language.SQL:
        return True
    path = PurePath(source.path)
    is_rollback = path.name.endswith("rollback.sql")
    return path.parent.name == "migrations" and path.suffix == ".sql" and not is_rollback

"""MOS806: a foreign key by whose columns no index can be searched."""

from __future__ import annotations

from pathlib import PurePath
from typing import Iterator

from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.source import Language
from mosaic_lint.sql.identifiers import written_name
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import may_hide_bare_names
from mosaic_lint.vocabulary import SQL


@rule(
    code="MOS806",
    name="unindexed-foreign-key",
    message="{key} refers to {target} without an index, so that deleting there reads all of "
    "{table}: add CREATE INDEX IF NOT EXISTS {index} ON {written} ({columns})",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Section 6: migration management",
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
        No fix is offered.

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
        columns = [written_name(column) for column in found.columns]
        table = found.table.rpartition(".")[2]
        yield context.report(
            statement.at(statement.tokens[found.place]),
            key=f"{found.table} ({', '.join(columns)})",
            target=found.target,
            table=found.table,
            index=written_name("_".join(("idx", table, *found.columns))),
            written=".".join(written_name(part) for part in found.table.split(".")),
            columns=", ".join(columns),
        )


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

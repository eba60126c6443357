"""MOS204: functions, tables and columns that only SQLite has."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Callable, Iterator

from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.sqlite_functions import remade
from mosaic_lint.model import Safety
from mosaic_lint.rule import Context, Draft, rule
from mosaic_lint.sql.sqlite_forms import is_sqlite_trigger
from mosaic_lint.sql.sqlite_names import ForeignName, sqlite_names
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.temporary import unhidden
from mosaic_lint.vocabulary import SQL

if TYPE_CHECKING:
    from mosaic_lint.fixes.site import Site
    from mosaic_lint.schema.model import Schema


@rule(
    code="MOS204",
    name="sqlite-function",
    message="{name} is SQLite's, PostgreSQL has none: write {instead}",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 2: PostgreSQL syntax only",
    fix="safe",
    uncovers=("MOS206", "MOS207", "MOS214", "MOS215"),
)
def sqlite_function(statement: Statement, context: Context) -> Iterator[Draft]:
    """
    What:
        SQL calls a function, or reads a table or column, that SQLite has and PostgreSQL lacks:
        `datetime()`, `strftime()`, `ifnull()`, `group_concat()`, `json_extract()`,
        `last_insert_rowid()`, `sqlite_master`, `rowid` and others.

    Why:
        The statement ends with "function ... does not exist", or with an unknown table or column.

    Example:
        cursor.execute("UPDATE visits SET seen = datetime('now')")

    Instead:
        cursor.execute("UPDATE visits SET seen = NOW()")

    Fix safety:
        Safe where PostgreSQL has the very same: `datetime('now', '-1 day')` becomes
        `NOW() - INTERVAL '1 day'`, and a text in UTC (`to_char`) where the schema says that a text
        is compared with it or written. So do `strftime` of the time now or of a timestamp, `ifnull`
        (`COALESCE`), `iif` (`CASE`), `group_concat` (`string_agg`), `instr`, `char` and others.
        Unsafe where the type isn't known, where two types are mixed in what is only shown (they
        are cast to texts), where months are added (at their ends), for local time,
        `json_extract`, `randomblob`, `last_insert_rowid` (`lastval`), and the list of tables in
        `sqlite_master`. There is no fix for `rowid`, `changes`, `typeof` and others.

    Limits:
        Never a name that DDL in the same file defines. `date(x)` with one argument is
        PostgreSQL's, too. Functions in a schema (`compat.instr()`) are somebody's own.
    """
    if is_sqlite_trigger(statement):
        return
    text = context.file.source.text

    def schema() -> Schema:
        return unhidden(context.schema, text)

    for found in sqlite_names(statement):
        anchor = statement.at(statement.tokens[found.place])
        fix = partial(_repair, statement, found, schema)
        yield context.report(anchor, fix=fix, name=found.name, instead=found.instead)


def _repair(
    statement: Statement, found: ForeignName, schema: Callable[[], Schema], site: Site
) -> Repair:
    changes, is_sure = remade(statement, found, schema)
    safety = Safety.SAFE if is_sure else Safety.UNSAFE
    return Repair(f"Write PostgreSQL's form of {found.name}", changes, safety)

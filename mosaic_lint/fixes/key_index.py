"""An index for a foreign key, behind the statement that makes the key."""

from __future__ import annotations

from typing import List, Sequence, Tuple

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.facts.rollbacks import left_by_rollbacks
from mosaic_lint.fixes.index_names import free_name
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.sql_lines import Ending, after_statement
from mosaic_lint.fixes.sql_texts import are_together
from mosaic_lint.model import Span
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.foreign_keys import Unindexed
from mosaic_lint.schema.model import Schema
from mosaic_lint.schema.names import Name, quoted
from mosaic_lint.schema.operations import AlterTable, CreateIndex, CreateTable
from mosaic_lint.sql.statement import Statement, read
from mosaic_lint.sqlfile import statements


def indexed(statement: Statement, found: Unindexed, schema: Schema, site: Site) -> Repair:
    """Make the index behind the statement, and behind the table's indexes that follow it.

    Args:
        statement: the statement that makes the key.
        found: the key.
        schema: what is known of the database.
        site: the place of the finding.

    Raises:
        Declined: no other statement can stand there, or a rollback script would leave the index.
    """
    name = free_name(schema, found.table, found.columns)
    new = _statement(quoted(name), statement, found)
    if statement.in_file:
        changes = _in_script(statement, found, new)
        _see_rollback(name, changes, site)
    else:
        changes = _in_text(statement, found, new, site)
    return Repair(f"Add the index {name}", changes)


def _statement(name: str, statement: Statement, found: Unindexed) -> str:
    table, columns = _owner(statement, found), _listed(found.columns)
    # nobody runs it here
    return f"CREATE INDEX IF NOT EXISTS {name} ON {table} ({columns})"  # noqa: MOS212


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(quoted, columns))


def _owner(statement: Statement, found: Unindexed) -> str:
    """The key's table, with a schema before it where the statement writes one."""
    schema, _, table = found.table.rpartition(".")
    schema = next((each.schema for each in _tables(statement) if each.name == table), schema)
    return ".".join(quoted(part) for part in (schema, table) if part)


def _tables(statement: Statement) -> List[Name]:
    """The tables that a statement makes or changes, as it writes their names."""
    return [
        operation.name
        for operation in operations(statement)
        if isinstance(operation, (CreateTable, AlterTable))
    ]


def _in_script(statement: Statement, found: Unindexed, new: str) -> Changes:
    text = statement.text
    spans = list(statements(text))
    index = next((i for i, span in enumerate(spans) if span.start == statement.start), None)
    if index is None:
        raise Declined("its place in the script isn't known")
    last, limit = spans[index], len(text)
    for start, end in spans[index + 1 :]:
        if not _is_index_of(read(text, start=start, end=end, in_file=True), found):
            limit = start
            break
        last = Span(start, end)
    changes = after_statement(text, last, limit, new)
    if not changes:
        raise Declined("something else than a semicolon ends the statement")
    return changes


def _is_index_of(found: Sequence[Statement], key: Unindexed) -> bool:
    """Whether a statement makes an index of the key's table."""
    made = [operation for statement in found for operation in operations(statement)]
    table = key.table.rpartition(".")[2]
    return len(made) == 1 and isinstance(made[0], CreateIndex) and made[0].table.name == table


def _in_text(statement: Statement, found: Unindexed, new: str, site: Site) -> Changes:
    """The changes of a text in Python: a line in what has lines, else the rest of a line."""
    if not statement.is_exact:
        raise Declined("not all of the text is known")
    if not statement.given.takes_several:
        raise Declined("what runs the statement may take but one")
    if "\n" in statement.text:
        changes = _written(statement, found, new, site, Ending.AS_BEFORE)
        if not any("\\n" in change.text for change in changes):
            return changes
    return _written(statement, found, new, site, Ending.ON_SAME_LINE)


def _written(
    statement: Statement, found: Unindexed, new: str, site: Site, ending: Ending
) -> Changes:
    last, limit = _last_index(statement, found)
    changes = after_statement(statement.text, Span(last.start, last.end), limit, new, ending)
    if not changes:
        raise Declined("something else than a semicolon ends the statement")
    own = statement.tokens[found.place].start
    if not all(are_together(statement, own, each.anchor.start - 1, site) for each in changes):
        raise Declined("the statement ends in another text than it begins")
    return [
        piece for start, text in _merged(changes) for piece in statement.rewrite(start, start, text)
    ]


def _merged(changes: Changes) -> List[Tuple[int, str]]:
    """Insertions by place, those at one place as one."""
    found: List[Tuple[int, str]] = []
    for change in changes:
        if found and found[-1][0] == change.anchor.start:
            found[-1] = (found[-1][0], found[-1][1] + change.text)
        else:
            found.append((change.anchor.start, change.text))
    return found


def _last_index(statement: Statement, found: Unindexed) -> Tuple[Statement, int]:
    """The statement behind which the index belongs, and where the one after that begins."""
    siblings = list(statement.siblings)
    index = next((i for i, one in enumerate(siblings) if one is statement), len(siblings))
    last = statement
    for sibling in siblings[index + 1 :]:
        if not _is_index_of([sibling], found):
            return last, sibling.start
        last = sibling
    return last, len(statement.text)


def _see_rollback(name: str, changes: Sequence[Change], site: Site) -> None:
    """See that the migration's rollback script takes the index along.

    Raises:
        Declined: it would be left.
    """
    text = site.text
    for change in reversed(changes):
        start, end = change.anchor
        text = text[:start] + change.text + text[end:]
    path = site.project.relative(site.source.path)
    for left in left_by_rollbacks(site.project, {path: text}):
        written = left.name.rpartition(".")[2]
        if left.kind == "index" and left.making.path == path and written == quoted(name):
            raise Declined(f"{left.rollback} would have to drop the index too")

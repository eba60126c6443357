"""A statement that a rollback script lacks, written where it belongs."""

from __future__ import annotations

import re
from typing import Iterator, List, Optional, Tuple

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.sql_lines import after_statement, indent_at
from mosaic_lint.migrations.rollbacks import Left
from mosaic_lint.model import Span
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.operations import AlterTable, Drop, DropColumn, Operation, Transaction
from mosaic_lint.sql.statement import read
from mosaic_lint.sqlfile import statements

_QUESTION = re.compile(
    r"SELECT\b.*(?:\binformation_schema\s*\.|\bto_reg\w+\s*\(|\bpg_(?:attribute|class|constraint|enum"
    r"|indexes|matviews|namespace|sequences|tables|type|views)\b)",
    re.IGNORECASE | re.DOTALL,
)


def dropped(left: Left, site: Site) -> Repair:
    """Drop what is left: at the script's end, or before the statement that fails because of it.

    Args:
        left: what is left.
        site: the place of the finding.

    Raises:
        Declined: something else must be dropped first, or nobody knows where the statement belongs.
    """
    if left.undoing.obstacle:
        raise Declined(left.undoing.obstacle)
    text = site.project.text(left.path)
    if text is None or "\ufffd" in text or site.project.is_excluded(left.path):
        raise Declined(f"{left.rollback} isn't ours to change")
    if left.undoing.before is not None:
        if _is_dropped_after(text, left.undoing.before, left.drop):
            raise Declined("the script drops it, but too late")
        changes = _before(text, left.undoing.before, left.drop)
    else:
        changes = _at_end(text, left.drop)
    _prove(text, changes, left.drop)
    return Repair(f"Add {left.drop} to {left.rollback}", changes, path=left.path)


def _before(text: str, offset: int, drop: str) -> Changes:
    """The statement on a line of its own before another one, or before it on its line."""
    indent = indent_at(text, offset)
    written = f"{drop}; " if indent is None else f"{drop};\n{indent}"
    return [Change(Span(offset, offset), written)]


def _is_dropped_after(text: str, offset: int, drop: str) -> bool:
    """Whether the script itself drops something behind an offset, and fails if it isn't there."""
    wanted = {name for operation in _operations(drop, 0, len(drop)) for name, _ in _gone(operation)}
    return any(
        name in wanted and not is_guarded
        for start, end in statements(text)
        if start >= offset
        for operation in _operations(text, start, end)
        for name, is_guarded in _gone(operation)
    )


def _gone(operation: Operation) -> Iterator[Tuple[Tuple[str, str], bool]]:
    """What an operation drops: a column's table and name, or a name, and whether by IF EXISTS."""
    if isinstance(operation, Drop):
        yield from ((("", name.name), operation.if_exists) for name in operation.names)
    elif isinstance(operation, AlterTable):
        for action in operation.actions:
            if isinstance(action, DropColumn):
                yield (operation.name.name, action.name), action.if_exists


def _at_end(text: str, drop: str) -> Changes:
    """The statement at the end of what the script does, within its last transaction.

    What the script asks of the catalogue at its end, it asks when everything is done.
    """
    spans = list(statements(text))
    commit = _last_commit(text, spans)
    end = len(spans) if commit is None else commit
    for place in (_before_questions(text, spans[:end]), end):
        if place:
            limit = spans[place].start if place < len(spans) else len(text)
            changes = after_statement(text, spans[place - 1], limit, drop)
            if changes:
                return changes
    if commit is not None:
        return _before(text, spans[commit].start, drop)
    start = len(text)
    if not text or text.endswith(("\n", "\r")):
        return [Change(Span(start, start), f"{drop};\n")]
    return [Change(Span(start, start), f"\n{drop};")]


def _before_questions(text: str, spans: List[Span]) -> int:
    """How many statements there are without those at the end that only ask what is there."""
    count = len(spans)
    while count and _only_asks(text, *spans[count - 1]):
        count -= 1
    return count


def _only_asks(text: str, start: int, end: int) -> bool:
    return bool(_QUESTION.match(text, start, end)) and not _operations(text, start, end)


def _last_commit(text: str, spans: List[Span]) -> Optional[int]:
    """Which statement commits the transaction that the script ends with, if it does.

    Raises:
        Declined: the script ends by taking back what it does.
    """
    begun, found = False, None
    for index, (start, end) in enumerate(spans):
        for operation in _operations(text, start, end):
            what = operation.what if isinstance(operation, Transaction) else ""
            if what == "rollback":
                found = -1
            elif what == "commit" and begun:
                found = index
            elif what not in ("commit", "savepoint", "release"):
                found = None  # it goes on
            begun = what == "begin" or (begun and what not in ("commit", "rollback"))
    if found == -1:
        raise Declined("the script takes back what it does")
    return found


def _operations(text: str, start: int, end: int) -> Tuple[Operation, ...]:
    found = read(text, start=start, end=end, in_file=True)
    return tuple(operation for statement in found for operation in operations(statement))


def _prove(text: str, changes: Changes, drop: str) -> None:
    """See that the statement would be run: not, say, behind a comment that isn't closed.

    Raises:
        Declined: it wouldn't.
    """
    after = text
    for change in reversed(changes):
        start, end = change.anchor
        after = after[:start] + change.text + after[end:]
    count = sum(text[start:end] == drop for start, end in statements(text))
    if sum(after[start:end] == drop for start, end in statements(after)) != count + 1:
        raise Declined("the script's end isn't known")

"""What rollback scripts leave behind, found by running them on what their migrations made."""

from __future__ import annotations

from typing import Dict, Iterator, List, NamedTuple, Sequence, Set, Tuple

from mosaic_lint.migrations.catalogue import TEMPORARY, Entity, Making
from mosaic_lint.migrations.database import Database, written
from mosaic_lint.migrations.doubts import Doubts
from mosaic_lint.migrations.pairing import GetText, Migration
from mosaic_lint.migrations.running import run
from mosaic_lint.migrations.undoing import Undoing, Undoings
from mosaic_lint.schema.names import quoted

_REPORTED = frozenset(
    ("table", "foreign table", "column", "index", "view", "materialized view", "type", "domain",
     "sequence")
)  # fmt: skip


class Left(NamedTuple):
    """Something that a rollback script leaves.

    Args:
        making: the statement of the migration that made it; its first word is ``CREATE`` or so.
        kind: ``table``, ``column``...
        name: as SQL writes it; a column's with its table.
        rollback: the name of the rollback script.
        reason: why it is left, though the script wants to drop it; else empty.
        remedy: what to write instead.
        path: the rollback script.
        drop: the statement that drops it.
        undoing: where that belongs.
    """

    making: Making
    kind: str
    name: str
    rollback: str
    reason: str
    remedy: str
    path: str
    drop: str
    undoing: Undoing


class _Group:
    """The migrations that one rollback script undoes.

    Args:
        database: the database before the first of them.
    """

    def __init__(self, database: Database) -> None:
        self.mark = database.catalogue.mark()
        self.number = database.catalogue.next_number
        self.paths: Set[str] = set()
        self.doubts = Doubts()


class Rollbacks:
    """Runs the migrations of a folder in order, and tries their rollbacks.

    Args:
        migrations: the migrations.
        get_text: reads a rollback script.
    """

    def __init__(self, migrations: Sequence[Migration], get_text: GetText) -> None:
        self._migrations = migrations
        self._get_text = get_text
        self._database = Database()
        self._last = {each.rollback: each.name.path for each in migrations}

    def left(self) -> Iterator[Left]:
        """What is left, by migration and place."""
        groups: Dict[str, _Group] = {}
        for migration in self._migrations:
            path, rollback = migration.name.path, migration.rollback
            group = groups.setdefault(rollback or path, _Group(self._database))
            group.paths.add(path)
            run(self._database, migration.text, path, group.doubts)
            if rollback and self._last[rollback] == path:
                yield from sorted(self._tried(group, rollback), key=lambda left: left.making)

    def _tried(self, group: _Group, rollback: str) -> List[Left]:
        catalogue = self._database.catalogue
        mark = catalogue.mark()
        text = self._get_text(rollback) if rollback.lower().endswith(".sql") else None
        if text is None:
            return []
        self._undo_others(group)
        self._database.refused, self._database.refusals, self._database.failed = [], {}, ""
        run(self._database, text, "", group.doubts)
        before = catalogue.existed(group.mark)
        left = [
            entity
            for entity in catalogue.made_since(group.number)
            if self._is_left(entity, group) and entity.key not in before
        ]
        undoings = Undoings(self._database, left)
        found = [self._described(entity, rollback, undoings.of(entity)) for entity in left]
        catalogue.undo(mark)
        return found

    def _undo_others(self, group: _Group) -> None:
        """Drop what migrations in between made: theirs was rolled back before."""
        catalogue = self._database.catalogue
        others = [
            entity
            for entity in catalogue.made_since(group.number)
            if entity.making is not None and not _is_made_by(entity, group)
        ]
        catalogue.drop(others, cascade=True)

    def _is_left(self, entity: Entity, group: _Group) -> bool:
        """Whether the rollback leaves something that it should drop, for sure."""
        if entity.making is None or entity.kind not in _REPORTED or entity.scope == TEMPORARY:
            return False
        table = self._database.catalogue.get(entity.scope)
        if table is not None and (table.scope == TEMPORARY or _is_made_by(table, group)):
            return False  # a column of a table that is left itself, or of a temporary one
        return not group.doubts.concerns(entity, table)

    def _described(self, entity: Entity, rollback: str, undoing: Undoing) -> Left:
        assert entity.making is not None
        table = self._database.catalogue.get(entity.scope)
        if table is None:
            name = written(entity)
            drop = f"DROP {entity.kind.upper()} IF EXISTS {name}"
        else:
            column = quoted(entity.name)
            name = f"{written(table)}.{column}"
            drop = (  # for people to read
                f"ALTER TABLE IF EXISTS {written(table)} "  # noqa: MOS212
                f"DROP COLUMN IF EXISTS {column}"  # noqa: MOS212
            )
        reason, remedy = self._explained(entity, drop)
        script = rollback.rpartition("/")[2]
        kind = entity.kind
        return Left(entity.making, kind, name, script, reason, remedy, rollback, drop, undoing)

    def _explained(self, entity: Entity, drop: str) -> Tuple[str, str]:
        """Why something is left, if the rollback wants to drop it, and what helps."""
        by = self._database.refusals.get(entity.number, "")
        if by:
            return f", because {by} needs it", "drop that first, or write CASCADE"
        if self._database.failed:
            reason = f", because its transaction fails at {self._database.failed}"
            return reason, "drop first what needs that, or write CASCADE"
        return "", f"append {drop}"


def _is_made_by(entity: Entity, group: _Group) -> bool:
    return entity.making is not None and entity.making.path in group.paths

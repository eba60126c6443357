"""What would undo the rest: where a ``DROP`` of what a rollback leaves has to stand.

What needs something is dropped before it. So a newer object goes before an older one, and what
makes the server refuse a ``DROP`` of the script goes before that.
"""

from __future__ import annotations

from math import inf
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from mosaic_lint.migrations.catalogue import Entity, Need
from mosaic_lint.migrations.database import Database


class Undoing(NamedTuple):
    """How what is left can be dropped.

    Args:
        before: the offset of the script's statement before which that has to happen; ``None`` for
            its end.
        obstacle: why it can't be told yet, in a few words; else empty.
    """

    before: Optional[int] = None
    obstacle: str = ""


class Undoings:
    """Answers for what one script leaves.

    Args:
        database: the database as the script leaves it.
        left: what should be gone.
    """

    def __init__(self, database: Database, left: Sequence[Entity]) -> None:
        self._database = database
        self._along = {entity.number: self._taken_along(entity) for entity in left}
        self._takers: Dict[int, List[int]] = {}
        for number, along in self._along.items():
            for each in along:
                self._takers.setdefault(each, []).append(number)
        self._left = {entity.number: entity for entity in left}
        self._before = self._places()
        self._found: Dict[int, Undoing] = {}
        for entity in sorted(left, key=self._turn):
            self._found[entity.number] = self._undoing(entity)

    def of(self, entity: Entity) -> Undoing:
        """How something is to be dropped."""
        return self._found[entity.number]

    def _turn(self, entity: Entity) -> Tuple[float, int]:
        """When it is dropped: by place in the script, the newest first."""
        return (self._before.get(entity.number, inf), -entity.number)

    def _undoing(self, entity: Entity) -> Undoing:
        """How something is to be dropped, once that is known of all whose turn is before."""
        owner = self._owner(entity.number)
        if owner is not None:
            return Undoing(obstacle=f"it goes with {self._called(owner)}")
        if entity.number in self._database.refusals:
            return Undoing(obstacle=f"{self._database.refusals[entity.number]} is in the way")
        before = self._before.get(entity.number)
        if before is None and self._database.failed:
            return Undoing(obstacle="the script's transaction fails before its end")
        for needing in self._needing(entity):
            first = self._found.get(self._dropped_by(needing.number))
            if first is None or first.obstacle:
                return Undoing(obstacle=f"{self._called(needing.number)} needs it")
        return Undoing(before)

    def _called(self, number: int) -> str:
        entity = self._database.catalogue.get(number)
        assert entity is not None
        return self._database.called(entity)

    def _taken_along(self, entity: Entity) -> Set[int]:
        """The numbers of what is dropped with an object, itself among them."""
        found = {entity.number}
        pending = [entity]
        while pending:
            for part in self._database.catalogue.dependents(pending.pop(), Need.PART):
                if part.number not in found:
                    found.add(part.number)
                    pending.append(part)
        return found

    def _needing(self, entity: Entity) -> List[Entity]:
        """What keeps an object from being dropped."""
        along = self._along[entity.number]
        entities = (self._database.catalogue.get(number) for number in sorted(along))
        return [
            each
            for part in entities
            if part is not None
            for each in self._database.catalogue.dependents(part, Need.SURE)
            if each.number not in along
        ]

    def _owner(self, number: int) -> Optional[int]:
        """Something else that is left, and that takes an object along."""
        return next((each for each in self._takers.get(number, ()) if each != number), None)

    def _dropped_by(self, number: int) -> int:
        """What of all that is left is or takes along an object; -1 where nothing does."""
        takers = self._takers.get(number, ())
        return next((each for each in takers if self._owner(each) is None), -1)

    def _places(self) -> Dict[int, int]:
        """The statements that fail because something is still there."""
        found: Dict[int, int] = {}
        for refusal in self._database.refused:
            first = self._dropped_by(refusal.by.number)
            if first in self._left:
                found[first] = min(found.get(first, refusal.place), refusal.place)
        pending = list(found)
        while pending:
            number = pending.pop()
            for needing in self._needing(self._left[number]):
                first = self._dropped_by(needing.number)
                if first in self._left and found.get(first, inf) > found[number]:
                    found[first] = found[number]
                    pending.append(first)
        return found

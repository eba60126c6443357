"""What a database holds, and what needs what: enough of PostgreSQL's catalogue to know what a
``DROP`` takes along, and when it is refused.

Everything that is done can be undone, because a rollback is only tried: the next migration
continues from where its migration left the database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

TEMPORARY = "pg_temp"
"""The schema of temporary objects."""


class Need(Enum):
    """How something depends on something else."""

    PART = "is dropped with it"
    SURE = "keeps it from being dropped, unless by CASCADE"
    MAYBE = "may be dropped by CASCADE"


class Making(NamedTuple):
    """What makes an object.

    Args:
        path: the script.
        offset: where its statement begins.
        width: how many characters the statement's first word has.
    """

    path: str
    offset: int
    width: int


@dataclass(frozen=True)
class Entity:
    """An object of the database.

    Args:
        number: its own, for good.
        kind: ``table``, ``column``, ``index``, ``foreign key``...
        scope: the schema's name, or the number of the table for what belongs to one.
        name: as PostgreSQL stores it.
        making: what made it; ``None`` where that isn't a statement that would have to be undone.
        is_implied: whether nothing makes it, but something needs it; its kind is a guess then.
        is_open: whether a table has columns that its statement doesn't list.
    """

    number: int
    kind: str
    scope: object
    name: str
    making: Optional[Making] = None
    is_implied: bool = False
    is_open: bool = False

    @property
    def space(self) -> str:
        """The kind of name that it has: two tables can't have the same, but a type can."""
        return _SPACES.get(self.kind, self.kind)

    @property
    def key(self) -> Tuple[str, object, str]:
        """The place of its name."""
        return (self.space, self.scope, self.name)


RELATIONS = ("table", "view", "materialized view", "sequence", "index", "foreign table")
_SPACES = dict.fromkeys(RELATIONS, "relation")
_SPACES["domain"] = "type"


class Refused(Exception):
    """The server refuses to drop something.

    Args:
        dropped: what is to be dropped.
        by: what needs it.
    """

    def __init__(self, dropped: Entity, by: Entity) -> None:
        super().__init__(f"{dropped.name} is needed by {by.name}")
        self.dropped = dropped
        self.by = by


class Catalogue:
    """The objects of a database and their dependencies."""

    def __init__(self) -> None:
        self._entities: Dict[int, Entity] = {}
        self._numbers: Dict[Tuple[str, object, str], int] = {}
        self._dependents: Dict[Tuple[int, Need], Dict[int, bool]] = {}
        self._needed: Dict[int, Dict[int, bool]] = {}
        self._members: Dict[object, Dict[int, bool]] = {}  # of a schema
        self._journal: List[Tuple[Dict[Any, Any], Any, Any]] = []
        self._next = 0

    # Changes can be undone

    def mark(self) -> int:
        """A moment to return to."""
        return len(self._journal)

    def undo(self, mark: int) -> None:
        """Return to a moment."""
        while len(self._journal) > mark:
            mapping, key, old = self._journal.pop()
            if old is None:
                del mapping[key]
            else:
                mapping[key] = old

    def _set(self, mapping: Dict[Any, Any], key: Any, value: Any) -> None:
        self._journal.append((mapping, key, mapping.get(key)))
        mapping[key] = value

    def _discard(self, mapping: Dict[Any, Any], key: Any) -> None:
        if key in mapping:
            self._journal.append((mapping, key, mapping.pop(key)))

    # Questions

    def find(self, space: str, scope: object, name: str) -> Optional[Entity]:
        """What has a name; ``None`` if nothing has it."""
        number = self._numbers.get((space, scope, name))
        return None if number is None else self._entities[number]

    def get(self, number: object) -> Optional[Entity]:
        """An object by its number; ``None`` where it is gone."""
        return self._entities.get(number) if isinstance(number, int) else None

    def has(self, key: Tuple[str, object, str]) -> bool:
        """Whether a name is taken."""
        return key in self._numbers

    def made_since(self, number: int) -> Iterator[Entity]:
        """What got its number from a moment on and is still there."""
        for each in range(number, self._next):
            if each in self._entities:
                yield self._entities[each]

    def needed_by(self, entity: Entity) -> List[Entity]:
        """What an object depends on."""
        return self._living(self._needed.get(entity.number, {}))

    def dependents(self, entity: Entity, *needs: Need) -> List[Entity]:
        """What depends on an object in one of some ways."""
        found = [self._dependents.get((entity.number, need), {}) for need in needs]
        return [each for numbers in found for each in self._living(numbers)]

    def existed(self, mark: int) -> Set[Tuple[str, object, str]]:
        """The names that were taken at a moment, of those that changed hands since."""
        first: Dict[Tuple[str, object, str], Any] = {}
        for mapping, key, old in self._journal[mark:]:
            if mapping is self._numbers:
                first.setdefault(key, old)
        return {key for key, old in first.items() if old is not None}

    def members(self, schema: str) -> List[Entity]:
        """What a schema holds."""
        return self._living(self._members.get(schema, {}))

    def _living(self, numbers: Iterable[int]) -> List[Entity]:
        return [self._entities[number] for number in numbers if number in self._entities]

    @property
    def next_number(self) -> int:
        """The number that the next object gets."""
        return self._next

    # Changes

    def add(
        self,
        kind: str,
        scope: object,
        name: str,
        making: Optional[Making] = None,
        *,
        is_implied: bool = False,
    ) -> Optional[Entity]:
        """Make an object.

        Returns:
            The object; ``None`` where the name is taken.
        """
        entity = Entity(self._next, kind, scope, name, making, is_implied)
        if entity.key in self._numbers:
            return None
        self._next += 1
        self._set(self._entities, entity.number, entity)
        self._set(self._numbers, entity.key, entity.number)
        self._join(entity)
        if isinstance(scope, int):
            self.depend(entity, self._entities[scope], Need.PART)
        return entity

    def depend(self, entity: Entity, on: Entity, need: Need) -> None:
        """Let an object depend on another one."""
        if entity.number != on.number:
            known = self._dependents.setdefault((on.number, need), {})
            self._set(known, entity.number, True)
            self._set(self._needed.setdefault(entity.number, {}), on.number, True)

    def release(self, entity: Entity, on: Entity) -> None:
        """Let an object depend on another one no longer."""
        for need in Need:
            self._discard(self._dependents.get((on.number, need), {}), entity.number)
        self._discard(self._needed.get(entity.number, {}), on.number)

    def change(self, entity: Entity, **changes: Any) -> Entity:
        """Give an object another name, schema or making; nothing where the name is taken."""
        changed = replace(entity, **changes)
        if changed.key != entity.key:
            if changed.key in self._numbers:
                return entity
            self._discard(self._numbers, entity.key)
            self._set(self._numbers, changed.key, changed.number)
            self._discard(self._members.get(entity.scope, {}), entity.number)
            self._join(changed)
        self._set(self._entities, changed.number, changed)
        return changed

    def drop(self, entities: Iterable[Entity], *, cascade: bool) -> None:
        """Drop objects with all that is dropped with them.

        Raises:
            Refused: something else needs one of them. Nothing is dropped then.
        """
        gone = self._taken(entities, cascade=cascade)
        for number in gone:
            entity = self._entities[number]
            self._discard(self._numbers, entity.key)
            self._discard(self._entities, number)
            self._discard(self._members.get(entity.scope, {}), number)

    def _taken(self, entities: Iterable[Entity], *, cascade: bool) -> List[int]:
        """The numbers of all that is dropped."""
        taken = list(dict.fromkeys(entity.number for entity in entities))
        seen: Set[int] = set(taken)
        refusing: List[Tuple[int, int]] = []
        for number in taken:  # grows on the way
            for need in Need:
                for dependent in self._dependents.get((number, need), {}):
                    if dependent in seen or dependent not in self._entities:
                        continue
                    if need is Need.PART or cascade:
                        seen.add(dependent)
                        taken.append(dependent)
                    elif need is Need.SURE:
                        refusing.append((number, dependent))
        for number, dependent in refusing:
            if dependent not in seen:
                raise Refused(self._entities[number], self._entities[dependent])
        return taken

    def _join(self, entity: Entity) -> None:
        if isinstance(entity.scope, str):
            self._set(self._members.setdefault(entity.scope, {}), entity.number, True)

"""The names that are taken in a database, and those that are free."""

from __future__ import annotations

from typing import Dict, Optional, Tuple

from mosaic_lint.schema.draft import Draft, Relation
from mosaic_lint.schema.journal import Journal
from mosaic_lint.schema.names import PUBLIC, Name, made, shown

_DIGITS = "0123456789"
_SHORT = 50
"""Bytes of a default name up to which a number behind it cuts nothing off."""


class RefusedError(Exception):
    """PostgreSQL would refuse the statement, as far as the state is known.

    Args:
        reason: a few words.
        names: other tables that are concerned.
    """

    def __init__(self, reason: str, *names: Name) -> None:
        super().__init__(reason)
        self.reason = reason
        self.names = names


class Namespace:
    """All names of relations and constraints.

    Attributes:
        journal: takes changes back.
        relations: what has a name among the tables, by the name that the schema shows.
        path: the schemas in which names are looked up; new things come into the first.
        temporary: names that are gone with the session.
    """

    def __init__(self) -> None:
        self.journal = Journal()
        self.relations: Dict[str, Relation] = {}
        self.path: Tuple[str, ...] = (PUBLIC,)
        self.temporary: Dict[str, bool] = {}
        self._constraints: Dict[str, int] = {}
        # For a default name the number up to which all are taken, so that they aren't tried again.
        self._numbers: Dict[str, int] = {}

    def undo(self, mark: int) -> None:
        """Take back everything since a moment."""
        self.journal.undo(mark)
        self._numbers.clear()

    def target(self, name: Name) -> Name:
        """The full name of something that is to be made."""
        return name if name.schema else name._replace(schema=self.path[0] if self.path else PUBLIC)

    def found(self, name: Name) -> Name:
        """The full name of what a name means; where nothing has it, of what would be made."""
        if not name.schema:
            for schema in self.path:
                if shown(schema, name.name) in self.relations:
                    return name._replace(schema=schema)
        return self.target(name)

    def relation(self, name: Name) -> Optional[Relation]:
        """What a name means among the tables."""
        return self.relations.get(shown(*self.found(name)[:2]))

    def is_temporary(self, name: Name) -> bool:
        """Whether a name means something that is gone with the session."""
        return name.schema == "pg_temp" or (not name.schema and name.name in self.temporary)

    def is_taken(self, schema: str, name: str) -> bool:
        """Whether a relation has a name."""
        return shown(schema, name) in self.relations

    def is_constraint(self, schema: str, name: str) -> bool:
        """Whether any table's constraint has a name."""
        return self._constraints.get(shown(schema, name), 0) > 0

    def register(self, schema: str, name: str, kind: str, owner: Optional[Draft]) -> None:
        """Give a name to a relation.

        Raises:
            RefusedError: another one has it.
        """
        if self.is_taken(schema, name):
            raise RefusedError(f"there is already something named {name}")
        self.journal.put(self.relations, shown(schema, name), Relation(kind, owner))

    def release(self, schema: str, name: str) -> None:
        """Take a relation's name away."""
        self.forget(shown(schema, name))

    def forget(self, key: str) -> None:
        """Take a relation's name away, by the name that the schema shows."""
        self.journal.discard(self.relations, key)
        self._numbers.pop(key.rstrip(_DIGITS), None)

    def count_constraint(self, schema: str, name: str, change: int) -> None:
        """Note that a constraint is made or dropped."""
        key = shown(schema, name)
        self.journal.put(self._constraints, key, self._constraints.get(key, 0) + change)

    def move(self, old: str, new: str) -> None:
        """Give a relation another name.

        Args:
            old: the name that the schema shows.
            new: the one that it shows then, which is free.
        """
        relation = self.relations[old]
        self.forget(old)
        self.journal.put(self.relations, new, relation)

    def choose(
        self, schema: str, parts: Tuple[str, str, str], *, index: bool = True, constraint: bool
    ) -> str:
        """The first default name that is free: ``t_a_key``, ``t_a_key1``...

        Args:
            schema: where it is.
            parts: the table's name, the columns' names or nothing, and what it is for.
            index: whether no relation may have the name.
            constraint: whether no constraint may have it.
        """
        first, second, label = parts
        name = made(first, second, label)
        key = shown(schema, name.rstrip(_DIGITS))
        is_short = len(name.encode("utf-8", "replace")) <= _SHORT
        number = self._numbers.get(key, 0) if is_short else 0
        if number:
            name = made(first, second, f"{label}{number}")
        while (index and self.is_taken(schema, name)) or (
            constraint and self.is_constraint(schema, name)
        ):
            number += 1
            name = made(first, second, f"{label}{number}")
        if index and not constraint:
            self._numbers[key] = number
        return name

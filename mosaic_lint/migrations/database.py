"""A database that scripts are run on: operations change its catalogue as PostgreSQL would."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.migrations.catalogue import TEMPORARY, Catalogue, Entity, Making, Refused
from mosaic_lint.schema.names import PUBLIC, Name, chosen, joined, quoted, shown

FOREIGN_KEY = "foreign key"
_MOST_ALIKE = 100  # names with a number behind them; nobody has so many


class Refusal(NamedTuple):
    """A ``DROP`` that the server refused.

    Args:
        by: what needs what was to be dropped, or is in the way otherwise.
        place: the offset of the statement.
    """

    by: Entity
    place: int


class Database:
    """What is there, and the session in which a script runs.

    Attributes:
        catalogue: the objects.
        making: what the statement that runs makes; ``None`` while a rollback runs, because what
            that makes is to stay.
        path: the schemas in which a bare name is looked for.
        offset: of the statement that runs in its script.
        refused: what the server refused to drop, in order.
        refusals: what the server refused to drop, by its number: what needs it, in words.
        failed: what made a transaction fail, in words; empty where none did.
    """

    def __init__(self) -> None:
        self.catalogue = Catalogue()
        self.making: Optional[Making] = None
        self.path: Tuple[str, ...] = (PUBLIC,)
        self.offset = 0
        self.refused: List[Refusal] = []
        self.refusals: Dict[int, str] = {}
        self.failed = ""
        self._begun: Optional[int] = None
        self._has_failed = False
        self._savepoints: Dict[str, int] = {}

    def start_session(self) -> None:
        """Begin a script: what one sets doesn't outlast it."""
        self.path = (PUBLIC,)
        self._begun, self._has_failed = None, False
        self._savepoints = {}

    def end_session(self) -> None:
        """End a script. Who runs it commits what it left open; what is temporary is gone."""
        if self._has_failed:
            self.roll_back()
        self.catalogue.drop(self.catalogue.members(TEMPORARY), cascade=True)

    # Transactions

    @property
    def is_aborted(self) -> bool:
        """Whether an error makes all else fail until the transaction's end."""
        return self._has_failed

    def begin(self) -> None:
        """``BEGIN``."""
        if self._begun is None:
            self._begun = self.catalogue.mark()

    def commit(self) -> None:
        """``COMMIT``; of a failed transaction nothing is left."""
        if self._has_failed:
            self.roll_back()
        self._begun = None
        self._savepoints = {}

    def roll_back(self) -> None:
        """``ROLLBACK``."""
        if self._begun is not None:
            self.catalogue.undo(self._begun)
        self._begun, self._has_failed = None, False
        self._savepoints = {}

    def savepoint(self, name: str) -> None:
        """``SAVEPOINT``."""
        if self._begun is not None and not self._has_failed:
            self._savepoints[name] = self.catalogue.mark()

    def roll_back_to(self, name: str) -> None:
        """``ROLLBACK TO``."""
        if name in self._savepoints:
            self.catalogue.undo(self._savepoints[name])
            self._has_failed = False

    @contextmanager
    def statement(self) -> Iterator[None]:
        """Run a statement: of one that fails nothing is left, and its transaction has failed."""
        mark = self.catalogue.mark()
        try:
            yield
        except Failure as failure:
            self.catalogue.undo(mark)
            self.refused += (Refusal(each, self.offset) for each in failure.because_of)
            if failure.refusal is not None:  # other failures are less sure
                self._refuse(failure.refusal)

    def _refuse(self, refusal: Refused) -> None:
        self.refused.append(Refusal(refusal.by, self.offset))
        self.refusals[refusal.dropped.number] = self.called(refusal.by)
        if self._begun is not None:
            self._has_failed = True
            self.failed = self.called(refusal.dropped)

    # Names

    def called(self, entity: Entity) -> str:
        """A few words that tell what is meant."""
        owner = self.catalogue.get(entity.scope)
        if owner is None:
            return f"the {entity.kind} {written(entity)}"
        if owner.kind == "column":
            return f"the {entity.kind} of {self.called(owner)}"
        return f"the {entity.kind} {quoted(entity.name)} of {written(owner)}"

    def find(self, space: str, name: Name) -> Optional[Entity]:
        """What a name means."""
        schemas = (name.schema,) if name.schema else (TEMPORARY, *self.path)
        for schema in schemas:
            found = self.catalogue.find(space, _schema(schema), name.name)
            if found is not None:
                return found
        return None

    def leave(self, schema: str) -> None:
        """Look for bare names in a schema no longer, because it is gone."""
        self.path = tuple(each for each in self.path if each != schema)

    def free_name(self, table: Entity, labels: Sequence[str], label: str, scope: object) -> str:
        """The name that PostgreSQL gives an index or a foreign key without one.

        Args:
            table: the table that it belongs to.
            labels: what of the columns enters the name.
            label: how the name ends.
            scope: where the name must be free: a schema, or a table's number.
        """
        space = "relation" if isinstance(scope, str) else FOREIGN_KEY
        tries = count()

        def is_taken(name: str) -> bool:
            return next(tries) < _MOST_ALIKE and self.catalogue.has((space, scope, name))

        return chosen(table.name, joined(labels), label, is_taken)

    def place(self, name: Name, *, temporary: bool = False) -> str:
        """The schema in which something new with a name is made."""
        if temporary:
            return TEMPORARY
        return _schema(name.schema or (self.path[0] if self.path else PUBLIC))

    def table(self, name: Name) -> Entity:
        """A relation by its name; one that nothing makes must have been there before."""
        return self._implied("table", "relation", name)

    def type(self, name: Name) -> Entity:
        """A type by its name; one that nothing makes must have been there before."""
        return self._implied("type", "type", name)

    def _implied(self, kind: str, space: str, name: Name) -> Entity:
        found = self.find(space, name)
        if found is None:
            found = self.catalogue.add(kind, self.place(name), name.name, is_implied=True)
        assert found is not None  # a name that isn't found is free
        return found

    def column(self, table: Entity, name: str) -> Entity:
        """A column of a table; one that nothing makes must have been there before."""
        found = self.catalogue.find("column", table.number, name)
        if found is None:
            found = self.catalogue.add("column", table.number, name, is_implied=True)
        assert found is not None
        return found


class Failure(Exception):
    """A statement that the server refuses.

    Args:
        refusal: what can't be dropped, where that is the reason.
        because_of: what makes it fail, so that it would run if that weren't there.
    """

    def __init__(
        self, refusal: Optional[Refused] = None, because_of: Sequence[Entity] = ()
    ) -> None:
        super().__init__("the server refuses the statement")
        self.refusal = refusal
        self.because_of = because_of


def written(entity: Entity) -> str:
    """The name of what isn't a part of a table, as SQL writes it."""
    return shown(quoted(str(entity.scope)), quoted(entity.name))


def _schema(name: str) -> str:
    return TEMPORARY if name.startswith(("pg_temp_", TEMPORARY)) else name

"""The state of a database while DDL is run: tables, and all names that are taken."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from mosaic_lint.schema.draft import Draft, Relation, View
from mosaic_lint.schema.model import (
    Column,
    Doubt,
    ForeignKey,
    Origin,
    Schema,
    Table,
    Thing,
    schema_of,
)
from mosaic_lint.schema.names import PUBLIC, Name, quoted, shown
from mosaic_lint.schema.namespace import Namespace, RefusedError
from mosaic_lint.schema.operations import TypeName

_TYPE_NAME = re.compile(r'(?:"(?:[^"]|"")*"|[^\s("\[])+')


class State(Namespace):
    """All that is known of a database.

    Attributes:
        types: the types that DDL makes.
        things: what else there is, by kind and name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.types: Dict[str, Origin] = {}
        self.things: Dict[Tuple[str, str], Thing] = {}
        self.views: Dict[str, View] = {}
        self.origin: Callable[[int], Origin] = lambda place: Origin("", 1, 1)
        self._dropped: Dict[str, bool] = {}
        # Which tables may point to another one, or use a type: only ever grows, and so is true
        # after anything is taken back.
        self._pointing: Dict[Draft, Dict[Draft, None]] = {}
        self._typed: Dict[str, Dict[Draft, None]] = {}
        self._gone_types: Dict[str, bool] = {}
        self._using: Dict[str, Dict[Draft, None]] = {}

    # Tables

    def drafts(self) -> Iterator[Draft]:
        """All tables."""
        for relation in self.relations.values():
            if relation.kind == "table" and relation.owner is not None:
                yield relation.owner

    def draft(self, name: Name) -> Draft:
        """The table of a name; where there is none, one that is only altered.

        Raises:
            RefusedError: it was dropped, or something else has the name.
        """
        full = self.found(name)
        relation = self.relations.get(shown(*full[:2]))
        if relation is not None:
            if relation.kind != "table" or relation.owner is None:
                raise RefusedError(f"{full.name} is no table")
            return relation.owner
        if shown(*full[:2]) in self._dropped:
            raise RefusedError(f"{full.name} was dropped before")
        return self._undeclared(full)

    def _undeclared(self, full: Name) -> Draft:
        draft = Draft(full.schema, full.name)
        self.journal.put(self.relations, draft.shown, Relation("table", draft))
        return draft

    def known(self, name: Name) -> Optional[Draft]:
        """The table of a name, if there is one."""
        relation = self.relation(name)
        return relation.owner if relation is not None and relation.kind == "table" else None

    def was_dropped(self, name: Name) -> bool:
        """Whether a table of that name is known to be gone."""
        full = self.found(name)
        key = shown(*full[:2])
        return key in self._dropped and key not in self.relations

    def note_dropped(self, draft: Draft) -> None:
        """Remember that a table is gone."""
        self.journal.put(self._dropped, draft.shown, True)

    def note_made(self, draft: Draft) -> None:
        """Forget that a table of that name was gone."""
        self.journal.discard(self._dropped, draft.shown)

    def doubt(self, name: Name, reason: str, place: int = 0, *, only_adds: bool = False) -> None:
        """Doubt a table, or the table of an index; nothing for a view and the like.

        Args:
            name: its name.
            reason: a few words.
            place: the index of the token that makes it doubtful.
            only_adds: whether what is known of it holds, but may not be all.
        """
        full = self.found(name)
        relation = self.relations.get(shown(*full[:2]))
        draft = relation.owner if relation is not None else self._undeclared(full)
        if draft is not None and only_adds:
            self.journal.put(draft.additions, reason, Doubt(reason, self.origin(place)))
        elif draft is not None:
            self.doubt_table(draft, reason, place)

    def doubt_table(self, draft: Draft, reason: str, place: int = 0) -> None:
        """Doubt a table."""
        if reason not in draft.doubts:
            self.journal.put(draft.doubts, reason, Doubt(reason, self.origin(place)))

    # Who points to whom

    def note_pointing(self, source: Draft, target: Draft) -> None:
        """Remember that a table may depend on another one."""
        self._pointing.setdefault(target, {})[source] = None

    def pointing(self, target: Draft) -> List[Draft]:
        """The tables that may depend on one, itself among them."""
        return list(self._pointing.get(target, ()))

    def is_there(self, draft: Draft) -> bool:
        """Whether a table isn't dropped."""
        relation = self.relations.get(draft.shown)
        return relation is not None and relation.owner is draft

    def references(self, target: Draft) -> Iterator[Tuple[Draft, ForeignKey]]:
        """The foreign keys that point to a table."""
        for source in self.pointing(target):
            if self.is_there(source):
                for foreign_key in list(source.foreign_keys.values()):
                    if foreign_key.target == target.shown:
                        yield source, foreign_key

    def children(self, parent: Draft) -> List[Draft]:
        """The tables that inherit from one."""
        return [
            child
            for child in self.pointing(parent)
            if parent in child.parents and self.is_there(child)
        ]

    def use(self, draft: Draft, column: str, sequence: str) -> None:
        """Note that a column's default takes its number from a sequence."""
        self.journal.put(draft.used, column, sequence)
        self._using.setdefault(sequence, {})[draft] = None

    def drafts_using(self, sequence: str) -> List[Draft]:
        """The tables that may take numbers from a sequence."""
        return [draft for draft in self._using.get(sequence, ()) if self.is_there(draft)]

    def thing_name(self, kind: str, name: Name, table: Optional[Name]) -> str:
        """The name by which a thing is known."""
        if kind == "trigger" and table is not None:
            return f"{name.name} on {shown(*self.found(table)[:2])}"
        if kind in ("schema", "extension"):
            return name.name
        return shown(*self.target(name)[:2])

    # Types

    def type_text(self, type: TypeName, user: Draft) -> str:
        """A type as ``format_type`` shows it.

        Raises:
            RefusedError: it is gone.
        """
        text = type.text
        if type.name is not None:
            base = self.type_name(type.name)
            if base in self._gone_types:
                raise RefusedError(f"type {base} was dropped or renamed before")
            self._typed.setdefault(base, {})[user] = None
            text = base + type.modifiers
        return text + "[]" if type.is_array else text

    def type_name(self, name: Name) -> str:
        """The name of a type, as it is shown."""
        schemas = (name.schema,) if name.schema else self.path
        for schema in schemas:
            text = shown_type(schema, name.name)
            if text in self.types:
                return text
        return shown_type(name.schema or PUBLIC, name.name)

    def note_type(self, name: str, origin: Origin) -> None:
        """Note that a type is there."""
        self.journal.put(self.types, name, origin)
        self.journal.discard(self._gone_types, name)

    def forget_type(self, name: str) -> None:
        """Note that a type is gone."""
        self.journal.discard(self.types, name)
        self.journal.put(self._gone_types, name, True)

    def typed(self, name: str) -> Iterator[Tuple[Draft, Column]]:
        """The columns of a type.

        Args:
            name: as it is shown.
        """
        for draft in list(self._typed.get(name, ())):
            if self.is_there(draft):
                for column in list(draft.columns.values()):
                    if base_type(column.type) == name:
                        yield draft, column

    def move_type(self, old: str, new: str) -> None:
        """Show a type by another name."""
        for draft, column in self.typed(old):
            changed = replace(column, type=new + column.type[len(old) :])
            self.journal.put(draft.columns, column.name, changed)
        self._typed.setdefault(new, {}).update(self._typed.get(old, {}))

    # What comes out

    def schema(self) -> Schema:
        """What is known, so that nobody can change it."""
        tables = {}
        for draft in self.drafts():
            table = draft.table()
            if table.origins or table.doubts or table.additions or _says_anything(table):
                tables[table.name] = table
        return schema_of(tables, tuple(self.things.values()))


def _says_anything(table: Table) -> bool:
    return bool(table.columns or table.keys or table.indexes or table.foreign_keys)


def shown_type(schema: str, name: str) -> str:
    """A type's name as ``format_type`` writes it."""
    return quoted(name) if schema in ("", PUBLIC) else f"{quoted(schema)}.{quoted(name)}"


def base_type(type: str) -> str:
    """A type's name without its modifiers and brackets."""
    match = _TYPE_NAME.match(type)
    return match.group() if match is not None else type

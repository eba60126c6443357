"""What code does with a connection and the cursors made from it, as far as its transaction goes."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.autocommit import Autocommit
from mosaic_lint.facts.connection_effects import Effect, Use, UseReader
from mosaic_lint.facts.file import File
from mosaic_lint.facts.held import Held, Source, held_of
from mosaic_lint.facts.names import last_name


class ConnectionUses:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._held = held_of(file)
        self._autocommit = Autocommit(file)
        reader = UseReader(file, self._held.of, {}, 0)
        self._uses: Dict[Source, List[Use]] = {}
        for place, held in self._held.all():
            if isinstance(place, cst.BaseExpression):
                self._uses.setdefault(held.source, []).extend(self._read(reader, place, held))

    def of(self, source: Source) -> List[Use]:
        """What is done with a connection, or perhaps with it."""
        strange = self._strange_rollbacks.get(id(source.function), [])
        return [*self._uses.get(source, []), *strange]

    @cached_property
    def _strange_rollbacks(self) -> Dict[int, List[Use]]:
        """Rollbacks of something that isn't known, by identity of the function around."""
        found: Dict[int, List[Use]] = {}
        for call in self._tree.of(cst.Call):
            if "rollback" in last_name(call.func).lower():
                receiver = call.func.value if isinstance(call.func, cst.Attribute) else call.func
                if not self._held.of(receiver):
                    function = self._tree.enclosing(call, cst.FunctionDef)
                    found.setdefault(id(function), []).append(Use(call, Effect.CURES))
        return found

    def has_transactions(self, source: Source) -> bool:
        """Whether a connection surely isn't in autocommit, as far as this file tells."""
        if any(use.effect is Effect.AUTOCOMMIT for use in self.of(source)):
            return False
        if source.opened is not None:
            return not self._autocommit.is_opened_so(source.opened)
        return not self._autocommit.is_anywhere()  # a caller's connection

    def _read(self, reader: UseReader, place: cst.BaseExpression, held: Held) -> Iterator[Use]:
        inner = self._tree.enclosing(place, cst.FunctionDef, cst.Lambda, cst.ClassDef)
        if inner is held.source.function:
            yield from reader.read(place, held)
        else:
            yield Use(place, Effect.UNKNOWN)  # who knows when a nested function is called


def uses_of(file: File) -> ConnectionUses:
    """The uses of a file's connections, read once."""
    found: Optional[ConnectionUses] = file.answers.get("connection uses")
    if found is None:
        found = file.answers["connection uses"] = ConnectionUses(file)
    return found

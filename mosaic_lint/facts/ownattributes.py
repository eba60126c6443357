"""Attributes of ``self``: where a class gives them values, and where it reads these.

A method that gives an attribute another value first doesn't see what others gave it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Dict, List, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.holders import MAX_BINDINGS, Holders
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.targets import binder


@dataclass
class _Uses:
    """The uses of one attribute in a class.

    Args:
        given: where it gets a value: the targets, with what binds them, by method.
        read: where it is read, by method.
    """

    given: Dict[cst.FunctionDef, Dict[cst.Attribute, Binding]] = field(default_factory=dict)
    read: Dict[cst.FunctionDef, List[cst.Attribute]] = field(default_factory=dict)
    seen: Dict[cst.Attribute, Tuple[Set[Binding], bool]] = field(default_factory=dict)


class OwnAttributes:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._names = file.names

    def reads(self, target: cst.Attribute) -> List[cst.Attribute]:
        """Where the value that an attribute of ``self`` is given may be read in its class.

        Args:
            target: the attribute where it gets the value.
        """
        uses = self._uses_of(target)
        method = self._names.classes.method_of(target)
        if uses is None or method is None or target not in uses.given.get(method, ()):
            return []
        if sum(map(len, uses.given.values())) > MAX_BINDINGS:
            return []
        given = uses.given[method][target]
        return [
            read
            for function, found in uses.read.items()
            for read in found
            if self._sees(read, function, given, uses)
        ]

    def _sees(
        self, read: cst.Attribute, method: cst.FunctionDef, given: Binding, uses: _Uses
    ) -> bool:
        """Whether a value may still be there when the attribute is read in a method."""
        own = uses.given.get(method)
        if not own:
            return True
        if read not in uses.seen:
            holders = Holders(self._tree, method, list(own.values()))
            ways = self._names.reaching.ways(read, method, holders)
            uses.seen[read] = (set(ways.bindings), ways.surely)
        bindings, surely = uses.seen[read]
        return given in bindings or (not surely and given not in own.values())

    def _uses_of(self, attribute: cst.Attribute) -> Optional[_Uses]:
        holder = self._names.holder(attribute)
        if holder is None or not isinstance(attribute.value, cst.Name):
            return None
        return self._known.get((holder, attribute.attr.value))

    @cached_property
    def _known(self) -> Dict[Tuple[cst.ClassDef, str], _Uses]:
        """The uses by class and name, of attributes that get a value."""
        bound = [(a, binder(self._tree, a)) for a in self._tree.of(cst.Attribute)]
        given = {attribute.attr.value for attribute, node in bound if node is not None}
        found: Dict[Tuple[cst.ClassDef, str], _Uses] = {}
        for attribute, node in bound:
            if attribute.attr.value not in given:
                continue
            method, holder = self._names.classes.method_of(attribute), self._names.holder(attribute)
            if method is None or holder is None:
                continue
            uses = found.setdefault((holder, attribute.attr.value), _Uses())
            if node is not None:
                binding = Binding(attribute.attr.value, Kind.OTHER, node)
                uses.given.setdefault(method, {})[attribute] = binding
            if node is None or isinstance(node, cst.AugAssign):
                uses.read.setdefault(method, []).append(attribute)
        return found

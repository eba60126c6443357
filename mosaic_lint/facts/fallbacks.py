"""Whether a value that can't be parsed is taken as it is, because a handler wants that."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.exceptions import Exceptions
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.text_guards import leaves
from mosaic_lint.tree import walk
from mosaic_lint.vocabulary import LOGGER_METHODS

_TAKING = frozenset(("TypeError", "Exception", "BaseException"))
_EXPECTING = frozenset(("suppress", "raises", "assertRaises", "assertRaisesRegex"))
_SHOWING = LOGGER_METHODS | {"print", "repr", "type", "isinstance", "len"}
_Reading = Union[cst.Name, cst.Attribute, cst.Subscript]


class _Readings:
    """Where a file uses what, and doesn't only show it to somebody.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._last: Dict[int, int] = {}  # by identity of the node

    def within(self, node: cst.CSTNode, texts: FrozenSet[str]) -> bool:
        """Whether something that is written in one of some ways is used in a node."""
        return self._between(node, self._tree.index(node), self._end(node), texts)

    def behind(self, node: cst.CSTNode, texts: FrozenSet[str]) -> bool:
        """Whether it is used in the same function behind a node."""
        return self._between(node, self._end(node), len(self._tree.nodes), texts)

    def _between(self, node: cst.CSTNode, start: int, end: int, texts: FrozenSet[str]) -> bool:
        function = self._tree.enclosing(node, cst.FunctionDef)
        for text in texts:
            places = self._places.get((function, text), ())
            if bisect_left(places, end) > bisect_left(places, start):
                return True
        return False

    def _end(self, node: cst.CSTNode) -> int:
        """The index behind the last node in a node."""
        if id(node) not in self._last:
            self._last[id(node)] = self._tree.index(node) + sum(1 for _ in walk(node))
        return self._last[id(node)]

    @cached_property
    def _places(self) -> Dict[Tuple[Optional[cst.FunctionDef], str], List[int]]:
        """The indexes, ascending, by function and by how it is written."""
        found: Dict[Tuple[Optional[cst.FunctionDef], str], List[int]] = {}
        tree = self._tree
        nodes: List[_Reading] = [
            *tree.of(cst.Name), *tree.of(cst.Attribute), *tree.of(cst.Subscript),
        ]  # fmt: skip
        for node in nodes:
            if self._is_used(node):
                key = (tree.enclosing(node, cst.FunctionDef), self._file.code(node))
                found.setdefault(key, []).append(tree.index(node))
        return {key: sorted(places) for key, places in found.items()}

    def _is_used(self, node: cst.CSTNode) -> bool:
        parent = self._tree.parent(node)
        if isinstance(parent, (cst.Subscript, cst.Attribute, cst.AssignTarget)):
            return False  # another part of a row, or what gets a value
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, cst.Call) and last_name(ancestor.func) in _SHOWING:
                return False
            if isinstance(ancestor, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return not isinstance(ancestor, (cst.Raise, cst.Del))
        return True


class Fallbacks:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._exceptions = Exceptions(file)
        self._readings = _Readings(file)

    def keeps(self, node: cst.CSTNode, values: FrozenSet[str], rows: FrozenSet[str]) -> bool:
        """Whether the value stays in use where parsing it raises TypeError.

        Args:
            node: what parses.
            values: how the value is written in that function, by all of its names.
            rows: how the row is written that holds it.
        """
        kept = values | rows if self._replaces_item(node, rows) else values
        below = node
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, (cst.Try, cst.TryStar)) and below is ancestor.body:
                for handler in ancestor.handlers:
                    if self._takes(handler.type):
                        return self._keeps_behind(handler.body, ancestor, kept)
            if isinstance(ancestor, cst.With) and below is ancestor.body:
                for names in self._expected(ancestor):
                    return "suppress" not in names or self._readings.behind(ancestor, kept)
            if isinstance(ancestor, (cst.FunctionDef, cst.Lambda)):
                return False
            below = ancestor
        return False

    def _keeps_behind(self, body: cst.BaseSuite, block: cst.CSTNode, kept: FrozenSet[str]) -> bool:
        """Whether a handler uses the value, or lets what stands behind its ``try`` do that."""
        if self._readings.within(body, kept):
            return True
        return not leaves(body) and self._readings.behind(block, kept)

    def _takes(self, caught: Optional[cst.BaseExpression]) -> bool:
        """Whether a handler takes a TypeError; one of unknown exceptions may do so."""
        if caught is None:
            return True
        names = {name.rpartition(".")[2] for name in self._exceptions.caught(caught)}
        return not names or not names.isdisjoint({*_TAKING, ""})

    def _expected(self, block: cst.With) -> Iterator[FrozenSet[str]]:
        """The names of what wants or suppresses a TypeError."""
        for item in block.items:
            call = item.item
            if isinstance(call, cst.Call) and last_name(call.func) in _EXPECTING:
                if not call.args or any(self._takes(a.value) for a in call.args):
                    yield frozenset((last_name(call.func),))

    def _replaces_item(self, node: cst.CSTNode, rows: FrozenSet[str]) -> bool:
        """Whether what comes out goes into the row itself: ``row["x"] = loads(row["x"])``."""
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, cst.Assign):
                targets = [target.target for target in ancestor.targets]
                return any(
                    isinstance(t, cst.Subscript) and self._file.code(t.value) in rows
                    for t in targets
                )
            if isinstance(ancestor, cst.BaseSmallStatement):
                return False
        return False

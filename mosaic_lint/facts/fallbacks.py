"""Whether a value that can't be parsed is taken as it is, because a handler wants that."""

from __future__ import annotations

from typing import FrozenSet, Iterator, List, Optional

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
_READABLE = (cst.Name, cst.Attribute, cst.Subscript, cst.Call)
_MAX_READ = 20_000  # nodes of a function that are looked at


class Fallbacks:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._exceptions = Exceptions(file)

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
                    return "suppress" not in names or self._uses_behind(ancestor, kept)
            if isinstance(ancestor, (cst.FunctionDef, cst.Lambda)):
                return False
            below = ancestor
        return False

    def _keeps_behind(self, body: cst.BaseSuite, block: cst.CSTNode, kept: FrozenSet[str]) -> bool:
        """Whether a handler uses the value, or lets what stands behind its ``try`` do that."""
        if self._uses(walk(body), kept):
            return True
        return not leaves(body) and self._uses_behind(block, kept)

    def _uses_behind(self, block: cst.CSTNode, kept: FrozenSet[str]) -> bool:
        """Whether what runs behind a block uses the value."""
        function: cst.CSTNode = self._tree.enclosing(block, cst.FunctionDef) or self._tree.module
        last = max(map(self._tree.index, walk(block)))
        start = self._tree.index(function)
        nodes = self._tree.nodes[last + 1 : start + _MAX_READ]
        return self._uses(self._within(nodes, function), kept)

    def _within(self, nodes: List[cst.CSTNode], function: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Those of some nodes that are of a function."""
        whole = function.__class__ is cst.Module
        for node in nodes:
            if node.__class__ in _READABLE:
                holder = self._tree.enclosing(node, cst.FunctionDef)
                if holder is function or (whole and holder is None):
                    yield node

    def _uses(self, nodes: Iterator[cst.CSTNode], kept: FrozenSet[str]) -> bool:
        """Whether one of some expressions is the value, and not only shown to somebody."""
        return any(
            node.__class__ in _READABLE and self._file.code(node) in kept and self._is_used(node)
            for node in nodes
        )

    def _is_used(self, node: cst.CSTNode) -> bool:
        parent = self._tree.parent(node)
        if isinstance(parent, (cst.Subscript, cst.Attribute)):
            return False  # another part of a row
        if isinstance(parent, cst.AssignTarget):
            return False
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, cst.Call) and last_name(ancestor.func) in _SHOWING:
                return False
            if isinstance(ancestor, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
                return not isinstance(ancestor, (cst.Raise, cst.Del))
        return True

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

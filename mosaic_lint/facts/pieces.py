"""Literals that are pieces of a longer text, though the rest of it can't be seen."""

from __future__ import annotations

from functools import cached_property
from typing import Iterator, Set, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.scopes import dotted

_FILLING = frozenset(("append", "insert", "appendleft"))
_LIST = (cst.List, cst.Tuple, cst.Element, cst.BinaryOperation)
_BOUND = (cst.Assign, cst.AnnAssign, cst.AugAssign)


class Pieces:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree

    def is_piece(self, expression: cst.BaseExpression) -> bool:
        """Whether an expression is an element of a list that the file joins to one text."""
        node: cst.CSTNode = expression
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Element):
            while isinstance(parent, _LIST):
                node, parent = parent, self._tree.parent(parent)
            if isinstance(parent, _BOUND):
                return any(target in self._joined for target in _targets(parent))
        call = self._tree.parent(parent) if isinstance(parent, cst.Arg) else None
        if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
            return False
        if call.func.attr.value == "join":
            return node is not expression
        return call.func.attr.value in _FILLING and dotted(call.func.value) in self._joined

    @cached_property
    def _joined(self) -> Set[str]:
        """The lists, as they are written, that ``join`` is given."""
        found = {
            dotted(call.args[0].value)
            for call in self._tree.of(cst.Call)
            if isinstance(call.func, cst.Attribute)
            and call.func.attr.value == "join"
            and len(call.args) == 1
        }
        return found - {""}


def _targets(statement: Union[cst.Assign, cst.AnnAssign, cst.AugAssign]) -> Iterator[str]:
    if isinstance(statement, cst.Assign):
        yield from (dotted(target.target) for target in statement.targets)
    else:
        yield dotted(statement.target)

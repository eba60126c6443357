"""The graphs of one file (see :mod:`mosaic_lint.facts.order`), each made when it is asked for."""

from __future__ import annotations

from typing import Dict, Optional

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.order import Body, Order
from mosaic_lint.facts.order_builder import build
from mosaic_lint.facts.returning import Returning


class Orders:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._returning = Returning(file)
        self._known: Dict[int, Order] = {}  # by identity of the function

    def of(self, node: Body) -> Order:
        """The graph of a function, or of the module's own code."""
        if id(node) not in self._known:
            order = self._known[id(node)] = Order(self._tree, node)
            build(order, self._returning.comes_back)
        return self._known[id(node)]

    def around(self, node: cst.CSTNode) -> Order:
        """The graph of the function in which a node stands."""
        return self.of(self._tree.enclosing(node, cst.FunctionDef) or self._tree.module)


def orders_of(file: File) -> Orders:
    """The graphs of a file."""
    found: Optional[Orders] = file.answers.get("orders")
    if found is None:
        found = file.answers["orders"] = Orders(file)
    return found

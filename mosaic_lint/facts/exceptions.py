"""Which exceptions a handler names."""

from __future__ import annotations

from typing import FrozenSet, Iterator, Optional

import libcst as cst

from mosaic_lint.facts.file import File

BROAD = frozenset(("builtins.Exception", "builtins.BaseException"))
"""The qualified names of what catches nearly everything."""
_MAX_NESTING = 5  # of tuples in tuples


class Exceptions:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names

    def caught(self, node: Optional[cst.BaseExpression]) -> FrozenSet[str]:
        """The qualified names of exceptions in a name, a tuple, or an alias of either.

        Args:
            node: what stands behind ``except``; ``None`` for a bare one, which names nothing.
        """
        return frozenset(self._caught(node, _MAX_NESTING)) if node is not None else frozenset()

    def _caught(self, node: cst.BaseExpression, depth: int) -> Iterator[str]:
        if depth == 0:
            return
        for origin in self._names.origins(node):
            if isinstance(origin, cst.Tuple):
                for element in origin.elements:
                    yield from self._caught(element.value, depth - 1)
            elif isinstance(origin, cst.BinaryOperation):
                yield from self._caught(origin.left, depth - 1)
                yield from self._caught(origin.right, depth - 1)
            elif isinstance(origin, cst.BaseExpression):
                yield from self._names.qualified(origin) or {""}
            elif origin.target:
                yield origin.target
            else:
                yield f"<local>.{origin.name}"

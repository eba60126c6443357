"""What kind of value an expression surely has: a number, or a text."""

from __future__ import annotations

from typing import Callable

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.scopes import Binding

_NUMBERS = frozenset(("builtins.int", "builtins.float", "builtins.len", "builtins.round",
                      "decimal.Decimal", "time.time"))  # fmt: skip
_TEXTS = frozenset(("builtins.str", "builtins.repr", "builtins.format", "builtins.input"))
_TEXT_METHODS = frozenset(
    ("strip", "lstrip", "rstrip", "lower", "upper", "title", "format", "join", "isoformat",
     "strftime", "replace", "capitalize", "casefold", "zfill")
)  # fmt: skip
_ARITHMETIC = (
    cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power,
)  # fmt: skip
_STRINGS = (cst.SimpleString, cst.FormattedString, cst.ConcatenatedString)


class Values:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names

    def is_number(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is surely a number."""
        return self._all_origins(node, self._is_plain_number)

    def is_text(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is surely a text."""
        return self._all_origins(node, self._is_plain_text)

    def _all_origins(
        self, node: cst.BaseExpression, test: Callable[[cst.BaseExpression], bool]
    ) -> bool:
        origins = self._names.origins(node)
        return bool(origins) and all(
            not isinstance(origin, Binding) and test(origin) for origin in origins
        )

    def _is_plain_number(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, (cst.Integer, cst.Float)):
            return True
        if isinstance(node, cst.UnaryOperation):
            return self.is_number(node.expression)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, _ARITHMETIC):
            return self.is_number(node.left) and self.is_number(node.right)
        if isinstance(node, cst.Call):
            names = self._names.qualified(node.func)
            return bool(names) and names <= _NUMBERS
        return False

    def _is_plain_text(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, _STRINGS):
            return True
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Add):
            return self.is_text(node.left) or self.is_text(node.right)
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.Modulo):
            return self.is_text(node.left)
        if isinstance(node, cst.Call):
            if isinstance(node.func, cst.Attribute) and node.func.attr.value in _TEXT_METHODS:
                return True
            names = self._names.qualified(node.func)
            return bool(names) and names <= _TEXTS
        return False

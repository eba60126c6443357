"""What a query is given besides its text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, List, Optional, Union

import libcst as cst

from mosaic_lint.facts.elements import Elements
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Kind


class Given(Enum):
    """The kind of a query's parameters."""

    NONE = "none"
    SEQUENCE = "a tuple or list"
    MAPPING = "a dict"
    LONE = "a single value"
    UNKNOWN = "something"


@dataclass(frozen=True, eq=False)
class Parameters:
    """The parameters of a query.

    Args:
        given: their kind.
        node: their expression; ``None`` where there are none.
        values: of a sequence its elements, where all are shown.
        keys: of a mapping its values by key, where all keys are shown.
        display: whether the expression itself is the display, not a name for it.
    """

    given: Given
    node: Optional[cst.BaseExpression] = None
    values: Optional[List[cst.BaseExpression]] = None
    keys: Optional[Dict[str, cst.BaseExpression]] = None
    display: bool = True


_LITERALS = (
    cst.SimpleString, cst.FormattedString, cst.ConcatenatedString, cst.Integer, cst.Float,
)  # fmt: skip
_COLLECTIONS = (
    cst.Tuple, cst.List, cst.Dict, cst.ListComp, cst.DictComp, cst.Set, cst.SetComp,
    cst.GeneratorExp,
)  # fmt: skip
_MAKING_COLLECTIONS = frozenset(("tuple", "list", "dict", "sorted", "vars"))


class ParameterReader:
    """Reads parameters of one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._elements = Elements(file)

    def read(self, node: Optional[cst.BaseExpression]) -> Parameters:
        """What an expression gives to a query.

        Args:
            node: the parameters' expression; ``None`` where there is none.
        """
        if node is None or self._is_none(node):
            return Parameters(Given.NONE)
        if isinstance(node, (cst.Tuple, cst.List)):
            return Parameters(Given.SEQUENCE, node, _plain(node))
        if isinstance(node, cst.Dict):
            return Parameters(Given.MAPPING, node, keys=_keys(node))
        if isinstance(node, _LITERALS):
            return Parameters(Given.LONE, node)
        if isinstance(node, cst.Call):
            return self._call(node)
        if isinstance(node, cst.Name):
            return self._name(node)
        if self._is_lone(node):
            return Parameters(Given.LONE, node)
        return Parameters(Given.UNKNOWN, node)

    def _call(self, node: cst.Call) -> Parameters:
        name = last_name(node.func)
        if isinstance(node.func, cst.Name) and name == "dict":
            plain = all(a.keyword is not None for a in node.args)
            keys = {a.keyword.value: a.value for a in node.args if a.keyword is not None}
            return Parameters(Given.MAPPING, node, keys=keys if plain else None)
        if isinstance(node.func, cst.Name) and name in ("tuple", "list"):
            return Parameters(Given.SEQUENCE, node, None if node.args else [])
        if node.lpar and name not in _MAKING_COLLECTIONS and isinstance(node.func, cst.Name):
            return Parameters(Given.LONE, node)
        return Parameters(Given.UNKNOWN, node)

    def _name(self, node: cst.Name) -> Parameters:
        if node.value in ("True", "False"):
            return Parameters(Given.LONE, node)
        bindings = self._file.names.bindings(node)
        values = [b.value for b in bindings if b.kind is Kind.ASSIGN and b.value is not None]
        if len(bindings) == 1 and len(values) == 1 and not self._elements.grown(node):
            value = values[0]
            if isinstance(value, cst.Dict):
                return Parameters(Given.MAPPING, node, keys=_keys(value), display=False)
            if isinstance(value, cst.Call) and last_name(value.func) == "dict":
                found = self._call(value)
                return Parameters(found.given, node, keys=found.keys, display=False)
        collection = any(isinstance(value, _COLLECTIONS) for value in values)
        made = any(isinstance(v, cst.Call) and last_name(v.func) in _MAKING_COLLECTIONS
                   for v in values)  # fmt: skip
        if node.lpar and not collection and not made and not self._may_be_collection(node):
            return Parameters(Given.LONE, node)
        return Parameters(Given.UNKNOWN, node)

    def _may_be_collection(self, node: cst.Name) -> bool:
        """Whether a name's annotation or its plural says that it holds several values."""
        return node.value in ("params", "parameters", "args", "values", "row", "data")

    def _is_lone(self, node: cst.BaseExpression) -> bool:
        """Whether a value stands in parentheses where a comma is missing."""
        return (
            bool(node.lpar)
            and isinstance(node, (cst.Attribute, cst.BinaryOperation, cst.UnaryOperation))
        ) or (bool(node.lpar) and isinstance(node, cst.Subscript) and not _is_sliced(node))

    def _is_none(self, node: cst.BaseExpression) -> bool:
        if not isinstance(node, cst.Name):
            return False
        if node.value == "None":
            return True
        bindings = self._file.names.bindings(node)
        return bool(bindings) and all(
            isinstance(b.value, cst.Name) and b.value.value == "None" and b.kind is Kind.ASSIGN
            for b in bindings
        )


def _is_sliced(node: cst.Subscript) -> bool:
    return any(isinstance(element.slice, cst.Slice) for element in node.slice)


def _plain(node: Union[cst.Tuple, cst.List]) -> Optional[List[cst.BaseExpression]]:
    if not all(isinstance(element, cst.Element) for element in node.elements):
        return None
    return [element.value for element in node.elements]


def _keys(node: cst.Dict) -> Optional[Dict[str, cst.BaseExpression]]:
    found: Dict[str, cst.BaseExpression] = {}
    for element in node.elements:
        if not isinstance(element, cst.DictElement):
            return None
        key = element.key
        if not isinstance(key, (cst.SimpleString, cst.ConcatenatedString)):
            return None
        found[str(key.evaluated_value)] = element.value
    return found

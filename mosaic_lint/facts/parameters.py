"""What a query is given besides its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Dict, List, Optional, Union

import libcst as cst

from mosaic_lint.facts.elements import elements_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind


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
        guessed: of a single value, whether only its parentheses tell that it is one.
        optional: whether it may be ``None`` on some way.
    """

    given: Given
    node: Optional[cst.BaseExpression] = None
    values: Optional[List[cst.BaseExpression]] = None
    keys: Optional[Dict[str, cst.BaseExpression]] = None
    display: bool = True
    guessed: bool = False
    optional: bool = False


_LITERALS = (
    cst.SimpleString, cst.FormattedString, cst.ConcatenatedString, cst.Integer, cst.Float,
)  # fmt: skip
_COLLECTIONS = (
    cst.Tuple, cst.List, cst.Dict, cst.ListComp, cst.DictComp, cst.Set, cst.SetComp,
    cst.GeneratorExp,
)  # fmt: skip
_MAKING_COLLECTIONS = frozenset(("tuple", "list", "dict", "sorted", "vars"))
_MAKING_VALUES = frozenset(
    ("str", "int", "float", "bool", "len", "repr", "round", "abs", "hash", "Decimal", "UUID",
     "uuid1", "uuid4", "quote")
)  # fmt: skip
_METHODS_OF_TEXTS = frozenset(
    ("lower", "upper", "strip", "lstrip", "rstrip", "title", "casefold", "isoformat", "hexdigest")
)
_PARAMETERS = (
    r"(?:\w*_)?(?:params|parameters|args|arguments|values|vals|binds|bindings)(?:_(?:list|seq))?"
)
_KEY_OF_SEVERAL = re.compile(_PARAMETERS, re.IGNORECASE)
_SEVERAL = re.compile(
    rf"{_PARAMETERS}|row|record|pair|data|tup|(?:\w*_)?(?:tuple|dict|mapping)", re.IGNORECASE
)
"""What a name for several values looks like."""
_TYPES_OF_SEVERAL = frozenset(
    ("tuple", "list", "sequence", "iterable", "collection", "dict", "mapping", "namedtuple")
)


class ParameterReader:
    """Reads parameters of one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._elements = elements_of(file)

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
            return Parameters(Given.LONE, node, guessed=True)
        return Parameters(Given.UNKNOWN, node, optional=_may_be_none(node))

    def _call(self, node: cst.Call) -> Parameters:
        name = last_name(node.func)
        if isinstance(node.func, cst.Name) and name == "dict":
            plain = all(a.keyword is not None for a in node.args)
            keys = {a.keyword.value: a.value for a in node.args if a.keyword is not None}
            return Parameters(Given.MAPPING, node, keys=keys if plain else None)
        if isinstance(node.func, cst.Name) and name in ("tuple", "list"):
            return Parameters(Given.SEQUENCE, node, None if node.args else [])
        if node.lpar and name in (
            _MAKING_VALUES if isinstance(node.func, cst.Name) else _METHODS_OF_TEXTS
        ):
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
        several = any(map(_is_several, values)) or any(map(_is_declared_several, bindings))
        if node.lpar and not several and not _is_several(node):
            return Parameters(Given.LONE, node, guessed=True)
        optional = any(map(_may_be_none, values)) or any(map(_defaults_to_none, bindings))
        return Parameters(Given.UNKNOWN, node, optional=optional)

    def _is_lone(self, node: cst.BaseExpression) -> bool:
        """Whether a value stands in parentheses where a comma is missing."""
        if not node.lpar or _is_several(node):
            return False
        if isinstance(node, cst.Subscript):
            return not _is_sliced(node)
        return isinstance(node, (cst.Attribute, cst.BinaryOperation, cst.UnaryOperation))

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


def _is_several(node: cst.BaseExpression) -> bool:
    """Whether an expression holds several values, as far as it or its name tells."""
    if isinstance(node, cst.BinaryOperation):
        merges = isinstance(node.operator, cst.BitOr)
        return merges or _is_several(node.left) or _is_several(node.right)
    if isinstance(node, cst.IfExp):
        return _is_several(node.body) or _is_several(node.orelse)
    if isinstance(node, cst.BooleanOperation):
        return _is_several(node.left) or _is_several(node.right)
    if isinstance(node, cst.Call):
        return last_name(node.func) in _MAKING_COLLECTIONS
    if isinstance(node, cst.Subscript):
        return _KEY_OF_SEVERAL.fullmatch(_text_of_key(node)) is not None
    if isinstance(node, (cst.Name, cst.Attribute)):
        return _SEVERAL.fullmatch(last_name(node)) is not None
    return isinstance(node, _COLLECTIONS)


def _text_of_key(node: cst.Subscript) -> str:
    """The text by which ``query["params"]`` looks something up; empty if it isn't one."""
    index = node.slice[0].slice
    if not isinstance(index, cst.Index) or not isinstance(index.value, cst.SimpleString):
        return ""
    value = index.value.evaluated_value
    return value if isinstance(value, str) else ""


def _is_declared_several(binding: Binding) -> bool:
    """Whether a parameter's annotation says that it holds several values."""
    node = binding.node
    if not isinstance(node, cst.Param) or node.annotation is None:
        return False
    written = node.annotation.annotation
    if isinstance(written, cst.Subscript):
        written = written.value
    return last_name(written).lower() in _TYPES_OF_SEVERAL


def _may_be_none(node: cst.BaseExpression) -> bool:
    """Whether a branch of an expression is ``None``."""
    if isinstance(node, cst.IfExp):
        return _may_be_none(node.body) or _may_be_none(node.orelse)
    if isinstance(node, cst.BooleanOperation):
        return _may_be_none(node.right)
    return isinstance(node, cst.Name) and node.value == "None"


def _defaults_to_none(binding: Binding) -> bool:
    node = binding.node
    return isinstance(node, cst.Param) and node.default is not None and _may_be_none(node.default)


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

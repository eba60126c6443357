"""Whether the parameters of a query plainly are a mapping, or rows of mappings."""

from __future__ import annotations

import re
from typing import List, Optional

import libcst as cst

from mosaic_lint.facts.elements import elements_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.scopes import Binding

_MAKING = frozenset(
    ("builtins.dict", "builtins.vars", "builtins.locals", "dataclasses.asdict",
     "collections.OrderedDict", "collections.defaultdict", "collections.ChainMap")
)  # fmt: skip
_METHODS = frozenset(("dict", "model_dump", "_asdict", "to_dict"))
_MAPPING = r"(?:\w+\.)*(?:dict|Dict|Mapping|MutableMapping|OrderedDict)\b"
_IS_MAPPING = re.compile(rf"(?:(?:\w+\.)*Optional\[)?\s*{_MAPPING}")
_ARE_MAPPINGS = re.compile(
    rf"(?:\w+\.)*(?:list|List|Sequence|Iterable|Iterator|Collection)\[\s*{_MAPPING}"
)


class Mappings:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._elements = elements_of(file)

    def is_one(self, node: Optional[cst.BaseExpression]) -> bool:
        """Whether an expression surely is a mapping."""
        origins = self._file.names.origins(node) if node is not None else []
        return bool(origins) and all(
            self._is_annotated(origin, _IS_MAPPING) or self._is_row(origin)
            if isinstance(origin, Binding)
            else self._is_plain(origin)
            for origin in origins
        )

    def are_rows(self, node: Optional[cst.BaseExpression]) -> bool:
        """Whether an expression surely is a collection of mappings."""
        origins = self._file.names.origins(node) if node is not None else []
        return bool(origins) and all(
            self._is_annotated(origin, _ARE_MAPPINGS)
            if isinstance(origin, Binding)
            else self._holds_only(node, origin)
            for origin in origins
        )

    def _is_row(self, binding: Binding) -> bool:
        """Whether a name is each of some mappings in turn."""
        loop = binding.node
        return (
            isinstance(loop, (cst.For, cst.CompFor))
            and isinstance(loop.target, cst.Name)
            and self.are_rows(loop.iter)
        )

    def _is_plain(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, (cst.Dict, cst.DictComp)):
            return True
        if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
            return self.is_one(node.left) or self.is_one(node.right)
        if isinstance(node, cst.Attribute):
            return node.attr.value == "__dict__"
        if not isinstance(node, cst.Call):
            return False
        if isinstance(node.func, cst.Attribute):
            name = node.func.attr.value
            if name in _METHODS or (name == "copy" and self.is_one(node.func.value)):
                return True
        names = self._file.names.qualified(node.func)
        return bool(names) and names <= _MAKING

    def _holds_only(self, node: Optional[cst.BaseExpression], origin: cst.BaseExpression) -> bool:
        """Whether a display or a comprehension, and what is added to it, has only mappings."""
        if isinstance(origin, (cst.ListComp, cst.GeneratorExp)):
            return self.is_one(origin.elt)
        if not isinstance(origin, (cst.List, cst.Tuple)):
            return False
        if any(isinstance(element, cst.StarredElement) for element in origin.elements):
            return False
        rows: List[cst.BaseExpression] = [element.value for element in origin.elements]
        if isinstance(node, cst.Name):
            rows += self._elements.grown(node)
        return bool(rows) and all(map(self.is_one, rows))

    def _is_annotated(self, binding: Binding, wanted: re.Pattern[str]) -> bool:
        """Whether a parameter's annotation says so; ``**names`` always is a mapping."""
        parameter = binding.node
        if not isinstance(parameter, cst.Param):
            return False
        if parameter.star == "**":
            return wanted is _IS_MAPPING
        if parameter.annotation is None or parameter.star == "*":
            return False
        written = self._file.code(parameter.annotation.annotation).strip("\"'")
        return wanted.match(written) is not None

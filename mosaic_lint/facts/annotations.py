"""What a type annotation names."""

from __future__ import annotations

import ast
import re
from typing import FrozenSet, Iterator, List

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Kind

_MAX_TYPE_ALIASES = 5
_TYPE_WRAPPERS = frozenset(("Optional", "Union", "Annotated", "None", "Final", "ClassVar"))
_DOTTED_NAME = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")


class Annotations:
    """Reads annotations in one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file

    def types(self, annotation: cst.BaseExpression) -> FrozenSet[str]:
        """The qualified names of the types in an annotation, ``Optional`` and the like left out."""
        return frozenset(self._names_in(self._text(annotation)))

    def _text(self, annotation: cst.BaseExpression) -> str:
        """The annotation without the metadata of ``Annotated`` and without quotes."""
        if isinstance(annotation, cst.Subscript) and last_name(annotation.value) == "Annotated":
            first = annotation.slice[0].slice
            return self._text(first.value) if isinstance(first, cst.Index) else ""
        text = self._file.code(annotation)
        if isinstance(annotation, (cst.SimpleString, cst.ConcatenatedString)):
            try:
                value = ast.literal_eval(text)
            except (ValueError, SyntaxError):  # an f-string among them, or a broken escape
                return ""
            return value if isinstance(value, str) else ""
        return re.sub(r"""["']""", "", text)

    def _names_in(self, text: str, depth: int = _MAX_TYPE_ALIASES) -> Iterator[str]:
        """The qualified names of the types in an annotation, ``Optional`` and the like left out."""
        for match in _DOTTED_NAME.finditer(text):
            head, _, rest = re.sub(r"\s", "", match.group()).partition(".")
            if (rest or head).rpartition(".")[2] in _TYPE_WRAPPERS:
                continue
            for base in self._meanings(head, depth):
                yield f"{base}.{rest}" if rest else base

    def _meanings(self, name: str, depth: int) -> List[str]:
        found: List[str] = []
        for binding in self._file.names.module_bindings(name) if depth else ():
            if binding.kind is Kind.IMPORT:
                found.append(binding.target)
            elif binding.kind is Kind.ASSIGN and binding.value is not None:
                text = self._text(binding.value)
                found.extend(self._names_in(text, depth - 1))
        return found or [name]

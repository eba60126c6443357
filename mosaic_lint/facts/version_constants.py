"""The constants by which the entry point tells its version, beside what its header says."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional

from mosaic_lint.facts.headers import headers
from mosaic_lint.facts.module_constants import Binding, bindings_of
from mosaic_lint.facts.script import Script
from mosaic_lint.header import Field
from mosaic_lint.source import Language, Source

QUOTES = "\"'`"
"""What may stand around a field's value without being a part of it."""

_FIELDS = {
    "API_VERSION": "VERSION",
    "SCHEMA_VERSION": "SCHEMA_VERSION",
    "MVP_PHASE": "",  # no field of the header says the same
    "LAST_MODIFIED": "LAST_MODIFIED",
}


@dataclass(frozen=True, eq=False)
class VersionConstant:
    """A constant that the entry point should have.

    Args:
        name: its name.
        bindings: where it gets its values, in order; none if it is missing.
        field: the field of the header that should say the same, where there is one.
    """

    name: str
    bindings: List[Binding]
    field: Optional[Field]

    @property
    def is_missing(self) -> bool:
        """Whether the entry point lacks it."""
        return not self.bindings

    @property
    def said(self) -> str:
        """What the header says; empty if it says nothing."""
        return self.field.value.strip(QUOTES) if self.field is not None else ""

    @property
    def disagreeing(self) -> Optional[Binding]:
        """Where it says something else than the header; nothing if it may say the same."""
        values = [binding.value for binding in self.bindings]
        if not values or not self.said or None in values or self.said in values:
            return None
        return self.bindings[-1]


def version_constants(script: Script) -> Iterator[VersionConstant]:
    """Find the constants of the entry point; nothing of any other file."""
    name = script.settings.version_module.replace("\\", "/").rpartition("/")[2]
    if not script.source.path.endswith(name):
        return  # spares reading the header
    file = next(iter(headers(script)), None)
    if file is None:
        return
    is_empty = not file.header.has_statements and not file.header.fields
    if not file.is_entry_point or is_empty:
        return
    constants = constants_of(script.source)
    for constant, bindings in (constants or {}).items():
        field = file.header.fields.get(_FIELDS[constant])
        yield VersionConstant(constant, bindings, field)


def constants_of(source: Source) -> Optional[Dict[str, List[Binding]]]:
    """The bindings of each of the constants; ``None`` where the file can't be read.

    Args:
        source: the entry point.
    """
    if source.language is not Language.PYTHON:
        return None
    tree = source.tree if source.tree is not None else _parsed(source.text)
    return None if tree is None else bindings_of(tree, source, _FIELDS)


def _parsed(text: str) -> Optional[ast.Module]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None

"""Which names may be a driver's exceptions or its type of connections; by last names."""

from __future__ import annotations

import ast
import builtins
from functools import cached_property
from typing import Iterator, Optional, Set

from mosaic_lint.driver_vocabulary import DRIVER_EXCEPTIONS
from mosaic_lint.triage.table import Table, inner_calls, last_name, meant
from mosaic_lint.vocabulary import BROAD_EXCEPTIONS

_MODULES = frozenset(("psycopg", "psycopg2", "errors", "extensions", "_psycopg"))
_LOOKING_UP = frozenset(("lookup",))
_TYPE = "onnection"  # in any case a part of the name of a driver's connection type
_TYPES = (ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.Constant)
_NARROW = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException)
) - (BROAD_EXCEPTIONS | {"ExceptionGroup", "BaseExceptionGroup"})
"""Python's own exceptions that no driver's error is."""


class Drivers:
    """Answers for one file.

    Args:
        table: the file.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def may_be_error(self, caught: Optional[ast.expr]) -> bool:
        """Whether ``except caught:`` may take a driver's error."""
        if caught is None:
            return True
        elements = caught.elts if isinstance(caught, ast.Tuple) else [caught]
        return any(map(self._may_be_error, elements))

    def _may_be_error(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name):
            return node.id in self._errors
        if isinstance(node, ast.Attribute):
            return (
                node.attr in self._errors
                or node.attr in DRIVER_EXCEPTIONS
                or last_name(node.value) in self._modules
            )
        return True

    def may_be_connection(self, annotation: ast.expr) -> bool:
        """Whether an annotation may be a driver's type of connections."""
        return self._speaks_of_drivers and any(
            _TYPE in text or text in self._types for text in map(_text, ast.walk(annotation))
        )

    @cached_property
    def _speaks_of_drivers(self) -> bool:
        return "psycopg" in self._table.source.text

    @cached_property
    def _modules(self) -> Set[str]:
        """The names that the driver, or a module of it, may have."""
        return self._table.aliases(_MODULES)

    @cached_property
    def _errors(self) -> Set[str]:
        """The names that may stand for driver's errors, or for broad exceptions."""
        found = set(BROAD_EXCEPTIONS) | set(self._imported())
        for attribute in self._table.of(ast.Attribute):
            if last_name(attribute.value) in self._modules or attribute.attr in DRIVER_EXCEPTIONS:
                found.add(attribute.attr)
        for binding in self._table.bindings():
            if any(meant(call.func) & _LOOKING_UP for call in inner_calls(binding.value)):
                found |= binding.names
        return self._table.spread(found | self._table.aliases(BROAD_EXCEPTIONS)) - self._narrow

    @cached_property
    def _narrow(self) -> Set[str]:
        """Python's own exceptions, unless the file gives their names to something else."""
        bound = {name for binding in self._table.bindings() for name in binding.names}
        return set(_NARROW) - bound - set(self._imported())

    def _imported(self) -> Iterator[str]:
        """What is imported from the driver."""
        for statement in self._table.of(ast.ImportFrom):
            if (statement.module or "").startswith("psycopg"):
                for alias in statement.names:
                    yield alias.asname or alias.name

    @cached_property
    def _types(self) -> Set[str]:
        """The names that may stand for the driver's type of connections."""
        found = set(self._imported())
        for binding in self._table.bindings():
            if isinstance(binding.value, _TYPES) and any(
                _TYPE in _text(node) for node in ast.walk(binding.value)
            ):
                found |= binding.names
        return self._table.spread(found)


def _text(node: ast.AST) -> str:
    """What a name, an attribute or a string says."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return last_name(node)

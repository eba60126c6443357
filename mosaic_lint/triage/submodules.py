"""Suspect stage for driver submodules: ``psycopg2.extras`` in a file that doesn't import it."""

from __future__ import annotations

import ast
from typing import Iterator, Union

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, last_name, meant
from mosaic_lint.vocabulary import DRIVER_SUBMODULES

_IMPORTING_CALLS = frozenset(("import_module", "__import__"))


def suspect_submodules(table: Table, settings: Settings) -> Suspects:
    """Find attributes of a driver's module that are submodules which nothing here imports."""
    suspects = Suspects()
    imported = {name for node in _imports(table) for name in _imported_submodules(node)}
    if _mentions_type_checking(table):
        imported = set()  # an import there doesn't count, and scopes are not known here
    for driver, submodules in DRIVER_SUBMODULES.items():
        names = table.aliases(frozenset((driver,)))
        suspects.add(
            attribute
            for attribute in table.of(ast.Attribute)
            if attribute.attr in submodules
            and names & meant(attribute.value)
            and f"{driver}.{attribute.attr}" not in imported
        )
    suspects.keep(_imports(table))
    importing = table.aliases(_IMPORTING_CALLS)
    suspects.keep(call for call in table.of(ast.Call) if importing & meant(call.func))
    return suspects


def _mentions_type_checking(table: Table) -> bool:
    names = table.aliases(frozenset(("TYPE_CHECKING",)))
    mentions = [*table.of(ast.Name), *table.of(ast.Attribute)]
    return any(last_name(node) in names for node in mentions)


def _imports(table: Table) -> Iterator[Union[ast.Import, ast.ImportFrom]]:
    for node in table.of(ast.Import):
        if any(alias.name.startswith(tuple(DRIVER_SUBMODULES)) for alias in node.names):
            yield node
    for from_node in table.of(ast.ImportFrom):
        if (from_node.module or "").startswith(tuple(DRIVER_SUBMODULES)):
            yield from_node


def _imported_submodules(node: Union[ast.Import, ast.ImportFrom]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (".".join(alias.name.split(".")[:2]) for alias in node.names)
    elif node.module is not None and not node.level:
        yield ".".join(node.module.split(".")[:2])
        yield from (f"{node.module}.{alias.name}" for alias in node.names)

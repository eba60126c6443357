"""Shared answers about a file, computed when a rule subscribes to them.

Facts are named by strings, so that nobody imports LibCST to know that one exists.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Callable, Dict, Iterable

FACTS = {
    "Endpoint": "mosaic_lint.facts.endpoints:endpoints",
    "Escape": "mosaic_lint.facts.escapes:escapes",
    "FactoryCall": "mosaic_lint.facts.factories:factory_calls",
    "ForeignCall": "mosaic_lint.facts.connections:foreign_calls",
    "Handler": "mosaic_lint.facts.handlers:handlers",
    "JsonLoads": "mosaic_lint.facts.json_loads:json_loads",
    "LlmCall": "mosaic_lint.facts.llm_clients:llm_calls",
    "LlmParse": "mosaic_lint.facts.llm_parses:llm_parses",
    "LlmValidation": "mosaic_lint.facts.llm_validations:llm_validations",
    "PrintCall": "mosaic_lint.facts.output:print_calls",
    "Repeated": "mosaic_lint.facts.repeated:repeated",
    "SqlCall": "mosaic_lint.facts.calls:calls",
    "SqlHole": "mosaic_lint.facts.sql:holes",
    "SqlStatement": "mosaic_lint.facts.sql:statements",
    "SwallowedError": "mosaic_lint.facts.swallowed:swallowed_errors",
    "SqliteUse": "mosaic_lint.facts.sqlite:sqlite_uses",
    "RootLog": "mosaic_lint.facts.output:root_logs",
}
"""The facts by name, as ``module:function``; the function takes a ``File`` and yields facts."""

TEXT_FACTS: Dict[str, str] = {
    "BrokenMarker": "mosaic_lint.facts.broken_markers:broken_markers",
    "Header": "mosaic_lint.facts.headers:headers",
    "StaleDate": "mosaic_lint.facts.stale_dates:stale_dates",
    "VersionConstant": "mosaic_lint.facts.version_constants:version_constants",
    "MigrationScript": "mosaic_lint.facts.migrations:migration_scripts",
}
"""Facts that a text tells unparsed, in any language; their functions take a ``Script``."""

PROJECT_FACTS: Dict[str, str] = {
    "LeftByRollback": "mosaic_lint.facts.rollbacks:left_by_rollbacks",
    "NoRollback": "mosaic_lint.facts.rollbacks:migrations_without_rollback",
    "ArchivedUse": "mosaic_lint.facts.lifecycle:uses_of_archive",
    "MissingCanonicalScript": "mosaic_lint.facts.lifecycle:missing_scripts",
    "OrphanScript": "mosaic_lint.facts.lifecycle:orphans",
    "SupersededCopy": "mosaic_lint.facts.lifecycle:copies",
}
"""Facts about a project as a whole; their functions take a ``Project``."""


def provider(name: str) -> Callable[[Any], Iterable[object]]:
    """The function that finds the facts of a name.

    Args:
        name: a key of one of the dictionaries.
    """
    target = {**FACTS, **TEXT_FACTS, **PROJECT_FACTS}[name]
    module, _, function = target.partition(":")
    found: Callable[[Any], Iterable[object]] = getattr(import_module(module), function)
    return found

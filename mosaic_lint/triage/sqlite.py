"""Suspect stage for SQLite's driver: imports of it, and its URLs."""

from __future__ import annotations

import ast

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table
from mosaic_lint.vocabulary import SQLITE_DRIVERS, SQLITE_URL


def suspect_sqlite(table: Table, settings: Settings) -> Suspects:
    """Find imports of SQLite's drivers, and constants that begin like one of its URLs."""
    suspects = Suspects()
    suspects.add(
        node
        for node in table.of(ast.Import)
        if any(alias.name.partition(".")[0] in SQLITE_DRIVERS for alias in node.names)
    )
    suspects.add(
        node
        for node in table.of(ast.ImportFrom)
        if (node.module or "").partition(".")[0] in SQLITE_DRIVERS
    )
    suspects.add(node for node in table.of(ast.Constant) if _is_url(node))
    return suspects


def _is_url(node: ast.Constant) -> bool:
    return isinstance(node.value, str) and SQLITE_URL.match(node.value) is not None

"""The suspect stage of a rule that has none of its own: it clears nothing."""

from __future__ import annotations

import ast
from typing import Tuple, Type

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table

_STATEMENTS: Tuple[Type[ast.stmt], ...] = tuple(ast.stmt.__subclasses__())


def suspect_everything(table: Table, settings: Settings) -> Suspects:
    """Suspect every statement: sound for any rule, and as dear as parsing the whole file.

    Meant for rules whose triggers are rare, and for rules that are being written.
    """
    suspects = Suspects()
    for kind in _STATEMENTS:
        suspects.add(table.of(kind))
    return suspects

"""Of which files a change of the project's tables may tell something else."""

from __future__ import annotations

import re
from typing import Callable, Optional, Set

from mosaic_lint.project import Project
from mosaic_lint.schema.model import Schema

Mentions = Callable[[str], bool]
"""Tells of a text whether it names what has changed."""


def mentions(was: Project, now: Project) -> Mentions:
    """What tells of a text whether it names a table, or something else, that DDL makes otherwise.

    Rules judge a statement by the tables that it names, and it has to name them.

    Args:
        was: the project as it was read before.
        now: the project as it is read now.
    """
    names = _changed(was.schema, now.schema) | {name.lower() for name in was.defined ^ now.defined}
    found = _pattern(names)
    return lambda text: found is not None and found.search(text) is not None


def _changed(was: Schema, now: Schema) -> Set[str]:
    tables = {
        name
        for name in was.tables.keys() | now.tables.keys()
        if was.tables.get(name) != now.tables.get(name)
    }
    return tables | {thing.name for thing in set(was.things) ^ set(now.things)}


def _pattern(names: Set[str]) -> Optional[re.Pattern[str]]:
    """A pattern of the names without their schemas; ``None`` for none."""
    last = sorted({re.escape(name.rpartition(".")[2]) for name in names})
    return re.compile("|".join(last), re.IGNORECASE) if last else None

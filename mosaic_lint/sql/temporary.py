"""Names that don't mean the project's own tables in a text: other tables hide them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import FrozenSet, Tuple

from mosaic_lint.schema.model import Schema, schema_of
from mosaic_lint.sql.identifiers import Name

_TEMPORARY = re.compile(
    r"\bTEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:pg_temp\s*\.\s*)?\"?([\w$]+)",
    re.IGNORECASE,
)
_INTO = re.compile(r"\bINTO\s+TEMP(?:ORARY)?\s+(?:TABLE\s+)?\"?([\w$]+)", re.IGNORECASE)
_SEARCH_PATH = re.compile(
    r"\bsearch_path\b(?!\s*(?:=|\bTO\b|'\s*,)\s*(?:['\"]*\$user['\"]*\s*,\s*)?['\"]*public\b)",
    re.IGNORECASE,
)


def may_hide(text: str, name: Name) -> bool:
    """Whether a file's text makes a table's name mean another table than the project's.

    A temporary table of that name does, and a search path that begins with another schema.

    Args:
        text: the file's text.
        name: the name; with a schema before it, it can't be hidden.
    """
    if name.stored is None or name.last > name.first:
        return False
    hidden, all_are_hidden = _hidden(text)
    return all_are_hidden or name.stored.lower() in hidden


def unhidden(schema: Schema, text: str) -> Schema:
    """The tables that a bare name in a file's text means.

    Args:
        schema: the project's tables.
        text: the file's text.
    """
    hidden, all_are_hidden = _hidden(text)
    if not (hidden or all_are_hidden):
        return schema
    kept = {
        table.name: table
        for table in schema
        if "." in table.name or not (all_are_hidden or table.name.lower() in hidden)
    }
    return schema_of(kept, schema.things)


def may_hide_bare_names(text: str) -> bool:
    """Whether a file's text puts another schema before ``public``.

    Args:
        text: the file's text.
    """
    return _hidden(text)[1]


@lru_cache(maxsize=1)  # scripts have thousands of statements
def _hidden(text: str) -> Tuple[FrozenSet[str], bool]:
    """The names of temporary tables in lower case, and whether every bare name may be hidden."""
    made = (*_TEMPORARY.finditer(text), *_INTO.finditer(text))
    sets_path = _SEARCH_PATH.search(text) is not None
    return frozenset(match.group(1).lower() for match in made), sets_path

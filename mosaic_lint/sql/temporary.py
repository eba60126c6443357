"""Names that don't mean the project's own tables in a text: other tables hide them."""

from __future__ import annotations

import re

from mosaic_lint.sql.identifiers import Name

_TEMPORARY = re.compile(
    r"\bTEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:pg_temp\s*\.\s*)?\"?([\w$]+)",
    re.IGNORECASE,
)
_INTO = re.compile(r"\bINTO\s+TEMP(?:ORARY)?\s+(?:TABLE\s+)?\"?([\w$]+)", re.IGNORECASE)
_SEARCH_PATH = re.compile(
    r"\bsearch_path\b(?!\s*(?:=|\bTO\b|'\s*,)\s*['\"]*public\b)", re.IGNORECASE
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
    if may_hide_bare_names(text):
        return True
    made = (*_TEMPORARY.finditer(text), *_INTO.finditer(text))
    return any(match.group(1).lower() == name.stored.lower() for match in made)


def may_hide_bare_names(text: str) -> bool:
    """Whether a file's text puts another schema before ``public``.

    Args:
        text: the file's text.
    """
    return _SEARCH_PATH.search(text) is not None

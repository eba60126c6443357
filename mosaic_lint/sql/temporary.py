"""Names that don't mean the project's own tables in a text: other tables hide them."""

from __future__ import annotations

import re

_TEMPORARY = re.compile(
    r"\bTEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:pg_temp\s*\.\s*)?\"?([\w$]+)",
    re.IGNORECASE,
)
_INTO = re.compile(r"\bINTO\s+TEMP(?:ORARY)?\s+(?:TABLE\s+)?\"?([\w$]+)", re.IGNORECASE)
_SEARCH_PATH = re.compile(
    r"\bsearch_path\b(?!\s*(?:=|\bTO\b|'\s*,)\s*['\"]*public\b)", re.IGNORECASE
)


def may_hide(text: str, table: str) -> bool:
    """Whether a file's text makes a table's bare name mean another table.

    A temporary table of that name does, and a search path that begins with another schema.

    Args:
        text: the file's text.
        table: the table as the schema names it; one with its own schema can't be hidden.
    """
    if "." in table:
        return False
    if _SEARCH_PATH.search(text) is not None:
        return True
    made = (*_TEMPORARY.finditer(text), *_INTO.finditer(text))
    return any(match.group(1).lower() == table.lower() for match in made)

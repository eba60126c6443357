"""Tables that a text empties before it fills them, so that it may run again."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Dict

_NAME = r"(?:ONLY\s+)?(?:\"[^\"]+\"|[\w$]+)(?:\s*\.\s*(?:\"[^\"]+\"|[\w$]+))?"
_DELETE = re.compile(rf"\bDELETE\s+FROM\s+({_NAME})\s*(?:;|\Z)", re.IGNORECASE)
_TRUNCATE = re.compile(rf"\bTRUNCATE\s+(?:TABLE\s+)?({_NAME}(?:\s*,\s*{_NAME})*)", re.IGNORECASE)
_LAST = re.compile(r"(?:\"([^\"]+)\"|([\w$]+))\s*\Z")


def is_emptied_before(text: str, table: str, offset: int) -> bool:
    """Whether a text deletes all rows of a table before it comes to an offset.

    Args:
        text: SQL.
        table: the table as PostgreSQL stores it; its schema doesn't matter.
        offset: where in the text.
    """
    name = table.rpartition(".")[2]
    return _emptied(text).get(name, len(text)) < offset


@lru_cache(maxsize=1)  # scripts have thousands of statements
def _emptied(text: str) -> Dict[str, int]:
    """The bare names of all tables that are emptied, and where that happens first."""
    found: Dict[str, int] = {}
    for pattern in (_DELETE, _TRUNCATE):
        for match in pattern.finditer(text):
            for name in match.group(1).split(","):
                last = _LAST.search(name)
                if last is not None:
                    stored = last.group(1) or last.group(2).lower()
                    found[stored] = min(found.get(stored, match.start()), match.start())
    return found

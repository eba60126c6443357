"""Statements that end a transaction, or bring a failed one back."""

from __future__ import annotations

import re
from enum import Enum
from typing import Iterable, List, Set

from mosaic_lint.sql.lexer import HOLE, Kind, tokens


class Control(Enum):
    """What a text does with a transaction that has failed."""

    NONE = "it is refused, or does nothing"
    END = "the transaction is over"
    ROLLBACK = "it is rolled back, in whole or in part, or may be"


_UNDOING = re.compile(
    r"rollback|roll_back|abort|undo|revert|recover|restore|cleanup", re.IGNORECASE
)
"""Words in the source of a text that isn't known which say what it is for."""
_MAX_SEMICOLONS = 20


def control(texts: Iterable[str], source: str) -> Control:
    """What the execution of a text does.

    Args:
        texts: the texts that it may be, as far as they are known.
        source: the Python that makes the text, for where nothing is.
    """
    found: Set[Control] = set()
    for text in texts:
        words = _first_words(text)
        if words and HOLE not in words[0]:
            found.add(_of_words(words))
    if not found:
        return Control.ROLLBACK if _UNDOING.search(source) else Control.NONE
    return found.pop() if len(found) == 1 else Control.ROLLBACK


def _first_words(text: str) -> List[str]:
    """The first two tokens of a text's first statement, in upper case."""
    read = tokens(text, limit=_MAX_SEMICOLONS)
    found = [token for token in read if token.text != ";"][:2]
    return [token.text if token.kind is Kind.WORD else "" for token in found]


def _of_words(words: List[str]) -> Control:
    first, second = words[0], words[1] if len(words) > 1 else ""
    if second == "PREPARED":  # of two phases, which is no end of this transaction
        return Control.NONE
    if first in ("ROLLBACK", "ABORT"):
        return Control.ROLLBACK
    if first in ("COMMIT", "END") or (first == "PREPARE" and second == "TRANSACTION"):
        return Control.END
    return Control.NONE

"""SQLite's GLOB patterns as PostgreSQL's."""

from __future__ import annotations

import re
from typing import NamedTuple

from mosaic_lint.change import Declined

_PIECES = re.compile(r"\[\^?\]?[^\]]*\]|.", re.DOTALL)
_LIKE = {"*": "%", "?": "_", "%": "\\%", "_": "\\_", "\\": "\\\\"}
_REGEX = {"*": ".*", "?": "."}


class Pattern(NamedTuple):
    """A pattern and the operator that reads it.

    Args:
        operator: ``LIKE`` or ``~``.
        negated: the operator with NOT.
        text: the pattern.
    """

    operator: str
    negated: str
    text: str


def pattern(glob: str) -> Pattern:
    """What matches the same texts.

    Args:
        glob: the pattern, as it stands between single quotes.

    Raises:
        Declined: a class of characters isn't closed.
    """
    pieces = _PIECES.findall(glob)
    if "[" in pieces:
        raise Declined("a class of characters isn't closed")
    if not any(len(piece) > 1 for piece in pieces):
        return Pattern("LIKE", "NOT LIKE", "".join(_LIKE.get(piece, piece) for piece in pieces))
    regex = "".join(map(_regex, pieces))
    return Pattern("~", "!~", f"^{regex}$")


def _regex(piece: str) -> str:
    if len(piece) > 1:
        return piece.replace("\\", "\\\\")
    return _REGEX.get(piece) or (piece if piece == "'" else re.escape(piece))

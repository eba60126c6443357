"""What PostgreSQL's own grammar says of a statement, by pglast (the extra ``pg``)."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Tuple

from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement

_MAX_LENGTH = 100_000
_PLACEHOLDERS = (Kind.FORMAT, Kind.COLON_NAME, Kind.DOLLAR_NAME, Kind.AT_NAME)


class Refusal(NamedTuple):
    """Why the grammar refuses a statement.

    Args:
        place: the index of the token at which it does; of the last one for a missing end.
        reason: PostgreSQL's message.
    """

    place: int
    reason: str


def refusal(statement: Statement) -> Optional[Refusal]:
    """Why PostgreSQL refuses to parse a statement.

    Args:
        statement: a statement without holes.

    Returns:
        ``None`` where it parses, is too long to be given to the parser, or where pglast isn't
        installed; also where only a placeholder is refused, since a driver may put a name there
        (``AsIs``), a tuple or a number.
    """
    if statement.end - statement.start > _MAX_LENGTH:
        return None
    try:
        from pglast import parse_sql
        from pglast.parser import ParseError
    except ImportError:
        return None
    text, places = _prepared(statement)
    try:
        parse_sql(text)
    except ParseError as error:
        reason = str(error.args[0])
        offset = error.args[1] if len(error.args) > 1 else None
        if offset is not None and _is_open(statement, _place(places, offset)):
            return None
        return Refusal(_place(places, offset), reason.partition(", at index")[0])
    return None


def _prepared(statement: Statement) -> Tuple[str, List[int]]:
    """A text for the parser, with values for placeholders, and where each token begins in it."""
    pieces: List[str] = []
    places: List[int] = []
    length = 0
    position = statement.start
    for index, token in enumerate(statement.tokens):
        between = statement.text[position : token.start]
        shown = _shown(statement, index)
        pieces += [between, shown]
        places.append(length + len(between))
        length += len(between) + len(shown)
        position = token.end
    return "".join(pieces), places


_VALUES: Dict[str, str] = {"IN": "('0')", "VALUES": "('0')", "IS": "NULL", "NOT": "NULL"}
"""What psycopg2 may put into a placeholder behind a word; behind others a quoted text."""


def _shown(statement: Statement, index: int) -> str:
    """What the server gets to see of a token."""
    token = statement.tokens[index]
    if _is_value(statement, index):
        return _VALUES.get(statement.word(index - 1), "'0'")
    return statement.text[token.start : token.end]


def _is_open(statement: Statement, index: int) -> bool:
    """Whether it depends on a placeholder's value that the grammar stops at a token."""
    if _is_value(statement, index):
        return True
    return index > 0 and _is_value(statement, index - 1) and statement.word(index) in (".", "(")


def _is_value(statement: Statement, index: int) -> bool:
    token = statement.tokens[index]
    if token.kind is Kind.DOLLAR_NAME and token.text[1:].isdigit():
        return False  # the grammar knows it
    if token.kind in _PLACEHOLDERS:
        return index not in statement.slices
    return index in statement.placeholders


def _place(places: List[int], offset: Optional[int]) -> int:
    if offset is None:
        return len(places) - 1
    return max((index for index, start in enumerate(places) if start <= offset), default=0)

"""Where another statement can be put behind one, and how that is written."""

from __future__ import annotations

from enum import Enum
from typing import Optional

from mosaic_lint.change import Change, Changes
from mosaic_lint.model import Span
from mosaic_lint.sql.lexer import tokens
from mosaic_lint.sqlfile import all_comments

_BLANK = " \t\f\v"


class Ending(Enum):
    """How a new statement goes on and ends."""

    CLOSED = "on a line of its own, with a semicolon"
    AS_BEFORE = "on a line of its own, with a semicolon if the one before has it"
    ON_SAME_LINE = "on the same line, with a semicolon if the one before has it"


def indent_at(text: str, offset: int) -> Optional[str]:
    """The white space before an offset on its line; ``None`` where anything else stands there."""
    before = text[_line_start(text, offset) : offset]
    return None if before.strip(_BLANK) else before.replace("\f", "")


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def after_statement(
    text: str, statement: Span, limit: int, new: str, ending: Ending = Ending.CLOSED
) -> Changes:
    """Put a new statement behind one, on a line of its own, or on the same line if that goes on.

    Comments on the line stay with the statement before.

    Args:
        text: the script.
        statement: without the ``;`` at its end, which is written where it lacks.
        limit: where the next statement begins, or the script ends.
        new: the new statement, without a ``;``.
        ending: how it goes on and ends.

    Returns:
        The changes, in order; none where something else stands between the statement and the
        limit, as commands of psql and data do.
    """
    following = tokens(text, statement.end, limit, limit=2)
    has_end = bool(following) and following[0].text == ";"
    if len(following) > has_end or (not has_end and limit < len(text)):
        return []
    if has_end or ending is Ending.CLOSED:
        new += ";"
    behind = following[0].end if has_end else statement.end
    changes = [] if has_end else [Change(Span(behind, behind), ";", shared=True)]
    end = _line_rest(text, behind, limit) if ending is not Ending.ON_SAME_LINE else None
    if end is None:
        return [*changes, Change(Span(behind, behind), f" {new}")]
    return [*changes, Change(Span(end, end), f"\n{_indent(text, statement, ending)}{new}")]


def _indent(text: str, statement: Span, ending: Ending) -> str:
    """The white space for a line behind a statement.

    Where that begins the text of a Python literal its last line tells more than its first one.
    """
    if _line_start(text, statement.start) or ending is Ending.CLOSED:
        return indent_at(text, statement.start) or ""
    last = text[_line_start(text, statement.end) : statement.end]
    return last[: len(last) - len(last.lstrip(_BLANK))]


def _line_rest(text: str, offset: int, limit: int) -> Optional[int]:
    """The end of the line, if from an offset on it has nothing but comments that end there."""
    end = offset
    while end < len(text) and text[end] not in "\r\n":
        end += 1
    if end > limit:
        return None
    position = offset
    for comment in all_comments(text[offset:limit]):
        start, stop = comment.start + offset, comment.end + offset
        if start >= end:
            break
        if stop > end or text[position:start].strip(_BLANK):
            return None
        position = stop
    return None if text[position:end].strip(_BLANK) else end

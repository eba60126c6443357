"""SQLite's functions of dates and times in PostgreSQL's words."""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.moments import Moment, date, moment
from mosaic_lint.fixes.sql_calls import (
    PASSING,
    FunctionCall,
    Piece,
    is_number,
    is_text,
    rewritten,
)
from mosaic_lint.sql.lexer import Kind

DATETIME, DATE, TIME = "YYYY-MM-DD HH24:MI:SS", "YYYY-MM-DD", "HH24:MI:SS"
_DIRECTIVES = {
    "Y": "YYYY", "m": "MM", "d": "DD", "H": "HH24", "M": "MI", "S": "SS", "j": "DDD", "f": "SS.MS",
    "F": "YYYY-MM-DD", "T": "HH24:MI:SS", "R": "HH24:MI", "I": "HH12", "p": "AM",
}  # fmt: skip
_PART = re.compile(
    r"%%?(?P<directive>[A-Za-z])|(?P<letters>[A-Za-z0-9]+)|(?P<rest>[^%A-Za-z0-9\"\\]+)"
)
_INTEGERS = frozenset(("INTEGER", "INT", "BIGINT"))
_TEXT_FUNCTIONS = frozenset(
    ("SUBSTR", "SUBSTRING", "STRFTIME", "TO_CHAR", "LOWER", "UPPER", "TRIM")
)
_TAKING_TEXT = frozenset(
    """SUBSTR SUBSTRING LOWER UPPER TRIM LTRIM RTRIM REPLACE LENGTH INSTR STRPOS""".split()
)
_TEXTUAL = frozenset(("||", "LIKE", "ILIKE"))
_ARITHMETIC = frozenset("+-*/%")
_OF_DIGITS = frozenset("YmdHMSj")
_COMPARING = frozenset(("=", "<>", "!=", "<", ">", "<=", ">="))


class Anew(NamedTuple):
    """How a call is written anew.

    Args:
        pieces: what comes.
        is_sure: whether it surely gives the same.
    """

    pieces: Sequence[Piece]
    is_sure: bool


def written_datetime(call: FunctionCall) -> Anew:
    """``datetime(...)``: a timestamp, or a text where a text is wanted."""
    if _wants_text(call):
        return _as_text(moment(call, call.arguments, in_utc=True), DATETIME)
    found = moment(call, call.arguments, in_utc=False)
    is_plain = found.is_now or bool(call.arguments and call.literal(call.arguments[0]))
    return Anew(_held_together(call, found), found.is_sure and is_plain)


def written_date(call: FunctionCall) -> Anew:
    """``date(..., modifier)``: a date, or a text where a text is wanted."""
    if _wants_text(call):
        return _as_text(moment(call, call.arguments, in_utc=True), DATE)
    found = date(call)
    return Anew(_held_together(call, found), found.is_sure)


def written_time(call: FunctionCall) -> Anew:
    """``time(...)``: a time of day, or a text where a text is wanted."""
    found = moment(call, call.arguments, in_utc=True)
    if _wants_text(call):
        return _as_text(found, TIME)
    return Anew(("CAST(", *found.pieces, " AS TIME)"), False)


def written_strftime(call: FunctionCall) -> Anew:
    """``strftime(format, ...)``: ``to_char``, or what single directives have of their own."""
    if not call.arguments:
        raise Declined("the format isn't seen")
    layout = call.literal(call.arguments[0])
    if layout is None:
        raise Declined("the format isn't a plain literal")
    found = moment(call, call.arguments[1:], in_utc=layout not in ("%s", "%%s"))
    if layout in ("%s", "%%s"):
        _check_driver(call, layout)
        return _seconds(call, found)
    if layout in ("%w", "%%w"):
        return Anew(("CAST(EXTRACT(DOW FROM ", *found.pieces, ") AS TEXT)"), found.is_sure)
    if layout.replace("%%", "%") == "%Y-%m-%d" and _meets_date(call):
        return Anew(("CAST(", *found.pieces, " AS DATE)"), found.is_sure)
    written = _as_text(found, _template(layout))
    return _as_number(call, written, layout) if _is_counted(call) else written


def written_unixepoch(call: FunctionCall) -> Anew:
    """``unixepoch(...)``: whole seconds since 1970."""
    return _seconds(call, moment(call, call.arguments, in_utc=False))


def changed_julianday(call: FunctionCall) -> Tuple[Changes, bool]:
    """``julianday(...)``: a number of days; of a difference both are written together.

    Returns:
        The changes, and whether they surely give the same.
    """
    pair = _difference(call)
    if pair is None:
        found = moment(call, call.arguments, in_utc=True)
        days = ("EXTRACT(EPOCH FROM ", *found.pieces, ") / 86400 + 2440587.5")
        cut = _cut_off(call, call.index, call.last)
        return [*cut, *call.rewrite(_as_days(call, days))], found.is_sure
    left, right = pair
    minuend = moment(left, left.arguments, in_utc=True)
    subtrahend = moment(right, right.arguments, in_utc=True)
    days = (
        "EXTRACT(EPOCH FROM ", *_in_sum(minuend), " - ", *_in_sum(subtrahend), ") / 86400",
    )  # fmt: skip
    tokens = call.statement.tokens
    start, end = tokens[left.index].start, tokens[right.last].end
    changes = rewritten(call.statement, start, end, _as_days(left, days, right))
    sure = minuend.is_sure and subtrahend.is_sure
    return [*_cut_off(call, left.index, right.last), *changes], sure


def _cut_off(call: FunctionCall, first: int, last: int) -> Changes:
    """The changes that cut off what is cast to an INTEGER around a call, as SQLite does.

    PostgreSQL's cast rounds.
    """
    statement, tokens = call.statement, call.statement.tokens
    for index in call.around:
        end = statement.closing(index + 1)
        is_cast = statement.word(index) == "CAST" and statement.word(end - 2) == "AS"
        if is_cast and statement.word(end - 1) in _INTEGERS:
            if (first, last) == (index + 2, end - 3) or statement.word(index + 2) == "TRUNC":
                break  # it is cut off as it is written
            opening = statement.insert("TRUNC(", tokens[index + 1])
            return [*opening, *statement.insert(")", tokens[end - 3])]
    return []


def _as_days(
    call: FunctionCall, days: Sequence[Piece], last: Optional[FunctionCall] = None
) -> List[Piece]:
    """A number of days as SQLite gives it: of double precision, cut off where it is an INTEGER."""
    behind = last or call
    word = call.statement.word
    is_cast = call.before == "(" and word(call.index - 2) == "CAST" and behind.behind == "AS"
    if is_cast and word(behind.last + 2) in _INTEGERS:
        return ["TRUNC(", *days, ")"]
    return ["CAST(", *days, " AS NUMERIC)" if _is_rounded(call) else " AS DOUBLE PRECISION)"]


def _is_rounded(call: FunctionCall) -> bool:
    """Whether it is rounded to some digits, which PostgreSQL does with NUMERIC alone."""
    statement = call.statement
    return any(
        statement.word(index) == "ROUND"
        and len(FunctionCall(statement, index, call.schema).arguments) == 2
        for index in call.around
    )


def _difference(call: FunctionCall) -> Optional[Tuple[FunctionCall, FunctionCall]]:
    """The two calls of ``julianday(a) - julianday(b)`` of which this is one."""
    statement = call.statement
    if call.behind == "-" and statement.word(call.last + 2) == "JULIANDAY":
        left, right = call, FunctionCall(statement, call.last + 2, call.schema)
    elif call.before == "-" and statement.word(call.index - 2) == ")":
        opening = _opening(call, call.index - 2)
        if statement.word(opening - 1) != "JULIANDAY":
            return None
        left, right = FunctionCall(statement, opening - 1, call.schema), call
    else:
        return None
    if left.before in ("-", "+", "*", "/", "%") or right.behind == "::":
        return None
    return left, right


def _opening(call: FunctionCall, closing: int) -> int:
    """The index of the parenthesis that one closes; -1 if there is none."""
    index = closing - 1
    while index >= 0 and call.statement.closing(index) != closing:
        index -= 1
    return index


# --- how a point in time is written


def _as_text(found: Moment, template: str) -> Anew:
    return Anew(("to_char(", *found.pieces, f", '{template}')"), found.is_sure)


def _as_number(call: FunctionCall, written: Anew, layout: str) -> Anew:
    """A text of digits as a number, where SQLite counts with it.

    Raises:
        Declined: it isn't one number.
    """
    if layout.lstrip("%") not in _OF_DIGITS:
        raise Declined("it counts with a text that is no number")
    is_sure = written.is_sure and not _meets_number(call)  # to SQLite a text is no number there
    return Anew(("CAST(", *written.pieces, " AS INTEGER)"), is_sure)


def _seconds(call: FunctionCall, found: Moment) -> Anew:
    epoch = ("FLOOR(EXTRACT(EPOCH FROM ", *found.pieces, "))")
    if call.cast in _INTEGERS:
        return Anew(epoch, found.is_sure)
    if _wants_text(call):
        return Anew(("CAST(", *epoch, " AS TEXT)"), found.is_sure)
    return Anew(("CAST(", *epoch, " AS BIGINT)"), found.is_sure)


def _held_together(call: FunctionCall, found: Moment) -> Sequence[Piece]:
    """A point in time, in parentheses where an operator beside it would tear it apart."""
    if not found.is_sum or call.stands_alone:
        return found.pieces
    return ("(", *found.pieces, ")")


def _in_sum(found: Moment) -> Sequence[Piece]:
    return ("(", *found.pieces, ")") if found.is_sum else found.pieces


def _template(layout: str) -> str:
    """The template of ``to_char`` for a format of ``strftime``."""
    found, position = "", 0
    for part in _PART.finditer(layout):
        if part.start() != position:
            break
        position = part.end()
        if part["directive"]:
            if part["directive"] not in _DIRECTIVES:
                raise Declined(f"to_char has nothing like %{part['directive']}")
            found += _DIRECTIVES[part["directive"]]
        else:
            found += f'"{part["letters"]}"' if part["letters"] else part["rest"]
    if position != len(layout):
        raise Declined("to_char has nothing like the format")
    return found.replace("'", "''")


def _check_driver(call: FunctionCall, layout: str) -> None:
    """Decline where the driver takes ``'%s'`` for a placeholder, whose parameter would be left."""
    tokens = call.statement.tokens
    if layout == "%s" and any(token.kind is Kind.FORMAT for token in tokens):
        raise Declined("the driver takes %s for a placeholder")


# --- what is wanted


def _wants_text(call: FunctionCall) -> bool:
    """Whether a text is wanted: by a column, by what it is compared with, or by what takes it."""
    if call.before in _TEXTUAL or call.behind in _TEXTUAL:
        return True
    if call.around and call.statement.word(call.around[0]) in _TAKING_TEXT:
        return True
    return is_text(call.wanted) or _meets_text(call)


def _is_counted(call: FunctionCall) -> bool:
    """Whether a number is wanted: by an operator, by a column, or by what it is compared with."""
    if call.before in _ARITHMETIC or call.behind in _ARITHMETIC:
        return True
    return is_number(call.wanted) or _meets_number(call)


def _meets_number(call: FunctionCall) -> bool:
    """Whether it is compared with a number that is written there."""
    place = _other_place(call)
    return place >= 0 and any(
        t.kind is Kind.NUMBER for t in call.statement.tokens[place : place + 1]
    )


def _meets_text(call: FunctionCall) -> bool:
    """Whether it is compared with a function that gives a text."""
    place = _other_place(call)
    if call.statement.word(place) in _TEXT_FUNCTIONS:
        return True
    if call.statement.word(place) not in PASSING or call.statement.word(place + 1) != "(":
        return False
    other = FunctionCall(call.statement, place, call.schema)
    return any(is_text(other.column_type(argument)) for argument in other.arguments)


def _meets_date(call: FunctionCall) -> bool:
    """Whether it is compared with a date, as PostgreSQL knows them."""
    if call.wanted == "date" or _other_side(call) == "CURRENT_DATE":
        return True
    if _other_side(call) != "DATE":
        return False
    other = FunctionCall(call.statement, _other_place(call), call.schema)
    return len(other.arguments) == 1  # with more it becomes a text itself


def _other_side(call: FunctionCall) -> str:
    """The function, or the only word, that a call is compared with."""
    return call.statement.word(_other_place(call))


def _other_place(call: FunctionCall) -> int:
    """The index of the first token of what a call is compared with; -1 where there is nothing."""
    if call.behind in _COMPARING:
        return call.last + 2
    if call.before not in _COMPARING:
        return -1
    last = call.index - 2
    return _opening(call, last) - 1 if call.statement.word(last) == ")" else last

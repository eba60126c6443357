"""Points in time as SQLite's functions of dates take them, and as PostgreSQL writes them.

SQLite has texts in UTC: ``datetime('now', '-1 day')``. PostgreSQL has types of their own, so that
the same point is ``NOW() - INTERVAL '1 day'``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

from mosaic_lint.change import Declined
from mosaic_lint.fixes.sql_calls import Argument, FunctionCall, Kept, Piece, is_timestamp, is_zoned
from mosaic_lint.sql.lexer import HOLE, Kind

_NOW = frozenset(("CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"))
_STEP = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<number>\d+(?:\.\d+)?)\s+(?P<unit>second|minute|hour|day|month|year)s?",
    re.IGNORECASE,
)
_HELD_STEP = re.compile(
    rf"'(?P<sign>[+-]?)(?P<number>{HOLE})\s+(?P<unit>second|minute|hour|day|month|year)s?'",
    re.IGNORECASE,
)
_ADDED = re.compile(r"' (?:second|minute|hour|day|month|year)s?'", re.IGNORECASE)
_CLAMPED = frozenset(("month", "year"))
"""Units whose ends PostgreSQL keeps in their month, where SQLite goes on into the next one."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?")
_UTC = " AT TIME ZONE 'UTC'"


@dataclass(frozen=True)
class Moment:
    """A point in time as PostgreSQL writes it.

    Args:
        pieces: the expression.
        is_sure: whether it surely is the same point as SQLite's.
        is_date: whether its type is ``date``.
        is_sum: whether it is a sum or difference, which parentheses may have to hold together.
        is_now: whether it is counted from now on.
    """

    pieces: Tuple[Piece, ...]
    is_sure: bool = True
    is_date: bool = False
    is_sum: bool = False
    is_now: bool = False


def moment(call: FunctionCall, arguments: Sequence[Argument], *, in_utc: bool) -> Moment:
    """The point in time that arguments stand for.

    Args:
        call: the call.
        arguments: the point and its modifiers.
        in_utc: whether it must be the time in UTC without a time zone.

    Raises:
        Declined: a modifier has no counterpart.
    """
    modifiers = list(arguments[1:])
    words = [(call.literal(modifier) or "").lower() for modifier in modifiers]
    is_local = "localtime" in words
    if is_local:
        del modifiers[words.index("localtime")]
    if words[:1] == ["unixepoch"]:
        del modifiers[0]
        start = _of_epoch(call, arguments[0], in_utc and not is_local)
    elif is_local:
        start = _local(call, arguments)
    else:
        start = _start(call, arguments, in_utc)
    for modifier in modifiers:
        start = _modified(call, start, modifier)
    return start


def date(call: FunctionCall) -> Moment:
    """The day that a call of ``date`` with modifiers stands for."""
    arguments = call.arguments
    days = [_days(call, modifier) for modifier in arguments[1:]]
    whole = [day for day in days if day is not None]
    if len(whole) < len(days):
        found = moment(call, arguments, in_utc=False)
        pieces = ("CAST(", *found.pieces, " AS DATE)")
        return Moment(pieces, found.is_sure, is_date=True, is_now=found.is_now)
    start = _day(call, arguments)
    added = tuple(piece for day in whole for piece in day)
    return Moment((*start.pieces, *added), start.is_sure, True, True, start.is_now)


def _day(call: FunctionCall, arguments: Sequence[Argument]) -> Moment:
    """The day on which a point in time is."""
    if _is_now(call, arguments):
        return Moment(("CURRENT_DATE",), is_now=True)
    kept = call.kept(arguments[0])
    type_ = call.column_type(arguments[0])
    if type_ == "date":
        return Moment((kept,))
    literal = call.literal(arguments[0])
    if literal is not None and _DATE.fullmatch(literal):
        return Moment(("DATE ", kept))
    return Moment(("CAST(", kept, " AS DATE)"), is_sure=is_timestamp(type_))


def _days(call: FunctionCall, modifier: Argument) -> Optional[Tuple[Piece, ...]]:
    """What adds a modifier's whole days to a date; ``None`` for any other modifier."""
    literal = call.literal(modifier)
    token = call.token(modifier)
    step = _STEP.fullmatch(literal.strip()) if literal is not None else None
    if step is not None and step["unit"].lower() == "day" and step["number"].isdigit():
        return (f" {step['sign'] or '+'} {step['number']}",)
    held = _HELD_STEP.fullmatch(token.text) if token is not None else None
    if held is not None and token is not None and held["unit"].lower() == "day":
        start = token.start + held.start("number")
        return (f" {held['sign'] or '+'} ", Kept(start, start + 1))
    return None


# --- where it starts


def _is_now(call: FunctionCall, arguments: Sequence[Argument]) -> bool:
    if not arguments:
        return True
    token = call.token(arguments[0])
    literal = call.literal(arguments[0])
    if literal is not None:
        return literal.lower() == "now"
    if token is not None and token.kind is Kind.QUOTED:
        return token.text.lower() == '"now"'
    return token is not None and token.text in _NOW


def _start(call: FunctionCall, arguments: Sequence[Argument], in_utc: bool) -> Moment:
    if _is_now(call, arguments):
        return Moment(("NOW()" + _UTC * in_utc,), is_now=True)
    first = arguments[0]
    kept, type_, literal = call.kept(first), call.column_type(first), call.literal(first)
    if literal is not None:
        if not _DATE.fullmatch(literal):
            raise Declined(f"{literal!r} is no point in time of PostgreSQL's")
        return Moment(("TIMESTAMP ", kept))
    if is_timestamp(type_):
        return Moment((kept,))
    if is_zoned(type_):
        return Moment((kept, _UTC) if in_utc else (kept,))
    return Moment(("CAST(", kept, " AS TIMESTAMP)"), is_sure=type_ == "date")


def _local(call: FunctionCall, arguments: Sequence[Argument]) -> Moment:
    """A point in time in the time zone of the session, which may be another than the program's."""
    if _is_now(call, arguments):
        return Moment(("LOCALTIMESTAMP",), is_sure=False, is_now=True)
    start = _start(call, arguments, in_utc=False)
    if is_zoned(call.column_type(arguments[0])):
        return Moment(start.pieces, is_sure=False)
    return Moment((*start.pieces, _UTC), is_sure=False)


def _of_epoch(call: FunctionCall, first: Argument, in_utc: bool) -> Moment:
    """``datetime(seconds, 'unixepoch')``."""
    return Moment(("to_timestamp(", call.kept(first), ")" + _UTC * in_utc), is_sure=False)


# --- modifiers


def _modified(call: FunctionCall, start: Moment, modifier: Argument) -> Moment:
    literal = call.literal(modifier)
    if literal is not None and HOLE not in literal:
        return _by_literal(start, literal.strip())
    token = call.token(modifier)
    held = _HELD_STEP.fullmatch(token.text) if token is not None else None
    if held is not None and token is not None:
        kept = Kept(token.start + held.start("number"), token.end)
        sign = held["sign"] or "+"
        exact = held["unit"].lower() not in _CLAMPED
        return _plus(start, (f" {sign} INTERVAL '", kept), is_sure=exact)
    if token is not None and token.kind is Kind.STRING and token.text[:1] == "'":
        sign = token.text[1] if token.text[1] in "+-" else ""
        kept = Kept(token.start + 1 + len(sign), token.end)
        return _plus(start, (f" {sign or '+'} INTERVAL '", kept), is_sure=False)
    exact = _adds_unit(call, modifier)
    return _plus(start, (" + CAST(", call.kept(modifier), " AS INTERVAL)"), is_sure=exact)


def _by_literal(start: Moment, literal: str) -> Moment:
    step = _STEP.fullmatch(literal)
    if step is not None:
        sign = step["sign"] or "+"
        amount = literal[len(step["sign"]) :].strip()
        exact = step["unit"].lower() not in _CLAMPED
        return _plus(start, (f" {sign} INTERVAL '{amount}'",), is_sure=exact)
    unit = re.fullmatch(r"start of (day|month|year)", literal, re.IGNORECASE)
    if unit is None:
        raise Declined(f"PostgreSQL has nothing like {literal!r}")
    pieces = (f"date_trunc('{unit[1].lower()}', ", *start.pieces, ")")
    return Moment(pieces, is_sure=False, is_now=start.is_now)


def _plus(start: Moment, added: Tuple[Piece, ...], *, is_sure: bool) -> Moment:
    sure = start.is_sure and is_sure
    return Moment((*start.pieces, *added), sure, is_sum=True, is_now=start.is_now)


def _adds_unit(call: FunctionCall, modifier: Argument) -> bool:
    """Whether a modifier is put together with a unit at its end: ``'-' || %s || ' days'``."""
    last = call.statement.tokens[modifier.last]
    if last.kind is not Kind.STRING or call.statement.word(modifier.last - 1) != "||":
        return False
    match = _ADDED.fullmatch(last.text)
    return match is not None and not any(unit in last.text.lower() for unit in _CLAMPED)

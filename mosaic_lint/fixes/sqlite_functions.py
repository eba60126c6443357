"""SQLite's functions and tables in PostgreSQL's words, but for those of dates."""

from __future__ import annotations

import re
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.catalogue_tables import changed_master
from mosaic_lint.fixes.sql_calls import (
    Argument,
    FunctionCall,
    Kept,
    Piece,
    is_number,
    is_text,
)
from mosaic_lint.fixes.sql_conditions import is_condition
from mosaic_lint.fixes.sql_kinds import NUMBER, is_surely_text, kinds, needs_cast
from mosaic_lint.fixes.sqlite_bytes import random_bytes, zero_bytes
from mosaic_lint.fixes.sqlite_dates import (
    changed_julianday,
    written_date,
    written_datetime,
    written_strftime,
    written_time,
    written_unixepoch,
)
from mosaic_lint.fixes.sqlite_json import extracted
from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.booleans import keyword
from mosaic_lint.sql.declared import BOOLEAN
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.sqlite_names import ForeignName
from mosaic_lint.sql.statement import Statement

Remade = Tuple[Changes, bool]
"""The changes for a call, and whether they surely give the same."""

_CONDITION = frozenset(
    ("=", "<>", "!=", "<", ">", "<=", ">=", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "EXISTS", "NOT",
     "TRUE", "FALSE", "AND", "OR", "ISNULL", "NOTNULL", "==", "GLOB", "~", "~*")
)  # fmt: skip
_EQUAL = frozenset(("=", "<>", "!="))


def remade(statement: Statement, found: ForeignName, schema: Callable[[], Schema]) -> Remade:
    """What PostgreSQL has for a name of SQLite's.

    Args:
        statement: the statement.
        found: the name.
        schema: gives the schema.

    Raises:
        Declined: it has nothing, or what it has depends on what isn't known.
    """
    word = statement.word(found.place)
    if word in ("SQLITE_MASTER", "SQLITE_SCHEMA"):
        return changed_master(statement, found.place), False
    call = FunctionCall(statement, found.place, schema)
    if word in _DATES or word == "JULIANDAY":
        _check_immutable(statement, found.place)
    if word in _DATES:
        anew = _DATES[word](call)
        return call.rewrite(anew.pieces), anew.is_sure
    if word not in _OTHERS:
        raise Declined("PostgreSQL has nothing that does the same")
    return _OTHERS[word](call)


def _check_immutable(statement: Statement, place: int) -> None:
    """Decline where functions must give the same at all times.

    Raises:
        Declined: it is an index or a generated column.
    """
    if statement.starts_with("CREATE") and "INDEX" in statement.words[1:3]:
        raise Declined("an index takes no function that depends on the time zone")
    for index in statement.find("GENERATED", "ALWAYS", "AS", "("):
        if index < place < statement.closing(index + 3):
            raise Declined("a generated column takes no function that depends on the time zone")


_DATES = {
    "DATETIME": written_datetime,
    "DATE": written_date,
    "TIME": written_time,
    "STRFTIME": written_strftime,
    "UNIXEPOCH": written_unixepoch,
}


def _renamed(name: str, count: int, *, is_sure: bool = True) -> Callable[[FunctionCall], Remade]:
    """A function that has another name only."""

    def rename(call: FunctionCall) -> Remade:
        if len(call.arguments) != count:
            raise Declined(f"it has {len(call.arguments)} arguments")
        return call.statement.change(name, call.statement.tokens[call.index]), is_sure

    return rename


# --- choices


def _coalesced(call: FunctionCall) -> Remade:
    changes, is_sure = _renamed("COALESCE", 2)(call)
    booleans = _with_booleans(call)
    if booleans:
        return [*changes, *booleans], is_sure
    cast = needs_cast(call, *call.arguments)
    if cast is None:
        return changes, is_sure
    left, right = (_value(call, argument, cast) for argument in call.arguments)
    return call.rewrite(["COALESCE(", *left, ", ", *right, ")"]), False


def _with_booleans(call: FunctionCall) -> Changes:
    """``ifnull(active, 0) = 1`` of a BOOLEAN column needs its numbers as booleans."""
    left, right = call.arguments
    token = call.token(right)
    if token is None or token.kind is not Kind.NUMBER or call.column_type(left) != BOOLEAN:
        return []
    numbers = [token]
    if call.behind in _EQUAL and call.last + 2 < len(call.statement.tokens):
        numbers.append(call.statement.tokens[call.last + 2])
    if any(number.text not in ("0", "1") for number in numbers):
        raise Declined("a boolean meets what is none")
    changes: Changes = []
    for number in numbers:
        changes += call.statement.change(keyword(number.text), number)
    return changes


def _chosen(call: FunctionCall) -> Remade:
    """``iif(condition, a, b)`` to ``CASE``."""
    arguments = call.arguments
    if len(arguments) not in (2, 3):
        raise Declined(f"it has {len(arguments)} arguments")
    cast = needs_cast(call, *arguments[1:]) if len(arguments) == 3 else None
    test = [call.kept(arguments[0]), *_as_condition(call)]
    pieces: List[Piece] = ["CASE WHEN ", *test, " THEN ", *_value(call, arguments[1], cast)]
    if len(arguments) == 3:
        pieces += [" ELSE ", *_value(call, arguments[2], cast)]
    pieces.append(" END")
    return call.rewrite(["(", *pieces, ")"] if _is_indexed(call) else pieces), cast is None


def _is_indexed(call: FunctionCall) -> bool:
    """Whether an index has it in the place of a column, where parentheses must be around."""
    statement = call.statement
    is_index = statement.word(0) == "CREATE" and "INDEX" in statement.words[1:3]
    return is_index and statement.depths[call.index] == 1 and call.before in ("(", ",")


def _as_condition(call: FunctionCall) -> Sequence[Piece]:
    """What makes a condition of the first argument where SQLite takes a number for one."""
    first = call.arguments[0]
    statement = call.statement
    depth = statement.depths[call.index + 1] + 1
    inside = range(first.first, first.last + 1)
    if any(statement.words[i] in _CONDITION and statement.depths[i] == depth for i in inside):
        return ()
    type_ = call.column_type(first)
    if type_ == "boolean":
        return ()
    if is_number(type_):
        return (" <> 0",)
    if kinds(call, first) == NUMBER and statement.closing(first.first + 1) == first.last:
        return (" <> 0",)
    if statement.word(first.first) == "(" and statement.closing(first.first) == first.last:
        inner = statement.words[first.first : first.last]
        if any(word in _CONDITION for word in inner):
            return ()
    raise Declined("whether its first argument is a condition isn't known")


def _value(call: FunctionCall, argument: Argument, cast: Optional[Argument]) -> List[Piece]:
    """An argument as it stays, or as a text."""
    kept, token = call.kept(argument), call.token(argument)
    if argument == cast and token is not None and token.text.isdecimal():
        return ["'", kept, "'"]
    return ["CAST(", kept, " AS TEXT)"] if argument == cast else [kept]


def _bare(call: FunctionCall) -> Remade:
    """``likely(condition)``, a hint to SQLite's planner."""
    if len(call.arguments) != 1:
        raise Declined(f"it has {len(call.arguments)} arguments")
    return call.rewrite(["(", call.kept(call.arguments[0]), ")"]), True


# --- text


def _positioned(call: FunctionCall) -> Remade:
    """``instr(text, part)`` to ``strpos``, and to a condition where SQLite takes it for one."""
    if len(call.arguments) != 2:
        raise Declined(f"it has {len(call.arguments)} arguments")
    numbers = [argument for argument in call.arguments if kinds(call, argument) == NUMBER]
    pieces: List[Piece] = ["strpos("]
    for argument in call.arguments:
        pieces += [*_value(call, argument, argument if argument in numbers else None), ", "]
    pieces[-1] = ") > 0" if is_condition(call) else ")"
    return call.rewrite(pieces), not numbers


def _aggregated(call: FunctionCall) -> Remade:
    """``group_concat([DISTINCT] x [, separator] [ORDER BY ...])`` to ``string_agg``."""
    statement, arguments = call.statement, call.arguments
    words = statement.words[call.index : call.last]
    if not arguments or "*" in words[2:3]:
        raise Declined("what it joins isn't seen")
    first = arguments[0]
    start = first.first + (statement.word(first.first) in ("DISTINCT", "ALL"))
    order = _order(call)
    end = min(first.last, order - 1) if order is not None else first.last
    value = first._replace(first=start, last=end)
    tokens = statement.tokens
    kept = Kept(tokens[start].start, tokens[end].end)
    pieces: List[Piece] = ["string_agg("]
    if start > first.first:
        pieces += [Kept(tokens[first.first].start, tokens[first.first].end), " "]
    is_plain = _makes_text(call, value)
    if not is_plain and order is not None and start > first.first:
        raise Declined("it orders by what is cast")
    pieces += [kept] if is_plain else _cast_to_text(call, value.first == value.last, kept)
    if len(arguments) == 1 or (order is not None and order < arguments[1].first):
        pieces.append(", ','")
        rest = tokens[end].end
    else:
        rest = tokens[first.last].end
    return call.rewrite([*pieces, Kept(rest, tokens[call.last].end)]), True


def _makes_text(call: FunctionCall, value: Argument) -> bool:
    """Whether an argument is a text: a column, a literal, what is joined, or stands in for NULL."""
    if is_text(call.column_type(value)) or call.literal(value) is not None:
        return True
    statement = call.statement
    depth = statement.depths[call.index + 1] + 1
    inside = range(value.first, value.last + 1)
    if any(statement.words[i] == "||" and statement.depths[i] == depth for i in inside):
        return True
    if statement.follows(value.last - 1, "::", "TEXT"):
        return True
    if statement.word(value.first) == "CAST" and statement.follows(value.last - 2, "AS", "TEXT"):
        return statement.closing(value.first + 1) == value.last
    if statement.word(value.first) not in ("IFNULL", "COALESCE"):
        return False
    inner = FunctionCall(statement, value.first, call.schema)
    is_whole = inner.last == value.last
    return is_whole and any(is_surely_text(kinds(inner, one)) for one in inner.arguments)


def _cast_to_text(call: FunctionCall, is_short: bool, kept: Piece) -> List[Piece]:
    return [kept, "::text"] if is_short else ["CAST(", kept, " AS TEXT)"]


def _order(call: FunctionCall) -> Optional[int]:
    """The index of the ORDER in an aggregate's parentheses."""
    statement = call.statement
    depth = statement.depths[call.index + 1] + 1
    for index in range(call.index + 2, call.last):
        if statement.words[index] == "ORDER" and statement.depths[index] == depth:
            return index
    return None


def _characters(call: FunctionCall) -> Remade:
    """``char(65, 66)`` to ``chr(65) || chr(66)``."""
    arguments = call.arguments
    if not arguments or any(call.statement.word(one.first) == "0" for one in arguments):
        raise Declined("PostgreSQL has no such character")
    if len(arguments) == 1:
        return call.statement.change("chr", call.statement.tokens[call.index]), True
    pieces: List[Piece] = []
    for argument in arguments:
        pieces += [" || " if pieces else "", "chr(", call.kept(argument), ")"]
    return call.rewrite(pieces if call.stands_alone else ["(", *pieces, ")"]), True


def _formatted(call: FunctionCall) -> Remade:
    """``printf('%d of %s', ...)`` to ``format``, which knows ``%s`` alone."""
    layout = call.literal(call.arguments[0]) if call.arguments else None
    if layout is None:
        raise Declined("the format isn't a plain literal")
    places = re.fullmatch(r"%%?\.(\d)f", layout)
    if places is not None and len(call.arguments) == 2:
        value = call.kept(call.arguments[1])
        rounded: List[Piece] = ["CAST(ROUND(CAST(", value, f" AS NUMERIC), {places[1]}) AS TEXT)"]
        return call.rewrite(rounded), False
    if re.search(r"%(?![dis])", layout):
        raise Declined("format() knows nothing but %s")
    token = call.statement.tokens[call.arguments[0].first]
    changes = call.statement.change("format", call.statement.tokens[call.index])
    for letter in re.finditer(r"%([di])", token.text):
        at = token.start + letter.start(1)
        changes += call.statement.rewrite(at, at + 1, "s")
    return changes, False


_OTHERS: Dict[str, Callable[[FunctionCall], Remade]] = {
    "IFNULL": _coalesced,
    "IIF": _chosen,
    "LIKELY": _bare,
    "UNLIKELY": _bare,
    "GROUP_CONCAT": _aggregated,
    "INSTR": _positioned,
    "UNICODE": _renamed("ascii", 1, is_sure=False),
    "CHAR": _characters,
    "PRINTF": _formatted,
    "RANDOMBLOB": random_bytes,
    "ZEROBLOB": zero_bytes,
    "JSON_EXTRACT": extracted,
    "JSON_GROUP_ARRAY": _renamed("jsonb_agg", 1, is_sure=False),
    "JSON_GROUP_OBJECT": _renamed("jsonb_object_agg", 2, is_sure=False),
    "JULIANDAY": changed_julianday,
    "LAST_INSERT_ROWID": _renamed("lastval", 0, is_sure=False),
    "SQLITE_VERSION": _renamed("version", 0, is_sure=False),
}

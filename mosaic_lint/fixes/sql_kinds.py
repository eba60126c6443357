"""What kinds of values an expression in SQL may have, as far as PostgreSQL tells them apart.

SQLite puts any two values into one column of a result; ``COALESCE`` and ``CASE`` want one type.
"""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import FrozenSet, Optional

from mosaic_lint.change import Declined
from mosaic_lint.fixes.sql_calls import Argument, FunctionCall, is_number, is_text
from mosaic_lint.sql.lexer import Kind


class Values(Enum):
    """A kind of values."""

    NUMBER = "number"
    TEXT = "text"
    TIME = "time"  # dates, too
    BOOLEAN = "boolean"
    JSON = "json"
    BYTES = "bytes"


Kinds = FrozenSet[Values]

ANY: Kinds = frozenset(Values)
NUMBER: Kinds = frozenset((Values.NUMBER,))
TEXT: Kinds = frozenset((Values.TEXT,))
_TEXTUAL = frozenset((Values.TEXT, Values.BYTES))
_CASTABLE = frozenset((Values.NUMBER, Values.TIME, Values.JSON))
"""What SQLite and PostgreSQL show in the same way."""
_NUMBERS = frozenset(
    ("COUNT", "SUM", "AVG", "TOTAL", "LENGTH", "INSTR", "STRPOS", "POSITION", "ROUND", "ABS",
     "UNIXEPOCH", "JULIANDAY", "UNICODE", "ASCII", "RANDOM")
)  # fmt: skip
_TEXTS = frozenset(
    ("LOWER", "UPPER", "TRIM", "LTRIM", "RTRIM", "SUBSTR", "SUBSTRING", "REPLACE", "GROUP_CONCAT",
     "STRING_AGG", "TO_CHAR", "CHAR", "CHR", "PRINTF", "FORMAT", "HEX", "TYPEOF")
)  # fmt: skip
_ONE_OF = frozenset(("MAX", "MIN"))
_BEFORE_SHOWN = frozenset(("SELECT", ",", "DISTINCT", "BY"))
_BEHIND_SHOWN = frozenset((",", "AS", "FROM", "", "HAVING", "ORDER", "LIMIT"))
_EQUAL = frozenset(("=", "==", "<>", "!="))
_DATE = re.compile(r"\s*\d{4}-\d\d-\d\d")
_NUMERAL = re.compile(r"\s*[+-]?\d+(?:\.\d+)?\s*")


def kinds(call: FunctionCall, argument: Argument) -> Kinds:
    """The kinds of values that an argument may have.

    Args:
        call: the call that the argument is of.
        argument: the argument.
    """
    statement = call.statement
    literal, token = call.literal(argument), call.token(argument)
    if literal is not None:
        return _of_literal(literal)
    if token is not None and token.kind is Kind.NUMBER:
        return NUMBER
    word, depth = statement.word(argument.first), statement.depths[argument.first]
    inside = range(argument.first, argument.last + 1)
    if any(statement.words[i] == "||" and statement.depths[i] == depth for i in inside):
        return TEXT
    if statement.closing(argument.first + 1) != argument.last:
        return _of_type(call.column_type(argument))
    if word in _NUMBERS or word in _TEXTS:
        return NUMBER if word in _NUMBERS else TEXT
    inner = FunctionCall(statement, argument.first, call.schema)
    if word in _ONE_OF and len(inner.arguments) == 1:
        only = inner.arguments[0]
        return _of_type(inner.column_type(only))
    return ANY


def is_surely_text(found: Kinds) -> bool:
    """Whether there is nothing but texts, be they literals."""
    return Values.TEXT in found and found <= _TEXTUAL


def needs_cast(call: FunctionCall, left: Argument, right: Argument) -> Optional[Argument]:
    """Which one of two arguments has to be cast to a text, so that both are of one type.

    Args:
        call: the call, of which the value may only be shown, or compared with a text.
        left: one.
        right: the other.

    Raises:
        Declined: that wouldn't help, or somebody goes on with the value.
    """
    found = {one: kinds(call, one) for one in (left, right)}
    if found[left] & found[right]:
        return None
    is_fine = _is_shown(call) or _meets_literal(call)
    for text, other in ((left, right), (right, left)):
        if is_surely_text(found[text]) and found[other] <= _CASTABLE:
            if is_fine:
                return other
    raise Declined("its arguments are of different types")


def _is_shown(call: FunctionCall) -> bool:
    """Whether a value is a column of the result, as it is."""
    if call.statement.depths[call.index]:
        return False
    return call.before in _BEFORE_SHOWN and call.behind in _BEHIND_SHOWN


def _meets_literal(call: FunctionCall) -> bool:
    """Whether a value is compared with a text that is written there."""
    tokens = call.statement.tokens
    place = call.last + 2 if call.behind in _EQUAL else call.index - 2
    if call.behind not in _EQUAL and call.before not in _EQUAL:
        return False
    return 0 <= place < len(tokens) and tokens[place].kind is Kind.STRING


def _of_literal(text: str) -> Kinds:
    """What a literal in quotes may be taken for."""
    found = {Values.TEXT, Values.BYTES}
    if _NUMERAL.fullmatch(text):
        found.add(Values.NUMBER)
    if _DATE.match(text):
        found.add(Values.TIME)
    if _is_json(text):
        found.add(Values.JSON)
    return frozenset(found)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _of_type(type_: str) -> Kinds:
    """The kind of a column's values; any where the type isn't known."""
    if is_number(type_):
        return NUMBER
    if is_text(type_):
        return TEXT
    if type_.startswith(("timestamp", "date", "time")):
        return frozenset((Values.TIME,))
    others = {"boolean": Values.BOOLEAN, "json": Values.JSON, "jsonb": Values.JSON}
    others.update({"bytea": Values.BYTES, "blob": Values.BYTES})
    return frozenset((others[type_],)) if type_ in others else ANY

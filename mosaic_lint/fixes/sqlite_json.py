"""SQLite's ``json_extract`` in PostgreSQL's operators."""

from __future__ import annotations

import re
from typing import List, Tuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.sql_calls import FunctionCall, Piece, is_number
from mosaic_lint.sql.lexer import Kind

_PATH = re.compile(r"\$((?:\.\w+|\[\d+\])+)")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "%%"))


def extracted(call: FunctionCall) -> Tuple[Changes, bool]:
    """``json_extract(data, '$.a.b')`` to ``data #>> '{a,b}'``."""
    arguments = call.arguments
    path = call.literal(arguments[1]) if len(arguments) == 2 else None
    match = _PATH.fullmatch(path) if path is not None else None
    if match is None:
        raise Declined("the path isn't a plain one")
    steps = [name or number for name, number in _STEP.findall(match[1])]
    is_key = len(steps) == 1 and not match[1].startswith("[")
    operator = f" ->> '{steps[0]}'" if is_key else f" #>> '{{{','.join(steps)}}}'"
    document: List[Piece] = [call.kept(arguments[0])]
    if call.column_type(arguments[0]) not in ("json", "jsonb"):
        document = ["CAST(", *document, " AS JSONB)"]
    pieces = [*document, operator]
    if _meets_number(call):
        pieces = ["CAST(", *pieces, " AS NUMERIC)"]
    elif not call.stands_alone or call.before in ("NOT", "IN"):
        pieces = ["(", *pieces, ")"]
    return call.rewrite(pieces), False


def _meets_number(call: FunctionCall) -> bool:
    """Whether it is compared with a number."""
    statement = call.statement
    for operator, index in ((call.behind, call.last + 2), (call.before, call.index - 2)):
        if operator in ("=", "<>", "!=", "<", ">", "<=", ">=") and index >= 0:
            if index < len(statement.tokens) and statement.tokens[index].kind is Kind.NUMBER:
                return True
    if call.behind in ("IN", "BETWEEN"):
        index = call.last + 2 + (call.behind == "IN")
        if index < len(statement.tokens) and statement.tokens[index].kind is Kind.NUMBER:
            return True
    if call.before in _ARITHMETIC or call.behind in _ARITHMETIC or is_number(call.wanted):
        return True
    return any(_takes_number(call, index) for index in call.around)


def _takes_number(call: FunctionCall, index: int) -> bool:
    """Whether a function around a call makes a number of its value, or has another at its side."""
    word = call.statement.word(index)
    if word in ("COALESCE", "IFNULL"):
        outer = FunctionCall(call.statement, index, call.schema)
        tokens = [outer.token(argument) for argument in outer.arguments]
        return any(token is not None and token.kind is Kind.NUMBER for token in tokens)
    return word in ("SUM", "AVG", "ABS", "ROUND", "TOTAL")

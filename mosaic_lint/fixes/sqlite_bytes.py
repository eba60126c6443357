"""SQLite's functions that make bytes, in PostgreSQL's words."""

from __future__ import annotations

from typing import Tuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.sql_calls import FunctionCall, rewritten

_BYTES = "uuid_send(gen_random_uuid())"
_UUID_BYTES = 16


def random_bytes(call: FunctionCall) -> Tuple[Changes, bool]:
    """``randomblob(16)``, also in ``hex`` and ``lower``, to what a random UUID is made of."""
    statement = call.statement
    size = _size(call)
    whole, rest = divmod(size, _UUID_BYTES)
    parts = [_BYTES] * whole + [f"substr({_BYTES}, 1, {rest})"] * bool(rest)
    value = " || ".join(parts)
    first, last = call.index, call.last
    if statement.follows(first - 2, "HEX", "(") and statement.word(last + 1) == ")":
        first, last = first - 2, last + 1
        value = f"encode({value}, 'hex')"
        if statement.follows(first - 2, "LOWER", "(") and statement.word(last + 1) == ")":
            first, last = first - 2, last + 1
        else:
            value = f"upper({value})"
    elif len(parts) > 1:
        value = f"({value})"
    tokens = statement.tokens
    return rewritten(statement, tokens[first].start, tokens[last].end, [value]), False


def zero_bytes(call: FunctionCall) -> Tuple[Changes, bool]:
    """``zeroblob(n)`` to what is decoded from as many zeros."""
    kept = [call.kept(argument) for argument in call.arguments]
    if len(kept) != 1:
        raise Declined(f"it has {len(kept)} arguments")
    return call.rewrite(["decode(repeat('00', ", kept[0], "), 'hex')"]), True


def _size(call: FunctionCall) -> int:
    token = call.token(call.arguments[0]) if len(call.arguments) == 1 else None
    if token is None or not token.text.isdigit() or not 0 < int(token.text) <= 64:
        raise Declined("how many bytes isn't a plain number")
    return int(token.text)

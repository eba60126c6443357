"""What looks like a placeholder of the driver's and is a piece of a text: ``LIKE '%some%'``."""

from __future__ import annotations

from typing import List

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.parameters import Given
from mosaic_lint.facts.sinks import Rows
from mosaic_lint.sql.lexer import Kind, Token
from mosaic_lint.sql.percent import Conversion


def texts_like_placeholders(call: SqlCall) -> List[Conversion]:
    """The placeholders that surely are none: a word goes on behind them inside of quotes.

    That many parameters are given as there are placeholders without them, or a mapping.
    """
    found = [one for one in call.placeholders if is_begun_word(call, one)]
    if call.sink.rows is not Rows.ONE or not call.text.exact or any(call.text.holes):
        return []
    if call.parameters.given is Given.MAPPING:
        return found
    values = call.parameters.values
    fits = values is not None and len(values) == len(call.placeholders) - len(found)
    return found if fits else []


def is_begun_word(call: SqlCall, placeholder: Conversion) -> bool:
    """Whether ``%s`` stands in quotes, and a letter behind it: ``'%some'``."""
    after = call.text.text[placeholder.end : placeholder.end + 1]
    return (
        placeholder.name is None
        and after.isalpha()
        and any(
            _is_quoted(token) and token.start < placeholder.start < token.end
            for statement in call.statements
            for token in statement.tokens
        )
    )


def _is_quoted(token: Token) -> bool:
    return token.kind in (Kind.STRING, Kind.QUOTED)

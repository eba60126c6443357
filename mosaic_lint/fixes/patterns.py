"""What looks like a placeholder of the driver's and is a piece of a text: ``LIKE '%some%'``.

Or one of the server's own, as in ``format('%s of %s', n, total)``.
"""

from __future__ import annotations

from typing import List

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.parameters import Given
from mosaic_lint.facts.sinks import Rows
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.percent import Conversion
from mosaic_lint.sql.statement import Statement


def texts_like_placeholders(call: SqlCall) -> List[Conversion]:
    """The placeholders that surely are none: they may be texts.

    That many parameters are given as there are placeholders without them, or a mapping.
    """
    found = [one for one in call.placeholders if may_be_text(call, one)]
    if call.sink.rows is not Rows.ONE or not call.text.exact or any(call.text.holes):
        return []
    if call.parameters.given is Given.MAPPING:
        return found
    values = call.parameters.values
    fits = values is not None and len(values) == len(call.placeholders) - len(found)
    return found if fits else []


def may_be_text(call: SqlCall, placeholder: Conversion) -> bool:
    """Whether ``%s`` stands in quotes, and a letter behind it or ``format(`` before them."""
    if placeholder.name is not None:
        return False
    begins_a_word = call.text.text[placeholder.end : placeholder.end + 1].isalpha()
    return any(
        token.start < placeholder.start < token.end
        and token.kind in (Kind.STRING, Kind.QUOTED)
        and (begins_a_word or _is_template(statement, index))
        for statement in call.statements
        for index, token in enumerate(statement.tokens)
    )


def _is_template(statement: Statement, index: int) -> bool:
    """Whether a literal is what PostgreSQL's own ``format()`` puts values into."""
    return (
        statement.word(index - 1) == "("
        and statement.word(index - 2) == "FORMAT"
        and statement.word(index + 1) in (",", ")")
    )

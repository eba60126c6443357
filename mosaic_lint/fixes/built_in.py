"""What is built into a query, as far as it matters to its placeholders."""

from __future__ import annotations

from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.sql.lexer import HOLE, Kind

_BEFORE_NAME = frozenset(("FROM", "INTO", "UPDATE", "JOIN", "TABLE", "SELECT", "BY", ".", ","))
_BEHIND_NAME = frozenset((".", "=", "<>", "!=", "<", ">", "<=", ">=", "LIKE", "ILIKE", "IN", "IS"))


def is_known(call: SqlCall) -> bool:
    """Whether all of a query's placeholders are seen: only names are built into it, if anything."""
    if not call.text.exact:
        return False
    if all(hole.composed for hole in call.text.holes):
        return True
    unknown = call.text.text.count(HOLE)
    for statement in call.statements:
        for index, token in enumerate(statement.tokens):
            before, after = statement.word(index - 1), statement.word(index + 1)
            if token.kind is Kind.WORD and (before in _BEFORE_NAME or after in _BEHIND_NAME):
                unknown -= token.text.count(HOLE)
    return not unknown

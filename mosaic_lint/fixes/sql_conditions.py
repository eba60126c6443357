"""Whether a value in SQL is taken for a condition, as SQLite does with numbers."""

from __future__ import annotations

from mosaic_lint.fixes.sql_calls import FunctionCall
from mosaic_lint.sql.statement import Statement

_BEFORE = frozenset(("WHERE", "AND", "OR", "NOT", "ON", "HAVING", "WHEN"))
_JOINING = frozenset(("AND", "OR"))
_BEHIND = _JOINING | frozenset(
    ("", ")", "THEN", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "RETURNING", "UNION", "EXCEPT",
     "INTERSECT", "WHERE", "JOIN", "LEFT", "INNER", "CROSS", "FULL", "RIGHT", "FETCH", "FOR")
)  # fmt: skip


def is_condition(call: FunctionCall) -> bool:
    """Whether the value of a call is all of a condition, or of a part that AND or OR joins.

    Args:
        call: the call.
    """
    statement, first, last = call.statement, call.index, call.last
    while statement.word(first - 1) == "(" and statement.word(last + 1) == ")":
        if statement.word(first - 2) == "CHECK":
            return True
        if statement.word(first - 2) not in _BEFORE | {"("}:
            return False
        first, last = first - 1, last + 1
    before, behind = statement.word(first - 1), statement.word(last + 1)
    if behind not in _BEHIND:
        return False
    if before == "(":
        return behind in _JOINING
    return before in _BEFORE and not (before == "AND" and _is_between(statement, first - 1))


def _is_between(statement: Statement, index: int) -> bool:
    """Whether an AND belongs to a BETWEEN."""
    depth = statement.depths[index]
    for place in range(index - 1, -1, -1):
        if statement.depths[place] < depth:
            return False
        if statement.depths[place] == depth and statement.words[place] in ("AND", "OR", "WHERE"):
            return False
        if statement.depths[place] == depth and statement.words[place] == "BETWEEN":
            return True
    return False

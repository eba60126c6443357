"""``COLLATE NOCASE`` in a query as ``LOWER()`` around what is compared or ordered by."""

from __future__ import annotations

from typing import Tuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.together import check_together, in_case_of
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement

_COMPARING = frozenset(("=", "==", "<>", "!=", "<", ">", "<=", ">=", "LIKE"))
_BEFORE = frozenset(("WHERE", "AND", "OR", "NOT", "ON", "WHEN", "HAVING", "SELECT", "("))
_BEFORE_LISTED = frozenset(("BY", ",", "("))
_AFTER = frozenset(
    ("", ")", ",", ";", "AND", "OR", "THEN", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET",
     "UNION", "RETURNING", "ASC", "DESC", "NULLS", "FETCH", "FOR", "COLLATE")
)  # fmt: skip
_OPERANDS = (Kind.WORD, Kind.QUOTED, Kind.STRING, Kind.FORMAT, Kind.QMARK, Kind.COLON_NAME)
_SETS = frozenset(("DISTINCT", "UNION", "EXCEPT", "INTERSECT"))
_LONGER = "more than a name and a value is compared"
_Range = Tuple[int, int]  # the first and the last token


def lowered(statement: Statement, index: int, site: Site) -> Changes:
    """Write ``LOWER()`` for a collation.

    Args:
        statement: the statement.
        index: the index of COLLATE.
        site: the place of the finding.

    Raises:
        Declined: the collation is about something longer than a name or a value.
    """
    own = _operand_before(statement, index)
    changes = _wrapped(statement, own, index, index + 1)
    start, end = own[0], index + 1  # the first and the last token of all that is compared
    if statement.word(end + 1) in _COMPARING:
        other = _operand_from(statement, end + 2)
        end = other[1] + 2 * statement.follows(other[1] + 1, "COLLATE", "NOCASE")
        changes += _wrapped(statement, other, index, end)
    elif statement.word(start - 1) in _COMPARING:
        other = _operand_before(statement, start - 1)
        start = other[0]
        changes += _wrapped(statement, other, index, other[1])
    elif not _is_indexed(statement, start):
        _check_order(statement, start)
    is_listed = start == own[0] and end == index + 1
    is_whole = statement.word(start - 1) in (_BEFORE_LISTED if is_listed else _BEFORE)
    if statement.word(end + 1) not in _AFTER or not is_whole:
        raise Declined(_LONGER)
    check_together(statement, (statement.tokens[start], statement.tokens[end]), site)
    return changes


def _wrapped(statement: Statement, operand: _Range, index: int, last: int) -> Changes:
    """Put ``LOWER()`` around an operand, in the place of everything up to a token."""
    start = statement.tokens[operand[0]].start
    behind, end = statement.tokens[operand[1]].end, statement.tokens[last].end
    name = in_case_of(statement, index, "LOWER")
    return statement.rewrite(start, start, f"{name}(") + statement.rewrite(behind, end, ")")


def _operand_before(statement: Statement, index: int) -> _Range:
    """The name or the value that ends before an index."""
    last = first = index - 1
    _check_operand(statement, last)
    while statement.word(first - 1) == ".":
        first -= 2
    return first, last


def _operand_from(statement: Statement, index: int) -> _Range:
    """The name or the value that begins at an index."""
    _check_operand(statement, index)
    last = statement.name_end(index) - 1
    return index, last


def _check_operand(statement: Statement, index: int) -> None:
    token = statement.tokens[index] if 0 <= index < len(statement.tokens) else None
    if token is None or token.kind not in _OPERANDS or token.text in (HOLE, "NOCASE"):
        raise Declined(_LONGER)


def _is_indexed(statement: Statement, index: int) -> bool:
    """Whether an operand is one of an index's columns."""
    is_index = statement.word(0) == "CREATE" and "INDEX" in statement.words[1:3]
    return is_index and statement.depths[index] == 1 and "WHERE" not in statement.words[:index]


def _check_order(statement: Statement, index: int) -> None:
    """Make sure that an operand stands in ORDER BY, of a query that may order by anything.

    Raises:
        Declined: it doesn't.
    """
    if _SETS & set(statement.words):
        raise Declined("such a query orders by its own columns only")
    if _is_renamed(statement, index):
        raise Declined("a function doesn't know the new name of a column")
    depth = statement.depths[index]
    for position in range(index - 1, 0, -1):
        word, level = statement.word(position), statement.depths[position]
        if level < depth or (level == depth and word in ("FROM", "SELECT", "WHERE")):
            break
        if level == depth and word == "BY":
            if statement.word(position - 1) == "ORDER":
                return
            break
    raise Declined("both sides of a comparison need LOWER()")


def _is_renamed(statement: Statement, index: int) -> bool:
    """Whether an operand is a name that the query gives to something else."""
    if statement.word(index + 1) == ".":
        return False
    name = _name_of(statement, index)
    return any(
        _name_of(statement, place + 1) == name != _name_of(statement, place - 1)
        for place in statement.find("AS")
    )


def _name_of(statement: Statement, index: int) -> str:
    """A token's text as names are compared."""
    token = statement.tokens[index] if index < len(statement.tokens) else None
    return statement.text[token.start : token.end].strip('"`').lower() if token else ""

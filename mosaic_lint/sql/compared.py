"""Which column a value in a statement is compared with."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, List, NamedTuple, Optional, Tuple

from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.resolve import Reference, Resolver
from mosaic_lint.sql.statement import Statement

_OPERATORS = frozenset(("=", "<>", "!=", "<", ">", "<=", ">="))
_BEFORE_VALUE = _OPERATORS | {"FROM", "BETWEEN", "SYMMETRIC"}
"""What may stand before the right-hand side of a comparison."""
_BEFORE = frozenset(
    ("(", ",", "WHERE", "AND", "OR", "NOT", "ON", "WHEN", "THEN", "ELSE", "SELECT", "HAVING", "BY",
     "RETURNING", "CASE", "DISTINCT", "ALL")
)  # fmt: skip
"""What may stand before a comparison without being a part of its left-hand side."""
_AFTER = frozenset(
    ("", ")", ",", ";", "AND", "OR", "THEN", "WHEN", "ELSE", "END", "GROUP", "ORDER", "HAVING",
     "LIMIT", "OFFSET", "FETCH", "FOR", "WINDOW", "UNION", "INTERSECT", "EXCEPT", "RETURNING",
     "ON", "JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "NATURAL", "AS", "WHERE", "FROM",
     "IS", "ASC", "DESC", "NULLS", "DO")
)  # fmt: skip
"""What may stand behind a comparison without being a part of its right-hand side."""
_ENDING = frozenset(("BETWEEN", "SYMMETRIC", "AND", "OR", "WHERE", "ON", "HAVING"))
"""What ends the search for the BETWEEN of an AND."""
_MAX_NESTING = 20  # parentheses around one operand


class Compared(NamedTuple):
    """A value's comparison.

    Args:
        column: the column.
        place: the same for all values of one comparison: they are one fault.
    """

    column: Reference
    place: int


class Comparisons:
    """Answers for one statement.

    Args:
        statement: the statement.
        resolver: reads its names.
    """

    def __init__(self, statement: Statement, resolver: Resolver) -> None:
        self._statement = statement
        self._resolver = resolver

    def of(self, index: int) -> Optional[Compared]:
        """What the value at an index is compared with, as a whole and as it is.

        Args:
            index: the index of a token that is a value of its own.
        """
        first, last = self._widened(index)
        return (
            self._right(first, last)
            or self._left(first, last)
            or self._in_list(index)
            or self._case(first, last)
            or self._default(index)
        )

    def of_call(self, first: int, last: int) -> Optional[Compared]:
        """What a call's value is compared with, as a whole.

        Args:
            first: the index of the function's name.
            last: the index of the closing parenthesis.
        """
        return self._right(first, last) or self._left(first, last) or self._upper(first, last)

    def _upper(self, first: int, last: int) -> Optional[Compared]:
        """``column BETWEEN f() AND g()``: the second one."""
        word, depths = self._statement.word, self._statement.depths
        if word(first - 1) != "AND" or not self._ends(last):
            return None
        index = first - 2
        depth = depths[first]
        while index > 0 and (depths[index] > depth or word(index) not in _ENDING):
            if depths[index] < depth:
                return None
            index -= 1
        if word(index) not in ("BETWEEN", "SYMMETRIC"):
            return None
        end = index - 1 - (word(index) == "SYMMETRIC")
        column = self._column_to(end - (word(end) == "NOT"))
        return Compared(column, index) if column is not None else None

    def _widened(self, index: int) -> Tuple[int, int]:
        """A value with the parentheses that are around it alone."""
        first = last = index
        word = self._statement.word
        for _ in range(_MAX_NESTING):
            before = word(first - 2)
            if word(first - 1) != "(" or word(last + 1) != ")":
                break
            if before not in _BEFORE | _BEFORE_VALUE:
                break
            first, last = first - 1, last + 1
        return first, last

    def _ends(self, last: int) -> bool:
        """Whether an operand ends with a token: nothing behind it binds tighter than ``=``."""
        following = self._statement.word(last + 1)
        if following[:1] == HOLE:  # a clause more likely than an operator, unless it adjoins
            tokens = self._statement.tokens
            return tokens[last + 1].start > tokens[last].end
        return following in _AFTER

    def _begins(self, first: int) -> bool:
        """Whether an operand begins with a token."""
        return self._statement.word(first - 1) in _BEFORE

    # --- the forms

    def _right(self, first: int, last: int) -> Optional[Compared]:
        """``column = 1``, ``column IS DISTINCT FROM 1``, ``column BETWEEN 0 AND 1``."""
        word = self._statement.word
        before = word(first - 1)
        end: Optional[int] = None
        if before in _OPERATORS and self._ends(last):
            end = first - 2
        elif before == "FROM" and word(first - 2) == "DISTINCT" and self._ends(last):
            end = self._behind_is(first - 3)
        elif before in ("BETWEEN", "SYMMETRIC") and word(last + 1) == "AND":
            end = first - 2 - (before == "SYMMETRIC")
            end -= word(end) == "NOT"
        if end is None:
            return None
        column = self._column_to(end)
        return Compared(column, first - 1) if column is not None else None

    def _behind_is(self, index: int) -> Optional[int]:
        """The index of the token before ``IS`` or ``IS NOT``, of which the last one is given."""
        index -= self._statement.word(index) == "NOT"
        return index - 1 if self._statement.word(index) == "IS" else None

    def _left(self, first: int, last: int) -> Optional[Compared]:
        """``1 = column``, ``1 IS DISTINCT FROM column``, ``1 IN (column, column)``."""
        if not self._begins(first):
            return None
        word, index = self._statement.word, last + 1
        if word(index) in _OPERATORS:
            column = self._column_from(index + 1)
            return Compared(column, index) if column is not None else None
        if word(index) == "IS":
            index += 1 + (word(index + 1) == "NOT")
            if not self._statement.follows(index, "DISTINCT", "FROM"):
                return None
            column = self._column_from(index + 2)
            return Compared(column, index) if column is not None else None
        index += word(index) == "NOT"
        if word(index) == "IN" and word(index + 1) == "(":
            column = self._column_from(index + 2)
            if column is not None and word(column.last + 1) in (")", ","):
                return Compared(column, index)
        return None

    def _in_list(self, index: int) -> Optional[Compared]:
        """``column IN (0, 1)`` and ``column IN %s``."""
        word = self._statement.word
        if word(index - 1) == "IN" and self._ends(index):
            opening = index
        elif word(index - 1) in ("(", ",") and word(index + 1) in (")", ","):
            opening = self._openings[index]
        else:
            return None
        if opening < 0 or word(opening - 1) != "IN":
            return None
        end = opening - 2 - (word(opening - 2) == "NOT")
        column = self._column_to(end)
        return Compared(column, opening) if column is not None else None

    def _case(self, first: int, last: int) -> Optional[Compared]:
        """``CASE column WHEN 1 THEN ...``."""
        word = self._statement.word
        if word(first - 1) != "WHEN" or word(last + 1) != "THEN":
            return None
        case = self._cases.get(first - 1)
        column = self._reference_from(case + 1) if case is not None else None
        if column is None or word(column.last + 1) != "WHEN":
            return None
        return Compared(column, first - 1)

    def _default(self, index: int) -> Optional[Compared]:
        """``COALESCE(column, 1)``: its arguments are all of one type."""
        word = self._statement.word
        if word(index - 1) != "," or word(index + 1) not in (")", ","):
            return None
        opening = self._openings[index]
        column = self._coalesced(opening)
        return Compared(column, opening) if column is not None else None

    # --- columns

    def _column_to(self, end: int) -> Optional[Reference]:
        """The column that is all of an operand which ends at an index."""
        closings = 0
        column = self._coalesced_to(end)
        while column is None and closings < _MAX_NESTING and self._statement.word(end) == ")":
            end, closings = end - 1, closings + 1
            column = self._coalesced_to(end)
        if column is None and end >= 0:
            column = self._resolver.reference_to(end)
        if column is None:
            return None
        first = column.first
        for _ in range(closings):
            first -= 1
            if self._statement.word(first) != "(":
                return None
        return column if self._begins(first) else None

    def _column_from(self, start: int) -> Optional[Reference]:
        """The column that is all of an operand which starts at an index."""
        openings = 0
        while openings < _MAX_NESTING and self._statement.word(start) == "(":
            start, openings = start + 1, openings + 1
        column = self._reference_from(start)
        if column is None:
            return None
        last = column.last
        for _ in range(openings):
            last += 1
            if self._statement.word(last) != ")":
                return None
        return column if self._ends(last) else None

    def _reference_from(self, start: int) -> Optional[Reference]:
        """The column, or the ``COALESCE`` of one, that starts at an index."""
        return self._coalesced(start + 1) or self._resolver.reference_from(start)

    def _coalesced_to(self, end: int) -> Optional[Reference]:
        """The ``COALESCE`` of a column that ends at an index."""
        word = self._statement.word
        if end < 1 or word(end) != ")" or word(end - 1) in ("(", ")"):
            return None
        return self._coalesced(self._openings[end - 1])

    def _coalesced(self, opening: int) -> Optional[Reference]:
        """The ``COALESCE`` with a parenthesis, by the name of the column that it begins with.

        All of its arguments have that column's type, and so has its value.
        """
        word = self._statement.word
        if opening < 1 or word(opening) != "(" or word(opening - 1) != "COALESCE":
            return None
        column = self._resolver.reference_from(opening + 1)
        if column is None or word(column.last + 1) != "," or word(opening - 2) == ".":
            return None
        return column._replace(first=opening - 1, last=self._statement.closing(opening))

    @cached_property
    def _openings(self) -> List[int]:
        """For each token the index of the parenthesis around it; -1 where there is none."""
        found: List[int] = []
        opened: List[int] = []
        for index, word in enumerate(self._statement.words):
            if word == ")" and opened:
                opened.pop()
            found.append(opened[-1] if opened else -1)
            if word == "(":
                opened.append(index)
        return found

    @cached_property
    def _cases(self) -> Dict[int, int]:
        """For each WHEN the index of its CASE."""
        found: Dict[int, int] = {}
        opened: List[int] = []
        for index, word in enumerate(self._statement.words):
            if word == "CASE":
                opened.append(index)
            elif word == "END" and opened:
                opened.pop()
            elif word == "WHEN" and opened:
                found[index] = opened[-1]
        return found

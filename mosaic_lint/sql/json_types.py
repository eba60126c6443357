"""Whether an expression's value is JSON of a column, by its tokens."""

from __future__ import annotations

from typing import Callable, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.sql.lexer import HOLE, Kind, Token
from mosaic_lint.sql.statement import Statement

JSON_TYPES: FrozenSet[str] = frozenset(("json", "jsonb"))
UNTYPED = "unknown"
"""PostgreSQL's own word for the type of a literal that nothing gives another one."""
NO_NAME = "?column?"
"""What PostgreSQL calls a column of which it can't derive a name."""
_MAX_DEPTH = 40  # of expressions in expressions
_LITERALS = frozenset((Kind.STRING, Kind.NUMBER, Kind.FORMAT))
_NAMES = frozenset((Kind.WORD, Kind.QUOTED))
_CONSTANTS = frozenset(("NULL", "TRUE", "FALSE"))
_KEEPING = frozenset(("->", "#>"))
_TO_TEXT = frozenset(("->>", "#>>"))
_WORDS_BETWEEN = frozenset(
    ("AND", "OR", "NOT", "IS", "IN", "LIKE", "ILIKE", "SIMILAR", "BETWEEN", "ISNULL", "NOTNULL",
     "COLLATE", "AT", "OVER", "FILTER", "WITHIN", "CASE", "ARRAY", "ROW", "EXISTS")
)  # fmt: skip
"""Words that make something else of the operands beside them, or aren't followed."""


class Output(NamedTuple):
    """A column of a query's result.

    Args:
        name: what it is called there.
        type: ``json``, ``jsonb``, :data:`UNTYPED`, or empty for all that is something else or
            not known.
        column: the table's column whose JSON it is, or is a part of: ``docs.data``; empty where
            it is none's.
    """

    name: str
    type: str = ""
    column: str = ""

    @property
    def is_json_of_column(self) -> bool:
        """Whether a driver gets JSON that a table holds."""
        return bool(self.column) and self.type in JSON_TYPES


Range = Tuple[int, int]
"""The index of a first token, and the index behind the last one."""
Look = Callable[[Sequence[str]], Optional[Output]]
"""Finds the column that a name, qualified or not, means."""
Ask = Callable[[int, int, int], Output]
"""Tells what a query in parentheses gives; the last argument is the depth."""


class Expressions:
    """Reads the expressions of one query.

    Args:
        statement: the statement.
        look: finds columns.
        ask: reads a query that stands for a value.
    """

    def __init__(self, statement: Statement, look: Look, ask: Ask) -> None:
        self._statement = statement
        self._look = look
        self._ask = ask

    def read(self, start: int, end: int, depth: int = 0) -> Output:
        """What an expression gives, called as PostgreSQL does if nobody names it."""
        start, end = inner(self._statement, start, end)
        if start >= end or depth > _MAX_DEPTH:
            return Output(NO_NAME)
        if self._statement.word(start) in ("SELECT", "WITH"):
            return self._ask(start, end, depth + 1)
        operators = self._operators(start, end)
        if operators is None:
            return Output(NO_NAME)
        if not operators:
            return self._operand(start, end, depth)
        return self._operation(start, end, operators, depth)

    def _operators(self, start: int, end: int) -> Optional[List[int]]:
        """The operators between operands; ``None`` where one isn't followed."""
        found: List[int] = []
        for index in level(self._statement, start, end):
            token = self._statement.tokens[index]
            if token.kind is Kind.WORD and token.text in _WORDS_BETWEEN:
                if self._statement.word(index - 1) != ".":
                    return None
            if token.kind is not Kind.OPERATOR or token.text == "::":
                continue
            if found and found[-1] == index - 1 and token.text == "-":
                continue  # the sign of an index: data -> -1
            if token.text not in _KEEPING and token.text not in _TO_TEXT and token.text != "||":
                return None
            found.append(index)
        return found

    def _operation(self, start: int, end: int, operators: List[int], depth: int) -> Output:
        """What a row of operators gives, which bind from the left, and less than a cast."""
        value = self._operand(start, operators[0], depth)
        for number, index in enumerate(operators):
            operator = self._statement.word(index)
            if operator in _TO_TEXT:
                value = Output(NO_NAME)
            elif operator == "||":
                last = number + 1 == len(operators)
                right = self._operand(index + 1, end if last else operators[number + 1], depth)
                value = _joined(value, right)
            elif value.type not in JSON_TYPES:
                value = Output(NO_NAME)
        return value._replace(name=NO_NAME)

    def _operand(self, start: int, end: int, depth: int) -> Output:
        statement = self._statement
        casts = [i for i in level(statement, start, end) if statement.word(i) == "::"]
        if casts:
            value = self._operand(start, casts[0], depth)
            for index, cast in enumerate(casts):
                last = index + 1 == len(casts)
                value = self._cast(value, cast + 1, end if last else casts[index + 1])
            return value
        if statement.word(start) == "(" and statement.closing(start) == end - 1:
            return self.read(start, end, depth + 1)
        if end - start == 1 and self._is_literal(statement.tokens[start]):
            return Output(NO_NAME, UNTYPED)
        names = self._reference(start, end)
        if names is not None:
            return self._look(names) or Output(names[-1])
        return self._call(start, end, depth)

    def _cast(self, value: Output, start: int, end: int) -> Output:
        """What a cast to a type makes of a value."""
        words = self._statement.words[start:end]
        written = words[0].lower() if words else ""
        name = written if value.name == NO_NAME else value.name
        if len(words) != 1 or written not in JSON_TYPES:
            return Output(name)
        return Output(name, written, value.column if value.type in JSON_TYPES else "")

    def _is_literal(self, token: Token) -> bool:
        return token.kind in _LITERALS or token.text in _CONSTANTS

    def _reference(self, start: int, end: int) -> Optional[List[str]]:
        """The parts of a name; ``None`` where there is something else."""
        tokens = self._statement.tokens[start:end]
        names, dots = tokens[::2], tokens[1::2]
        if len(tokens) % 2 == 0 or any(dot.text != "." for dot in dots):
            return None
        found = [name_of(self._statement, token) for token in names]
        return found if all(found) else None

    def _call(self, start: int, end: int, depth: int) -> Output:
        """What a function gives; all but COALESCE and CAST may make anything."""
        statement = self._statement
        opening = statement.name_end(start)
        if statement.word(opening) != "(" or statement.closing(opening) != end - 1:
            return Output(NO_NAME)
        function = statement.word(start) if opening == start + 1 else ""
        if function == "COALESCE":
            parts = split(statement, opening + 1, end - 1)
            return _first([self.read(*part, depth + 1) for part in parts])
        if function == "CAST":
            for index in level(statement, opening + 1, end - 1):
                if statement.word(index) == "AS":
                    value = self.read(opening + 1, index, depth + 1)
                    return self._cast(value, index + 1, end - 1)
        return Output(name_of(statement, statement.tokens[opening - 1]) or NO_NAME)


def _joined(left: Output, right: Output) -> Output:
    """``||``: only two documents of JSONB make one; a text makes a text of the other."""
    for value, other in ((left, right), (right, left)):
        if value.type == "jsonb" and other.type in ("jsonb", UNTYPED):
            return Output(NO_NAME, "jsonb", left.column or right.column)
    return Output(NO_NAME)


def _first(values: List[Output]) -> Output:
    """COALESCE: all of its arguments have one type, which literals take over."""
    types = {value.type for value in values} - {UNTYPED}
    if len(types) == 1 and types <= JSON_TYPES:
        column = next((value.column for value in values if value.column), "")
        return Output("coalesce", types.pop(), column)
    return Output("coalesce")


def name_of(statement: Statement, token: Token) -> str:
    """The name that a token is, as PostgreSQL stores it; empty where it is none."""
    if token.kind not in _NAMES or HOLE in token.text:
        return ""
    if token.kind is Kind.WORD:
        return statement.text[token.start : token.end].lower()
    if token.text.startswith('"') and len(token.text) > 1:
        return token.text[1:-1].replace('""', '"')
    return ""


def inner(statement: Statement, start: int, end: int) -> Range:
    """What stands in the parentheses that are around all of a range."""
    while start < end and statement.word(start) == "(" and statement.closing(start) == end - 1:
        start, end = start + 1, end - 1
    return start, end


def level(statement: Statement, start: int, end: int) -> Iterator[int]:
    """The tokens of a range that are in no parentheses or brackets of it, these included."""
    index = start
    brackets = 0
    while index < end:
        word = statement.word(index)
        if word == "]":
            brackets -= 1
        if brackets <= 0:
            yield index
        if word == "[":
            brackets += 1
        index = statement.closing(index) if word == "(" else index + 1


def split(statement: Statement, start: int, end: int) -> List[Range]:
    """The parts of a range between commas."""
    commas = [i for i in level(statement, start, end) if statement.word(i) == ","]
    starts = [start, *(comma + 1 for comma in commas)]
    return list(zip(starts, [*commas, end]))

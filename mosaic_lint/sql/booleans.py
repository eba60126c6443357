"""The integers 0 and 1 where a BOOLEAN is meant."""

from __future__ import annotations

from typing import Any, Callable, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Set

from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.blocks import ddl_table, table_name
from mosaic_lint.sql.compared import Comparisons
from mosaic_lint.sql.declared import BOOLEAN, actions, declared
from mosaic_lint.sql.given import Bound, Value
from mosaic_lint.sql.identifiers import stored_name
from mosaic_lint.sql.lexer import Kind, Token
from mosaic_lint.sql.resolve import Resolver
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.written import Target, Writes

_NUMBERS = frozenset(("0", "1"))
_VALUES = frozenset((Kind.NUMBER, Kind.FORMAT))
_OF_SEVERAL = frozenset(("VALUES", "IN"))
"""Before a placeholder that stands for a row, or for a list of values."""
_COUNTED = frozenset(
    ("LIMIT", "OFFSET", "FIRST", "NEXT", "BY", "DEFAULT", "+", "-", "*", "/", "%", "||", "[", ":")
)
"""Before a number that is neither compared nor written as it is."""
_LONG = 63  # bytes of a name, beyond which PostgreSQL cuts it off
_BY_PLACE = frozenset(("INSERT", "MERGE"))
_BEFORE_STAR = frozenset(("SELECT", ".", ",", "ALL", "DISTINCT", "RETURNING"))
_BEHIND_DEFAULT = frozenset(
    ("", ",", ")", ";", "NOT", "NULL", "CHECK", "PRIMARY", "UNIQUE", "REFERENCES", "CONSTRAINT",
     "DEFERRABLE", "INITIALLY")
)  # fmt: skip


class Found(NamedTuple):
    """An integer.

    Args:
        anchor: where it stands.
        column: the column's name; ``None`` where it is declared just there.
        instead: what to write.
        token: the index of the token that is the integer, or the placeholder that stands for it.
        bound: what the placeholder gets.
    """

    anchor: Any
    column: Optional[str]
    instead: str
    token: int
    bound: Optional[Bound] = None


def integers(statement: Statement, schema: Callable[[], Schema]) -> Iterator[Found]:
    """All integers for a BOOLEAN in a statement and its parameters; one for each comparison.

    Args:
        statement: the statement.
        schema: gives the schema; asked when it matters.
    """
    yield from _defaults(statement, schema)
    if statement.word(0) == "SET":
        return  # a setting of the server's
    candidates = [
        index
        for index, token in enumerate(statement.tokens)
        if token.kind in _VALUES and _may_be(statement, index)
    ]
    if candidates and _may_name(statement, schema().boolean_columns):
        reader = Reader(statement, schema)
        for index in candidates:
            yield from reader.at(index)


def _may_be(statement: Statement, index: int) -> bool:
    """Whether a value may be 0 or 1, and stands where it may be compared or written."""
    token, before = statement.tokens[index], statement.word(index - 1)
    if token.kind is Kind.NUMBER:
        return token.text in _NUMBERS and before not in _COUNTED
    given = statement.given
    if before in _OF_SEVERAL:
        return bool(_integers(given.fields(token, None)))
    return bool(_integers(given.values(token)))


def _may_name(statement: Statement, columns: FrozenSet[str]) -> bool:
    """Whether a statement may mean one of some columns, by its name or by its place."""
    if not columns:
        return False
    return any(
        _is_name(statement, token, columns)
        or (token.text == "*" and statement.word(index - 1) in _BEFORE_STAR)
        for index, token in enumerate(statement.tokens)
    )


def _is_name(statement: Statement, token: Token, columns: FrozenSet[str]) -> bool:
    """Whether a token may name one of some columns, or begins what needs no name."""
    if token.kind is Kind.WORD:
        word = token.text
        if len(word) > _LONG or not word.isascii():
            return True  # stored in another form, perhaps
        return word.lower() in columns or word in _BY_PLACE
    return token.kind is Kind.QUOTED and stored_name(statement.text, token) in columns


class Reader:
    """Looks at the values of one statement.

    Args:
        statement: the statement.
        schema: gives the schema.
    """

    def __init__(self, statement: Statement, schema: Callable[[], Schema]) -> None:
        self._statement = statement
        self._resolver = Resolver(statement, schema)
        self._comparisons = Comparisons(statement, self._resolver)
        self._writes: Optional[Writes] = None
        self._compared: Set[int] = set()  # the comparisons that are told already

    @property
    def writes(self) -> Writes:
        """What the statement writes, read once."""
        if self._writes is None:
            self._writes = Writes(self._statement, self._resolver)
        return self._writes

    def at(self, index: int) -> Iterator[Found]:
        """The fault of the value at an index."""
        token = self._statement.tokens[index]
        if token.kind is Kind.FORMAT:
            yield from self._at_placeholder(index)
        elif token.text in _NUMBERS:
            column = self._column(index)
            if column is not None:
                yield Found(self._statement.at(token), column, keyword(token.text), index)

    def _at_placeholder(self, index: int) -> Iterator[Found]:
        statement, token = self._statement, self._statement.tokens[index]
        before = statement.word(index - 1)
        if before == "VALUES":
            yield from self._in_row(index)
            return
        values = _integers(statement.given.values(token))
        if before == "IN":
            values = _integers(statement.given.fields(token, None))[:1]
        column = self._column(index) if values else None
        if column is not None:
            yield from (_given(bound, column, index) for bound in values)

    def _in_row(self, index: int) -> Iterator[Found]:
        """The fields of a row that a placeholder stands for."""
        for place, target in enumerate(self.writes.rows.get(index, ())):
            fields = _integers(self._statement.given.fields(self._statement.tokens[index], place))
            name = self._written(target) if fields else None
            if name is not None:
                yield from (_given(bound, name, index) for bound in fields)

    def is_boolean(self, index: int) -> bool:
        """Whether the value at an index is surely written to or compared with a BOOLEAN column."""
        self._compared.clear()
        return self._column(index) is not None

    def together(self, index: int) -> List[int]:
        """The values that are one fault with that at an index, by their indexes.

        Those of one comparison (``IN (0, 1)``), or of one ``CASE``.
        """
        compared = self._comparisons.of(index)
        if compared is None:
            return self._branches(index)
        words = self._statement.words
        if words[compared.place] in ("BETWEEN", "SYMMETRIC"):
            return [index, *self._upper(index)]
        if words[compared.place] != "(":
            return [index]
        closing = min(self._statement.closing(compared.place), len(words))
        kinds = (Kind.NUMBER, Kind.FORMAT)
        inside = range(compared.place + 1, closing)
        return [other for other in inside if self._statement.tokens[other].kind in kinds]

    def _upper(self, index: int) -> List[int]:
        """The value behind the AND of ``BETWEEN 0 AND 1``."""
        position = index + 1
        while self._statement.word(position) == ")":
            position += 1
        position += 1
        while self._statement.word(position) == "(":
            position += 1
        return [position] if position < len(self._statement.tokens) else []

    def _branches(self, index: int) -> List[int]:
        """The values of the ``CASE`` of which one stands at an index."""
        words, found = self._statement.words, [index]
        if self._statement.word(index - 1) not in ("THEN", "ELSE"):
            return found
        position = index + 1
        while position < len(words) and words[position] != "END":
            if words[position] in ("THEN", "ELSE") and position + 1 < len(words):
                found.append(position + 1)
            position += 1
        return found

    def _column(self, index: int) -> Optional[str]:
        """The BOOLEAN column that the value at an index is written to or compared with."""
        written = self.writes.values.get(index)
        if written is not None:
            return self._written(written.target) if not written.cast else None
        compared = self._comparisons.of(index)
        if compared is None or compared.place in self._compared:
            return None
        if self._resolver.type_of(compared.column) != BOOLEAN:
            return None
        self._compared.add(compared.place)
        return compared.column.names[-1]

    def _written(self, target: Target) -> Optional[str]:
        """The name of the BOOLEAN column that a value is written to."""
        column = self.writes.column(target)
        is_boolean = self.writes.type_of(target) == BOOLEAN
        return column.name if column is not None and is_boolean else None


def keyword(number: str) -> str:
    """What SQL writes for 0 and 1."""
    return "TRUE" if number == "1" else "FALSE"


def _integers(values: Sequence[Bound]) -> List[Bound]:
    return [bound for bound in values if bound.value is Value.INTEGER]


def _given(bound: Bound, column: str, index: int) -> Found:
    return Found(bound.anchor, column, keyword(bound.written).capitalize(), index, bound)


# --- DEFAULT


def _defaults(statement: Statement, schema: Callable[[], Schema]) -> Iterator[Found]:
    """``DEFAULT 0`` of BOOLEAN columns."""
    if "DEFAULT" not in statement.words:
        return
    for column in declared(statement):
        if column.is_boolean:
            yield from _default(statement, column.behind, column.end)
    if statement.starts_with("ALTER"):
        yield from _set_defaults(statement, schema)


def _default(statement: Statement, start: int, end: int) -> Iterator[Found]:
    """The DEFAULT among a column's constraints."""
    if start >= end:
        return
    depth = statement.depths[start]
    for index in range(start, end):
        if statement.words[index] == "DEFAULT" and statement.depths[index] == depth:
            number = _number(statement, index + 1)
            if number is not None:
                token = statement.tokens[number]
                yield Found(statement.at(token), None, keyword(token.text), number)
            return


def _number(statement: Statement, index: int) -> Optional[int]:
    """The index of the 0 or 1 that is all of a default, which starts at an index."""
    openings = 0
    while statement.word(index + openings) == "(":
        openings += 1
    number = index + openings
    if statement.word(number) not in _NUMBERS or statement.tokens[number].kind is not Kind.NUMBER:
        return None
    closings = range(number + 1, number + 1 + openings)
    if any(statement.word(closing) != ")" for closing in closings):
        return None
    return number if statement.word(number + openings + 1) in _BEHIND_DEFAULT else None


def _set_defaults(statement: Statement, schema: Callable[[], Schema]) -> Iterator[Found]:
    """``ALTER COLUMN active SET DEFAULT 0``, where the schema knows the column."""
    for start, _ in actions(statement):
        if statement.word(start) != "ALTER":
            continue
        place = start + 1 + (statement.word(start + 1) == "COLUMN")
        number = _number(statement, place + 3)
        if number is None or not statement.follows(place + 1, "SET", "DEFAULT"):
            continue
        name = stored_name(statement.text, statement.tokens[place])
        table, _ = table_name(statement, ddl_table(statement) or 0)
        resolver = Resolver(statement, schema)
        known = resolver.table(table)
        column = known.column(name) if known is not None and name is not None else None
        if column is not None and resolver.type_now(column) == BOOLEAN:
            token = statement.tokens[number]
            yield Found(statement.at(token), column.name, keyword(token.text), number)

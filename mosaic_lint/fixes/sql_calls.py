"""A call of a function in SQL: its arguments, what is around it, and writing it anew.

What is written anew keeps the arguments as they are, so that built-in values and other faults in
them stay in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Callable, List, NamedTuple, Optional, Sequence, Union

from mosaic_lint.change import Changes, Declined
from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.blocks import ddl_table, table_name
from mosaic_lint.sql.compared import Comparisons
from mosaic_lint.sql.declared import declared
from mosaic_lint.sql.lexer import Kind, Token
from mosaic_lint.sql.resolve import Resolver
from mosaic_lint.sql.statement import Statement
from mosaic_lint.sql.written import Writes

PASSING = frozenset(("COALESCE", "IFNULL", "NULLIF", "MAX", "MIN", "GREATEST", "LEAST"))
"""Functions that give one of their arguments."""
_MAX_AROUND = 5  # calls that are looked at
_COMMENTS = ("--", "/*")
_LOOSE = frozenset(
    """( ) , ; = <> != < > <= >= AND OR NOT SELECT DISTINCT ALL WHERE ON HAVING BY WHEN THEN ELSE
    END CASE AS FROM BETWEEN SYMMETRIC IN LIKE ILIKE IS RETURNING VALUES SET LIMIT OFFSET GROUP
    ORDER ASC DESC NULLS UNION INTERSECT EXCEPT JOIN LEFT RIGHT INNER FULL CROSS DEFAULT FILTER OVER
    WINDOW FETCH FOR ROW DO""".split()
)
"""What binds looser than any operator of arithmetic."""


class Kept(NamedTuple):
    """Characters of the statement's text that stay as they are.

    Args:
        start: the offset of the first one.
        end: the offset behind the last one.
    """

    start: int
    end: int


Piece = Union[str, Kept]


class Argument(NamedTuple):
    """An argument of a call.

    Args:
        first: the index of its first token.
        last: the index of its last token.
    """

    first: int
    last: int


@dataclass(frozen=True, eq=False)
class FunctionCall:
    """A call in a statement.

    Args:
        statement: the statement.
        index: the index of the function's name.
        schema: gives the schema; asked when a type matters.
    """

    statement: Statement
    index: int
    schema: Callable[[], Schema]

    @cached_property
    def last(self) -> int:
        """The index of the closing parenthesis.

        Raises:
            Declined: there is none.
        """
        closing = self.statement.closing(self.index + 1)
        if self.statement.word(self.index + 1) != "(" or closing >= len(self.statement.tokens):
            raise Declined("the call isn't seen as a whole")
        return closing

    @cached_property
    def arguments(self) -> List[Argument]:
        """The arguments, as commas part them."""
        statement, found = self.statement, []
        depth = statement.depths[self.index + 1] + 1
        first = self.index + 2
        for index in range(first, self.last + 1):
            is_comma = statement.words[index] == "," and statement.depths[index] == depth
            if is_comma or index == self.last:
                if index > first:
                    found.append(Argument(first, index - 1))
                first = index + 1
        return found

    # --- what an argument is

    def token(self, argument: Argument) -> Optional[Token]:
        """The token that is all of an argument."""
        is_one = argument.first == argument.last
        return self.statement.tokens[argument.first] if is_one else None

    def kept(self, argument: Argument) -> Kept:
        """The characters of an argument, with the comments beside it."""
        statement, tokens = self.statement, self.statement.tokens
        start, end = tokens[argument.first].start, tokens[argument.last].end
        before = statement.text[tokens[argument.first - 1].end : start]
        behind = statement.text[end : tokens[argument.last + 1].start]
        if "/*" in before and "--" not in before:
            start -= len(before.lstrip())
        if "/*" in behind and "--" not in behind:
            end += len(behind.rstrip())
        return Kept(start, end)

    def literal(self, argument: Argument) -> Optional[str]:
        """The value of an argument that is a plain string literal."""
        token = self.token(argument)
        if token is None or token.kind is not Kind.STRING or token.text[:1] != "'":
            return None
        return token.text[1:-1].replace("''", "'") if token.text[-1:] == "'" else None

    def column_type(self, argument: Argument) -> str:
        """The type of an argument that is a column; empty where that isn't known."""
        found = self._resolver.reference_from(argument.first)
        if found is None or found.last != argument.last:
            return ""
        return self._resolver.type_of(found) or ""

    # --- what is around

    @property
    def before(self) -> str:
        """The word before the call."""
        return self.statement.word(self.index - 1)

    @property
    def behind(self) -> str:
        """The word behind the call."""
        return self.statement.word(self.last + 1)

    @property
    def stands_alone(self) -> bool:
        """Whether nothing around binds as tight as an operator does."""
        return self.before in _LOOSE | {""} and self.behind in _LOOSE | {""}

    @cached_property
    def around(self) -> List[int]:
        """The indexes of the functions' names in whose arguments it stands, innermost first."""
        found: List[int] = []
        closings = 0
        for index in range(self.index - 1, 0, -1):
            word = self.statement.words[index]
            closings += word == ")"
            if word == "(" and not closings:
                found.append(index - 1)
            closings -= word == "(" and closings > 0
        return found

    @property
    def cast(self) -> str:
        """The type that the whole call is cast to by ``CAST(... AS type)``; empty if it isn't."""
        word = self.statement.word
        if self.before == "(" and word(self.index - 2) == "CAST" and self.behind == "AS":
            return word(self.last + 2)
        return ""

    @cached_property
    def wanted(self) -> str:
        """The type of the column that gets the value or is compared with it, where it is known."""
        call: Optional[FunctionCall] = self
        for _ in range(_MAX_AROUND):
            if call is None:
                break
            found = call._default or call._written or call._compared or call._beside
            if found:
                return found
            call = call._passing
        return ""

    @property
    def _beside(self) -> str:
        """The type of a column that stands beside the call in what takes several of one type."""
        outer = self._passing
        types = [outer.column_type(argument) for argument in outer.arguments] if outer else []
        return next((type_ for type_ in types if type_), "")

    @cached_property
    def _passing(self) -> Optional[FunctionCall]:
        """The call around that may give the very value."""
        if not self.around or self.statement.word(self.around[0]) not in PASSING:
            return None
        outer = FunctionCall(self.statement, self.around[0], self.schema)
        is_argument = any(a == Argument(self.index, self.last) for a in outer.arguments)
        return outer if is_argument else None

    @cached_property
    def _resolver(self) -> Resolver:
        return Resolver(self.statement, self.schema)

    @property
    def _default(self) -> str:
        """The type of the column that is declared with the call as its DEFAULT, as written."""
        statement = self.statement
        if not (statement.starts_with("CREATE") or statement.starts_with("ALTER")):
            return ""
        for column in declared(statement):
            if column.place < self.index < column.end:
                return statement.word(column.place + 1).lower()
        table = self._resolver.table(_table_of(statement))
        is_set = "DEFAULT" in statement.words[: self.index] and "SET" in statement.words
        if table is None or not is_set:
            return ""
        at = max(i for i in statement.find("DEFAULT") if i < self.index)
        name = statement.word(at - 2).lower()
        column_now = table.column(name)
        return self._resolver.type_now(column_now) if column_now is not None else ""

    @property
    def _written(self) -> str:
        writes = Writes(self.statement, self._resolver)
        target = writes.calls.get(self.index)
        return writes.type_of(target) if target is not None else ""

    @property
    def _compared(self) -> str:
        compared = Comparisons(self.statement, self._resolver).of_call(self.index, self.last)
        if compared is None:
            return ""
        return self._resolver.type_of(compared.column) or ""

    # --- writing it anew

    def rewrite(self, pieces: Sequence[Piece]) -> Changes:
        """Put pieces in the call's place.

        Args:
            pieces: texts, and characters of the call that stay, in their order.

        Raises:
            Declined: a comment would go, or a value is built in where something changes.
        """
        tokens = self.statement.tokens
        return rewritten(self.statement, tokens[self.index].start, tokens[self.last].end, pieces)


def rewritten(statement: Statement, start: int, end: int, pieces: Sequence[Piece]) -> Changes:
    """Put pieces in the place of some characters of a statement.

    Args:
        statement: the statement.
        start: the offset of the first character.
        end: the offset behind the last one.
        pieces: texts, and characters that stay, in their order.

    Raises:
        Declined: a comment would go, or a value is built in where something changes.
    """
    changes: Changes = []
    text, position = "", start
    for piece in (*pieces, Kept(end, end)):
        if isinstance(piece, str):
            text += piece
            continue
        if piece.start < position:
            raise Declined("what stays isn't in order")
        gone = statement.text[position : piece.start]
        if any(mark in gone for mark in _COMMENTS):
            raise Declined("a comment stands in it")
        if gone != text:
            changes += statement.rewrite(position, piece.start, text)
        text, position = "", piece.end
    return changes


def _table_of(statement: Statement) -> Optional[str]:
    place = ddl_table(statement)
    return table_name(statement, place)[0] if place is not None else None


def is_text(type_: str) -> bool:
    """Whether a type, as the schema or DDL writes it, is one of text."""
    return type_.startswith(("text", "varchar", "character", "char", "citext", "clob", "nvarchar"))


def is_timestamp(type_: str) -> bool:
    """Whether a type is a point in time without a time zone."""
    return type_ in ("timestamp", "datetime") or type_.startswith("timestamp without")


def is_zoned(type_: str) -> bool:
    """Whether a type is a point in time with a time zone."""
    return type_ == "timestamptz" or type_.startswith("timestamp with time")


def is_number(type_: str) -> bool:
    """Whether a type is one of numbers."""
    return type_.startswith(
        ("int", "bigint", "smallint", "serial", "bigserial", "real", "double", "numeric", "decimal")
    )

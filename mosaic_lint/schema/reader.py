"""A cursor over a statement's tokens."""

from __future__ import annotations

from typing import FrozenSet, Iterator, List, Optional, Tuple

from mosaic_lint.schema.names import NOT_NAMES, Name, name_at
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement

_OPENING, _CLOSING = frozenset("(["), frozenset(")]")


class UnreadableError(Exception):
    """The statement isn't what PostgreSQL's grammar wants, or a part of it isn't known."""


class UnknownNameError(UnreadableError):
    """A name isn't known."""


class Reader:
    """A place in a statement, from where it is read on.

    Args:
        statement: the statement.
        at: the index of the token where to begin.
    """

    def __init__(self, statement: Statement, at: int = 0) -> None:
        self.statement = statement
        self.at = at
        self._words = statement.words
        self._size = len(self._words)

    @property
    def word(self) -> str:
        """The token that comes next; empty at the end."""
        return self._words[self.at] if self.at < self._size else ""

    def ahead(self, count: int) -> str:
        """A token further on."""
        return self.statement.word(self.at + count)

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self.at >= self._size

    def take(self, *words: str) -> bool:
        """Step over words, if they come next."""
        at, count = self.at, len(words)
        if at >= self._size or self._words[at] != words[0]:
            return False
        if count > 1 and self._words[at : at + count] != words:
            return False
        self.at += count
        return True

    def take_one(self, words: FrozenSet[str]) -> str:
        """Step over one of some words, if one comes next; it, or an empty text."""
        word = self.word
        if word in words:
            self.at += 1
            return word
        return ""

    def need(self, *words: str) -> None:
        """Step over words.

        Raises:
            UnreadableError: others come.
        """
        if not self.take(*words):
            raise UnreadableError(f"{self._next} where {' '.join(words)} should be")

    @property
    def _next(self) -> str:
        if self.is_done:
            return "the end"
        return "a value" if HOLE in self.word else self.word[:30]

    def part(self, *, label: bool = False) -> str:
        """Step over a name, or a part of one.

        Args:
            label: whether any word is allowed, as behind a dot.

        Raises:
            UnknownNameError: it isn't known.
            UnreadableError: there is none.
        """
        name = name_at(self.statement, self.at)
        if name is None or (not label and self.word in NOT_NAMES):
            if HOLE in self.word or self._is_value:
                raise UnknownNameError("a name isn't known")
            raise UnreadableError(f"{self._next} where a name should be")
        if self.at + 1 < self._size and self._touches_value(self.at):
            raise UnknownNameError("a name isn't known")
        self.at += 1
        return name

    @property
    def _is_value(self) -> bool:
        """Whether psql's variable or a placeholder comes next."""
        return not self.is_done and self.statement.tokens[self.at].kind in _VALUES

    def _touches_value(self, index: int) -> bool:
        """Whether a variable follows without a space, so that it is a part of the name."""
        token, behind = self.statement.tokens[index], self.statement.tokens[index + 1]
        return behind.kind in _VALUES and behind.start == token.end

    def name(self) -> Name:
        """Step over a possibly qualified name.

        Raises:
            UnknownNameError: a part of it isn't known.
            UnreadableError: there is none.
        """
        place = self.at
        parts = [self.part()]
        while self.word == ".":
            self.at += 1
            parts.append(self.part(label=True))
        if len(parts) > 3:
            raise UnreadableError("a name of more than three parts")
        return Name(parts[-2] if len(parts) > 1 else "", parts[-1], place)

    def names(self) -> Tuple[Name, ...]:
        """Step over names with commas between them."""
        found = [self.name()]
        while self.take(","):
            found.append(self.name())
        return tuple(found)

    def columns(self) -> Tuple[str, ...]:
        """Step over columns in parentheses.

        Raises:
            UnreadableError: there is anything else.
        """
        self.need("(")
        found: List[str] = []
        while True:
            if self.word == "PERIOD" and self.ahead(1) not in (",", ")"):
                self.at += 1
            found.append(self.part())
            if self.take(")"):
                return tuple(found)
            self.need(",")

    def group(self) -> Tuple[int, int]:
        """Step over parentheses.

        Returns:
            The indexes of the first token in them and of the closing one.

        Raises:
            UnreadableError: there are none, or they aren't closed.
        """
        start = self.at
        self.need("(")
        end = self.statement.closing(start)
        if end >= self._size:
            raise UnreadableError("a parenthesis that isn't closed")
        self.at = end + 1
        return start + 1, end

    def until(self, words: FrozenSet[str]) -> Tuple[int, int]:
        """Step over everything up to a word outside of all parentheses opened here.

        Args:
            words: where to stop; a closing parenthesis always stops.

        Returns:
            The indexes of the first token and of the one behind the last.
        """
        start, depth = self.at, 0
        while not self.is_done:
            word = self.word
            if depth == 0 and (word in words or word in _CLOSING):
                break
            depth += (word in _OPENING) - (word in _CLOSING)
            self.at += 1
        return start, self.at

    def written(self, start: int, end: int) -> str:
        """The text of tokens as it is written, white space outside of literals made one space.

        Args:
            start: the index of the first token.
            end: the index of the one behind the last.
        """
        tokens = self.statement.tokens[start:end]
        if not tokens:
            return ""
        return self.statement.text[tokens[0].start : tokens[-1].end]

    def has_hole(self, start: int, end: int) -> bool:
        """Whether a part of some tokens isn't known."""
        return any(HOLE in token.text for token in self.statement.tokens[start:end])

    def has_open_hole(self, start: int, end: int) -> bool:
        """Whether more of some tokens than the value of a string isn't known."""
        tokens = self.statement.tokens[start:end]
        return any(HOLE in token.text for token in tokens if token.kind is not Kind.STRING)


_VALUES = frozenset(
    (Kind.COLON_NAME, Kind.FORMAT, Kind.QMARK, Kind.DOLLAR_NAME, Kind.AT_NAME, Kind.BACKTICK)
)


def read_names(statement: Statement, start: int, end: int) -> FrozenSet[str]:
    """The names in an expression that may be columns: no functions, no types of casts.

    Args:
        statement: the statement.
        start: the index of the expression's first token.
        end: the index of the one behind its last.
    """
    return frozenset(_read_names(statement, start, end))


def _read_names(statement: Statement, start: int, end: int) -> Iterator[str]:
    for index in range(start, min(end, len(statement.tokens))):
        before, after = statement.word(index - 1), statement.word(index + 1)
        name: Optional[str] = name_at(statement, index)
        if name is None or after in ("(", ".") or before == "::":
            continue
        if statement.tokens[index].kind is Kind.QUOTED or statement.words[index] not in NOT_NAMES:
            yield name

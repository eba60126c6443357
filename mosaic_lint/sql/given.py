"""What a program gives to the placeholders of a statement."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple, Optional, Sequence

from mosaic_lint.sql.lexer import Token


class Value(Enum):
    """What a value is known to be."""

    INTEGER = "the literal 0 or 1"
    JSON = "a text that json.dumps made"


class Bound(NamedTuple):
    """A value that a placeholder gets.

    Args:
        value: what is known of it.
        anchor: where it is made.
        written: as it is written.
        shared: whether other queries may get it by the same call.
    """

    value: Value
    anchor: Any
    written: str = ""
    shared: bool = False


class Given:
    """What is given to a statement: nothing."""

    @property
    def takes_several(self) -> bool:
        """Whether what runs the statement would run several, one behind the other."""
        return True

    def values(self, token: Token) -> Sequence[Bound]:
        """What is known of the values that a placeholder gets.

        Args:
            token: the placeholder.
        """
        return ()

    def fields(self, token: Token, place: Optional[int]) -> Sequence[Bound]:
        """The same of the fields of a row that a placeholder gets.

        Args:
            token: the placeholder.
            place: which field; ``None`` for any.
        """
        return ()


class Anything(Given):
    """Whatever might matter: the parameters aren't known."""

    def values(self, token: Token) -> Sequence[Bound]:
        """One of each."""
        return _EACH

    def fields(self, token: Token, place: Optional[int]) -> Sequence[Bound]:
        """One of each."""
        return _EACH


_EACH = tuple(Bound(value, None, "0") for value in Value)
NOTHING = Given()
ANYTHING = Anything()

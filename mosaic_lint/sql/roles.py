"""What an ambiguous character is: a placeholder or an operator, a quoted name or a subscript."""

from __future__ import annotations

from typing import FrozenSet, List, Optional, Sequence, Set

from mosaic_lint.sql.keywords import RESERVED
from mosaic_lint.sql.lexer import Kind, Token


def placeholders(tokens: Sequence[Token]) -> FrozenSet[int]:
    """The indexes of question marks that stand for a value.

    PostgreSQL's own ``?`` stands between two operands: a document and a key.
    """
    found: Set[int] = set()
    for index, token in enumerate(tokens):
        if token.kind is Kind.QMARK and (len(token.text) > 1 or not _joins(tokens, index, found)):
            found.add(index)
    return frozenset(found)


def _joins(tokens: Sequence[Token], index: int, placeholders: Set[int]) -> bool:
    """Whether a question mark stands between two operands."""
    if not index or index + 1 == len(tokens):
        return False
    before, token, after = tokens[index - 1 : index + 2]
    if before.kind is Kind.QMARK and index - 1 not in placeholders:
        return False  # the right-hand side of another one
    if before.text == ".":
        return True  # OPERATOR(pg_catalog.?)
    if before.text == "OPERATOR":
        return True  # CREATE OPERATOR ?~ (...)
    if not ends_operand(before):
        return _is_prefix(tokens, index)
    return _starts_operand(after) or _is_longer(token, after)


def _is_longer(token: Token, after: Token) -> bool:
    """Whether a longer operator begins with a question mark.

    ``?-``, ``?|``, ``?||``, ``?-|`` and ``?#`` ask how figures lie to each other; ``?@>``, ``?<@``,
    ``?~`` and ``?@`` which label tree of an array is the first one.
    """
    return after.kind is Kind.OPERATOR and after.start == token.end and after.text[0] in "-|#@<~"


def _is_prefix(tokens: Sequence[Token], index: int) -> bool:
    """``?- line`` asks whether a line is horizontal; ``= ?-1`` and ``? - x`` subtract."""
    before, token, after, *rest = tokens[index - 1 : index + 3]
    if before.kind is Kind.OPERATOR or not rest or rest[0].kind not in (Kind.WORD, Kind.QUOTED):
        return False
    return after.text == "-" and after.start == token.end and rest[0].start > after.end


def ends_operand(token: Token) -> bool:
    """Whether a value or a name may end with a token."""
    if token.kind is Kind.WORD:
        return token.text not in RESERVED
    if token.kind is Kind.MARK:
        return token.text in (")", "]", "}")
    return token.kind is not Kind.OPERATOR


def _starts_operand(token: Token) -> bool:
    if token.kind is Kind.WORD:
        return token.text not in RESERVED or token.text in ("ARRAY", "CASE", "CAST", "ANY", "ALL")
    if token.kind is Kind.MARK:
        return token.text in ("(", "{")
    return token.kind is not Kind.OPERATOR


_CREATED = frozenset(("INDEX", "VIEW", "TRIGGER"))
_ALTERED = frozenset(("COLUMN", "ADD", "DROP", "RENAME"))
"""Words that aren't reserved, behind which a name follows where DDL begins with them."""


def bracket_names(tokens: Sequence[Token]) -> FrozenSet[int]:
    """The indexes of opening brackets around a name.

    A bracket behind an operand, ``ARRAY`` or a type is a subscript; so is what holds anything
    but words.
    """
    found: Set[int] = set()
    open_brackets = 0
    for index, token in enumerate(tokens):
        if token.text == "[" and token.kind is Kind.MARK:
            if not open_brackets and _opens_name(tokens, index):
                found.add(index)
            open_brackets += 1
        elif token.text == "]" and token.kind is Kind.MARK:
            open_brackets = max(open_brackets - 1, 0)
    return frozenset(found)


def _opens_name(tokens: Sequence[Token], index: int) -> bool:
    before: Optional[Token] = tokens[index - 1] if index else None
    if before is not None and not _introduces(tokens, index - 1):
        if ends_operand(before) or before.text == "ARRAY":
            return False
    inside = index + 1
    while inside < len(tokens) and tokens[inside].kind is Kind.WORD:
        inside += 1
    return inside > index + 1 and inside < len(tokens) and tokens[inside].text == "]"


def _introduces(tokens: Sequence[Token], index: int) -> bool:
    """Whether a word stands before a name in DDL; elsewhere it may be a column with a subscript."""
    verb, word = tokens[0].text, tokens[index].text
    if word in _CREATED:
        return index < 4 and verb in ("CREATE", "DROP", "ALTER")
    if word not in _ALTERED or verb != "ALTER" or index < 3:
        return False
    return word == "COLUMN" or tokens[index - 1].kind in (Kind.WORD, Kind.QUOTED, Kind.MARK)


def slices(tokens: Sequence[Token]) -> FrozenSet[int]:
    """The indexes of ``:name`` that end a slice, as in ``path[from:to]``."""
    found: Set[int] = set()
    opened: List[int] = []
    comma = -1
    for index, token in enumerate(tokens):
        if token.text == ",":
            comma = index
        elif token.text in ("(", "[") and token.kind is Kind.MARK:
            opened.append(index)
        elif token.text in (")", "]") and token.kind is Kind.MARK and opened:
            opened.pop()
        elif token.kind is Kind.COLON_NAME and opened and comma < opened[-1]:
            if _is_subscript(tokens, opened[-1]):
                found.add(index)
    return frozenset(found)


def _is_subscript(tokens: Sequence[Token], opening: int) -> bool:
    """Whether a bracket opens a subscript, not the elements of an array."""
    return tokens[opening].text == "[" and not (opening and tokens[opening - 1].text == "ARRAY")

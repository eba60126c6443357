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
    if not _ends_operand(before):
        return False
    return _starts_operand(after) or _is_geometric(token, after)


def _is_geometric(token: Token, after: Token) -> bool:
    """``?-``, ``?|``, ``?||``, ``?-|`` and ``?#`` ask how figures lie to each other."""
    return after.kind is Kind.OPERATOR and after.start == token.end and after.text[0] in "-|#"


def _ends_operand(token: Token) -> bool:
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


_INTRODUCING = frozenset(("COLUMN", "ADD", "DROP", "INDEX", "VIEW", "TRIGGER", "KEY", "RENAME"))
"""Words that aren't reserved, behind which a name follows."""


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
    if before is not None and before.text not in _INTRODUCING:
        if _ends_operand(before) or before.text == "ARRAY":
            return False
    inside = index + 1
    while inside < len(tokens) and tokens[inside].kind is Kind.WORD:
        inside += 1
    return inside > index + 1 and inside < len(tokens) and tokens[inside].text == "]"


def slices(tokens: Sequence[Token]) -> FrozenSet[int]:
    """The indexes of ``:name`` that end a slice, as in ``path[from:to]``."""
    found: Set[int] = set()
    opened: List[int] = []
    for index, token in enumerate(tokens):
        if token.text in ("(", "[") and token.kind is Kind.MARK:
            opened.append(index)
        elif token.text in (")", "]") and token.kind is Kind.MARK and opened:
            opened.pop()
        elif token.kind is Kind.COLON_NAME and opened and _is_subscript(tokens, opened[-1], index):
            found.add(index)
    return frozenset(found)


def _is_subscript(tokens: Sequence[Token], opening: int, index: int) -> bool:
    """Whether a bracket opens a subscript, not the elements of an array."""
    if tokens[opening].text != "[" or (opening and tokens[opening - 1].text == "ARRAY"):
        return False
    return all(token.text != "," for token in tokens[opening:index])

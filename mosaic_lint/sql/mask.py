"""A statement as the parser may read it: what only SQLite has is covered, each place kept.

sqlglot reads PostgreSQL. So every form of SQLite's, every placeholder and every hole is covered by
something of PostgreSQL's with the same length; offsets in the copy are offsets in the statement.
"""

from __future__ import annotations

from typing import Dict, List, Optional

from mosaic_lint.sql.keywords import RESERVED
from mosaic_lint.sql.lexer import HOLE, Kind, Token
from mosaic_lint.sql.sqlite_forms import is_infix
from mosaic_lint.sql.statement import Statement

_CONFLICTS = frozenset(("REPLACE", "IGNORE", "ABORT", "FAIL", "ROLLBACK"))
_PLACEHOLDERS = (Kind.FORMAT, Kind.COLON_NAME, Kind.DOLLAR_NAME, Kind.AT_NAME)
_INFIX = {"GLOB": "LIKE", "REGEXP": "LIKE", "MATCH": "LIKE"}


def masked(statement: Statement) -> str:
    """The statement's text, from its start to its end, for the parser.

    Args:
        statement: the statement.

    Returns:
        A text of the same length.
    """
    start = statement.start
    covers: Dict[int, str] = {}
    for index, token in enumerate(statement.tokens):
        cover = _cover(statement, index, token)
        if cover is not None:
            covers[index] = cover
    _cover_phrases(statement, covers)
    pieces: List[str] = []
    position = start
    for index in sorted(covers):
        token = statement.tokens[index]
        pieces.append(statement.text[position : token.start])
        pieces.append(covers[index].ljust(token.end - token.start)[: token.end - token.start])
        position = token.end
    pieces.append(statement.text[position : statement.end])
    return "".join(pieces).replace(HOLE, "h")


def _cover(statement: Statement, index: int, token: Token) -> Optional[str]:
    """What stands for one token; ``None`` where it stays."""
    width = token.end - token.start
    if token.kind in _PLACEHOLDERS:
        return None if index in statement.slices else "h" * width
    if token.kind is Kind.QMARK:
        return "0" * width if index in statement.placeholders else None
    if token.kind is Kind.BACKTICK:
        return '"' + token.text[1:-1].replace('"', "_") + '"' if width > 1 else "h"
    if token.kind is Kind.OPERATOR:
        if token.text in ("==", "%%"):
            return token.text[0] + " "
        return None
    if token.text in ("[", "]") and _is_name_bracket(statement, index):
        return '"'
    if token.kind is Kind.WORD:
        return _cover_word(statement, index, token.text)
    return None


def _cover_word(statement: Statement, index: int, word: str) -> Optional[str]:
    if HOLE in word and word.strip(HOLE) == "" and _is_behind_operand(statement, index):
        return ""  # a clause, an alias, a direction: the statement reads on without it
    if word in _INFIX and is_infix(statement, index):
        return _INFIX[word]
    if word == "AUTOINCREMENT":
        return ""
    return None


def _is_behind_operand(statement: Statement, index: int) -> bool:
    if not index:
        return False
    before = statement.tokens[index - 1]
    after = statement.word(index + 1)
    if after in (".", "("):
        return False
    if before.kind is Kind.WORD:
        return before.text not in RESERVED
    return before.kind is not Kind.OPERATOR and before.text not in ("(", ",", ".", "[")


def _is_name_bracket(statement: Statement, index: int) -> bool:
    if statement.word(index) == "[":
        return index in statement.bracketed
    opening = index - 1
    while opening >= 0 and statement.tokens[opening].kind is Kind.WORD:
        opening -= 1
    return opening in statement.bracketed


def _cover_phrases(statement: Statement, covers: Dict[int, str]) -> None:
    """Cover forms of more than one word."""
    words = statement.words
    for index, word in enumerate(words):
        after = statement.word(index + 1)
        if word == "OR" and index and words[index - 1] in ("INSERT", "UPDATE"):
            if after in _CONFLICTS:
                covers[index] = covers[index + 1] = ""
        elif word == "WITHOUT" and after == "ROWID":
            covers[index] = covers[index + 1] = ""
        elif word == "ON" and after == "CONFLICT" and statement.starts_with("CREATE"):
            if statement.word(index + 2) in _CONFLICTS:
                covers[index] = covers[index + 1] = covers[index + 2] = ""
        elif word == "REPLACE" and statement.word(index - 1) in ("", ")") and after == "INTO":
            covers[index] = "INSERT"

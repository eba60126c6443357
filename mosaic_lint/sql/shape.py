"""Whether a text is SQL: does it look like a statement, and does it parse as one?

"Select a file" and "Update your profile? Set a name." aren't.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, Sequence

from mosaic_lint.sql.keywords import RESERVED
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement

_BEFORE = re.compile(r"[\s(]+|--[^\n]*|/\*")
_STARTS = """SELECT INSERT UPDATE DELETE CREATE ALTER DROP WITH REPLACE PRAGMA ATTACH DETACH BEGIN
EXPLAIN VALUES TRUNCATE""".split()
_START = re.compile(rf"(?:{'|'.join(_STARTS)})(?![\w-])", re.IGNORECASE)
_BEGINNINGS = frozenset(word[:length] for word in _STARTS for length in range(len(word)))
_ARTICLES = frozenset(
    """A AN THE YOUR MY OUR THIS THAT THESE THOSE ITS THEIR EACH EVERY PLEASE WHICH WHOSE""".split()
)


def starts_like_a_statement(text: str) -> bool:
    """Whether a text begins with a word that begins statements."""
    return _START.match(text, _start(text)) is not None


def may_become_a_statement(text: str) -> bool:
    """Whether a text is the beginning of one that begins so, be it of nothing but blanks."""
    rest = text[_start(text) :]
    return len(rest) < len("TRUNCATE") and rest.upper() in _BEGINNINGS


def _start(text: str) -> int:
    """Where a text begins behind white space, comments and parentheses."""
    position = 0
    while True:
        before = _BEFORE.match(text, position)
        if before is None:
            return position
        position = before.end()
        if before.group() == "/*":
            closing = text.find("*/", position)
            position = closing + 2 if closing >= 0 else len(text)


def looks_like_sql(statement: Statement) -> bool:
    """Whether a statement has the shape of its kind and doesn't read like prose; cheap."""
    shape = _SHAPES.get(statement.word(_first(statement)))
    return shape is not None and shape(statement) and not _is_prose(statement)


def is_sql(statement: Statement) -> bool:
    """Whether a statement has its shape and parses, or is one that no parser here knows."""
    if not looks_like_sql(statement) or _is_question(statement):
        return False
    if statement.word(0) not in _PARSED:
        return True
    return statement.tree is not None or _is_beyond_parser(statement)


def _is_question(statement: Statement) -> bool:
    """Whether a question mark ends a word, as no placeholder does, or belongs to ``.*?``."""
    for index in statement.placeholders:
        before = statement.tokens[index - 1] if index else None
        if before is None or before.end < statement.tokens[index].start:
            continue
        if before.kind is Kind.WORD and HOLE not in before.text and before.text not in RESERVED:
            return True
        if before.text == "*" and statement.word(index - 2) == ".":
            return True
    return False


def _first(statement: Statement) -> int:
    index = 0
    while statement.word(index) == "(":
        index += 1
    return index


_PARSED = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "("))
_OBJECTS = frozenset(
    """TABLE INDEX VIEW SCHEMA SEQUENCE EXTENSION TYPE DOMAIN FUNCTION PROCEDURE TRIGGER
    ROLE USER DATABASE POLICY RULE MATERIALIZED UNIQUE TEMP TEMPORARY UNLOGGED VIRTUAL
    FOREIGN OR AGGREGATE COLLATION CAST OPERATOR PUBLICATION SUBSCRIPTION STATISTICS DEFAULT
    SYSTEM COLUMN CONSTRAINT SERVER EVENT LANGUAGE OWNED GLOBAL LOCAL""".split()
)


_GUARDS = frozenset(
    (
        "IF",
        "NOT",
        "EXISTS",
        "CONCURRENTLY",
        "VIEW",
        "TABLE",
        "REPLACE",
        "RECURSIVE",
        "DATA",
        "WRAPPER",
    )
)


def _is_beyond_parser(statement: Statement) -> bool:
    """Whether a statement is surely meant as SQL though sqlglot refuses it."""
    words = statement.words
    return (
        statement.starts_with("INSERT", "OR")
        or statement.starts_with("UPDATE", "OR")
        or (
            words[:2] == ("INSERT", "INTO")
            and statement.word(2) != "("
            and {"VALUES", "("} <= {*words}
        )
    )


def _select(statement: Statement) -> bool:
    words = statement.words
    if "FROM" in words[1:] or "(" in words[1:]:
        return True
    if "CASE" in words and "END" in words:
        return True
    following = statement.tokens[_first(statement) + 1 : _first(statement) + 2]
    return any(t.kind in (Kind.NUMBER, Kind.STRING, Kind.QMARK, Kind.FORMAT) for t in following)


def _insert(statement: Statement) -> bool:
    words = statement.words
    behind = {"VALUES", "SELECT", "DEFAULT", "(", "SET"} & set(words)
    return "INTO" in words[1:4] and (bool(behind) or statement.has_holes)


def _update(statement: Statement) -> bool:
    words = statement.words
    named = words[1:2] not in (("?",), (":",))  # "update?set=1"
    return named and "SET" in words[2:] and ("=" in words or "==" in words or statement.has_holes)


def _delete(statement: Statement) -> bool:
    named = statement.word(2) != ":"  # "delete from: x"
    return statement.word(1) == "FROM" and len(statement.tokens) > 2 and named


def _object(statement: Statement) -> bool:
    """``CREATE TABLE name``: a kind of object, and behind it a name or what may stand there."""
    if statement.word(1) not in _OBJECTS:
        return False
    index = 2
    while statement.word(index) in _OBJECTS | _GUARDS:
        index += 1
    if "INDEX" in statement.words[1:4] and statement.word(0) == "CREATE":
        return "ON" in statement.words or statement.has_holes
    return index < len(statement.tokens) and (
        statement.word(index) not in RESERVED or statement.word(index) in ("ON", "FOR", "CAST")
    )


def _with(statement: Statement) -> bool:
    words = statement.words
    return "AS" in words and "(" in words and ("SELECT" in words or len(words) > 8)


def _explain(statement: Statement) -> bool:
    return len(statement.tokens) > 3 and statement.word(1) in (
        "QUERY",
        "ANALYZE",
        "VERBOSE",
        "SELECT",
        "INSERT",
        "UPDATE",
        "(",
    )


def _begin(statement: Statement) -> bool:
    return statement.word(1) in ("IMMEDIATE", "EXCLUSIVE", "DEFERRED", "TRANSACTION", "")


def _pragma(statement: Statement) -> bool:
    named = len(statement.tokens) > 1 and statement.tokens[1].kind is Kind.WORD
    return named and statement.word(2) in ("", "=", "(", ".", ";")


def _attach(statement: Statement) -> bool:
    return statement.word(1) == "DATABASE" or statement.word(2) == "AS"


_TRUNCATE_OPTIONS = frozenset(("RESTART", "CONTINUE", "IDENTITY", "CASCADE", "RESTRICT"))


def _truncate(statement: Statement) -> bool:
    """``TRUNCATE`` and tables; where it is in lower case, the word TABLE must stand before them."""
    first = statement.tokens[0]
    index = 2 if statement.word(1) == "TABLE" else 1
    if index == 1 and not statement.text[first.start : first.end].isupper():
        return False
    while True:
        index += statement.word(index) == "ONLY"
        if statement.word(index) in RESERVED or index >= len(statement.tokens):
            return False
        if statement.tokens[index].kind not in (Kind.WORD, Kind.QUOTED, Kind.BACKTICK):
            return statement.tokens[index].kind in (Kind.FORMAT, Kind.MARK)
        index = statement.name_end(index)
        index += statement.word(index) == "*"
        if statement.word(index) != ",":
            return _TRUNCATE_OPTIONS.issuperset(statement.words[index:])
        index += 1


_SHAPES: Dict[str, Callable[[Statement], bool]] = {
    "SELECT": _select,
    "INSERT": _insert,
    "REPLACE": lambda statement: statement.word(1) == "INTO" and _insert(statement),
    "UPDATE": _update,
    "DELETE": _delete,
    "CREATE": _object,
    "ALTER": _object,
    "DROP": _object,
    "WITH": _with,
    "EXPLAIN": _explain,
    "BEGIN": _begin,
    "PRAGMA": _pragma,
    "ATTACH": _attach,
    "DETACH": lambda statement: statement.word(1) == "DATABASE",
    "TRUNCATE": _truncate,
    "VALUES": lambda statement: statement.word(1) == "(",
}


def _is_prose(statement: Statement) -> bool:
    """Whether a statement reads like a sentence: by its capital letter, or by its articles."""
    tokens = statement.tokens
    start = _first(statement)
    first = tokens[start]
    written = statement.text[first.start : first.end]
    others = [
        statement.text[token.start : token.end]
        for index, token in enumerate(tokens)
        if index > start
        and token.kind is Kind.WORD
        and (token.text in RESERVED or (index == 1 and token.text in _OBJECTS))
    ]
    if written[:1].isupper() and written[1:].islower() and others and _are_lower(others):
        return True
    return statement.word(0) not in ("CREATE", "ALTER") and any(
        tokens[i].text in _ARTICLES
        and tokens[i + 1].kind is Kind.WORD
        and tokens[i + 1].text not in RESERVED
        and HOLE not in tokens[i + 1].text
        and not _is_alias(statement, i)
        for i in range(len(tokens) - 1)
    )


def _are_lower(words: Sequence[str]) -> bool:
    return all(word.islower() for word in words)


def _is_alias(statement: Statement, index: int) -> bool:
    """``FROM accounts a`` and ``JOIN a ON``: a short name where one may stand."""
    return statement.word(index - 1) in ("AS", "(", ",", ".") or statement.word(index + 1) == "."

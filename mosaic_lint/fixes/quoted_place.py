"""What stands around a quoted literal that is taken apart: its type there, and who binds tighter.

A literal takes whatever type is wanted, as PostgreSQL says; what ``||`` gives is a text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mosaic_lint.change import Changes, Declined
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.fixes.wanted_types import is_text, wanted_type
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.roles import ends_operand
from mosaic_lint.sql.statement import Statement

_COMPARING = frozenset(("=", "<>", "!=", "<", ">", "<=", ">="))
_LOOSE = _COMPARING | {"(", ")", ",", ";", "[", "]", "", "||"}
"""What leaves ``a || b`` together without parentheses."""
_TIGHT_WORDS = frozenset(("COLLATE", "AT"))
_TAKING_TEXT = frozenset(
    ("LIKE", "ILIKE", "~~", "~~*", "!~~", "!~~*", "~", "~*", "!~", "!~*", "||", "->", "->>",
     "ESCAPE")
)  # fmt: skip
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "%%", "^"))
_TYPES = frozenset(
    ("DATE", "TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL", "UUID", "JSON", "JSONB",
     "INET", "CIDR", "BYTEA", "XML", "POINT", "TEXT", "VARCHAR", "NUMERIC", "INTEGER", "INT",
     "BIGINT", "SMALLINT", "FLOAT8", "FLOAT4", "BOOL", "BOOLEAN", "MONEY", "TSQUERY", "TSVECTOR")
)  # fmt: skip
"""Types of one word, before which ``DATE '...'`` may be written."""
_FIELDS = frozenset(("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"))
_TEXT_FUNCTIONS = frozenset(
    ("LOWER", "UPPER", "INITCAP", "TRIM", "BTRIM", "LTRIM", "RTRIM", "CONCAT", "LENGTH", "MD5",
     "TO_TSQUERY", "PLAINTO_TSQUERY", "PHRASETO_TSQUERY", "WEBSEARCH_TO_TSQUERY", "TO_TSVECTOR",
     "REGEXP_REPLACE", "REGEXP_MATCH", "REGEXP_MATCHES", "STARTS_WITH", "STRPOS", "UNACCENT",
     "SIMILARITY", "TO_DATE", "TO_TIMESTAMP", "TO_CHAR", "PG_NOTIFY")
)  # fmt: skip
_QUERIES = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE"))
_OTHERS = frozenset(
    ("CREATE", "ALTER", "COMMENT", "SET", "GRANT", "REVOKE", "COPY", "DO", "NOTIFY", "EXECUTE",
     "PREPARE", "DROP", "VACUUM", "CALL", "SHOW", "LISTEN", "REINDEX", "TRUNCATE", "LOCK")
)  # fmt: skip
"""Statements with constants where queries have expressions."""
_DOCUMENT = re.compile(r"[{}\[\]\"<>]")
_UNIT = re.compile(r"\0\s*(?:second|sec|minute|min|hour|day|week|month|year)s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Around:
    """What goes around the pieces.

    Args:
        opening: what comes before the first one.
        closing: what comes behind the last one.
        removed: the changes that take away the type before the literal.
    """

    opening: str = ""
    closing: str = ""
    removed: Changes = field(default_factory=list)


def place_of(statement: Statement, index: int, rest: str, call: SqlCall) -> Around:
    """What must go around the pieces of a quoted literal.

    Args:
        statement: the statement.
        index: the index of the literal.
        rest: what stands in it, with a zero for each placeholder; empty for a single placeholder.
        call: the call that runs it.

    Raises:
        Declined: nothing that surely is right can stand there instead.
    """
    _require_query(statement, is_alone=not rest, driver=call.file.settings.driver)
    if statement.tokens[index].kind is Kind.QUOTED and not _is_value(statement, index):
        raise Declined("a name can't be a parameter: psycopg2.sql.Identifier makes it one")
    if statement.word(index - 1) in _TYPES and _is_type(statement, index - 1):
        return _typed(statement, index, rest)
    if not rest:
        _require_operator(statement, index)
        return Around()
    if _is_cast(statement, index):
        _require_plain(rest)
    elif not _takes_text(statement, index):
        wanted = wanted_type(statement, index, lambda: call.file.schema)
        if not wanted:
            _require_text(statement, index, rest)
        elif not is_text(wanted):
            return _cast(wanted, rest)
    return Around("(", ")") if _is_bound_tightly(statement, index) else Around()


def _require_query(statement: Statement, *, is_alone: bool, driver: str) -> None:
    first = statement.word(0)
    if first in ("DO", "EXECUTE") or (
        first == "CREATE" and {"FUNCTION", "PROCEDURE"} & set(statement.words[1:5])
    ):
        raise Declined("it is code of its own")
    if first in _OTHERS and not (is_alone and driver == "psycopg2"):
        raise Declined(f"no expression can stand in {first}")


def _is_value(statement: Statement, index: int) -> bool:
    """Whether what stands in double quotes must be a value, as SQLite takes it."""
    before, after = statement.word(index - 1), statement.word(index + 1)
    if "." in (before, after) or "ON" in statement.words[:index]:
        return False
    if before in _COMPARING or before in ("LIKE", "ILIKE"):
        return True
    if before not in ("(", ",") or after not in (")", ","):
        return False
    opening = _opening(statement, index)
    while opening >= 2 and statement.follows(opening - 2, ")", ","):
        opening = _opening_of(statement, opening - 2)  # a row before this one
    return opening > 0 and statement.word(opening - 1) in ("VALUES", "IN")


def _opening(statement: Statement, index: int) -> int:
    """The index of the parenthesis around a token; -1 if there is none."""
    depth = statement.depths[index]
    for position in range(index - 1, -1, -1):
        if statement.word(position) == "(" and statement.depths[position] == depth - 1:
            return position
    return -1


def _opening_of(statement: Statement, closing: int) -> int:
    """The index of the parenthesis that one closes."""
    for position in range(closing - 1, -1, -1):
        if statement.closing(position) == closing and statement.word(position) == "(":
            return position
    return -1


# --- types


def _is_type(statement: Statement, index: int) -> bool:
    """Whether a word is the type of the literal behind it, not a column of that name."""
    return statement.tokens[index].kind is Kind.WORD and statement.word(index - 1) != "."


def _typed(statement: Statement, index: int, rest: str) -> Around:
    """``DATE '%s'`` as ``%s::DATE``."""
    if statement.word(index + 1) in _FIELDS or statement.word(index - 2) == "WITH":
        raise Declined("the type says more behind the literal")
    _require_plain(rest)
    word, literal = statement.tokens[index - 1], statement.tokens[index]
    written = statement.text[word.start : word.end]
    removed = statement.rewrite(word.start, literal.start, "")
    if rest:
        return Around("(", f")::{written}", removed)
    return Around("", f"::{written}", removed)


def _require_operator(statement: Statement, index: int) -> None:
    """Make sure that no type stands before a lone placeholder."""
    if not index:
        return
    before = statement.tokens[index - 1]
    if before.kind is Kind.WORD and before.text not in _BEFORE_VALUE and ends_operand(before):
        if not statement.follows(index - 3, "AT", "TIME", "ZONE"):
            raise Declined(f"{before.text} may be the type of the literal")


_BEFORE_VALUE = frozenset(
    (
        "IS",
        "PASSWORD",
        "ENCODING",
        "DELIMITER",
        "UNTIL",
        "TEMPLATE",
        "OWNER",
        "LOCATION",
        "NULL",
        "RETURN",
        "BY",
        "VALUE",
    )
)
"""Words that aren't reserved, and behind which a value may stand."""


def _is_cast(statement: Statement, index: int) -> bool:
    """Whether the literal is cast explicitly."""
    before, after = statement.word(index - 1), statement.word(index + 1)
    if before == "(" and after == ")":
        after = statement.word(index + 2)
    return after == "::" or (
        before == "(" and after == "AS" and statement.word(index - 2) == "CAST"
    )


def _cast(wanted: str, rest: str) -> Around:
    """The text of a column's type."""
    _require_plain(rest)
    if not re.fullmatch(r"[a-z]\w*(?:\(\d+(?:,\d+)?\))?", wanted):
        raise Declined(f"the type that is wanted there is {wanted}")
    return Around("(", f")::{wanted}")


def _takes_text(statement: Statement, index: int) -> bool:
    """Whether the operator or the function around a literal takes a text."""
    before, after = statement.word(index - 1), statement.word(index + 1)
    return (
        before in _TAKING_TEXT
        or after == "||"
        or statement.follows(index - 2, "SIMILAR", "TO")
        or _function(statement, index) in _TEXT_FUNCTIONS
    )


def _require_text(statement: Statement, index: int, rest: str) -> None:
    """Make sure that a text is wanted in the place of a literal.

    Raises:
        Declined: a document, a moment or a number may be.
    """
    before, after = statement.word(index - 1), statement.word(index + 1)
    if before in _ARITHMETIC or after in _ARITHMETIC:
        raise Declined("the type that is wanted there isn't a text")
    _require_operator(statement, index)
    _require_plain(rest)
    if _UNIT.search(rest) or not _is_wordy(rest):
        raise Declined("whether a text is wanted there isn't known")


def _require_plain(rest: str) -> None:
    if _DOCUMENT.search(rest):
        raise Declined("a document or an array is put together there")


def _is_wordy(rest: str) -> bool:
    """Whether what stands beside the placeholders is no piece of a date, a time or a number."""
    if any(char.isalpha() and char not in "TZe" for char in rest):
        return True
    return not re.search(r"[\d:+.]|-.*-", rest)


def _function(statement: Statement, index: int) -> str:
    """The name of the function among whose arguments a literal stands."""
    if statement.word(index - 1) not in ("(", ","):
        return ""
    opening = _opening(statement, index)
    return statement.word(opening - 1) if opening > 0 else ""


# --- precedence


def _is_bound_tightly(statement: Statement, index: int) -> bool:
    """Whether what stands beside the literal would take only a piece of ``a || b``."""
    before = statement.tokens[index - 1] if index else None
    after = statement.tokens[index + 1] if index + 1 < len(statement.tokens) else None
    if before is not None and before.text not in _LOOSE and before.kind is not Kind.WORD:
        return True
    if after is None or after.text in _LOOSE:
        return False
    return after.kind is not Kind.WORD or after.text in _TIGHT_WORDS

"""Functions, tables and columns that SQLite has and PostgreSQL lacks.

Each was called on PostgreSQL 15, 16 and 18: an undefined function (42883), table (42P01) or column
(42703); ``time('now')`` and ``char(65)`` a syntax error (42601), since they are types there.
"""

from __future__ import annotations

from typing import Iterator, NamedTuple

from mosaic_lint.sql.keywords import RESERVED
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.roles import ends_operand
from mosaic_lint.sql.statement import Statement


class ForeignName(NamedTuple):
    """An occurrence.

    Args:
        place: its index among the tokens.
        name: as SQL writes it.
        instead: what to write.
    """

    place: int
    name: str
    instead: str


_FUNCTIONS = {
    "DATETIME": "NOW(), a timestamp or an INTERVAL",
    "STRFTIME": "to_char()",
    "JULIANDAY": "EXTRACT(EPOCH FROM ...) or the difference of two dates",
    "UNIXEPOCH": "EXTRACT(EPOCH FROM ...)",
    "TIMEDIFF": "age()",
    "IFNULL": "COALESCE()",
    "IIF": "CASE WHEN ... THEN ... ELSE ... END",
    "GROUP_CONCAT": "string_agg(text, ',')",
    "JSON_EXTRACT": "the operators -> and ->>",
    "JSON_VALID": "the type jsonb, or IS JSON",
    "JSON_TYPE": "jsonb_typeof()",
    "JSON_SET": "jsonb_set()",
    "JSON_INSERT": "jsonb_insert()",
    "JSON_REPLACE": "jsonb_set(document, path, value, false)",
    "JSON_REMOVE": "the operator - or #-",
    "JSON_PATCH": "the operator ||",
    "JSON_QUOTE": "to_json()",
    "JSON_GROUP_ARRAY": "jsonb_agg()",
    "JSON_GROUP_OBJECT": "jsonb_object_agg()",
    "JSON_TREE": "jsonb_path_query()",
    "LAST_INSERT_ROWID": "INSERT ... RETURNING id",
    "CHANGES": "cursor.rowcount",
    "TOTAL_CHANGES": "cursor.rowcount, added up",
    "RANDOMBLOB": "gen_random_bytes() of pgcrypto",
    "ZEROBLOB": "a bytea literal",
    "PRINTF": "format()",
    "TYPEOF": "pg_typeof()",
    "INSTR": "strpos()",
    "UNICODE": "ascii()",
    "LIKELY": "the condition alone",
    "UNLIKELY": "the condition alone",
    "LOAD_EXTENSION": "CREATE EXTENSION",
    "SQLITE_VERSION": "version()",
    "SQLITE_SOURCE_ID": "version()",
    "PRAGMA_TABLE_INFO": "information_schema.columns",
    "PRAGMA_INDEX_LIST": "pg_indexes",
    "PRAGMA_FOREIGN_KEY_LIST": "information_schema.table_constraints",
}
_RELATIONS = {
    "SQLITE_MASTER": "information_schema.tables, or pg_catalog",
    "SQLITE_SCHEMA": "information_schema.tables, or pg_catalog",
    "SQLITE_TEMP_MASTER": "information_schema.tables, or pg_catalog",
    "SQLITE_SEQUENCE": "pg_get_serial_sequence(), or setval()",
}
_ROW_IDS = frozenset(("ROWID", "_ROWID_"))
# Behind these the name of a new or written relation stands, with a list of columns.
_NAMING = frozenset(
    """INTO TABLE EXISTS UPDATE REFERENCES INDEX VIEW FUNCTION PROCEDURE TYPE DOMAIN
    CONSTRAINT TRIGGER SEQUENCE SCHEMA AGGREGATE COPY AS ONLY""".split()
)

_CANDIDATES = frozenset((*_FUNCTIONS, *_RELATIONS, *_ROW_IDS, "DATE", "TIME", "CHAR"))
_NAMING_STATEMENTS = frozenset(("DROP", "COMMENT", "GRANT", "REVOKE", "VACUUM", "ANALYZE"))


def sqlite_names(statement: Statement) -> Iterator[ForeignName]:
    """All names in a statement that only SQLite knows and the project doesn't define."""
    if _CANDIDATES.isdisjoint(statement.words):
        return
    for index, token in enumerate(statement.tokens):
        word = token.text
        if word not in _CANDIDATES or token.kind is not Kind.WORD or word in statement.defined:
            continue
        if word in _FUNCTIONS:
            if _is_called(statement, index):
                yield ForeignName(index, f"{word.lower()}()", _FUNCTIONS[word])
        elif word == "DATE":
            if _is_called(statement, index) and _arguments(statement, index) > 1:
                instead = "date arithmetic with INTERVAL"
                yield ForeignName(index, "date() with a modifier", instead)
        elif word in ("TIME", "CHAR"):
            if _is_called(statement, index) and not _is_type(statement, index):
                instead = "LOCALTIME, or a cast to time" if word == "TIME" else "chr()"
                yield ForeignName(index, f"{word.lower()}()", instead)
        elif word in _RELATIONS:
            before = statement.word(index - 1)
            if before != "AS" and (statement.word(index + 1) != "(" or before == "INTO"):
                yield ForeignName(index, word.lower(), _RELATIONS[word])
        elif word in _ROW_IDS and _is_row_id(statement, index):
            yield ForeignName(index, word.lower(), "the primary key, or ctid")


def _is_called(statement: Statement, index: int) -> bool:
    """Whether a name is that of a function in a call, not of a relation with its columns."""
    if statement.word(index + 1) != "(" or statement.word(0) in _NAMING_STATEMENTS:
        return False
    before = statement.word(index - 1)
    if not before:
        return True
    token = statement.tokens[index - 1]
    if before in _NAMING or before == "." or before == "::":
        return False
    if before == "ON" and statement.starts_with("CREATE") and "INDEX" in statement.words[1:4]:
        return False
    if ends_operand(token):
        return False  # a type, as in "at DATETIME(6)", or an alias, as in "f(1) changes (a, b)"
    return not _is_common_table(statement, index)


def _is_common_table(statement: Statement, index: int) -> bool:
    """``WITH changes (a) AS (...)``."""
    closing = statement.closing(index + 1)
    return statement.word(index - 1) in ("WITH", "RECURSIVE", ",") and (
        statement.word(closing + 1) == "AS"
        and statement.word(closing + 2) in ("(", "NOT", "MATERIALIZED")
    )


def _is_type(statement: Statement, index: int) -> bool:
    """Whether TIME or CHAR is a type with a length.

    ``char(65)`` is a call where an operand is expected; ``time(3)`` is never one, and either is
    the type of a literal that follows.
    """
    behind = statement.closing(index + 1) + 1
    if behind < len(statement.tokens) and statement.tokens[behind].kind is Kind.STRING:
        return True
    if statement.word(index) == "CHAR":
        returned = statement.word(index - 1) == "RETURNING" and statement.depths[index] > 0
        return returned or _takes_types(statement)
    argument = index + 2
    return argument < len(statement.tokens) and statement.tokens[argument].kind is Kind.NUMBER


def _takes_types(statement: Statement) -> bool:
    """Whether types stand where expressions do elsewhere: ``CREATE CAST (char(3) AS text)``."""
    if statement.word(0) not in ("CREATE", "ALTER"):
        return statement.word(0) == "PREPARE"
    return bool(_TYPED & set(statement.words[1:4]))


_TYPED = frozenset("FUNCTION PROCEDURE ROUTINE AGGREGATE OPERATOR CAST TRANSFORM".split())


def _arguments(statement: Statement, index: int) -> int:
    """How many arguments a call has, so far as commas tell."""
    opening = index + 1
    closing = statement.closing(opening)
    if closing == opening + 1:
        return 0
    depth = statement.depths[opening] + 1
    inside = range(opening + 1, closing)
    commas = sum(statement.words[i] == "," and statement.depths[i] == depth for i in inside)
    return commas + 1


_BEFORE_NEW_NAMES = frozenset(
    """WITHOUT AS COLUMN TABLE INTO VIEW FUNCTION INDEX TO FROM JOIN UPDATE EXISTS""".split()
)


def _is_row_id(statement: Statement, index: int) -> bool:
    """Whether a name means SQLite's hidden column, not one that the statement names so."""
    before = statement.word(index - 1)
    if before in _BEFORE_NEW_NAMES or (index and ends_operand(statement.tokens[index - 1])):
        return False
    if statement.word(index + 1) == "(" or _is_alias(statement, statement.word(index)):
        return False
    following = index + 1
    if following < len(statement.tokens) and statement.tokens[following].kind is Kind.WORD:
        word = statement.word(following)
        declares = word not in RESERVED and before in ("(", ",", "EXISTS", "ADD")
        if declares and (statement.starts_with("CREATE") or statement.starts_with("ALTER")):
            return False
    return True


def _is_alias(statement: Statement, name: str) -> bool:
    """Whether the statement itself gives this name to a column."""
    if any(_is_alias_at(statement, index) for index in statement.find(name)):
        return True
    return any(
        statement.follows(statement.closing(opening) + 1, "AS", "(")
        or _lists_columns(statement, opening)
        for opening in statement.find("(")
        if name in statement.words[opening : statement.closing(opening)]
    )


def _is_alias_at(statement: Statement, index: int) -> bool:
    before = statement.word(index - 1)
    return before == "AS" or (index > 0 and ends_operand(statement.tokens[index - 1]))


def _lists_columns(statement: Statement, opening: int) -> bool:
    """``FROM f() AS x (a, b)`` and ``FROM (SELECT 1) x (a)``."""
    before = statement.word(opening - 2)
    return opening > 1 and before in ("AS", ")") and statement.word(opening - 1) not in RESERVED

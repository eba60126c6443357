"""The list of tables, as SQLite keeps it, in the words of the standard's information schema."""

from __future__ import annotations

from mosaic_lint.change import Changes, Declined
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement

_ALLOWED = frozenset(
    """SELECT NAME FROM WHERE TYPE AND IN NOT LIKE ORDER BY LIMIT COUNT DISTINCT EXISTS ASC DESC
    SQLITE_MASTER SQLITE_SCHEMA AS TBL_NAME""".split()
)
_TABLES = "table_schema = current_schema() AND table_type = 'BASE TABLE'"


def changed_master(statement: Statement, place: int) -> Changes:
    """The changes that ask for the names of tables elsewhere.

    Args:
        statement: ``SELECT name FROM sqlite_master WHERE type = 'table'``, maybe with more.
        place: the index of the table's name.

    Raises:
        Declined: it asks for something else, too.
    """
    word = statement.word
    if word(0) != "SELECT" or word(place - 1) != "FROM" or statement.words.count("FROM") != 1:
        raise Declined("it isn't a plain query of names")
    if any(t.kind is Kind.WORD and t.text not in _ALLOWED for t in statement.tokens):
        raise Declined("it asks for more than the names of tables")
    if word(1) == "*":
        raise Declined("it asks for all columns")
    tokens = statement.tokens
    changes = statement.change("information_schema.tables", tokens[place])
    changes += _only_tables(statement, place)
    for index, token in enumerate(tokens):
        if token.text in ("NAME", "TBL_NAME") and token.kind is Kind.WORD:
            is_item = index < place and word(index - 1) in ("SELECT", ",", "DISTINCT")
            is_item = is_item and word(index + 1) != "AS"
            named = f" AS {token.text.lower()}" if is_item else ""
            changes += statement.change("table_name" + named, token)
    return changes


def _only_tables(statement: Statement, place: int) -> Changes:
    """The changes that ask for tables alone, as the statement does, or does by a table's name.

    Raises:
        Declined: it asks for all that there is.
    """
    tokens, word = statement.tokens, statement.word
    if "TYPE" not in statement.words:
        if word(place + 1) != "WHERE" or word(place + 2) not in ("NAME", "TBL_NAME"):
            raise Declined("it doesn't ask for tables alone")
        return statement.insert(f" {_TABLES} AND", tokens[place + 1])
    tests = [i for i in statement.find("TYPE", "=") if word(i + 2) in ("'table'", '"table"')]
    if len(tests) != 1 or statement.words.count("TYPE") != 1:
        raise Declined("it doesn't ask for tables alone")
    return statement.change(_TABLES, tokens[tests[0]], tokens[tests[0] + 2])

"""The tables that a statement alters, drops or empties."""

from __future__ import annotations

from typing import Iterator, NamedTuple

from mosaic_lint.sql.identifiers import Name, qualified_name
from mosaic_lint.sql.lexer import Kind, Token
from mosaic_lint.sql.statement import Statement, read


class Change(NamedTuple):
    """A table that is changed.

    Args:
        statement: the statement that does it; of a body, one in it.
        verb: ``ALTER TABLE``, ``DROP TABLE`` or ``TRUNCATE``.
        table: the table.
    """

    statement: Statement
    verb: str
    table: Name


_VERBS = frozenset(("ALTER", "DROP", "TRUNCATE"))
_BEFORE = frozenset(("BEGIN", "ATOMIC", "THEN", "ELSE", "LOOP", ";"))
"""Behind what a command of a body begins."""


def changed_tables(statement: Statement) -> Iterator[Change]:
    """All tables that a statement changes, also in the body of DO or of a function."""
    if statement.word(0) in _VERBS:
        yield from _command(statement, 0)
    elif _has_body(statement):
        for command in _bodies(statement):
            yield from _commands(command)


def _has_body(statement: Statement) -> bool:
    if statement.word(0) == "DO":
        return True
    kinds = statement.words[1:4]
    return statement.word(0) == "CREATE" and ("FUNCTION" in kinds or "PROCEDURE" in kinds)


def _bodies(statement: Statement) -> Iterator[Statement]:
    """The commands of each body between dollar quotes, and those of one without quotes."""
    for token in statement.tokens:
        if token.kind is Kind.STRING and token.text.startswith("$"):
            yield from _inside(statement, token)
    if "ATOMIC" in statement.words:
        yield statement


def _commands(statement: Statement) -> Iterator[Change]:
    """The changes of a piece of a body, behind BEGIN, THEN and the like; also those by EXECUTE."""
    for index, word in enumerate(statement.words):
        if word in _VERBS and statement.word(index - 1) in ("", *_BEFORE):
            yield from _command(statement, index)
        elif word == "EXECUTE" and statement.word(index + 1)[:1] in ("'", "$"):
            for command in _inside(statement, statement.tokens[index + 1]):
                if command.word(0) in _VERBS:
                    yield from _command(command, 0)


def _inside(statement: Statement, token: Token) -> Iterator[Statement]:
    """The commands between the quotes of a string."""
    quote = token.text[: token.text.find("$", 1) + 1] if token.text.startswith("$") else "'"
    is_closed = len(token.text) >= 2 * len(quote) and token.text.endswith(quote)
    start, end = token.start + len(quote), token.end - len(quote) * is_closed
    if start < end:
        yield from read(
            statement.text, statement.locate, start=start, end=end, in_file=statement.in_file
        )


def _command(statement: Statement, index: int) -> Iterator[Change]:
    """The changes of the command that begins at an index."""
    verb = statement.word(index)
    has_kind = statement.word(index + 1) == "TABLE"
    if not has_kind and verb != "TRUNCATE":
        return
    name = index + 1 + has_kind
    if statement.follows(name, "IF", "EXISTS") and verb != "TRUNCATE":
        name += 2
    shown = verb if verb == "TRUNCATE" else f"{verb} TABLE"
    while True:
        if statement.word(name) == "ONLY":
            name += 1
        table = qualified_name(statement, name)
        yield Change(statement, shown, table)
        behind = table.last + 1
        if statement.word(behind) == "*":
            behind += 1
        if verb == "ALTER" or statement.word(behind) != ",":
            return
        name = behind + 1

"""Names in backticks and brackets as PostgreSQL writes them."""

from __future__ import annotations

import re
from typing import Callable

from mosaic_lint.change import Changes, Declined
from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.keywords import NO_NAMES
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MARKS = re.compile(r"%(?:\([^()]*\))?[sbt]|\?")


def unquoted(statement: Statement, first: int, last: int, schema: Callable[[], Schema]) -> Changes:
    """Write a name without quotes, or in double quotes where it needs them.

    SQLite doesn't tell ``[Name]`` from ``name``, and without quotes PostgreSQL doesn't either.

    Args:
        statement: the statement.
        first: the index of the name's first token.
        last: the index of its last one.
        schema: gives the tables.

    Raises:
        Declined: a placeholder or another quote stands in it.
    """
    start = statement.tokens[first].start
    end = statement.tokens[last].end
    if statement.tokens[first].text == "[":
        last = next(i for i in range(first, len(statement.tokens)) if statement.words[i] == "]")
        end = statement.tokens[last].end
    name = statement.text[start + 1 : end - 1]
    if not name or statement.text[end - 1] not in "`]":
        raise Declined("the name isn't closed")
    touching = statement.text[max(start - 1, 0) : start] + statement.text[end : end + 1]
    if '"' in name or "`" in touching or _MARKS.search(name):
        raise Declined("a quote or a placeholder stands in the name")
    if HOLE in name or not _is_plain(statement, first, name, schema):
        opening = statement.rewrite(start, start + 1, '"')
        return opening + statement.rewrite(end - 1, end, '"')
    opening = statement.rewrite(start, start + 1, _gap(statement.text, start - 1))
    return opening + statement.rewrite(end - 1, end, _gap(statement.text, end))


def _gap(text: str, at: int) -> str:
    """A space where a word would touch the name otherwise."""
    beside = text[at : at + 1] if at >= 0 else ""
    return " " if beside.isalnum() or beside == "_" or beside == HOLE else ""


def _is_plain(statement: Statement, index: int, name: str, schema: Callable[[], Schema]) -> bool:
    """Whether a name means the same without quotes."""
    if not _NAME.fullmatch(name) or name.upper() in NO_NAMES:
        return False
    if name.islower():
        return True
    if _is_alias(statement, name):
        return False  # the program reads the column by it
    return not any(
        name == table.name or any(name == column.name for column in table.columns)
        for table in schema()
    )


def _is_alias(statement: Statement, name: str) -> bool:
    """Whether a name is given behind AS, and nowhere used without quotes."""
    tokens, text = statement.tokens, statement.text
    if any(
        token.text == name.upper() and text[token.start - 1 : token.start] != "["
        for token in tokens
    ):
        return False
    quoted = re.findall(rf"[`\[]({re.escape(name)})[`\]]", text, re.IGNORECASE)
    if len(set(quoted)) > 1:
        return False
    given = (index + 1 for index in statement.find("AS") if index + 1 < len(tokens))
    return any(
        statement.words[index][0] in "`[" and text[tokens[index].start + 1 :].startswith(name)
        for index in given
    )

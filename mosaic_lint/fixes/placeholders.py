"""Question marks that become ``%s``."""

from __future__ import annotations

import re
from typing import Iterator

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.percents import doubled_percents
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.together import check_together, in_case_of
from mosaic_lint.source import Language
from mosaic_lint.sql.lexer import Kind, Token
from mosaic_lint.sql.statement import Group, Statement

_MARK = re.compile(r"""(?:"\?"|'\?')""")
_SEEKS_BEFORE = re.compile(
    r"(?:\b(\w+)\.(?:count|r?find|r?index|r?partition|r?split)\(|\b(\w+)\s*[=!]=)\s*\Z"
)
_SEEKS_BEHIND = re.compile(r"(?:\s+(?:not\s+)?in\s+|\s*[=!]=\s*)(?:\w+\.)*(\w+)")
"""Code around a text that looks for it in another one, by the name of that one."""
_NEAR = 200  # characters: so long names and white space may be there
_OF_SQL = re.compile(r"(?i)sql|query|stmt|statement|clause|where|holder|mark|style")


def percent_placeholders(group: Group, site: Site) -> Changes:
    """Write ``%s`` for the question marks of a literal, and ``%%`` for its percent signs.

    Args:
        group: the question marks.
        site: the place of the finding.

    Raises:
        Declined: a number means another parameter than the next one, or the program counts
            question marks.
    """
    _check_numbers(group)
    if site.source.language is Language.PYTHON:
        _check_program(site)
    changes: Changes = []
    for statement, token in group.all:
        changes += statement.change(_spaced(statement.text, token), token)
        changes += _compared(statement, token, site)
    return changes + doubled_percents(group)


def _compared(statement: Statement, token: Token, site: Site) -> Changes:
    """``IS ?`` compares with any value in SQLite, in PostgreSQL with NULL and booleans alone."""
    index = next(i for i, one in enumerate(statement.tokens) if one is token)
    is_negated = statement.word(index - 1) == "NOT"
    first = index - 1 - is_negated
    if statement.word(first) != "IS":
        return []
    check_together(statement, (statement.tokens[first], token), site)
    text = "IS DISTINCT FROM" if is_negated else "IS NOT DISTINCT FROM"
    text = in_case_of(statement, first, text)
    return statement.change(text, statement.tokens[first], statement.tokens[index - 1])


def _spaced(text: str, token: Token) -> str:
    """``%s`` with a space where a word touches it, since a number would run into it."""
    before, after = text[token.start - 1 : token.start], text[token.end : token.end + 1]
    return " " * _is_of_word(before) + "%s" + " " * _is_of_word(after)


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _check_numbers(group: Group) -> None:
    """Let ``?1, ?2`` pass, since ``%s`` takes the parameters in the same order.

    Raises:
        Declined: they don't count from one, or not all of the query is seen.
    """
    statements = group.statement.siblings or (group.statement,)
    if not any(len(token.text) > 1 for _, token in group.all):
        return
    if not group.statement.is_exact or any(statement.has_holes for statement in statements):
        raise Declined("a number says which parameter is meant, and not all of the query is seen")
    marks = [token for statement in statements for token in _marks(statement)]
    for place, token in enumerate(marks, 1):
        if token.kind is Kind.QMARK and token.text not in ("?", f"?{place}"):
            raise Declined("the numbers don't take the parameters one after the other")


def _marks(statement: Statement) -> Iterator[Token]:
    for index, token in enumerate(statement.tokens):
        if token.kind is Kind.FORMAT or index in statement.placeholders:
            yield token


def _check_program(site: Site) -> None:
    """Look for code that goes by the question marks.

    Raises:
        Declined: there is some.
    """
    around = site.text[site.text.rfind("\n", 0, site.span.start) + 1 : site.span.start]
    for name in _sought(site.text):
        if _OF_SQL.search(name) or re.search(rf"\b{name}\b", around):
            raise Declined('the program looks for "?" itself')


def _sought(text: str) -> Iterator[str]:
    """The names of what a program looks for question marks in."""
    for mark in _MARK.finditer(text):
        before = _SEEKS_BEFORE.search(text[max(0, mark.start() - _NEAR) : mark.start()])
        if before is not None:
            yield before.group(1) or before.group(2)
        behind = _SEEKS_BEHIND.match(text, mark.end(), mark.end() + _NEAR)
        if behind is not None:
            yield behind.group(1)

"""Write TRUE and FALSE for the integers 0 and 1: in SQL, and where Python gives them to it."""

from __future__ import annotations

import ast
from typing import Callable, Iterator, List, Sequence

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.own_values import check_own
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.schema.model import Schema
from mosaic_lint.sql.booleans import Found, Reader, keyword
from mosaic_lint.sql.given import Bound, Value
from mosaic_lint.sql.lexer import Kind, Token
from mosaic_lint.sql.statement import Statement

_NUMBERS = frozenset(("0", "1"))


def booleans(
    statement: Statement, schema: Callable[[], Schema], found: Found, site: Site
) -> Changes:
    """The changes that make booleans of an integer, and of those in the same comparison.

    Args:
        statement: the statement.
        schema: gives the schema.
        found: the integer.
        site: its place.

    Raises:
        Declined: another integer stands beside it, or what Python gives may go elsewhere too.
    """
    reader = Reader(statement, schema)
    changes: Changes = []
    for index in reader.together(found.token):
        token = statement.tokens[index]
        if token.kind is Kind.NUMBER:
            changes += _in_sql(statement, token)
        elif token.kind is Kind.FORMAT:
            bounds = _given(statement, index, found)
            if bounds:
                _check_uses(statement, schema, token)
            changes += _in_python(site, bounds)
    return changes


def _in_sql(statement: Statement, token: Token) -> Changes:
    if token.text not in _NUMBERS:
        raise Declined(f"{token.text} is neither true nor false")
    word = keyword(token.text)
    if statement.text[token.end : token.end + 1].isalnum():  # 1AND, which servers took until 14
        word += " "
    return statement.change(word, token)


# --- parameters


def _given(statement: Statement, index: int, found: Found) -> List[Bound]:
    """The integers that a placeholder gets; of the finding's own that one alone."""
    token, before = statement.tokens[index], statement.word(index - 1)
    if before == "IN":
        bounds: Sequence[Bound] = statement.given.fields(token, None)
    elif index == found.token and found.bound is not None:
        bounds = [found.bound]
    else:
        bounds = statement.given.values(token)
    return [bound for bound in bounds if bound.value is Value.INTEGER]


def _check_uses(statement: Statement, schema: Callable[[], Schema], token: Token) -> None:
    """Make sure that a named placeholder is a boolean wherever the text has it.

    Raises:
        Declined: it isn't.
    """
    if not token.text.startswith("%("):
        return
    for sibling in statement.siblings or (statement,):
        reader = Reader(sibling, schema)
        for index, other in enumerate(sibling.tokens):
            if other.text == token.text and not reader.is_boolean(index):
                raise Declined(f"{token.text} stands for something else, too")


def _in_python(site: Site, bounds: Sequence[Bound]) -> Changes:
    changes: Changes = []
    if not bounds:
        return changes
    syntax = site.syntax
    for bound in bounds:
        if bound.shared:
            raise Declined("the query isn't the only one that may get the value")
        literal = syntax.find(site.place(bound.anchor), ast.Constant)
        check_own(syntax, literal)
        changes += [
            Change(syntax.span(number), keyword(str(number.value)).capitalize())
            for number in _with_alternatives(syntax, literal)
        ]
    return changes


def _with_alternatives(syntax: Syntax, literal: ast.Constant) -> Iterator[ast.Constant]:
    """A literal, and the others of which a condition takes one: ``1 if x else 0``."""
    top: ast.expr = literal
    parent = syntax.parent(top)
    while isinstance(parent, ast.IfExp) and parent.test is not top:
        top, parent = parent, syntax.parent(parent)
    pending: List[ast.expr] = [top]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.IfExp):
            pending += (node.orelse, node.body)
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            if node.value not in (0, 1):
                raise Declined(f"{node.value} is neither true nor false")
            yield node

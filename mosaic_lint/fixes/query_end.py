"""Where the expression that makes a query ends, though its last part isn't a literal's own."""

from __future__ import annotations

import ast
import re

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Span
from mosaic_lint.source import Language
from mosaic_lint.sql.lexer import Token
from mosaic_lint.sql.statement import Statement

_PLAIN = re.compile(r"[\w .,=()]*")
_UNSEEN = "its end is put together from several places"


def at_query_end(statement: Statement, first: Token, last: Token, text: str, site: Site) -> Changes:
    """Add a text at the end of the query that a statement is.

    An f-string gets it before its closing quote; a sum, as one more operand.

    Args:
        statement: the statement, with nothing behind it.
        first: its first token.
        last: its last token.
        text: what is added.
        site: the place of the finding.

    Raises:
        Declined: the query may go on elsewhere.
    """
    is_plain = _PLAIN.fullmatch(text) and site.source.language is Language.PYTHON
    if not is_plain or statement.text[statement.end :].strip():
        raise Declined(_UNSEEN)
    literal = _literal_at(site, site.place(statement.locate(first.start, first.start + 1)).start)
    query: ast.expr = literal
    parent = site.syntax.parent(query)
    while isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add):
        query, parent = parent, site.syntax.parent(parent)
    _check_complete(parent, site)
    _check_inside(query, site.place(statement.locate(last.end - 1, last.end)).start, site)
    end = site.syntax.span(query).end
    if isinstance(query, ast.BinOp):
        return [Change(Span(end, end), f' + "{text}"')]
    if not isinstance(query, ast.JoinedStr):
        raise Declined(_UNSEEN)
    closing = 3 if site.text[end - 3 : end] in ('"""', "'" * 3) else 1
    return [Change(Span(end - closing, end - closing), text)]


def _literal_at(site: Site, offset: int) -> ast.expr:
    """The innermost whole string around an offset."""
    for node in ast.walk(site.syntax.statement_around(offset)):
        if isinstance(node, ast.JoinedStr) or _is_text(node):
            start, end = site.syntax.span(node)
            if start <= offset < end:
                assert isinstance(node, ast.expr)
                return node
    raise Declined(_UNSEEN)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _check_inside(query: ast.expr, place: int, site: Site) -> None:
    """Make sure that a query's end comes from its own expression, or from a name in there.

    Raises:
        Declined: it comes from where the query is used.
    """
    start, end = site.syntax.span(query)
    if start <= place < end:
        return
    statement = site.syntax.statement_around(place)
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    bound = {target.id for target in targets if isinstance(target, ast.Name)}
    if not any(isinstance(node, ast.Name) and node.id in bound for node in ast.walk(query)):
        raise Declined(_UNSEEN)


def _check_complete(parent: object, site: Site) -> None:
    """Make sure that nothing is added to a query afterwards.

    Raises:
        Declined: something may be.
    """
    if isinstance(parent, ast.Call):
        return
    if isinstance(parent, ast.Assign) and all(isinstance(t, ast.Name) for t in parent.targets):
        names = {target.id for target in parent.targets if isinstance(target, ast.Name)}
        grown = {
            node.target.id
            for node in site.syntax.all(ast.AugAssign)
            if isinstance(node.target, ast.Name)
        }
        if not names & grown:
            return
    raise Declined(_UNSEEN)

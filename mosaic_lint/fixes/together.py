"""Whether what a fix changes belongs together, though it may stand in several literals."""

from __future__ import annotations

import ast
from typing import FrozenSet, List, Sequence, Set

from mosaic_lint.change import SEVERAL_PLACES, Declined
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Span
from mosaic_lint.sql.lexer import Token
from mosaic_lint.sql.statement import Statement


def check_together(statement: Statement, tokens: Sequence[Token], site: Site) -> None:
    """Make sure that a change of some tokens changes no other query.

    A constant may be a part of several queries. What stands in one literal is the same in all of
    them; what one statement of the program puts together is a query of its own.

    Args:
        statement: the statement that the tokens are of.
        tokens: all that is changed.
        site: the place of the finding.

    Raises:
        Declined: the tokens stand in different literals and different statements, or one of them
            in a branch that others aren't in.
    """
    anchors = [statement.locate(token.start, token.start + 1) for token in tokens]
    anchors += [statement.locate(token.end - 1, token.end) for token in tokens]
    literals = {id(getattr(anchor, "literal", None)) for anchor in anchors}
    if len(literals) < 2:
        return
    offsets = [site.place(anchor).start for anchor in anchors]
    found = {id(site.syntax.statement_around(offset)) for offset in offsets}
    if len(found) > 1 or len({_branches(offset, site) for offset in offsets}) > 1:
        raise Declined(SEVERAL_PLACES)


def _branches(offset: int, site: Site) -> FrozenSet[Span]:
    """The parts of a statement around an offset that are used under a condition only."""
    found: Set[Span] = set()
    pending: List[ast.AST] = [site.syntax.statement_around(offset)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.JoinedStr):
            continue  # places in there are known from Python 3.12 on only
        choices: Sequence[ast.expr] = ()
        if isinstance(node, ast.IfExp):
            choices = (node.body, node.orelse)
        elif isinstance(node, ast.BoolOp):
            choices = node.values
        spans = [site.syntax.span(choice) for choice in choices]
        found.update(span for span in spans if span.start <= offset < span.end)
        pending.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def in_case_of(statement: Statement, index: int, text: str) -> str:
    """Keywords in the letter case of the program: lower, if a token of the statement is.

    Args:
        statement: the statement.
        index: the index of the token.
        text: the keywords, in upper case.
    """
    token = statement.tokens[index]
    return text.lower() if statement.text[token.start : token.end].islower() else text


def check_alone(statement: Statement, first: Token, last: Token, site: Site) -> None:
    """Make sure that a clause behind a token is written once, though not all of a text is seen.

    Args:
        statement: the statement.
        first: its first token.
        last: the token that gets the clause.
        site: the place of the finding.

    Raises:
        Declined: the token stands in a text that is repeated or joined.
    """
    if statement.is_exact:
        return
    begins = statement.locate(first.start, first.start + 1)
    ends = statement.locate(last.end - 1, last.end)
    if _literal(begins) is not None and _literal(begins) is _literal(ends):
        return
    if ends.__class__.__name__ == "FormattedStringExpression":
        return
    place = site.place(ends)
    for node in ast.walk(site.syntax.statement_around(place.start)):
        is_around = isinstance(node, ast.JoinedStr) and _node_kind(ends) == "SimpleString"
        if is_around or _repeats(node):
            start, end = site.syntax.span(node)
            if start <= place.start < end:
                raise Declined("its end is put together from several places")


def _literal(anchor: object) -> object:
    return getattr(anchor, "literal", None)


def _node_kind(anchor: object) -> str:
    return getattr(anchor, "node", anchor).__class__.__name__


def _repeats(node: ast.AST) -> bool:
    """Whether an expression may have what stands in it several times."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mult)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "join"
    return isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.SetComp))

"""Whether what a fix changes belongs together, though it may stand in several literals."""

from __future__ import annotations

from typing import Sequence

from mosaic_lint.change import Declined
from mosaic_lint.fixes.site import Site
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
        Declined: the tokens stand in different literals and different statements.
    """
    anchors = [statement.locate(token.start, token.start + 1) for token in tokens]
    anchors += [statement.locate(token.end - 1, token.end) for token in tokens]
    literals = {id(getattr(anchor, "literal", None)) for anchor in anchors}
    if len(literals) < 2:
        return
    found = {id(site.syntax.statement_around(site.place(anchor).start)) for anchor in anchors}
    if len(found) > 1:
        raise Declined("it is put together from several places")


def in_case_of(statement: Statement, index: int, text: str) -> str:
    """Keywords in the letter case of the program: lower, if a token of the statement is.

    Args:
        statement: the statement.
        index: the index of the token.
        text: the keywords, in upper case.
    """
    token = statement.tokens[index]
    return text.lower() if statement.text[token.start : token.end].islower() else text

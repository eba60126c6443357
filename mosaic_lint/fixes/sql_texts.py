"""Whether what a fix changes in SQL is the statement's own, and not a text that others use too."""

from __future__ import annotations

import ast

from mosaic_lint.fixes.site import Site
from mosaic_lint.sql.statement import Statement

_SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return)


def are_together(statement: Statement, first: int, second: int, site: Site) -> bool:
    """Whether two characters stand in one literal, or in literals of one Python statement.

    Args:
        statement: the statement whose text they belong to.
        first: the offset of one.
        second: the offset of the other.
        site: the place that the fix is for.

    Raises:
        Declined: the place of one isn't known.
    """
    places = [statement.locate(offset, offset + 1) for offset in (first, second)]
    literals = [getattr(place, "literal", None) for place in places]
    if literals[0] is literals[1]:
        return True
    around = [site.syntax.statement_around(site.place(place).start) for place in places]
    return around[0] is around[1] and isinstance(around[0], _SIMPLE)

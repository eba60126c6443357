"""The comma that makes a tuple of a single value."""

from __future__ import annotations

import libcst as cst

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.mismatch import Mismatch
from mosaic_lint.fixes.built_in import is_known
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.runs import alternatives
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Span
from mosaic_lint.sql.percent import placeholders


def repair(call: SqlCall, found: Mismatch, site: Site) -> Repair:
    """Make a tuple of the single value that a query is given.

    Args:
        call: the call that runs it.
        found: the fault.
        site: the place that the fix is for.

    Raises:
        Declined: more than a comma is wrong, or may be.
    """
    if found.lone is None:
        raise Declined("the query or its parameters may be wrong")
    if any(one.name is not None for one in call.placeholders):
        raise Declined("a named placeholder needs a dict")
    texts = [call.text.text, *(text.text for text in alternatives(call))]
    if any(len(placeholders(text, call.letters)) != 1 for text in texts):
        raise Declined("the query has more than one placeholder")
    if not is_known(call):
        raise Declined("not all of the query is known")
    return Repair("Add the comma that makes a tuple of it", _comma(found.lone, site))


def _comma(value: cst.BaseExpression, site: Site) -> Changes:
    start, end = site.place(value)
    if value.lpar:
        return [Change(Span(end, end), ",")]
    return [Change(Span(start, start), "("), Change(Span(end, end), ",)")]

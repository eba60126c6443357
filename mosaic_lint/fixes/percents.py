"""Percent signs that a query may keep only in pairs, once the driver formats it."""

from __future__ import annotations

import re
from typing import Iterator

from mosaic_lint.change import Changes, Declined
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.percent import conversions
from mosaic_lint.sql.statement import Group, Rewrite

_SINGLE = re.compile(r"%%|%")


def doubled_percents(group: Group) -> Changes:
    """Double the percent signs of a literal that are meant for the server.

    Args:
        group: tokens of the literal.

    Raises:
        Declined: one of them can't be changed.
    """
    statement = group.statement
    literal = getattr(statement.at(group.token), "literal", None)
    changes: Changes = []
    for at in _single_percents(group):
        if statement.in_file and not statement.start <= at < statement.end:
            continue  # of another statement of the script
        if getattr(statement.locate(at, at + 1), "literal", None) is literal:
            changes += doubled(statement.rewrite, at)
    return changes


def doubled(rewrite: Rewrite, at: int) -> Changes:
    """Double one percent sign.

    Args:
        rewrite: turns offsets in the text and a new text into changes of the file.
        at: its offset in the text.

    Raises:
        Declined: it can't be changed.
    """
    try:
        return rewrite(at, at + 1, "%%")  # by no means in the literal before it
    except Declined:
        return rewrite(at, at, "%")  # in a template it is written as several


def _single_percents(group: Group) -> Iterator[int]:
    """The offsets of the percent signs that are no placeholders.

    Without a placeholder of the driver's outside of quotes none is one but ``'%(name)s'``, which
    nobody writes as a text: ``LIKE '%some'`` isn't.
    """
    text = group.statement.text
    siblings = group.statement.siblings or (group.statement,)
    if any(token.kind is Kind.FORMAT for one in siblings for token in one.tokens):
        yield from (found.start for found in conversions(text) if not found.is_placeholder)
        return
    named = {f.start for f in conversions(text) if f.is_placeholder and f.name is not None}
    singles = (m.start() for m in _SINGLE.finditer(text) if m.group() == "%")
    yield from (at for at in singles if at not in named)

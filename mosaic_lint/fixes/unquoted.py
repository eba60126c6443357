"""Placeholders out of their quotes: alone, or put together with the rest by ``||``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Sequence

from mosaic_lint.change import Changes, Declined
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.quoted import Quoted
from mosaic_lint.fixes.patterns import may_be_text, texts_like_placeholders
from mosaic_lint.fixes.percents import doubled
from mosaic_lint.fixes.quoted_place import Around, place_of
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.runs import require_formatting
from mosaic_lint.fixes.site import Site
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.percent import Conversion
from mosaic_lint.sql.statement import Statement

_OPENING = re.compile(r"""([eE]?)('|")""")
_WRITTEN = "Write {} without the quotes"
_TOGETHER = "Put the text together with the value by ||"


def repair(call: SqlCall, found: Quoted, site: Site) -> Repair:
    """Take the placeholders of a quoted literal out of its quotes.

    Args:
        call: the call that runs it.
        found: the literal.
        site: the place that the fix is for.

    Raises:
        Declined: what is meant isn't known, or SQL has no form for it.
    """
    token = found.statement.tokens[found.index]
    require_formatting(call, call.text.locate(token.start, token.start + 1), site)
    texts = [one for one in found.inside if may_be_text(call, one)]
    if texts and _are_texts(call, found.inside, texts):
        changes = [c for one in texts for c in doubled(found.statement.rewrite, one.start)]
        return Repair('Write "%%" for the "%" that is no placeholder', changes)
    literal = _literal(found)
    place = place_of(found.statement, found.index, literal.rest, call)
    changes = place.removed + _Pieces(found.statement, literal, place).changes()
    message = _WRITTEN.format(found.written) if literal.is_alone else _TOGETHER
    return Repair(message, changes)


def _are_texts(call: SqlCall, inside: Sequence[Conversion], texts: Sequence[Conversion]) -> bool:
    """Whether ``'%some'`` is a text, or ``format('%s', name)`` a template of the server's.

    Raises:
        Declined: it isn't known.
    """
    proven = texts_like_placeholders(call)
    if proven and all(one in proven for one in inside):
        return True
    values = call.parameters.values
    if proven or values is None or len(values) != len(call.placeholders):
        after = call.text.text[texts[0].end]
        more = f"{after}..." if after.isalpha() else ""
        raise Declined(f'whether "%s{more}" is a placeholder isn\'t known')
    return False


@dataclass(frozen=True)
class _Literal:
    """A quoted literal.

    Args:
        start: the offset of its first character.
        body: the offset behind the opening quote.
        end: the offset behind its last character.
        prefix: ``E``, or nothing.
        quote: its quote.
        inside: the placeholders in it.
        pieces: the texts before, between and behind the placeholders.
    """

    start: int
    body: int
    end: int
    prefix: str
    quote: str
    inside: Sequence[Conversion]
    pieces: Sequence[str]

    @property
    def is_alone(self) -> bool:
        """Whether nothing stands beside a single placeholder."""
        return len(self.inside) == 1 and not any(self.pieces)

    @property
    def rest(self) -> str:
        """What stands beside the placeholders, each of them a zero; empty if there is just one."""
        return "" if self.is_alone else "\0".join(self.pieces)


def _literal(found: Quoted) -> _Literal:
    token = found.statement.tokens[found.index]
    opening = _OPENING.match(token.text)
    if opening is None:
        raise Declined("such a literal can't be taken apart")
    prefix, quote = opening.groups()
    if HOLE in token.text:
        raise Declined("a value is built in there")
    if len(token.text) < 2 or not token.text.endswith(quote):
        raise Declined("the literal isn't closed")
    text = found.statement.text
    pieces: List[str] = []
    position = token.start + opening.end()
    for one in found.inside:
        pieces.append(text[position : one.start])
        position = one.end
    pieces.append(text[position : token.end - 1])
    if token.kind is Kind.QUOTED and any("'" in piece or '"' in piece for piece in pieces):
        raise Declined("it has quotes in it")
    body = token.start + opening.end()
    return _Literal(token.start, body, token.end, prefix, quote, found.inside, pieces)


class _Pieces:
    """The changes that take a literal apart, from one placeholder to the next.

    Args:
        statement: the statement.
        literal: the literal.
        place: what stands around it.
    """

    def __init__(self, statement: Statement, literal: _Literal, place: Around) -> None:
        self._statement = statement
        self._literal = literal
        self._place = place

    def changes(self) -> Changes:
        """All of them.

        Raises:
            Declined: the string in the program can't hold a quote.
        """
        literal = self._literal
        changes = self._before(literal.inside[0])
        for index, (left, right) in enumerate(zip(literal.inside, literal.inside[1:]), start=1):
            if literal.pieces[index]:
                changes += self._put(left.end, f" || {self._opening(index)}")
                changes += self._put(right.start, "' || ")
            else:
                changes += self._put(left.end, " || ")
        return changes + self._behind(literal.inside[-1])

    def _before(self, first: Conversion) -> Changes:
        literal, opening = self._literal, self._place.opening
        if not literal.pieces[0]:
            if not opening and self._is_word(literal.start - 1):
                opening = " "
            return self._statement.rewrite(literal.start, first.start, opening)
        changes = self._put(first.start, "' || ")
        if opening or literal.quote == '"':
            quote = opening + literal.prefix + "'"
            changes = self._statement.rewrite(literal.start, literal.body, quote) + changes
        return changes

    def _behind(self, last: Conversion) -> Changes:
        literal, closing = self._literal, self._place.closing
        if not literal.pieces[-1]:
            if not closing and self._is_word(literal.end):
                closing = " "
            return self._statement.rewrite(last.end, literal.end, closing)
        changes = self._put(last.end, f" || {self._opening(len(literal.inside))}")
        if closing or literal.quote == '"':
            changes += self._statement.rewrite(literal.end - 1, literal.end, "'" + closing)
        return changes

    def _opening(self, index: int) -> str:
        """The beginning of a piece that becomes a literal of its own."""
        return self._literal.prefix + "'" if "\\" in self._literal.pieces[index] else "'"

    def _put(self, at: int, text: str) -> Changes:
        return self._statement.rewrite(at, at, text)

    def _is_word(self, at: int) -> bool:
        """Whether a letter or a digit, with which a value would run together, stands there."""
        text = self._statement.text
        return 0 <= at < len(text) and (text[at].isalnum() or text[at] in "_$" or text[at] == HOLE)

"""Percent signs that a query with parameters has once, and that are no placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from mosaic_lint.anchor import Place
from mosaic_lint.change import Changes, Declined
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.parameters import Given
from mosaic_lint.facts.sinks import Rows
from mosaic_lint.fixes.built_in import is_known
from mosaic_lint.fixes.patterns import texts_like_placeholders
from mosaic_lint.fixes.percents import doubled
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.runs import literal_of, require_formatting
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Safety
from mosaic_lint.sql.lexer import Kind, Token
from mosaic_lint.sql.percent import Conversion
from mosaic_lint.sql.roles import ends_operand

_LETTER = re.compile(r"%(?:\([^()]*\))?[a-zA-Z](?!\w)")
"""A format as Python's own, or C's: ``%d``, ``%(name)d``."""
_DOUBLED_PLACEHOLDER = re.compile(r"%%s(?!\w)")
_NAMED = re.compile(r"%\([^()]*\)(?!\w)")


@dataclass(frozen=True)
class _Meant:
    """What a percent sign was meant to be: itself, or a placeholder with another letter behind it.

    Args:
        at: its offset in the text.
        start: the offset of the letter.
        end: the offset behind that, the same where it is missing; 0 for no placeholder.
    """

    at: int
    start: int = 0
    end: int = 0

    @property
    def is_placeholder(self) -> bool:
        """Whether the driver should put a value there."""
        return self.end > 0


def repair(call: SqlCall, found: Sequence[Conversion], site: Site) -> Repair:
    """Write the lone percent signs of a literal so that the driver reads what is meant.

    Args:
        call: the call that runs it.
        found: the percent signs, all of them in one literal.
        site: the place that the fix is for.

    Raises:
        Declined: what is meant isn't known, or not everybody gives parameters to the text.
    """
    anchor = call.text.locate(found[0].start, found[0].start + 1)
    texts = texts_like_placeholders(call)
    meant = [_meant(call, one) for one in found]
    _require_fit(call, len(texts), [one for one in meant if one.is_placeholder])
    require_formatting(call, anchor, site)
    meant += [_Meant(one.start) for one in texts if _is_in(call, one, literal_of(anchor))]
    changes: Dict[object, Changes] = {}  # by place, as a literal may be in the text several times
    for one in meant:
        at = call.text.locate(one.at, one.at + 1)
        place = (id(at.node), at.shift) if isinstance(at, Place) else id(at)
        if one.is_placeholder:
            changes[place] = call.text.replace(one.start, one.end, "s")
        else:
            changes[place] = doubled(call.text.replace, one.at)
    edits = [change for each in changes.values() for change in each]
    if any(one.is_placeholder for one in meant):
        return Repair('Write "%s" for the value, and "%%" for any other "%"', edits, Safety.UNSAFE)
    return Repair('Write "%%" for each "%" that is no placeholder', edits)


def _is_in(call: SqlCall, found: Conversion, literal: object) -> bool:
    return literal_of(call.text.locate(found.start, found.start + 1)) is literal


def _meant(call: SqlCall, found: Conversion) -> _Meant:
    before, inside = _around(call, found.start)
    text = call.text.text
    if inside is not None and inside.kind in (Kind.STRING, Kind.QUOTED):
        if _names_a_parameter(call, found):
            raise Declined(f'it may be meant as "%({found.name})s"')
        return _Meant(found.start)
    if inside is None:  # a comment
        return _Meant(found.start)
    formats = _LETTER.match(text, found.start)
    if before is not None and ends_operand(before):
        if formats and found.name is None and before.end < found.start:
            raise Declined(f'"{formats.group()}" may be meant as a placeholder: write "%s"')
        return _Meant(found.start)
    if formats:
        return _Meant(found.start, formats.end() - 1, formats.end())
    named = _NAMED.match(text, found.start)
    if named:
        return _Meant(found.start, named.end(), named.end())
    raise Declined('no value stands before the "%": write "%s" if it is meant as a placeholder')


def _names_a_parameter(call: SqlCall, found: Conversion) -> bool:
    """Whether ``%(name)`` in quotes may be one of the parameters."""
    if found.name is None or call.parameters.given is Given.SEQUENCE:
        return False
    keys = call.parameters.keys
    return keys is None or found.name in keys


def _around(call: SqlCall, at: int) -> Tuple[Optional[Token], Optional[Token]]:
    """The token before an offset, and the one around it; ``None`` in a comment."""
    before: Optional[Token] = None
    for statement in call.statements:
        for token in statement.tokens:
            if token.start > at:
                return before, None
            if at < token.end:
                return before, token
            before = token
    return before, None


def _require_fit(call: SqlCall, texts: int, added: List[_Meant]) -> None:
    """Make sure that there are as many parameters as placeholders, so far as they are shown.

    ``LIKE '%%s%'`` was meant to have one: doubled, it would be searched for as it stands there.
    """
    values = call.parameters.values
    if call.sink.rows is not Rows.ONE or values is None or not is_known(call):
        return
    wanted = len(call.placeholders) - texts + len(added)
    if len(values) > wanted and _DOUBLED_PLACEHOLDER.search(call.text.text):
        raise Declined('"%%s" may be meant as a placeholder')
    if added and len(values) != wanted:
        raise Declined("the parameters don't fit the placeholders")

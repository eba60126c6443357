"""What text a Python string expression may have, and where each character of it is written.

An expression has several texts where branches decide, and none where nothing is known of it. What
is known in part keeps a hole for the rest.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import libcst as cst

from mosaic_lint.anchor import Anchor, Place
from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.literals import written
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.written import Written

MAX_TEXTS = 16
_MAX_PARTS = 2_000
_MAX_LENGTH = 1_000_000
_DOUBLED = {"%": "%", "{": "{}"}
"""Characters that a template has twice: where the second one is written isn't known."""


@dataclass(frozen=True, eq=False)
class Hole:
    """A value that is built into a text.

    Args:
        anchor: the replacement field, operand or argument.
        expression: the value.
        composed: whether a driver's composition quotes it (``psycopg.sql``), or only numbers pass.
        passed: whether it is all of the text on some way, so that nothing was built yet.
    """

    anchor: cst.CSTNode
    expression: cst.BaseExpression
    composed: bool = False
    passed: bool = False


class Part(NamedTuple):
    """A piece of a text: some characters of a literal, or a hole.

    Args:
        text: the characters; :data:`~mosaic_lint.sql.lexer.HOLE` for a hole.
        node: the literal, or the text between replacement fields.
        literal: the whole literal around it, implicit concatenation included.
        written: how the literal is written.
        start: which character of the literal's value is the first one.
        hole: the hole.
        opening: the prefix and the quote of the literal that the characters stand in.
        templates: for each template that the characters have gone through, in order, ``%`` (the
            operator), ``{`` (``format``) or ``:`` (SQLAlchemy's ``text``).
        listed: whether it is the one character of a literal that is repeated and then joined by
            character, so that more of them have to become a list.
        locked: why its characters mustn't change; empty where they may.
    """

    text: str
    node: Optional[cst.CSTNode] = None
    literal: Optional[cst.CSTNode] = None
    written: Written = Written("", 0)
    start: int = 0
    hole: Optional[Hole] = None
    opening: str = ""
    templates: str = ""
    listed: bool = False
    locked: str = ""

    @property
    def way(self) -> Tuple[str, bool, str]:
        """What its characters go through before they are SQL."""
        return self.templates, self.listed, self.locked

    def cut(self, start: int, end: int) -> Part:
        """The part from one of its characters to before another."""
        return self._replace(text=self.text[start:end], start=self.start + start)

    def place(self, start: int, end: int) -> Anchor:
        """The anchor of its characters from ``start`` to before ``end``."""
        if self.hole is not None:
            return self.hole.anchor
        assert self.node is not None
        first = self.written.source(self.start + start)
        last = self.written.source(self.start + end)
        return Place(self.node, first, last - first, self.literal)

    def change(self, start: int, end: int, text: str) -> Change:
        """Replace its characters from ``start`` to before ``end``.

        Raises:
            Declined: they are no characters of a literal, or it can't hold the text.
        """
        if self.hole is not None:
            raise Declined("a value is built in there")
        if any(self._is_doubled(at) for at in range(start, end)):
            raise Declined("it stands in a template")
        place = self.node if self._is_list(text) else self.place(start, end)
        before, after = self.text[max(start - 1, 0) : start], self.text[end : end + 1]
        return Change(place, self.rendered(text, before=before, after=after))

    def rendered(self, text: str, *, before: str = "", after: str = "") -> str:
        """A text as its literal has to have it.

        Args:
            text: the text.
            before: the character that the value has before it; empty where that isn't known.
            after: the one behind it.

        Raises:
            Declined: the literal can't hold it, or mustn't change.
        """
        if self.locked:
            raise Declined(self.locked)
        new = written(text, self.opening, self.templates, before=before, after=after)
        if self._is_list(text):
            quote = self.opening.lstrip("bBrRuUfF")
            return f"[{self.opening}{new}{quote}]"
        return new

    def _is_list(self, text: str) -> bool:
        return self.listed and len(text) > 1

    def ends_before(self, at: int) -> bool:
        """Whether a new text can be put right behind the character before one."""
        return not at or not self._is_doubled(at - 1)

    def _is_doubled(self, at: int) -> bool:
        """Whether a character is written twice, as a template wants it."""
        return any(self.text[at] in _DOUBLED.get(template, "") for template in self.templates)


@dataclass(frozen=True, eq=False)
class SqlText:
    """One text that an expression may have.

    Args:
        parts: its pieces in order.
        exact: whether it is made of just these pieces, each once.
        composed: whether it is made by a driver's composition.
    """

    parts: Tuple[Part, ...]
    exact: bool = True
    composed: bool = False

    @cached_property
    def text(self) -> str:
        """The characters."""
        return "".join(part.text for part in self.parts)

    @cached_property
    def _starts(self) -> List[int]:
        starts: List[int] = []
        position = 0
        for part in self.parts:
            starts.append(position)
            position += len(part.text)
        return starts

    @property
    def ends(self) -> Iterator[Tuple[Part, int]]:
        """Each piece with the offset behind it."""
        return ((part, start + len(part.text)) for part, start in zip(self.parts, self._starts))

    def locate(self, start: int, end: int) -> Anchor:
        """The anchor of the characters from ``start`` to before ``end``.

        Where they stand in several literals, of those in the first one.
        """
        index = max(bisect_right(self._starts, start) - 1, 0)
        part, first = self.parts[index], self._starts[index]
        return part.place(start - first, min(end - first, len(part.text)))

    def replace(self, start: int, end: int, text: str) -> Changes:
        """Replace the characters from ``start`` to before ``end``.

        Where they stand in several literals, the new text goes to the first of them. An insertion
        goes to the literal that ends there, or else to the one that begins there.

        Args:
            start: the first character.
            end: the one behind the last; ``start`` for an insertion.
            text: what comes.

        Raises:
            Declined: a value is built in there, or the literal can't hold the text.
        """
        if start == end:
            return [self._insert(start, text)]
        changes: Changes = []
        for part, first in zip(self.parts, self._starts):
            low, high = max(start - first, 0), min(end - first, len(part.text))
            if low < high:
                changes.append(part.change(low, high, "" if changes else text))
        return changes

    def _insert(self, at: int, text: str) -> Change:
        around = [
            (part, first)
            for part, first in zip(self.parts, self._starts)
            if part.hole is None
            and first <= at <= first + len(part.text)
            and part.ends_before(at - first)
        ]
        if not around:
            raise Declined("a value is built in there")
        part, first = around[0]
        return part.change(at - first, at - first, text)

    def cut(self, start: int, end: int) -> List[Part]:
        """The parts from one of the characters to before another."""
        found: List[Part] = []
        for part, first in zip(self.parts, self._starts):
            low, high = max(start - first, 0), min(end - first, len(part.text))
            if low < high:
                found.append(part.cut(low, high) if high - low < len(part.text) else part)
        return found

    @property
    def holes(self) -> Iterator[Hole]:
        """The values that are built in."""
        return (part.hole for part in self.parts if part.hole is not None)

    @property
    def literals(self) -> Iterator[cst.CSTNode]:
        """The nodes of the literals that it is made of."""
        return (part.node for part in self.parts if part.node is not None)


def hole(anchor: cst.CSTNode, expression: cst.BaseExpression, composed: bool = False) -> SqlText:
    """A text that is nothing but a hole."""
    part = Part(HOLE, hole=Hole(anchor, expression, composed))
    return SqlText((part,), composed=composed)


NUMERIC_SPEC = re.compile(r"(?:.?[<>=^])?[-+ ]?#?0?\d*[,_]?(?:\.\d+)?[bdoxXeEfFgGn%]")
"""A format specification that takes numbers only: of anything else it raises ValueError."""


def number(anchor: cst.CSTNode, expression: cst.BaseExpression) -> SqlText:
    """A text that is a hole which only a number goes through, so that nothing is injected."""
    return SqlText((Part(HOLE, hole=Hole(anchor, expression, composed=True)),))


def passed(expression: cst.BaseExpression) -> SqlText:
    """A text of which nothing is known, and into which nothing was built."""
    return SqlText((Part(HOLE, hole=Hole(expression, expression, passed=True)),))


def continued(text: SqlText, expression: cst.BaseExpression) -> SqlText:
    """A text that goes on with what isn't known, and into which nothing is seen to be built."""
    rest = Part(" " + HOLE, hole=Hole(expression, expression, passed=True))
    return replace(text, parts=(*text.parts, rest), exact=False)


def built_in(texts: Iterable[SqlText], anchor: cst.CSTNode) -> List[SqlText]:
    """The texts as parts of a longer one: what was only passed on is a hole at ``anchor`` now."""
    return [_built_in(text, anchor) for text in texts]


def _built_in(text: SqlText, anchor: cst.CSTNode) -> SqlText:
    if not any(hole.passed for hole in text.holes):
        return text
    parts = [
        part._replace(hole=replace(part.hole, anchor=anchor, passed=False))
        if part.hole is not None and part.hole.passed
        else part
        for part in text.parts
    ]
    return replace(text, parts=tuple(parts))


def joined(choices: Sequence[Sequence[SqlText]]) -> List[SqlText]:
    """All concatenations of texts, one choice after the other; not more than are useful."""
    found = [SqlText(())]
    run: List[SqlText] = []  # choices between which there is none
    for texts in choices:
        if len(texts) == 1:
            run.append(texts[0])
            continue
        longer = [_add(left, right) for left in _extended(found, run) for right in texts]
        found = [text for text in longer[:MAX_TEXTS] if _is_bounded(text)]
        run = []
    return [text for text in _extended(found, run) if _is_bounded(text)]


def _extended(found: List[SqlText], run: List[SqlText]) -> List[SqlText]:
    """The texts with others behind each of them."""
    if not run:
        return found
    parts = tuple(part for text in run for part in text.parts)
    exact, composed = all(t.exact for t in run), any(t.composed for t in run)
    return [_add(text, SqlText(parts, exact, composed)) for text in found]


def _add(left: SqlText, right: SqlText) -> SqlText:
    exact, composed = left.exact and right.exact, left.composed or right.composed
    return SqlText(left.parts + right.parts, exact, composed)


def _is_bounded(text: SqlText) -> bool:
    return len(text.parts) <= _MAX_PARTS and sum(len(p.text) for p in text.parts) <= _MAX_LENGTH


def locked(texts: Iterable[SqlText], reason: str) -> List[SqlText]:
    """The texts, of whose literals no character may change.

    Args:
        texts: the texts.
        reason: why, in a few words.
    """
    return [
        replace(text, parts=tuple(part._replace(locked=reason) for part in text.parts))
        for text in texts
    ]


def inexact(texts: Iterable[SqlText]) -> List[SqlText]:
    """The texts, known to be repeated, or to lack what some branch adds."""
    return [replace(text, exact=False) for text in texts]


Pieces = List[Union[Part, Sequence[SqlText]]]


def spliced(pieces: Pieces, source: SqlText) -> List[SqlText]:
    """Put parts and choices of texts together, in place of a template."""
    choices = [
        [SqlText((piece,), source.exact, source.composed)] if isinstance(piece, Part) else piece
        for piece in pieces
    ]
    return joined(choices)

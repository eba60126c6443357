"""Follows values through small texts, so that tests can say where they get to.

``source()`` is where values come from; ``use(x)  # yes`` expects one in ``x``, and ``use(x)`` none.
"""

from __future__ import annotations

import re
import textwrap
from typing import List, NamedTuple, Optional, Sequence, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy, Trace, flow_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding
from mosaic_lint.facts.steps import Move, Place, Step
from mosaic_lint.positions import Locator
from mosaic_lint.settings import Settings
from mosaic_lint.source import Source
from mosaic_lint.triage.prune import whole

_YES = re.compile(r"use\(.*#.*\byes\b")
_KEEPING = frozenset(Move) - {
    Move.CALLED, Move.GIVEN, Move.ATTRIBUTE, Move.STORED, Move.DRIVES, Move.RETURNED, Move.YIELDED,
}  # fmt: skip


class Tag(NamedTuple):
    """What a followed value is.

    Args:
        form: the value itself, a function that returns it, one that yields it, or its generator.
        inside: whether it is a helper's parameter.
    """

    form: str = "value"
    inside: bool = False


class Everything(Policy[Tag]):
    """Follows a value into everything that holds it or a part of it.

    Args:
        moves: the moves after which it is still followed.
        enters: whether it is followed into helpers.
    """

    def __init__(self, moves: frozenset[Move] = _KEEPING, enters: bool = False) -> None:
        self._moves = moves
        self._enters = enters

    def carry(self, step: Step, tag: Tag) -> Optional[Tag]:
        if step.move in (Move.RETURNED, Move.YIELDED):
            form = "maker" if step.move is Move.RETURNED else "yielder"
            return tag._replace(form=form) if tag.form == "value" else None
        if step.move is Move.SAME:
            return tag
        if step.move is Move.CALLED:
            made = {"maker": "value", "yielder": "generator"}.get(tag.form)
            return tag._replace(form=made) if made is not None else None
        if tag.form == "generator" and step.move in (Move.LOOPED, Move.ENTERED):
            return tag._replace(form="value")
        return tag if tag.form == "value" and step.move in self._moves else None

    def inside(self, tag: Tag) -> Optional[Tag]:
        return tag._replace(inside=True) if self._enters and tag.form == "value" else None


def file_of(text: str) -> File:
    """A text as a file."""
    text = textwrap.dedent(text)
    return File(Source("x.py", text), cst.parse_module(text), Settings(), lambda: False)


def followed(file: File, policy: Optional[Policy[Tag]] = None) -> Trace[Tag]:
    """Where the values of calls of ``source()`` get to."""
    seeds = [(call, Tag()) for call in file.tree.of(cst.Call) if last_name(call.func) == "source"]
    return flow_of(file).trace(seeds, policy or Everything())


def expected(file: File) -> List[int]:
    """The lines on which ``use()`` should be given a value."""
    lines = enumerate(file.source.text.splitlines(), 1)
    return [number for number, line in lines if _YES.search(line)]


def used(file: File, policy: Optional[Policy[Tag]] = None) -> List[int]:
    """The lines on which ``use()`` is given a value."""
    trace = followed(file, policy)
    calls = [
        call
        for call in file.tree.of(cst.Call)
        if last_name(call.func) == "use"
        and any(tag.form == "value" for tag in trace.tags(call.args[0].value))
    ]
    return sorted(line for line, _ in positions(file, calls))


def positions(file: File, nodes: Sequence[cst.CSTNode]) -> List[Tuple[int, int]]:
    """The line and column, from 1, of each node."""
    locator = Locator(file.source, whole(file.source.text), file.tree, None)
    spans = locator.spans(nodes)
    found = [file.source.position(spans[node].start) for node in nodes]
    return [(position.line, position.column) for position in found]


def told(file: File, place: Place) -> str:
    """A place as a text."""
    if isinstance(place, Binding):
        return f"{place.name} ="
    if isinstance(place, cst.FunctionDef):
        return f"def {place.name.value}"
    return file.code(place)


def places(text: str) -> List[str]:
    """The places to which the values of a text get, in order."""
    file = file_of(text)
    return [told(file, place) for place, _ in followed(file).places]

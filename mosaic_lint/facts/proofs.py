"""Proofs that rest on each other, also in circles.

Proven or not proven: a proof may only rest on what is proven itself. Within a function it may rest
on parameters as well; whether these are proven is decided at each call.
"""

from __future__ import annotations

from typing import Callable, Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Set

import libcst as cst

Needs = Optional[FrozenSet[cst.Param]]
"""The parameters that a proof rests on; ``None`` where there is no proof."""

PROVEN: FrozenSet[cst.Param] = frozenset()

_MAX_DEPTH = 45


def together(proofs: Iterable[Needs]) -> Needs:
    """What a proof needs that rests on all of some proofs."""
    found: FrozenSet[cst.Param] = PROVEN
    for needs in proofs:
        if needs is None:
            return None
        if needs:
            found = found | needs
    return found


def any_of(proofs: Iterable[Needs]) -> Needs:
    """What a proof needs that rests on one of some proofs: if possible, nothing."""
    best: Needs = None
    for needs in proofs:
        if needs == PROVEN:
            return needs
        best = needs if best is None else best
    return best


class _Open(NamedTuple):
    """What a node needs as long as the beginning of a circle isn't decided.

    Args:
        needs: what it needs so far.
        lowest: the place of the lowest node on the stack that it rests on.
    """

    needs: Needs
    lowest: int


class Proofs:
    """Finds each node's proof once.

    On a circle the rest decides: what rests on itself needs what all else on the circle needs. So
    the beginning of a circle is assumed to need nothing, and the circle is gone through until the
    assumption is what comes out.

    Args:
        prove: finds a node's proof from those of others.
    """

    def __init__(self, prove: Callable[[cst.CSTNode], Needs]) -> None:
        self._prove = prove
        self._known: Dict[int, Needs] = {}  # by identity of the node, as all that follows
        self._open: Dict[int, _Open] = {}
        self._opened: List[int] = []  # the keys of what is open, in order
        self._places: Dict[int, int] = {}  # of what is on the stack
        self._assumed: Dict[int, FrozenSet[cst.Param]] = {}
        self._rested_on: Set[int] = set()
        self._lowest = 0

    def of(self, node: cst.CSTNode) -> Needs:
        """What the proof of a node needs."""
        key = id(node)
        if key in self._known:
            return self._known[key]
        if key in self._places:
            self._rested_on.add(key)
            self._lowest = min(self._lowest, self._places[key])
            return self._assumed[key]
        if key in self._open:
            self._lowest = min(self._lowest, self._open[key].lowest)
            return self._open[key].needs
        if len(self._places) > _MAX_DEPTH:
            return None
        return self._find(node)

    def _find(self, node: cst.CSTNode) -> Needs:
        key, place = id(node), len(self._places)
        outer, opened = self._lowest, len(self._opened)
        self._places[key] = place
        self._assumed.setdefault(key, PROVEN)  # or what came out when the circle was gone through
        while True:
            self._lowest = place
            self._rested_on.discard(key)
            needs = self._prove(node)
            if needs is None or key not in self._rested_on or needs <= self._assumed[key]:
                break
            self._assumed[key] |= needs
            self._forget(opened)
        del self._places[key]
        lowest = self._lowest
        self._lowest = min(outer, lowest)
        if lowest < place and needs is not None:
            self._assumed[key] = needs
            self._open[key] = _Open(needs, lowest)
            self._opened.append(key)
        else:
            self._settle(key, needs, opened)
        return needs

    def _settle(self, key: int, needs: Needs, opened: int) -> None:
        """Keep what is known for good now: a node, and what was open because it rests on it."""
        if needs is not None:
            self._known.update((inner, self._open[inner].needs) for inner in self._opened[opened:])
        self._known[key] = needs
        self._forget(opened)

    def _forget(self, opened: int) -> None:
        for key in self._opened[opened:]:
            del self._open[key]
        del self._opened[opened:]

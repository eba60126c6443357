"""Loops, and what runs once for each of their turns."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Sequence, Tuple, Type, Union

import libcst as cst

from mosaic_lint.tree import Tree

Loop = Union[cst.For, cst.While, cst.CompFor]

_DEFINITIONS = frozenset((cst.FunctionDef, cst.Lambda, cst.ClassDef))
_BLOCKS = frozenset((cst.IndentedBlock, cst.SimpleStatementSuite, cst.SimpleStatementLine))
_LEAVING = (cst.Return, cst.Raise)
_MAX_JUMPS = 50  # that are looked at; others don't count


def turns(tree: Tree, node: cst.CSTNode) -> Iterator[Loop]:
    """The loops that run a node in each turn, innermost first, up to the function around it.

    A loop that is surely left when the node has run isn't among them.

    Args:
        tree: the module.
        node: an expression or statement.
    """
    below = node
    start = node  # the node, or the loop of the same turn in which it is
    is_last = False  # whether the loop around is left behind the node
    for ancestor in tree.ancestors(node):
        kind = ancestor.__class__
        if kind in _DEFINITIONS or isinstance(ancestor, _LEAVING):
            return
        end = _end(tree, start, ancestor, below)
        if isinstance(end, _LEAVING):
            return
        is_last = is_last or end is not None
        if isinstance(ancestor, (cst.For, cst.While)):
            if below is ancestor.body or below is getattr(ancestor, "test", None):
                if not is_last:
                    yield ancestor
                is_last = False
            start = ancestor
        elif isinstance(ancestor, cst.CompFor):
            if below is not ancestor.iter:
                yield ancestor
        elif isinstance(ancestor, (cst.BaseComp, cst.DictComp)):
            if below is not ancestor.for_in:
                yield from _clauses(ancestor.for_in)
        below = ancestor


def _clauses(first: cst.CompFor) -> Iterator[cst.CompFor]:
    """The ``for`` clauses of a comprehension, innermost first."""
    clauses = [first]
    while clauses[-1].inner_for_in is not None:
        clauses.append(clauses[-1].inner_for_in)
    return reversed(clauses)


def _end(
    tree: Tree, node: cst.CSTNode, ancestor: cst.CSTNode, below: cst.CSTNode
) -> Optional[cst.CSTNode]:
    """The statement by which a loop or function is left for sure, once a part of it has run."""
    ends: List[Optional[cst.CSTNode]] = []
    if ancestor.__class__ in _BLOCKS:
        ends.append(_leaving_end(ancestor))
    elif isinstance(ancestor, (cst.Try, cst.TryStar)) and below is ancestor.body:
        parts = (ancestor.orelse, ancestor.finalbody)
        ends.extend(_leaving_end(part.body) for part in parts if part is not None)
    end = next(filter(None, ends), None)
    if end is None:
        return None
    around = {id(ancestor): below for below, ancestor in _steps_up(tree, node)}
    if _jumps(tree, cst.Continue, node, end, around) is not None:
        return None
    return _jumps(tree, cst.Break, node, end, around) or end


def _leaving_end(block: cst.CSTNode) -> Optional[cst.CSTNode]:
    """The last statement of a block, if it leaves a loop or function."""
    last: Optional[cst.CSTNode] = block
    while last is not None and last.__class__ in _BLOCKS:
        body = last.body
        last = body[-1] if body else None
    return last if isinstance(last, (cst.Break, *_LEAVING)) else None


# --- what may come before the end: continue, break


def _steps_up(tree: Tree, node: cst.CSTNode) -> Iterator[Tuple[cst.CSTNode, cst.CSTNode]]:
    """Each node above, behind the one below it on the way."""
    below = node
    for ancestor in tree.ancestors(node):
        yield below, ancestor
        below = ancestor


def _jumps(
    tree: Tree,
    kind: Type[cst.CSTNode],
    node: cst.CSTNode,
    end: cst.CSTNode,
    around: Dict[int, cst.CSTNode],
) -> Optional[cst.CSTNode]:
    """The first jump between a node and the end of what is around, for the same loop."""
    jumps = tree.of(kind)
    first = _first_behind(tree, jumps, tree.index(node))
    for jump in jumps[first : first + _MAX_JUMPS]:
        if tree.index(jump) >= tree.index(end):
            return None
        if _is_behind(tree, jump, around):
            return jump
    return None


def _first_behind(tree: Tree, nodes: Sequence[cst.CSTNode], place: int) -> int:
    """Which of some nodes, in the order of the text, is the first one behind a place."""
    low, high = 0, len(nodes)
    while low < high:
        middle = (low + high) // 2
        if tree.index(nodes[middle]) > place:
            high = middle
        else:
            low = middle + 1
    return low


def _is_behind(tree: Tree, jump: cst.CSTNode, around: Dict[int, cst.CSTNode]) -> bool:
    """Whether a jump that stands behind a node may follow it, in the same turn of the same loop.

    Args:
        tree: the module.
        jump: the jump.
        around: what is around the node, by identity, each with what is below it on the way there.
    """
    for below, ancestor in _steps_up(tree, jump):
        if id(ancestor) in around:
            return ancestor.__class__ in _BLOCKS or (
                isinstance(ancestor, (cst.Try, cst.TryStar))
                and around[id(ancestor)] is ancestor.body
                and not isinstance(below, (cst.ExceptHandler, cst.ExceptStarHandler))
            )
        if isinstance(ancestor, (cst.For, cst.While)) and below is ancestor.body:
            return False
    return False

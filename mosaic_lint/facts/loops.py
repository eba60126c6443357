"""Loops, and what runs once for each of their turns."""

from __future__ import annotations

from typing import Iterator, Optional, Union

import libcst as cst

from mosaic_lint.tree import Tree

Loop = Union[cst.For, cst.While, cst.CompFor]

_DEFINITIONS = frozenset((cst.FunctionDef, cst.Lambda, cst.ClassDef))
_BLOCKS = frozenset((cst.IndentedBlock, cst.SimpleStatementSuite, cst.SimpleStatementLine))
_LEAVING = (cst.Return, cst.Raise)


def turns(tree: Tree, node: cst.CSTNode) -> Iterator[Loop]:
    """The loops that run a node in each turn, innermost first, up to the function around it.

    A loop that is surely left when the node has run isn't among them.

    Args:
        tree: the module.
        node: an expression or statement.
    """
    below = node
    is_last = False  # whether the loop around is left behind the node
    for ancestor in tree.ancestors(node):
        kind = ancestor.__class__
        if kind in _DEFINITIONS or isinstance(ancestor, _LEAVING):
            return
        end = _end(ancestor, below)
        if isinstance(end, _LEAVING):
            return
        is_last = is_last or end is not None
        if isinstance(ancestor, (cst.For, cst.While)):
            if below is ancestor.body or below is getattr(ancestor, "test", None):
                if not is_last:
                    yield ancestor
                is_last = False
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


def _end(ancestor: cst.CSTNode, below: cst.CSTNode) -> Optional[cst.CSTNode]:
    """The statement by which a loop or function is left, once a part of a block has run."""
    if ancestor.__class__ in _BLOCKS:
        return _leaving_end(ancestor)
    if isinstance(ancestor, (cst.Try, cst.TryStar)) and below is ancestor.body:
        for part in (ancestor.orelse, ancestor.finalbody):
            end = _leaving_end(part.body) if part is not None else None
            if end is not None:
                return end
    return None


def _leaving_end(block: cst.CSTNode) -> Optional[cst.CSTNode]:
    """The last statement of a block, if it leaves a loop or function."""
    last: Optional[cst.CSTNode] = block
    while last is not None and last.__class__ in _BLOCKS:
        body = last.body
        last = body[-1] if body else None
    return last if isinstance(last, (cst.Break, *_LEAVING)) else None

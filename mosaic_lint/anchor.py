"""Where a finding stands, before anybody computes offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional, Union

from mosaic_lint.model import Span

if TYPE_CHECKING:
    import libcst as cst


@dataclass(frozen=True, eq=False)
class Place:
    """Characters inside of a node, as a string literal's.

    Args:
        node: the node.
        shift: how many characters behind the node's first one it begins.
        width: how many characters it has.
        literal: the whole literal that the node is a piece of.
    """

    node: cst.CSTNode
    shift: int
    width: int
    literal: Optional[cst.CSTNode] = None


@dataclass(frozen=True, eq=False)
class Parenthesised:
    """A node with the innermost parentheses around it.

    Args:
        node: the node.
    """

    node: cst.CSTNode


Anchor = Union["cst.CSTNode", Place, Parenthesised, Span]
"""A node, a part of one, one with its parentheses, or offsets in the file."""

"""Where a finding and what leads to it stand, before anybody computes offsets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional, Union

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


@dataclass(frozen=True)
class FilePlace:
    """A place in any file of a project.

    Args:
        path: the file, relative to the project's folder, with ``/``.
        span: where in its text; ``Span(0, 0)`` for the file as a whole.
    """

    path: str
    span: Span


Anchor = Union["cst.CSTNode", Place, Parenthesised, Span, FilePlace]
"""A node, a part of one, one with its parentheses, offsets in the file, or a place in another."""

Locate = Callable[[Anchor], Span]
"""Tells the place of an anchor, once that is known."""


@dataclass(frozen=True, eq=False)
class Step:
    """A step on the way to a fault.

    Args:
        anchor: where it happens.
        message: what happens there, in a few words; it is shown behind the line's number.
        width: how many characters of the anchor to mark, where not all of it is meant.
    """

    anchor: Anchor
    message: str
    width: Optional[int] = None


@dataclass(frozen=True, eq=False)
class Line:
    """The number of the line on which something starts, as a value for a message.

    Args:
        anchor: what is meant.
    """

    anchor: Anchor

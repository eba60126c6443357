"""Which part of a value a name gets from a target that unpacks it."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Tuple

import libcst as cst

from mosaic_lint.facts.scopes import Binding

_MAX_DEPTH = 5  # of targets in targets


class Part(NamedTuple):
    """One step into a value.

    Args:
        place: which of its elements, from the end if it is negative.
        is_rest: whether it is all that a starred name takes.
    """

    place: int
    is_rest: bool = False


def route(binding: Binding) -> Optional[List[Part]]:
    """The way from what is unpacked to what a binding gets.

    Returns:
        The steps from the outside; none where the binding gets all of it, ``None`` where the
        way isn't known.
    """
    target = _target(binding)
    return _route(target, binding.name, _MAX_DEPTH) if target is not None else None


def _target(binding: Binding) -> Optional[cst.CSTNode]:
    node = binding.node
    if isinstance(node, (cst.For, cst.CompFor)):
        return node.target
    if isinstance(node, cst.Assign) and binding.whole is node.value:
        targets = [t.target for t in node.targets if isinstance(t.target, (cst.Tuple, cst.List))]
        return targets[0] if len(targets) == 1 else None
    return None


def _route(target: cst.CSTNode, name: str, depth: int) -> Optional[List[Part]]:
    if isinstance(target, cst.Name):
        return [] if target.value == name else None
    if not isinstance(target, (cst.Tuple, cst.List)) or not depth:
        return None
    found: List[List[Part]] = []
    for part, element in _parts(target):
        behind = _route(element, name, depth - 1)
        if behind is not None:
            found.append([part, *behind])
    return found[0] if len(found) == 1 else None  # of a name that is there twice the last counts


def _parts(target: cst.BaseExpression) -> List[Tuple[Part, cst.BaseExpression]]:
    """The elements of a target, those behind a starred one counted from the end."""
    assert isinstance(target, (cst.Tuple, cst.List))
    found: List[Tuple[Part, cst.BaseExpression]] = []
    is_behind_star = False
    for index, element in enumerate(target.elements):
        is_rest = isinstance(element, cst.StarredElement)
        place = index - len(target.elements) if is_behind_star else index
        found.append((Part(place, is_rest), element.value))
        is_behind_star = is_behind_star or is_rest
    return found

"""Which element of a tuple a step takes."""

from __future__ import annotations

from typing import Optional

import libcst as cst

from mosaic_lint.facts.scopes import Binding
from mosaic_lint.facts.steps import Move, Step


def taken_slot(step: Step) -> Optional[int]:
    """The place in a tuple, from 0, of what is unpacked from it or read by an index.

    Returns:
        ``None`` for other steps, and where the place can't be told.
    """
    if step.move is Move.UNPACKED and isinstance(step.place, Binding):
        return _unpacked(step.place)
    if step.move is Move.ITEM and isinstance(step.place, cst.Subscript):
        return _indexed(step.place)
    return None


def _unpacked(binding: Binding) -> Optional[int]:
    """The place of a name among the targets of an assignment, if no starred one is before it."""
    statement = binding.node
    if not isinstance(statement, cst.Assign):
        return None
    for target in statement.targets:
        if isinstance(target.target, (cst.Tuple, cst.List)):
            for index, element in enumerate(target.target.elements):
                if isinstance(element, cst.StarredElement):
                    break
                if isinstance(element.value, cst.Name) and element.value.value == binding.name:
                    return index
    return None


def _indexed(item: cst.Subscript) -> Optional[int]:
    index = item.slice[0].slice if len(item.slice) == 1 else None
    if isinstance(index, cst.Index) and isinstance(index.value, cst.Integer):
        return index.value.evaluated_value
    return None

"""The way of a followed value, told in steps that a person can check."""

from __future__ import annotations

from typing import List, Optional, Sequence

import libcst as cst

from mosaic_lint.anchor import Step
from mosaic_lint.facts.file import File
from mosaic_lint.facts.scopes import Binding
from mosaic_lint.facts.steps import Place

_MAX_STEPS = 20


def trail(path: Sequence[Place]) -> List[Step]:
    """The names and functions on a value's way, without its source and where it is found.

    Args:
        path: the places, from the source on.
    """
    steps = [step for step in map(_step, path[1:-1]) if step is not None]
    if len(steps) > _MAX_STEPS:  # the ends tell most
        half = _MAX_STEPS // 2
        return steps[:half] + steps[-half:]
    return steps


def source_name(file: File, place: Place) -> str:
    """What a source is called in a message: the callee as written, or a parameter's name."""
    if isinstance(place, Binding):
        return place.name
    callee = place.func if isinstance(place, cst.Call) else place
    text = file.code(callee)
    return text if len(text) <= _MAX_NAME else f"...{text[-_MAX_NAME:]}"


_MAX_NAME = 60


def source_node(place: Place) -> cst.CSTNode:
    """The syntax at which a source stands."""
    return place.node if isinstance(place, Binding) else place


def _step(place: Place) -> Optional[Step]:
    if isinstance(place, Binding):
        return Step(_binding_node(place), f"{place.name} holds it")
    if isinstance(place, cst.FunctionDef):
        return Step(place.name, f"{place.name.value}() hands it out")
    return None


def _binding_node(binding: Binding) -> cst.CSTNode:
    """The part of a statement that binds: a loop as a whole has no end that helps."""
    node = binding.node
    return node.target if isinstance(node, (cst.For, cst.CompFor)) else node

"""How many steps the facts need for a line, whatever the shape and length of a module.

``python -m tools.count_steps`` prints them. Steps are calls of functions, Python's own included:
they are the same on every machine, busy or not.
"""

from __future__ import annotations

import cProfile
import sys
from typing import Callable, Dict, List, Optional

import libcst as cst

from mosaic_lint.facts.constancy import constancy_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy, flow_of
from mosaic_lint.facts.held import held_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.steps import Move, Step
from mosaic_lint.settings import Settings
from mosaic_lint.source import Source
from tools.step_shapes import SHAPES, ordinary

ORDINARY = 45
"""How many units of an ordinary module make 500 lines."""
_LARGE = {"many functions": 2_000, "many methods": 1_000, "one function": 1_100}
_LINES = 4_000  # of the other shapes
_NOT_FOLLOWED = frozenset((Move.ATTRIBUTE, Move.STORED, Move.DRIVES))


class _Everything(Policy[bool]):
    """Follows a value wherever it goes; the tag says whether a helper was given it."""

    def carry(self, step: Step, tag: bool) -> Optional[bool]:
        return None if step.move in _NOT_FOLLOWED else tag

    def inside(self, tag: bool) -> Optional[bool]:
        return True


def _names(file: File) -> None:
    for name in file.tree.of(cst.Name):
        file.names.bindings(name)
    for call in file.tree.of(cst.Call):
        file.names.qualified(call.func)


def _flow(file: File) -> None:
    sources = [(c, False) for c in file.tree.of(cst.Call) if last_name(c.func) == "source"]
    flow_of(file).trace(sources, _Everything())


def _held(file: File) -> None:
    held_of(file)


def _constancy(file: File) -> None:
    constancy = constancy_of(file)
    for field in file.tree.of(cst.FormattedStringExpression):
        constancy.is_proven(field.expression)
    for argument in file.tree.of(cst.Arg):
        constancy.is_proven(argument.value)


FACTS: Dict[str, Callable[[File], None]] = {
    "names": _names,
    "flow": _flow,
    "held": _held,
    "constancy": _constancy,
}
"""What is asked of a file, by name."""


def steps(text: str, fact: str) -> int:
    """How many steps a fact needs for a module, its scopes included."""
    file = File(Source("x.py", text), cst.parse_module(text), Settings(), lambda: False)
    assert file.tree.nodes  # walked once for all facts
    profile = cProfile.Profile()
    profile.enable()
    FACTS[fact](file)
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def per_line(text: str, fact: str) -> float:
    """The steps of a fact for each line."""
    return steps(text, fact) / text.count("\n")


def large(shape: str) -> str:
    """A large module of a shape."""
    make = SHAPES[shape]
    units = _LARGE.get(shape) or _LINES * 10 // (make(11).count("\n") - make(1).count("\n"))
    return make(units)


def main(arguments: List[str]) -> None:
    """Print the steps of each shape, or of those named."""
    texts = {"ordinary": ordinary(ORDINARY)}
    texts.update((shape, large(shape)) for shape in arguments or SHAPES)
    print(f"{'steps for each line':36}{'lines':>8}", *(f"{fact:>10}" for fact in FACTS))
    for shape, text in texts.items():
        found = [per_line(text, fact) for fact in FACTS]
        print(
            f"{shape:36}{text.count(chr(10)):8}", *(f"{each:10.0f}" for each in found), flush=True
        )


if __name__ == "__main__":
    main(sys.argv[1:])

"""The facts need steps in proportion to the lines of a module, whatever its shape."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tools.count_steps import FACTS, ORDINARY, per_line, steps
from tools.step_shapes import SHAPES, ordinary

LINES = 80
"""How long a module is at least; two and three times as long ones are compared with it."""
BOUNDED = {
    "one list, many additions": 210,
    "one attribute, many methods": 55,
    "one class, many that inherit": 55,
    "one function": 55,
    "one loop, many turns cut short": 25,
    "one global, many functions": 55,
    "classes that inherit from the next": 55,
}
"""How many units are needed where more than so many of something are unknown."""
STEEPEST = 0.1
"""How many steps more each line may need for a line that the module has more."""


@cache
def usual(fact: str) -> float:
    """The steps for each line of an ordinary module of 500 lines."""
    return per_line(ordinary(ORDINARY), fact)


def test_ordinary_module_has_500_lines() -> None:
    assert 450 <= ordinary(ORDINARY).count("\n") <= 600


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_shape_is_python(shape: str) -> None:
    text = SHAPES[shape](3)
    if "match " not in text:
        ast.parse(text, feature_version=(3, 9))


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_steps_grow_with_lines_only(shape: str, fact: str) -> None:
    """The third part of a module costs what the second one costs."""
    unit = (SHAPES[shape](11).count("\n") - SHAPES[shape](1).count("\n")) // 10
    units = BOUNDED.get(shape, LINES // unit)
    texts = [SHAPES[shape](units * parts) for parts in (1, 2, 3)]
    lines = texts[1].count("\n") - texts[0].count("\n")
    first, second, third = (steps(text, fact) for text in texts)
    assert (third - second) - (second - first) <= STEEPEST * lines * lines


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("shape", ["one function", "many functions", "many methods"])
def test_large_module_costs_at_most_twice_as_much_for_each_line(shape: str, fact: str) -> None:
    assert per_line(SHAPES[shape](110), fact) <= 2 * usual(fact)

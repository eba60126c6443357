"""Values are followed to exactly where they get to."""

from __future__ import annotations

from typing import List, Optional, Tuple

import libcst as cst
import pytest

from mosaic_lint.facts.flow import Policy, flow_of
from mosaic_lint.facts.steps import Move, Place, Step
from tests.flow_cases import BROKEN, CASES, INSIDE
from tests.followed import (
    Everything,
    Tag,
    expected,
    file_of,
    followed,
    places,
    positions,
    told,
    used,
)


@pytest.mark.parametrize("name", sorted(CASES))
def test_value_gets_exactly_where_it_should(name: str) -> None:
    file = file_of(CASES[name])
    assert used(file) == expected(file)


@pytest.mark.parametrize("name", sorted(CASES))
def test_policy_decides_of_each_move(name: str) -> None:
    """Without any move nothing gets further than names, functions and their calls do."""
    file = file_of(CASES[name])
    trace = followed(file, Everything(moves=frozenset()))
    assert set(used(file, Everything(moves=frozenset()))) <= set(used(file))
    assert all(not isinstance(place, (cst.Tuple, cst.FormattedString)) for place, _ in trace.places)


@pytest.mark.parametrize("name", sorted(INSIDE))
def test_value_is_followed_into_helpers(name: str) -> None:
    file = file_of(INSIDE[name])
    assert used(file, Everything(enters=True)) == expected(file)


def test_value_is_not_followed_into_helpers_unasked() -> None:
    file = file_of(INSIDE["a helper"])
    assert used(file) == []


def test_places_come_in_order_each_once() -> None:
    assert places("""
        a = source()
        b = [a, 1]
        def f():
            return b[0]
        c = f()
        """) == [
        "source()", "a =", "a", "[a, 1]", "b =", "b", "b[0]", "def f", "f", "f()", "c =",
    ]  # fmt: skip


def test_place_has_an_exact_position() -> None:
    file = file_of("a = source()\nx = f(1, [2, a], key=lambda: a)\n")
    names = [p for p, _ in followed(file).places if isinstance(p, cst.Name)]
    assert positions(file, names) == [(2, 14), (2, 30)]


def test_path_goes_from_the_source_to_the_place() -> None:
    file = file_of("""
        def same(x):
            return x
        a = source()
        b = same(a)
        for c in b:
            use(c)
        """)
    trace = followed(file)
    (call,) = [c for c in file.tree.of(cst.Call) if told(file, c) == "use(c)"]
    place = call.args[0].value
    way = [told(file, step) for step in trace.path(place, Tag())]
    assert way == ["source()", "a =", "a", "same(a)", "b =", "b", "c =", "c"]


def test_places_have_the_tags_that_got_there() -> None:
    file = file_of("""
        a = source() if x else f
        def f():
            return source()
        a
        """)
    trace = followed(file)
    last = file.tree.of(cst.Name)[-1]
    assert {tag.form for tag in trace.tags(last)} == {"value", "maker"}
    assert trace.tags(file.tree.of(cst.FunctionDef)[0]) == {Tag("maker")}
    assert trace.tags(file.module) == frozenset()


def test_each_value_of_several_is_told_apart() -> None:
    class Numbers(Policy[int]):
        def carry(self, step: Step, tag: int) -> Optional[int]:
            return tag if step.move is Move.SAME else None

    file = file_of("""
        def same(x):
            return x
        a = first()
        b = same(second()) if x else a
        use(a)
        use(b)
        use(same(a))
        """)
    calls = {told(file, call): call for call in file.tree.of(cst.Call)}
    seeds = [(calls["first()"], 1), (calls["second()"], 2)]
    trace = flow_of(file).trace(seeds, Numbers())
    tags = {name: trace.tags(call.args[0].value) for name, call in calls.items() if call.args}
    assert tags["use(a)"] == {1}
    assert tags["use(b)"] == {1, 2}
    assert tags["use(same(a))"] == {1}


def test_traces_of_one_file_know_nothing_of_each_other() -> None:
    """Policies that come and go may get the same place in memory."""
    file = file_of("""
        def part(x):
            return x[0]
        use(part(source()))
        """)
    for _ in range(20):
        assert used(file, Everything()) == [4]
        assert used(file, Everything(frozenset())) == []


def test_a_binding_and_a_function_may_be_sources() -> None:
    file = file_of("""
        def f(a, b):
            use(a)
            use(b)
            return 1
        use(f(1, 2))
        """)
    (function,) = file.tree.of(cst.FunctionDef)
    steps = flow_of(file).steps
    (binding,) = steps.of_node(function.params.params[0])
    seeds: List[Tuple[Place, Tag]] = [(binding, Tag()), (function, Tag("maker"))]
    trace = flow_of(file).trace(seeds, Everything())
    found = [told(file, place) for place, tag in trace.places if tag.form == "value"]
    assert found == ["a =", "a", "f(1, 2)"]


@pytest.mark.parametrize("text", BROKEN)
def test_strange_code_is_followed_without_an_error(text: str) -> None:
    trace = followed(file_of(text), Everything(enters=True))
    for place, tag in trace.places:
        assert trace.path(place, tag)[-1] is place

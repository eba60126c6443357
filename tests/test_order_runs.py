"""Random programs are run, and every step that Python takes is a way in the graph."""

from __future__ import annotations

import contextlib
import random
from typing import Any, Callable, Dict, Iterator, List, Set

import libcst as cst
import pytest

from mosaic_lint.facts.order import Order, Point
from mosaic_lint.facts.orders import orders_of
from tests.order_text import file_of

RUNS = 8  # of each program
MOST = 60  # steps of a run
DEEPEST = 2  # finally blocks in each other, of which each way is in the graph


class First(Exception):
    """One of two exceptions of the programs."""


class Second(Exception):
    """The other one."""


class Enough(BaseException):
    """A run has taken long enough."""


class Writer:
    """Writes a random function; ``mark(1)``, ``mark(2)``... are its steps.

    Args:
        choice: decides.
    """

    def __init__(self, choice: random.Random) -> None:
        self._choice = choice
        self.marks = 0

    def program(self) -> str:
        """The text of the function."""
        return "\n".join(["def f():", *self._block(5, False, 0)]) + "\n"

    def _block(self, depth: int, in_loop: bool, finals: int) -> Iterator[str]:
        for _ in range(self._choice.randint(1, 3)):
            yield from (f"    {line}" for line in self._statement(depth, in_loop, finals))

    def _statement(self, depth: int, in_loop: bool, finals: int) -> Iterator[str]:
        kind = self._choice.random()
        if kind < 0.35 or depth == 0:
            self.marks += 1
            yield f"mark({self.marks})"
        elif kind < 0.6:
            yield from self._branch(depth - 1, in_loop, finals)
        elif kind < 0.8:
            yield from self._try(depth - 1, in_loop, finals)
        elif kind < 0.87:
            yield "with Manager(), Manager():"
            yield from self._block(depth - 1, in_loop, finals)
        elif kind < 0.95 or not in_loop:
            yield self._choice.choice(["return maybe()", "raise First", "raise Second"])
        else:
            yield self._choice.choice(["break", "continue"])

    def _branch(self, depth: int, in_loop: bool, finals: int) -> Iterator[str]:
        head = self._choice.choice(["if maybe():", "while maybe():", "for _ in some():"])
        yield head
        yield from self._block(depth, in_loop or not head.startswith("if"), finals)
        if self._choice.random() < 0.4:
            yield "else:"
            yield from self._block(depth, in_loop, finals)

    def _try(self, depth: int, in_loop: bool, finals: int) -> Iterator[str]:
        clauses = self._choice.sample(["First", "Second", "(First, Second)"], 2)
        clauses = clauses[: self._choice.randint(int(finals == DEEPEST), 2)]
        if clauses and self._choice.random() < 0.2:
            clauses[-1] = ""
        yield "try:"
        yield from self._block(depth, in_loop, finals)
        for clause in clauses:
            yield f"except {clause}:" if clause else "except:"
            yield from self._block(depth, in_loop, finals)
        if clauses and self._choice.random() < 0.4:
            yield "else:"
            yield from self._block(depth, in_loop, finals)
        if not clauses or (finals < DEEPEST and self._choice.random() < 0.5):
            yield "finally:"
            yield from self._block(depth, in_loop, finals + 1)


class Run:
    """What a program calls, which remembers its steps and raises now and then.

    Args:
        choice: decides.
    """

    def __init__(self, choice: random.Random) -> None:
        self._choice = choice
        self._left = MOST
        self.steps: List[int] = []

    def names(self) -> Dict[str, Any]:
        """What the program sees."""
        run = self

        class Manager:
            def __enter__(self) -> None: ...

            def __exit__(self, *error: object) -> bool:
                return run._choice.random() < 0.3

        return {
            "mark": self._mark,
            "maybe": self._maybe,
            "some": lambda: range(self._choice.randint(0, 2)),
            "Manager": Manager,
            "First": First,
            "Second": Second,
        }

    def _mark(self, number: int) -> None:
        self.steps.append(number)
        self._maybe()

    def _maybe(self) -> bool:
        self._left -= 1
        if self._left < 0:
            raise Enough
        if self._choice.random() < 0.2:
            raise self._choice.choice([First, Second])
        return self._choice.random() < 0.5


def following(points: Set[Point], is_mark: Callable[[Point], bool]) -> Set[Point]:
    """The marks that may be the next ones after some points, by whatever exceptions."""
    found: Set[Point] = set()
    waiting = list(points)
    while waiting:
        point = waiting.pop()
        for after in (*point.after, point.raises, point.swallowed):
            if after is not None and after not in found:
                found.add(after)
                if not is_mark(after):
                    waiting.append(after)
    return {point for point in found if is_mark(point)}


def marks_of(text: str) -> tuple[Order, Dict[int, Set[Point]]]:
    """The graph of a program, and the points of its marks."""
    file = file_of(text)
    order = orders_of(file).of(file.tree.of(cst.FunctionDef)[0])
    found: Dict[int, Set[Point]] = {}
    for call in file.tree.of(cst.Call):
        if isinstance(call.func, cst.Name) and call.func.value == "mark":
            found[int(file.code(call.args[0].value))] = set(order.at(call))
    return order, found


@pytest.mark.parametrize("part", range(10))
def test_what_python_does_is_in_the_graph(part: int) -> None:
    steps = 0
    for seed in range(part * 20, part * 20 + 20):
        text = Writer(random.Random(seed)).program()
        try:
            code = compile(text, "program", "exec")
        except SyntaxError:  # "continue" in a "finally", on old Pythons
            continue
        order, marks = marks_of(text)
        known = set().union(*marks.values()) if marks else set()
        for number in range(RUNS):
            run = Run(random.Random(seed * RUNS + number))
            names = run.names()
            exec(code, names)
            with contextlib.suppress(First, Second, Enough):
                names["f"]()
            points = {order.entry}
            for step in run.steps:
                points = following(points, known.__contains__) & marks[step]
                assert points, f"{run.steps} at {step} of\n{text}"
                steps += 1
    assert steps > 100

"""Values that are followed: from where they come from, through whatever happens to them.

A value moves through assignments, branches, loops, ``with``, comprehensions, unpacking,
``self.attribute``, functions' results and parameters. What it still is after a step, a
:class:`Policy` decides; so LLM output, connections and the rows of a query are followed by the
same walk.

The walk follows uses of bindings that reach them (see ``reaching.py``), so that a name which was
bound anew isn't followed. It visits each place once for each tag, loops included, and so takes
time in proportion to what it passes.
"""

from __future__ import annotations

from collections import deque
from typing import (
    Any,
    Deque,
    Dict,
    FrozenSet,
    Generic,
    Hashable,
    Iterable,
    Iterator,
    List,
    Optional,
    Set,
    Tuple,
    TypeVar,
)

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of
from mosaic_lint.facts.steps import Move, Place, Step, Steps
from mosaic_lint.tree import Function

_MAX_CALLS = 8  # of helpers that hand a value to helpers

T = TypeVar("T", bound=Hashable)


class Policy(Generic[T]):
    """What a kind of value is after a step.

    ``carry`` must give only finitely many tags, or the walk doesn't end.
    """

    def carry(self, step: Step, tag: T) -> Optional[T]:
        """The value's tag after a step; ``None`` where it isn't followed."""
        raise NotImplementedError

    def inside(self, tag: T) -> Optional[T]:
        """The tag of a helper's parameter that is given the value; ``None``: not followed."""
        return None


class Trace(Generic[T]):
    """What a walk found: the tags of places, and the way to each.

    Attributes:
        places: each place with each of its tags, in the order in which they were reached.
    """

    def __init__(self) -> None:
        self._tags: Dict[int, Set[T]] = {}  # by identity of the place, as what follows
        self._before: Dict[Tuple[int, T], Tuple[Optional[Place], Optional[T]]] = {}
        self.places: List[Tuple[Place, T]] = []

    def tags(self, place: Place) -> FrozenSet[T]:
        """The tags of an expression, function or binding; empty where nothing was followed to."""
        return frozenset(self._tags.get(id(place), ()))

    def add(self, place: Place, tag: T, before: Optional[Place], tag_before: Optional[T]) -> bool:
        """Note that a value got to a place; whether that is new."""
        if tag in self._tags.setdefault(id(place), set()):
            return False
        self._tags[id(place)].add(tag)
        self._before[(id(place), tag)] = (before, tag_before)
        self.places.append((place, tag))
        return True

    def path(self, place: Place, tag: T) -> List[Place]:
        """The places from a value's source to where it is, both included."""
        found: List[Place] = []
        current: Optional[Place] = place
        current_tag: Optional[T] = tag
        while current is not None and current_tag is not None:
            found.append(current)
            current, current_tag = self._before.get((id(current), current_tag), (None, None))
        found.reverse()
        return found


class Flow:
    """Follows values in one file.

    Args:
        file: the file.

    Attributes:
        steps: the single steps.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._functions = functions_of(file)
        self.steps = Steps(file)
        self._results: Dict[Tuple[int, Any, int], FrozenSet[Any]] = {}

    def trace(self, seeds: Iterable[Tuple[Place, T]], policy: Policy[T]) -> Trace[T]:
        """Follow values.

        Args:
            seeds: the places where they come from, with their tags.
            policy: what they are after each step.
        """
        trace: Trace[T] = Trace()
        self._run(trace, seeds, policy, None, 0)
        return trace

    def _run(
        self,
        trace: Trace[T],
        seeds: Iterable[Tuple[Place, T]],
        policy: Policy[T],
        within: Optional[Function],
        depth: int,
    ) -> Set[T]:
        """Follow values until nothing new is reached.

        Args:
            trace: gets what is found.
            seeds: where to begin.
            policy: the values' policy.
            within: a function whose results are wanted, and outside of which nothing is followed.
            depth: how many helpers are around it.

        Returns:
            The tags of what the function ``within`` hands out.
        """
        results: Set[T] = set()
        waiting: Deque[Tuple[Place, T]] = deque()
        for place, tag in seeds:
            if trace.add(place, tag, None, None):
                waiting.append((place, tag))
        while waiting:
            place, tag = waiting.popleft()
            for step in self.steps.after(place):
                if within is not None and step.place is within:
                    results.add(tag)
                    continue
                reached: List[Tuple[Place, T]] = []
                carried = policy.carry(step, tag)
                if carried is not None and (within is None or step.move is not Move.KEPT):
                    reached.append((step.place, carried))
                if step.move is Move.GIVEN:
                    reached.extend(self._helped(step, tag, policy, depth))
                for after, got in reached:
                    if trace.add(after, got, place, tag):
                        waiting.append((after, got))
        return results

    def _helped(
        self, step: Step, tag: T, policy: Policy[T], depth: int
    ) -> Iterator[Tuple[Place, T]]:
        """What a function of the file makes of an argument, and the parameter that it gets."""
        call, argument = step.place, self._tree.parent(step.origin)  # type: ignore[arg-type]
        if not isinstance(call, cst.Call) or not isinstance(argument, cst.Arg):
            return
        for function in self._functions.definitions(call.func):
            parameter = self._functions.parameter(call, argument, function)
            if parameter is None:
                continue
            for result in self._result(function, parameter, tag, policy, depth):
                yield call, result
            inside = policy.inside(tag)
            if inside is not None and depth == 0:
                yield from ((binding, inside) for binding in self.steps.of_node(parameter))

    def _result(
        self, function: Function, parameter: cst.Param, tag: T, policy: Policy[T], depth: int
    ) -> FrozenSet[T]:
        """The summary of a function: what it hands out where a parameter is given a value."""
        key = (id(parameter), tag, id(policy))
        if key not in self._results:
            if depth >= _MAX_CALLS:
                return frozenset()
            self._results[key] = frozenset()  # a function that calls itself
            seeds = [(binding, tag) for binding in self.steps.of_node(parameter)]
            found = self._run(Trace(), seeds, policy, function, depth + 1)
            self._results[key] = frozenset(found)
        return self._results[key]


def flow_of(file: File) -> Flow:
    """The flow of a file, made once."""
    found: Optional[Flow] = file.answers.get("flow")
    if found is None:
        found = file.answers["flow"] = Flow(file)
    return found

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
from dataclasses import dataclass, field
from typing import (
    Deque,
    Dict,
    FrozenSet,
    Generic,
    Hashable,
    Iterable,
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

T = TypeVar("T", bound=Hashable)
_MAX_PATH = 80  # places on a way that is told


class Policy(Generic[T]):
    """What a kind of value is after a step.

    ``carry`` must give only finitely many tags, or the walk doesn't end.
    """

    def carry(self, step: Step, tag: T) -> Optional[T]:
        """The value's tag after a step; ``None`` where it isn't followed."""
        raise NotImplementedError

    def inside(self, tag: T) -> Optional[T]:
        """The tag of a helper's parameter that is given the value; ``None``: not followed.

        What comes out of the helper is followed in any case, to the calls that gave it the value.
        """
        return None


class Trace(Generic[T]):
    """What a walk found: the tags of places, and the way to each.

    Attributes:
        places: each place with each of its tags, in the order in which they were reached.
    """

    def __init__(self) -> None:
        self._tags: Dict[int, Set[T]] = {}  # by identity of the place, as what follows
        self._before: Dict[Tuple[int, T], Tuple[Optional[Place], Optional[T]]] = {}
        self._sources: Dict[Tuple[int, T], Place] = {}
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
        is_source = before is None or tag_before is None
        source = place if is_source else self._sources.get((id(before), tag_before), place)  # type: ignore[arg-type]
        self._sources[(id(place), tag)] = source
        self.places.append((place, tag))
        return True

    def path(self, place: Place, tag: T) -> List[Place]:
        """The places from a value's source to where it is, both included.

        A long way is cut behind its source, so that many findings on it stay cheap.
        """
        found: List[Place] = []
        current: Optional[Place] = place
        current_tag: Optional[T] = tag
        while current is not None and current_tag is not None:
            found.append(current)
            if len(found) == _MAX_PATH:
                source = self._sources[(id(place), tag)]
                found += [source] if source is not current else []
                break
            current, current_tag = self._before.get((id(current), current_tag), (None, None))
        found.reverse()
        return found


@dataclass(eq=False)
class _Entered(Generic[T]):
    """A function to which a value came by a parameter.

    A function doesn't hand it out to all of its callers, but to those that gave it.

    Args:
        function: the function.
        is_shown: whether the policy follows values into functions, so that what is inside is told;
            else only what comes out of it is asked for.
        results: the tags of what it hands out, and whether it yields it.
        callers: the arguments that gave the value, each with its call, its tag, and the function
            that it was in itself.
    """

    function: Function
    is_shown: bool = False
    results: Dict[Tuple[T, bool], None] = field(default_factory=dict)
    callers: List[Tuple[Place, cst.Call, T, Optional[_Entered[T]]]] = field(default_factory=list)


class Flow:
    """Follows values in one file.

    Args:
        file: the file.

    Attributes:
        steps: the single steps.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self.steps = Steps(file)

    def trace(self, seeds: Iterable[Tuple[Place, T]], policy: Policy[T]) -> Trace[T]:
        """Follow values.

        Args:
            seeds: the places where they come from, with their tags.
            policy: what they are after each step.
        """
        return _Walk(self._file, self.steps, policy).run(seeds)


class _Walk(Generic[T]):
    """One walk: places that values got to are waiting until what happens next to them is seen.

    A function of the file that is given a value is summarised once for each parameter and tag, by
    the same walk, and whoever gives it such a value is told what it hands out, as soon as that is
    known. So functions may call each other in circles.
    """

    def __init__(self, file: File, steps: Steps, policy: Policy[T]) -> None:
        self._tree = file.tree
        self._functions = functions_of(file)
        self._steps = steps
        self._policy = policy
        self._trace: Trace[T] = Trace()
        self._waiting: Deque[Tuple[Place, T, Optional[_Entered[T]]]] = deque()
        self._seen: Set[Tuple[int, T, int]] = set()
        self._summaries: Dict[Tuple[int, T], _Entered[T]] = {}  # by parameter
        self._insides: Dict[int, _Entered[T]] = {}  # by function

    def run(self, seeds: Iterable[Tuple[Place, T]]) -> Trace[T]:
        for place, tag in seeds:
            self._reach(place, tag, None, None, None)
        while self._waiting:
            place, tag, entered = self._waiting.popleft()
            for step in self._steps.after(place):
                self._take(step, tag, entered)
        return self._trace

    def _reach(
        self,
        place: Place,
        tag: T,
        entered: Optional[_Entered[T]],
        before: Optional[Place],
        tag_before: Optional[T],
    ) -> None:
        """Note that a value got to a place, and wait for what happens to it there."""
        key = (id(place), tag, id(entered))
        if key not in self._seen:
            self._seen.add(key)
            self._waiting.append((place, tag, entered))
            if entered is None or entered.is_shown:
                self._trace.add(place, tag, before, tag_before)

    def _take(self, step: Step, tag: T, entered: Optional[_Entered[T]]) -> None:
        """Take one step with a value."""
        if entered is not None and step.place is entered.function:
            if step.move in (Move.RETURNED, Move.YIELDED):
                self._hand_out(step, tag, entered)
                return
        carried = self._policy.carry(step, tag)
        if carried is not None:
            if step.move is not Move.KEPT:
                self._reach(step.place, carried, entered, step.origin, tag)
            elif entered is None or entered.is_shown:
                self._reach(step.place, carried, None, step.origin, tag)
        if step.move is Move.GIVEN:
            self._give(step, tag, entered)

    def _give(self, step: Step, tag: T, entered: Optional[_Entered[T]]) -> None:
        """Give a value to the functions of the file that are called with it."""
        call, argument = step.place, self._tree.parent(step.origin)  # type: ignore[arg-type]
        if not isinstance(call, cst.Call) or not isinstance(argument, cst.Arg):
            return
        for function in self._functions.definitions(call.func):
            parameter = self._functions.parameter(call, argument, function)
            if parameter is not None:
                summary = self._summary(function, parameter, tag)
                summary.callers.append((step.origin, call, tag, entered))
                for result, is_yielded in summary.results:
                    self._get(call, result, is_yielded, entered, step.origin, tag)
                if entered is None or entered.is_shown:
                    self._enter(step, tag, function, parameter)

    def _summary(self, function: Function, parameter: cst.Param, tag: T) -> _Entered[T]:
        key = (id(parameter), tag)
        if key not in self._summaries:
            entered: _Entered[T] = _Entered(function)
            self._summaries[key] = entered
            for binding in self._steps.of_node(parameter):
                self._reach(binding, tag, entered, None, None)
        return self._summaries[key]

    def _enter(self, step: Step, tag: T, function: Function, parameter: cst.Param) -> None:
        """Follow a value into a function, where the policy does."""
        inside = self._policy.inside(tag)
        if inside is not None:
            entered = self._insides.setdefault(id(function), _Entered(function, is_shown=True))
            for binding in self._steps.of_node(parameter):
                self._reach(binding, inside, entered, step.origin, tag)

    def _hand_out(self, step: Step, tag: T, entered: _Entered[T]) -> None:
        """Tell callers what a function made of what they gave."""
        is_yielded = step.move is Move.YIELDED
        result = self._policy.carry(step, tag) if is_yielded else tag
        if result is None or entered.is_shown or (result, is_yielded) in entered.results:
            return
        entered.results[result, is_yielded] = None
        for argument, call, given, outer in entered.callers:
            self._get(call, result, is_yielded, outer, argument, given)

    def _get(
        self,
        call: cst.Call,
        result: T,
        is_yielded: bool,
        entered: Optional[_Entered[T]],
        argument: Place,
        tag: T,
    ) -> None:
        """Note what a call got; what the call of a generator is, the policy says."""
        step = Step(Move.CALLED, call, call.func)
        got = self._policy.carry(step, result) if is_yielded else result
        if got is not None:
            self._reach(call, got, entered, argument, tag)


def flow_of(file: File) -> Flow:
    """The flow of a file, made once."""
    found: Optional[Flow] = file.answers.get("flow")
    if found is None:
        found = file.answers["flow"] = Flow(file)
    return found

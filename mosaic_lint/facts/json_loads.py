"""JSON of a column that is parsed again, though the driver has parsed it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import (
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
)

import libcst as cst

from mosaic_lint.facts.certainty import Certainty
from mosaic_lint.facts.fallbacks import Fallbacks
from mosaic_lint.facts.fetched import Fetched, Matter, Passing
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import flow_of
from mosaic_lint.facts.functions import functions_of
from mosaic_lint.facts.handed import Use, uses
from mosaic_lint.facts.query_columns import QueryColumns
from mosaic_lint.facts.receivers import Driver
from mosaic_lint.facts.runs import Runs
from mosaic_lint.facts.scopes import Binding
from mosaic_lint.facts.sinks import sinks
from mosaic_lint.facts.steps import Place, Steps
from mosaic_lint.facts.text_guards import TextGuards
from mosaic_lint.sql.json_types import Output
from mosaic_lint.tree import Function

_LOADS = frozenset(("loads",))
_MAX_HELPED = 500  # parameters of helpers, by what they are given


@dataclass(frozen=True, eq=False)
class JsonLoads:
    """A fetched value of a JSON column that is parsed.

    Args:
        node: the call, or the parser where it is handed on to be called.
        parser: the parser as written.
        column: the table and the column.
        type: ``json`` or ``jsonb``.
        query: the call that executed the query.
        path: the places from the cursor to where it is parsed.
        is_direct: whether the node is a call of ``json.loads`` with the value alone, so that it
            gives just the value.
    """

    node: cst.BaseExpression
    parser: str
    column: str
    type: str
    query: cst.Call
    path: Sequence[Place]
    is_direct: bool = False


def json_loads(file: File) -> Iterator[JsonLoads]:
    """The fact ``JsonLoads``."""
    if any(file.names.may_mean(name, _LOADS) for name in _mentions(file)):
        yield from _Finder(file).all()


def _mentions(file: File) -> Iterator[cst.BaseExpression]:
    yield from file.tree.of(cst.Name)
    yield from file.tree.of(cst.Attribute)


class _Parsed(NamedTuple):
    """What a helper parses.

    Args:
        column: the column of what it is given.
        use: where it does, or lets another helper do so.
    """

    column: Output
    use: Use


_Seen = Certainty[Fetched]
"""What a walk found, and how sure that is."""


class _Finder:
    """Finds the parsed values of one file."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._functions = functions_of(file)
        self._guards = TextGuards(file)
        self._fallbacks = Fallbacks(file)
        self._policy = Passing(file)
        statements = [s for s in sinks(file) if s.driver is Driver.PSYCOPG]
        self._runs = Runs(file, statements)
        self._columns = QueryColumns(file, self._runs)
        self._uses = list(uses(file))

    def all(self) -> Iterator[JsonLoads]:
        """The values that are parsed, in the order of the text."""
        if not any(self._parses(use) for use in self._uses):
            return
        seen = self._follow(self._runs.seeds())
        if not seen.trace.places:
            return
        found: Dict[int, JsonLoads] = {}
        for use, tag in self._reached(seen):
            if self._parses(use):
                self._note(found, seen, use, tag)
        self._note_helpers(found, seen)
        yield from sorted(found.values(), key=lambda one: self._file.tree.index(one.node))

    def _follow(self, seeds: Iterable[Tuple[Place, Fetched]]) -> _Seen:
        return Certainty(self._file, flow_of(self._file).trace(seeds, self._policy))

    # --- what is given to whom

    def _parses(self, use: Use) -> bool:
        """Whether a value goes to ``json.loads`` itself."""
        callee = use.callee
        if not self._file.names.may_mean(callee, _LOADS):
            return False
        if "json.loads" not in self._file.names.qualified(callee):
            return False
        if use.is_spread:
            return True
        if use.argument.keyword is not None:
            return use.argument.keyword.value == "s"
        return isinstance(use.node, cst.Call) and use.argument is use.node.args[0]

    def _reached(self, seen: _Seen) -> Iterator[Tuple[Use, Fetched]]:
        """The uses of what was fetched, each with what one function call is given."""
        for use in self._uses:
            for tag in sorted(seen.trace.tags(use.value), key=repr):
                if _given(use, tag) is not None:
                    yield use, tag

    # --- findings

    def _note(self, found: Dict[int, JsonLoads], seen: _Seen, use: Use, tag: Fetched) -> None:
        """Note a value that goes to a parser, where it is surely parsed JSON."""
        if id(use.node) in found or not self._is_unguarded(seen, use, tag):
            return
        column = self._column(seen, use, tag.entry)
        if column is not None:
            path = seen.trace.path(use.value, tag)
            found[id(use.node)] = self._found(use, column, tag.run, path)

    def _found(self, use: Use, column: Output, run: int, path: Sequence[Place]) -> JsonLoads:
        parser, query = self._file.code(use.callee), self._runs.of(run).calls[0]
        direct = self._is_direct(use)
        return JsonLoads(use.node, parser, column.column, column.type, query, path, direct)

    def _is_direct(self, use: Use) -> bool:
        """Whether a use is ``json.loads(value)`` without anything that makes more of the value."""
        if not isinstance(use.node, cst.Call) or len(use.node.args) != 1 or use.is_spread:
            return False
        origins = self._file.names.origins(use.callee)
        return not any(isinstance(origin, cst.Call) for origin in origins) and (
            self._file.names.qualified(use.callee) == {"json.loads"}
        )

    def _column(self, seen: _Seen, use: Use, entry: int) -> Optional[Output]:
        """The JSON column that a value is surely from, be it one of several."""
        columns: List[Output] = []
        for tag in seen.trace.tags(use.value):
            if tag.entry == entry:
                given = _given(use, tag)
                if given is None or given.matter is not Matter.VALUE or given.held:
                    return None
                columns.append(self._columns.of(given))
        is_json = bool(columns) and all(column.is_json_of_column for column in columns)
        return min(columns) if is_json else None

    def _is_unguarded(self, seen: _Seen, use: Use, tag: Fetched) -> bool:
        """Whether nothing around a use tells that the value may be text."""
        path = seen.trace.path(use.value, tag)
        if not seen.is_sure(path):
            return False
        values = self._written(seen, path, Matter.VALUE)
        rows = self._written(seen, path, Matter.ROW)
        if self._guards.is_guarded(use.value, values):
            return False
        return not self._fallbacks.keeps(use.node, values, rows)

    def _written(self, seen: _Seen, path: Sequence[Place], matter: Matter) -> FrozenSet[str]:
        """How what is on a way is written, and how its names are."""
        found: Set[str] = set()
        for place in path:
            if any(_is_plainly(tag, matter) for tag in seen.trace.tags(place)):
                if isinstance(place, Binding):
                    found.add(place.name)
                elif isinstance(place, cst.BaseExpression):
                    found.add(self._file.code(place))
        return frozenset(found)

    # --- helpers

    def _note_helpers(self, found: Dict[int, JsonLoads], seen: _Seen) -> None:
        """Note what helpers parse that are given something of a row."""
        entries = _Entries(flow_of(self._file).steps)
        given: List[Tuple[Use, Fetched, List[int]]] = []
        for use, tags in groupby(self._reached(seen), key=lambda reached: reached[0]):
            parameters = self._parameters(use)
            kinds = [tag for _, tag in tags]
            numbers = [entries.number(p, _given(use, tag)) for p in parameters for tag in kinds]
            if numbers:
                given.append((use, kinds[0], numbers))
        parsed = self._parsed_in_helpers(entries.seeds)
        for use, tag, numbers in given:
            if id(use.node) not in found and all(number in parsed for number in numbers):
                if self._is_unguarded(seen, use, tag):
                    column, inner = parsed[numbers[0]]
                    is_here = isinstance(use.callee, cst.Lambda)  # what it does is done here
                    told = inner if is_here else use
                    path = seen.trace.path(use.value, tag)
                    found[id(told.node)] = self._found(told, column, tag.run, path)

    def _parameters(self, use: Use) -> List[cst.Param]:
        """The parameters of the file's functions that a value goes to."""
        found: List[cst.Param] = []
        for function in self._functions.definitions(use.callee):
            parameter = self._parameter(use, function)
            if parameter is None:
                return []
            found.append(parameter)
        return found

    def _parameter(self, use: Use, function: Function) -> Optional[cst.Param]:
        if use.is_spread:
            plain = [*function.params.posonly_params, *function.params.params]
            return plain[0] if plain else None
        assert isinstance(use.node, cst.Call)
        return self._functions.parameter(use.node, use.argument, function)

    def _parsed_in_helpers(self, seeds: Iterable[Tuple[Place, Fetched]]) -> Dict[int, _Parsed]:
        """The entries whose value a helper parses, or lets another one parse."""
        found: Dict[int, _Parsed] = {}
        seen = self._follow(seeds)
        for use, tag in self._reached(seen):
            if self._parses(use) and tag.entry not in found:
                column = self._column(seen, use, tag.entry)
                if column is not None and self._is_unguarded(seen, use, tag):
                    found[tag.entry] = _Parsed(column, use)
        return found


class _Entries:
    """The parameters of helpers that are given something, each with what that is.

    Args:
        steps: the steps of the file.

    Attributes:
        seeds: where the walk through helpers begins.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._numbers: Dict[Tuple[int, Optional[Fetched]], int] = {}
        self.seeds: List[Tuple[Place, Fetched]] = []

    def number(self, parameter: cst.Param, given: Optional[Fetched]) -> int:
        """The number of a parameter that is given something; -1 beyond the bound."""
        key = (id(parameter), given)
        if key not in self._numbers:
            if given is None or len(self._numbers) >= _MAX_HELPED:
                return -1
            number = self._numbers[key] = len(self._numbers)
            bound = self._steps.of_node(parameter)
            self.seeds += [(binding, given._replace(entry=number)) for binding in bound]
        return self._numbers[key]


def _is_plainly(tag: Fetched, matter: Matter) -> bool:
    return tag.matter is matter and not tag.method and not tag.held and not tag.is_given


_ELEMENT = {Matter.ROWS: Matter.ROW, Matter.CURSOR: Matter.ROW, Matter.VALUES: Matter.VALUE}


def _given(use: Use, tag: Fetched) -> Optional[Fetched]:
    """What one call of a use's function is given; ``None`` where it is no row and no value."""
    if tag.method or tag.is_given:
        return None
    if use.is_spread:
        matter = _ELEMENT.get(tag.matter)
        return tag._replace(matter=matter) if matter is not None else None
    return tag if tag.matter is not Matter.CURSOR else None

"""Suspect stage for loops over rows: those that may run a statement in each turn.

A loop is cleared where no call that may run SQL is in it, or none of its function is outside; and
where what it goes over has, by last names, nothing to do with what a cursor gives.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import Dict, Iterable, Iterator, List, NamedTuple, Sequence, Set, Tuple, TypeVar, Union

from mosaic_lint.settings import Settings
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Table, last_name, meant
from mosaic_lint.vocabulary import ADDING_MANY_METHODS, ADDING_METHODS, SQL_SINKS

_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
_Comprehension = Union[ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp]
_Loop = Union[ast.For, ast.AsyncFor, ast.While, _Comprehension]
_Place = Tuple[int, int]

_RUNNING = SQL_SINKS - {"SQL", "mogrify"}
_GIVING = frozenset(
    ("fetchall", "fetchmany", "rowcount", "execute_values", "read_sql", "read_sql_query")
)
_TAKING = frozenset(("fetchone", "pop", "popleft", "popitem", "next", "anext"))
_ADDING = ADDING_METHODS | ADDING_MANY_METHODS
_ENDLESS = frozenset(("count", "repeat"))
_ROWS = "<rows>"
"""Stands among names for whatever gives rows."""


def suspect_query_loops(table: Table, settings: Settings) -> Suspects:
    """Find loops that may go over a query's rows and run a statement in each turn."""
    suspects = Suspects()
    sinks = table.aliases(_RUNNING)
    calls = [call for call in table.of(ast.Call) if meant(call.func) & sinks]
    if len(calls) < 2:
        return suspects
    functions = _Functions(table)
    areas = list(_areas(functions, calls))
    if areas:
        stage = _Stage(table, settings, functions, calls)
        for area in areas:
            found = list(stage.loops_over_rows(area))
            suspects.add(found)
            if found and area.line:
                suspects.lines.add(area.line)
    if suspects.lines:  # whose a cursor is may be told anywhere
        suspects.context.update(range(1, len(table.source.line_starts) + 1))
    return suspects


# --- functions with a loop in which a statement may be run


class _Area(NamedTuple):
    """A function without those inside, or the module.

    Args:
        line: the line of the function; 0 for the module.
        loops: its loops.
        suspects: those with a call inside that may run SQL, and another one outside.
    """

    line: int
    loops: Sequence[_Loop]
    suspects: Sequence[_Loop]


_N = TypeVar("_N", bound=Union[ast.expr, ast.stmt])


class _Functions:
    """Tells in which function something stands; functions are known by their line."""

    def __init__(self, table: Table) -> None:
        functions: List[_Function] = [*table.of(ast.FunctionDef), *table.of(ast.AsyncFunctionDef)]
        self._innermost: Dict[int, int] = {}
        for function in sorted(functions, key=_first_line):  # those around come first
            last = function.end_lineno or function.lineno
            lines = range(_first_line(function), last + 1)
            self._innermost.update(dict.fromkeys(lines, function.lineno))
        self.loops = self.sorted(_loops(table))

    def of(self, line: int) -> int:
        """The function of a line; 0 for the module."""
        return self._innermost.get(line, 0)

    def sorted(self, nodes: Iterable[_N]) -> Dict[int, List[_N]]:
        """Nodes by function."""
        found: Dict[int, List[_N]] = {}
        for node in nodes:
            found.setdefault(self.of(node.lineno), []).append(node)
        return found


def _loops(table: Table) -> Iterator[_Loop]:
    yield from table.of(ast.For)
    yield from table.of(ast.AsyncFor)
    yield from table.of(ast.While)
    yield from table.of(ast.ListComp)
    yield from table.of(ast.SetComp)
    yield from table.of(ast.DictComp)
    yield from table.of(ast.GeneratorExp)


def _first_line(function: _Function) -> int:
    return min([function.lineno, *(node.lineno for node in function.decorator_list)])


def _areas(functions: _Functions, calls: List[ast.Call]) -> Iterator[_Area]:
    for line, inside in functions.sorted(calls).items():
        places = sorted(map(_place, inside))
        loops = functions.loops.get(line, []) if len(places) > 1 else []
        suspects = [loop for loop in loops if 0 < len(list(_in_turn(loop, places))) < len(places)]
        if suspects:
            yield _Area(line, loops, suspects)


def _place(node: Union[ast.expr, ast.stmt]) -> _Place:
    return node.lineno, node.col_offset


def _end(node: Union[ast.expr, ast.stmt]) -> _Place:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _in_turn(loop: _Loop, places: List[_Place]) -> Iterator[_Place]:
    """Those of some places, ascending, that a loop passes in each turn."""
    if isinstance(loop, (ast.For, ast.AsyncFor)):
        spans = [(_end(loop.iter), _end(loop.body[-1]))]
    elif isinstance(loop, ast.While):
        spans = [(_place(loop), _end(loop.body[-1]))]
    else:
        once = loop.generators[0].iter
        spans = [(_place(loop), _place(once)), (_end(once), _end(loop))]
    for start, end in spans:
        yield from places[bisect_left(places, start) : bisect_left(places, end)]


# --- names that have to do with rows


class _Growth(NamedTuple):
    """A collection that gets elements.

    Args:
        name: its last name.
        values: what it gets.
        node: where.
    """

    name: str
    values: Sequence[ast.expr]
    node: Union[ast.expr, ast.stmt]


class _Stage:
    """Tells by last names which loops may go over rows.

    Args:
        table: the file.
        settings: the options in force.
        functions: its functions.
        calls: the calls that may run SQL.
    """

    def __init__(
        self, table: Table, settings: Settings, functions: _Functions, calls: List[ast.Call]
    ) -> None:
        self._owners = {id(attribute.value) for attribute in table.of(ast.Attribute)}
        later = {id(node) for f in table.of(ast.Lambda) for node in ast.walk(f.body)}
        self._called = {id(call.func) for call in table.of(ast.Call)} - later
        self._running = {id(call) for call in calls} if settings.driver == "psycopg" else set()
        self._cursors = table.spread({name for call in calls for name in _cursors(call)})
        self._giving = table.aliases(_GIVING)
        self._taking = table.aliases(_TAKING)
        self._endless = table.aliases(_ENDLESS)
        self._moves: Dict[int, List[Tuple[Set[str], Set[str]]]] = {}  # from names to names
        self._growths: Dict[int, List[_Growth]] = {}
        for binding in table.bindings():
            moves = self._moves.setdefault(functions.of(binding.line), [])
            moves.append((self._names_in(binding.value), binding.names))
        for growth in _growths(table):
            self._growths.setdefault(functions.of(growth.node.lineno), []).append(growth)

    def loops_over_rows(self, area: _Area) -> Iterator[_Loop]:
        """Those of a function's suspect loops that may go over rows."""
        names = self._rows(area)
        for loop in area.suspects:
            if self._source(loop) & names or self._calls_one(loop, names):
                yield loop

    def _rows(self, area: _Area) -> Set[str]:
        """The names that may hold rows in a function, or what is made of them."""
        moves = list(self._moves.get(area.line, ()))
        growths = self._growths.get(area.line, [])
        moves += [(self._all_names(growth.values), {growth.name}) for growth in growths]
        by_place: Dict[_Place, Set[str]] = {}
        for growth in growths:
            by_place.setdefault(_place(growth.node), set()).add(growth.name)
        places = sorted(by_place)
        for loop in area.loops:
            grown = [by_place[place] for place in _in_turn(loop, places)]
            if grown:
                moves.append((self._source(loop), set().union(*grown)))
        return _reached(moves)

    def _source(self, loop: _Loop) -> Set[str]:
        """The names in what a loop goes over."""
        found = {_ROWS} if self._is_endless(loop) and self._takes(loop) else set()
        if isinstance(loop, (ast.For, ast.AsyncFor)):
            return found | self._names_in(loop.iter)
        if isinstance(loop, ast.While):
            return found
        return self._all_names([generator.iter for generator in loop.generators])

    def _is_endless(self, loop: _Loop) -> bool:
        """Whether a loop may end with what it takes."""
        if isinstance(loop, (ast.For, ast.AsyncFor)):
            return not self._endless.isdisjoint(self._names_in(loop.iter))
        return isinstance(loop, ast.While)

    def _takes(self, loop: _Loop) -> bool:
        """Whether a loop may take a row in each turn."""
        return any(last_name(node) in self._taking for node in ast.walk(loop))

    def _calls_one(self, loop: _Loop, names: Set[str]) -> bool:
        """Whether such a loop calls what may be a cursor's method under another name."""
        return self._is_endless(loop) and any(
            isinstance(node, ast.Call) and meant(node.func) & names for node in ast.walk(loop)
        )

    def _all_names(self, nodes: Iterable[ast.expr]) -> Set[str]:
        return set().union(*map(self._names_in, nodes))

    def _names_in(self, value: ast.expr) -> Set[str]:
        """The last names in a value, and whether it gives rows by itself."""
        found: Set[str] = set()
        for node in ast.walk(value):
            name = last_name(node)
            if name:
                found.add(name)
                if self._gives_rows(node, name):
                    found.add(_ROWS)
            elif id(node) in self._running:
                found.add(_ROWS)
        return found

    def _gives_rows(self, node: ast.AST, name: str) -> bool:
        if name in self._giving:
            return True
        if name in self._cursors:
            return id(node) not in self._owners
        return name in self._taking and id(node) not in self._called


def _cursors(call: ast.Call) -> Set[str]:
    """The last names of what may be a call's cursor."""
    found = {last_name(call.args[0])} if call.args else set()
    if isinstance(call.func, ast.Attribute):
        found |= {last_name(call.func.value)}
    else:
        found |= {last_name(node) for node in ast.walk(call.func)}
    return found - {""}


def _growths(table: Table) -> Iterator[_Growth]:
    for call in table.of(ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _ADDING:
            yield _Growth(_collection(call.func.value), call.args, call)
    for assign in table.of(ast.Assign):
        for target in assign.targets:
            for part in ast.walk(target):
                if isinstance(part, ast.Subscript):
                    yield _Growth(_collection(part), (assign.value,), assign)
    for addition in table.of(ast.AugAssign):
        yield _Growth(_collection(addition.target), (addition.value,), addition)


def _collection(node: ast.expr) -> str:
    """The last name of a collection, or of what holds it: ``groups`` in ``groups[key]``."""
    current = node
    while not isinstance(current, (ast.Name, ast.Attribute)):
        if isinstance(current, (ast.Subscript, ast.Starred)):
            current = current.value
        elif isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
            current = current.func.value
        else:
            return ""
    return last_name(current)


def _reached(moves: List[Tuple[Set[str], Set[str]]]) -> Set[str]:
    """Every name to which rows may get."""
    after: Dict[str, List[Set[str]]] = {}
    for sources, targets in moves:
        for source in sources:
            after.setdefault(source, []).append(targets)
    found = {_ROWS}
    waiting = [_ROWS]
    while waiting:
        for targets in after.get(waiting.pop(), ()):
            waiting.extend(targets - found)
            found |= targets
    return found - {""}

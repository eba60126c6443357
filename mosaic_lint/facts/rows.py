"""The rows of queries: which loops go over them, or over what is made of them.

A cursor holds the rows of what it executed last. From there the rows are followed, by the walk of
:mod:`mosaic_lint.facts.flow`, as long as there is about one element for each of them.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import (
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Set,
    Tuple,
    Union,
)

import libcst as cst

from mosaic_lint.facts.cursors import executed_cursors
from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy, flow_of
from mosaic_lint.facts.growth import Growth, growths
from mosaic_lint.facts.loops import Loop, turns
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, dotted
from mosaic_lint.facts.sinks import Rows, Sink
from mosaic_lint.facts.steps import Move, Place, Step


class Matter(Enum):
    """What is followed."""

    CURSOR = "a cursor that has executed a query"
    ROWS = "a collection with an element for each row, or so"
    FRAME = "pandas' data frame of rows"
    COUNT = "the number of rows"
    ROW = "one of the rows"
    BATCHES = "several collections of rows, or of columns"
    METHOD = "a method that gives rows, or one"


class Derived(NamedTuple):
    """What is made of a query's rows.

    Args:
        matter: what it is.
        query: the call that executed the query.
        method: the name of a method.
    """

    matter: Matter
    query: cst.Call
    method: str = ""


_METHODS = {
    Matter.CURSOR: frozenset(("fetchall", "fetchmany", "fetchone")),
    Matter.ROWS: frozenset(
        ("items", "keys", "values", "copy", "pop", "popleft", "popitem", "tolist", "to_list",
         "unique", "union", "difference", "intersection")
    ),
    Matter.FRAME: frozenset(("iterrows", "itertuples", "to_dict", "to_records")),
}  # fmt: skip
_GIVING_ONE = frozenset(("fetchone", "pop", "popleft", "popitem"))
_KEEPING = frozenset(
    ("builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.sorted",
     "builtins.reversed", "builtins.iter", "builtins.aiter", "builtins.enumerate", "builtins.zip",
     "builtins.filter", "builtins.map", "builtins.dict", "builtins.dict.fromkeys",
     "collections.deque", "collections.OrderedDict", "collections.Counter", "itertools.chain",
     "itertools.chain.from_iterable", "itertools.islice", "itertools.groupby",
     "itertools.takewhile", "itertools.dropwhile", "itertools.filterfalse", "itertools.starmap",
     "itertools.zip_longest", "itertools.pairwise", "copy.copy", "copy.deepcopy",
     "tqdm.tqdm", "tqdm.auto.tqdm", "rich.progress.track")
)  # fmt: skip
"""Functions whose value still has an element for each element of what they are given."""
_ENDLESS = frozenset(("itertools.count", "itertools.repeat"))
_HELD = frozenset((Move.SAME, Move.KEPT, Move.ENTERED))
_COUNTING = (cst.Add, cst.Subtract)
_JOINING = (cst.Add, cst.Subtract, cst.BitOr, cst.BitAnd)


class _Passing(Policy[Derived]):
    """How rows are passed on.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names

    def carry(self, step: Step, tag: Derived) -> Optional[Derived]:
        if step.move in _HELD:
            return tag
        if step.move is Move.ATTRIBUTE:
            return self._attribute(last_name(step.place), tag)  # type: ignore[arg-type]
        if step.move is Move.GIVEN:
            return self._given(step, tag)
        if step.move is Move.RETURNED:
            return _giving(tag) if isinstance(step.place, cst.Lambda) else None
        if tag.matter is Matter.BATCHES:
            return _rows(tag) if step.move in (Move.LOOPED, Move.UNPACKED) else None
        if tag.matter is Matter.METHOD:
            return self._called(tag) if step.move is Move.CALLED else None
        if step.move is Move.ITEM:
            return self._item(step.place, tag)
        if step.move is Move.OPERAND:
            return self._operand(step, tag)
        if step.move in (Move.SPREAD, Move.DRIVES):
            return _rows(tag) if tag.matter in (Matter.ROWS, Matter.CURSOR) else None
        return None

    def _attribute(self, name: str, tag: Derived) -> Optional[Derived]:
        if name in _METHODS.get(tag.matter, ()):
            return Derived(Matter.METHOD, tag.query, name)
        if tag.matter is Matter.CURSOR and name == "rowcount":
            return Derived(Matter.COUNT, tag.query)
        return _rows(tag) if tag.matter is Matter.FRAME and name == "values" else None

    def _called(self, tag: Derived) -> Derived:
        return Derived(Matter.ROW if tag.method in _GIVING_ONE else Matter.ROWS, tag.query)

    def _item(self, place: Place, tag: Derived) -> Optional[Derived]:
        """A slice of rows, a column of a frame, or a part of its rows."""
        assert isinstance(place, cst.Subscript)
        index = place.slice[0].slice
        if tag.matter is Matter.ROWS:
            return tag if isinstance(index, cst.Slice) else None
        if tag.matter is Matter.FRAME:
            is_column = isinstance(index, cst.Index) and isinstance(index.value, cst.SimpleString)
            return _rows(tag) if is_column else tag
        return None

    def _operand(self, step: Step, tag: Derived) -> Optional[Derived]:
        """A sum, or a difference from which something else was taken away."""
        place = step.place
        if isinstance(place, Binding):
            adds = isinstance(place.node, cst.AugAssign) and not isinstance(
                place.node.operator, cst.SubtractAssign
            )
            return tag if adds and tag.matter is Matter.ROWS else None
        if isinstance(place, cst.BinaryOperation) and isinstance(place.operator, cst.Subtract):
            if step.origin is place.right:
                return None
        kinds = {Matter.ROWS: _JOINING, Matter.COUNT: _COUNTING}.get(tag.matter, ())
        operator = place.operator if isinstance(place, cst.BinaryOperation) else None
        return tag if isinstance(operator, kinds) else None

    def _given(self, step: Step, tag: Derived) -> Optional[Derived]:
        """What a function makes of it; functions of the file are looked into elsewhere."""
        call, argument = step.place, step.origin
        assert isinstance(call, cst.Call)
        names = self._names.qualified(call.func)
        if any(other.star and other.value is argument for other in call.args):
            return _batches(tag) if "builtins.zip" in names else None
        if tag.matter is Matter.METHOD:
            return self._given_method(names, tag)
        if tag.matter is Matter.COUNT:
            return _rows(tag) if "builtins.range" in names and len(call.args) < 3 else None
        if tag.matter not in (Matter.ROWS, Matter.CURSOR):
            return None
        if "itertools.batched" in names:
            return _batches(tag)
        if names & _KEEPING:
            return _rows(tag)
        if "builtins.len" in names:
            return Derived(Matter.COUNT, tag.query)
        is_next = names & {"builtins.next", "builtins.anext"}
        return Derived(Matter.ROW, tag.query) if is_next else None

    def _given_method(self, names: FrozenSet[str], tag: Derived) -> Optional[Derived]:
        """``iter`` calls a method until it gives the sentinel, ``partial`` makes another one."""
        if "functools.partial" in names:
            return tag
        if "builtins.iter" in names:
            return _rows(tag) if tag.method in _GIVING_ONE else _batches(tag)
        return None


def _rows(tag: Derived) -> Derived:
    return Derived(Matter.ROWS, tag.query)


def _batches(tag: Derived) -> Derived:
    return Derived(Matter.BATCHES, tag.query)


def _giving(tag: Derived) -> Optional[Derived]:
    """A function that gives rows, or one of them."""
    methods = {Matter.ROWS: "fetchmany", Matter.ROW: "fetchone"}
    if tag.matter not in methods:
        return None
    return Derived(Matter.METHOD, tag.query, methods[tag.matter])


_Name = Union[cst.Name, cst.Attribute]
_Seed = Tuple[Place, Derived]
_MAX_ROUNDS = 8  # of collections that are filled in loops over collections that are


class RowLoops:
    """The loops of a file that go over the rows of a query of the same function.

    Args:
        file: the file.
        statements: the calls that run SQL.
    """

    def __init__(self, file: File, statements: Iterable[Sink]) -> None:
        self._file = file
        self._tree = file.tree
        self._steps = flow_of(file).steps
        self._queries: Dict[int, List[cst.Call]] = {}  # by identity of the loop
        self._run_by: Dict[int, FrozenSet[int]] = {}  # the loops that run a query in each turn
        self._rows: Dict[int, cst.Call] = {}  # the queries of collections, by identity
        self._follow(list(self._seeds(list(statements))))

    def query(self, loop: Loop) -> Optional[cst.Call]:
        """The last query over whose rows a loop goes; ``None`` if it goes over something else."""
        found = self._queries.get(id(loop))
        return max(found, key=self._tree.index) if found else None

    def _seeds(self, statements: List[Sink]) -> Iterable[_Seed]:
        for cursor, query in executed_cursors(self._file, statements):
            yield cursor, Derived(Matter.CURSOR, query)
        for sink in statements:
            if sink.rows is Rows.VALUES:
                if _fetches(sink.call):
                    yield sink.call, Derived(Matter.ROWS, sink.call)
            elif _is_pandas(sink):
                yield sink.call, Derived(Matter.FRAME, sink.call)
            elif self._file.settings.driver == "psycopg":
                yield sink.call, Derived(Matter.CURSOR, sink.call)

    def _follow(self, seeds: List[_Seed]) -> None:
        """Follow rows to loops, and the collections that these fill to more loops."""
        policy = _Passing(self._file)
        waiting = sorted(growths(self._tree), key=lambda growth: self._tree.index(growth.node))
        for _ in range(_MAX_ROUNDS):
            for place, tag in flow_of(self._file).trace(seeds, policy).places:
                self._reach(place, tag)
            filled = {id(g): q for g in waiting if (q := self._filled_with(g)) is not None}
            seeds = list(self._seeds_of([g for g in waiting if id(g) in filled], filled))
            waiting = [growth for growth in waiting if id(growth) not in filled]
            if not seeds:
                return

    def _reach(self, place: Place, tag: Derived) -> None:
        """Note what rows have got to."""
        if tag.matter in (Matter.ROWS, Matter.CURSOR):
            self._rows.setdefault(id(place), tag.query)
        loop = self._loop_over(place, tag)
        if loop is not None:
            self._note(loop, tag.query)

    def _seeds_of(self, filled: List[Growth], queries: Mapping[int, cst.Call]) -> Iterator[_Seed]:
        """Where collections are read behind the place that fills them first."""
        seen: Set[Tuple[object, ...]] = set()
        for growth in filled:
            function = self._tree.enclosing(growth.node, cst.FunctionDef)
            text = self._file.code(growth.item or growth.name)
            key = (function, text, *map(id, self._bindings(growth)))
            if key not in seen:
                seen.add(key)
                rows = Derived(Matter.ROWS, queries[id(growth)])
                start = self._tree.index(growth.node)
                for read in self._reads(growth, function):
                    if self._tree.index(read) > start:
                        yield read, rows

    def _loop_over(self, place: Place, tag: Derived) -> Optional[Loop]:
        """The loop that a place belongs to, where rows or one of them are taken."""
        if isinstance(place, Binding):
            return None
        if tag.matter in (Matter.ROWS, Matter.CURSOR):
            parent = self._tree.parent(place)
            if isinstance(parent, (cst.For, cst.CompFor)) and parent.iter is place:
                return parent
        if tag.matter is Matter.ROW and isinstance(place, cst.Call):
            loop = next(turns(self._tree, place), None)
            return loop if loop is not None and self._is_endless(loop) else None
        return None

    def _is_endless(self, loop: Loop) -> bool:
        """Whether a loop ends with what it takes, and not with what it goes over."""
        if not isinstance(loop, cst.For):
            return isinstance(loop, cst.While)
        iterated = loop.iter.func if isinstance(loop.iter, cst.Call) else loop.iter
        return bool(self._file.names.qualified(iterated) & _ENDLESS)

    def _note(self, loop: Loop, query: cst.Call) -> None:
        if id(query) not in self._run_by:
            self._run_by[id(query)] = frozenset(map(id, turns(self._tree, query)))
        function = self._tree.enclosing(query, cst.FunctionDef)
        if id(loop) in self._run_by[id(query)]:
            return  # a loop that asks for its rows itself, as one that polls
        if self._tree.enclosing(loop, cst.FunctionDef) is function:
            queries = self._queries.setdefault(id(loop), [])
            if query not in queries:
                queries.append(query)

    def _filled_with(self, growth: Growth) -> Optional[cst.Call]:
        """The query for whose rows a collection gets elements."""
        for source in growth.sources:
            if id(source) in self._rows:
                return self._rows[id(source)]
        loops = turns(self._tree, growth.node)
        return next(filter(None, map(self.query, loops)), None)

    def _bindings(self, growth: Growth) -> List[Binding]:
        if isinstance(growth.name, cst.Attribute):
            return []
        return [*self._file.names.bindings(growth.name), *self._steps.of_node(growth.node)]

    def _reads(
        self, growth: Growth, function: Optional[cst.FunctionDef]
    ) -> Iterator[cst.BaseExpression]:
        """Where a function reads a collection."""
        bindings = set(map(id, self._bindings(growth)))
        for name in self._named.get((function, dotted(growth.name)), ()):
            if isinstance(name, cst.Attribute) or not bindings.isdisjoint(
                map(id, self._file.names.bindings(name))
            ):
                read = self._item(name, growth.item) if growth.item is not None else name
                if read is not None:
                    yield read

    def _item(self, name: cst.BaseExpression, item: cst.Subscript) -> Optional[cst.BaseExpression]:
        """The same item, where it is read of a name."""
        code = self._file.code(item)
        for ancestor in self._tree.ancestors(name):
            if not isinstance(ancestor, cst.Subscript):
                return None
            if self._file.code(ancestor) == code:
                return ancestor
        return None

    @cached_property
    def _named(self) -> Dict[Tuple[Optional[cst.FunctionDef], str], List[_Name]]:
        """The names and attributes by function, and by how they are written."""
        names = {dotted(growth.name) for growth in growths(self._tree)}
        found: Dict[Tuple[Optional[cst.FunctionDef], str], List[_Name]] = {}
        nodes: List[_Name] = [*self._tree.of(cst.Name), *self._tree.of(cst.Attribute)]
        for node in nodes:
            if dotted(node) in names:
                function = self._tree.enclosing(node, cst.FunctionDef)
                found.setdefault((function, dotted(node)), []).append(node)
        return found


def _fetches(call: cst.Call) -> bool:
    """Whether ``execute_values`` is asked to give rows."""
    return any(
        argument.keyword is not None
        and argument.keyword.value == "fetch"
        and last_name(argument.value) != "False"
        for argument in call.args
    )


def _is_pandas(sink: Sink) -> bool:
    return last_name(sink.call.func).startswith("read_sql")

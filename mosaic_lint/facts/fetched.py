"""Values of rows: from the cursor that executed a query to the item that somebody takes.

Followed by the walk of :mod:`mosaic_lint.facts.flow`. A tag says which queries a value is from and
which column it is, by index or name; what that column holds is asked later, and only of values
that get to a place that matters.
"""

from __future__ import annotations

from enum import Enum
from typing import Dict, FrozenSet, NamedTuple, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy
from mosaic_lint.facts.functions import decorator_names
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding
from mosaic_lint.facts.steps import Move, Place, Step
from mosaic_lint.facts.unpacking import Part, route
from mosaic_lint.tree import walk


class Matter(Enum):
    """What is followed."""

    CURSOR = "a cursor that has executed a query"
    ROWS = "a collection of rows"
    ROW = "a row"
    VALUES = "a collection of values of one column"
    VALUE = "a value of a column"
    PAIRS = "a row's values, each with the name of its column"
    COLUMNS = "all rows turned: the values of each column"


Key = Union[int, str]


class Fetched(NamedTuple):
    """What a place has of a query's result.

    Args:
        matter: what it is.
        run: the number of the run.
        key: of a value the column's index, or its name.
        by_attribute: whether the column is read as an attribute of the row.
        held: the keys behind which it stands in a tuple, list or dict, the outermost first; of a
            collection those of each element, as in what ``enumerate`` gives.
        is_given: whether it isn't that itself, but a function that gives it.
        method: whether it is a method of that: its name.
        entry: the number of the helper's parameter through which it came; -1 for none.
    """

    matter: Matter
    run: int
    key: Optional[Key] = None
    by_attribute: bool = False
    held: Tuple[Key, ...] = ()
    is_given: bool = False
    method: str = ""
    entry: int = -1


_METHODS: Dict[Matter, FrozenSet[str]] = {
    Matter.CURSOR: frozenset(("fetchone", "fetchmany", "fetchall")),
    Matter.ROWS: frozenset(("copy", "pop", "popleft")),
    Matter.VALUES: frozenset(("copy", "pop", "popleft")),
    Matter.ROW: frozenset(("get", "values", "copy", "pop", "_asdict")),
}
_ELEMENT = {Matter.CURSOR: Matter.ROW, Matter.ROWS: Matter.ROW, Matter.VALUES: Matter.VALUE}
_COLLECTION = {Matter.ROW: Matter.ROWS, Matter.VALUE: Matter.VALUES}
_KEEPING = frozenset(
    ("builtins.list", "builtins.tuple", "builtins.sorted", "builtins.reversed", "builtins.iter",
     "builtins.aiter", "builtins.filter", "copy.copy", "copy.deepcopy", "collections.deque",
     "itertools.islice", "typing.cast", "tqdm.tqdm")
)  # fmt: skip
"""Functions whose value has the elements of what they are given, as these are."""
_KEEPING_ROWS = frozenset(("builtins.list", "builtins.tuple", "builtins.dict", "typing.cast",
                           "copy.copy", "copy.deepcopy"))  # fmt: skip
_KEEPING_VALUES = frozenset(("typing.cast", "copy.copy", "copy.deepcopy"))
_PLAIN_DECORATORS = frozenset(
    ("staticmethod", "classmethod", "property", "cached_property", "lru_cache", "cache", "wraps")
)
_STAYING = frozenset((Move.SAME, Move.KEPT))
_MAX_HELD = 2  # displays in displays


class Passing(Policy[Fetched]):
    """How what was fetched is passed on.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names
        self._constants = Constants(file)

    def inside(self, tag: Fetched) -> Optional[Fetched]:
        """What a helper within a helper has; of others only what comes out is followed."""
        return tag if tag.entry >= 0 else None

    def carry(self, step: Step, tag: Fetched) -> Optional[Fetched]:
        """What of a result there is after a step."""
        if step.move in _STAYING:
            return tag if not _is_left_of_and(step) else None
        if step.move is Move.ENTERED:
            return tag if tag.matter is Matter.CURSOR else None
        if step.move in (Move.RETURNED, Move.YIELDED):
            return self._handed_out(step, tag)
        if step.move is Move.CALLED:
            return self._called(step, tag)
        if step.move is Move.GIVEN:
            return self._given(step, tag) if not tag.is_given else None
        if tag.is_given or tag.method:
            return None
        if step.move is Move.ATTRIBUTE:
            return _attribute(last_name(step.place), tag)  # type: ignore[arg-type]
        if step.move is Move.ITEM:
            return self._item(step.place, tag)
        if step.move in (Move.LOOPED, Move.UNPACKED):
            return _unpacked(step, tag)
        if step.move is Move.COLLECTED and not isinstance(step.place, cst.DictComp):
            matter = _COLLECTION.get(tag.matter)
            return tag._replace(matter=matter) if matter is not None else None
        return self._shown(step, tag) if step.move is Move.SHOWN else None

    def _shown(self, step: Step, tag: Fetched) -> Optional[Fetched]:
        """An element of a tuple, list or dict that the code shows."""
        if tag.matter not in _COLLECTION:
            return None
        if isinstance(step.place, cst.Dict):
            pairs = [e for e in step.place.elements if isinstance(e, cst.DictElement)]
            keys = [self._constants.key(pair.key) for pair in pairs if pair.value is step.origin]
            is_plain = len(pairs) == len(step.place.elements) and len(keys) == 1
            return _holding(tag, keys[0] if is_plain else None)
        if isinstance(step.place, (cst.Tuple, cst.List)):
            elements = step.place.elements
            if not any(isinstance(element, cst.StarredElement) for element in elements):
                place = next(i for i, e in enumerate(elements) if e.value is step.origin)
                return _holding(tag, place)
        return None

    def _handed_out(self, step: Step, tag: Fetched) -> Optional[Fetched]:
        """From a function to whoever calls it; not out of a helper, which has its callers."""
        if tag.is_given or tag.method or tag.matter is Matter.CURSOR:
            return None
        if isinstance(step.place, cst.FunctionDef):
            if tag.entry >= 0 or not _PLAIN_DECORATORS.issuperset(decorator_names(step.place)):
                return None
        if step.move is Move.RETURNED:
            return tag._replace(is_given=True)
        matter = _COLLECTION.get(tag.matter)
        return tag._replace(matter=matter, is_given=True) if matter is not None else None

    def _called(self, step: Step, tag: Fetched) -> Optional[Fetched]:
        if tag.is_given:
            return tag._replace(is_given=False)
        if not tag.method or not isinstance(step.place, cst.Call):
            return None
        plain = tag._replace(method="")
        if tag.method in ("fetchall", "fetchmany"):
            return plain._replace(matter=Matter.ROWS)
        if tag.matter in _COLLECTION and tag.method in ("get", "pop"):
            key = self._constants.key(step.place.args[0].value) if step.place.args else None
            return _item_of(plain, key)
        if tag.method in ("fetchone", "pop", "popleft"):
            return plain._replace(matter=_ELEMENT[tag.matter])
        return plain  # a copy, or what has the same columns

    def _item(self, place: Place, tag: Fetched) -> Optional[Fetched]:
        assert isinstance(place, cst.Subscript)
        if len(place.slice) != 1:
            return None
        index = place.slice[0].slice
        if not isinstance(index, cst.Index):
            return tag if tag.matter in (Matter.ROWS, Matter.VALUES) else None
        if tag.matter is Matter.CURSOR:
            return None
        if tag.matter in _ELEMENT:
            return tag._replace(matter=_ELEMENT[tag.matter])
        return _item_of(tag, self._constants.key(index.value))

    def _given(self, step: Step, tag: Fetched) -> Optional[Fetched]:
        """What a function makes of it; functions of the file are looked into elsewhere."""
        call = step.place
        assert isinstance(call, cst.Call)
        names = self._names.qualified(call.func)
        if any(a.star and a.value is step.origin for a in call.args):
            is_turned = "builtins.zip" in names and _ELEMENT.get(tag.matter) is Matter.ROW
            return tag._replace(matter=Matter.COLUMNS) if is_turned and not tag.held else None
        if tag.method:
            is_row = tag.method == "fetchone" and "builtins.iter" in names
            return tag._replace(matter=Matter.ROWS, method="") if is_row else None
        if tag.matter is Matter.PAIRS:
            return tag._replace(matter=Matter.ROW) if "builtins.dict" in names else None
        if tag.matter is Matter.COLUMNS:
            return tag if names & _KEEPING else None
        if tag.matter is Matter.ROW and not tag.held:
            if "builtins.zip" in names and self._is_named(call, step.origin):
                return tag._replace(matter=Matter.PAIRS)
            return tag if names & _KEEPING_ROWS else None
        if tag.matter in _COLLECTION:
            return tag if names & _KEEPING_VALUES else None
        if names & {"builtins.next", "builtins.anext"}:
            return tag._replace(matter=_ELEMENT[tag.matter])
        rows = tag._replace(matter=Matter.ROWS) if tag.matter is Matter.CURSOR else tag
        if "builtins.enumerate" in names:
            return _holding(rows, 1)
        return rows if names & _KEEPING else None

    def _is_named(self, call: cst.Call, row: Place) -> bool:
        """Whether ``zip`` is given the names of a cursor's columns, and then a row."""
        if len(call.args) != 2 or call.args[1].value is not row:
            return False
        origins = self._names.origins(call.args[0].value)
        nodes = [
            node for origin in origins if not isinstance(origin, Binding) for node in walk(origin)
        ]
        return any(last_name(node) == "description" for node in nodes)


def _is_left_of_and(step: Step) -> bool:
    """Whether a value is given back only if it is nothing: ``row and row[0]``."""
    place = step.place
    return (
        isinstance(place, cst.BooleanOperation)
        and isinstance(place.operator, cst.And)
        and step.origin is place.left
    )


def _attribute(name: str, tag: Fetched) -> Optional[Fetched]:
    if tag.held and tag.matter not in _ELEMENT:
        return tag._replace(method=name) if name in ("get", "pop") else None
    if name in _METHODS.get(tag.matter, ()):
        return tag._replace(method=name)
    if tag.matter is Matter.ROW and not name.startswith("_"):
        return tag._replace(matter=Matter.VALUE, key=name, by_attribute=True)
    return None


def _holding(tag: Fetched, key: Optional[Key]) -> Optional[Fetched]:
    """What holds something behind a key."""
    if key is None or len(tag.held) >= _MAX_HELD:
        return None
    return tag._replace(held=(key, *tag.held))


def _item_of(tag: Fetched, key: Optional[Key]) -> Optional[Fetched]:
    """What stands behind a key of a row, or of what holds it."""
    if key is None:
        return None
    if tag.held:
        return tag._replace(held=tag.held[1:]) if tag.held[0] == key else None
    if tag.matter is Matter.COLUMNS:
        return tag._replace(matter=Matter.VALUES, key=key)
    return tag._replace(matter=Matter.VALUE, key=key) if tag.matter is Matter.ROW else None


def _unpacked(step: Step, tag: Fetched) -> Optional[Fetched]:
    """What a name gets that a loop or a target gives a part."""
    if not isinstance(step.place, Binding):
        return None
    parts = route(step.place)
    current: Optional[Fetched] = tag
    if step.move is Move.LOOPED:
        matter = _ELEMENT.get(tag.matter)
        current = tag._replace(matter=matter) if matter is not None else None
    for part in parts or ():
        current = _part(current, part) if current is not None else None
    return current if parts is not None else None


def _part(tag: Fetched, part: Part) -> Optional[Fetched]:
    if tag.matter in _ELEMENT:
        return tag if part.is_rest else tag._replace(matter=_ELEMENT[tag.matter])
    return _item_of(tag, part.place) if not part.is_rest else None


class Constants:
    """The keys that an expression shows.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names

    def key(self, node: cst.BaseExpression) -> Optional[Key]:
        """The number or text that an expression is; ``None`` where it isn't known."""
        origins = self._names.origins(node)
        if len(origins) != 1 or isinstance(origins[0], Binding):
            return None
        return _constant(origins[0])


def _constant(node: cst.BaseExpression) -> Optional[Key]:
    if isinstance(node, cst.Integer):
        return node.evaluated_value
    if isinstance(node, cst.SimpleString):
        text = node.evaluated_value
        return text if isinstance(text, str) else None
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        below = _constant(node.expression)
        return -below if isinstance(below, int) else None
    return None

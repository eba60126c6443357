"""Connections and cursors that are used after their ``with`` block, or leave it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.catching import is_test_of_failure
from mosaic_lint.facts.connections import Role
from mosaic_lint.facts.file import File
from mosaic_lint.facts.held import Held, Source, held_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind, dotted
from mosaic_lint.tree import walk
from mosaic_lint.vocabulary import LAZY_FUNCTIONS, LOGGER_METHODS


class Way(Enum):
    """How a connection or cursor gets out of its block."""

    USED = "used"
    RETURNED = "returned"
    KEPT = "kept"


@dataclass(frozen=True, eq=False)
class Escape:
    """A connection or cursor beyond its block.

    Args:
        node: the expression.
        name: what it is called there.
        way: how it gets there.
        held: what it is.
        block: the block that it belongs to.
    """

    node: cst.BaseExpression
    name: str
    way: Way
    held: Held
    block: cst.With


_PLAIN = frozenset(
    ("rowcount", "description", "closed", "query", "statusmessage", "rownumber", "arraysize",
     "itersize", "name", "notices", "notifies", "status", "dsn", "info", "autocommit",
     "server_version", "protocol_version", "encoding", "isolation_level", "readonly", "deferrable",
     "cursor_factory", "row_factory", "withhold", "scrollable")
)  # fmt: skip
"""Attributes that can be read of what is closed (psycopg2 2.9, psycopg 3.2)."""
_FETCHING = ("fetch", "close")
_ASKING = frozenset(
    ("print", "repr", "str", "type", "id", "bool", "isinstance", "issubclass", "hasattr", "getattr",
     "callable")
) | LOGGER_METHODS  # fmt: skip
"""Functions that may be given a closed connection."""
_READING = (
    frozenset(("list", "tuple", "set", "dict", "sorted", "next", "sum", "min", "max", "any", "all"))
    | LAZY_FUNCTIONS
)
"""Functions that fetch all rows that an iterator has."""
_LEAVES = (cst.Name, cst.Attribute, cst.Call, cst.GeneratorExp)
_WRAPPERS = (
    cst.IfExp, cst.BooleanOperation, cst.Await, cst.NamedExpr, cst.Element, cst.Tuple, cst.List,
    cst.Set, cst.DictElement, cst.Dict,
)  # fmt: skip
_Assigning = Union[cst.Assign, cst.AnnAssign]


def escapes(file: File) -> Iterator[Escape]:
    """The fact ``Escape``: one for each name and block, the first."""
    found: Dict[Tuple[str, int], Escape] = {}
    reader = _Reader(file)
    for escape in sorted(reader.all(), key=lambda escape: file.tree.index(escape.node)):
        found.setdefault((escape.name, id(escape.held.source)), escape)
    yield from found.values()


class _Reader:
    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._keeps_working = file.settings.driver == "psycopg"
        self._yielding: Dict[int, bool] = {}  # by identity of the block

    def all(self) -> Iterator[Escape]:
        for place, held in held_of(self._file).with_methods():
            block = held.source.block
            if isinstance(place, Binding) or block is None or not isinstance(place, _LEAVES):
                continue
            if self._is_inside(place, block):
                way = self._way_out(place, held, block)
            else:
                way = Way.USED if self._is_used_after(place, held, block) else None
            if way is not None:
                node = self._core(place)
                yield Escape(node, self._name(place, node, way), way, held, block)

    def _core(self, place: cst.BaseExpression) -> cst.BaseExpression:
        """The cursor from which something lazy reads; else the place itself."""
        parts: List[cst.BaseExpression] = []
        if isinstance(place, cst.GeneratorExp):
            parts = [loop.iter for loop in walk(place.for_in) if isinstance(loop, cst.CompFor)]
        elif isinstance(place, cst.Call) and last_name(place.func) in LAZY_FUNCTIONS:
            parts = [argument.value for argument in place.args]
        held = [part for part in parts if held_of(self._file).is_held(part)]
        return self._core(held[0]) if held else place

    def _name(self, place: cst.BaseExpression, node: cst.BaseExpression, way: Way) -> str:
        """What gets out; where something keeps it, that."""
        holder = self._outermost(place)[1]
        if way is Way.KEPT and isinstance(holder, (cst.Assign, cst.AnnAssign)):
            return self._file.code(self._targets(place, holder)[0])
        return self._file.code(node)

    # --- behind the block

    def _is_inside(self, node: cst.CSTNode, block: cst.With) -> bool:
        return any(ancestor is block for ancestor in self._tree.ancestors(node))

    def _is_used_after(self, node: cst.BaseExpression, held: Held, block: cst.With) -> bool:
        if not isinstance(node, (cst.Name, cst.Attribute)):
            return False
        if isinstance(node, cst.Attribute) and held_of(self._file).is_held(node.value):
            return False  # what it is read from is used already
        if isinstance(node, cst.Name) and self._may_be_rebound(node):
            return False
        if not self._is_run_after(node, held.source, block) or not self._is_use(node, held):
            return False
        return not is_test_of_failure(self._tree, node)

    def _may_be_rebound(self, name: cst.Name) -> bool:
        """Whether a name may have got something else since, but nothing."""
        return any(
            not held_of(self._file).is_held(binding) and not _gives_nothing(binding)
            for binding in self._file.names.bindings(name)
        )

    def _is_run_after(self, node: cst.CSTNode, source: Source, block: cst.With) -> bool:
        """Whether code outside of a block surely isn't run within: not by a function before it."""
        for ancestor in self._tree.ancestors(node):
            if ancestor is source.function:
                return True
            if isinstance(ancestor, (cst.FunctionDef, cst.Lambda)):
                if self._tree.index(ancestor) < self._tree.index(block):
                    return False
        return True

    def _is_use(self, node: cst.BaseExpression, held: Held) -> bool:
        """Whether something is done with it that needs an open connection."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.Attribute):
            return self._is_use_of_attribute(parent, held.role)
        if isinstance(parent, cst.Call) and parent.func is node:
            return not (self._keeps_working and held.method.startswith(_FETCHING))
        below, holder = self._outermost(node)
        if isinstance(holder, (cst.Return, cst.Yield)):
            return True
        if isinstance(holder, cst.Arg):
            return self._is_taken(holder)
        if isinstance(holder, (cst.Assign, cst.AnnAssign)):
            return self._is_kept_or_read(below, holder)
        if isinstance(holder, (cst.For, cst.CompFor)):
            return below is holder.iter and not self._keeps_working
        if isinstance(holder, cst.ComparisonTarget):
            return isinstance(holder.operator, (cst.In, cst.NotIn)) and not self._keeps_working
        if isinstance(holder, (cst.AugAssign, cst.From, cst.StarredElement)):
            return not self._keeps_working
        return isinstance(holder, cst.WithItem)

    def _is_use_of_attribute(self, attribute: cst.Attribute, role: Role) -> bool:
        """Whether an attribute needs an open connection: not if it is only read."""
        above = self._tree.parent(attribute)
        if isinstance(above, cst.AssignTarget):
            return True
        if attribute.attr.value == "connection":
            is_read_on = isinstance(above, cst.Attribute)
            return is_read_on and not self._is_harmless(above.attr.value, Role.CONNECTION)  # type: ignore[union-attr]
        return not self._is_harmless(attribute.attr.value, role)

    def _is_taken(self, argument: cst.Arg) -> bool:
        """Whether a function gets it that may need it open."""
        call = self._tree.parent(argument)
        if not isinstance(call, cst.Call) or last_name(call.func) in _ASKING:
            return False
        return not (self._keeps_working and last_name(call.func) in _READING)

    def _is_kept_or_read(self, value: cst.CSTNode, assignment: _Assigning) -> bool:
        """Whether an assignment keeps it somewhere, or reads rows into several names."""
        targets = self._targets(value, assignment)
        reads = (cst.Tuple, cst.List)
        if any(isinstance(target, reads) for target in targets):
            return value is assignment.value and not self._keeps_working
        return any(isinstance(target, (cst.Attribute, cst.Subscript)) for target in targets)

    def _is_harmless(self, attribute: str, role: Role) -> bool:
        if attribute in _PLAIN:
            return True
        return self._keeps_working and (
            attribute == "close" or (role is Role.CURSOR and attribute.startswith(_FETCHING))
        )

    def _outermost(self, node: cst.CSTNode) -> Tuple[cst.CSTNode, Optional[cst.CSTNode]]:
        """The largest expression that passes it on, alone or with others, and what takes that."""
        below, holder = node, self._tree.parent(node)
        while isinstance(holder, _WRAPPERS):
            if isinstance(holder, cst.IfExp) and below is holder.test:
                break
            below, holder = holder, self._tree.parent(holder)
        return below, holder

    def _targets(self, value: cst.CSTNode, assignment: _Assigning) -> List[cst.BaseExpression]:
        """What a value is assigned to, in ``a, b = x, y`` its own target."""
        if isinstance(assignment, cst.AnnAssign):
            return [assignment.target]
        found: List[cst.BaseExpression] = [t.target for t in assignment.targets]
        shown = assignment.value
        for ancestor in (value, *self._tree.ancestors(value)):
            if isinstance(ancestor, cst.Element) and self._tree.parent(ancestor) is shown:
                assert isinstance(shown, (cst.Tuple, cst.List))
                return [_element(target, shown.elements.index(ancestor)) for target in found]
            if ancestor is assignment:
                break
        return found

    # --- out of the block

    def _way_out(self, node: cst.BaseExpression, held: Held, block: cst.With) -> Optional[Way]:
        function = self._tree.enclosing(node, cst.FunctionDef)
        if function is not held.source.function:
            return None
        holder = self._outermost(node)[1]
        if isinstance(holder, cst.Return):
            is_fine = self._keeps_working and held.role is Role.CURSOR
            return None if is_fine else Way.RETURNED
        if isinstance(holder, cst.Arg) and self._is_streamed(node, holder):
            return Way.RETURNED
        if isinstance(holder, (cst.Assign, cst.AnnAssign)):
            targets = self._targets(node, holder)
            outer = [target for target in targets if self._outlives(target, function, holder)]
            if outer and not self._is_kept_open(holder, block, outer):
                return Way.KEPT
        return None

    def _is_streamed(self, node: cst.BaseExpression, argument: cst.Arg) -> bool:
        """Whether something lazy is sent when the function has returned."""
        call = self._tree.parent(argument)
        return (
            not isinstance(node, (cst.Name, cst.Attribute))
            and isinstance(call, cst.Call)
            and last_name(call.func).endswith("StreamingResponse")
            and isinstance(self._tree.parent(call), cst.Return)
        )

    def _outlives(
        self,
        target: cst.CSTNode,
        function: Optional[cst.FunctionDef],
        assignment: cst.CSTNode,
    ) -> bool:
        """Whether what is assigned to lives longer than the function's own names."""
        root = target
        while isinstance(root, (cst.Subscript, cst.Attribute)):
            root = root.value
        if not isinstance(root, cst.Name) or function is None:
            return False
        if root is target:
            scope = self._file.names.scope(function)
            return root.value in scope.globals | scope.nonlocals
        if root.value in ("self", "cls"):
            return True
        bindings = self._file.names.bindings(root)
        if not all(self._is_from_outside(b, function) for b in bindings):
            return False
        return not self._is_handed_on(root.value, assignment)

    def _is_from_outside(self, binding: Binding, function: cst.FunctionDef) -> bool:
        if binding.kind is Kind.PARAMETER:
            return True
        return self._tree.enclosing(binding.node, cst.FunctionDef) is not function

    def _is_handed_on(self, name: str, assignment: cst.CSTNode) -> bool:
        """Whether an object is given to somebody while the block is still open."""
        line = self._tree.parent(assignment)
        below = self._tree.parent(line) if line is not None else None
        later = walk(below) if below is not None else iter(())
        return any(
            isinstance(node, cst.Arg)
            and last_name(node.value) == name
            and self._tree.index(node) > self._tree.index(assignment)
            for node in later
        )

    def _is_kept_open(
        self, assignment: cst.CSTNode, block: cst.With, targets: List[cst.BaseExpression]
    ) -> bool:
        """Whether others see it while the block is open, or don't see it any more behind it."""
        if self._yields(block):
            return True
        wanted = {self._file.code(target) for target in targets}
        return any(
            wanted & names and self._is_on_the_way_out(reset, assignment, block)
            for reset, names in self._resets
        )

    def _yields(self, block: cst.With) -> bool:
        """Whether a block is left open for others by ``yield``."""
        if id(block) not in self._yielding:
            nodes = walk(block.body, lambda node: node.__class__ is not cst.FunctionDef)
            self._yielding[id(block)] = any(isinstance(node, cst.Yield) for node in nodes)
        return self._yielding[id(block)]

    def _is_on_the_way_out(
        self, reset: cst.CSTNode, assignment: cst.CSTNode, block: cst.With
    ) -> bool:
        """Whether a reset follows in the block, or in a ``finally`` around it."""
        if self._tree.index(reset) < self._tree.index(assignment):
            return False
        for ancestor in self._tree.ancestors(reset):
            if ancestor is block:
                return True
            if isinstance(ancestor, cst.Finally):
                around = self._tree.parent(ancestor)
                if any(above is around for above in self._tree.ancestors(assignment)):
                    return True
            if isinstance(ancestor, (cst.FunctionDef, cst.ExceptHandler)):
                return False
        return False

    @cached_property
    def _resets(self) -> List[Tuple[cst.CSTNode, FrozenSet[str]]]:
        """The statements that forget something: ``self.conn = None``, ``del self.conn``."""
        found: List[Tuple[cst.CSTNode, FrozenSet[str]]] = []
        for deleted in self._tree.of(cst.Del):
            found.append((deleted, frozenset((self._file.code(deleted.target),))))
        for assignment in self._tree.of(cst.Assign):
            if dotted(assignment.value) == "None":
                names = frozenset(self._file.code(t.target) for t in assignment.targets)
                found.append((assignment, names))
        return found


def _gives_nothing(binding: Binding) -> bool:
    """Whether a name is bound to ``None``, or is a parameter that is ``None`` if nobody cares."""
    return binding.value is not None and dotted(binding.value) == "None"


def _element(target: cst.BaseExpression, index: int) -> cst.BaseExpression:
    """The part of a target that gets an element; the whole one where there are none."""
    if isinstance(target, (cst.Tuple, cst.List)) and index < len(target.elements):
        return target.elements[index].value
    return target

"""Connections and cursors that are used after their ``with`` block, or leave it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, Iterator, List, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.catching import is_test_of_failure
from mosaic_lint.facts.connections import Role
from mosaic_lint.facts.file import File
from mosaic_lint.facts.held import Held, Source, held_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind, dotted
from mosaic_lint.tree import walk
from mosaic_lint.vocabulary import LOGGER_METHODS


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
     "itersize", "name", "notices", "status", "dsn", "info")
)  # fmt: skip
"""Attributes that can be read of what is closed (psycopg2 2.9, psycopg 3.2)."""
_FETCHING = ("fetch", "close")
_ASKING = frozenset(
    ("print", "repr", "str", "type", "id", "bool", "isinstance", "issubclass", "hasattr", "getattr",
     "callable")
) | LOGGER_METHODS  # fmt: skip
"""Functions that may be given a closed connection."""
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

    def all(self) -> Iterator[Escape]:
        for place, held in held_of(self._file).all():
            block = held.source.block
            if isinstance(place, Binding) or block is None or not isinstance(place, _LEAVES):
                continue
            if self._is_inside(place, block):
                way = self._way_out(place, held, block)
            else:
                way = Way.USED if self._is_used_after(place, held, block) else None
            if way is not None:
                name = self._name(place, way)
                yield Escape(place, name, way, held, block)

    def _name(self, place: cst.BaseExpression, way: Way) -> str:
        """What is used; where an attribute keeps it, the attribute."""
        assignment = self._holder(place)
        if way is Way.KEPT and isinstance(assignment, (cst.Assign, cst.AnnAssign)):
            return self._file.code(_targets(assignment)[0])
        return self._file.code(place)

    # --- behind the block

    def _is_inside(self, node: cst.CSTNode, block: cst.With) -> bool:
        return any(ancestor is block for ancestor in self._tree.ancestors(node))

    def _is_used_after(self, node: cst.BaseExpression, held: Held, block: cst.With) -> bool:
        if not isinstance(node, (cst.Name, cst.Attribute)):
            return False
        if not self._is_run_after(node, held.source, block) or not self._is_use(node, held):
            return False
        return not is_test_of_failure(self._tree, node)

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
            return not self._is_harmless(parent.attr.value, held.role)
        below, holder = self._outermost(node)
        if isinstance(holder, (cst.Return, cst.Yield, cst.From, cst.StarredElement)):
            return True
        if isinstance(holder, cst.Arg):
            call = self._tree.parent(holder)
            return isinstance(call, cst.Call) and last_name(call.func) not in _ASKING
        if isinstance(holder, (cst.For, cst.CompFor)):
            return below is holder.iter and not self._keeps_working
        return isinstance(holder, cst.WithItem)

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

    def _holder(self, node: cst.CSTNode) -> Optional[cst.CSTNode]:
        return self._outermost(node)[1]

    # --- out of the block

    def _way_out(self, node: cst.BaseExpression, held: Held, block: cst.With) -> Optional[Way]:
        function = self._tree.enclosing(node, cst.FunctionDef)
        if function is not held.source.function:
            return None
        holder = self._holder(node)
        if isinstance(holder, cst.Return):
            is_fine = self._keeps_working and held.role is Role.CURSOR
            return None if is_fine else Way.RETURNED
        if isinstance(holder, (cst.Assign, cst.AnnAssign)):
            outer = [target for target in _targets(holder) if self._outlives(target, function)]
            if outer and not self._is_kept_open(block, outer):
                return Way.KEPT
        return None

    def _outlives(self, target: cst.CSTNode, function: Optional[cst.FunctionDef]) -> bool:
        """Whether what is assigned to lives longer than the function's own names."""
        if isinstance(target, cst.Attribute):
            return True
        root = target
        while isinstance(root, (cst.Subscript, cst.Attribute)):
            root = root.value
        if not isinstance(root, cst.Name) or function is None:
            return False
        if isinstance(target, cst.Name):
            return target.value in self._file.names.scope(function).globals
        bindings = self._file.names.bindings(root)
        return isinstance(target, cst.Subscript) and (
            isinstance(target.value, cst.Attribute)
            or all(self._is_from_outside(b, function) for b in bindings)
        )

    def _is_from_outside(self, binding: Binding, function: cst.FunctionDef) -> bool:
        if binding.kind is Kind.PARAMETER:
            return True
        return self._tree.enclosing(binding.node, cst.FunctionDef) is not function

    def _is_kept_open(self, block: cst.With, targets: List[cst.BaseExpression]) -> bool:
        """Whether others see it while the block is open, or don't see it any more behind it."""
        nodes = list(walk(block.body, lambda node: not isinstance(node, cst.FunctionDef)))
        if any(isinstance(node, cst.Yield) for node in nodes):
            return True
        function = self._tree.enclosing(block, cst.FunctionDef) or self._tree.module
        wanted = {self._file.code(target) for target in targets}
        return any(self._resets(node, wanted) for node in walk(function))

    def _resets(self, node: cst.CSTNode, names: set[str]) -> bool:
        if isinstance(node, cst.Del):
            return self._file.code(node.target) in names
        return (
            isinstance(node, (cst.Assign, cst.AnnAssign))
            and node.value is not None
            and dotted(node.value) == "None"
            and any(self._file.code(target) in names for target in _targets(node))
        )


def _targets(assignment: _Assigning) -> List[cst.BaseExpression]:
    if isinstance(assignment, cst.AnnAssign):
        return [assignment.target]
    return [target.target for target in assignment.targets]

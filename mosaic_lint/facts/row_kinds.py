"""How a cursor gives its rows: as tuples, as dicts, by names, or as something of one's own."""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import Dict, Iterator, List, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding


class RowKind(Enum):
    """What a row is."""

    TUPLE = "a tuple, perhaps one that has names besides"
    DICT = "a dict by the names of columns"
    CUSTOM = "what somebody's own class or function makes of it"


_KINDS: Dict[str, RowKind] = {
    "DictCursor": RowKind.TUPLE,
    "DictConnection": RowKind.TUPLE,
    "NamedTupleCursor": RowKind.TUPLE,
    "NamedTupleConnection": RowKind.TUPLE,
    "namedtuple_row": RowKind.TUPLE,
    "tuple_row": RowKind.TUPLE,
    "cursor": RowKind.TUPLE,
    "connection": RowKind.TUPLE,
    "Cursor": RowKind.TUPLE,
    "AsyncCursor": RowKind.TUPLE,
    "ClientCursor": RowKind.TUPLE,
    "AsyncClientCursor": RowKind.TUPLE,
    "ServerCursor": RowKind.TUPLE,
    "LoggingCursor": RowKind.TUPLE,
    "LoggingConnection": RowKind.TUPLE,
    "MinTimeLoggingCursor": RowKind.TUPLE,
    "None": RowKind.TUPLE,
    "RealDictCursor": RowKind.DICT,
    "RealDictConnection": RowKind.DICT,
    "dict_row": RowKind.DICT,
}
_FACTORIES = frozenset(("cursor_factory", "row_factory", "connection_factory"))


class RowKinds:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names

    def of(self, cursor: Optional[cst.BaseExpression]) -> RowKind:
        """How a cursor gives its rows; in doubt as tuples, as drivers do by themselves."""
        own = {kind for call in self._made_by(cursor) for kind in self._given(call)}
        kinds = own or self._usual
        if RowKind.CUSTOM in kinds:
            return RowKind.CUSTOM
        return RowKind.DICT if kinds == {RowKind.DICT} else RowKind.TUPLE

    def _made_by(self, cursor: Optional[cst.BaseExpression]) -> Iterator[cst.Call]:
        """The calls that may have made a cursor."""
        for origin in self._names.origins(cursor) if cursor is not None else ():
            made = origin.value if isinstance(origin, Binding) else origin
            if isinstance(made, cst.Call):
                yield made

    def _given(self, call: cst.Call) -> Iterator[RowKind]:
        for argument in call.args:
            if argument.keyword is not None and argument.keyword.value in _FACTORIES:
                yield self._kind(argument.value)

    def _kind(self, factory: cst.BaseExpression) -> RowKind:
        names = {name.rpartition(".")[2] for name in self._names.qualified(factory)}
        names = names or {last_name(factory)}
        kinds = {_KINDS.get(name, RowKind.CUSTOM) for name in names}
        return kinds.pop() if len(kinds) == 1 else RowKind.CUSTOM

    @cached_property
    def _usual(self) -> Set[RowKind]:
        """What the connections of the file are told."""
        tree = self._file.tree
        found: Set[RowKind] = set()
        for call in tree.of(cst.Call):
            if last_name(call.func) != "cursor":
                found.update(self._given(call))
        for target, value in _assigned(tree.of(cst.Assign)):
            if isinstance(target, cst.Attribute) and target.attr.value in _FACTORIES:
                found.add(self._kind(value))
        return found


def _assigned(
    statements: List[cst.Assign],
) -> Iterator[Tuple[cst.BaseExpression, cst.BaseExpression]]:
    for statement in statements:
        for target in statement.targets:
            yield target.target, statement.value

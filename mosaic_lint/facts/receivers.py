"""Which driver a connection or cursor belongs to: psycopg, SQLite's, another one, or unknown."""

from __future__ import annotations

import re
from enum import Enum
from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, Optional, Set

import libcst as cst

from mosaic_lint.facts.annotations import Annotations
from mosaic_lint.facts.connections import Connections
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, handed_out
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind, dotted
from mosaic_lint.tree import Function
from mosaic_lint.vocabulary import DRIVER_CONNECTS, ENTERING_METHODS, OTHER_DRIVERS


class Driver(Enum):
    """Whose a connection or cursor is."""

    PSYCOPG = "psycopg"
    SQLITE = "sqlite3"
    OTHER = "another driver"
    ELSEWHERE = "the driver of another database"


NAMED = re.compile(r"_*(?:\w+_)?(?:conn|connection|cur|curs|cursor|crsr)\d*", re.IGNORECASE)
"""What the last name of a connection or cursor looks like, in full."""
_SQLITE = ("sqlite3", "aiosqlite", "pysqlite3", "sqlcipher3", "apsw")
_PSYCOPG = ("psycopg2", "psycopg", "psycopg_pool", "psycopg_c")
_ELSEWHERE = ("pymysql", "MySQLdb", "mysql", "oracledb", "cx_Oracle", "pyodbc", "pymssql", "duckdb",
              "snowflake")  # fmt: skip
"""Packages that speak with databases of another kind, in SQL of their own."""
_HANDING_ON = frozenset(
    ("cursor", "execute", "executemany", "connect", "connection", "getconn", "acquire",
     "__enter__", "__aenter__", "begin", "transaction", "copy")
)  # fmt: skip
"""Methods of connections, cursors and pools whose value belongs to the same driver."""
_CONNECTING = frozenset(("connect", "Connection", "AsyncConnection", "Client", "create_engine"))
_OWN = ("<local>", "self", "cls", *_PSYCOPG)
_MAX_DEPTH = 12


class Receivers:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names
        self._connections = Connections(file)
        self._annotations = Annotations(file)
        self._functions = functions_of(file)
        self._known: Dict[int, Optional[Driver]] = {}  # by identity of the expression
        self._cursors: Dict[int, bool] = {}  # by identity of the expression
        self._results: Dict[int, Optional[Driver]] = {}  # of the function or parameter
        self._depth = 0

    def driver(self, receiver: cst.BaseExpression) -> Optional[Driver]:
        """Whose a receiver is; ``None`` if that isn't known.

        What is only named like a connection or cursor is psycopg's, unless the file speaks with
        another driver only.
        """
        found = self._proven(receiver)
        if found is None and self._is_named(receiver):
            found = self.usual
        if found is None and self.usual is Driver.SQLITE:
            return Driver.SQLITE
        return found

    def _is_named(self, receiver: cst.BaseExpression) -> bool:
        if isinstance(receiver, cst.Call):
            name = last_name(receiver.func)
            factories = {f.rpartition(".")[2] for f in self._file.settings.connection_factories}
            return name in factories or (
                name == "cursor"
                and isinstance(receiver.func, cst.Attribute)
                and self.driver(receiver.func.value) is Driver.PSYCOPG
            )
        if isinstance(receiver, cst.Await):
            return self._is_named(receiver.expression)
        return NAMED.fullmatch(last_name(receiver)) is not None or self._is_named_ones(receiver)

    def _is_named_ones(self, receiver: cst.BaseExpression) -> bool:
        """Whether it is the cursor of a connection that is known by its name."""
        key = id(receiver)
        if key not in self._cursors:
            self._cursors[key] = False
            if self._depth < _MAX_DEPTH:
                self._depth += 1
                try:
                    self._cursors[key] = any(map(self._makes_cursor, self._made(receiver)))
                finally:
                    self._depth -= 1
        return self._cursors[key]

    def _made(self, receiver: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """What a receiver's value comes from, ``with`` blocks entered."""
        for origin in self._names.origins(receiver):
            if not isinstance(origin, Binding):
                yield origin
            elif origin.kind is Kind.WITH and origin.value is not None:
                yield origin.value

    def _makes_cursor(self, value: cst.BaseExpression) -> bool:
        return isinstance(value, cst.Call) and self._is_named(value)

    def _proven(self, receiver: cst.BaseExpression) -> Optional[Driver]:
        key = id(receiver)
        if key not in self._known:
            self._known[key] = None
            if self._depth < _MAX_DEPTH:
                self._depth += 1
                try:
                    self._known[key] = self._find(receiver)
                finally:
                    self._depth -= 1
        return self._known[key]

    def _find(self, receiver: cst.BaseExpression) -> Optional[Driver]:
        found = {self._of_origin(origin) for origin in self._names.origins(receiver)}
        found.discard(None)
        if len(found) > 1:
            return Driver.PSYCOPG if Driver.PSYCOPG in found else Driver.OTHER
        if not found and self._connections.role(receiver) is not None:
            return Driver.PSYCOPG
        if not found and isinstance(receiver, cst.Attribute):
            return self._of_attribute(receiver)
        return found.pop() if found else None

    def _of_attribute(self, node: cst.Attribute) -> Optional[Driver]:
        """Whose a property, a field with a type, or the attribute of another object is."""
        found: Set[Optional[Driver]] = {self._of_function(node)}
        class_ = self._file.tree.enclosing(node, cst.ClassDef)
        if class_ is not None and last_name(node.value) in ("self", "cls"):
            for field in class_.body.body:
                for part in field.body if isinstance(field, cst.SimpleStatementLine) else ():
                    if isinstance(part, cst.AnnAssign) and dotted(part.target) == node.attr.value:
                        found.add(self._of_type(part.annotation.annotation))
        else:
            found.update(map(self._proven, self._assigned.get(dotted(node), ())))
        found.discard(None)
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _assigned(self) -> Dict[str, List[cst.BaseExpression]]:
        """What the attributes of other objects are set to: ``local.conn = connect()``."""
        found: Dict[str, List[cst.BaseExpression]] = {}
        for statement in self._file.tree.of(cst.Assign):
            for target in statement.targets:
                if isinstance(target.target, cst.Attribute) and dotted(target.target):
                    found.setdefault(dotted(target.target), []).append(statement.value)
        return found

    def _of_origin(self, origin: Origin) -> Optional[Driver]:
        if isinstance(origin, cst.Call):
            return self._of_call(origin)
        if not isinstance(origin, Binding):
            return None
        if origin.kind is Kind.WITH and origin.value is not None:
            return self._proven(origin.value)
        if origin.kind is Kind.PARAMETER and isinstance(origin.node, cst.Param):
            if origin.node.annotation is not None:
                return self._of_type(origin.node.annotation.annotation)
            return self._of_arguments(origin.node)
        return None

    def _of_call(self, call: cst.Call) -> Optional[Driver]:
        for name in self._names.qualified(call.func):
            head = name.partition(".")[0]
            if head in _SQLITE and not name.endswith(".Row"):
                return Driver.SQLITE
            if head in _ELSEWHERE:
                return Driver.ELSEWHERE
            if name.endswith("RawCursor") or _makes_raw_cursor(call):
                return Driver.OTHER
            if name in DRIVER_CONNECTS or (head in _PSYCOPG and name.endswith("onnect")):
                return Driver.PSYCOPG if head in _PSYCOPG else Driver.OTHER
            if head in OTHER_DRIVERS and head not in _PSYCOPG:
                return Driver.OTHER
            if name.rpartition(".")[2] in _CONNECTING and "." in name and head not in _OWN:
                return Driver.OTHER
        name = last_name(call.func)
        if name in ENTERING_METHODS or name == "closing":
            return self._proven(call.args[0].value) if call.args else None
        if isinstance(call.func, cst.Attribute) and name in _HANDING_ON:
            return self._proven(call.func.value)
        if name in self._factories:
            return self._of_function(call.func) or Driver.PSYCOPG
        return self._of_function(call.func)

    @cached_property
    def _factories(self) -> FrozenSet[str]:
        settings = self._file.settings
        return frozenset(name.rpartition(".")[2] for name in settings.connection_factories)

    def _of_function(self, callee: cst.BaseExpression) -> Optional[Driver]:
        """What a function of this file returns or yields."""
        found = {self._handed_out(function) for function in self._functions.definitions(callee)}
        found.discard(None)
        return found.pop() if len(found) == 1 else None

    def _handed_out(self, function: Function) -> Optional[Driver]:
        """What one function returns or yields, as far as it agrees with itself."""
        key = id(function)
        if key not in self._results:
            self._results[key] = None  # a function that calls itself
            found = set(map(self._proven, handed_out(function)))
            found.discard(None)
            self._results[key] = found.pop() if len(found) == 1 else None
        return self._results[key]

    def _of_type(self, annotation: cst.BaseExpression) -> Optional[Driver]:
        for name in self._annotations.types(annotation):
            head = name.partition(".")[0]
            if head in _SQLITE:
                return Driver.SQLITE
            if head in _ELSEWHERE:
                return Driver.ELSEWHERE
            if name.rpartition(".")[2].endswith("RawCursor"):
                return Driver.OTHER
            if head in _PSYCOPG:
                return Driver.PSYCOPG
            if head in OTHER_DRIVERS:
                return Driver.OTHER
        return None

    def _of_arguments(self, parameter: cst.Param) -> Optional[Driver]:
        """What the calls in this file give for a parameter, if all of them agree."""
        key = id(parameter)
        if key not in self._results:
            self._results[key] = None  # a function that hands on what it is given
            found = set(self._given(parameter))
            self._results[key] = found.pop() if len(found) == 1 else None
        return self._results[key]

    def _given(self, parameter: cst.Param) -> Iterator[Optional[Driver]]:
        """What each call gives for a parameter that may be one of its function."""
        function = self._file.tree.enclosing(parameter, cst.FunctionDef)
        if function is not None:
            for call in self._calls.get(function.name.value, ()):
                value = self._functions.argument(call, parameter, function)
                yield self._proven(value) if value is not None else None

    @cached_property
    def _calls(self) -> Dict[str, List[cst.Call]]:
        found: Dict[str, List[cst.Call]] = {}
        for call in self._file.tree.of(cst.Call):
            found.setdefault(last_name(call.func), []).append(call)
        return found

    @cached_property
    def usual(self) -> Optional[Driver]:
        """Whose a connection is that is only named so: what the file itself speaks with."""
        connects = self._connecting
        if self._opens_factory or Driver.PSYCOPG in connects:
            return Driver.PSYCOPG
        if Driver.SQLITE in connects:
            return Driver.SQLITE
        imported = {name.partition(".")[0] for name in self._imported}
        if imported & set(_PSYCOPG):
            return Driver.PSYCOPG
        return Driver.OTHER if imported & (OTHER_DRIVERS - set(_SQLITE)) else Driver.PSYCOPG

    @cached_property
    def _connecting(self) -> FrozenSet[Optional[Driver]]:
        """The drivers whose ``connect`` the file calls."""
        return frozenset(
            self._of_call(call)
            for call in self._file.tree.of(cst.Call)
            if last_name(call.func) in ("connect", "ConnectionPool", "ThreadedConnectionPool",
                                        "SimpleConnectionPool", "Connection")
        )  # fmt: skip

    @cached_property
    def _opens_factory(self) -> bool:
        """Whether the file opens a connection by a factory that isn't SQLite's own."""
        return any(
            last_name(call.func) in self._factories
            and self._of_function(call.func) in (None, Driver.PSYCOPG)
            for call in self._file.tree.of(cst.Call)
        )

    @cached_property
    def _imported(self) -> FrozenSet[str]:
        scope = self._names.scope(self._file.module)
        bindings = [b for found in scope.bindings.values() for b in found]
        return frozenset(b.target for b in bindings if b.kind is Kind.IMPORT)


def _makes_raw_cursor(call: cst.Call) -> bool:
    return any(last_name(argument.value).endswith("RawCursor") for argument in call.args)


def receivers_of(file: File) -> Receivers:
    """The receivers of a file, made once."""
    found: Optional[Receivers] = file.answers.get("receivers")
    if found is None:
        found = file.answers["receivers"] = Receivers(file)
    return found

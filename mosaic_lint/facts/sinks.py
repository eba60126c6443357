"""Calls that hand a text to a database: where the query and its parameters stand in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Dict, Iterator, Optional, Sequence

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.receivers import Driver, receivers_of
from mosaic_lint.facts.texts import COMPOSING


class Rows(Enum):
    """What a sink takes besides the query."""

    ONE = "the values of one row"
    MANY = "rows of values"
    VALUES = "rows for a single VALUES %s"
    NONE = "nothing"


@dataclass(frozen=True, eq=False)
class Sink:
    """A call that runs a query.

    Args:
        call: the call.
        query: the query's expression.
        parameters: the expression of its parameters; ``None`` where there are none.
        rows: what the parameters are.
        driver: whose the connection or cursor is; ``None`` where that isn't known.
        certain: whether what it is given is SQL, whatever it looks like.
        spread: whether ``*args`` or ``**kwargs`` may hold parameters.
        receiver: the connection or cursor; ``None`` where no expression is one.
    """

    call: cst.Call
    query: cst.BaseExpression
    parameters: Optional[cst.BaseExpression]
    rows: Rows
    driver: Optional[Driver]
    certain: bool
    spread: bool = False
    receiver: Optional[cst.BaseExpression] = None


_METHODS = {
    "execute": Rows.ONE,
    "executemany": Rows.MANY,
    "executescript": Rows.NONE,
    "mogrify": Rows.ONE,
}
_HELPERS = {"execute_values": Rows.VALUES, "execute_batch": Rows.MANY}
_HELPER_MODULES = ("psycopg2.extras", "extras", "psycopg2", "")
_PANDAS = frozenset(("read_sql", "read_sql_query"))
_QUERIES = ("query", "sql", "operation", "statement")
_PARAMETERS = ("vars", "params", "parameters", "vars_list", "argslist", "params_seq", "args")
_WANTED = frozenset((*_METHODS, *_HELPERS, *_PANDAS, "SQL"))


def sinks(file: File) -> Iterator[Sink]:
    """All sinks of a file."""
    for call in file.tree.of(cst.Call):
        if file.names.may_mean(call.func, _WANTED):
            found = _sink(file, call)
            if found is not None:
                yield found


def _sink(file: File, call: cst.Call) -> Optional[Sink]:
    for function in _functions(file, call.func):
        name = last_name(function)
        if isinstance(function, cst.Attribute) and name in _METHODS:
            return _method(file, call, function, _METHODS[name])
    for name in _names(file, call.func):
        module, _, last = name.rpartition(".")
        if last in _HELPERS and module in _HELPER_MODULES:
            return _helper(file, call, _HELPERS[last])
        if last in _PANDAS and module.partition(".")[0] in ("pandas", "pd", ""):
            return _pandas(file, call)
        if name in COMPOSING and call.args:
            driver = Driver.PSYCOPG
            return Sink(call, call, None, Rows.NONE, driver, True)
    return None


def _functions(file: File, function: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What is called, names for bound methods followed: ``run = cursor.execute``."""
    if isinstance(function, cst.Attribute):
        yield function
    elif isinstance(function, cst.Name):
        for origin in file.names.origins(function):
            if isinstance(origin, cst.Attribute):
                yield origin


def _names(file: File, function: cst.BaseExpression) -> Sequence[str]:
    if last_name(function) not in _WANTED and not isinstance(function, cst.Name):
        return ()
    return sorted(file.names.qualified(function))


def _method(file: File, call: cst.Call, function: cst.Attribute, rows: Rows) -> Optional[Sink]:
    values = _Arguments(call)
    query = values.take(0, _QUERIES)
    if query is None:
        return None
    driver = receivers_of(file).driver(function.value)
    parameters = values.take(1, _PARAMETERS) if rows is not Rows.NONE else None
    certain = driver is not None
    if _is_anothers(file, query):
        driver = Driver.OTHER
    return Sink(call, query, parameters, rows, driver, certain, values.spread, function.value)


def _is_anothers(file: File, query: cst.BaseExpression) -> bool:
    """Whether a query is wrapped for a library with parameters of its own style."""
    for origin in file.names.origins(query):
        if isinstance(origin, cst.Call):
            names = file.names.qualified(origin.func)
            if any(name.startswith("sqlalchemy.") for name in names):
                return True
    return False


def _helper(file: File, call: cst.Call, rows: Rows) -> Optional[Sink]:
    values = _Arguments(call)
    query = values.take(1, ("sql",))
    if query is None:
        return None
    cursor = values.take(0, ("cur",))
    driver = receivers_of(file).driver(cursor) if cursor is not None else None
    if driver is not Driver.SQLITE:
        driver = Driver.PSYCOPG
    parameters = values.take(2, ("argslist",))
    return Sink(call, query, parameters, rows, driver, True, values.spread, cursor)


def _pandas(file: File, call: cst.Call) -> Optional[Sink]:
    values = _Arguments(call)
    query = values.take(0, ("sql",))
    if query is None:
        return None
    parameters = values.take(4, ("params",))
    connection = values.take(1, ("con",))
    driver = receivers_of(file).driver(connection) if connection is not None else None
    if driver is Driver.OTHER:
        driver = None  # an engine, under which psycopg may be at work
    return Sink(call, query, parameters, Rows.ONE, driver, True, values.spread, connection)


class _Arguments:
    """The arguments of a call by place and by name."""

    def __init__(self, call: cst.Call) -> None:
        self.spread = any(argument.star for argument in call.args)
        self._plain = [a.value for a in call.args if a.keyword is None and not a.star]
        self._named: Dict[str, cst.BaseExpression] = {
            a.keyword.value: a.value for a in call.args if a.keyword is not None
        }

    def take(self, place: int, names: Sequence[str]) -> Optional[cst.BaseExpression]:
        """The argument at a place, or with one of the names."""
        if place < len(self._plain):
            return self._plain[place]
        for name in names:
            if name in self._named:
                return self._named[name]
        return None

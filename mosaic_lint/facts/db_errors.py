"""Which handlers take the errors that a database driver raises for a server's refusal."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import FrozenSet, Iterator, NamedTuple, Optional

import libcst as cst

from mosaic_lint.driver_vocabulary import DRIVER_EXCEPTIONS
from mosaic_lint.facts.connections import Role
from mosaic_lint.facts.exceptions import BROAD, Exceptions
from mosaic_lint.facts.file import File
from mosaic_lint.facts.held import held_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.tree import walk

HandlerNode = (cst.ExceptHandler, cst.ExceptStarHandler)

_SUPPRESS = frozenset(("suppress",))
_DRIVER = r"psycopg2?\.(?:(?:errors|extensions|_psycopg)\.)?"
_EVERY = re.compile(rf"{_DRIVER}(?:Error|DatabaseError)")
_KINDS = DRIVER_EXCEPTIONS - {"Error", "DatabaseError", "InterfaceError", "Warning"}
_KIND = re.compile(
    rf"{_DRIVER}(?:{'|'.join(sorted(_KINDS))}|QueryCanceledError|TransactionRollbackError)"
    r"|psycopg2?\.errors\.(?:lookup\(\)|[A-Z]\w*)"
)
_CLIENTS = frozenset(
    ("InterfaceError", "Warning", "ConnectionTimeout", "PipelineAborted", "CancellationTimeout",
     "FinishedPGconn", "InFailedSqlTransaction")
)  # fmt: skip
"""What no statement raises in a transaction that is sound till then."""
_SOUNDS_LIKE = re.compile(
    r"Error|\w*(?:D[Bb]|Database|S[Qq][Ll]|Postgres|Psycopg|P[Gg](?=[A-Z])|Integrity|Operational)\w*"
    r"|(?:\w*_)?(?:db|database|sql|postgres|psycopg|pg|driver)(?:_\w*)?"
)
"""What the last name of something unknown looks like that may stand for the driver's errors."""
_OTHERS = frozenset(
    ("builtins", "psycopg", "psycopg2", "sqlite3", "sqlalchemy", "asyncpg", "pymysql", "binascii",
     "configparser", "csv", "locale", "shutil", "uu", "wave", "webbrowser")
)  # fmt: skip
"""Packages of which it is known what their exceptions are."""


@dataclass(frozen=True)
class Failure:
    """An exception on its way, in a transaction that has failed.

    Args:
        is_drivers: whether it is the driver's error, or another one that was raised instead of it.
        taken: the last names of the driver's errors that others have taken, so that it is none.
    """

    is_drivers: bool = True
    taken: FrozenSet[str] = frozenset()


class Taken(NamedTuple):
    """What a handler does with a failure.

    Args:
        some: whether it surely takes something.
        rest: what may get past it; ``None`` if that is nothing.
    """

    some: bool
    rest: Optional[Failure]


class DatabaseErrors:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names
        self._exceptions = Exceptions(file)
        self._held = held_of(file)

    def taken(self, caught: Optional[cst.BaseExpression], failure: Failure) -> Taken:
        """What ``except caught:`` takes; ``None`` stands for a bare ``except``."""
        if caught is None:
            return Taken(True, None)
        return _of_names(frozenset(self._caught(caught)), failure)

    def suppressed(self, call: cst.Call, failure: Failure) -> Taken:
        """What ``contextlib.suppress(...)`` takes; nothing for other calls."""
        if not self._names.may_mean(call.func, _SUPPRESS):
            return Taken(False, failure)
        if "contextlib.suppress" not in self._names.qualified(call.func):
            return Taken(False, failure)
        names = {name for argument in call.args for name in self._caught(argument.value)}
        return _of_names(frozenset(names), failure)

    def raised(self, statement: cst.Raise, handled: Failure) -> Failure:
        """What a ``raise`` raises while something is handled."""
        raised = statement.exc
        if isinstance(raised, cst.Call):
            raised = raised.func
        if isinstance(raised, cst.Attribute) and raised.attr.value == "with_traceback":
            raised = raised.value
        if raised is None:
            return handled
        if isinstance(raised, cst.Name):
            nodes = [binding.node for binding in self._names.bindings(raised)]
            if any(isinstance(node, HandlerNode) for node in nodes):
                return handled
        is_broad = self._names.qualified(raised) & BROAD
        return Failure(self.taken(raised, Failure()).some and not is_broad)

    def _caught(self, node: cst.BaseExpression) -> Iterator[str]:
        """The qualified names of exceptions; those of a connection, ``conn.Error``, included."""
        yield from self._exceptions.caught(node)
        for inner in walk(node):
            if isinstance(inner, cst.Attribute):
                if any(held.role is Role.CONNECTION for held in self._held.of(inner.value)):
                    yield f"psycopg2.{inner.attr.value}"


def _of_names(names: FrozenSet[str], failure: Failure) -> Taken:
    """What a handler of these exceptions takes."""
    if names & BROAD:
        return Taken(True, None)
    if not failure.is_drivers:
        return Taken(False, failure)
    if any(_EVERY.fullmatch(name) for name in names):
        return Taken(True, None)
    known = {name.rpartition(".")[2] for name in names if _KIND.fullmatch(name)} - _CLIENTS
    some = any(not _is_taken(name, failure.taken) for name in known)
    if any(map(_may_be_the_drivers, names)):
        return Taken(some, None)
    return Taken(some, replace(failure, taken=failure.taken | known))


def _is_taken(name: str, taken: FrozenSet[str]) -> bool:
    """Whether others have taken an error, or may have: a single one is of some kind."""
    return name in taken or bool(name not in _KINDS and taken & _KINDS)


def _may_be_the_drivers(name: str) -> bool:
    """Whether a name that nobody knows may stand for all of the driver's errors."""
    head, last = name.partition(".")[0], name.rpartition(".")[2]
    if head in _OTHERS:
        return False
    is_variable = head == "<local>" and not last[:1].isupper()
    return is_variable or not last or _SOUNDS_LIKE.fullmatch(last) is not None


def suppressing(file: File, block: cst.With) -> Iterator[cst.Call]:
    """The calls among a block's items that may be ``suppress``."""
    for item in block.items:
        for origin in file.names.origins(item.item):
            if isinstance(origin, cst.Call) and last_name(origin.func):
                yield origin

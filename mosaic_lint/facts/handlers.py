"""What an ``except`` handler does: logs, raises, prints, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import FrozenSet, Iterator, List, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.comments import says_why
from mosaic_lint.facts.exceptions import BROAD, Exceptions
from mosaic_lint.facts.file import File
from mosaic_lint.facts.loggers import LogCall, Loggers
from mosaic_lint.facts.output import is_printing
from mosaic_lint.tree import walk
from mosaic_lint.vocabulary import EXIT_CALLS, TRACEBACK_TEXTS

HandlerNode = Union[cst.ExceptHandler, cst.ExceptStarHandler]

_EXITS = frozenset(name.rpartition(".")[2] for name in EXIT_CALLS)
_SUPPRESS = frozenset(("suppress",))
_NESTED = (cst.FunctionDef, cst.Lambda, cst.ClassDef)


class Outcome(Enum):
    """What the code around and after a handler gets to know."""

    RAISES = "raises"
    LOGS = "logs"
    PRINTS = "prints"
    SILENT = "silent"


@dataclass(frozen=True, eq=False)
class Handler:
    """An ``except`` clause, or ``contextlib.suppress(...)`` that catches everything.

    Args:
        node: the clause, or the call of ``suppress``.
        caught: qualified names of what it catches, as far as known; empty for a bare ``except``.
        is_bare: whether it names nothing.
        is_broad: whether it catches ``Exception`` or more.
        outcome: what it does.
        log_calls: its logging calls.
        print_calls: its printing calls.
        is_trivial: whether its whole body is ``pass``, ``...``, ``continue`` or a bare return.
        has_reason: whether a comment on it or in it says why.
        has_traceback_text: whether it formats the traceback itself.
    """

    node: Union[HandlerNode, cst.Call]
    caught: FrozenSet[str]
    is_bare: bool
    is_broad: bool
    outcome: Outcome
    log_calls: Tuple[LogCall, ...] = ()
    print_calls: Tuple[cst.Call, ...] = ()
    is_trivial: bool = False
    has_reason: bool = False
    has_traceback_text: bool = False


def handlers(file: File) -> Iterator[Handler]:
    """The fact ``Handler``."""
    reader = _Reader(file)
    for node in file.tree.of(cst.ExceptHandler):
        yield reader.handler(node)
    for star in file.tree.of(cst.ExceptStarHandler):
        yield reader.handler(star)
    for call in file.tree.of(cst.Call):
        caught = reader.suppressed(call)
        if caught & BROAD:
            yield Handler(call, caught, False, True, Outcome.SILENT)


class _Reader:
    def __init__(self, file: File) -> None:
        self._file = file
        self._loggers = Loggers(file)
        self._exceptions = Exceptions(file)

    def handler(self, node: HandlerNode) -> Handler:
        caught = self._exceptions.caught(node.type)
        nodes = list(walk(node.body, lambda inner: inner.__class__ not in _NESTED))
        calls = [inner for inner in nodes if isinstance(inner, cst.Call)]
        log_calls = tuple(log for call in calls if (log := self._loggers.log_call(call)))
        print_calls = tuple(call for call in calls if is_printing(self._file, call))
        return Handler(
            node=node,
            caught=caught,
            is_bare=node.type is None,
            is_broad=node.type is None or bool(caught & BROAD),
            outcome=self._outcome(nodes, calls, log_calls, print_calls),
            log_calls=log_calls,
            print_calls=print_calls,
            is_trivial=_is_trivial(node.body),
            has_reason=any(says_why(text) for text in _comments(node.body)),
            has_traceback_text=any(self._formats_traceback(call) for call in calls),
        )

    def _outcome(
        self,
        nodes: List[cst.CSTNode],
        calls: List[cst.Call],
        log_calls: Tuple[LogCall, ...],
        print_calls: Tuple[cst.Call, ...],
    ) -> Outcome:
        if any(isinstance(node, cst.Raise) for node in nodes):
            return Outcome.RAISES
        if any(self._exits(call) for call in calls):
            return Outcome.RAISES
        if log_calls:
            return Outcome.LOGS
        return Outcome.PRINTS if print_calls else Outcome.SILENT

    def _exits(self, call: cst.Call) -> bool:
        names = self._file.names
        return names.may_mean(call.func, _EXITS) and bool(names.qualified(call.func) & EXIT_CALLS)

    def _formats_traceback(self, call: cst.Call) -> bool:
        if not self._file.names.may_mean(call.func, TRACEBACK_TEXTS):
            return False
        qualified = self._file.names.qualified(call.func)
        return any(name.rpartition(".")[2] in TRACEBACK_TEXTS for name in qualified)

    def suppressed(self, call: cst.Call) -> FrozenSet[str]:
        """What ``contextlib.suppress(...)`` suppresses; nothing for other calls."""
        if not self._file.names.may_mean(call.func, _SUPPRESS):
            return frozenset()
        if "contextlib.suppress" not in self._file.names.qualified(call.func):
            return frozenset()
        return frozenset(name for arg in call.args for name in self._exceptions.caught(arg.value))


def _is_trivial(body: cst.BaseSuite) -> bool:
    return all(_does_nothing(statement) for statement in _small_statements(body))


def _small_statements(body: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    for statement in body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        else:
            yield statement


def _does_nothing(statement: cst.CSTNode) -> bool:
    if isinstance(statement, cst.Return):
        return statement.value is None
    if isinstance(statement, cst.Expr):
        constants = (cst.Ellipsis, cst.SimpleString, cst.ConcatenatedString, cst.BaseNumber)
        return isinstance(statement.value, constants)
    return isinstance(statement, (cst.Pass, cst.Continue))


def _comments(body: cst.BaseSuite) -> Iterator[str]:
    """The comments on a clause's line and in its body, without their ``#``."""
    for comment in _comment_nodes(body):
        if comment is not None:
            yield comment.value.lstrip("#")


def _comment_nodes(body: cst.BaseSuite) -> Iterator[Optional[cst.Comment]]:
    if isinstance(body, cst.SimpleStatementSuite):
        yield body.trailing_whitespace.comment
        return
    if not isinstance(body, cst.IndentedBlock):
        return
    yield body.header.comment
    for line in body.footer:
        yield line.comment
    for statement in body.body:
        if isinstance(statement, cst.SimpleStatementLine):
            for line in statement.leading_lines:
                yield line.comment
            yield statement.trailing_whitespace.comment

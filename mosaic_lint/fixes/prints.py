"""Handlers that print, made to log."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from mosaic_lint.anchor import Anchor
from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.branches import follows, leading
from mosaic_lint.fixes.clauses import described
from mosaic_lint.fixes.loggers import Logger, logger_at
from mosaic_lint.fixes.messages import Message, is_ruler, says_nothing
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_PRINT = "builtins.print"
_WRITE = ".write"


@dataclass(frozen=True)
class Printed:
    """A call that prints.

    Args:
        call: where it stands.
        function: the qualified name of what is called.
    """

    call: Anchor
    function: str


def logged(printed: Sequence[Printed], is_expected: bool, site: Site) -> Repair:
    """Log what a handler prints, the first text of each branch with the traceback.

    Args:
        printed: the calls that print, in order of position.
        is_expected: whether the handler names the errors that it is for.
        site: the place of the fix.

    Raises:
        Declined: there is no logger, or nobody knows what is printed.
    """
    return _Handler(site, printed, is_expected).repair()


class _Handler:
    """The calls that print in one handler."""

    def __init__(self, site: Site, printed: Sequence[Printed], is_expected: bool) -> None:
        self._site = site
        self._syntax = site.syntax
        self._is_expected = is_expected
        self._function = {
            self._syntax.find(site.place(one.call), ast.Call): one.function for one in printed
        }

    def repair(self) -> Repair:
        logger = self._logger()
        said, declined = self._said(logger)
        removed: Changes = []
        for trace in self._traces():
            if any(self._goes_with(trace, node) for node, _ in said):
                removed += _removal(self._syntax, trace)
            else:
                said.append((trace, self._message(trace, logger).of_nothing()))
        if not said:
            raise declined or Declined("nothing is printed")
        said.sort(key=lambda pair: self._syntax.span(pair[0]))
        first = leading(self._syntax, [node for node, _ in said])
        changes = [*logger.changes, *removed]
        for node, inside in said:
            method = "exception" if node in first else "error"
            changes += [Change(self._syntax.span(node.func), f"{logger.name}.{method}"), *inside]
        return Repair(f'Write "{logger.name}.exception(...)"', changes)

    def _logger(self) -> Logger:
        """The logger that all of the calls can use."""
        loggers = [logger_at(self._site, node) for node in self._function]
        if len({logger.name for logger in loggers}) > 1:
            raise Declined("its calls would need more than one logger")
        return loggers[0]

    def _message(self, node: ast.Call, logger: Logger) -> Message:
        default = described(self._syntax, node, is_expected=self._is_expected)
        return Message(self._syntax, node, braces=logger.is_loguru, default=default)

    def _said(self, logger: Logger) -> Tuple[List[Tuple[ast.Call, Changes]], Optional[Declined]]:
        """The calls that say something, each with its new arguments; and why another has none."""
        found: List[Tuple[ast.Call, Changes]] = []
        declined: Optional[Declined] = None
        for node, function in self._function.items():
            if node in self._traces() or self._is_idle(node):
                continue
            message = self._message(node, logger)
            try:
                inside = message.of_print() if function == _PRINT else message.of_write()
            except Declined as reason:
                declined = declined or reason
            else:
                found.append((node, inside))
        return found, declined

    def _is_idle(self, node: ast.Call) -> bool:
        """Whether a call prints an empty line or a ruler, beside others."""
        if says_nothing(node.args):
            return len(self._function) > 1
        return is_ruler(node.args) and not all(is_ruler(one.args) for one in self._function)

    def _traces(self) -> List[ast.Call]:
        """The calls of ``traceback.print_exc`` and the like."""
        return [
            node
            for node, function in self._function.items()
            if function != _PRINT and not function.endswith(_WRITE)
        ]

    def _goes_with(self, trace: ast.Call, said: ast.Call) -> bool:
        """Whether what is said brings the traceback wherever it was printed."""
        if follows(self._syntax, trace, said):
            return True
        statement = self._syntax.statement(said)
        here, _ = self._syntax.block(self._syntax.statement(trace))
        there, _ = self._syntax.block(statement)
        return here is there and getattr(statement, "value", None) is said


def _removal(syntax: Syntax, call: ast.Call) -> Changes:
    """The changes that take a statement away; none where a comment would go with it."""
    statement = syntax.statement(call)
    body, index = syntax.block(statement)
    if not isinstance(statement, ast.Expr) or statement.value is not call or len(body) == 1:
        return []
    start, end = syntax.span(statement)
    line = Span(syntax.line_start(start), syntax.next_line(end))
    if index and syntax.span(body[index - 1]).end > line.start:
        gone = Span(syntax.span(body[index - 1]).end, end)
    elif index + 1 < len(body) and syntax.start(body[index + 1]) < line.end:
        gone = Span(start, syntax.start(body[index + 1]))
    elif syntax.text[line.start : start].strip(" \t\f") or syntax.text[end : line.end].strip():
        return []
    else:
        gone = line
    return [] if syntax.has_comment(gone) else [Change(gone, "")]

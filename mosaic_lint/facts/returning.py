"""Calls that don't come back: they end the process or always raise."""

from __future__ import annotations

import re
from typing import Dict

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, is_generator, own_nodes
from mosaic_lint.facts.names import last_name
from mosaic_lint.tree import Function
from mosaic_lint.vocabulary import EXIT_CALLS

_EXITS = frozenset(name.rpartition(".")[2] for name in EXIT_CALLS)
_NEVER = frozenset(("NoReturn", "Never"))
_RAISING = re.compile(
    r"_*(?:abort|bail|bail_out|die|fail|panic|reraise|re_raise|throw)"
    r"|\w*raise_\w+|(?:abort|exit|fail)_with_\w+|_*handle_\w*(?:error|exception|failure)"
)
"""What functions are called that usually raise, where nobody sees their definition."""


class Returning:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names
        self._functions = functions_of(file)
        self._known: Dict[int, bool] = {}  # by identity of the function

    def comes_back(self, call: cst.Call) -> bool:
        """Whether what stands behind a call may run."""
        names = self._names
        if names.may_mean(call.func, _EXITS) and names.qualified(call.func) & EXIT_CALLS:
            return False
        definitions = self._functions.definitions(call.func)
        if definitions:
            return any(self._returns(definition) for definition in definitions)
        return _RAISING.fullmatch(last_name(call.func)) is None

    def _returns(self, function: Function) -> bool:
        """Whether a function of the file may return."""
        if not isinstance(function, cst.FunctionDef):
            return True
        if id(function) not in self._known:
            self._known[id(function)] = not (_says_never(function) or _ends_in_raise(function))
        return self._known[id(function)]


def _says_never(function: cst.FunctionDef) -> bool:
    """Whether a function is annotated as one that never returns."""
    declared = function.returns.annotation if function.returns is not None else None
    if isinstance(declared, cst.SimpleString):
        return declared.raw_value.rpartition(".")[2] in _NEVER
    return declared is not None and last_name(declared) in _NEVER


def _ends_in_raise(function: cst.FunctionDef) -> bool:
    """Whether a function's last statement raises, and none returns."""
    last = function.body.body[-1] if function.body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1] if last.body else None
    if not isinstance(last, cst.Raise) or is_generator(function):
        return False
    return not any(isinstance(node, cst.Return) for node in own_nodes(function))

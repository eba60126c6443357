"""Loggers, and calls that log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.vocabulary import (
    ERROR_METHODS,
    LOG_METHODS,
    LOGGER_MAKERS,
    LOGGER_METHODS,
    LOGGER_NAME,
)

_ERROR_LEVELS = frozenset(("logging.ERROR", "logging.CRITICAL", "logging.FATAL"))
_ERROR_NUMBER = 40
_MAX_CHAIN = 10
_FALSY = frozenset(("False", "None", "0"))


@dataclass(frozen=True, eq=False)
class LogCall:
    """A call that logs.

    Args:
        node: the call.
        is_error: whether it logs at error or critical level; ``None`` if that isn't known.
        has_traceback: whether it brings the traceback along; ``None`` if that isn't known.
    """

    node: cst.Call
    is_error: Optional[bool]
    has_traceback: Optional[bool]


class Loggers:
    """Recognises loggers and logging calls in one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = frozenset(file.settings.logger_names)
        self._functions = frozenset(file.settings.log_functions)

    def log_call(self, call: cst.Call) -> Optional[LogCall]:
        """Describe a call that logs; ``None`` for other calls."""
        if self._is_log_function(call.func):
            return LogCall(call, is_error=False, has_traceback=None)
        method = self._method(call.func)
        if method is None:
            return None
        if method == "exception":
            return LogCall(call, is_error=True, has_traceback=True)
        return LogCall(call, self._is_error(call, method), self._has_traceback(call))

    def _method(self, function: cst.BaseExpression) -> Optional[str]:
        """The logging method that a callee is, be it through a name for the bound method."""
        if isinstance(function, cst.Attribute):
            name = function.attr.value
            if name in LOGGER_METHODS and self.is_logger(function.value):
                return name
            return None
        for qualified in self._file.names.qualified(function):
            owner, _, name = qualified.rpartition(".")
            if name in LOG_METHODS and LOGGER_NAME.fullmatch(owner.rpartition(".")[2]):
                return name
        for origin in self._file.names.origins(function):
            if isinstance(origin, cst.Attribute) and origin is not function:
                return self._method(origin)
        return None

    def is_logger(self, receiver: cst.BaseExpression, depth: int = _MAX_CHAIN) -> bool:
        """Whether an expression is a logger by its name, by its origin or as part of a chain.

        Args:
            receiver: the expression.
            depth: how many links of a chain to follow; ``log = log.bind()`` has no end.
        """
        name = last_name(receiver)
        if LOGGER_NAME.fullmatch(name) or name in self._names:
            return True
        if isinstance(receiver, cst.Call):
            return self._makes_logger(receiver, depth)
        qualified = self._file.names.qualified(receiver)
        if any(LOGGER_NAME.fullmatch(name.rpartition(".")[2]) for name in qualified):
            return True
        return any(
            isinstance(origin, cst.Call) and self._makes_logger(origin, depth)
            for origin in self._file.names.origins(receiver)
        )

    def _makes_logger(self, call: cst.Call, depth: int) -> bool:
        """``getLogger(...)``, or a method like ``bind`` of a logger."""
        if last_name(call.func) in LOGGER_MAKERS:
            return True
        if isinstance(call.func, cst.Attribute):
            return depth > 0 and self.is_logger(call.func.value, depth - 1)
        qualified = self._file.names.qualified(call.func)
        return any(name.rpartition(".")[2] in LOGGER_MAKERS for name in qualified)

    def _is_log_function(self, function: cst.BaseExpression) -> bool:
        qualified = self._file.names.qualified(function)
        return any(
            name in self._functions or name.rpartition(".")[2] in self._functions
            for name in (*qualified, last_name(function))
            if name
        )

    def _is_error(self, call: cst.Call, method: str) -> Optional[bool]:
        if method != "log":
            return method in ERROR_METHODS
        level = _level(call)
        if level is None:
            return None
        if isinstance(level, cst.Integer):
            return level.evaluated_value >= _ERROR_NUMBER
        qualified = self._file.names.qualified(level)
        if qualified & _ERROR_LEVELS:
            return True
        return False if any(name.startswith("logging.") for name in qualified) else None

    def _has_traceback(self, call: cst.Call) -> Optional[bool]:
        for argument in call.args:
            if argument.star == "**":
                return None
            if argument.keyword is not None and argument.keyword.value == "exc_info":
                return self._file.code(argument.value) not in _FALSY
        if isinstance(call.func, cst.Attribute) and isinstance(call.func.value, cst.Call):
            if last_name(call.func.value.func) == "opt":
                return None  # loguru's logger.opt(exception=True).error()
        return False


def _level(call: cst.Call) -> Optional[cst.BaseExpression]:
    """The level that ``logger.log`` is given."""
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "level":
            return argument.value
    first = call.args[0] if call.args else None
    return first.value if first is not None and not first.star and not first.keyword else None

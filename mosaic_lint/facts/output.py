"""What a file prints, and what it logs past a named logger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, Iterator, Set

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.vocabulary import LOG_METHODS, PRINT_CALLS

_PRINTING = frozenset(name.rpartition(".")[2] for name in PRINT_CALLS)
_PRINT = frozenset(("print",))
_GET_LOGGER = frozenset(("getLogger",))
_STANDARD_STREAMS = frozenset(("sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"))


@dataclass(frozen=True, eq=False)
class PrintCall:
    """A call of ``print`` to standard output or error.

    Args:
        node: the call.
        in_handler: whether it stands in an ``except`` clause.
    """

    node: cst.Call
    in_handler: bool


@dataclass(frozen=True, eq=False)
class RootLog:
    """Logging through the root logger.

    Args:
        node: the call of ``logging.error`` or the like, or of ``getLogger()`` without a name.
        text: its callee as written.
        method: the name of the function in ``logging``; empty for ``getLogger()``.
        is_bound: whether the logger is bound to a name.
        is_certain: whether the callee can't be anything else.
    """

    node: cst.Call
    text: str
    method: str = ""
    is_bound: bool = False
    is_certain: bool = True


def is_printing(file: File, call: cst.Call) -> bool:
    """Whether a call prints to standard output or error."""
    if not file.names.may_mean(call.func, _PRINTING):
        return False
    qualified = file.names.qualified(call.func)
    if not qualified & PRINT_CALLS:
        return False
    return _prints_to_standard(file, call)


def _prints_to_standard(file: File, call: cst.Call) -> bool:
    for argument in call.args:
        if argument.star == "**":
            return False
        if argument.keyword is not None and argument.keyword.value == "file":
            if file.code(argument.value) == "None":
                return True
            return bool(file.names.qualified(argument.value) & _STANDARD_STREAMS)
    return True


def print_calls(file: File) -> Iterator[PrintCall]:
    """The fact ``PrintCall``."""
    for call in file.tree.of(cst.Call):
        if _is_builtin_print(file, call) and _prints_to_standard(file, call):
            yield PrintCall(call, _is_in_handler(file, call))


def _is_builtin_print(file: File, call: cst.Call) -> bool:
    names = file.names
    return names.may_mean(call.func, _PRINT) and "builtins.print" in names.qualified(call.func)


def _is_in_handler(file: File, node: cst.CSTNode) -> bool:
    for ancestor in file.tree.ancestors(node):
        if isinstance(ancestor, (cst.ExceptHandler, cst.ExceptStarHandler)):
            return True
        if isinstance(ancestor, (cst.FunctionDef, cst.ClassDef)):
            return False
    return False


def root_logs(file: File) -> Iterator[RootLog]:
    """The fact ``RootLog``."""
    root_users = _uses_of_bound_roots(file)
    for call in file.tree.of(cst.Call):
        method = _module_method(file, call)
        if method:
            is_certain = len(file.names.qualified(call.func)) == 1
            yield RootLog(call, file.code(call.func), method, is_certain=is_certain)
        elif _is_root_logger(file, call):
            is_direct = _logs_directly(file, call)
            if call in root_users or is_direct:
                yield RootLog(call, file.code(call.func), is_bound=not is_direct)


def _module_method(file: File, call: cst.Call) -> str:
    """The name of the function of ``logging`` that is called; empty for any other."""
    if not file.names.may_mean(call.func, LOG_METHODS):
        return ""
    names = file.names.qualified(call.func)
    methods = [name[len("logging.") :] for name in names if name.startswith("logging.")]
    return min((method for method in methods if method in LOG_METHODS), default="")


def _is_root_logger(file: File, call: cst.Call) -> bool:
    if not file.names.may_mean(call.func, _GET_LOGGER):
        return False
    if "logging.getLogger" not in file.names.qualified(call.func):
        return False
    return all(file.code(argument.value) in ("None", '""', "''") for argument in call.args)


def _logs_directly(file: File, call: cst.Call) -> bool:
    parent = file.tree.parent(call)
    return isinstance(parent, cst.Attribute) and _is_called_log_method(file, parent)


def _is_called_log_method(file: File, attribute: cst.Attribute) -> bool:
    caller = file.tree.parent(attribute)
    return (
        attribute.attr.value in LOG_METHODS
        and isinstance(caller, cst.Call)
        and caller.func is attribute
    )


def _uses_of_bound_roots(file: File) -> FrozenSet[cst.Call]:
    """The ``getLogger()`` calls whose value gets a name through which something is logged."""
    found: Set[cst.Call] = set()
    for attribute in file.tree.of(cst.Attribute):
        if _is_called_log_method(file, attribute):
            for origin in file.names.origins(attribute.value):
                if isinstance(origin, cst.Call) and _is_root_logger(file, origin):
                    found.add(origin)
    return frozenset(found)

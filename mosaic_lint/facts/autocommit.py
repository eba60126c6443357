"""Whether code switches a connection to autocommit, where no transaction can fail."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.tree import walk

_WORD = "autocommit"
_SHOWN = (cst.FunctionDef, cst.BaseExpression)
"""What shows what a name stands for."""


class Autocommit:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names
        self._functions = functions_of(file)
        self._known: Dict[int, bool] = {}  # by identity of a definition or value
        self._anywhere: Optional[bool] = None

    def is_anywhere(self) -> bool:
        """Whether something in the file switches a connection to autocommit."""
        if self._anywhere is None:
            self._anywhere = any(map(switches, self._file.tree.nodes))
        return self._anywhere

    def is_opened_so(self, opened: cst.Call) -> bool:
        """Whether a factory's call, or what the file shows of the factory, does."""
        return any(
            switches(node) or any(map(self._leads_there, self._used(node))) for node in walk(opened)
        )

    def _leads_there(self, start: cst.CSTNode) -> bool:
        """Whether a definition or value does, or something of this file that it uses."""
        if id(start) not in self._known:
            self._known[id(start)] = any(map(switches, self._involved(start)))
        return self._known[id(start)]

    def _involved(self, start: cst.CSTNode) -> Iterator[cst.CSTNode]:
        waiting: List[cst.CSTNode] = [start]
        seen = {id(start)}
        while waiting:
            for node in walk(waiting.pop()):
                yield node
                for used in self._used(node):
                    if id(used) not in seen:
                        seen.add(id(used))
                        waiting.append(used)

    def _used(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The definitions and values in this file that a name or attribute may mean."""
        if isinstance(node, cst.Name):
            for binding in self._names.bindings(node):
                shown = (binding.value, binding.node)
                yield from (n for n in shown if isinstance(n, _SHOWN))
        elif isinstance(node, cst.Attribute):
            yield from self._names.attribute_values(node)
            yield from self._functions.definitions(node)


def switches(node: cst.CSTNode) -> bool:
    """Whether a node switches a connection to autocommit, or may do so."""
    if isinstance(node, cst.Assign):
        return any(is_set(target.target, node.value) for target in node.targets)
    if isinstance(node, cst.Arg):
        return _is_given(node) or _is_word(node.value)  # setattr(conn, "autocommit", True)
    if isinstance(node, cst.DictElement):
        return _is_word(node.key) and not is_off(node.value)
    return isinstance(node, cst.Call) and is_switched_by(node)


def is_set(target: cst.BaseExpression, value: cst.BaseExpression) -> bool:
    """Whether ``conn.autocommit = value`` or an isolation level does it."""
    if not isinstance(target, cst.Attribute):
        return False
    if target.attr.value == "isolation_level":
        return _names_it(value)
    return target.attr.value == _WORD and not is_off(value)


def is_switched_by(call: cst.Call) -> bool:
    """Whether a method of a connection does it."""
    name = last_name(call.func)
    values = [argument.value for argument in call.args]
    if name == "set_autocommit":
        return not (values and is_off(values[0]))
    if name == "set_isolation_level":
        return not values or not _is_level(values[0])
    if name == "set_session":
        return len(values) > 3 or any(
            argument.star or _is_given(argument) for argument in call.args
        )
    return False


def _is_given(argument: cst.Arg) -> bool:
    """Whether an argument is ``autocommit=True``."""
    keyword = argument.keyword
    return keyword is not None and keyword.value == _WORD and not is_off(argument.value)


def is_off(value: cst.BaseExpression) -> bool:
    """Whether a value surely means no autocommit."""
    return dotted(value) in ("False", "None")


def _is_level(value: cst.BaseExpression) -> bool:
    """Whether an isolation level surely is one with transactions."""
    if isinstance(value, cst.Integer):
        return value.evaluated_value != 0
    name = last_name(value).upper()
    return name.startswith("ISOLATION_LEVEL_") and _WORD.upper() not in name


def _names_it(value: cst.BaseExpression) -> bool:
    return _WORD in last_name(value).lower()


def _is_word(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.SimpleString) and value.raw_value == _WORD

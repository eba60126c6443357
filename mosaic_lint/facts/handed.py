"""What functions are given: by a call, or by one that calls them with each element of something."""

from __future__ import annotations

from typing import Iterator, NamedTuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name

_MAPPING = frozenset(("map", "filter", "imap"))
_SORTING = frozenset(("sorted", "min", "max", "groupby"))


class Use(NamedTuple):
    """A value that a function is given.

    Args:
        node: the call, or the function where it is handed on to be called.
        callee: the function.
        value: the expression that holds the value, or a collection of such values.
        argument: the argument that holds the expression.
        is_spread: whether the function is called with each element of the value.
    """

    node: cst.BaseExpression
    callee: cst.BaseExpression
    value: cst.BaseExpression
    argument: cst.Arg
    is_spread: bool = False


def uses(file: File) -> Iterator[Use]:
    """Everything that functions of a file are given, but what ``*`` spreads."""
    for call in file.tree.of(cst.Call):
        yield from _called_with_elements(call)
        for argument in call.args:
            if not argument.star:
                yield Use(call, call.func, argument.value, argument)


def _called_with_elements(call: cst.Call) -> Iterator[Use]:
    """What a call hands a function for each element: ``map(f, rows)``, ``sorted(rows, key=f)``."""
    name = last_name(call.func)
    if name in _MAPPING and len(call.args) > 1:
        function, elements = call.args[0].value, call.args[1]
        yield Use(function, function, elements.value, elements, is_spread=True)
    elif name in _SORTING and call.args:
        for argument in call.args[1:]:
            if argument.keyword is not None and argument.keyword.value == "key":
                key, elements = argument.value, call.args[0]
                yield Use(key, key, elements.value, elements, is_spread=True)

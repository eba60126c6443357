"""What functions of the file give back, as far as that can be proven to be constant.

A function is proven if all that it returns is, where its parameters count as what the call gives
for them. What is replaced, decorated by who knows what, yields or awaits, isn't known.
"""

from __future__ import annotations

from typing import Callable

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import (
    functions_of,
    is_generator,
    is_property,
    parameters,
    returned,
)
from mosaic_lint.facts.proofs import Needs, together
from mosaic_lint.tree import Function

_HARMLESS = frozenset(
    ("builtins.staticmethod", "builtins.classmethod", "builtins.property", "functools.cache",
     "functools.lru_cache", "functools.cached_property", "typing.final", "typing.override",
     "typing_extensions.final", "typing_extensions.override")
)  # fmt: skip
"""Decorators behind which a function gives back what it returns."""
_DECLARING = frozenset(("typing.overload", "typing_extensions.overload"))
_CHANGING = (
    cst.List, cst.Dict, cst.Set, cst.ListComp, cst.DictComp, cst.SetComp, cst.GeneratorExp, cst.Call
)  # fmt: skip
"""Defaults that one call may change for the next."""


class Results:
    """Answers for one file.

    Args:
        file: the file.
        needs: tells what the proof of an expression or function needs.
    """

    def __init__(self, file: File, needs: Callable[[cst.CSTNode], Needs]) -> None:
        self._names = file.names
        self._functions = functions_of(file)
        self._needs = needs

    def of_call(self, call: cst.Call, *, awaited: bool = False) -> Needs:
        """What the proof of a call's value needs, or of what it is when it has been awaited."""
        definitions = self._functions.definitions(call.func)
        functions = [function for function in definitions if not self._declares(function)]
        if not functions:
            return None
        return together(self._result(call, function, awaited) for function in functions)

    def of_property(self, attribute: cst.Attribute) -> Needs:
        """What the proof of a property's value needs."""
        functions = self._functions.definitions(attribute)
        if not functions or not all(map(is_property, functions)):
            return None
        return together(map(self._needs, functions))

    def of_function(self, function: Function) -> Needs:
        """What the proof of all that a function returns needs."""
        if isinstance(function, cst.Lambda):
            return self._needs(function.body)
        values = returned(function)
        if not values or is_generator(function) or not self._is_plainly_called(function):
            return None
        return together(map(self._needs, values))

    def _is_plainly_called(self, function: cst.FunctionDef) -> bool:
        return all(self._decorates_with(decorator, _HARMLESS) for decorator in function.decorators)

    def _declares(self, function: Function) -> bool:
        """Whether a function only declares types of another one of its name."""
        return isinstance(function, cst.FunctionDef) and any(
            self._decorates_with(decorator, _DECLARING) for decorator in function.decorators
        )

    def _decorates_with(self, decorator: cst.Decorator, names: frozenset[str]) -> bool:
        node = decorator.decorator
        found = self._names.qualified(node.func if isinstance(node, cst.Call) else node)
        return bool(found) and found <= names

    def _result(self, call: cst.Call, function: Function, awaited: bool) -> Needs:
        """What the proof needs that a call of a function is constant."""
        is_async = isinstance(function, cst.FunctionDef) and function.asynchronous is not None
        if is_async is not awaited or is_property(function):
            return None
        needs = self._needs(function)
        if needs is None:
            return None
        own = parameters(function)
        return together(
            self._given(call, parameter, function) if parameter in own else frozenset((parameter,))
            for parameter in needs
        )

    def _given(self, call: cst.Call, parameter: cst.Param, function: Function) -> Needs:
        """What the proof needs that all which a call gives for a parameter is constant."""
        given = self._functions.given(call, parameter, function)
        if given is None:
            return None
        if parameter.default in given and isinstance(parameter.default, _CHANGING):
            return None
        return together(map(self._needs, given))

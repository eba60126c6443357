"""The functions of a file: which of them a callee means, and how a call's arguments meet their
parameters.
"""

from __future__ import annotations

from functools import cached_property
from typing import Dict, Iterator, List, Optional, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.tree import Function, walk

_MAX_BASES = 5
_NESTED = frozenset((cst.FunctionDef, cst.Lambda, cst.ClassDef))
_PROPERTIES = frozenset(("property", "cached_property"))


class Functions:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names

    def definitions(self, callee: cst.BaseExpression) -> List[Function]:
        """The functions and lambdas of this file that a callee may be, if it can't be others."""
        if isinstance(callee, cst.Lambda):
            return [callee]
        if isinstance(callee, cst.Name):
            found: List[Function] = []
            for origin in self._names.origins(callee):
                definition = _definition(origin)
                if definition is None:
                    return []
                found.append(definition)
            return found
        if isinstance(callee, cst.Attribute):
            class_ = self.class_of(callee)
            return self.methods(class_, callee.attr.value) if class_ is not None else []
        return []

    def class_of(self, attribute: cst.Attribute) -> Optional[cst.ClassDef]:
        """The class of this file whose attribute is read, be it through ``self`` or an instance."""
        value = attribute.value
        if isinstance(value, cst.Name) and value.value in ("self", "cls"):
            return self._file.tree.enclosing(attribute, cst.ClassDef)
        if isinstance(value, cst.Call) and last_name(value.func) == "super":
            return self._file.tree.enclosing(attribute, cst.ClassDef)
        classes = {self.made_class(origin) for origin in self._names.origins(value)}
        return classes.pop() if len(classes) == 1 else None

    def made_class(self, origin: Origin) -> Optional[cst.ClassDef]:
        """The class of this file that an origin is, or of which it makes an instance."""
        if isinstance(origin, cst.Call) and isinstance(origin.func, cst.Name):
            return self._only_class(self._names.origins(origin.func))
        return self._only_class([origin])

    def _only_class(self, origins: List[Origin]) -> Optional[cst.ClassDef]:
        if len(origins) == 1 and isinstance(origins[0], Binding):
            node = origins[0].node
            return node if isinstance(node, cst.ClassDef) else None
        return None

    def methods(self, class_: cst.ClassDef, name: str, depth: int = _MAX_BASES) -> List[Function]:
        """The methods of a name that a class of this file defines or inherits from another."""
        bindings = self._names.scope(class_).bindings.get(name, [])
        found: List[Function] = [b.node for b in bindings if isinstance(b.node, cst.FunctionDef)]
        for base in class_.bases if not found and depth else ():
            parent = self._only_class(self._names.origins(base.value))
            if parent is not None:
                found.extend(self.methods(parent, name, depth - 1))
        return found

    def references(self, function: cst.FunctionDef) -> List[cst.BaseExpression]:
        """The names and attributes that may mean a function, called or not."""
        return self._references.get(id(function), [])

    @cached_property
    def _references(self) -> Dict[int, List[cst.BaseExpression]]:
        """The references by identity of the function."""
        own = frozenset(node.name.value for node in self._file.tree.of(cst.FunctionDef))
        found: Dict[int, List[cst.BaseExpression]] = {}
        for reference in self._possible_references():
            if self._names.may_mean(reference, own):
                for function in self.definitions(reference):
                    found.setdefault(id(function), []).append(reference)
        return found

    def _possible_references(self) -> Iterator[cst.BaseExpression]:
        tree = self._file.tree
        yield from tree.of(cst.Attribute)
        for name in tree.of(cst.Name):
            parent = tree.parent(name)
            if isinstance(parent, (cst.Arg, cst.Call, cst.Assign, cst.Return)):
                if not (isinstance(parent, cst.Arg) and parent.keyword is name):
                    yield name

    def parameter(
        self, call: cst.Call, argument: cst.Arg, function: Function
    ) -> Optional[cst.Param]:
        """The parameter that an argument is bound to; ``None`` if that isn't known."""
        parameters = function.params
        if argument.star:
            return None
        if argument.keyword is not None:
            named = [*parameters.params, *parameters.kwonly_params]
            wanted = argument.keyword.value
            return next((p for p in named if p.name.value == wanted), None)
        place = 0
        for other in call.args:
            if other is argument:
                break
            if other.star:
                return None
            place += other.keyword is None
        positional = [*parameters.posonly_params, *parameters.params]
        place += self._is_bound(call.func, function)
        return positional[place] if place < len(positional) else None

    def argument(
        self, call: cst.Call, parameter: cst.Param, function: Function
    ) -> Optional[cst.BaseExpression]:
        """What a call gives for a parameter, its default included; ``None`` if it isn't known."""
        if any(argument.star for argument in call.args):
            return None
        for argument in call.args:
            if self.parameter(call, argument, function) is parameter:
                return argument.value
        return parameter.default

    def _is_bound(self, callee: cst.BaseExpression, function: Function) -> bool:
        """Whether a call gives the first parameter by itself, as it does for methods."""
        if not isinstance(function, cst.FunctionDef) or not isinstance(callee, cst.Attribute):
            return False
        holder = self._file.tree.parent(self._file.tree.parent(function) or function)
        return isinstance(holder, cst.ClassDef) and not has_decorator(function, "staticmethod")


def returned(function: Function) -> List[cst.BaseExpression]:
    """What a function returns."""
    if isinstance(function, cst.Lambda):
        return [function.body]
    nodes = own_nodes(function)
    return [n.value for n in nodes if isinstance(n, cst.Return) and n.value is not None]


def handed_out(function: cst.FunctionDef) -> Iterator[cst.BaseExpression]:
    """What a function returns or yields."""
    for node in own_nodes(function):
        if isinstance(node, (cst.Return, cst.Yield)) and isinstance(node.value, cst.BaseExpression):
            yield node.value


def own_nodes(function: cst.FunctionDef) -> Iterator[cst.CSTNode]:
    """The nodes of a function's body without those of functions and classes inside."""
    return walk(function.body, lambda node: node.__class__ not in _NESTED)


def is_generator(function: Function) -> bool:
    """Whether a function yields."""
    return isinstance(function, cst.FunctionDef) and any(
        isinstance(node, cst.Yield) for node in own_nodes(function)
    )


def is_property(function: cst.CSTNode) -> bool:
    """Whether reading an attribute calls a function."""
    return isinstance(function, cst.FunctionDef) and any(
        has_decorator(function, name) for name in _PROPERTIES
    )


def has_decorator(function: cst.FunctionDef, name: str) -> bool:
    """Whether a function has a decorator with that last name."""
    return name in decorator_names(function)


def decorator_names(function: Union[cst.FunctionDef, cst.ClassDef]) -> List[str]:
    """The last names of a definition's decorators, called or not."""
    nodes = (decorator.decorator for decorator in function.decorators)
    return [last_name(node.func if isinstance(node, cst.Call) else node) for node in nodes]


def _definition(origin: Origin) -> Optional[Function]:
    if isinstance(origin, cst.Lambda):
        return origin
    if isinstance(origin, Binding) and isinstance(origin.node, cst.FunctionDef):
        return origin.node if origin.kind is Kind.DEFINITION else None
    return None


def functions_of(file: File) -> Functions:
    """The functions of a file, read once."""
    found: Optional[Functions] = file.answers.get("functions")
    if found is None:
        found = file.answers["functions"] = Functions(file)
    return found

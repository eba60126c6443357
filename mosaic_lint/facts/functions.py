"""The functions of a file: which of them a callee means, and how a call's arguments meet their
parameters.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Dict, Iterator, List, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.facts.assigned import assigned_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.holders import MAX_BINDINGS
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.tree import Function, walk

_NESTED = frozenset((cst.FunctionDef, cst.Lambda, cst.ClassDef))
_WORD = re.compile(r"\w+")
_PROPERTIES = frozenset(("property", "cached_property"))


class Functions:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._names = file.names
        self._assigned = assigned_of(file)
        self._looked_up: Dict[Tuple[cst.ClassDef, str, bool, bool], List[Function]] = {}

    def definitions(self, callee: cst.BaseExpression) -> List[Function]:
        """The functions and lambdas of this file that a callee may be, if it can't be others.

        A method that is read from ``self`` may be that of a class which derives from this one.
        """
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
        return self._methods(callee) if isinstance(callee, cst.Attribute) else []

    def class_of(self, attribute: cst.Attribute) -> Optional[cst.ClassDef]:
        """The class of this file whose attribute is read, be it through ``self`` or an instance."""
        value = attribute.value
        holder = self._names.holder(attribute)
        if holder is not None:
            return holder
        if _is_self(value) or _is_super(value):
            return self._tree.enclosing(attribute, cst.ClassDef)
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

    def _methods(self, attribute: cst.Attribute) -> List[Function]:
        """The methods that an attribute may mean, if it can't be anything else."""
        class_ = self.class_of(attribute)
        if class_ is None:
            return []
        is_dynamic = self._names.classes.is_dynamic(attribute) or _is_self(attribute.value)
        key = (class_, attribute.attr.value, _is_super(attribute.value), is_dynamic)
        if key not in self._looked_up:
            self._looked_up[key] = self._look_up(*key)
        return self._looked_up[key]

    def methods(self, class_: cst.ClassDef, name: str) -> List[Function]:
        """The methods of a name that a class of this file defines or inherits from another."""
        return self._look_up(class_, name, is_super=False, is_dynamic=False)

    def _look_up(
        self, class_: cst.ClassDef, name: str, is_super: bool, is_dynamic: bool
    ) -> List[Function]:
        """The methods of a name in a class.

        Args:
            class_: the class.
            name: the name.
            is_super: whether it is looked up in its bases only.
            is_dynamic: whether a class that inherits from it may be meant.
        """
        holders = list(self._names.classes.with_bases(class_))[is_super:]
        derived = self._names.classes.derived(class_) if is_dynamic else []
        found = next(filter(None, (self._defined(holder, name) for holder in holders)), [])
        found = [*found, *(b for inner in derived for b in self._defined(inner, name))]
        nodes = dict.fromkeys(binding.node for binding in found)
        methods: List[Function] = [node for node in nodes if isinstance(node, cst.FunctionDef)]
        if len(methods) < len(nodes) or len(methods) > MAX_BINDINGS:
            return []
        classes = frozenset((*holders, *derived))
        return [] if methods and self._assigned.is_replaced(name, classes) else methods

    def _defined(self, class_: cst.ClassDef, name: str) -> List[Binding]:
        """What a class binds a name to; of a property with a setter the property."""
        bindings = self._names.scope(class_).bindings.get(name, [])
        return [binding for binding in bindings if not _is_accessor(binding.node)]

    def attributes(self, function: cst.FunctionDef) -> List[cst.Attribute]:
        """The attributes that may mean a method, called or not."""
        return self._attributes.get(id(function), [])

    @cached_property
    def _attributes(self) -> Dict[int, List[cst.Attribute]]:
        """The attributes by identity of the method."""
        tree = self._tree
        own = frozenset(
            node.name.value
            for node in tree.of(cst.FunctionDef)
            if isinstance(tree.parent(tree.parent(node) or node), cst.ClassDef)
        )
        found: Dict[int, List[cst.Attribute]] = {}
        for attribute in tree.of(cst.Attribute):
            if attribute.attr.value in own:
                for function in self._methods(attribute) or self._believed(attribute):
                    found.setdefault(id(function), []).append(attribute)
        return found

    def _believed(self, attribute: cst.Attribute) -> List[Function]:
        """The methods that an attribute means if annotations are right.

        Enough for what may be, as what a value may come to; no proof of what is.
        """
        classes = {self._likely_class(origin) for origin in self._names.origins(attribute.value)}
        class_ = classes.pop() if len(classes) == 1 else None
        return self.methods(class_, attribute.attr.value) if class_ is not None else []

    def _likely_class(self, origin: Origin) -> Optional[cst.ClassDef]:
        """The class of this file of which an origin should be an instance."""
        if isinstance(origin, cst.Call):
            made = self.made_class(origin)
            functions = self.definitions(origin.func) if made is None else []
            classes = {self._returned_class(function) for function in functions}
            return classes.pop() if len(classes) == 1 else made
        if not isinstance(origin, Binding):
            return None
        if origin.kind is Kind.WITH and isinstance(origin.value, cst.Call):
            return self.made_class(origin.value)
        if origin.kind is Kind.PARAMETER and isinstance(origin.node, cst.Param):
            return self._annotated_class(origin.node.annotation)
        return None

    def _returned_class(self, function: Function) -> Optional[cst.ClassDef]:
        """The class of this file of which a function returns an instance."""
        if isinstance(function, cst.FunctionDef) and function.returns is not None:
            return self._annotated_class(function.returns)
        origins = [o for value in returned(function) for o in self._names.origins(value)]
        classes = {self.made_class(o) for o in origins if not is_none(o)}
        return classes.pop() if len(classes) == 1 else None

    def _annotated_class(self, annotation: Optional[cst.Annotation]) -> Optional[cst.ClassDef]:
        """The one class of this file that an annotation names: ``LLM``, ``Optional["LLM"]``."""
        if annotation is None:
            return None
        names = {
            word
            for node in walk(annotation.annotation)
            for word in _WORD.findall(_annotated_text(node))
        }
        bindings = [b for name in names for b in self._names.module_bindings(name)]
        classes = {b.node for b in bindings if isinstance(b.node, cst.ClassDef)}
        return classes.pop() if len(classes) == 1 else None

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
        given = self.given(call, parameter, function)
        return given[0] if given and not _is_star(parameter, function) else None

    def given(
        self, call: cst.Call, parameter: cst.Param, function: Function
    ) -> Optional[List[cst.BaseExpression]]:
        """All that a call gives for a parameter: one value, or those in ``*args``, ``**kwargs``.

        Returns:
            The values, an only one for a plain parameter; ``None`` if they aren't known.
        """
        if any(argument.star for argument in call.args):
            return None
        bound = [(argument, self.parameter(call, argument, function)) for argument in call.args]
        if _is_star(parameter, function):
            is_named = parameter is function.params.star_kwarg
            others = [argument for argument, to in bound if to is None]
            return [a.value for a in others if (a.keyword is not None) == is_named]
        found = [argument.value for argument, to in bound if to is parameter]
        if not found and parameter.default is not None:
            found.append(parameter.default)
        return found or None

    def _is_bound(self, callee: cst.BaseExpression, function: Function) -> bool:
        """Whether a call gives the first parameter by itself, as it does for methods."""
        if not isinstance(function, cst.FunctionDef) or not isinstance(callee, cst.Attribute):
            return False
        holder = self._tree.parent(self._tree.parent(function) or function)
        if not isinstance(holder, cst.ClassDef) or has_decorator(function, "staticmethod"):
            return False
        return has_decorator(function, "classmethod") or not self._is_class(callee.value)

    def _is_class(self, receiver: cst.BaseExpression) -> bool:
        """Whether a method is read from its class, so that it doesn't know its instance."""
        origins = self._names.origins(receiver) if isinstance(receiver, cst.Name) else []
        return bool(origins) and self._only_class(origins) is not None


def _annotated_text(node: cst.CSTNode) -> str:
    """The text of a name in an annotation, be it in quotes."""
    if isinstance(node, cst.Name):
        return node.value
    return node.raw_value if isinstance(node, cst.SimpleString) else ""


def is_none(origin: Origin) -> bool:
    """Whether a value is ``None``."""
    return isinstance(origin, cst.Name) and origin.value == "None"


def _is_super(receiver: cst.BaseExpression) -> bool:
    return isinstance(receiver, cst.Call) and last_name(receiver.func) == "super"


def _is_self(receiver: cst.BaseExpression) -> bool:
    return isinstance(receiver, cst.Name) and receiver.value in ("self", "cls")


def _is_accessor(node: cst.CSTNode) -> bool:
    """Whether a function sets or deletes a property of its name."""
    return isinstance(node, cst.FunctionDef) and any(
        isinstance(d.decorator, cst.Attribute) and d.decorator.attr.value in ("setter", "deleter")
        for d in node.decorators
    )


def returned(function: Function) -> List[cst.BaseExpression]:
    """What a function returns."""
    if isinstance(function, cst.Lambda):
        return [function.body]
    nodes = own_nodes(function)
    return [n.value for n in nodes if isinstance(n, cst.Return) and n.value is not None]


def handed_out(function: Function) -> Iterator[cst.BaseExpression]:
    """What a function returns or yields."""
    if isinstance(function, cst.Lambda):
        yield function.body
        return
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


def _is_star(parameter: cst.Param, function: Function) -> bool:
    """Whether a parameter takes all other arguments."""
    return parameter is function.params.star_arg or parameter is function.params.star_kwarg


def parameters(function: Function) -> List[cst.Param]:
    """All parameters of a function, ``*args`` and ``**kwargs`` included."""
    given = function.params
    found = [*given.posonly_params, *given.params, *given.kwonly_params]
    stars = (given.star_arg, given.star_kwarg)
    return [*found, *(star for star in stars if isinstance(star, cst.Param))]


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

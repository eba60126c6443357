"""FastAPI's apps and routers that the file makes, and whether they ask who is calling."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.facts.authentication import checks_caller, is_named_authentication
from mosaic_lint.facts.dependencies import Dependencies
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, returned
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.vocabulary import ROUTER_CLASSES

_MAKERS = frozenset(
    (f"{module}.{name}" if module else name)
    for name in ROUTER_CLASSES
    for module in ("", "fastapi", "fastapi.applications", "fastapi.routing")
)
_INCLUDING = frozenset(("include_router",))
_ASKING = frozenset(("middleware", "add_middleware"))
_AUTHENTICATING = frozenset(("route_class", "middleware_class", "dispatch"))
"""Arguments whose name may say that they authenticate."""
_MAX_PARTIALS = 5  # of partials


class _Inclusion(NamedTuple):
    """A router that becomes a part of another one.

    Args:
        call: the call of ``include_router``.
        router: the part.
        around: the other one.
    """

    call: cst.Call
    router: cst.BaseExpression
    around: cst.BaseExpression


class Routers:
    """Answers for one file.

    Args:
        file: the file.
        dependencies: its dependencies.
    """

    def __init__(self, file: File, dependencies: Dependencies) -> None:
        self._file = file
        self._names = file.names
        self._dependencies = dependencies
        self._functions = functions_of(file)
        self._made: Dict[int, Tuple[cst.Call, ...]] = {}  # by identity of the expression

    def made(self, expression: cst.BaseExpression) -> Tuple[cst.Call, ...]:
        """The calls that make what an expression means; none where it may be another router."""
        if id(expression) not in self._made:
            self._made[id(expression)] = self._makers(expression)
        return self._made[id(expression)]

    def _makers(self, expression: cst.BaseExpression) -> Tuple[cst.Call, ...]:
        """The calls that make a router, through functions of the file that return one."""
        found: List[cst.Call] = []
        seen: Set[int] = set()
        waiting = [expression]
        while waiting:
            for origin in self._names.origins(waiting.pop()):
                if not isinstance(origin, cst.Call):
                    return ()
                if self._is_maker(origin):
                    found.append(origin)
                    continue
                definitions = self._functions.definitions(origin.func)
                if not definitions:
                    return ()
                for function in definitions:
                    if id(function) not in seen:
                        seen.add(id(function))
                        waiting.extend(returned(function))
        return tuple(found)

    def _is_maker(self, call: cst.Call) -> bool:
        names = self._names.qualified(call.func)
        return bool(names) and names <= _MAKERS

    def is_guarded(self, router: cst.Call) -> bool:
        """Whether a router, or one that includes it, has a dependency or may have one."""
        seen: Set[int] = set()
        waiting = [router]
        while waiting:
            current = waiting.pop()
            if id(current) in self._guarded:
                return True
            if id(current) not in seen:
                seen.add(id(current))
                waiting.extend(self._around.get(id(current), ()))
        return self._some_is_guarded

    @cached_property
    def _guarded(self) -> FrozenSet[int]:
        """The routers that are given a dependency themselves, by identity."""
        found = {id(call) for call in self._file.tree.of(cst.Call) if self._is_made_guarded(call)}
        for attribute in self._file.tree.of(cst.Attribute):
            if attribute.attr.value == "dependencies":
                found.update(map(id, self.made(_without_router(attribute.value))))
        for inclusion in self._inclusions:
            if self._dependencies.of_call(inclusion.call):
                found.update(map(id, self.made(inclusion.router)))
        for call in self._file.tree.of(cst.Call):
            method = self.method(call, _ASKING)
            if method is not None and self._asks(call):
                found.update(map(id, self.made(method.value)))
        return frozenset(found)

    def _is_made_guarded(self, call: cst.Call) -> bool:
        if not self._names.may_mean(call.func, ROUTER_CLASSES) or not self._is_maker(call):
            return False
        if any(map(self._dependencies.of_call, self._with_partials(call))):
            return True
        return any(
            self._authenticates(part)
            for made in self._with_partials(call)
            for argument in made.args
            if argument.keyword is not None
            and argument.keyword.value in ("middleware", "route_class")
            for part in self._parts(argument.value)
        )

    def _with_partials(self, call: cst.Call) -> Iterator[cst.Call]:
        """A call, and those of ``partial`` that hold arguments for it."""
        yield call
        callee = call.func
        for _ in range(_MAX_PARTIALS):
            calls = (o for o in self._names.origins(callee) if isinstance(o, cst.Call) and o.args)
            partial = next(calls, None)
            if partial is None:
                return
            yield partial
            callee = partial.args[0].value

    # --- middleware

    def _asks(self, call: cst.Call) -> bool:
        """Whether a call of ``middleware`` or ``add_middleware`` adds what authenticates."""
        parent = self._file.tree.parent(call)
        function = self._file.tree.parent(parent) if isinstance(parent, cst.Decorator) else None
        if isinstance(function, cst.FunctionDef):
            return self._is_authenticating(function)
        applied = parent if isinstance(parent, cst.Call) and parent.func is call else call
        return self._adds_authentication(applied)

    def _adds_authentication(self, call: cst.Call) -> bool:
        """Whether the class or function in ``Middleware(...)`` or the like authenticates."""
        for place, argument in enumerate(call.args):
            keyword = argument.keyword.value if argument.keyword is not None else ""
            if keyword in _AUTHENTICATING or (place == 0 and not keyword):
                if self._authenticates(argument.value):
                    return True
        return False

    def _authenticates(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Call):
            return self._adds_authentication(node)
        names = {last_name(node), *self._names.qualified(node)}
        if any(map(is_named_authentication, names)):
            return True
        definitions = self._functions.definitions(node)
        return any(isinstance(d, cst.FunctionDef) and checks_caller(d) for d in definitions)

    def _is_authenticating(self, function: cst.FunctionDef) -> bool:
        return is_named_authentication(function.name.value) or checks_caller(function)

    def _parts(self, value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """The elements of a list, be it one with a name, or the value itself."""
        for origin in self._names.origins(value):
            if isinstance(origin, (cst.List, cst.Tuple)):
                yield from (element.value for element in origin.elements)
        yield value

    @cached_property
    def _some_is_guarded(self) -> bool:
        """Whether a router is included with a dependency, and nobody knows which one."""
        return any(
            self._dependencies.of_call(inclusion.call)
            and any(map(_may_be_own, self._names.origins(inclusion.router)))
            for inclusion in self._inclusions
            if not self.made(inclusion.router)
        )

    @cached_property
    def _around(self) -> Dict[int, List[cst.Call]]:
        """For each router those that include it."""
        found: Dict[int, List[cst.Call]] = {}
        for inclusion in self._inclusions:
            for inner in self.made(inclusion.router):
                found.setdefault(id(inner), []).extend(self.made(inclusion.around))
        return found

    @cached_property
    def _inclusions(self) -> List[_Inclusion]:
        found: List[_Inclusion] = []
        for call in self._file.tree.of(cst.Call):
            method = self.method(call, _INCLUDING)
            router = _router_argument(call) if method is not None else None
            if method is not None and router is not None:
                found.append(_Inclusion(call, router, method.value))
        return found

    def method(self, call: cst.Call, names: FrozenSet[str]) -> Optional[cst.Attribute]:
        """The method of one of the names that is called, be it under a name of its own."""
        if not self._names.may_mean(call.func, names):
            return None
        for origin in self._names.origins(call.func):
            if isinstance(origin, cst.Attribute) and origin.attr.value in names:
                return origin
        return None


def _router_argument(call: cst.Call) -> Optional[cst.BaseExpression]:
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "router":
            return argument.value
    return call.args[0].value if call.args else None


def _without_router(node: cst.BaseExpression) -> cst.BaseExpression:
    """``app`` of ``app.router``, which is the same as far as dependencies go."""
    if isinstance(node, cst.Attribute) and node.attr.value == "router":
        return node.value
    return node


def _may_be_own(origin: Origin) -> bool:
    """Whether a router may be one that the file makes."""
    if isinstance(origin, Binding):
        return origin.kind is not Kind.IMPORT
    return not isinstance(origin, (cst.Attribute, cst.Call))

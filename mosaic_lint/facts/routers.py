"""FastAPI's apps and routers that the file makes, and whether they ask who is calling."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.facts.authentication import AUTHENTICATING
from mosaic_lint.facts.dependencies import Dependencies
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import Origin
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.vocabulary import ROUTER_CLASSES

_MAKERS = frozenset(
    (f"{module}.{name}" if module else name)
    for name in ROUTER_CLASSES
    for module in ("", "fastapi", "fastapi.applications", "fastapi.routing")
)
_INCLUDING = frozenset(("include_router",))
_ASKING = frozenset(("middleware", "add_middleware"))
_TELLING = frozenset(("route_class", "middleware"))
"""Arguments of which the text tells whether they ask who is calling."""


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
        self._made: Dict[int, Tuple[cst.Call, ...]] = {}  # by identity of the expression

    def made(self, expression: cst.BaseExpression) -> Tuple[cst.Call, ...]:
        """The calls that make what an expression means; none where it may be another router."""
        if id(expression) not in self._made:
            origins = self._names.origins(expression)
            calls = tuple(origin for origin in origins if isinstance(origin, cst.Call))
            known = len(calls) == len(origins) and all(map(self._is_maker, calls))
            self._made[id(expression)] = calls if known else ()
        return self._made[id(expression)]

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
        return self._dependencies.of_call(call) or any(
            argument.keyword is not None
            and argument.keyword.value in _TELLING
            and AUTHENTICATING.search(self._file.code(argument.value))
            for argument in call.args
        )

    def _asks(self, call: cst.Call) -> bool:
        """Whether a middleware's text speaks of finding out who is calling."""
        parent = self._file.tree.parent(call)
        if isinstance(parent, cst.Decorator):
            parent = self._file.tree.parent(parent)
        is_applied = isinstance(parent, (cst.FunctionDef, cst.Call))
        text = self._file.code(parent if is_applied and parent is not None else call)
        return AUTHENTICATING.search(text) is not None

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

"""FastAPI's endpoints that reach something worth protecting for whoever calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterator, List, Tuple

import libcst as cst

from mosaic_lint.facts.authentication import asks_who_is_calling, tells_who_is_calling
from mosaic_lint.facts.dependencies import Dependencies
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import own_nodes
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.reach import Reach
from mosaic_lint.facts.routers import Routers
from mosaic_lint.facts.routes import Route, routes
from mosaic_lint.facts.scopes import dotted


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A route without a dependency that reaches the database or an LLM.

    Args:
        function: the function that answers.
        reached: what it reaches, in words.
        path: the calls that lead there, from the function's own to the one that reaches it.
    """

    function: cst.FunctionDef
    reached: str
    path: Tuple[cst.Call, ...]


_REQUESTS = frozenset(("Request", "WebSocket", "HTTPConnection"))
_TOLD_BY_REQUEST = frozenset(("headers", "cookies", "session", "user", "auth"))


def endpoints(file: File) -> Iterator[Endpoint]:
    """The fact ``Endpoint``."""
    dependencies = Dependencies(file)
    routers = Routers(file, dependencies)
    found: Dict[int, List[Route]] = {}
    for route in routes(file, routers):
        found.setdefault(id(route.function), []).append(route)
    callers = _Callers(file, dependencies)
    exposed = [
        of_function[0].function
        for of_function in found.values()
        if any(not _is_guarded(route, routers, dependencies) for route in of_function)
        and not callers.are_known(of_function[0].function)
    ]
    reached = Reach(file).of(exposed) if exposed else {}
    for function in exposed:
        if id(function) in reached:
            yield Endpoint(function, reached[id(function)].what, reached[id(function)].path)


def _is_guarded(route: Route, routers: Routers, dependencies: Dependencies) -> bool:
    return dependencies.of_call(route.call) or any(map(routers.is_guarded, route.routers))


class _Callers:
    """Tells whether a function gets to know who is calling."""

    def __init__(self, file: File, dependencies: Dependencies) -> None:
        self._file = file
        self._dependencies = dependencies

    def are_known(self, function: cst.FunctionDef) -> bool:
        """Whether a function's parameters, class, decorators or statements may tell the caller."""
        if self._dependencies.of_function(function):
            return True
        block = self._file.tree.parent(function)
        class_ = self._file.tree.parent(block) if block is not None else None
        if isinstance(class_, cst.ClassDef) and self._dependencies.of_class(class_):
            return True
        decorators = (decorator.decorator for decorator in function.decorators)
        callees = (node.func if isinstance(node, cst.Call) else node for node in decorators)
        return any(map(_asks, callees)) or self._finds_out(function)

    def _finds_out(self, function: cst.FunctionDef) -> bool:
        """Whether a function's own statements read who is calling, or call what finds it out."""
        requests = _requests(function)
        for node in own_nodes(function):
            if isinstance(node, cst.Call) and _asks(node.func):
                return True
            if isinstance(node, cst.Attribute) and requests and _tells(node, requests):
                return True
        return False


def _asks(callee: cst.BaseExpression) -> bool:
    return asks_who_is_calling(dotted(callee) or last_name(callee))


def _requests(function: cst.FunctionDef) -> List[str]:
    """The names of the parameters that hold the request."""
    parameters = function.params
    return [
        parameter.name.value
        for parameter in (*parameters.posonly_params, *parameters.params, *parameters.kwonly_params)
        if parameter.annotation is not None
        and last_name(parameter.annotation.annotation) in _REQUESTS
    ]


def _tells(attribute: cst.Attribute, requests: List[str]) -> bool:
    """``request.headers``, ``request.state.user``."""
    name, value = attribute.attr.value, attribute.value
    if isinstance(value, cst.Name):
        return value.value in requests and name in _TOLD_BY_REQUEST
    return (
        isinstance(value, cst.Attribute)
        and value.attr.value == "state"
        and last_name(value.value) in requests
        and tells_who_is_calling(name)
    )

"""FastAPI's endpoints that reach something worth protecting for whoever calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterator, List, Tuple

import libcst as cst

from mosaic_lint.facts.annotations import Annotations
from mosaic_lint.facts.authentication import reads_caller
from mosaic_lint.facts.dependencies import Dependencies
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import parameters
from mosaic_lint.facts.reach import Reach
from mosaic_lint.facts.routers import Routers
from mosaic_lint.facts.routes import Route, routes


@dataclass(frozen=True, eq=False)
class Endpoint:
    """A route without a dependency that reaches the database or an LLM.

    Args:
        function: the function that answers.
        reached: what it reaches, in words.
        path: the calls and reads of properties that lead there, from the function's own to the
            one that reaches it.
    """

    function: cst.FunctionDef
    reached: str
    path: Tuple[cst.BaseExpression, ...]


_REQUESTS = frozenset(("Request", "WebSocket", "HTTPConnection"))


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
        self._annotations = Annotations(file)

    def are_known(self, function: cst.FunctionDef) -> bool:
        """Whether a function's parameters, class or statements tell the caller."""
        if self._dependencies.of_function(function):
            return True
        block = self._file.tree.parent(function)
        class_ = self._file.tree.parent(block) if block is not None else None
        if isinstance(class_, cst.ClassDef) and self._dependencies.of_class(class_):
            return True
        requests = self._requests(function)
        return bool(requests) and reads_caller(function, requests)

    def _requests(self, function: cst.FunctionDef) -> List[str]:
        """The names of the parameters that hold the request."""
        return [
            parameter.name.value
            for parameter in parameters(function)
            if parameter.annotation is not None
            and any(
                name.rpartition(".")[2] in _REQUESTS
                for name in self._annotations.types(parameter.annotation.annotation)
            )
        ]

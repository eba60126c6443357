"""FastAPI's routes: which function answers for which router."""

from __future__ import annotations

from dataclasses import dataclass
from typing import FrozenSet, Iterator, Optional, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of
from mosaic_lint.facts.routers import Routers
from mosaic_lint.vocabulary import ROUTE_ADDING, ROUTE_METHODS


@dataclass(frozen=True, eq=False)
class Route:
    """A function that answers requests.

    Args:
        function: the function.
        call: what makes the route: a decorator's call, or that of ``add_api_route``.
        routers: the calls that make the app or router; several where branches do.
    """

    function: cst.FunctionDef
    call: cst.Call
    routers: Tuple[cst.Call, ...]


def routes(file: File, routers: Routers) -> Iterator[Route]:
    """The routes of apps and routers that the file makes.

    Args:
        file: the file.
        routers: its apps and routers.
    """
    for decorator in file.tree.of(cst.Decorator):
        function, call = file.tree.parent(decorator), decorator.decorator
        if isinstance(function, cst.FunctionDef) and isinstance(call, cst.Call):
            made = _made(routers, call, ROUTE_METHODS)
            if made:
                yield Route(function, call, made)
    for call in file.tree.of(cst.Call):
        yield from _applied(file, routers, call)


def _applied(file: File, routers: Routers, call: cst.Call) -> Iterator[Route]:
    """``app.add_api_route(path, function)`` and ``app.get(path)(function)``."""
    if isinstance(call.func, cst.Call):
        making, endpoint = call.func, call.args[0].value if call.args else None
        made = _made(routers, making, ROUTE_METHODS)
    else:
        making, endpoint = call, _endpoint(call)
        made = _made(routers, call, ROUTE_ADDING)
    if made and endpoint is not None:
        for function in functions_of(file).definitions(endpoint):
            if isinstance(function, cst.FunctionDef):
                yield Route(function, making, made)


def _made(routers: Routers, call: cst.Call, methods: FrozenSet[str]) -> Tuple[cst.Call, ...]:
    """The calls that make the router whose method is called."""
    method = routers.method(call, methods)
    return routers.made(method.value) if method is not None else ()


def _endpoint(call: cst.Call) -> Optional[cst.BaseExpression]:
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == "endpoint":
            return argument.value
    plain = [argument.value for argument in call.args if argument.keyword is None]
    return plain[1] if len(plain) > 1 else None

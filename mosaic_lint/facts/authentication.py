"""Who is calling: what names say plainly, and what a function reads off the request."""

from __future__ import annotations

import re
from typing import Collection

import libcst as cst

from mosaic_lint.facts.functions import own_nodes

_DEPENDENCY = re.compile(
    r"\w*(?:Dep|_dep)(?:endency)?"
    r"|\w*Current[A-Za-z]*?(?:[Uu]ser|Admin|Member|Principal|Customer|Staff)"
)
_AUTHENTICATING = re.compile(r"auth(?!or(?!i))", re.IGNORECASE)  # but no authors
_TOLD_BY_REQUEST = frozenset(("headers", "cookies", "session", "user", "auth"))
_TOLD_TO_MIDDLEWARE = _TOLD_BY_REQUEST - {"headers"}
"""Every middleware that logs reads some header."""


def is_named_dependency(name: str) -> bool:
    """Whether a type's last name is plainly that of a dependency: ``UserDep``, ``CurrentUser``."""
    return _DEPENDENCY.fullmatch(name.rpartition(".")[2]) is not None


def is_named_authentication(name: str) -> bool:
    """Whether a middleware's or class's last name says that it authenticates."""
    return _AUTHENTICATING.search(name.rpartition(".")[2]) is not None


def reads_caller(function: cst.FunctionDef, requests: Collection[str]) -> bool:
    """Whether an endpoint reads headers, cookies or the user off the request.

    Args:
        function: the endpoint.
        requests: the names of its parameters that hold the request.
    """
    return any(_is_read(node, requests, _TOLD_BY_REQUEST) for node in own_nodes(function))


def checks_caller(function: cst.FunctionDef) -> bool:
    """Whether a function of a middleware reads the header ``Authorization``, or cookies."""
    requests = [parameter.name.value for parameter in function.params.params[:1]]
    reads_headers = is_authorization = False
    for node in own_nodes(function):
        if _is_read(node, requests, _TOLD_TO_MIDDLEWARE):
            return True
        reads_headers = reads_headers or _is_read(node, requests, _TOLD_BY_REQUEST)
        is_authorization = is_authorization or _is_authorization(node)
    return reads_headers and is_authorization


def _is_read(node: cst.CSTNode, requests: Collection[str], told: Collection[str]) -> bool:
    """``request.headers``."""
    return (
        isinstance(node, cst.Attribute)
        and node.attr.value in told
        and isinstance(node.value, cst.Name)
        and node.value.value in requests
    )


def _is_authorization(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleString) and node.raw_value.lower() == "authorization"

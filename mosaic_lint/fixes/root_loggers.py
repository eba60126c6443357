"""Logging through the root logger, made to go through the module's."""

from __future__ import annotations

import ast
from typing import Sequence

from mosaic_lint.anchor import Anchor
from mosaic_lint.change import Change, Declined
from mosaic_lint.fixes.arguments import Arguments
from mosaic_lint.fixes.loggers import Logger, logger_at
from mosaic_lint.fixes.logging_config import configuring_calls, disables
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.root_uses import RootUses
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_MODULE = "__name__"
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def through_method(call: Anchor, method: str, is_certain: bool, site: Site) -> Repair:
    """Make ``logging.info(...)`` a method of the module's logger.

    Args:
        call: the call.
        method: the name of the function in ``logging``.
        is_certain: whether the callee can't be anything else.
        site: the place of the fix.

    Raises:
        Declined: there is no logger, or the function may be another one.
    """
    if not is_certain:
        raise Declined("it may be another function, too")
    node = site.syntax.find(site.place(call), ast.Call)
    logger = _logger(site, node)
    method = "warning" if method == "warn" else method
    if isinstance(node.func, ast.Attribute) and node.func.attr == method:
        change = Change(site.syntax.span(node.func.value), logger.name)
    else:
        change = Change(site.syntax.span(node.func), f"{logger.name}.{method}")
    return Repair(f'Log through "{logger.name}"', [*logger.changes, change])


def in_place_of_root(call: Anchor, site: Site) -> Repair:
    """Put the module's logger into the place of ``logging.getLogger()``.

    Args:
        call: the call, whose value logs at once.
        site: the place of the fix.

    Raises:
        Declined: there is no logger.
    """
    node = site.syntax.find(site.place(call), ast.Call)
    logger = _logger(site, node)
    if site.syntax.has_comment(site.syntax.span(node)):
        raise Declined("a comment stands in it")
    change = Change(site.syntax.span(node), logger.name)
    return Repair(f'Log through "{logger.name}"', [*logger.changes, change])


def _logger(site: Site, node: ast.Call) -> Logger:
    logger = logger_at(site, node)
    if logger.is_loguru:
        raise Declined("the module's logger is loguru's, which formats in another way")
    if not logger.changes:
        _require_enabled(site.syntax)
    return logger


def _require_enabled(syntax: Syntax) -> None:
    """Make sure that the file doesn't disable its own logger, which the root logger never is.

    Raises:
        Declined: it may.
    """
    for call in configuring_calls(syntax):
        if disables(syntax, call):
            raise Declined(f'"{syntax.code(call.func)}" disables the loggers that are there')


def with_name(call: Anchor, site: Site) -> Repair:
    """Give ``logging.getLogger()`` the module's name; what configures it gets the root logger.

    Args:
        call: the call, whose value is bound to a name.
        site: the place of the fix.

    Raises:
        Declined: nobody knows what happens through that name.
    """
    node = site.syntax.find(site.place(call), ast.Call)
    _require_enabled(site.syntax)
    changes = [_named(site.syntax, node)]
    others = list(RootUses(site.syntax, node).others())
    if others:
        text = _repeated(site.syntax, node, others)
        changes += [Change(site.syntax.span(other), text) for other in others]
    return Repair(f'Write "getLogger({_MODULE})"', changes)


def _named(syntax: Syntax, call: ast.Call) -> Change:
    arguments = Arguments(syntax, call)
    if arguments.all:
        given = arguments.all[0]
        value = given.value if isinstance(given, ast.keyword) else given
        return Change(syntax.span(value), _MODULE)
    return Change(Span(arguments.opened, arguments.opened), _MODULE)


def _repeated(syntax: Syntax, call: ast.Call, others: Sequence[ast.expr]) -> str:
    """The call as it is written, for other places.

    Raises:
        Declined: it means something else there.
    """
    first: ast.expr = call.func
    while isinstance(first, ast.Attribute):
        first = first.value
    own = [above for above in syntax.ancestors(call) if isinstance(above, _SCOPES)]
    name = first.id if isinstance(first, ast.Name) else ""
    for other in others:
        for above in syntax.ancestors(other):
            if above not in own and isinstance(above, _SCOPES) and name in syntax.bindings(above):
                raise Declined("the root logger is configured through it elsewhere")
    if name not in syntax.bindings(syntax.tree) or syntax.has_comment(syntax.span(call)):
        raise Declined("the root logger is configured through it")
    return syntax.code(call)

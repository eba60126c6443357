"""Handlers that catch too much, or say nothing."""

from __future__ import annotations

import ast
import re

from mosaic_lint.change import Change, Declined
from mosaic_lint.fixes.clauses import colon, described, prepended
from mosaic_lint.fixes.loggers import logger_at
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_BROAD = frozenset(("Exception", "BaseException"))


def named(site: Site) -> Repair:
    """Write ``except Exception`` where an ``except`` names nothing.

    Args:
        site: the ``except``.

    Raises:
        Declined: a handler above catches that already, or ``Exception`` is something else.
    """
    syntax = site.syntax
    clause = syntax.at(site.span.start, ast.ExceptHandler)
    if any(
        "Exception" in syntax.bindings(scope) for scope in (syntax.tree, *_around(site, clause))
    ):
        raise Declined('"Exception" is something else there')
    if any(_is_broad(one.type) for one in _siblings(syntax, clause)):
        raise Declined("a handler above it catches Exception already")
    end = colon(syntax, clause)
    between = syntax.text[site.span.end : end]
    if re.fullmatch(r"[ \t\f]*", between) is None:
        end = site.span.end  # a backslash
    return Repair('Write "except Exception"', [Change(Span(site.span.end, end), " Exception")])


def _around(site: Site, clause: ast.ExceptHandler) -> list[ast.AST]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [above for above in site.syntax.ancestors(clause) if isinstance(above, kinds)]


def _siblings(syntax: Syntax, clause: ast.ExceptHandler) -> list[ast.ExceptHandler]:
    """The other handlers of a clause's ``try``."""
    handlers = getattr(syntax.parent(clause), "handlers", [])
    return [one for one in handlers if one is not clause]


def _is_broad(caught: object) -> bool:
    elements = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(one, ast.Name) and one.id in _BROAD for one in elements)


def with_log(is_expected: bool, site: Site) -> Repair:
    """Log the error at the beginning of a handler.

    Args:
        is_expected: whether the handler names the errors that it is for.
        site: the ``except``.

    Raises:
        Declined: there is no logger.
    """
    syntax = site.syntax
    clause = syntax.at(site.span.start, ast.ExceptHandler)
    logger = logger_at(site, clause)
    message = described(syntax, clause, is_expected=is_expected)
    call = f"{logger.name}.exception({message})"
    changes = [*logger.changes, *prepended(syntax, clause, call)]
    return Repair(f'Insert "{logger.name}.exception(...)"', changes)

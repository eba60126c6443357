"""Statements that only set how SQLite works, taken out."""

from __future__ import annotations

import ast

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Span
from mosaic_lint.source import Language
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement

_SETTINGS = frozenset(
    ("FOREIGN_KEYS", "JOURNAL_MODE", "SYNCHRONOUS", "BUSY_TIMEOUT", "CACHE_SIZE", "TEMP_STORE",
     "MMAP_SIZE", "LOCKING_MODE", "AUTO_VACUUM", "PAGE_SIZE", "WAL_AUTOCHECKPOINT",
     "SECURE_DELETE", "RECURSIVE_TRIGGERS", "CASE_SENSITIVE_LIKE", "JOURNAL_SIZE_LIMIT")
)  # fmt: skip


def without_pragma(statement: Statement, site: Site) -> Changes:
    """Take out a ``PRAGMA`` that sets something, with the call that runs it.

    Args:
        statement: the statement.
        site: the place of the finding.

    Raises:
        Declined: the program asks for something, or the call is a part of more.
    """
    is_set = statement.word(1) in _SETTINGS and statement.word(2) in ("=", "(")
    if not is_set:
        raise Declined("it asks for what PostgreSQL tells in other ways")
    if len(statement.siblings) > 1:
        return _from_script(statement)
    if site.source.language is Language.PYTHON:
        return _call(statement, site)
    return [_lines(site, statement.start, _behind_semicolon(statement))]


def _from_script(statement: Statement) -> Changes:
    """Take it out of a text with several statements, up to the next one."""
    place = next(i for i, one in enumerate(statement.siblings) if one is statement)
    if place + 1 < len(statement.siblings):
        end = statement.siblings[place + 1].start
        gap = statement.text[statement.end : end]
        if "--" in gap or "/*" in gap or HOLE in gap:
            raise Declined("a comment stands behind it")
        return statement.rewrite(statement.start, end, "")
    start = statement.siblings[place - 1].end
    if statement.text[start : statement.start].strip("; \t\r\n"):
        raise Declined("a comment stands before it")
    return statement.rewrite(start, statement.end, "")


def _behind_semicolon(statement: Statement) -> int:
    end = statement.end
    rest = statement.text[end:]
    return end + len(rest) - len(rest.lstrip()) + 1 if rest.lstrip().startswith(";") else end


def _call(statement: Statement, site: Site) -> Changes:
    """Take out the statement of the program that does nothing but run it."""
    syntax = site.syntax
    around = syntax.statement_around(site.place(statement.at(statement.tokens[0])).start)
    value = around.value if isinstance(around, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    if (
        not isinstance(call, ast.Call)
        or not isinstance(call.func, ast.Attribute)
        or call.func.attr not in ("execute", "executescript")
        or len(call.args) != 1
        or not isinstance(call.args[0], ast.Constant)
    ):
        raise Declined("the program does more with it than run it")
    body, index = syntax.block(around)
    if index + 1 < len(body) and ".fetch" in syntax.code(body[index + 1]):
        raise Declined("the program reads its answer")
    start, end = syntax.span(around)
    if len(body) == 1:
        return [Change(Span(start, end), "pass")]
    syntax.indent(around)
    return [_lines(site, start, end)]


def _lines(site: Site, start: int, end: int) -> Change:
    """The change that takes out what stands alone on its lines, and these lines.

    Raises:
        Declined: something else stands there.
    """
    text = site.text
    first = text.rfind("\n", 0, start) + 1
    behind = text.find("\n", end)
    last = len(text) if behind < 0 else behind + 1
    if text[first:start].strip(" \t\f") or text[end:last].strip():
        raise Declined("something else stands on its line")
    return Change(Span(first, last), "")

"""Where an import belongs in a module."""

from __future__ import annotations

import ast
import re
from typing import List, Union

from mosaic_lint.change import Declined
from mosaic_lint.fixes.lines import NewLine, line_above, line_below
from mosaic_lint.fixes.standard_library import STANDARD_LIBRARY
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.vocabulary import LOG_METHODS

AnyImport = Union[ast.Import, ast.ImportFrom]

_COMMENT_LINE = re.compile(r"[ \t\f]*#")


def new_import(syntax: Syntax, module: str) -> NewLine:
    """The line ``import module`` beside the imports of a file.

    Args:
        syntax: the file.
        module: a module of the standard library.

    Raises:
        Declined: another statement stands on the line where it belongs.
    """
    text = f"import {module}"
    found = header_imports(syntax.tree)
    if not found:
        return _without_imports(syntax, text)
    group = _standard_group(syntax, found)
    if not group:
        above = _above_comments(syntax, line_above(syntax, found[0]))
        return NewLine(above, text, below=1)
    plain = [one for one in group if isinstance(one, ast.Import)]
    for one in plain:
        if one.names[0].name > module:
            return NewLine(line_above(syntax, one), text)
    if plain:
        return NewLine(line_below(syntax, plain[-1]), text)
    return NewLine(line_above(syntax, group[0]), text)


def header_imports(tree: ast.Module) -> List[AnyImport]:
    """The first imports in a row at the top of a module, those from ``__future__`` left out."""
    found: List[AnyImport] = []
    for statement in header(tree):
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            if not _is_future(statement):
                found.append(statement)
        elif found:
            break
    return found


def header(tree: ast.Module) -> List[ast.stmt]:
    """The statements at the top of a module up to its last import, in order.

    No definition is among them, nothing that logs, and nothing that goes on where an import doesn't
    follow. Conditional imports (``try``, ``if``) are, and a docstring.
    """
    found: List[ast.stmt] = []
    between: List[ast.stmt] = []
    for statement in tree.body:
        between.append(statement)
        if _is_docstring(statement, tree) or _imports(statement):
            found, between = found + between, []
        elif not _may_stand_between(statement):
            break
    return found


_GUARDS = (ast.If, ast.Try, getattr(ast, "TryStar", ast.Try))
_SIMPLE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.If, ast.Pass, ast.Delete)


def _imports(statement: ast.stmt) -> bool:
    """Whether a statement imports, conditionally perhaps; the main guard doesn't count."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return True
    if not isinstance(statement, _GUARDS):
        return False
    if isinstance(statement, ast.If) and _mentions(statement.test, "__name__"):
        return False
    return any(isinstance(node, (ast.Import, ast.ImportFrom)) for node in ast.walk(statement))


def _may_stand_between(statement: ast.stmt) -> bool:
    """Whether imports may follow a statement that sets them up, as ``sys.path.insert`` does."""
    if not isinstance(statement, _SIMPLE) or _mentions(statement, "__name__"):
        return False
    return not any(
        isinstance(node, ast.Attribute) and node.attr in LOG_METHODS for node in ast.walk(statement)
    )


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(inner, ast.Name) and inner.id == name for inner in ast.walk(node))


def _is_docstring(statement: ast.stmt, tree: ast.Module) -> bool:
    return (
        statement is tree.body[0]
        and isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
    )


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _standard_group(syntax: Syntax, found: List[AnyImport]) -> List[AnyImport]:
    """The first imports in a row that are of the standard library."""
    group: List[AnyImport] = []
    for statement in found:
        if not _is_standard(statement) or (group and _is_apart(syntax, group[-1], statement)):
            if group:
                break
            continue
        group.append(statement)
    return group


def _is_standard(statement: AnyImport) -> bool:
    if isinstance(statement, ast.Import):
        module = statement.names[0].name
    else:
        module = "" if statement.level else statement.module or ""
    return module.partition(".")[0] in STANDARD_LIBRARY


def _is_apart(syntax: Syntax, before: ast.stmt, after: ast.stmt) -> bool:
    """Whether there is a blank line between two statements."""
    between = syntax.text[syntax.span(before).end : syntax.span(after).start]
    return any(not line.strip() for line in re.split(r"\r\n|\r|\n", between)[1:-1])


def _without_imports(syntax: Syntax, text: str) -> NewLine:
    """The import of a file that has none but from ``__future__``."""
    body = syntax.tree.body
    docstring = [one for one in body[:1] if _is_docstring(one, syntax.tree)]
    head = [one for one in body if _is_future(one)] or docstring
    if head:
        return NewLine(line_below(syntax, head[-1]), text, above=1, below=1)
    if not body:
        raise Declined("there is no code around it")
    return NewLine(_above_comments(syntax, line_above(syntax, body[0])), text, below=1)


def _above_comments(syntax: Syntax, offset: int) -> int:
    """The line above the comments that belong to the one at an offset; below a file's header."""
    above = offset
    while above > 0:
        start = syntax.line_start(above - 1)
        if not _COMMENT_LINE.match(syntax.text, start):
            return above
        above = start
    return offset

"""Whether a call's parameters may not fit a query, as far as a look at both tells."""

from __future__ import annotations

import ast
import re
from typing import Callable, List, Optional, Sequence

from mosaic_lint.sql.lexer import Kind, tokens
from mosaic_lint.sql.percent import conversions, placeholders
from mosaic_lint.triage.table import Table, last_name

_FOREIGN = re.compile(r"(?<!:):\w|\$\w|@\w|\$\Z|:\Z")
_FOREIGN_KINDS = (Kind.COLON_NAME, Kind.DOLLAR_NAME, Kind.AT_NAME)
_QUOTED = re.compile(r"""['"][^'"]*%[^'"]*['"]""")
_MAKING = frozenset(("dict", "list", "sorted"))
_Fits = Callable[[ast.expr, str, Table], bool]
_DISPLAYS = (ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.Set, ast.SetComp)


def may_mismatch(
    call: ast.Call, texts: Sequence[str], table: Table, *, is_exact: bool = True
) -> bool:
    """Whether something may be wrong with how a call runs one of the texts.

    Args:
        call: the call.
        texts: the constants that may be its query.
        table: the file.
        is_exact: whether the texts are made of just what is seen, so that placeholders count.
    """
    fits = _fits if is_exact else _fits_loosely
    return any(_may_mismatch(call, text, table, fits) for text in texts)


def _may_mismatch(call: ast.Call, text: str, table: Table, fits: _Fits) -> bool:
    if _FOREIGN.search(text) and any(token.kind in _FOREIGN_KINDS for token in tokens(text)):
        return True
    name = last_name(call.func)
    if name == "execute_values":
        return [found.name for found in placeholders(text)] != [None] or _has_stray(text)
    if name != "execute":
        return name != "SQL" and "%" in text
    if len(call.args) + len(call.keywords) < 2:
        return False
    if len(call.args) != 2 or call.keywords or isinstance(call.args[0], ast.Starred):
        return "%" in text
    if _has_stray(text):
        return True
    return bool(placeholders(text)) and not fits(call.args[1], text, table)


def _has_stray(text: str) -> bool:
    """Whether a ``%`` stands where none may, or a placeholder in quotes."""
    if any(not found.is_placeholder for found in conversions(text)):
        return True
    return _QUOTED.search(text.replace("%%", "")) is not None


def _fits(given: ast.expr, text: str, table: Table) -> bool:
    """Whether parameters surely fit, or nothing is known of them."""
    wanted = placeholders(text)
    if isinstance(given, (ast.Tuple, ast.List)):
        if any(isinstance(value, (ast.Starred, *_DISPLAYS, ast.Call)) for value in given.elts):
            return not any(isinstance(v, _DISPLAYS) for v in given.elts) and _is_harmless(
                given.elts, wanted
            )
        named = any(found.name is not None for found in wanted)
        return not named and len(given.elts) == len(wanted)
    if isinstance(given, ast.Dict):
        return _fits_dict(given, [found.name for found in wanted])
    if isinstance(given, ast.Name) and not _is_parenthesised(given, table):
        return given.id not in ("True", "False") and not _may_be_display(given, table)
    return False


def _fits_loosely(given: ast.expr, text: str, table: Table) -> bool:
    """The same for a text whose placeholders nobody can count."""
    named = any(found.name is not None for found in placeholders(text))
    if _is_parenthesised(given, table):
        return False
    if isinstance(given, ast.Name):
        values = [b.value for b in table.bindings() if given.id in b.names]
        return given.id not in ("True", "False") and all(_may_hold(v, named) for v in values)
    if isinstance(given, ast.Dict):
        return _fits_dict(given, [found.name for found in placeholders(text)])
    return not named and _may_hold(given, named)


def _may_hold(value: ast.expr, named: bool) -> bool:
    """Whether a value may be parameters of one style, without a look at how many."""
    if isinstance(value, ast.Dict):
        return named
    if isinstance(value, (ast.List, ast.Tuple)):
        return not named and not any(isinstance(e, (*_DISPLAYS, ast.Call)) for e in value.elts)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return not named and value.func.id in ("list", "tuple", "sorted")
    return not named and isinstance(value, (ast.ListComp, ast.BinOp))


def _is_harmless(elements: List[ast.expr], wanted: Sequence[object]) -> bool:
    """Whether elements with stars or calls among them need no closer look."""
    if any(isinstance(element, ast.Starred) for element in elements):
        return True
    calls = [element for element in elements if isinstance(element, ast.Call)]
    return len(elements) == len(wanted) and not any(last_name(c.func) in _MAKING for c in calls)


def _is_made(value: ast.expr) -> bool:
    return isinstance(value, ast.Call) and last_name(value.func) in _MAKING


def _fits_dict(given: ast.Dict, names: List[Optional[str]]) -> bool:
    if any(isinstance(value, _DISPLAYS) or _is_made(value) for value in given.values):
        return False
    keys = [key.value if isinstance(key, ast.Constant) else None for key in given.keys]
    return all(isinstance(key, str) for key in keys) and all(name in keys for name in names)


def _is_parenthesised(node: ast.expr, table: Table) -> bool:
    """Whether an argument behind another one may stand in parentheses of its own."""
    line = table.source.line_text(node.lineno).encode("utf-8", "surrogatepass")
    before = line[: node.col_offset].rstrip()
    if not before and node.lineno > 1:
        before = table.source.line_text(node.lineno - 1).encode("utf-8", "surrogatepass").rstrip()
    return not before.endswith((b",", b"="))


def _may_be_display(name: ast.Name, table: Table) -> bool:
    """Whether a name may mean parameters that the code shows."""
    shown = (ast.Tuple, ast.List, ast.Dict, ast.Constant, ast.Call)
    return any(isinstance(value, shown) for value in table.values_of(name.id))

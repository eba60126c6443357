"""Whether a call's parameters may not fit a query, as far as a look at both tells."""

from __future__ import annotations

import ast
import re
from typing import List, Optional, Sequence

from mosaic_lint.sql.lexer import Kind, tokens
from mosaic_lint.sql.percent import conversions, placeholders
from mosaic_lint.triage.table import Table, last_name

_FOREIGN = re.compile(r"(?<!:):\w|\$\w|@\w|\$\Z|:\Z")
_FOREIGN_KINDS = (Kind.COLON_NAME, Kind.DOLLAR_NAME, Kind.AT_NAME)
_QUOTED = re.compile(r"""['"][^'"]*%[^'"]*['"]""")
_MAKING = frozenset(("dict", "list", "sorted"))
_DISPLAYS = (ast.List, ast.Dict, ast.ListComp, ast.DictComp, ast.Set, ast.SetComp)


def may_mismatch(call: ast.Call, texts: Sequence[str], table: Table) -> bool:
    """Whether something may be wrong with how a call runs one of the texts.

    Args:
        call: the call.
        texts: the constants that may be its query.
        table: the file.
    """
    return any(_may_mismatch(call, text, table) for text in texts)


def _may_mismatch(call: ast.Call, text: str, table: Table) -> bool:
    if _FOREIGN.search(text) and any(token.kind in _FOREIGN_KINDS for token in tokens(text)):
        return True
    name = last_name(call.func)
    if name != "execute":
        return (name != "SQL" and "%" in text) or name == "execute_values"
    if len(call.args) + len(call.keywords) < 2:
        return False
    if len(call.args) != 2 or call.keywords or isinstance(call.args[0], ast.Starred):
        return "%" in text
    if _has_stray(text):
        return True
    return bool(placeholders(text)) and not _fits(call.args[1], text, table)


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


def _is_harmless(elements: List[ast.expr], wanted: Sequence[object]) -> bool:
    """Whether elements with stars or calls among them need no closer look."""
    if any(isinstance(element, ast.Starred) for element in elements):
        return True
    calls = [element for element in elements if isinstance(element, ast.Call)]
    return len(elements) == len(wanted) and not any(last_name(c.func) in _MAKING for c in calls)


def _fits_dict(given: ast.Dict, names: List[Optional[str]]) -> bool:
    if any(isinstance(value, (*_DISPLAYS, ast.Call)) for value in given.values):
        return False
    keys = [key.value if isinstance(key, ast.Constant) else None for key in given.keys]
    return all(isinstance(key, str) for key in keys) and all(name in keys for name in names)


def _is_parenthesised(node: ast.expr, table: Table) -> bool:
    line = table.source.line_text(node.lineno).encode("utf-8", "surrogatepass")
    return (
        line[: node.col_offset].rstrip().endswith((b"(", b"\\"))
        or node.lineno == 0
        or (not line[: node.col_offset].strip())
    )


def _may_be_display(name: ast.Name, table: Table) -> bool:
    """Whether a name may mean parameters that the code shows."""
    shown = (ast.Tuple, ast.List, ast.Dict, ast.Constant, ast.Call)
    return any(isinstance(value, shown) for value in table.values_of(name.id))

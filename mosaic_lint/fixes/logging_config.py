"""Configurations of logging that silence the loggers that are there already."""

from __future__ import annotations

import ast
from typing import List, Optional

from mosaic_lint.fixes.syntax import Syntax

_CONFIGURING = ("dictConfig", "fileConfig")
_OPTION = "disable_existing_loggers"


def configuring_calls(syntax: Syntax) -> List[ast.Call]:
    """The calls of ``dictConfig`` and ``fileConfig``, in order.

    Args:
        syntax: the file.
    """
    if not any(name in syntax.text for name in _CONFIGURING):
        return []
    calls = [node for node in ast.walk(syntax.tree) if isinstance(node, ast.Call)]
    found = [call for call in calls if _last_name(call.func) in _CONFIGURING]
    return sorted(found, key=lambda call: syntax.span(call).start)


def disables(syntax: Syntax, call: ast.Call) -> bool:
    """Whether the file shows that a configuration disables older loggers, as is the default.

    Args:
        syntax: the file.
        call: one of :func:`configuring_calls`.
    """
    if _last_name(call.func) == "fileConfig":
        return not any(keyword.arg in (_OPTION, None) for keyword in call.keywords)
    config = _shown(syntax, call.args[0]) if call.args else None
    if config is None or not all(isinstance(key, ast.Constant) for key in config.keys):
        return False
    options = [
        value
        for key, value in zip(config.keys, config.values)
        if isinstance(key, ast.Constant) and key.value == _OPTION
    ]
    return all(isinstance(value, ast.Constant) and value.value is True for value in options)


def _shown(syntax: Syntax, value: ast.expr) -> Optional[ast.Dict]:
    """The dictionary that a value is, or that the module once binds its name to."""
    if isinstance(value, ast.Name):
        nodes = syntax.bindings(syntax.tree).get(value.id, ())
        statement = syntax.parent(nodes[0]) if len(nodes) == 1 else None
        if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or statement.value is None:
            return None
        value = statement.value
    return value if isinstance(value, ast.Dict) else None


def _last_name(callee: ast.expr) -> str:
    return callee.attr if isinstance(callee, ast.Attribute) else getattr(callee, "id", "")

"""Whether somebody tells the driver to make something else of JSON than Python's objects."""

from __future__ import annotations

import ast
import os
import re
import warnings
from typing import Iterator, Optional, Set

from mosaic_lint.facts.file import File
from mosaic_lint.project import Project

_WORDS = re.compile(r"register_(?:default_)?jsonb?\b|set_json_loads\b|new_type\b|django")
_REGISTERING = frozenset(
    ("register_default_json", "register_default_jsonb", "register_json", "set_json_loads")
)
_TYPE = re.compile(r"json|\b(?:114|3802)\b", re.IGNORECASE)
"""What a type of one's own says that reads JSON: its name, or the number of PostgreSQL's type."""
_MAX_SIZE = 2_000_000  # bytes of a file
_ANSWER = "json_adapters"


def is_registered(file: File) -> bool:
    """Whether the file says how JSON is read, or its project does for all connections."""
    found: Optional[bool] = file.answers.get(_ANSWER)
    if found is None:
        found = registers(file.source.text) or _is_registered_globally(file.project)
        file.answers[_ANSWER] = found
    return found


def registers(text: str, *, everywhere: bool = False) -> bool:
    """Whether a text of Python calls one of the functions that register how JSON is read.

    Args:
        text: the text; one that can't be parsed does, if it has one of their names. One that
            imports Django does, since its connections are registered so.
        everywhere: whether only calls count that register it for all connections.
    """
    if _WORDS.search(text) is None or (everywhere and "globally" not in text):
        return False
    tree = _parse(text)
    if tree is None:
        return True
    names = _names(tree)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if not everywhere and (any(map(_makes_type, calls)) or _uses_django(tree)):
        return True
    return any(
        _last_name(call.func) in names and (not everywhere or _is_global(call)) for call in calls
    )


def _parse(text: str) -> Optional[ast.Module]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _names(tree: ast.Module) -> Set[str]:
    """The names of the functions, those of imports under another name included."""
    found = set(_REGISTERING)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found.update(a.asname for a in node.names if a.asname and a.name in _REGISTERING)
        elif isinstance(node, ast.Assign) and _last_name(node.value) in _REGISTERING:
            found.update(_last_name(target) for target in node.targets)
    return found - {""}


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _makes_type(call: ast.Call) -> bool:
    """``new_type((3802,), "JSONB", read)``."""
    return _last_name(call.func) == "new_type" and _TYPE.search(ast.dump(call)) is not None


def _uses_django(tree: ast.Module) -> bool:
    """Whether connections may be Django's, which registers that JSON stays text."""
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
    return any(module.partition(".")[0] == "django" for module in modules)


def _is_global(call: ast.Call) -> bool:
    """Whether ``globally`` is true, by name or as the second argument; what isn't known may be."""
    given = [k.value for k in call.keywords if k.arg in ("globally", None)]
    if len(call.args) > 1:
        given.append(call.args[1])
    return any(not isinstance(v, ast.Constant) or bool(v.value) for v in given)


def _is_registered_globally(project: Project) -> bool:
    """The same of a project for all connections; found out once."""
    found: Optional[bool] = project.answers.get(_ANSWER)
    if found is None:
        found = any(registers(text, everywhere=True) for text in _texts(project))
        project.answers[_ANSWER] = found
    return found


def _texts(project: Project) -> Iterator[str]:
    """The texts of the project's Python files that may register something."""
    for path in project.present:
        if path.endswith(".py"):
            data = _read(os.path.join(project.root, path))
            if b"json" in data and b"globally" in data:
                yield data.decode("utf-8", "replace")


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MAX_SIZE)
    except (OSError, ValueError):
        return b""

"""Submodules of the driver that a file uses without importing them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Dict, Iterator, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.vocabulary import DRIVER_SUBMODULES

_IMPORTING_CALLS = frozenset(("importlib.import_module", "builtins.__import__"))
_IMPORTERS = frozenset(("import_module", "__import__"))
_OTHER_PACKAGES = {"psycopg.pool": "psycopg_pool"}


@dataclass(frozen=True, eq=False)
class SubmoduleUse:
    """The first use of a submodule that nothing imports.

    Args:
        node: the attribute, ``psycopg2.extras``.
        submodule: its qualified name.
        importable: what to import instead.
    """

    node: cst.Attribute
    submodule: str
    importable: str


def unimported_submodules(file: File) -> Iterator[SubmoduleUse]:
    """Find the first use of each submodule that nothing in the file imports."""
    uses = _first_uses(file)
    if not uses:
        return
    imported = _imported(file)
    for submodule, node in uses.items():
        if submodule not in imported:
            yield SubmoduleUse(node, submodule, _OTHER_PACKAGES.get(submodule, submodule))


def _first_uses(file: File) -> Dict[str, cst.Attribute]:
    found: Dict[str, cst.Attribute] = {}
    for attribute in file.tree.of(cst.Attribute):
        for driver, submodules in DRIVER_SUBMODULES.items():
            name = attribute.attr.value
            if name in submodules and file.names.qualified(attribute.value) & {driver}:
                if not _is_stored(file, attribute) and not _is_never_evaluated(file, attribute):
                    found.setdefault(f"{driver}.{name}", attribute)
    return found


def _is_stored(file: File, attribute: cst.Attribute) -> bool:
    parent = file.tree.parent(attribute)
    return isinstance(parent, (cst.AssignTarget, cst.Del)) or (
        isinstance(parent, (cst.AnnAssign, cst.AugAssign)) and parent.target is attribute
    )


def _is_never_evaluated(file: File, node: cst.CSTNode) -> bool:
    if _is_type_checking(file, node):
        return True
    annotation = file.tree.enclosing(node, cst.Annotation)
    if annotation is None:
        return False
    if _has_future_annotations(file):
        return True
    owner = file.tree.parent(annotation)
    function = file.tree.enclosing(node, cst.FunctionDef, cst.ClassDef)
    return isinstance(owner, cst.AnnAssign) and isinstance(function, cst.FunctionDef)


def _has_future_annotations(file: File) -> bool:
    return any(
        binding.target == "__future__.annotations"
        for binding in file.names.module_bindings("annotations")
    )


def _is_type_checking(file: File, node: cst.CSTNode) -> bool:
    """Whether a node stands where only type checkers look."""
    below = node
    for ancestor in file.tree.ancestors(node):
        if isinstance(ancestor, cst.If):
            guard = _type_checking_guard(file, ancestor.test)
            if guard is not None and (below is ancestor.body) is guard:
                return below is not ancestor.test
        below = ancestor
    return False


def _type_checking_guard(file: File, test: cst.BaseExpression) -> Optional[bool]:
    """True for ``TYPE_CHECKING``, False for ``not TYPE_CHECKING``, None for other tests."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        inner = _type_checking_guard(file, test.expression)
        return None if inner is None else not inner
    names = {name.rpartition(".")[2] for name in file.names.qualified(test)}
    return True if "TYPE_CHECKING" in names else None


def _imported(file: File) -> Set[str]:
    """The qualified names that the file imports outside of type checking."""
    found: Set[str] = set()
    for node in (*file.tree.of(cst.Import), *file.tree.of(cst.ImportFrom)):
        if not _is_type_checking(file, node):
            found.update(_names_of(node))
    for call in file.tree.of(cst.Call):
        if not call.args or not file.names.may_mean(call.func, _IMPORTERS):
            continue
        if file.names.qualified(call.func) & _IMPORTING_CALLS:
            module = re.sub(r"^\w*['\"]+|['\"]+$", "", file.code(call.args[0].value))
            found.update(_packages(module))
    return found


def _names_of(node: cst.CSTNode) -> Iterator[str]:
    if isinstance(node, cst.Import):
        for alias in node.names:
            yield from _packages(dotted(alias.name))
    elif isinstance(node, cst.ImportFrom) and node.module is not None and not node.relative:
        module = dotted(node.module)
        yield from _packages(module)
        if not isinstance(node.names, cst.ImportStar):
            yield from (f"{module}.{dotted(alias.name)}" for alias in node.names)


def _packages(module: str) -> Iterator[str]:
    """A module and the packages that are loaded with it."""
    parts: Tuple[str, ...] = tuple(module.split("."))
    for length in range(1, len(parts) + 1):
        yield ".".join(parts[:length])

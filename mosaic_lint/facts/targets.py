"""Where names and attributes are bound, and not read."""

from __future__ import annotations

from typing import Optional

import libcst as cst

from mosaic_lint.tree import Tree

_PARTS = frozenset((cst.Tuple, cst.List, cst.Element, cst.StarredElement))
_HOLDERS = frozenset((cst.AssignTarget, cst.AsName))
_BINDING = frozenset(
    (cst.AnnAssign, cst.AugAssign, cst.NamedExpr, cst.For, cst.CompFor, cst.Del)
)  # fmt: skip


def binder(tree: Tree, node: cst.CSTNode) -> Optional[cst.CSTNode]:
    """What binds a name or attribute, alone or as a part of what it unpacks to.

    Args:
        tree: the module.
        node: the name or attribute.

    Returns:
        The statement, loop, ``with`` item, handler or walrus; ``None`` where it is only read.
    """
    below, parent = node, tree.parent(node)
    while parent is not None and parent.__class__ in _PARTS:
        below, parent = parent, tree.parent(parent)
    if parent.__class__ in _HOLDERS and parent is not None:
        return tree.parent(parent)
    if parent.__class__ in _BINDING:
        return parent if below is parent.target else None
    return None

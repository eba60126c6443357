"""Where elements are put into a collection that has a name."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.tree import Tree

_ADDING = frozenset(("append", "add", "insert", "appendleft", "setdefault"))
_ADDING_MANY = frozenset(("extend", "update", "extendleft"))


class Growth(NamedTuple):
    """A place where a collection gets more elements.

    Args:
        node: the call or statement.
        name: the collection, or the one that holds it: ``groups`` in ``groups[key].append(x)``.
        sources: other collections whose elements it gets.
    """

    node: cst.CSTNode
    name: Union[cst.Name, cst.Attribute]
    sources: Tuple[cst.BaseExpression, ...] = ()


def growths(tree: Tree) -> Iterator[Growth]:
    """The places where a module's collections grow.

    Args:
        tree: the module.
    """
    for call in tree.of(cst.Call):
        if isinstance(call.func, cst.Attribute):
            name = _name(call.func.value)
            if name is not None and call.func.attr.value in _ADDING:
                yield Growth(call, name)
            elif name is not None and call.func.attr.value in _ADDING_MANY:
                yield Growth(call, name, tuple(argument.value for argument in call.args))
    for statement in tree.of(cst.Assign):
        for target in statement.targets:
            name = _name(target.target) if isinstance(target.target, cst.Subscript) else None
            if name is not None:
                yield Growth(statement, name)
    for addition in tree.of(cst.AugAssign):
        name = _name(addition.target)
        if name is not None:
            yield Growth(addition, name, (addition.value,))


def _name(collection: cst.BaseExpression) -> Optional[Union[cst.Name, cst.Attribute]]:
    """The name of a collection, or of what holds it."""
    current: cst.BaseExpression = collection
    while True:
        if isinstance(current, cst.Subscript):
            current = current.value
        elif isinstance(current, cst.Call) and isinstance(current.func, cst.Attribute):
            current = current.func.value  # "groups.setdefault(key, [])"
        else:
            return current if isinstance(current, (cst.Name, cst.Attribute)) else None

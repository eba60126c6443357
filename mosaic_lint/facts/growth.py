"""Where elements are put into a collection that has a name."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional, Tuple, Union

import libcst as cst

from mosaic_lint.tree import Tree
from mosaic_lint.vocabulary import ADDING_MANY_METHODS, ADDING_METHODS


class Growth(NamedTuple):
    """A place where a collection gets more elements.

    Args:
        node: the call or statement.
        name: the collection, or the one that holds it: ``groups`` in ``groups[key].append(x)``.
        sources: other collections whose elements it gets.
        item: the collection, where it is one of a few that a name holds: ``parts["ids"]``.
    """

    node: cst.CSTNode
    name: Union[cst.Name, cst.Attribute]
    sources: Tuple[cst.BaseExpression, ...] = ()
    item: Optional[cst.Subscript] = None


def growths(tree: Tree) -> Iterator[Growth]:
    """The places where a module's collections grow.

    Args:
        tree: the module.
    """
    for call in tree.of(cst.Call):
        if isinstance(call.func, cst.Attribute):
            if call.func.attr.value in ADDING_METHODS:
                yield from _growth(call, call.func.value)
            elif call.func.attr.value in ADDING_MANY_METHODS:
                sources = tuple(argument.value for argument in call.args)
                yield from _growth(call, call.func.value, sources)
    for statement in tree.of(cst.Assign):
        for target in statement.targets:
            if isinstance(target.target, cst.Subscript) and not _is_constant(target.target):
                yield from _growth(statement, target.target.value)
    for addition in tree.of(cst.AugAssign):
        if not isinstance(addition.operator, (cst.SubtractAssign, cst.BitAndAssign)):
            yield from _growth(addition, addition.target, (addition.value,))


def _growth(
    node: cst.CSTNode, collection: cst.BaseExpression, sources: Tuple[cst.BaseExpression, ...] = ()
) -> Iterator[Growth]:
    name = _name(collection)
    if name is not None:
        item = collection if isinstance(collection, cst.Subscript) else None
        yield Growth(node, name, sources, item if item and _is_constant(item) else None)


def _is_constant(item: cst.Subscript) -> bool:
    """Whether an item is told by a constant, so that each turn means the same one."""
    index = item.slice[0].slice
    return isinstance(index, cst.Index) and isinstance(index.value, (cst.SimpleString, cst.Integer))


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

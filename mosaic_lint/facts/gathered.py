"""What the turns of a loop gather in collections, and where that is used inside of the loop."""

from __future__ import annotations

from typing import Dict, Iterable, Iterator, List, Set

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.growth import Growth, growths
from mosaic_lint.facts.loops import Loop, turns
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import dotted

_DISPLAYS = (cst.List, cst.Tuple, cst.Set, cst.ListComp, cst.SetComp, cst.GeneratorExp)
_COPYING = frozenset(("copy", "keys", "values", "items"))


class Gathered:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._names = file.names
        self._grown: Dict[int, Set[str]] = {}  # by identity of the loop
        for growth in growths(file.tree):
            if _is_of_collection(growth):
                for loop in turns(file.tree, growth.node):
                    self._grown.setdefault(id(loop), set()).add(dotted(growth.name))

    def is_in(self, values: Iterable[cst.BaseExpression], loop: Loop) -> bool:
        """Whether values have a collection in them that several turns of a loop have filled."""
        grown = self._grown.get(id(loop))
        if not grown:
            return False
        seen: Set[int] = set()
        waiting: List[cst.BaseExpression] = list(values)
        while waiting:
            value = waiting.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, (cst.Name, cst.Attribute)):
                if dotted(value) in grown and self._is_of_several_turns(value, loop):
                    return True
                waiting.extend(self._given_in_turn(value, loop))
            else:
                waiting.extend(_parts(value))
        return False

    def _is_of_several_turns(self, collection: cst.BaseExpression, loop: Loop) -> bool:
        """Whether a collection may be older than the turn."""
        if not isinstance(collection, cst.Name):
            return True
        bindings = self._names.bindings(collection)
        return any(not self._is_in(binding.node, loop) for binding in bindings)

    def _given_in_turn(self, name: cst.BaseExpression, loop: Loop) -> Iterator[cst.BaseExpression]:
        """What a name is bound to inside of the loop."""
        for binding in self._names.bindings(name) if isinstance(name, cst.Name) else ():
            if binding.value is not None and self._is_in(binding.value, loop):
                yield binding.value

    def _is_in(self, node: cst.CSTNode, loop: Loop) -> bool:
        return any(ancestor is loop for ancestor in self._tree.ancestors(node))


def _is_of_collection(growth: Growth) -> bool:
    """Whether what grows is surely no number."""
    added = growth.node
    return not isinstance(added, cst.AugAssign) or isinstance(added.value, _DISPLAYS)


def _parts(value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """What a value is made of, as a whole and not an item of it."""
    if isinstance(value, (cst.List, cst.Tuple, cst.Set, cst.Dict)):
        yield from (element.value for element in value.elements)
    elif isinstance(value, cst.Call) and last_name(value.func) != "len":
        yield from (argument.value for argument in value.args)
        if isinstance(value.func, cst.Attribute) and value.func.attr.value in _COPYING:
            yield value.func.value
    elif isinstance(value, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
        yield value.for_in.iter
    elif isinstance(value, cst.FormattedString):
        parts = (p for p in value.parts if isinstance(p, cst.FormattedStringExpression))
        yield from (part.expression for part in parts)
    elif isinstance(value, cst.BinaryOperation):
        yield from (value.left, value.right)
    elif isinstance(value, cst.Subscript) and isinstance(value.slice[0].slice, cst.Slice):
        yield value.value

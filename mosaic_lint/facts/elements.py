"""The elements of lists, tuples, sets and dicts that the code shows."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind

_MAX_ELEMENTS = 200
_DISPLAYS = (cst.List, cst.Tuple, cst.Set)
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp)
_COPYING = frozenset(("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "deque"))
_APPENDING = frozenset(("append", "add", "insert", "appendleft"))
_EXTENDING = frozenset(("extend", "update", "extendleft", "setdefault"))


class Shown(NamedTuple):
    """Elements that the code shows.

    Args:
        values: their expressions; of a comprehension the one that makes them all.
        exact: whether there are just these, each once.
    """

    values: List[cst.BaseExpression]
    exact: bool = True


class Elements:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names
        self._depth = 0

    def of(self, node: cst.BaseExpression) -> Optional[Shown]:
        """The elements of an expression's value; ``None`` where not all are shown."""
        if self._depth > 8:
            return None
        self._depth += 1
        try:
            found = self._find(node)
        finally:
            self._depth -= 1
        return found if found is None or len(found.values) <= _MAX_ELEMENTS else None

    def _find(self, node: cst.BaseExpression) -> Optional[Shown]:
        if isinstance(node, _DISPLAYS):
            return self._displayed(node)
        if isinstance(node, _COMPREHENSIONS):
            return Shown([node.elt], exact=False)
        if isinstance(node, cst.BinaryOperation):
            return self._operation(node)
        if isinstance(node, cst.Call):
            return self._call(node)
        if isinstance(node, cst.IfExp):
            return _together([self.of(node.body), self.of(node.orelse)], exact=False)
        if isinstance(node, cst.BooleanOperation):
            return _together([self.of(node.left), self.of(node.right)], exact=False)
        if isinstance(node, cst.Name):
            return self._name(node)
        if isinstance(node, cst.Attribute):
            values = [self.of(value) for value in self._names.attribute_values(node)]
            return _together(values, exact=len(values) == 1) if values else None
        if isinstance(node, cst.NamedExpr):
            return self.of(node.value)
        if isinstance(node, cst.Subscript) and _is_sliced(node):
            found = self.of(node.value)
            return found._replace(exact=False) if found is not None else None
        return None

    def _displayed(self, node: Union[cst.List, cst.Tuple, cst.Set]) -> Optional[Shown]:
        values: List[cst.BaseExpression] = []
        exact = True
        for element in node.elements:
            if isinstance(element, cst.StarredElement):
                starred = self.of(element.value)
                if starred is None:
                    return None
                values.extend(starred.values)
                exact = exact and starred.exact
            else:
                values.append(element.value)
        return Shown(values, exact)

    def _operation(self, node: cst.BinaryOperation) -> Optional[Shown]:
        if isinstance(node.operator, cst.Add):
            return _together([self.of(node.left), self.of(node.right)])
        if isinstance(node.operator, cst.Multiply):
            found = self.of(node.left) or self.of(node.right)
            return Shown(found.values, exact=False) if found is not None else None
        return None

    def _call(self, node: cst.Call) -> Optional[Shown]:
        name = last_name(node.func)
        if isinstance(node.func, cst.Name) and name in _COPYING:
            return self.of(node.args[0].value) if node.args else Shown([])
        if isinstance(node.func, cst.Attribute) and name in ("copy", "keys", "values"):
            if name == "copy":
                return self.of(node.func.value)
            return self._of_dict(node.func.value, keys=name == "keys")
        return None

    def _of_dict(self, node: cst.BaseExpression, *, keys: bool) -> Optional[Shown]:
        display = self.dict_of(node)
        if display is None:
            return None
        pairs = [e for e in display.elements if isinstance(e, cst.DictElement)]
        if len(pairs) < len(display.elements):
            return None
        return Shown([pair.key if keys else pair.value for pair in pairs])

    def dict_of(self, node: cst.BaseExpression) -> Optional[cst.Dict]:
        """The only dict display that an expression may mean."""
        origins = self._names.origins(node)
        if len(origins) != 1 or not isinstance(origins[0], cst.Dict):
            return None
        if isinstance(node, cst.Name) and self.grown(node):
            return None
        return origins[0]

    def _name(self, node: cst.Name) -> Optional[Shown]:
        """What a name's bindings show, and what is appended to it."""
        bindings = self._names.bindings(node)
        values = [b.value for b in bindings if b.kind is Kind.ASSIGN and b.value is not None]
        added = [b.node for b in bindings if isinstance(b.node, cst.AugAssign)]
        if len(values) + len(added) < len(bindings) or not bindings:
            return None
        found = [self.of(value) for value in values]
        found.extend(self.of(statement.value) for statement in added)
        if added and not values:
            target = added[0].target
            found.insert(0, self.of(target) if isinstance(target, cst.Name) else None)
        appended = [
            Shown([value]) if is_element else self.of(value)
            for value, is_element in self._growth(node)
        ]
        exact = len(bindings) == 1 and not appended and not added
        return _together([*found, *appended], exact=exact)

    def grown(self, name: cst.Name) -> List[cst.BaseExpression]:
        """What is put into the list, set or dict that a name means, wherever the file does it."""
        return [value for value, _ in self._growth(name)]

    def _growth(self, name: cst.Name) -> Iterator[Tuple[cst.BaseExpression, bool]]:
        """What is put in, and whether it is an element, not a collection of them."""
        candidates = self._growing.get(name.value)
        if not candidates:
            return
        meant = {id(binding) for binding in self._names.bindings(name)}
        for receiver, value, is_element in candidates:
            if receiver is name or meant & {id(b) for b in self._names.bindings(receiver)}:
                yield value, is_element

    @cached_property
    def _growing(self) -> Dict[str, List[Tuple[cst.Name, cst.BaseExpression, bool]]]:
        """What is put into a collection by ``append``, ``update`` and ``name[key] = value``."""
        found: Dict[str, List[Tuple[cst.Name, cst.BaseExpression, bool]]] = {}
        for call in self._file.tree.of(cst.Call):
            if not isinstance(call.func, cst.Attribute) or not call.args:
                continue
            receiver, method = call.func.value, call.func.attr.value
            if isinstance(receiver, cst.Name) and method in _APPENDING | _EXTENDING:
                entry = (receiver, call.args[-1].value, method in _APPENDING)
                found.setdefault(receiver.value, []).append(entry)
        for assign in self._file.tree.of(cst.Assign):
            for target in assign.targets:
                item = target.target
                if isinstance(item, cst.Subscript) and isinstance(item.value, cst.Name):
                    found.setdefault(item.value.value, []).append((item.value, assign.value, True))
        return found

    def of_loop(self, binding: Binding) -> Optional[List[cst.BaseExpression]]:
        """What a loop's variable may be: the elements that the loop goes over."""
        loop = binding.node
        if not isinstance(loop, (cst.For, cst.CompFor)):
            return None
        shown = self._looped(loop.iter)
        if shown is None:
            return None
        return _picked(loop.target, binding.name, shown)

    def _looped(self, iterated: cst.BaseExpression) -> Optional[List[cst.BaseExpression]]:
        if isinstance(iterated, cst.Call) and last_name(iterated.func) == "items":
            display = None
            if isinstance(iterated.func, cst.Attribute):
                display = self.dict_of(iterated.func.value)
            return _pairs(display) if display is not None else None
        if isinstance(iterated, cst.Call) and last_name(iterated.func) == "enumerate":
            inner = self.of(iterated.args[0].value) if iterated.args else None
            if inner is None:
                return None
            number = cst.Integer("0")
            return [_tuple(number, value) for value in inner.values]
        display = self.dict_of(iterated)
        shown = self.of(iterated) if display is None else self._of_dict(iterated, keys=True)
        return shown.values if shown is not None else None

    def of_item(self, node: cst.Subscript) -> Optional[List[cst.BaseExpression]]:
        """What ``table[key]`` may be: the key's value, or any, if the key isn't known."""
        if _is_sliced(node) or len(node.slice) != 1:
            return None
        index = node.slice[0].slice
        assert isinstance(index, cst.Index)
        display = self.dict_of(node.value)
        if display is not None:
            return _values(display, index.value)
        shown = self.of(node.value) if not isinstance(node.value, cst.Call) else None
        return shown.values if shown is not None and shown.exact else None

    def of_get(self, call: cst.Call) -> List[cst.BaseExpression]:
        """What ``table.get(key, default)`` may be."""
        assert isinstance(call.func, cst.Attribute)
        display = self.dict_of(call.func.value)
        if display is None or not call.args:
            return []
        values = _values(display, call.args[0].value) or []
        return [*values, *(argument.value for argument in call.args[1:2])]


def _together(found: Sequence[Optional[Shown]], exact: bool = True) -> Optional[Shown]:
    values: List[cst.BaseExpression] = []
    for shown in found:
        if shown is None:
            return None
        values.extend(shown.values)
        exact = exact and shown.exact
    return Shown(values, exact)


def _is_sliced(node: cst.Subscript) -> bool:
    return any(isinstance(element.slice, cst.Slice) for element in node.slice)


def _values(display: cst.Dict, key: cst.BaseExpression) -> Optional[List[cst.BaseExpression]]:
    pairs = [e for e in display.elements if isinstance(e, cst.DictElement)]
    if len(pairs) < len(display.elements):
        return None
    if isinstance(key, cst.SimpleString):
        wanted = [
            pair.value
            for pair in pairs
            if isinstance(pair.key, cst.SimpleString)
            and pair.key.evaluated_value == key.evaluated_value
        ]
        return wanted or None
    return [pair.value for pair in pairs]


def _pairs(display: cst.Dict) -> Optional[List[cst.BaseExpression]]:
    pairs = [e for e in display.elements if isinstance(e, cst.DictElement)]
    if len(pairs) < len(display.elements):
        return None
    return [_tuple(pair.key, pair.value) for pair in pairs]


def _tuple(*values: cst.BaseExpression) -> cst.Tuple:
    return cst.Tuple([cst.Element(value) for value in values])


def _picked(
    target: cst.BaseExpression, name: str, values: Sequence[cst.BaseExpression]
) -> Optional[List[cst.BaseExpression]]:
    """What a name in a loop's target gets of each element."""
    if isinstance(target, cst.Name):
        return list(values)
    if not isinstance(target, (cst.Tuple, cst.List)):
        return None
    for index, element in enumerate(target.elements):
        inner = element.value
        if _binds(inner, name):
            picked: List[cst.BaseExpression] = []
            for value in values:
                if not isinstance(value, (cst.Tuple, cst.List)) or index >= len(value.elements):
                    return None
                picked.append(value.elements[index].value)
            return _picked(inner, name, picked)
    return None


def _binds(target: cst.BaseExpression, name: str) -> bool:
    if isinstance(target, cst.Name):
        return target.value == name
    if isinstance(target, (cst.Tuple, cst.List)):
        return any(_binds(element.value, name) for element in target.elements)
    return False

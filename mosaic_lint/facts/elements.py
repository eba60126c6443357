"""The elements of lists, tuples, sets and dicts that the code shows."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind, dotted

MAX_ELEMENTS = 200  # of one collection; with more nobody knows what is in it
_DISPLAYS = (cst.List, cst.Tuple, cst.Set)
_COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp)
_COPYING = frozenset(("list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "deque"))
_APPENDING = frozenset(("append", "add", "insert", "appendleft"))
_EXTENDING = frozenset(("extend", "update", "extendleft", "setdefault"))

_SOME_CONSTANT = cst.Integer("0")
"""Stands for a value that is a constant or a number, whichever."""
_RECEIVERS = (cst.Name, cst.Attribute)
_Receiver = Union[cst.Name, cst.Attribute]
_Pair = Tuple[cst.BaseExpression, cst.BaseExpression]


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
        self._grown: Dict[str, Dict[object, List[int]]] = {}  # by text and by meaning
        self._looked_up: Dict[int, Dict[object, List[cst.BaseExpression]]] = {}  # by display

    def of(self, node: cst.BaseExpression) -> Optional[Shown]:
        """The elements of an expression's value; ``None`` where not all are shown."""
        if self._depth > 8:
            return None
        self._depth += 1
        try:
            found = self._find(node)
        finally:
            self._depth -= 1
        return found if found is None or len(found.values) <= MAX_ELEMENTS else None

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
            added = self._added(node)
            exact = len(values) == 1 and not added
            return _together([*values, *added], exact=exact) if values else None
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
        if isinstance(node.func, cst.Name) and name == "range":
            return Shown([_SOME_CONSTANT], exact=False)
        if isinstance(node.func, cst.Name) and name in _COPYING:
            return self.iterated(node.args[0].value) if node.args else Shown([])
        if isinstance(node.func, cst.Attribute) and name in ("copy", "keys", "values"):
            if name == "copy":
                return self.of(node.func.value)
            return self._of_dict(node.func.value, keys=name == "keys")
        return None

    def iterated(self, node: cst.BaseExpression) -> Optional[Shown]:
        """What a loop over an expression's value gets: of a dict its keys."""
        keys = self._of_dict(node, keys=True)
        return keys if keys is not None else self.of(node)

    def _of_dict(self, node: cst.BaseExpression, *, keys: bool) -> Optional[Shown]:
        pairs = self._entries(node)
        if pairs is None:
            return None
        exact = self.dict_of(node) is not None
        return Shown([key if keys else value for key, value in pairs], exact)

    def _entries(self, node: cst.BaseExpression) -> Optional[List[_Pair]]:
        """The keys and values of the dict that an expression means; ``None`` if not all show."""
        found: List[_Pair] = []
        for origin in self._names.origins(node):
            pairs = _entries_of(origin)
            if pairs is None:
                return None
            found.extend(pairs)
        return [*found, *self._filled(node)] if isinstance(node, _RECEIVERS) else found

    def _filled(self, name: _Receiver) -> Iterator[_Pair]:
        """What is put into the dict that a name means, wherever the file does it."""
        for value, _ in self._growth(name):
            parent = self._file.tree.parent(value)
            if isinstance(parent, cst.Assign):
                item = next(t.target for t in parent.targets if isinstance(t.target, cst.Subscript))
                index = item.slice[0].slice
                yield (index.value if isinstance(index, cst.Index) else item), value
            elif isinstance(parent, cst.Arg) and parent.keyword is not None:
                yield _SOME_CONSTANT, value
                continue
            call = self._file.tree.parent(parent) if parent is not None else None
            if isinstance(call, cst.Call) and last_name(call.func) == "setdefault":
                yield call.args[0].value, value
            elif not isinstance(parent, cst.Assign):
                yield from _entries_of(value) or [(value, value)]

    def dict_of(self, node: cst.BaseExpression) -> Optional[cst.Dict]:
        """The only dict display that an expression may mean."""
        origins = self._names.origins(node)
        if len(origins) != 1 or not isinstance(origins[0], cst.Dict):
            return None
        if isinstance(node, _RECEIVERS) and self.grown(node):
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
        appended = self._added(node)
        exact = len(bindings) == 1 and not appended and not added
        return _together([*found, *appended], exact=exact)

    def _added(self, node: _Receiver) -> List[Optional[Shown]]:
        growth = list(self._growth(node))
        if len(growth) > MAX_ELEMENTS:
            return [None]
        return [Shown([value]) if is_element else self.of(value) for value, is_element in growth]

    def _values(
        self, display: cst.Dict, key: cst.BaseExpression
    ) -> Optional[List[cst.BaseExpression]]:
        """The values that a dict has for a key; all of them, where the key isn't known."""
        if not isinstance(key, cst.SimpleString):
            return _plain_values(display)
        if id(display) not in self._looked_up:
            table: Dict[object, List[cst.BaseExpression]] = {}
            for element in display.elements:
                if isinstance(element, cst.DictElement):
                    if isinstance(element.key, cst.SimpleString):
                        written = element.key.evaluated_value
                        table.setdefault(written, []).append(element.value)
                else:
                    table.clear()
                    break
            self._looked_up[id(display)] = table
        return self._looked_up[id(display)].get(key.evaluated_value)

    def grown(self, node: _Receiver) -> List[cst.BaseExpression]:
        """What is put into the list, set or dict that a name means, wherever the file does it.

        Of more than :data:`MAX_ELEMENTS` only so many that whoever asks sees it.
        """
        return [value for value, _ in self._growth(node)]

    def _growth(self, node: _Receiver) -> Iterator[Tuple[cst.BaseExpression, bool]]:
        """What is put in, and whether it is an element, not a collection of them."""
        text = dotted(node)
        entries = self._growing.get(text, [])
        if not entries:
            return
        if text not in self._grown:
            self._grown[text] = {}
            for place, (receiver, _, _) in enumerate(entries):
                for meaning in self._meanings(receiver):
                    self._grown[text].setdefault(meaning, []).append(place)
        grown = self._grown[text]
        places = {
            place
            for meaning in self._meanings(node)
            for place in grown.get(meaning, [])[: MAX_ELEMENTS + 1]
        }
        yield from (entries[place][1:] for place in sorted(places))

    def _meanings(self, node: _Receiver) -> List[object]:
        """What expressions with the same text share if they may mean the same collection."""
        if isinstance(node, cst.Attribute):
            return [self._names.holder(node)]
        return [node, *self._names.bindings(node)]

    @cached_property
    def _growing(self) -> Dict[str, List[Tuple[_Receiver, cst.BaseExpression, bool]]]:
        """What is put into a collection by ``append``, ``update`` and ``name[key] = value``."""
        found: Dict[str, List[Tuple[_Receiver, cst.BaseExpression, bool]]] = {}
        for call in self._file.tree.of(cst.Call):
            if not isinstance(call.func, cst.Attribute) or not call.args:
                continue
            receiver, method = call.func.value, call.func.attr.value
            if isinstance(receiver, _RECEIVERS) and method in _APPENDING | _EXTENDING:
                for argument in call.args if method == "update" else call.args[-1:]:
                    entry = (receiver, argument.value, method in _APPENDING)
                    found.setdefault(dotted(receiver), []).append(entry)
        for assign in self._file.tree.of(cst.Assign):
            for target in assign.targets:
                item = target.target
                if isinstance(item, cst.Subscript) and isinstance(item.value, _RECEIVERS):
                    entry = (item.value, assign.value, True)
                    found.setdefault(dotted(item.value), []).append(entry)
        return found

    def of_loop(self, binding: Binding) -> Optional[List[cst.BaseExpression]]:
        """What a loop's variable may be: the elements that the loop goes over."""
        loop = binding.node
        if not isinstance(loop, (cst.For, cst.CompFor)):
            return None
        return self._of_target(loop.target, loop.iter, binding.name)

    def _of_target(
        self, target: cst.BaseExpression, iterated: cst.BaseExpression, name: str
    ) -> Optional[List[cst.BaseExpression]]:
        """What a name in a loop's target gets, which goes over an expression."""
        if isinstance(target, cst.Tuple) and isinstance(iterated, cst.Call):
            if last_name(iterated.func) == "items" and isinstance(iterated.func, cst.Attribute):
                pairs = self._entries(iterated.func.value)
                return _picked(target, name, list(map(_tuple, pairs))) if pairs else None
            for element, column in zip(target.elements, _columns(iterated)):
                if _binds(element.value, name):
                    return self._of_target(element.value, column, name)
        shown = self.iterated(iterated)
        return _picked(target, name, shown.values) if shown is not None else None

    def of_item(self, node: cst.Subscript) -> Optional[List[cst.BaseExpression]]:
        """What ``table[key]`` may be: the key's value, or any, if the key isn't known."""
        if _is_sliced(node) or len(node.slice) != 1:
            return None
        index = node.slice[0].slice
        assert isinstance(index, cst.Index)
        tables = self._tables(node.value)
        if tables:
            values = [self._values(table, index.value) for table in tables]
            return [v for found in values for v in found or ()] if all(values) else None
        shown = self.of(node.value) if not isinstance(node.value, cst.Call) else None
        return shown.values if shown is not None and shown.exact else None

    def _tables(self, node: cst.BaseExpression) -> List[cst.Dict]:
        """The dict displays that an expression may mean: its own, or items of a table of such."""
        display = self.dict_of(node)
        if display is not None:
            return [display]
        values: Sequence[Optional[cst.BaseExpression]] = ()
        if isinstance(node, cst.Subscript):
            values = self.of_item(node) or ()
        elif isinstance(node, cst.Name) and not self.grown(node):
            bindings = self._names.bindings(node)
            value = bindings[0].value if len(bindings) == 1 else None
            if isinstance(value, cst.Subscript):
                values = self.of_item(value) or ()
            elif len(bindings) == 1 and value is None:
                values = self.of_loop(bindings[0]) or ()
        tables = [value for value in values if isinstance(value, cst.Dict)]
        return tables if len(tables) == len(values) else []

    def of_get(self, call: cst.Call) -> List[cst.BaseExpression]:
        """What ``table.get(key, default)`` may be."""
        assert isinstance(call.func, cst.Attribute)
        display = self.dict_of(call.func.value)
        if display is None or not call.args:
            return []
        values = self._values(display, call.args[0].value) or []
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


def _plain_values(display: cst.Dict) -> Optional[List[cst.BaseExpression]]:
    pairs = [e for e in display.elements if isinstance(e, cst.DictElement)]
    return [pair.value for pair in pairs] if len(pairs) == len(display.elements) else None


def _tuple(values: Sequence[cst.BaseExpression]) -> cst.Tuple:
    return cst.Tuple([cst.Element(value) for value in values])


def _columns(call: cst.Call) -> List[cst.BaseExpression]:
    """What the places in the tuples of ``zip`` and ``enumerate`` go over."""
    name = last_name(call.func) if isinstance(call.func, cst.Name) else ""
    if name == "zip" and not any(argument.star for argument in call.args):
        return [argument.value for argument in call.args]
    if name == "enumerate" and call.args:
        return [cst.Tuple([cst.Element(_SOME_CONSTANT)]), call.args[0].value]
    return []


def _entries_of(origin: object) -> Optional[List[_Pair]]:
    """The keys and values of an expression that is a dict without ``**``."""
    if isinstance(origin, cst.DictComp):
        return [(origin.key, origin.value)]
    if isinstance(origin, cst.Dict):
        pairs = [(e.key, e.value) for e in origin.elements if isinstance(e, cst.DictElement)]
        return pairs if len(pairs) == len(origin.elements) else None
    if isinstance(origin, cst.Call) and isinstance(origin.func, cst.Name):
        if origin.func.value == "dict" and all(a.keyword is not None for a in origin.args):
            return [(_SOME_CONSTANT, argument.value) for argument in origin.args]
    return None


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


def elements_of(file: File) -> Elements:
    """The collections of a file, read once."""
    found: Optional[Elements] = file.answers.get("elements")
    if found is None:
        found = file.answers["elements"] = Elements(file)
    return found

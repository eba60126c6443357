"""The classes of a module, and what their attributes are given."""

from __future__ import annotations

from functools import cached_property
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

import libcst as cst

from mosaic_lint.facts.holders import MAX_BINDINGS
from mosaic_lint.facts.scopes import Binding, Kind, Scopes, dotted
from mosaic_lint.tree import Tree, walk

_MAX_BASES = 50  # of one class, direct and indirect; what is behind these isn't known


class _Given(NamedTuple):
    """What classes give to an attribute.

    Args:
        values: the values that they assign.
        is_assigned: whether their bodies bind its name by assignments only.
    """

    values: List[cst.BaseExpression]
    is_assigned: bool = True


_NOTHING = _Given([])


class Classes:
    """Answers for one module.

    Args:
        tree: the module.
        scopes: its scopes.
        bindings: tells which bindings a name may mean.
    """

    def __init__(
        self, tree: Tree, scopes: Scopes, bindings: Callable[[cst.Name], List[Binding]]
    ) -> None:
        self._tree = tree
        self._scopes = scopes
        self._bindings = bindings
        self._attributes: Dict[cst.ClassDef, Dict[str, List[cst.BaseExpression]]] = {}
        self._known: Dict[Tuple[cst.ClassDef, str, bool], _Given] = {}

    def attribute_values(self, attribute: cst.Attribute) -> List[cst.BaseExpression]:
        """What a class of the file assigns to ``self.name``, and to ``name`` in its body.

        What classes that inherit from it assign counts as well, where it may be theirs.
        """
        return self._given(attribute).values

    def only_assigns(self, attribute: cst.Attribute) -> bool:
        """Whether the classes bind the name of an attribute in their bodies by assignments only."""
        return self._given(attribute).is_assigned

    def _given(self, attribute: cst.Attribute) -> _Given:
        """What classes give to an attribute, found once for all that mean the same."""
        holder, name = self.holder(attribute), attribute.attr.value
        if holder is None:
            return _NOTHING
        key = (holder, name, self.is_dynamic(attribute))
        if key not in self._known:
            giving = self.giving(attribute)
            classes = [giving, *self.deriving(attribute)] if giving is not None else []
            unique = [class_ for class_ in dict.fromkeys(classes) if class_ is not None]
            values = [value for class_ in unique for value in self.values_in(class_, name)]
            bindings = [b for c in unique for b in self._scopes.of(c).bindings.get(name, ())]
            is_assigned = all(binding.kind is Kind.ASSIGN for binding in bindings)
            self._known[key] = _Given(values if len(values) <= MAX_BINDINGS else [], is_assigned)
        return self._known[key]

    def deriving(self, attribute: cst.Attribute) -> List[cst.ClassDef]:
        """The classes that inherit from the one of ``self``, whose attribute it may be."""
        holder = self.holder(attribute) if self.is_dynamic(attribute) else None
        return self.derived(holder) if holder is not None else []

    def giving(self, attribute: cst.Attribute) -> Optional[cst.ClassDef]:
        """The class whose values :meth:`attribute_values` gives: the first that has any."""
        class_, name = self.holder(attribute), attribute.attr.value
        holders = self.with_bases(class_) if class_ is not None else ()
        return next((holder for holder in holders if self.values_in(holder, name)), None)

    def values_in(self, class_: cst.ClassDef, name: str) -> List[cst.BaseExpression]:
        """The same for one class without its bases, and for any number of values."""
        if class_ not in self._attributes:
            self._attributes[class_] = self._class_attributes(class_)
        return self._attributes[class_].get(name, [])

    def with_bases(self, class_: cst.ClassDef) -> Iterator[cst.ClassDef]:
        """A class, and those of its bases that the file defines, in the order of a look-up."""
        found = [class_]
        for current in found:
            yield current
            for base in current.bases if len(found) <= _MAX_BASES else ():
                if isinstance(base.value, cst.Name):
                    nodes = [binding.node for binding in self._bindings(base.value)]
                    classes = (node for node in nodes if isinstance(node, cst.ClassDef))
                    found.extend(node for node in classes if node not in found)

    def derived(self, class_: cst.ClassDef) -> List[cst.ClassDef]:
        """The classes of the file that inherit from a class."""
        return self._derived.get(class_, [])

    @cached_property
    def _derived(self) -> Dict[cst.ClassDef, List[cst.ClassDef]]:
        found: Dict[cst.ClassDef, List[cst.ClassDef]] = {}
        for class_ in self._tree.of(cst.ClassDef):
            for base in self.with_bases(class_) if class_.bases else ():
                if base is not class_:
                    found.setdefault(base, []).append(class_)
        return found

    def is_dynamic(self, attribute: cst.Attribute) -> bool:
        """Whether an attribute of ``self`` or its class is read, which may be a derived one's."""
        value = attribute.value
        if isinstance(value, cst.Name):
            return self._method(value) is not None
        return _instance(value) is not None and self.holder(attribute) is not None

    def holder(self, attribute: cst.Attribute) -> Optional[cst.ClassDef]:
        """The class of the file that an attribute is looked up in first."""
        value = attribute.value
        if isinstance(value, cst.Name):
            return self._class_of(value)
        instance = _instance(value)  # "type(self).name"
        method = self._method(instance) if instance is not None else None
        return self._class_around(method) if method is not None else None

    def method_of(self, attribute: cst.Attribute) -> Optional[cst.FunctionDef]:
        """The method whose ``self`` or ``cls`` an attribute is read of or given to."""
        return self._method(attribute.value) if isinstance(attribute.value, cst.Name) else None

    def _class_of(self, name: cst.Name) -> Optional[cst.ClassDef]:
        """The class that ``self`` is an instance of, or that a name is."""
        method = self._method(name)
        if method is not None:
            return self._class_around(method)
        nodes = [binding.node for binding in self._bindings(name)]
        return nodes[0] if len(nodes) == 1 and isinstance(nodes[0], cst.ClassDef) else None

    def _method(self, name: cst.Name) -> Optional[cst.FunctionDef]:
        """The method of which a name is the first parameter."""
        for binding in self._bindings(name):
            function = self._tree.enclosing(binding.node, cst.FunctionDef)
            if binding.kind is Kind.PARAMETER and function is not None:
                first = (*function.params.posonly_params, *function.params.params)[:1]
                is_first = first == (binding.node,) and not _is_static(function)
                return function if is_first and self._class_around(function) else None
        return None

    def _class_around(self, function: cst.FunctionDef) -> Optional[cst.ClassDef]:
        """The class in whose body a function is defined."""
        holder = self._tree.parent(self._tree.parent(function) or function)
        return holder if isinstance(holder, cst.ClassDef) else None

    def _class_attributes(self, class_: cst.ClassDef) -> Dict[str, List[cst.BaseExpression]]:
        found: Dict[str, List[cst.BaseExpression]] = {}
        for name, bindings in self._scopes.of(class_).bindings.items():
            values = [b.value for b in bindings if b.kind is Kind.ASSIGN and b.value is not None]
            found.setdefault(name, []).extend(values)
        for node in walk(class_.body):
            for target, value in _attribute_assignments(node):
                method = self.method_of(target)
                if method is not None and self._class_around(method) is class_:
                    found.setdefault(target.attr.value, []).append(value)
        return found


def _is_static(function: cst.FunctionDef) -> bool:
    return any(dotted(d.decorator) == "staticmethod" for d in function.decorators)


def _instance(node: cst.BaseExpression) -> Optional[cst.Name]:
    """The name whose class ``type(name)`` or ``name.__class__`` is."""
    value: Optional[cst.BaseExpression] = None
    if isinstance(node, cst.Attribute) and node.attr.value == "__class__":
        value = node.value
    elif isinstance(node, cst.Call) and dotted(node.func) == "type" and len(node.args) == 1:
        value = node.args[0].value
    return value if isinstance(value, cst.Name) else None


def _attribute_assignments(
    node: cst.CSTNode,
) -> Iterator[Tuple[cst.Attribute, cst.BaseExpression]]:
    """``x.name = value`` as pairs of target and value."""
    if node.__class__ not in (cst.Assign, cst.AnnAssign):
        return
    if isinstance(node, cst.Assign):
        targets: List[cst.BaseExpression] = [target.target for target in node.targets]
        value: Optional[cst.BaseExpression] = node.value
    elif isinstance(node, cst.AnnAssign):
        targets, value = [node.target], node.value
    else:
        return
    for target in targets:
        if value is not None and isinstance(target, cst.Attribute):
            if isinstance(target.value, cst.Name):
                yield target, value

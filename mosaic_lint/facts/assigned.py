"""Attributes that get values from outside of their class, so that the class doesn't tell them."""

from __future__ import annotations

from functools import cached_property
from typing import Dict, FrozenSet, Iterator, List, Optional, Set, Tuple

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Kind
from mosaic_lint.facts.targets import binder

_CONSTANT = ("ClassVar", "Final")
_SETTING = frozenset(("setattr", "__setattr__"))


class Assigned:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._tree = file.tree
        self._names = file.names
        self._classes = file.names.classes
        self._elsewhere: Dict[Tuple[Optional[cst.ClassDef], bool, str], bool] = {}

    def is_set_elsewhere(self, attribute: cst.Attribute) -> bool:
        """Whether an attribute may have another value than those that its class shows.

        ``Class.name = value`` somewhere does that, and so do ``self.name, other = values``, a class
        that this one inherits from, and the fields of a dataclass or model, which each instance has
        its own value for.
        """
        is_own = self._names.is_own_attribute(attribute)
        key = (self._names.holder(attribute), is_own, attribute.attr.value)
        if key not in self._elsewhere:
            self._elsewhere[key] = self._is_set(attribute)
        return self._elsewhere[key]

    def _is_set(self, attribute: cst.Attribute) -> bool:
        name, class_ = attribute.attr.value, self._names.holder(attribute)
        if name in self._set_by_name:
            return True
        shown, related = self._classes.giving(attribute), self._related(class_)
        for found in self._bound.get(name, ()):
            if not self._names.is_own_attribute(found):
                return True
            holder = self._names.holder(found)
            if holder in related and (holder is not shown or not self._is_plain(found)):
                return True
        is_own = class_ is not None and self._names.is_own_attribute(attribute)
        return is_own and class_ is not None and self._is_field(class_, name)

    def _related(self, class_: Optional[cst.ClassDef]) -> Set[cst.ClassDef]:
        """A class, those that it inherits from, and those that inherit from it."""
        if class_ is None:
            return set()
        return {*self._classes.with_bases(class_), *self._classes.derived(class_)}

    def _is_plain(self, attribute: cst.Attribute) -> bool:
        """Whether an attribute gets a value that is written beside it."""
        parent = self._tree.parent(attribute)
        return isinstance(parent, (cst.AssignTarget, cst.AnnAssign, cst.AugAssign))

    def _is_field(self, class_: cst.ClassDef, name: str) -> bool:
        """Whether a class with decorators or bases annotates the name, which makes it a field."""
        if not class_.decorators and not class_.bases:
            return False
        for binding in self._names.scope(class_).bindings.get(name, ()):
            if binding.kind is Kind.ASSIGN and isinstance(binding.node, cst.AnnAssign):
                annotation = binding.node.annotation.annotation
                base = annotation.value if isinstance(annotation, cst.Subscript) else annotation
                return last_name(base) not in _CONSTANT
        return False

    def is_replaced(self, name: str, classes: FrozenSet[Optional[cst.ClassDef]]) -> bool:
        """Whether something may be given to an attribute of some classes, in place of a method.

        Args:
            name: the attribute.
            classes: the classes of the file.
        """
        holders = {self._names.holder(found) for found in self._bound.get(name, ())}
        return name in self._set_by_name or bool(holders & (classes | {None}))

    def additions(self, attribute: cst.Attribute) -> List[cst.AugAssign]:
        """The statements ``self.name += value`` of the class that an attribute is looked up in."""
        holder = self._names.holder(attribute)
        return self._added.get((holder, attribute.attr.value), []) if holder is not None else []

    @cached_property
    def _added(self) -> Dict[Tuple[Optional[cst.ClassDef], str], List[cst.AugAssign]]:
        """The additions to attributes, by class and name."""
        found: Dict[Tuple[Optional[cst.ClassDef], str], List[cst.AugAssign]] = {}
        for statement in self._tree.of(cst.AugAssign):
            target = statement.target
            if isinstance(target, cst.Attribute):
                key = (self._names.holder(target), target.attr.value)
                found.setdefault(key, []).append(statement)
        return found

    @cached_property
    def _bound(self) -> Dict[str, List[cst.Attribute]]:
        """The attributes that get a value, by name."""
        found: Dict[str, List[cst.Attribute]] = {}
        for attribute in self._tree.of(cst.Attribute):
            if not isinstance(binder(self._tree, attribute), (cst.Del, type(None))):
                found.setdefault(attribute.attr.value, []).append(attribute)
        return found

    @cached_property
    def _set_by_name(self) -> FrozenSet[str]:
        """The attributes that ``setattr`` sets."""
        return frozenset(self._named_in_calls())

    def _named_in_calls(self) -> Iterator[str]:
        for call in self._tree.of(cst.Call):
            if last_name(call.func) in _SETTING and len(call.args) > 1:
                name = call.args[1].value
                if isinstance(name, cst.SimpleString):
                    yield str(name.evaluated_value)


def assigned_of(file: File) -> Assigned:
    """The attributes of a file that get values, read once."""
    found: Optional[Assigned] = file.answers.get("assigned")
    if found is None:
        found = file.answers["assigned"] = Assigned(file)
    return found

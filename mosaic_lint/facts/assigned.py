"""Attributes that get values from outside of their class, so that the class doesn't tell them."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Kind

_CONSTANT = ("ClassVar", "Final")


def is_set_elsewhere(file: File, attribute: cst.Attribute) -> bool:
    """Whether an attribute may have another value than those that its class shows.

    ``Class.name = value`` somewhere does that, and so do the fields of a dataclass or model, which
    each instance has its own value for.
    """
    name = attribute.attr.value
    if any(not file.names.is_own_attribute(found) for found in _assigned(file).get(name, ())):
        return True
    class_ = file.names.holder(attribute)
    return (
        class_ is not None
        and file.names.is_own_attribute(attribute)
        and (_is_field(file, class_, name))
    )


def additions(file: File, attribute: cst.Attribute) -> List[cst.AugAssign]:
    """The statements ``self.name += value`` of the class that an attribute is looked up in."""
    holder = file.names.holder(attribute)
    return [
        statement
        for statement in file.tree.of(cst.AugAssign)
        if isinstance(statement.target, cst.Attribute)
        and statement.target.attr.value == attribute.attr.value
        and holder is not None
        and file.names.holder(statement.target) is holder
    ]


def _is_field(file: File, class_: cst.ClassDef, name: str) -> bool:
    """Whether a class with decorators or bases annotates the name, which makes it a field."""
    if not class_.decorators and not class_.bases:
        return False
    for binding in file.names.scope(class_).bindings.get(name, ()):
        if binding.kind is Kind.ASSIGN and isinstance(binding.node, cst.AnnAssign):
            annotation = binding.node.annotation.annotation
            base = annotation.value if isinstance(annotation, cst.Subscript) else annotation
            return last_name(base) not in _CONSTANT
    return False


def _assigned(file: File) -> Dict[str, List[cst.Attribute]]:
    """The attributes to which something is assigned, by name."""
    known: Optional[Dict[str, List[cst.Attribute]]] = file.answers.get("assigned")
    if known is None:
        known = file.answers["assigned"] = {}
        for attribute in _assigned_attributes(file):
            known.setdefault(attribute.attr.value, []).append(attribute)
    return known


def _assigned_attributes(file: File) -> Iterator[cst.Attribute]:
    targets = [t.target for assign in file.tree.of(cst.Assign) for t in assign.targets]
    targets += [statement.target for statement in file.tree.of(cst.AugAssign)]
    targets += [s.target for s in file.tree.of(cst.AnnAssign) if s.value is not None]
    yield from (target for target in targets if isinstance(target, cst.Attribute))

"""The members of Enum classes that a file defines."""

from __future__ import annotations

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind

_ENUMS = frozenset(("Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"))
_OF_MEMBER = frozenset(("value", "name"))
_OF_CLASS = frozenset(("__members__", "_value2member_map_"))


class Members:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names

    def gives(self, attribute: cst.Attribute) -> bool:
        """Whether an attribute is the value or name of such a member, or all of these."""
        if attribute.attr.value in _OF_MEMBER:
            return self._is_member(attribute.value)
        return attribute.attr.value in _OF_CLASS and self._is_enum(attribute.value)

    def _is_member(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a member: ``E.X``, ``E(x)``, ``E[x]``."""
        if isinstance(node, cst.Attribute):
            return self._is_enum(node.value)
        if isinstance(node, cst.Call):
            return self._is_enum(node.func)
        if isinstance(node, cst.Subscript):
            return self._is_enum(node.value)
        if isinstance(node, cst.Name):
            bindings = self._names.bindings(node)
            return bool(bindings) and all(map(self._binds_member, bindings))
        return False

    def _binds_member(self, binding: Binding) -> bool:
        if binding.kind is Kind.ASSIGN and binding.value is not None:
            return self._is_member(binding.value)
        loop = binding.node
        return isinstance(loop, (cst.For, cst.CompFor)) and self._is_enum(loop.iter)

    def _is_enum(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a class of this file that derives from an Enum."""
        if not isinstance(node, cst.Name):
            return False
        nodes = [binding.node for binding in self._names.bindings(node)]
        return bool(nodes) and all(
            isinstance(class_, cst.ClassDef)
            and any(last_name(base.value) in _ENUMS for base in class_.bases)
            for class_ in nodes
        )

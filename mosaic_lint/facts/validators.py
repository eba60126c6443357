"""What checks data: which calls are validators, and whether data reaches one."""

from __future__ import annotations

from enum import Enum
from typing import FrozenSet, Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy, flow_of
from mosaic_lint.facts.functions import decorator_names
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.steps import Move, Step
from mosaic_lint.llm_vocabulary import VALIDATING

_MODELS = frozenset(("BaseModel", "RootModel", "GenericModel", "SQLModel", "BaseSettings"))
_PLAIN_BASES = frozenset(
    ("builtins.object", "builtins.dict", "builtins.list", "builtins.str", "builtins.Exception",
     "builtins.ValueError", "abc.ABC", "typing.TypedDict", "typing.NamedTuple", "typing.Protocol",
     "typing.Generic", "typing_extensions.TypedDict", "enum.Enum", "collections.UserDict")
)  # fmt: skip
_PLAIN_CLASSES = frozenset(
    ("SimpleNamespace", "Namespace", "OrderedDict", "UserDict", "Counter", "Exception")
)
"""Classes of the standard library that take any keywords."""
_MAX_BASES = 10
_SAME = frozenset(
    (Move.SAME, Move.KEPT, Move.ITEM, Move.LOOPED, Move.UNPACKED, Move.ATTRIBUTE, Move.CALLED,
     Move.OPERAND, Move.COLLECTED, Move.SPREAD)
)  # fmt: skip
_COPYING = frozenset(
    ("dict", "list", "tuple", "deepcopy", "copy", "sorted", "cast", "next", "iter", "enumerate",
     "filter", "map")
)  # fmt: skip
_CHECKING = ("validate", "validator", "validated")


class ModelKind(Enum):
    """Whether making an instance of a class checks its arguments."""

    YES = "a pydantic model"
    NO = "a plain class, or no class at all"
    UNKNOWN = "a class from elsewhere"


class _Data(Policy[bool]):
    """How parsed data is passed on; the tag says whether a function returned it."""

    def __init__(self, leaves: bool) -> None:
        self._leaves = leaves

    def inside(self, tag: bool) -> Optional[bool]:
        return tag

    def carry(self, step: Step, tag: bool) -> Optional[bool]:
        if step.move in _SAME:
            return tag
        if step.move is Move.RETURNED and self._leaves:
            return True
        if step.move is Move.GIVEN and isinstance(step.place, cst.Call):
            return tag if last_name(step.place.func) in _COPYING else None
        return None


class Validators:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._tree = file.tree
        self._names = file.names
        settings = file.settings.llm_validators
        self._bare = frozenset(name for name in settings if "." not in name)
        self._dotted = frozenset(settings) - self._bare

    def reaches(self, data: cst.BaseExpression, *, leaves: bool) -> bool:
        """Whether data reaches a validator.

        Args:
            data: the expression that makes it.
            leaves: whether it may be checked by whoever calls the function that returns it.
        """
        trace = flow_of(self._file).trace([(data, False)], _Data(leaves))
        for place, _ in trace.places:
            argument = None if isinstance(place, Binding) else self._tree.parent(place)
            if isinstance(argument, cst.Arg):
                call = self._tree.parent(argument)
                if isinstance(call, cst.Call) and self._checks(call, argument):
                    return True
        return False

    def _checks(self, call: cst.Call, argument: cst.Arg) -> bool:
        """Whether a call validates an argument."""
        name = last_name(call.func)
        if isinstance(call.func, cst.Attribute) and name in VALIDATING:
            return True
        qualified = self._names.qualified(call.func)
        if self._is_configured(name, qualified):
            return True
        if any(full.startswith("jsonschema.") for full in qualified):
            return name in ("validate", "is_valid", "iter_errors")
        if name.lower().startswith(_CHECKING) or name.lower().endswith(_CHECKING):
            return self._is_from_elsewhere(call.func)
        kind = self.kind(call.func)
        if argument.star == "**":
            return kind is not ModelKind.NO
        return kind is ModelKind.YES

    def _is_configured(self, name: str, qualified: FrozenSet[str]) -> bool:
        last = {name, *(full.rpartition(".")[2] for full in qualified)}
        return bool(last & self._bare) or any(
            f".{full}".endswith(f".{wanted}") for full in qualified for wanted in self._dotted
        )

    def _is_from_elsewhere(self, callee: cst.BaseExpression) -> bool:
        """Whether a function's definition can't be seen, so that its name must be believed."""
        if not isinstance(callee, cst.Name):
            return True
        bindings = self._names.bindings(callee)
        return not any(binding.kind is Kind.DEFINITION for binding in bindings)

    # --- classes

    def kind(self, callee: cst.BaseExpression) -> ModelKind:
        """What kind of class is instantiated by a call."""
        if isinstance(callee, cst.Name) and callee.value == "cls":
            class_ = self._tree.enclosing(callee, cst.ClassDef)
            return self._kind_of(class_) if class_ is not None else ModelKind.UNKNOWN
        name = last_name(callee)
        if not name[:1].isupper() or name in _PLAIN_CLASSES:
            return ModelKind.NO
        classes = list(self._classes(callee))
        if not classes:
            return ModelKind.UNKNOWN
        kinds = {self._kind_of(class_) for class_ in classes}
        return kinds.pop() if len(kinds) == 1 else ModelKind.UNKNOWN

    def _classes(self, callee: cst.BaseExpression) -> Iterator[cst.ClassDef]:
        if isinstance(callee, cst.Name):
            for origin in self._names.origins(callee):
                if isinstance(origin, Binding) and isinstance(origin.node, cst.ClassDef):
                    yield origin.node

    def _kind_of(self, class_: cst.ClassDef) -> ModelKind:
        """What kind of class one of the file is, by its decorators and bases."""
        waiting: List[cst.ClassDef] = [class_]
        kind = ModelKind.NO
        for _ in range(_MAX_BASES):
            if not waiting:
                return kind
            current = waiting.pop()
            if self._is_checked_dataclass(current):
                return ModelKind.YES
            for base in current.bases:
                value = base.value.value if isinstance(base.value, cst.Subscript) else base.value
                known = list(self._classes(value))
                waiting.extend(known)
                qualified = self._names.qualified(value)
                if any(full.rpartition(".")[2] in _MODELS for full in qualified):
                    return ModelKind.YES
                if not known and not qualified <= _PLAIN_BASES:
                    kind = ModelKind.UNKNOWN
        return ModelKind.UNKNOWN

    def _is_checked_dataclass(self, class_: cst.ClassDef) -> bool:
        if "dataclass" not in decorator_names(class_):
            return False
        return any(
            name.startswith("pydantic.")
            for decorator in class_.decorators
            for name in self._names.qualified(_called(decorator.decorator))
        )


def _called(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node

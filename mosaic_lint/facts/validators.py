"""What checks data: which calls are validators, and whether data reaches one."""

from __future__ import annotations

import builtins
from enum import Enum
from typing import FrozenSet, Iterator, List, Optional

import libcst as cst

from mosaic_lint.facts.file import File
from mosaic_lint.facts.flow import Policy, flow_of
from mosaic_lint.facts.functions import Functions, decorator_names, functions_of
from mosaic_lint.facts.names import Origin, last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.steps import Move, Step
from mosaic_lint.llm_vocabulary import VALIDATING
from mosaic_lint.tree import Function, walk

_MODELS = frozenset(("BaseModel", "RootModel", "GenericModel", "SQLModel", "BaseSettings"))
_PLAIN_BASES = frozenset(
    ("abc.ABC", "typing.TypedDict", "typing.NamedTuple", "typing.Protocol", "typing.Generic",
     "typing_extensions.TypedDict", "enum.Enum", "enum.StrEnum", "collections.UserDict")
)  # fmt: skip
"""Bases, besides all builtins, that check nothing."""
_PLAIN_CLASSES = frozenset(("SimpleNamespace", "Namespace", "OrderedDict", "UserDict", "Counter"))
"""Classes of the standard library that take any keywords."""
_MODEL_WORDS = ("model", "schema", "cls", "class")
"""What a name for a class that is a value may hold: ``self.schema``, ``response_model``."""
_MAX_BASES = 10
_BUILTINS = frozenset(dir(builtins))
_SAME = frozenset(
    (Move.SAME, Move.KEPT, Move.ITEM, Move.LOOPED, Move.UNPACKED, Move.ATTRIBUTE, Move.CALLED,
     Move.OPERAND, Move.COLLECTED, Move.SPREAD)
)  # fmt: skip
_CHECKED = frozenset(("validate_call", "validate_arguments"))
_CHECKING = ("validate", "validator", "validated")


class ModelKind(Enum):
    """Whether making an instance of a class checks its arguments."""

    YES = "a pydantic model"
    NO = "a plain class, or no class at all"
    UNKNOWN = "a class from elsewhere"


class _Data(Policy[bool]):
    """How parsed data is passed on; the tag says whether a function returned it.

    Functions of other modules are taken to pass it on: who knows what they give back.

    Args:
        functions: those of the file, which the walk follows by itself.
        leaves: whether functions that return it are followed.
    """

    def __init__(self, functions: Functions, leaves: bool) -> None:
        self._functions = functions
        self._leaves = leaves

    def inside(self, tag: bool) -> Optional[bool]:
        return tag

    def carry(self, step: Step, tag: bool) -> Optional[bool]:
        if step.move in _SAME:
            return tag
        if step.move is Move.RETURNED and self._leaves:
            return True
        if step.move is Move.GIVEN and isinstance(step.place, cst.Call):
            return None if self._functions.definitions(step.place.func) else tag
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
        self._functions = functions_of(file)
        settings = file.settings.llm_validators
        self._bare = frozenset(name for name in settings if "." not in name)
        self._dotted = frozenset(settings) - self._bare

    def reaches(self, data: cst.BaseExpression, *, leaves: bool) -> bool:
        """Whether data reaches a validator.

        Args:
            data: the expression that makes it.
            leaves: whether it may be checked by whoever calls the function that returns it.
        """
        trace = flow_of(self._file).trace([(data, False)], _Data(self._functions, leaves))
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
        if name == "load" and any(full.endswith("Schema().load") for full in qualified):
            return True  # marshmallow
        if any(map(_checks_arguments, self._functions.definitions(call.func))):
            return True
        if self._is_named_validator(name) and not self._functions.definitions(call.func):
            return True
        if any(self.is_validator(other.value) for other in call.args if other is not argument):
            return True  # "map(Model.model_validate, data)"
        kind = self.kind(call.func)
        if argument.star == "**":
            return kind is not ModelKind.NO
        return kind is ModelKind.YES

    def is_validator(self, expression: cst.BaseExpression) -> bool:
        """Whether an expression is a function that validates what it will be called with."""
        if isinstance(expression, cst.Lambda):
            calls = [node for node in walk(expression.body) if isinstance(node, cst.Call)]
            return any(self._checks(call, a) for call in calls for a in call.args)
        return isinstance(expression, cst.Attribute) and expression.attr.value in VALIDATING

    def _is_named_validator(self, name: str) -> bool:
        """Whether a function says that it validates, which is believed if it can't be seen."""
        plain = name.lower().strip("_")
        return plain.startswith(_CHECKING) or plain.endswith(_CHECKING)

    def _is_configured(self, name: str, qualified: FrozenSet[str]) -> bool:
        last = {name, *(full.rpartition(".")[2] for full in qualified)}
        return bool(last & self._bare) or any(
            f".{full}".endswith(f".{wanted}") for full in qualified for wanted in self._dotted
        )

    # --- classes

    def kind(self, callee: cst.BaseExpression) -> ModelKind:
        """What kind of class is instantiated by a call."""
        if isinstance(callee, cst.Subscript):  # "Page[int]", "MODELS[name]"
            named = _kind_by_name(last_name(callee.value).lower())
            return ModelKind.UNKNOWN if named is ModelKind.UNKNOWN else self.kind(callee.value)
        if _is_own_class(callee):
            class_ = self._tree.enclosing(callee, cst.ClassDef)
            return self._kind_of(class_) if class_ is not None else ModelKind.UNKNOWN
        if not isinstance(callee, cst.Name):
            return _kind_by_name(last_name(callee))
        origins = self._names.origins(callee)
        kinds = {self._kind_of_origin(origin) for origin in origins}
        return kinds.pop() if len(kinds) == 1 else ModelKind.UNKNOWN

    def _kind_of_origin(self, origin: Origin) -> ModelKind:
        if isinstance(origin, Binding):
            if isinstance(origin.node, cst.ClassDef):
                return self._kind_of(origin.node)
            if origin.kind is Kind.DEFINITION:
                return ModelKind.NO
            is_import = origin.kind is Kind.IMPORT
            return _kind_by_name(_last_part(origin.target)) if is_import else ModelKind.UNKNOWN
        if isinstance(origin, cst.Call):  # "partial(Model, source=...)"
            is_partial = last_name(origin.func) == "partial" and bool(origin.args)
            return self.kind(origin.args[0].value) if is_partial else ModelKind.UNKNOWN
        return _kind_by_name(last_name(origin))

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
                if not known and not all(map(_is_plain, qualified)):
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


def _checks_arguments(function: Function) -> bool:
    """Whether pydantic checks a function's arguments against their annotations."""
    return isinstance(function, cst.FunctionDef) and not _CHECKED.isdisjoint(
        decorator_names(function)
    )


def _is_own_class(callee: cst.BaseExpression) -> bool:
    """``cls``, ``type(self)`` and ``self.__class__``."""
    if isinstance(callee, cst.Call):
        return last_name(callee.func) == "type" and len(callee.args) == 1
    return last_name(callee) in ("cls", "__class__")


def _kind_by_name(name: str) -> ModelKind:
    """What a name tells that isn't defined in the file: classes begin with a capital letter."""
    if name in _PLAIN_CLASSES or name in _BUILTINS or "construct" in name:
        return ModelKind.NO
    if name.lstrip("_")[:1].isupper() or any(word in name.lower() for word in _MODEL_WORDS):
        return ModelKind.UNKNOWN
    return ModelKind.NO


def _is_plain(qualified: str) -> bool:
    """Whether a base checks nothing, as all of the builtins."""
    return qualified in _PLAIN_BASES or qualified.startswith("builtins.")


def _last_part(dotted: str) -> str:
    """The last name of a dotted one."""
    return dotted.rpartition(".")[2]

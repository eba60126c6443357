"""FastAPI's dependencies: of an endpoint's parameters, a class's fields, a router, a route.

What the file doesn't show is none, unless its name says so plainly.
"""

from __future__ import annotations

import re
from typing import Iterator, List, Set

import libcst as cst

from mosaic_lint.facts.authentication import is_named_dependency
from mosaic_lint.facts.file import File
from mosaic_lint.facts.functions import functions_of, returned
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.vocabulary import DEPENDENCY_CALLS

_PLAIN = frozenset(
    ("<local>", "builtins", "fastapi", "starlette", "pydantic", "annotated_types", "typing",
     "typing_extensions", "datetime", "decimal", "uuid", "enum", "os", "time", "pathlib",
     "collections")
)  # fmt: skip
"""Packages that make no dependencies, but for FastAPI's calls with names of their own."""
_NAME = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")
_MAX_STEPS = 200  # through one annotation
_MAX_DEPTH = 5  # of functions that make dependencies


class Dependencies:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names
        self._functions = functions_of(file)

    def of_function(self, function: cst.FunctionDef) -> bool:
        """Whether a parameter of a function may be a dependency."""
        return any(map(self._is_dependency, _parameters(function.params)))

    def of_class(self, class_: cst.ClassDef) -> bool:
        """Whether a field, a parameter of the constructor, or a base of a class may be one."""
        seen: Set[int] = set()
        waiting = [class_]
        while waiting:
            current = waiting.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            if any(map(self._is_field, current.body.body)):
                return True
            for base in current.bases:
                origins = self._names.origins(base.value)
                nodes = [origin.node for origin in origins if isinstance(origin, Binding)]
                waiting.extend(node for node in nodes if isinstance(node, cst.ClassDef))
                if not self._is_plain(base.value):
                    return True
        return False

    def _is_plain(self, node: cst.BaseExpression) -> bool:
        """Whether a class surely comes from a package without dependencies."""
        base = node.value if isinstance(node, cst.Subscript) else node
        names = self._names.qualified(base)
        return bool(names) and all(name.partition(".")[0] in _PLAIN for name in names)

    def _is_field(self, statement: cst.CSTNode) -> bool:
        if isinstance(statement, cst.FunctionDef):
            return statement.name.value == "__init__" and self.of_function(statement)
        for part in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.AnnAssign):
                if self._in_annotation(part.annotation.annotation):
                    return True
            if isinstance(part, (cst.Assign, cst.AnnAssign)) and part.value is not None:
                if self._in_default(part.value):
                    return True
        return False

    def of_call(self, call: cst.Call) -> bool:
        """Whether a call that makes or includes a router or route may be given dependencies."""
        for argument in call.args:
            if argument.star == "**":
                return True
            if argument.keyword is not None and argument.keyword.value == "dependencies":
                return not _is_empty(argument.value)
        return False

    def _is_dependency(self, parameter: cst.Param) -> bool:
        if parameter.annotation is not None:
            if self._in_annotation(parameter.annotation.annotation):
                return True
        return parameter.default is not None and self._in_default(parameter.default)

    # --- default values

    def _in_default(self, value: cst.BaseExpression, depth: int = _MAX_DEPTH) -> bool:
        for origin in self._names.origins(value):
            if isinstance(origin, cst.Call) and self._is_made_by(origin, depth):
                return True
        return False

    def _is_made_by(self, call: cst.Call, depth: int) -> bool:
        """Whether a call makes a dependency, by itself or by a function of the file."""
        if self._is_dependency_call(call):
            return True
        return depth > 0 and any(
            self._in_default(value, depth - 1)
            for definition in self._functions.definitions(call.func)
            for value in returned(definition)
        )

    def _is_dependency_call(self, call: cst.Call) -> bool:
        if last_name(call.func) in DEPENDENCY_CALLS:
            return True
        names = self._names.qualified(call.func)
        return any(name.rpartition(".")[2] in DEPENDENCY_CALLS for name in names)

    # --- annotations

    def _in_annotation(self, annotation: cst.BaseExpression) -> bool:
        """Whether an annotation has a dependency in it, aliases followed."""
        seen: Set[int] = set()
        waiting: List[cst.CSTNode] = [annotation]
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if len(seen) > _MAX_STEPS or self._is_told_by(node):
                return True
            waiting.extend(self._parts(node))
        return False

    def _is_told_by(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Call):
            return self._is_dependency_call(node) or self._is_from_outside(node.func)
        if isinstance(node, (cst.Name, cst.Attribute)):
            return self._is_from_outside(node)
        if isinstance(node, cst.SimpleString):
            return any(map(self._is_named, _names_in(node)))
        return False

    def _is_from_outside(self, node: cst.BaseExpression) -> bool:
        """Whether a name is plainly that of a dependency, which another module makes."""
        return any(
            name.partition(".")[0] not in _PLAIN and is_named_dependency(name)
            for name in self._names.qualified(node)
        )

    def _is_named(self, name: str) -> bool:
        """The same of a name in a string."""
        head, _, rest = name.partition(".")
        for binding in self._names.module_bindings(head):
            if binding.kind is Kind.IMPORT:
                full = f"{binding.target}.{rest}" if rest else binding.target
                if full.rpartition(".")[2] in DEPENDENCY_CALLS or is_named_dependency(full):
                    return True
        return False

    def _parts(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """What an annotation's meaning depends on."""
        if isinstance(node, cst.Name):
            for binding in self._names.bindings(node):
                if binding.kind is Kind.ASSIGN and binding.value is not None:
                    yield binding.value
            yield from self._type_statements(node.value)
        elif isinstance(node, cst.Attribute):
            yield from self._names.attribute_values(node)
        elif isinstance(node, cst.SimpleString):
            for name in _names_in(node):
                for binding in self._names.module_bindings(name):
                    if binding.kind is Kind.ASSIGN and binding.value is not None:
                        yield binding.value
                yield from self._type_statements(name)
        elif isinstance(node, cst.BinaryOperation):
            yield from (node.left, node.right)
        elif isinstance(node, cst.Subscript):
            yield from self._arguments(node)

    def _type_statements(self, name: str) -> Iterator[cst.CSTNode]:
        """The values of ``type name = ...``."""
        for statement in self._file.tree.of(cst.TypeAlias):
            if statement.name.value == name:
                yield statement.value

    def _arguments(self, node: cst.Subscript) -> Iterator[cst.CSTNode]:
        """The types in brackets, and what ``Annotated`` has besides; texts there mean nothing."""
        name = last_name(node.value)
        if name == "Literal":
            return
        if name != "Annotated":
            yield node.value
        for place, element in enumerate(node.slice):
            if isinstance(element.slice, cst.Index):
                value = element.slice.value
                if place == 0 or name != "Annotated" or not isinstance(value, cst.SimpleString):
                    yield value
                if isinstance(value, (cst.List, cst.Tuple)):
                    yield from (inner.value for inner in value.elements)


def _is_empty(value: cst.BaseExpression) -> bool:
    """Whether a list is written down empty; one with a name may be filled elsewhere."""
    if isinstance(value, (cst.List, cst.Tuple)):
        return not value.elements
    return isinstance(value, cst.Name) and value.value == "None"


def _parameters(parameters: cst.Parameters) -> List[cst.Param]:
    return [*parameters.posonly_params, *parameters.params, *parameters.kwonly_params]


def _names_in(text: cst.SimpleString) -> List[str]:
    return [re.sub(r"\s", "", match.group()) for match in _NAME.finditer(text.raw_value)]

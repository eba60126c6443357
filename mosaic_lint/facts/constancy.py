"""Which values are surely nothing but constants of the program, so that nobody can inject SQL.

Proven or not: what isn't known isn't proven. A type annotation proves nothing.
"""

from __future__ import annotations

from typing import Callable, Dict, Optional, Sequence, Union

import libcst as cst

from mosaic_lint.facts.allowed import Allowed
from mosaic_lint.facts.assigned import additions, is_set_elsewhere
from mosaic_lint.facts.elements import elements_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.scopes import Binding, Kind

_NUMBERS = frozenset(
    ("builtins.int", "builtins.float", "builtins.len", "builtins.bool", "builtins.ord",
     "builtins.id", "builtins.hash", "builtins.round", "builtins.range", "itertools.count")
)  # fmt: skip
"""Functions whose value is a number, or goes over numbers, whatever they are given."""
_KEEPING = frozenset(
    ("builtins.str", "builtins.repr", "builtins.sorted", "builtins.list", "builtins.tuple",
     "builtins.set", "builtins.frozenset", "builtins.reversed", "builtins.abs", "builtins.min",
     "builtins.max", "builtins.sum", "builtins.enumerate", "builtins.dict",
     "builtins.iter", "builtins.next", "builtins.format", "builtins.zip", "textwrap.dedent",
     "itertools.chain", "itertools.chain.from_iterable")
)  # fmt: skip
"""Functions whose value is made of their arguments alone."""
_METHODS = frozenset(
    ("strip", "lstrip", "rstrip", "upper", "lower", "title", "capitalize", "replace", "join",
     "format", "removeprefix", "removesuffix", "keys", "values", "items", "copy", "encode",
     "decode", "as_string", "zfill", "get", "split", "rsplit", "splitlines", "partition")
)  # fmt: skip
_COMPOSITION = ("psycopg2.sql.", "psycopg.sql.")
_LITERALS = (cst.SimpleString, cst.Integer, cst.Float, cst.Imaginary)
_MAX_DEPTH = 30


class Constancy:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names
        self._elements = elements_of(file)
        self._allowed = Allowed(file, self.is_proven)
        self._known: Dict[int, bool] = {}  # by identity of the expression
        self._depth = 0

    def is_proven(self, node: cst.BaseExpression) -> bool:
        """Whether the value of an expression surely comes from the program's own text."""
        if isinstance(node, _LITERALS):
            return True
        key = id(node)
        if key not in self._known:
            prover = _PROVERS.get(node.__class__)
            if prover is None or self._depth > _MAX_DEPTH:
                return False
            self._known[key] = True  # on a circle the other values decide
            self._depth += 1
            try:
                self._known[key] = prover(self, node)
            finally:
                self._depth -= 1
        return self._known[key]

    def _all(self, nodes: Sequence[cst.BaseExpression]) -> bool:
        return all(self.is_proven(node) for node in nodes)

    def _name(self, node: cst.Name) -> bool:
        if node.value in ("True", "False", "None"):
            return True
        if self._allowed.is_tested(node):
            return True
        bindings = self._names.bindings(node)
        if not bindings:
            return node.value == "__name__"
        if self._names.is_nonlocal(node):
            return False
        return all(self._binding(binding) for binding in bindings) and not self._is_spoiled(node)

    def _binding(self, binding: Binding) -> bool:
        node = binding.node
        if binding.kind is Kind.ASSIGN and binding.value is not None:
            return self.is_proven(binding.value)
        if isinstance(node, cst.AugAssign):
            before = isinstance(node.target, cst.Name) and self.is_proven(node.target)
            return before and self.is_proven(node.value)
        if isinstance(node, (cst.For, cst.CompFor)):
            return self._loop(binding)
        if isinstance(node, cst.Assign) and binding.kind is Kind.OTHER:
            return self.is_proven(node.value)  # "a, b = TABLE[key]"
        return False

    def _loop(self, binding: Binding) -> bool:
        """Whether a loop's variable goes over constants, or was let through by a filter."""
        loop = binding.node
        assert isinstance(loop, (cst.For, cst.CompFor))
        if isinstance(loop, cst.CompFor) and self._allowed.is_filtered(loop, binding.name):
            return True
        shown = self._elements.of_loop(binding)
        if shown is not None:
            return self._all(shown)
        return self.is_proven(loop.iter)

    def _is_spoiled(self, node: cst.Name) -> bool:
        """Whether something unproven is put into the list or dict that a name means."""
        return not self._all(self._elements.grown(node))

    def _attribute(self, node: cst.Attribute) -> bool:
        if self._allowed.is_tested(node):
            return True
        if node.attr.value in ("value", "name") and self._is_member(node.value):
            return True
        if node.attr.value in ("__members__", "_value2member_map_") and self._is_enum(node.value):
            return True
        values = self._names.attribute_values(node)
        return (
            bool(values)
            and self._all([*values, *self._elements.grown(node)])
            and self._all([added.value for added in additions(self._file, node)])
            and not is_set_elsewhere(self._file, node)
        )

    def _is_member(self, node: cst.BaseExpression) -> bool:
        """Whether an expression is a member of the file's own Enum: ``E.X``, ``E(x)``, ``E[x]``."""
        if isinstance(node, cst.Attribute):
            return self._is_enum(node.value)
        if isinstance(node, cst.Call):
            return self._is_enum(node.func)
        if isinstance(node, cst.Subscript):
            return self._is_enum(node.value)
        if isinstance(node, cst.Name):
            bindings = self._names.bindings(node)
            return bool(bindings) and all(self._binds_member(binding) for binding in bindings)
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
            isinstance(class_, cst.ClassDef) and self._derives_from_enum(class_) for class_ in nodes
        )

    def _derives_from_enum(self, class_: cst.ClassDef) -> bool:
        return any(
            last_name(base.value) in ("Enum", "StrEnum", "IntEnum", "Flag", "IntFlag")
            for base in class_.bases
        )

    def _call(self, node: cst.Call) -> bool:
        if isinstance(node.func, cst.Attribute) and self._method(node, node.func):
            return True
        qualified = self._names.qualified(node.func)
        if not qualified:
            return False
        if qualified <= _NUMBERS:
            return True
        if qualified == {"itertools.repeat"}:
            return bool(node.args) and self.is_proven(node.args[0].value)
        if all(name.startswith(_COMPOSITION) for name in qualified):
            return True
        arguments = [argument.value for argument in node.args]
        return qualified <= _KEEPING and self._all(arguments)

    def _method(self, node: cst.Call, function: cst.Attribute) -> bool:
        if function.attr.value not in _METHODS or not self.is_proven(function.value):
            return False
        arguments = [argument.value for argument in node.args]
        if function.attr.value == "get":  # of a constant table, whatever the key
            return self._all(arguments[1:])
        return self._all(arguments)

    def _item(self, node: cst.Subscript) -> bool:
        """An item of a constant table, or a slice of a constant text, whatever the key."""
        values = self._elements.of_item(node)  # of which other items needn't be constant
        return self.is_proven(node.value) or (bool(values) and self._all(values or ()))

    def _display(self, node: Union[cst.List, cst.Tuple, cst.Set]) -> bool:
        return self._all([element.value for element in node.elements])

    def _dict(self, node: cst.Dict) -> bool:
        for element in node.elements:
            if isinstance(element, cst.DictElement) and not self.is_proven(element.key):
                return False
            if not self.is_proven(element.value):
                return False
        return True

    def _comprehension(self, node: Union[cst.ListComp, cst.SetComp, cst.GeneratorExp]) -> bool:
        return self.is_proven(node.elt)

    def _dict_comprehension(self, node: cst.DictComp) -> bool:
        return self.is_proven(node.key) and self.is_proven(node.value)

    def _operation(self, node: cst.BinaryOperation) -> bool:
        if isinstance(node.operator, cst.Multiply):
            return self.is_proven(node.left) or self.is_proven(node.right)
        return self.is_proven(node.left) and self.is_proven(node.right)

    def _unary(self, node: cst.UnaryOperation) -> bool:
        return isinstance(node.operator, cst.Not) or self.is_proven(node.expression)

    def _either(self, node: cst.IfExp) -> bool:
        return self.is_proven(node.body) and self.is_proven(node.orelse)

    def _or(self, node: cst.BooleanOperation) -> bool:
        is_and = isinstance(node.operator, cst.And)  # its left comes through only if it is empty
        return (is_and or self.is_proven(node.left)) and self.is_proven(node.right)

    def _truth(self, node: cst.Comparison) -> bool:
        return True

    def _walrus(self, node: cst.NamedExpr) -> bool:
        return self.is_proven(node.value)

    def _formatted(self, node: cst.FormattedString) -> bool:
        for piece in node.parts:
            if isinstance(piece, cst.FormattedStringExpression):
                inner = [p for p in piece.format_spec or () if not self._is_plain(p)]
                if inner or not self.is_proven(piece.expression):
                    return False
        return True

    def _is_plain(self, piece: cst.BaseFormattedStringContent) -> bool:
        fields = isinstance(piece, cst.FormattedStringExpression)
        return not fields or self.is_proven(piece.expression)  # type: ignore[attr-defined]

    def _concatenated(self, node: cst.ConcatenatedString) -> bool:
        return self.is_proven(node.left) and self.is_proven(node.right)


_Prover = Callable[..., bool]
_PROVERS: Dict[type, _Prover] = {
    cst.Name: Constancy._name,
    cst.Attribute: Constancy._attribute,
    cst.Call: Constancy._call,
    cst.Subscript: Constancy._item,
    cst.List: Constancy._display,
    cst.Tuple: Constancy._display,
    cst.Set: Constancy._display,
    cst.Dict: Constancy._dict,
    cst.ListComp: Constancy._comprehension,
    cst.SetComp: Constancy._comprehension,
    cst.GeneratorExp: Constancy._comprehension,
    cst.DictComp: Constancy._dict_comprehension,
    cst.BinaryOperation: Constancy._operation,
    cst.UnaryOperation: Constancy._unary,
    cst.IfExp: Constancy._either,
    cst.BooleanOperation: Constancy._or,
    cst.Comparison: Constancy._truth,
    cst.NamedExpr: Constancy._walrus,
    cst.FormattedString: Constancy._formatted,
    cst.ConcatenatedString: Constancy._concatenated,
}
"""How the constancy of each kind of expression is proven."""


def constancy_of(file: File) -> Constancy:
    """The proofs of a file, made once."""
    found: Optional[Constancy] = file.answers.get("constancy")
    if found is None:
        found = file.answers["constancy"] = Constancy(file)
    return found

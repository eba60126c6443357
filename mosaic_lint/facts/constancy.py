"""Which values are surely nothing but constants of the program, so that nobody can inject SQL.

Proven or not: what isn't known isn't proven. A type annotation proves nothing. Inside of a function
a proof may rest on parameters, which each call decides of.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterable, Iterator, Optional, Union

import libcst as cst

from mosaic_lint.facts.allowed import Allowed
from mosaic_lint.facts.assigned import assigned_of
from mosaic_lint.facts.elements import MAX_ELEMENTS, elements_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.members import Members
from mosaic_lint.facts.proofs import PROVEN, Needs, Proofs, any_of, together
from mosaic_lint.facts.results import Results
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.tree import Function

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
_SINGLETONS = frozenset(("True", "False", "None"))


class Constancy:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._names = file.names
        self._elements = elements_of(file)
        self._assigned = assigned_of(file)
        self._members = Members(file)
        self._allowed = Allowed(file, self.is_proven)
        self._results = Results(file, self.needs)
        self._proofs = Proofs(self._prove)

    def is_proven(self, node: cst.BaseExpression) -> bool:
        """Whether the value of an expression surely comes from the program's own text."""
        return self.needs(node) == PROVEN

    def needs(self, node: cst.CSTNode) -> Needs:
        """The parameters that must be proven for an expression, or what a function returns, to be.

        Returns:
            The parameters; none where it is proven, ``None`` where it can't be.
        """
        return PROVEN if isinstance(node, _LITERALS) else self._proofs.of(node)

    def _prove(self, node: cst.CSTNode) -> Needs:
        prover = _PROVERS.get(node.__class__)
        return prover(self, node) if prover is not None else None

    def _all(self, nodes: Iterable[cst.BaseExpression]) -> Needs:
        return together(map(self.needs, nodes))

    # --- names and attributes

    def _name(self, node: cst.Name) -> Needs:
        if node.value in _SINGLETONS or self._allowed.is_tested(node):
            return PROVEN
        bindings = [*self._names.bindings(node), *self._names.shared(node)]
        if not bindings:
            return PROVEN if node.value == "__name__" else None
        if self._names.is_nonlocal(node):
            return None
        # what is put into the list or dict that a name means may be something else
        return self._with_growth(together(map(self._binding, bindings)), node)

    def _with_growth(self, needs: Needs, node: Union[cst.Name, cst.Attribute]) -> Needs:
        """What the proof of a collection needs, with that of all that is put into it."""
        grown = self._elements.grown(node) if needs is not None else []
        return together((needs, self._all(grown))) if len(grown) <= MAX_ELEMENTS else None

    def _binding(self, binding: Binding) -> Needs:
        node = binding.node
        if binding.kind is Kind.ASSIGN and binding.value is not None:
            return self.needs(binding.value)
        if isinstance(node, cst.AugAssign) and isinstance(node.target, cst.Name):
            return self._all((node.target, node.value))
        if isinstance(node, (cst.For, cst.CompFor)):
            return self._loop(binding)
        if isinstance(node, cst.Assign) and binding.whole is not None:
            return self.needs(binding.whole)  # "a, b = TABLE[key]"
        if isinstance(node, cst.Param):
            return frozenset((node,))
        return None

    def _loop(self, binding: Binding) -> Needs:
        """A loop's variable goes over constants, or was let through by a filter."""
        loop = binding.node
        assert isinstance(loop, (cst.For, cst.CompFor))
        if isinstance(loop, cst.CompFor) and self._allowed.is_filtered(loop, binding.name):
            return PROVEN
        shown = self._elements.of_loop(binding)
        return self._all(shown) if shown is not None else self.needs(loop.iter)

    def _attribute(self, node: cst.Attribute) -> Needs:
        if self._allowed.is_tested(node) or self._members.gives(node):
            return PROVEN
        if self._names.attribute_values(node):
            return self._kept(node)
        return self._results.of_property(node)

    def _kept(self, node: cst.Attribute) -> Needs:
        """An attribute has the values that its class gives it, or one that inherits from it."""
        if self._assigned.is_set_elsewhere(node):
            return None
        if not self._names.classes.only_assigns(node):
            return None
        added = [statement.value for statement in self._assigned.additions(node)]
        if len(added) > MAX_ELEMENTS:
            return None
        return self._with_growth(self._all([*self._names.attribute_values(node), *added]), node)

    # --- calls

    def _call(self, node: cst.Call) -> Needs:
        return any_of(way(node) for way in (self._known_call, self._results.of_call))

    def _known_call(self, node: cst.Call) -> Needs:
        """The value of a function or method of Python's own, or of the driver's."""
        if isinstance(node.func, cst.Attribute):
            needs = self._method(node, node.func)
            if needs is not None:
                return needs
        qualified = self._names.qualified(node.func)
        if not qualified:
            return None
        if qualified <= _NUMBERS or all(name.startswith(_COMPOSITION) for name in qualified):
            return PROVEN
        if qualified == {"itertools.repeat"}:
            return self._all([argument.value for argument in node.args[:1]]) if node.args else None
        if qualified <= _KEEPING:
            return self._all([argument.value for argument in node.args])
        return None

    def _method(self, node: cst.Call, function: cst.Attribute) -> Needs:
        if function.attr.value not in _METHODS:
            return None
        arguments = [argument.value for argument in node.args]
        if function.attr.value == "get":  # of a constant table, whatever the key
            arguments = arguments[1:]
        return self._all((function.value, *arguments))

    def _awaited(self, node: cst.Await) -> Needs:
        call = node.expression
        return self._results.of_call(call, awaited=True) if isinstance(call, cst.Call) else None

    def _function(self, node: Function) -> Needs:
        return self._results.of_function(node)

    # --- displays and operators

    def _item(self, node: cst.Subscript) -> Needs:
        """An item of a constant table, or a slice of a constant text, whatever the key."""
        needs = self.needs(node.value)
        if needs == PROVEN:
            return needs
        values = self._elements.of_item(node)  # of which other items needn't be constant
        return any_of((self._all(values), needs)) if values else needs

    def _display(self, node: Union[cst.List, cst.Tuple, cst.Set]) -> Needs:
        return self._all([element.value for element in node.elements])

    def _dict(self, node: cst.Dict) -> Needs:
        keys = [e.key for e in node.elements if isinstance(e, cst.DictElement)]
        return self._all([*keys, *(element.value for element in node.elements)])

    def _comprehension(self, node: Union[cst.ListComp, cst.SetComp, cst.GeneratorExp]) -> Needs:
        return self.needs(node.elt)

    def _dict_comprehension(self, node: cst.DictComp) -> Needs:
        return self._all((node.key, node.value))

    def _operation(self, node: cst.BinaryOperation) -> Needs:
        if isinstance(node.operator, cst.Multiply):  # of which one must be a number
            return any_of(map(self.needs, (node.left, node.right)))
        return self._all((node.left, node.right))

    def _unary(self, node: cst.UnaryOperation) -> Needs:
        return PROVEN if isinstance(node.operator, cst.Not) else self.needs(node.expression)

    def _either(self, node: cst.IfExp) -> Needs:
        return self._all((node.body, node.orelse))

    def _or(self, node: cst.BooleanOperation) -> Needs:
        if isinstance(node.operator, cst.And):  # its left comes through only if it is empty
            return self.needs(node.right)
        return self._all((node.left, node.right))

    def _truth(self, node: cst.Comparison) -> Needs:
        return PROVEN

    def _walrus(self, node: cst.NamedExpr) -> Needs:
        return self.needs(node.value)

    def _formatted(self, node: cst.FormattedString) -> Needs:
        return self._all(_values_in(node.parts))

    def _concatenated(self, node: cst.ConcatenatedString) -> Needs:
        return self._all((node.left, node.right))


def _values_in(
    pieces: Iterable[cst.BaseFormattedStringContent],
) -> Iterator[cst.BaseExpression]:
    """The expressions in an f-string, those in its format specifications included."""
    for piece in pieces:
        if isinstance(piece, cst.FormattedStringExpression):
            yield piece.expression
            for inner in piece.format_spec or ():
                if isinstance(inner, cst.FormattedStringExpression):
                    yield inner.expression


_Prover = Callable[..., Needs]
_PROVERS: Dict[type, _Prover] = {
    cst.Name: Constancy._name,
    cst.Attribute: Constancy._attribute,
    cst.Call: Constancy._call,
    cst.Await: Constancy._awaited,
    cst.FunctionDef: Constancy._function,
    cst.Lambda: Constancy._function,
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
"""How the constancy of each kind of expression is proven, and of what functions return."""


def constancy_of(file: File) -> Constancy:
    """The proofs of a file, made once."""
    found: Optional[Constancy] = file.answers.get("constancy")
    if found is None:
        found = file.answers["constancy"] = Constancy(file)
    return found

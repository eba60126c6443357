"""The texts of expressions: literals, and whatever names, operators and methods make of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Dict, List, Optional, Sequence, Union

import libcst as cst

from mosaic_lint.facts.assigned import assigned_of
from mosaic_lint.facts.elements import MAX_ELEMENTS, elements_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.pyformat import braces, is_text, percent
from mosaic_lint.facts.pystrings import formatted_text, literal
from mosaic_lint.facts.scopes import Binding, Kind
from mosaic_lint.facts.sqltext import (
    MAX_TEXTS,
    NUMERIC_SPEC,
    Part,
    SqlText,
    built_in,
    hole,
    inexact,
    joined,
    locked,
    number,
    passed,
    spliced,
)
from mosaic_lint.sql.lexer import HOLE

_MAX_DEPTH = 40
_CUT = "a part of it is cut out, by the number of characters"
_JOINED = "each of its characters is joined alone"
_KEEPING = frozenset(
    ("strip", "lstrip", "rstrip", "upper", "lower", "casefold", "removesuffix", "removeprefix",
     "encode", "decode", "expandtabs", "as_string")
)  # fmt: skip
"""Methods that leave of a text what matters here."""
_RECASTING = frozenset(("upper", "lower", "casefold"))
_ALCHEMY = frozenset(
    ("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text")
)  # fmt: skip
"""Functions that read ``:name`` as a placeholder, and ``%`` as itself."""
_PASSING = frozenset(
    ("textwrap.dedent", "inspect.cleandoc", "textwrap.indent", "builtins.str",
     "sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text",
     "sqlalchemy.DDL", "sqlparse.format", "typing.cast", "sys.intern")
)  # fmt: skip
"""Functions that hand on the text of their first argument (or last, as ``cast``)."""
COMPOSING = frozenset(("psycopg2.sql.SQL", "psycopg.sql.SQL"))
_COMPOSED = frozenset(("psycopg2.sql.Composed", "psycopg.sql.Composed"))

_Literal = Union[cst.SimpleString, cst.FormattedString, cst.ConcatenatedString]


class Texts:
    """Answers for one file.

    Args:
        file: the file.
    """

    def __init__(self, file: File) -> None:
        self._file = file
        self._names = file.names
        self._elements = elements_of(file)
        self._assigned = assigned_of(file)
        self._known: Dict[int, List[SqlText]] = {}  # by identity of the expression
        self._depth = 0

    def of(self, expression: cst.BaseExpression) -> List[SqlText]:
        """The texts that an expression may have; none where it isn't known to be a text."""
        key = id(expression)
        if key not in self._known:
            finder = _FINDERS.get(expression.__class__)
            if finder is None or self._depth > _MAX_DEPTH:
                return []
            self._known[key] = []  # a text that is made of itself
            self._depth += 1
            try:
                self._known[key] = finder(self, expression)[:MAX_TEXTS]
            finally:
                self._depth -= 1
        return self._known[key]

    def _filled(
        self, anchor: cst.CSTNode, value: cst.BaseExpression, as_it_is: bool, composed: bool = False
    ) -> Sequence[SqlText]:
        """The texts of a value that is built into another text."""
        known = self.of(value) if as_it_is else []
        return built_in(known, anchor) or [hole(anchor, value, composed)]

    # --- literals

    def _literal(self, node: _Literal) -> List[SqlText]:
        return self._pieces_of(node, node)

    def _pieces_of(self, node: cst.BaseExpression, whole: cst.CSTNode) -> List[SqlText]:
        if isinstance(node, cst.ConcatenatedString):
            return self._concatenated(node, whole)
        if isinstance(node, cst.FormattedString):
            return self._formatted(node, whole)
        assert isinstance(node, cst.SimpleString)
        written = literal(node)
        if written is None:
            return []
        text = written.text.replace(HOLE, " ")
        opening = node.prefix + node.quote
        return [SqlText((Part(text, node, whole, written, opening=opening),))]

    def _concatenated(self, node: cst.ConcatenatedString, whole: cst.CSTNode) -> List[SqlText]:
        choices: List[List[SqlText]] = []
        current: cst.BaseExpression = node
        while isinstance(current, cst.ConcatenatedString):
            choices.append(self._pieces_of(current.left, whole))
            current = current.right
        return joined([*choices, self._pieces_of(current, whole)])

    def _formatted(self, node: cst.FormattedString, whole: cst.CSTNode) -> List[SqlText]:
        choices: List[Sequence[SqlText]] = []
        for piece in node.parts:
            if isinstance(piece, cst.FormattedStringText):
                written = formatted_text(piece, node.start)
                text = written.text.replace(HOLE, " ")
                part = Part(text, piece, whole, written, opening=node.start)
                choices.append([SqlText((part,))])
            elif isinstance(piece, cst.FormattedStringExpression):
                as_it_is = (
                    piece.conversion in (None, "s") and not piece.format_spec and not piece.equal
                )
                if _takes_numbers(piece):
                    choices.append([number(piece, piece.expression)])
                    continue
                choices.append(self._filled(piece, piece.expression, as_it_is))
                for inner in piece.format_spec or ():
                    if isinstance(inner, cst.FormattedStringExpression):
                        choices.append([hole(inner, inner.expression)])
        return joined(choices)

    # --- operators

    def _operation(self, node: cst.BinaryOperation) -> List[SqlText]:
        if isinstance(node.operator, cst.Add):
            return self._sum(node)
        if isinstance(node.operator, cst.Modulo):
            return self._formatted_by_percent(node.left, node.right)
        if isinstance(node.operator, cst.Multiply):
            return inexact(self.of(node.left) or self.of(node.right))
        return []

    def _sum(self, node: cst.BinaryOperation) -> List[SqlText]:
        operands: List[cst.BaseExpression] = []
        current: cst.BaseExpression = node
        while isinstance(current, cst.BinaryOperation) and isinstance(current.operator, cst.Add):
            operands.append(current.right)
            current = current.left
        operands.append(current)
        operands.reverse()
        return self._added(operands)

    def _added(self, operands: Sequence[cst.BaseExpression]) -> List[SqlText]:
        known = [self.of(operand) for operand in operands]
        if not any(known):
            return []
        composed = any(text.composed for texts in known for text in texts)
        found = joined(
            [
                built_in(texts, operand) or [hole(operand, operand, composed)]
                for texts, operand in zip(known, operands)
            ]
        )
        return found if any(part.hole is None for t in found for part in t.parts) else []

    def _formatted_by_percent(
        self, template: cst.BaseExpression, values: cst.BaseExpression
    ) -> List[SqlText]:
        found: List[SqlText] = []
        for text in self.of(template):
            found.extend(spliced(percent(text, values, self._filled), text))
        return found

    def _either(self, node: cst.IfExp) -> List[SqlText]:
        return self._choice((node.body, node.orelse))

    def _or(self, node: cst.BooleanOperation) -> List[SqlText]:
        if isinstance(node.operator, cst.And) and not self.of(node.left):
            return self.of(node.right)  # what is left of "and" only comes through if it is empty
        return self._choice((node.left, node.right))

    def _choice(self, branches: Sequence[cst.BaseExpression]) -> List[SqlText]:
        """The texts of all branches, with a hole for one that isn't known."""
        known = [self.of(branch) for branch in branches]
        if not any(known):
            return []
        return [
            text
            for texts, branch in zip(known, branches)
            for text in texts or ([] if _is_nothing(branch) else [passed(branch)])
        ]

    def _walrus(self, node: cst.NamedExpr) -> List[SqlText]:
        return self.of(node.value)

    # --- names

    def _name(self, node: cst.Name) -> List[SqlText]:
        bindings = self._names.bindings(node)
        augmented = [b for b in bindings if _is_augmented(b)]
        bases: List[SqlText] = []
        for binding in bindings:
            if not _is_augmented(binding):
                known = self._bound(binding)
                bases.extend(known or ([passed(node)] if len(bindings) > 1 else []))
        bases = bases[:MAX_TEXTS]
        if self._names.is_nonlocal(node):
            bases.append(passed(node))
        if augmented:
            return self._augmented(node, augmented, bases)
        return bases if _is_known(bases) else []

    def _augmented(
        self, node: cst.Name, augmented: Sequence[Binding], bases: List[SqlText]
    ) -> List[SqlText]:
        """A text that is added to: all that may be added, in the order in which it is written."""
        ordered = sorted(augmented, key=self._position)
        added: List[List[SqlText]] = [bases or [passed(node)]]
        for binding in ordered:
            assert isinstance(binding.node, cst.AugAssign)
            value = binding.node.value
            added.append(built_in(self.of(value), value) or [hole(value, value)])
        found = joined(added)
        if not any(part.hole is None for text in found for part in text.parts):
            return []
        conditional = any(self._is_conditional(binding) for binding in ordered)
        return inexact(found) if conditional else found

    def _position(self, binding: Binding) -> int:
        return self._file.tree.index(binding.node)

    def _is_conditional(self, binding: Binding) -> bool:
        """Whether an addition stands in a branch or a loop of its function."""
        for ancestor in self._file.tree.ancestors(binding.node):
            if isinstance(ancestor, (cst.FunctionDef, cst.Module)):
                return False
            if isinstance(ancestor, (cst.If, cst.For, cst.While, cst.Try, cst.Match)):
                return True
        return False

    def _bound(self, binding: Binding) -> List[SqlText]:
        """The texts that a binding gives to its name."""
        if binding.kind is Kind.ASSIGN and binding.value is not None:
            return self.of(binding.value)
        if isinstance(binding.node, (cst.For, cst.CompFor)):
            found = self._elements.of_loop(binding)
            if found is not None:
                return self._any(found)
        if isinstance(binding.node, cst.AugAssign) and isinstance(
            binding.node.operator, cst.ModuloAssign
        ):
            return self._formatted_by_percent(binding.node.target, binding.node.value)
        return []

    def _any(self, values: Sequence[cst.BaseExpression]) -> List[SqlText]:
        """The texts of whichever of several values it is."""
        found = [text for value in values for text in self.of(value) or [passed(value)]]
        return found if _is_known(found) else []

    def _attribute(self, node: cst.Attribute) -> List[SqlText]:
        if node.attr.value == "value" and not self._names.attribute_values(node):
            return self.of(node.value)  # of an Enum's member
        found = self._any(self._names.attribute_values(node))
        if found and self._assigned.is_set_elsewhere(node):
            found.append(passed(node))
        values = [statement.value for statement in self._assigned.additions(node)] if found else []
        if len(values) > MAX_ELEMENTS:
            return []
        if values:
            added = [built_in(self.of(value), value) or [hole(value, value)] for value in values]
            found = inexact(joined([found, *added]))
        return found

    def _item(self, node: cst.Subscript) -> List[SqlText]:
        values = self._elements.of_item(node)
        if values is None:
            if _is_slice(node):
                found = self.of(node.value)
                return inexact(found if _cuts_no_mark(node, found) else locked(found, _CUT))
            return []
        found = self._any(values)
        return inexact(found) if len(values) > 1 else found

    # --- calls

    def _call(self, node: cst.Call) -> List[SqlText]:
        if isinstance(node.func, cst.Attribute):
            method = node.func.attr.value
            if method in ("format", "format_map"):
                return self._format(node, node.func.value)
            if method == "join" and len(node.args) == 1:
                return self._join(node.func.value, node.args[0].value)
            if method in _KEEPING:
                found = self.of(node.func.value)
                return locked(found, f"{method}() changes it") if method in _RECASTING else found
            if method == "replace":
                return self._replaced(node, node.func.value)
            if method == "get":
                values = self._elements.of_get(node)
                return inexact(self._any(values)) if len(values) > 1 else self._any(values)
        return self._passed(node)

    def _passed(self, node: cst.Call) -> List[SqlText]:
        if not node.args or last_name(node.func) == "format":
            return []
        qualified = self._names.qualified(node.func)
        if qualified & COMPOSING:
            texts = self.of(node.args[0].value)
            return [SqlText(text.parts, text.exact, composed=True) for text in texts]
        if qualified & _COMPOSED:
            elements = self._elements.of(node.args[0].value)
            return self._added(elements.values) if elements is not None else []
        if qualified & _PASSING:
            found = self.of(node.args["typing.cast" in qualified].value)
            return [_through(text, ":") for text in found] if qualified & _ALCHEMY else found
        return []

    def _format(self, node: cst.Call, receiver: cst.BaseExpression) -> List[SqlText]:
        found: List[SqlText] = []
        for template in self.of(receiver):
            pieces = braces(
                template,
                node,
                lambda anchor, value, whole, c=template.composed: (  # type: ignore[misc]
                    self._filled(anchor, value, whole, c)
                ),
            )
            found.extend(spliced(pieces, template))
        return found

    def _replaced(self, node: cst.Call, receiver: cst.BaseExpression) -> List[SqlText]:
        """A text in which something is replaced: unknown if that is in it."""
        old = self.of(node.args[0].value) if node.args else []
        if len(old) != 1 or any(old[0].holes):
            return []
        found = [t for t in self.of(receiver) if old[0].text not in t.text]
        return locked(inexact(found), "something in it is replaced")

    def _join(self, separator: cst.BaseExpression, items: cst.BaseExpression) -> List[SqlText]:
        glue = self.of(separator)[:1]
        if not glue:
            return []
        composed = glue[0].composed
        elements = self._elements.iterated(items)
        if elements is None:
            texts = _characters(items, self.of(items)) or [hole(items, items, composed)]
            return inexact(joined([texts, glue, texts]) if _shows(glue[0]) else texts)
        choices: List[Sequence[SqlText]] = []
        for index, value in enumerate(elements.values):
            if index:
                choices.append(glue)
            known = built_in(self.of(value), items)
            choices.append(known or [hole(items, value, composed)])
        found = joined(choices)
        if len(elements.values) == 1 and not elements.exact and _shows(glue[0]):
            found = joined([*choices, glue, choices[0]])
        return found if elements.exact else inexact(found)


def _takes_numbers(field: cst.FormattedStringExpression) -> bool:
    """Whether a replacement field's format raises for anything but a number."""
    spec = field.format_spec or ()
    if len(spec) != 1 or not isinstance(spec[0], cst.FormattedStringText):
        return False
    return field.conversion is None and NUMERIC_SPEC.fullmatch(spec[0].value) is not None


def _characters(items: cst.BaseExpression, texts: Sequence[SqlText]) -> List[SqlText]:
    """The characters that ``join`` is given as a text: one, however often."""
    found = [text for text in texts if len(text.text) == 1]
    if not isinstance(items, cst.BinaryOperation):
        return locked(found, _JOINED)
    return [
        replace(text, parts=tuple(part._replace(listed=True) for part in text.parts))
        if text.parts[0].node in (items.left, items.right)
        else locked([text], _JOINED)[0]
        for text in found
    ]


def _through(text: SqlText, template: str) -> SqlText:
    """A text that goes through a template."""
    parts = [part._replace(templates=part.templates + template) for part in text.parts]
    return replace(text, parts=tuple(parts))


def _cuts_no_mark(node: cst.Subscript, texts: Sequence[SqlText]) -> bool:
    """Whether a slice takes away a fixed number of characters without a placeholder's."""
    cut = node.slice[0].slice
    if len(node.slice) != 1 or not isinstance(cut, cst.Slice) or cut.step is not None:
        return False
    first, last = _number(cut.lower), _number(cut.upper)
    if first is None or last is None or first < 0 or last > 0:
        return False
    return all("?" not in text.text[:first] + text.text[len(text.text) + last :] for text in texts)


def _number(node: Optional[cst.BaseExpression]) -> Optional[int]:
    """A border of a slice, 0 where it has none; ``None`` where it isn't a plain number."""
    if node is None:
        return 0
    sign = 1
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        node, sign = node.expression, -1
    return sign * node.evaluated_value if isinstance(node, cst.Integer) else None


def _shows(glue: SqlText) -> bool:
    """Whether a separator is more than punctuation, so that it may hold a fault itself."""
    return any(character in "?:$@%" or character == HOLE for character in glue.text)


def _is_known(texts: Sequence[SqlText]) -> bool:
    """Whether anything is known of a text: characters, or how it was built."""
    return any(part.hole is None or not part.hole.passed for t in texts for part in t.parts)


def _is_augmented(binding: Binding) -> bool:
    node = binding.node
    return isinstance(node, cst.AugAssign) and isinstance(node.operator, cst.AddAssign)


def _is_nothing(node: cst.BaseExpression) -> bool:
    """``None`` and the empty text, as in ``clause or ""``."""
    return (isinstance(node, cst.Name) and node.value == "None") or is_text(node, "")


def _is_slice(node: cst.Subscript) -> bool:
    return any(isinstance(element.slice, cst.Slice) for element in node.slice)


_Finder = Callable[..., List[SqlText]]
_FINDERS: Dict[type, _Finder] = {
    cst.SimpleString: Texts._literal,
    cst.ConcatenatedString: Texts._literal,
    cst.FormattedString: Texts._literal,
    cst.BinaryOperation: Texts._operation,
    cst.IfExp: Texts._either,
    cst.BooleanOperation: Texts._or,
    cst.NamedExpr: Texts._walrus,
    cst.Name: Texts._name,
    cst.Attribute: Texts._attribute,
    cst.Subscript: Texts._item,
    cst.Call: Texts._call,
}
"""How the texts of each kind of expression are found."""


def texts_of(file: File) -> Texts:
    """The texts of a file, made once."""
    found: Optional[Texts] = file.answers.get("texts")
    if found is None:
        found = file.answers["texts"] = Texts(file)
    return found

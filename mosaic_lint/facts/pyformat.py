"""Templates of ``%`` and ``.format``: where a value goes, and which one."""

from __future__ import annotations

import re
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

import libcst as cst

from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.sqltext import NUMERIC_SPEC, Part, Pieces, SqlText, number

_PERCENT = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?[#0\- +]*(?:\*|\d+)?(?:\.(?:\*|\d+))?[hlL]?"
    r"(?P<kind>[diouxXeEfFgGcrsa%])"
)
_BRACES = re.compile(
    r"\{\{|\}\}|\{(?P<field>[^{}:!]*)(?P<conversion>![rsa])?"
    r"(?::(?P<spec>[^{}]*(?:\{[^{}]*\}[^{}]*)*))?\}"
)

Fill = Callable[[cst.CSTNode, cst.BaseExpression, bool], Sequence[SqlText]]
"""Gives the texts of a value, by its anchor, its expression and whether it goes in as it is."""


def percent(template: SqlText, values: cst.BaseExpression, fill: Fill) -> Pieces:
    """The pieces of ``template % values``.

    Args:
        template: a text with conversions.
        values: what is right of the operator.
        fill: gives the texts of a value.
    """
    arguments = _PercentValues(values)
    pieces: Pieces = []
    for parts, match in _matches(template, _PERCENT):
        if match is None or match.group("kind") == "%":
            pieces.extend(part._replace(templates=part.templates + "%") for part in parts)
        else:
            anchor, value = arguments.take(match.group("key"))
            if match.group("kind") in "rsa":
                pieces.append(fill(anchor, value, match.group("kind") == "s"))
            else:
                pieces.append([number(anchor, value)])
    return pieces


class _PercentValues:
    """What the conversions of a template take, one after the other."""

    def __init__(self, values: cst.BaseExpression) -> None:
        self._values = values
        self._next = 0

    def take(self, key: Optional[str]) -> Tuple[cst.CSTNode, cst.BaseExpression]:
        if key is None:
            self._next += 1
            elements = tuple_elements(self._values)
            if elements is not None and self._next <= len(elements):
                return elements[self._next - 1], elements[self._next - 1]
        elif isinstance(self._values, cst.Dict):
            for element in self._values.elements:
                if isinstance(element, cst.DictElement) and is_text(element.key, key):
                    return element.value, element.value
        return self._values, self._values


def tuple_elements(value: cst.BaseExpression) -> Optional[List[cst.BaseExpression]]:
    """The elements of a tuple display without stars."""
    if not isinstance(value, cst.Tuple):
        return None
    if not all(isinstance(element, cst.Element) for element in value.elements):
        return None
    return [element.value for element in value.elements]


def is_text(node: cst.BaseExpression, text: str) -> bool:
    """Whether an expression is a plain literal with this text."""
    return isinstance(node, cst.SimpleString) and node.evaluated_value == text


def braces(template: SqlText, call: cst.Call, fill: Fill) -> Pieces:
    """The pieces of ``template.format(...)``.

    Args:
        template: a text with replacement fields.
        call: the call of ``format``.
        fill: gives the texts of a value.
    """
    pieces: Pieces = []
    position = 0
    for parts, match in _matches(template, _BRACES):
        if match is None or match.group() in ("{{", "}}"):
            pieces.extend(part._replace(templates=part.templates + "{") for part in parts)
        else:
            name = match.group("field")
            if not name or name[0] in ".[":
                name = f"{position}{name}"
                position += 1
            value, whole = _argument(call, name)
            spec = match.group("spec") or ""
            if NUMERIC_SPEC.fullmatch(spec):
                pieces.append([number(value, value)])
                continue
            as_it_is = whole and not match.group("conversion") and not spec
            pieces.append(fill(value, value, as_it_is))
    return pieces


def _argument(call: cst.Call, name: str) -> Tuple[cst.BaseExpression, bool]:
    """The argument that a replacement field names, and whether all of it goes in."""
    head = re.split(r"[.\[]", name, maxsplit=1)[0]
    if last_name(call.func) == "format_map" and call.args:
        value = _PercentValues(call.args[0].value).take(head)[1]
        return value, head == name and value is not call.args[0].value
    plain = [argument.value for argument in call.args if argument.keyword is None]
    stars = [argument.value for argument in call.args if argument.star]
    for argument in call.args:
        if argument.keyword is not None and argument.keyword.value == head:
            return argument.value, head == name
    if head.isdigit() and not stars and int(head) < len(plain):
        return plain[int(head)], head == name
    return (stars[0] if stars else call), False


def _matches(
    template: SqlText, pattern: re.Pattern[str]
) -> Iterator[Tuple[List[Part], Optional[re.Match[str]]]]:
    """Each match with its first character, and without one the parts between matches."""
    position = 0
    for match in pattern.finditer(template.text):
        if match.start() > position:
            yield template.cut(position, match.start()), None
        yield template.cut(match.start(), match.start() + 1), match
        position = match.end()
    if position < len(template.text):
        yield template.cut(position, len(template.text)), None

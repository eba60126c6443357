"""Texts that are built from nothing but constants, put together as the facts would.

A list of conditions that grows by constants and is joined, placeholders that are repeated, names of
columns: such a text is judged like a plain one. Whatever isn't of these few shapes isn't known.
"""

from __future__ import annotations

import ast
from typing import Callable, List, NamedTuple, Optional, Sequence

from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.triage.table import Binding

_MAX_DEPTH = 12

Reaching = Callable[[ast.Name], Optional[Sequence[Binding]]]
"""The bindings that a name may mean; ``None`` where they aren't all known."""


class Composed(NamedTuple):
    """A text, or the texts in a list.

    Args:
        texts: one text, or the elements.
        is_list: whether it is a list.
        is_exact: whether there may be just these, each once; not where a list grows or repeats.
    """

    texts: List[str]
    is_list: bool = False
    is_exact: bool = True


def composed(node: ast.expr, reaching: Reaching, depth: int = _MAX_DEPTH) -> Optional[Composed]:
    """Put an expression's constants together.

    Args:
        node: the expression.
        reaching: gives the bindings of names.
        depth: how deep to look.

    Returns:
        What the expression gives, each element of a repeated list once and all that is appended to
        a list in it; ``None`` where anything else than constants may be in it.
    """
    if not depth:
        return None

    def inner(part: ast.expr) -> Optional[Composed]:
        return composed(part, reaching, depth - 1)

    if isinstance(node, ast.Constant):
        text = node.value
        return Composed([text.replace(HOLE, " ")]) if isinstance(text, str) else None
    if isinstance(node, ast.JoinedStr):
        return _together([inner(part) for part in _fields(node)])
    if isinstance(node, ast.List):
        return _listed([inner(element) for element in node.elts])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _together([inner(node.left), inner(node.right)])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        found = inner(node.left) if isinstance(node.left, ast.List) else None
        return found._replace(is_exact=False) if found is not None else None
    if isinstance(node, ast.Call):
        return _joined(node, inner)
    if isinstance(node, ast.Name):
        return _named(node, reaching, inner)
    return None


def _fields(node: ast.JoinedStr) -> List[ast.expr]:
    """The pieces of an f-string; one that is formatted specially stays as it is."""
    return [
        value.value
        if isinstance(value, ast.FormattedValue)
        and value.conversion == -1
        and value.format_spec is None
        else value
        for value in node.values
    ]


def _together(parts: Sequence[Optional[Composed]]) -> Optional[Composed]:
    """The concatenation of texts."""
    if any(part is None or part.is_list for part in parts):
        return None
    known = [part for part in parts if part is not None]
    return Composed(["".join(p.texts[0] for p in known)], is_exact=all(p.is_exact for p in known))


def _listed(elements: Sequence[Optional[Composed]]) -> Optional[Composed]:
    if any(element is None or element.is_list for element in elements):
        return None
    known = [element for element in elements if element is not None]
    return Composed([e.texts[0] for e in known], True, all(e.is_exact for e in known))


def _joined(call: ast.Call, inner: Callable[[ast.expr], Optional[Composed]]) -> Optional[Composed]:
    """``separator.join(list)`` with a separator that is nothing but punctuation or words."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "join":
        return None
    if len(call.args) != 1 or call.keywords:
        return None
    separator, elements = inner(call.func.value), inner(call.args[0])
    if separator is None or separator.is_list or elements is None or not elements.is_list:
        return None
    if not elements.texts or any(sign in separator.texts[0] for sign in "?:$@%"):
        return None
    is_exact = separator.is_exact and elements.is_exact
    return Composed([separator.texts[0].join(elements.texts)], is_exact=is_exact)


def _named(
    node: ast.Name, reaching: Reaching, inner: Callable[[ast.expr], Optional[Composed]]
) -> Optional[Composed]:
    """A name that gets one value, and what is added to it, in the order of lines."""
    bindings = reaching(node)
    if not bindings:
        return None
    found = inner(bindings[0].value)
    for binding in bindings[1:]:
        added = inner(binding.value)
        if found is None or added is None or added.is_list:
            return None
        if found.is_list:
            found = Composed([*found.texts, *added.texts], True, is_exact=False)
        elif binding.escapes:  # an addition to a text
            found = Composed(
                [found.texts[0] + added.texts[0]], is_exact=found.is_exact and added.is_exact
            )
        else:
            return None
    return found

"""Take a parser's call away from around a value that the driver has parsed already."""

from __future__ import annotations

import ast
from typing import List, Optional, Tuple

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.json_values import check_values
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span

_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
_TAKES_ALL = (ast.Assign, ast.AnnAssign, ast.Return, ast.Expr, ast.keyword, ast.List, ast.Tuple)
"""Around an expression of any precedence, but for ``yield`` and ``:=``."""
_EMPTY = {"{}": "{}", "[]": "[]", "null": "None"}
"""JSON that stands in for NULL, and what Python writes for it."""
_HARMLESS = (
    ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Compare, ast.BoolOp, ast.UnaryOp,
    ast.expr_context, ast.boolop, ast.cmpop, ast.unaryop,
)  # fmt: skip
"""What a condition may be made of so that nobody misses it."""


def unparsed(site: Site) -> Changes:
    """The changes that leave the argument of a call where the call was.

    Args:
        site: the place of a call with one argument.

    Raises:
        Declined: the value may be text after all, or its place isn't known.
    """
    syntax = site.syntax
    call = syntax.find(site.span, ast.Call)
    value = call.args[0] if call.args else call.keywords[0].value
    texts = check_values(syntax, call, value)
    statement = _left_over(syntax, call, value)
    if statement is not None:
        return [Change(statement, "")]
    changes = [_stand_in(syntax, text) for text in texts]
    return [*changes, *_without_call(syntax, call, value)]


def _stand_in(syntax: Syntax, text: ast.Constant) -> Change:
    """What a text of JSON is once it needs no parsing."""
    written = _EMPTY.get(text.value) if isinstance(text.value, str) else None
    if written is None:
        raise Declined("a text of JSON stands in for the value")
    return Change(syntax.span(text), written)


# --- the call


def _without_call(syntax: Syntax, call: ast.Call, value: ast.expr) -> Changes:
    """Take away all of a call but its argument; its parentheses stay where lines need them."""
    start, end = syntax.span(call)
    inner = syntax.span(value)
    before = _marks(syntax, syntax.span(call.func).end, inner.start)
    after = _marks(syntax, inner.end, end)
    opening = next(at for at, mark in before if mark == "(")
    if _is_parted(syntax, opening, end):
        return _without_name(start, opening, before, after)
    first = _first_of_value(before, inner.start)
    last = _last_of_value(after, inner.end)
    bracketed = first < inner.start
    left, right = ("", "") if bracketed or _fits(syntax, call, value) else ("(", ")")
    return [Change(Span(start, first), left), Change(Span(last, end), right)]


def _is_parted(syntax: Syntax, opening: int, end: int) -> bool:
    """Whether what stands between the parentheses needs them: lines of its own, or comments."""
    inside = syntax.text[opening + 1 : end - 1].strip()
    return "\n" in inside or "\r" in inside or _has_comment(syntax, opening, end)


def _has_comment(syntax: Syntax, start: int, end: int) -> bool:
    lines = syntax.text[start:end].splitlines()
    return len(lines) > 1 and any("#" in line for line in lines)


def _without_name(
    start: int, opening: int, before: List[Tuple[int, str]], after: List[Tuple[int, str]]
) -> Changes:
    """Leave the parentheses with all that is in them but ``s=`` and a comma."""
    changes = [Change(Span(start, opening), "")]
    keyword = [at for at, mark in before if at > opening and mark not in "()"]
    if keyword:
        changes.append(Change(Span(keyword[0], keyword[-1] + 1), ""))
    changes += [Change(Span(at, at + 1), "") for at, mark in after if mark == ","]
    return changes


def _first_of_value(before: List[Tuple[int, str]], start: int) -> int:
    """Where the value starts with its own parentheses, which follow the call's one and ``s=``."""
    seen = 0
    for at, mark in before:
        if mark == "(":
            seen += 1
            if seen == 2:
                return at
        elif mark == ")":
            seen -= seen > 0
    return start


def _last_of_value(after: List[Tuple[int, str]], end: int) -> int:
    closings = [at + 1 for at, mark in after if mark == ")"]
    return closings[-2] if len(closings) > 1 else end


def _marks(syntax: Syntax, start: int, end: int) -> List[Tuple[int, str]]:
    """The characters of a text without white space and comments, each with its offset."""
    found: List[Tuple[int, str]] = []
    text, position = syntax.text, start
    while position < end:
        if text[position] == "#":
            position = syntax.line_end(position)
        elif text[position].isspace() or text[position] == "\\":
            position += 1
        else:
            found.append((position, text[position]))
            position += 1
    return found


def _fits(syntax: Syntax, call: ast.Call, value: ast.expr) -> bool:
    """Whether a value needs no parentheses in a call's place."""
    if isinstance(value, _ATOMS):
        return True
    parent = syntax.parent(call)
    if isinstance(value, (ast.NamedExpr, ast.Yield, ast.YieldFrom)):
        return False
    is_argument = isinstance(parent, ast.Call) and parent.func is not call
    return is_argument or isinstance(parent, _TAKES_ALL)


# --- what would be left over: x = x


def _left_over(syntax: Syntax, call: ast.Call, value: ast.expr) -> Optional[Span]:
    """The lines that would do nothing any more: ``x = x``, and an ``if`` around nothing else."""
    statement = syntax.parent(call)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target = statement.targets[0]
    if ast.dump(target).replace("Store()", "Load()") != ast.dump(value):
        return None
    gone: ast.stmt = statement
    around = syntax.parent(statement)
    if isinstance(around, ast.If) and _only_guards(around):
        gone = around
    return _lines(syntax, gone)


def _only_guards(statement: ast.If) -> bool:
    """Whether an ``if`` has but one statement, and a condition that does nothing itself."""
    if len(statement.body) != 1 or statement.orelse:
        return False
    return all(isinstance(node, _HARMLESS) for node in ast.walk(statement.test))


def _lines(syntax: Syntax, statement: ast.stmt) -> Optional[Span]:
    """The lines of a statement; ``None`` where more than it stands there, or its block needs it."""
    try:
        syntax.indent(statement)
        body, _ = syntax.block(statement)
    except Declined:
        return None
    first, last = syntax.span(statement)
    start, end = syntax.line_start(first), syntax.next_line(last)
    if len(body) < 2 or "#" in syntax.text[start:end] or _is_elif(syntax, first):
        return None
    return Span(start, end)


def _is_elif(syntax: Syntax, start: int) -> bool:
    return syntax.text.startswith("elif", start)

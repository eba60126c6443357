"""What was printed, as the arguments of a call that logs."""

from __future__ import annotations

import ast
import re
from typing import Dict, List, Optional, Sequence, Tuple

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.arguments import Arguments
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.literals import written
from mosaic_lint.model import Span
from mosaic_lint.vocabulary import TRACEBACK_TEXTS

_PIECE = re.compile(
    r"""(?P<prefix>[rRuU]?)(?P<quote>\"{3}|'{3}|"|')(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)
      |\#[^\r\n]*""",
    re.DOTALL | re.VERBOSE,
)
"""A literal, or a comment between two."""
_LINE_END_AT_END = re.compile(r"((?:\\n)+)(\"\"\"|'''|\"|')\Z")


_QUOTE = '"'


class Message:
    """The changes that make a printed text a log's message.

    Args:
        syntax: the file.
        call: the call that prints.
        braces: whether the logger wants ``{}`` for arguments, not ``%s``.
        default: the literal to use where nothing was said.
    """

    def __init__(self, syntax: Syntax, call: ast.Call, *, braces: bool, default: str) -> None:
        self._syntax = syntax
        self._call = call
        self._braces = braces
        self._default = default
        self._arguments = Arguments(syntax, call)

    def of_nothing(self) -> Changes:
        """Those of a call whose arguments, if any, say nothing to people."""
        opened = self._arguments.opened
        removed = self._arguments.removed_behind(opened)
        if removed:
            return [Change(removed[0].anchor, self._default)]
        return [Change(Span(opened, opened), self._default)]

    def of_print(self) -> Changes:
        """Those of ``print(...)``.

        Raises:
            Declined: nobody knows how many things it prints.
        """
        kept = self._printed()
        if says_nothing(kept):
            return self.of_nothing()
        changes = self._arguments.removed_behind(self._arguments.end(kept[-1]))
        if len(kept) == 1 and _is_text(kept[0]):
            return changes + self._without_line_end(kept[0])
        return changes + self._formatted(kept)

    def _printed(self) -> List[ast.expr]:
        """What is printed, without a traceback at its end."""
        kept = list(self._call.args)
        bare_generator = kept and self._arguments.end(kept[0]) > self._arguments.closed
        if bare_generator or any(isinstance(argument, ast.Starred) for argument in kept):
            raise Declined("nobody knows how many things it prints")
        while kept and _is_traceback(kept[-1]):
            kept.pop()
        return kept

    def _formatted(self, kept: Sequence[ast.expr]) -> Changes:
        """A template for more than one thing, or for one that is no text."""
        hole = "{}" if self._braces else "%s"
        if len(kept) > 1 and _is_literal(kept[0]):
            changes = self._extended(kept, hole)
            if changes is not None:
                return changes
        separator = self._escaped(self._separator())
        template = separator.join([hole] * len(kept))
        start = self._arguments.start
        return [Change(Span(start, start), f'"{written(template, _QUOTE)}", ')]

    def _extended(self, kept: Sequence[ast.expr], hole: str) -> Optional[Changes]:
        """What is printed behind a text, put into that as far as possible."""
        folded = self._folded(kept)
        is_template = len(folded) < len(kept) - 1  # else nothing formats it
        text = ""
        for one in kept[1:]:
            plain = self._separator() + (folded[one][0] if one in folded else "")
            text += self._escaped(plain) if is_template else plain
            text += "" if one in folded else hole
        changes = self._in_literal(kept[0], text, is_template)
        if changes is None:
            return None
        return changes + [change for _, change in folded.values()]

    def _folded(self, kept: Sequence[ast.expr]) -> Dict[ast.expr, Tuple[str, Change]]:
        """The short texts behind the first one that go into the template, and what removes them."""
        found: Dict[ast.expr, Tuple[str, Change]] = {}
        for before, argument in zip(kept, kept[1:]):
            span = Span(self._arguments.end(before), self._arguments.end(argument))
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                if self._syntax.code(argument)[1:-1] == argument.value and not (
                    self._syntax.has_comment(span)
                ):
                    found[argument] = (argument.value, Change(span, ""))
        return found

    def _separator(self) -> str:
        for keyword in self._call.keywords:
            if keyword.arg == "sep" and isinstance(keyword.value, ast.Constant):
                if isinstance(keyword.value.value, str):
                    return keyword.value.value
        return " "

    def _escaped(self, text: str) -> str:
        if self._braces:
            return text.replace("{", "{{").replace("}", "}}")
        return text.replace("%", "%%")

    def _in_literal(self, node: ast.expr, more: str, is_template: bool) -> Optional[Changes]:
        """The text that is printed first with more at its end; ``None`` if it can't have that."""
        assert isinstance(node, ast.Constant)
        start, end = self._syntax.span(node)
        pieces = [p for p in _PIECE.finditer(self._syntax.text, start, end) if p["quote"]]
        changes: Changes = []
        signs = ("{}" if self._braces else "%") if is_template else ""
        found = 0
        for piece in pieces:
            for at, sign in enumerate(piece["text"], piece.start("text")):
                if sign in signs:
                    changes.append(Change(Span(at, at), sign))
                    found += 1
        if found != sum(sign in signs for sign in str(node.value)):
            return None  # written as an escape
        last = pieces[-1]
        opening = last["prefix"] + last["quote"]
        try:
            text = written(more, opening)
        except Declined:
            return None
        return [*changes, Change(Span(last.end("text"), last.end("text")), text)]

    def of_write(self) -> Changes:
        """Those of ``sys.stderr.write(...)``.

        Raises:
            Declined: it isn't called with one argument.
        """
        given = self._call.args
        if len(given) != 1 or self._call.keywords or isinstance(given[0], ast.Starred):
            raise Declined("it isn't called with one text")
        if _is_traceback(given[0]) or says_nothing(given):
            return self.of_nothing()
        return self._without_line_end(given[0])

    def _without_line_end(self, node: ast.expr) -> Changes:
        """The changes that take a line end from a text's end, if it is written there."""
        while True:
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                if isinstance(node.right, ast.Constant) and node.right.value == "\n":
                    return self._without_last(node)
                node = node.right
            elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
                node = node.left
            elif _is_format(node):
                node = node.func.value  # type: ignore[attr-defined]
            else:
                return self._without_escape(node)

    def _without_last(self, node: ast.BinOp) -> Changes:
        """Without the line end that is added last."""
        start, end = self._syntax.span(node.left).end, self._syntax.span(node.right).end
        if re.fullmatch(r"[ \t]*\+[ \t]*[^()]*", self._syntax.text[start:end]):
            return [Change(Span(start, end), "")]
        return []

    def _without_escape(self, node: ast.expr) -> Changes:
        if not _ends_with_line_end(node):
            return []
        start, end = self._syntax.span(node)
        found = _LINE_END_AT_END.search(self._syntax.text, start, end)
        if found is None or _is_only(found, self._syntax.text, start):
            return []
        return [Change(Span(*found.span(1)), "")]


def says_nothing(printed: Sequence[ast.expr]) -> bool:
    """Whether no more than white space is printed."""
    values = [one.value if isinstance(one, ast.Constant) else one for one in printed]
    return all(isinstance(value, str) and not value.strip() for value in values)


def is_ruler(printed: Sequence[ast.expr]) -> bool:
    """Whether a line is printed that only divides others: ``"-" * 40``, ``"====="``."""
    if len(printed) != 1:
        return False
    value = printed[0]
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
        value = value.left if _is_literal(value.left) else value.right
    text = value.value if isinstance(value, ast.Constant) else None
    return isinstance(text, str) and not any(char.isalnum() for char in text)


def _is_only(found: re.Match[str], text: str, start: int) -> bool:
    """Whether nothing but the line end is written, or its backslash is one that is escaped."""
    before = text[start : found.start()]
    slashes = len(before) - len(before.rstrip("\\"))
    return slashes % 2 == 1 or before.lstrip("fFuU") == found.group(2)


def _is_literal(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_text(node: ast.expr) -> bool:
    """Whether an expression surely is a text that somebody has made to be read."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Mod)):
        if _is_literal(node.right):
            return True
        node = node.left
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "str":
        return True
    return _is_literal(node) or isinstance(node, ast.JoinedStr) or _is_format(node)


def _is_format(node: ast.expr) -> bool:
    """Whether it is ``"...".format(...)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and _is_literal(node.func.value)
    )


def _is_traceback(node: ast.expr) -> bool:
    """Whether it is ``traceback.format_exc()``."""
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
    return name in TRACEBACK_TEXTS


def _ends_with_line_end(node: ast.expr) -> bool:
    last: ast.expr = node
    if isinstance(node, ast.JoinedStr) and node.values:
        last = node.values[-1]
    return _is_literal(last) and last.value.endswith("\n")  # type: ignore[attr-defined]

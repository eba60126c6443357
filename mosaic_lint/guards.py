"""What must not reach a parser, because the parser would take the process with it.

LibCST is written in recursive Rust: some thousand nested brackets, lambdas, operators or
attributes end in a segmentation fault, and long before that its time grows with the square of the
depth (measured: 3,000 nested lambdas take six seconds, 10,000 crash). CPython's own parser
refuses such input with an exception, so whatever passes ``ast`` is measured here, without
recursion, and whatever doesn't is measured by its brackets and operators.
"""

from __future__ import annotations

import ast
import re
from typing import Optional

MAX_DEPTH = 400
MAX_BRACKETS = 200
MAX_OPERATORS = 400

_LONG_LITERAL_LINES = 100
_LONG_LITERAL_CHARACTERS = 2_000

# Strings and comments are matched first, so that what stands inside them isn't counted.
_TOKEN = re.compile(
    r"""(?P<string>(?:'''|\"\"\")(?:\\.|(?!'''|\"\"\").)*(?:'''|\"\"\")
        |"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
      |(?P<comment>\#[^\n]*)
      |(?P<open>[(\[{])
      |(?P<close>[)\]}])
      |(?P<end>[,;\n])
      |(?P<elif>\belif\b)
      |(?P<operator>\b(?:lambda|not|await|if|or|and|in|is)\b|\*\*|//|<<|>>|[-+~*/%@&|^<>=.])
    """,
    re.VERBOSE | re.DOTALL,
)


class TooDeep(Exception):
    """Input that a recursive parser may not survive.

    Args:
        reason: what there is too much of.
        line: the line (from 1) where it starts.
    """

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def check_tree(node: ast.stmt, text: str) -> None:
    """Refuse a statement whose tree is deeper than :data:`MAX_DEPTH`.

    Args:
        node: a statement of an ``ast``.
        text: the statement's text; it is scanned only where a literal is suspiciously long,
            since ``ast`` joins adjacent string literals that LibCST nests.

    Raises:
        TooDeep: the statement is too deep.
    """
    stack: list[tuple[ast.AST, int]] = [(node, 1)]
    scan = False
    while stack:
        current, depth = stack.pop()
        if isinstance(current, ast.BoolOp):
            depth += len(current.values)  # a flat list for ast, nested for LibCST
        elif isinstance(current, (ast.Constant, ast.JoinedStr)):
            scan = scan or is_long(current)
        if depth > MAX_DEPTH:
            raise TooDeep(f"nested more than {MAX_DEPTH} levels deep", node.lineno)
        for child in ast.iter_child_nodes(current):
            stack.append((child, depth + 1))
    if scan:
        check_text(text, first_line=node.lineno)


def is_long(node: ast.expr) -> bool:
    """Whether a literal is so long that it may be joined from more pieces than LibCST stands."""
    if node.end_lineno is None or node.end_col_offset is None:
        return False
    if node.end_lineno - node.lineno > _LONG_LITERAL_LINES:
        return True
    width = node.end_col_offset - node.col_offset
    return node.end_lineno == node.lineno and width > _LONG_LITERAL_CHARACTERS


def check_text(text: str, first_line: int = 1) -> None:
    """Refuse text with too deep brackets, or too many operators or strings in one expression.

    Meant for text that ``ast`` can't measure; it over-approximates.

    Args:
        text: Python source.
        first_line: the line (from 1) of the text's first character, for the error.

    Raises:
        TooDeep: the text may be too deep for a recursive parser.
    """
    depth = run = elifs = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            run += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "end":
            if match.group() != "\n" or depth == 0:
                run = 0
        elif kind == "elif":
            elifs += 1
        elif kind in ("operator", "string"):
            run += 1
        reason = _excess(depth, run, elifs)
        if reason is not None:
            raise TooDeep(reason, first_line + text.count("\n", 0, match.start()))


def _excess(depth: int, run: int, elifs: int) -> Optional[str]:
    if depth > MAX_BRACKETS:
        return f"more than {MAX_BRACKETS} nested brackets"
    if run > MAX_OPERATORS:
        return f"more than {MAX_OPERATORS} operators in one expression"
    if elifs > MAX_OPERATORS:
        return f"more than {MAX_OPERATORS} elif branches"
    return None

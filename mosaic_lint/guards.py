"""What must not reach a parser, because the parser would take the process with it.

LibCST is written in recursive Rust: some thousand nested brackets, lambdas, operators or
attributes end in a segmentation fault, and long before that its time grows with the square of the
depth (measured: 3,000 nested lambdas take six seconds, 10,000 crash); in the pattern of a ``case``
it doubles or quadruples with each bracket. CPython's own parser refuses such input with an
exception, so whatever passes ``ast`` is measured here, without recursion, and whatever doesn't is
measured by its brackets and operators.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from typing import Any, Callable, List, Optional, Sequence

MAX_DEPTH = 400
MAX_BRACKETS = 200
MAX_OPERATORS = 400
MAX_PATTERN_BRACKETS = 7

_LONG_LITERAL = 3 * MAX_OPERATORS  # so many adjacent literals take three characters each
_FEW_OPERANDS = 4
_MATCH: Any = getattr(ast, "Match", ())  # Python before 3.10 has none
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_STRING = r"""(?:'''(?:[^'\\]|\\.|'(?!''))*'''|\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"
               |"(?:\\.|[^"\\\r\n])*"|'(?:\\.|[^'\\\r\n])*')"""
# Strings and comments are matched first, so that what stands inside them isn't counted.
_TOKEN = re.compile(
    rf"""(?P<formatted>\b(?:[fFtT][rR]?|[rR][fFtT]){_STRING})
      |(?P<string>{_STRING})
      |(?P<comment>\#[^\r\n]*)
      |(?P<open>[(\[{{])
      |(?P<close>[)\]}}])
      |(?P<line>\r\n?|\n)
      |(?P<end>[,;])
      |(?P<case>(?<![^\r\n])[ \t\f]*case\b)
      |(?P<elif>\belif\b)
      |(?P<lambda>\blambda\b)
      |(?P<operator>\b(?:not|await|if|for|or|and|in|is)\b|\*\*|//|<<|>>|[-+~*/%@&|^<>=.])
    """,
    re.VERBOSE | re.DOTALL,
)
_LINE_END = re.compile(r"\r\n?|\n")


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


def may_be_deep(levels: int, of: Callable[[Any], List[Any]], line_starts: Sequence[int]) -> bool:
    """Whether some statement of a module may be too deep; spares measuring each of them.

    Args:
        levels: how many levels the module's ``ast`` has.
        of: gives the nodes of a type.
        line_starts: the offset of each line of the module.
    """
    operations = of(ast.BoolOp)
    depth = levels * (1 + _FEW_OPERANDS) if operations else levels
    depth += sum(len(op.values) for op in operations if len(op.values) > _FEW_OPERANDS)
    listed = (ast.alias, ast.ImportFrom, *_COMPREHENSIONS)
    return (
        depth > MAX_DEPTH
        or any(levels + _listed_depth(node) > MAX_DEPTH for kind in listed for node in of(kind))
        or any(_is_long(node, line_starts) for node in of(ast.Constant))
        or any(_is_long(node, line_starts) for node in of(ast.JoinedStr))
        or bool(_MATCH and of(_MATCH))
    )


def check_tree(node: ast.stmt, text: str) -> None:
    """Refuse a statement whose tree is deeper than :data:`MAX_DEPTH`.

    Args:
        node: a statement of an ``ast``.
        text: the lines of the statement; they are scanned only where ``ast`` doesn't show how
            deep LibCST nests: adjacent literals, and the patterns of ``case``.

    Raises:
        TooDeep: the statement is too deep.
    """
    first = _first_line(node)
    starts = [0] * first + [match.end() for match in _LINE_END.finditer(text)]
    stack: list[tuple[ast.AST, int]] = [(node, 1)]
    scan = False
    while stack:
        current, depth = stack.pop()
        depth += _listed_depth(current)
        if depth > MAX_DEPTH:
            raise TooDeep(f"nested more than {MAX_DEPTH} levels deep", node.lineno)
        scan = scan or isinstance(current, _MATCH) or _is_long(current, starts)
        for child in ast.iter_child_nodes(current):
            stack.append((child, depth + 1))
    if scan:
        check_text(text, first_line=first)


def _first_line(node: ast.stmt) -> int:
    decorators: List[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _listed_depth(node: ast.AST) -> int:
    """How deep LibCST nests what ``ast`` keeps in a list or a dotted name."""
    if isinstance(node, ast.BoolOp):
        return len(node.values)
    if isinstance(node, _COMPREHENSIONS):
        return len(node.generators)
    if isinstance(node, ast.alias):
        return node.name.count(".")
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").count(".")
    return 0


def _is_long(node: ast.AST, line_starts: Sequence[int]) -> bool:
    """Whether a literal may be joined from more pieces than LibCST stands."""
    if not isinstance(node, (ast.Constant, ast.JoinedStr)) or not node.end_lineno:
        return False
    if node.end_lineno == node.lineno:
        return (node.end_col_offset or 0) - node.col_offset > _LONG_LITERAL
    after = line_starts[node.end_lineno] if node.end_lineno < len(line_starts) else None
    return after is None or after - line_starts[node.lineno - 1] > _LONG_LITERAL


def check_text(text: str, first_line: int = 1) -> None:
    """Refuse text with too deep brackets, or too many operators or strings in one expression.

    Meant for text that ``ast`` can't measure; it over-approximates.

    Args:
        text: Python source.
        first_line: the line (from 1) of the text's first character, for the error.

    Raises:
        TooDeep: the text may be too deep for a recursive parser.
    """
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
    counts = _Counts()
    for match in _TOKEN.finditer(text):
        counts.take(match.lastgroup or "")
        reason = counts.excess()
        if reason is not None:
            raise TooDeep(reason, first_line + bisect_right(starts, match.start()) - 1)
        if match.lastgroup == "formatted":
            inside = match.group().lstrip("fFrRtT").strip("\"'")
            check_text(inside, first_line + bisect_right(starts, match.start()) - 1)


class _Counts:
    """How deep and how long the expression is that a scan is in."""

    def __init__(self) -> None:
        self._runs = [0]  # of each open bracket: the pieces since its last comma
        self._lambdas = 0
        self._elifs = 0
        self._in_case = False

    def take(self, kind: str) -> None:
        """Count a token."""
        if kind == "close":
            del self._runs[max(1, len(self._runs) - 1) :]
        elif kind == "end":
            self._runs[-1] = 0
        elif kind == "line":
            if len(self._runs) == 1:
                self._runs, self._lambdas, self._in_case = [0], 0, False
        elif kind != "comment":
            self._runs[-1] += 1
            self._lambdas += kind == "lambda"
            self._elifs += kind == "elif"
            self._in_case = self._in_case or kind == "case"
            if kind == "open":
                self._runs.append(0)

    def excess(self) -> Optional[str]:
        """What there is too much of."""
        depth = len(self._runs) - 1
        if depth > MAX_BRACKETS:
            return f"more than {MAX_BRACKETS} nested brackets"
        if self._in_case and depth > MAX_PATTERN_BRACKETS:
            return f"more than {MAX_PATTERN_BRACKETS} nested brackets in a pattern"
        if self._runs[-1] > MAX_OPERATORS or self._lambdas > MAX_OPERATORS:
            return f"more than {MAX_OPERATORS} operators in one expression"
        if self._elifs > MAX_OPERATORS:
            return f"more than {MAX_OPERATORS} elif branches"
        return None

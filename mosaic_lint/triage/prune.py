"""Cut a module down to the statements that somebody wants to see parsed in full.

Parsing is what costs; a function without a suspect needs none. The excerpt keeps module-level
statements (imports, aliases, constants), suspects' functions and methods, and the names of all
others (``def name(): ...``), so that scopes stay what they are. Offsets in the excerpt map back
to the file's text.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import FrozenSet, List, Optional, Sequence, Set, Tuple

from mosaic_lint.guards import TooDeep, check_tree
from mosaic_lint.source import Source

_LARGE_LITERAL_LINES = 10
# Values that are nothing but data, and values through which a name may mean something else.
_DATA = (ast.Dict, ast.Set, ast.List, ast.ListComp, ast.DictComp, ast.Constant, ast.JoinedStr)
_ALIASING = (ast.Name, ast.Attribute, ast.Tuple)
# LibCST drops a form feed at the start of a line and a (second) byte order mark. To Python's
# tokenizer a form feed in an indentation begins it anew, which LibCST doesn't know.
_UNSEEN = re.compile(r"(?<![^\r\n])[ \t\f]*\f|\A\ufeff+")


@dataclass(frozen=True)
class Excerpt:
    """Text for the parser, and where each of its pieces stands in the file.

    Args:
        text: what to parse.
        starts: offsets in ``text`` at which a piece begins, ascending.
        origins: the offset in the file of each piece's first character.
        too_deep: statements that were left out, because no parser may see them.
    """

    text: str
    starts: Tuple[int, ...]
    origins: Tuple[int, ...]
    too_deep: Tuple[TooDeep, ...] = ()

    def origin(self, offset: int) -> int:
        """Translate an offset in the excerpt into one in the file."""
        index = max(0, bisect_right(self.starts, offset) - 1)
        return self.origins[index] + offset - self.starts[index]


def whole(text: str) -> Excerpt:
    """An excerpt of everything, for a file that ``ast`` can't read."""
    builder = _Builder(text)
    builder.copy(0, len(text))
    return builder.excerpt(())


def prune(
    source: Source,
    tree: ast.Module,
    lines: Optional[Set[int]],
    *,
    shared: FrozenSet[int] = frozenset(),
    nested: Optional[FrozenSet[int]] = None,
    deep: bool = True,
    broken: FrozenSet[int] = frozenset(),
) -> Excerpt:
    """Cut a module down.

    Args:
        source: the file.
        tree: its ``ast``.
        lines: the lines (from 1) whose statements are wanted; ``None`` for all.
        shared: lines that bind attributes; in a class that is wanted their methods are, too.
        nested: lines with a start of a function, class or lambda, or with ``global``; a function
            without one inside is cut behind its last wanted line, since what comes later can't
            matter there. ``None`` cuts nothing.
        deep: whether a statement may be too deep for a parser, so that each is measured.
        broken: lines whose statements are left out, because the parser refuses them.

    Returns:
        The excerpt; statements that are too deep for a parser are left out of it and named.
    """
    return _Pruner(source, lines, shared, nested, deep, broken).prune(tree)


class _Builder:
    """Collects pieces of text and remembers where they come from."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces: List[str] = []
        self._starts: List[int] = []
        self._origins: List[int] = []
        self._length = 0

    def copy(self, start: int, end: int) -> None:
        """Add the file's text from ``start`` to ``end``."""
        position = start
        for match in _UNSEEN.finditer(self._text, start, end):
            self._add(self._text[position : match.start()], position)
            position = match.end()
        self._add(self._text[position:end], position)

    def stub(self, text: str, origin: int) -> None:
        """Add text that stands for what begins at ``origin``."""
        self._add(text, origin)

    def _add(self, text: str, origin: int) -> None:
        if text:
            self._pieces.append(re.sub(r"\r(?!\n)", "\n", text) if "\r" in text else text)
            self._starts.append(self._length)
            self._origins.append(origin)
            self._length += len(text)

    def excerpt(self, too_deep: Sequence[TooDeep]) -> Excerpt:
        """What has been collected."""
        starts, origins = self._starts or [0], self._origins or [0]
        return Excerpt("".join(self._pieces), tuple(starts), tuple(origins), tuple(too_deep))


class _Pruner:
    def __init__(
        self,
        source: Source,
        lines: Optional[Set[int]],
        shared: FrozenSet[int],
        nested: Optional[FrozenSet[int]],
        deep: bool,
        broken: FrozenSet[int],
    ) -> None:
        self._source = source
        self._broken = broken
        self._deep = deep
        self._wanted = None if lines is None else sorted(lines)
        self._shared = sorted(shared)
        self._nested = None if nested is None else sorted(nested)
        self._builder = _Builder(source.text)
        self._too_deep: List[TooDeep] = []

    def prune(self, tree: ast.Module) -> Excerpt:
        self._body(tree.body, len(self._source.line_starts) + 1)
        return self._builder.excerpt(self._too_deep)

    def _body(self, body: List[ast.stmt], end_line: int, *, in_class: bool = False) -> None:
        """Add the statements of a module or class that ends before ``end_line``."""
        groups = by_lines(body)
        for index, group in enumerate(groups):
            last = index + 1 == len(groups)
            following = end_line if last else _first_line(groups[index + 1][0])
            self._group(group, following, in_class)

    def _group(self, group: List[ast.stmt], following: int, in_class: bool) -> None:
        first = group[0]
        lines = (_first_line(first), _last_line(group[-1]))
        wanted = self._wanted is None or _any_between(self._wanted, *lines)
        wanted = wanted or (in_class and _any_between(self._shared, *lines))
        if isinstance(first, ast.ClassDef) and _has_block(first) and (wanted or _aliases(first)):
            self._copy(_first_line(first), _first_line(first.body[0]))
            self._body(first.body, following, in_class=True)
        elif self._broken.intersection(range(_first_line(first), _last_line(group[-1]) + 1)):
            self._stub(first, _stub(group) or "...")
        elif not wanted and (stub := _stub(group)) is not None:
            self._stub(first, stub)
        elif not self._deep or self._is_safe(group, following):
            self._copy(_first_line(first), self._needed(first, following))
        else:
            self._stub(first, _stub(group) or "...")

    def _needed(self, statement: ast.stmt, following: int) -> int:
        """The line before which a statement may be cut; ``following`` where it stays whole."""
        if self._nested is None or self._wanted is None:
            return following
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return following
        end = _last_line(statement)
        if _any_between(self._nested, statement.lineno + 1, end):
            return following
        if _any_between(self._wanted, _first_line(statement), statement.lineno):
            return following  # the function itself is wanted, not only a line of it
        last = max(_last_until(self._wanted, end), _last_until(self._shared, end))
        for before, after in zip(statement.body, statement.body[1:]):
            if _last_line(before) >= last and _first_line(after) > _last_line(before):
                return _first_line(after)
        return following

    def _is_safe(self, group: List[ast.stmt], following: int) -> bool:
        for statement in group:
            start = self._line_offset(_first_line(statement))
            try:
                check_tree(statement, self._source.text[start : self._line_offset(following)])
            except TooDeep as reason:
                self._too_deep.append(reason)
                return False
        return True

    def _copy(self, first: int, following: int) -> None:
        self._builder.copy(self._line_offset(first), self._line_offset(following))

    def _stub(self, statement: ast.stmt, stub: str) -> None:
        start = self._line_offset(statement.lineno)
        line = self._source.line_text(statement.lineno)
        indent = line[: len(line) - len(line.lstrip())].rpartition("\f")[2]
        self._builder.stub(f"{indent}{stub}\n", start)

    def _line_offset(self, line: int) -> int:
        starts = self._source.line_starts
        return starts[line - 1] if line <= len(starts) else len(self._source.text)


def by_lines(body: List[ast.stmt]) -> List[List[ast.stmt]]:
    """Group statements that share a line, as LibCST does."""
    groups: List[List[ast.stmt]] = []
    for statement in body:
        if groups and _first_line(statement) <= _last_line(groups[-1][-1]):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _first_line(statement: ast.stmt) -> int:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return min([statement.lineno, *(node.lineno for node in statement.decorator_list)])
    return statement.lineno


def _last_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _has_block(class_: ast.ClassDef) -> bool:
    return _first_line(class_.body[0]) > class_.lineno


def _stub(group: List[ast.stmt]) -> Optional[str]:
    """What may stand for statements that nobody wants to see; ``None`` where they must stay."""
    if len(group) > 1:
        return None
    statement = group[0]
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return f"def {statement.name}(): ..."
    if isinstance(statement, ast.ClassDef):
        bases = ", ".join(filter(None, map(_dotted, statement.bases)))
        return f"class {statement.name}({bases}): ..."
    if _last_line(statement) - statement.lineno < _LARGE_LITERAL_LINES:
        return None
    if isinstance(statement, ast.Expr):
        return "..."
    if isinstance(statement, ast.Assign) and isinstance(statement.value, _DATA):
        if len(statement.targets) == 1 and isinstance(statement.targets[0], ast.Name):
            return f"{statement.targets[0].id} = ..."
    return None


def _dotted(node: ast.expr) -> str:
    """``a.b.c`` as it is written; empty for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and _dotted(node.value):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""


def _aliases(class_: ast.ClassDef) -> bool:
    """Whether a class gives names to things that may matter elsewhere."""
    return any(
        isinstance(statement, ast.Assign) and isinstance(statement.value, _ALIASING)
        for statement in class_.body
    )


def _any_between(lines: List[int], first: int, last: int) -> bool:
    index = bisect_left(lines, first)
    return index < len(lines) and lines[index] <= last


def _last_until(lines: List[int], last: int) -> int:
    """The last of the lines that isn't behind ``last``; 0 if there is none."""
    index = bisect_right(lines, last)
    return lines[index - 1] if index else 0

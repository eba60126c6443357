"""Where nodes of a parsed excerpt stand in the file.

LibCST's own position metadata costs more than parsing. Here the ``ast``, which knows where each
statement starts, is laid beside LibCST's tree, statement by statement; then only the statement
that holds the node is generated, up to the node. That is exact, because LibCST's trees are
lossless, and what was generated is compared with the file. Where the two trees don't agree, or
there is no ``ast``, the whole excerpt is generated.
"""

from __future__ import annotations

import ast
import re
import sys
from contextlib import contextmanager, suppress
from typing import Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Tuple, Union

import libcst as cst
from libcst._nodes.internal import CodegenState

from mosaic_lint.change import Declined
from mosaic_lint.model import Span
from mosaic_lint.source import Source
from mosaic_lint.tree import Tree
from mosaic_lint.triage.prune import Excerpt, by_lines

# Code generation takes about six frames a level, and guards admit 400 levels.
_RECURSION_LIMIT = 10_000

_BLOCKS = (cst.BaseCompoundStatement, cst.ExceptHandler, cst.ExceptStarHandler)
_UNITS = (cst.BaseSmallStatement, *_BLOCKS)

AstNode = Union[ast.stmt, ast.ExceptHandler, "ast.match_case"]


class _Disagree(Exception):
    """The two trees, or the generated text and the file, differ."""


class Locator:
    """Finds the places of nodes.

    Args:
        source: the file.
        excerpt: the part of it that was parsed.
        tree: the parsed excerpt.
        statements: the file's ``ast``; ``None`` where there is none.
    """

    def __init__(
        self, source: Source, excerpt: Excerpt, tree: Tree, statements: Optional[ast.Module]
    ) -> None:
        self._source = source
        self._excerpt = excerpt
        self._tree = tree
        self._statements = statements
        self._known: Dict[int, AstNode] = {}  # by identity of the LibCST node
        self._exact: Dict[cst.CSTNode, Span] = {}

    def exactly(self, node: cst.CSTNode) -> Span:
        """Where a node stands, for whoever wants to change it.

        Raises:
            Declined: nobody knows exactly.
        """
        if node not in self._exact:
            with _deep_recursion():
                try:
                    self._exact.update(self._near(self._unit(node), [node]))
                except _Disagree:
                    self._exact.update(self._far([node], exact=True))
        return self._exact[node]

    def spans(self, nodes: Iterable[cst.CSTNode]) -> Dict[cst.CSTNode, Span]:
        """Where nodes stand, without their parentheses and surrounding white space.

        A compound statement or an except clause is an empty span where it starts: its block is
        of no interest. Whoever means its keyword says how wide that is.

        Where LibCST doesn't give back the text that it was given (a backslash alone on a line
        behind a comment, say), a node stands where its statement starts.
        """
        found: Dict[cst.CSTNode, Span] = {}
        missing: List[cst.CSTNode] = []
        with _deep_recursion():
            for unit, inside in self._by_unit(nodes).items():
                try:
                    found.update(self._near(unit, inside))
                except _Disagree:
                    missing.extend(inside)
            if missing:
                found.update(self._far(missing))
        return found

    def _by_unit(self, nodes: Iterable[cst.CSTNode]) -> Dict[cst.CSTNode, List[cst.CSTNode]]:
        """The nodes by the innermost statement or clause that holds them."""
        found: Dict[cst.CSTNode, List[cst.CSTNode]] = {}
        for node in nodes:
            found.setdefault(self._unit(node), []).append(node)
        return found

    def _far(self, nodes: Iterable[cst.CSTNode], *, exact: bool = False) -> Dict[cst.CSTNode, Span]:
        """Generate the whole excerpt."""
        recorder = _Recorder(self._tree.module, frozenset(nodes))
        self._tree.module._codegen(recorder)
        text = "".join(recorder.tokens)
        if not self._excerpt.text.startswith(text):
            if exact:
                raise Declined("its place in the file isn't known")
            return {node: self._roughly(node) for node in nodes}
        origin = self._excerpt.origin
        return {
            node: Span(
                origin(recorder.offset(start)),
                origin(recorder.offset(start if isinstance(node, _BLOCKS) else end)),
            )
            for node, (start, end) in recorder.found.items()
        }

    def _roughly(self, node: cst.CSTNode) -> Span:
        """Where the statement around a node starts; the file's start if not even that is known."""
        try:
            start = self._start(self._counterpart(self._unit(node)))
        except _Disagree:
            start = 0
        return Span(start, start)

    def _near(self, unit: cst.CSTNode, nodes: List[cst.CSTNode]) -> Dict[cst.CSTNode, Span]:
        """Generate only the statement or clause around nodes, up to the last of them.

        Raises:
            _Disagree: the trees or texts differ.
        """
        start = self._start(self._counterpart(unit))
        if unit in nodes and isinstance(unit, _BLOCKS):
            inside = [node for node in nodes if node is not unit]
            return {unit: Span(start, start), **(self._near(unit, inside) if inside else {})}
        recorder = _Recorder(self._tree.module, frozenset((unit, *nodes)), frozenset(nodes))
        recorder.indent_tokens.append(self._indent(start))
        with suppress(_Stop):
            unit._codegen(recorder)
        first = recorder.offset(recorder.started[unit])
        spans = {
            node: Span(*(start + recorder.offset(index) - first for index in pair))
            for node, pair in recorder.found.items()
            if node is not unit or unit in nodes
        }
        text = "".join(recorder.tokens)[first:]
        if not self._source.text.startswith(text, start):
            raise _Disagree
        return spans

    def _unit(self, node: cst.CSTNode) -> cst.CSTNode:
        if isinstance(node, _UNITS):
            return node
        for ancestor in self._tree.ancestors(node):
            if isinstance(ancestor, _UNITS):
                return ancestor
        return node

    def _start(self, node: AstNode) -> int:
        """The offset of a statement's or clause's first character."""
        if not isinstance(node, (ast.stmt, ast.ExceptHandler)):
            raise _Disagree
        line = self._source.line_text(node.lineno)
        before = line.encode("utf-8", "surrogatepass")[: node.col_offset]
        return self._source.offset(node.lineno, len(before.decode("utf-8", "surrogatepass")) + 1)

    def _indent(self, offset: int) -> str:
        line = self._source.line_text(self._source.position(offset).line)
        return line[: len(line) - len(line.lstrip(" \t\f"))]

    def _counterpart(self, node: cst.CSTNode) -> AstNode:
        """The ``ast`` of a statement or clause."""
        if id(node) not in self._known:
            self._align(node)
        try:
            return self._known[id(node)]
        except KeyError:
            raise _Disagree from None

    def _align(self, node: cst.CSTNode) -> None:
        """Lay a node's siblings beside their ``ast``."""
        parent = self._tree.parent(node)
        if isinstance(parent, cst.SimpleStatementLine):
            parent = self._tree.parent(parent)
        if isinstance(parent, (cst.Module, cst.IndentedBlock)):
            self._align_lines(parent.body, self._body(parent))
        elif isinstance(parent, cst.SimpleStatementSuite):
            self._pair(parent.body, self._body(parent))
        elif isinstance(parent, cst.If) and node is parent.orelse:
            self._pair([node], _statements_of(self._counterpart(parent), "orelse"))
        elif isinstance(parent, (cst.Try, cst.TryStar)):
            self._pair(parent.handlers, _clauses_of(self._counterpart(parent), "handlers"))
        elif isinstance(parent, cst.Match):
            self._pair(parent.cases, _clauses_of(self._counterpart(parent), "cases"))

    def _align_lines(self, lines: Sequence[cst.CSTNode], body: List[ast.stmt]) -> None:
        groups = by_lines(body)
        if len(groups) < len(lines):  # there may be more: a function may be cut at its end
            raise _Disagree
        for line, group in zip(lines, groups):
            if isinstance(line, cst.SimpleStatementLine):
                self._pair(line.body, group)
            else:
                self._pair([line], group)

    def _pair(self, nodes: Sequence[cst.CSTNode], counterparts: Sequence[AstNode]) -> None:
        if len(nodes) != len(counterparts):
            raise _Disagree
        self._known.update((id(node), other) for node, other in zip(nodes, counterparts))

    def _body(self, block: cst.CSTNode) -> List[ast.stmt]:
        """The ``ast`` of the statements in a block."""
        if isinstance(block, cst.Module):
            if self._statements is None:
                raise _Disagree
            return self._statements.body
        owner = self._tree.parent(block)
        field = "body"
        if isinstance(owner, (cst.Else, cst.Finally)):
            field = "orelse" if isinstance(owner, cst.Else) else "finalbody"
            owner = self._tree.parent(owner)
        if owner is None:
            raise _Disagree
        return _statements_of(self._counterpart(owner), field)


_BETWEEN = re.compile(r"(?:\s|\\\r?\n|#[^\r\n]*(?=[\r\n]))*")
"""White space and comments between a parenthesis and what it holds."""


def parenthesised(text: str, span: Span) -> Span:
    """A span with the parenthesis before it, if there is nothing else in between.

    Args:
        text: the file's text.
        span: what stands in parentheses.
    """
    opening = text.rfind("(", 0, span.start)
    while opening >= 0:
        if _BETWEEN.fullmatch(text, opening + 1, span.start):
            return Span(opening, span.end)
        if text.find("\n", opening, span.start) < 0:
            break  # something else follows on the same line
        opening = text.rfind("(", 0, opening)
    return span


def _statements_of(node: AstNode, field: str) -> List[ast.stmt]:
    found: List[ast.stmt] = getattr(node, field, [])
    return found


def _clauses_of(node: AstNode, field: str) -> List[AstNode]:
    found: List[AstNode] = getattr(node, field, [])
    return found


@contextmanager
def _deep_recursion() -> Iterator[None]:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


class _Stop(Exception):
    """What was to be found has been generated."""


class _Recorder(CodegenState):
    """Generates code, and notes between which tokens the wanted nodes lie."""

    def __init__(
        self,
        module: cst.Module,
        wanted: FrozenSet[cst.CSTNode],
        stop_after: Optional[FrozenSet[cst.CSTNode]] = None,
    ) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.found: Dict[cst.CSTNode, Tuple[int, int]] = {}
        self.started: Dict[cst.CSTNode, int] = {}
        self._wanted = wanted
        self._awaited = None if stop_after is None else set(stop_after)
        self._offsets: List[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:
        if node in self._wanted:
            self.started[node] = len(self.tokens)

    def after_codegen(self, node: cst.CSTNode) -> None:
        if node in self._wanted:
            self.found.setdefault(node, (self.started[node], len(self.tokens)))
            if self._awaited is not None:
                self._awaited.discard(node)
                if not self._awaited:
                    raise _Stop

    @contextmanager
    def record_syntactic_position(
        self,
        node: cst.CSTNode,
        *,
        start_node: Optional[cst.CSTNode] = None,
        end_node: Optional[cst.CSTNode] = None,
    ) -> Iterator[None]:
        start = len(self.tokens)
        if node in self._wanted:
            self.started[node] = start
        yield
        if node in self._wanted:
            self.found[node] = (start, len(self.tokens))

    def offset(self, index: int) -> int:
        """The offset of a token in the generated text."""
        while len(self._offsets) <= index:
            known = len(self._offsets)
            before = self._offsets[-1] + len(self.tokens[known - 1]) if known else 0
            self._offsets.append(before)
        return self._offsets[index]

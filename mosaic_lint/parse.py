"""LibCST at arm's length: parse an excerpt, and tell where its nodes stand.

LibCST's own metadata costs more than parsing, so positions are computed here, on demand, for the
nodes that carry a finding: by generating the code up to them, which is exact, because LibCST's
trees are lossless.
"""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from typing import Dict, Iterable, Iterator, List, Optional, Tuple

import libcst as cst
from libcst._nodes.internal import CodegenState

from mosaic_lint.model import Span
from mosaic_lint.triage.prune import Excerpt

# Code generation takes about six frames a level, and guards admit 400 levels.
_RECURSION_LIMIT = 10_000


class Unparsable(Exception):
    """Text that is no Python.

    Args:
        reason: what the parser says.
        offset: character offset in the file where it says so.
    """

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


def parse(excerpt: Excerpt) -> cst.Module:
    """Parse an excerpt that has passed the guards.

    Raises:
        Unparsable: it is no Python, as far as LibCST knows.
    """
    collecting = gc.isenabled()
    gc.disable()  # a collection in the midst of building the tree is a third of the time
    try:
        return cst.parse_module(excerpt.text)
    except cst.ParserSyntaxError as error:
        raise Unparsable(_reason(error), _offset(excerpt, error)) from error
    finally:
        if collecting:
            gc.enable()


def _reason(error: cst.ParserSyntaxError) -> str:
    return error.message.strip().splitlines()[0]


def _offset(excerpt: Excerpt, error: cst.ParserSyntaxError) -> int:
    lines = excerpt.text.split("\n")
    line = min(max(error.raw_line, 1), len(lines))
    start = sum(len(text) + 1 for text in lines[: line - 1])
    return excerpt.origin(min(start + max(error.raw_column - 1, 0), len(excerpt.text)))


def spans(
    module: cst.Module, excerpt: Excerpt, nodes: Iterable[cst.CSTNode]
) -> Dict[cst.CSTNode, Span]:
    """Where nodes stand in the file, without their parentheses and surrounding white space.

    Args:
        module: the parsed excerpt.
        excerpt: the excerpt.
        nodes: nodes of the module.

    Raises:
        RuntimeError: LibCST doesn't give back the text that it was given.
    """
    recorder = _Recorder(module, frozenset(nodes))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION_LIMIT))
    try:
        module._codegen(recorder)
    finally:
        sys.setrecursionlimit(limit)
    text = "".join(recorder.tokens)
    if not excerpt.text.startswith(text):
        raise RuntimeError("LibCST changed the text while parsing it")
    offsets = _offsets(recorder)
    return {
        node: Span(excerpt.origin(offsets[start]), excerpt.origin(offsets[end]))
        for node, (start, end) in recorder.found.items()
    }


def _offsets(recorder: _Recorder) -> Dict[int, int]:
    wanted = sorted({index for pair in recorder.found.values() for index in pair})
    offsets: Dict[int, int] = {}
    total = done = 0
    for index in wanted:
        total += sum(map(len, recorder.tokens[done:index]))
        done = index
        offsets[index] = total
    return offsets


class _Recorder(CodegenState):
    """Notes between which tokens the wanted nodes lie."""

    def __init__(self, module: cst.Module, wanted: frozenset[cst.CSTNode]) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.wanted = wanted
        self.found: Dict[cst.CSTNode, Tuple[int, int]] = {}
        self._open: List[int] = []

    def before_codegen(self, node: cst.CSTNode) -> None:
        if node in self.wanted:
            self._open.append(len(self.tokens))

    def after_codegen(self, node: cst.CSTNode) -> None:
        if node in self.wanted:
            start = self._open.pop()
            self.found.setdefault(node, (start, len(self.tokens)))

    @contextmanager
    def record_syntactic_position(
        self,
        node: cst.CSTNode,
        *,
        start_node: Optional[cst.CSTNode] = None,
        end_node: Optional[cst.CSTNode] = None,
    ) -> Iterator[None]:
        start = len(self.tokens)
        yield
        if node in self.wanted:
            self.found[node] = (start, len(self.tokens))

"""A whole Python file as its ``ast``, with places as offsets.

The rules' own trees hold only what is suspect. A fix must know what stands around that: later uses
of a name, names that are taken, statements on the same line.
"""

from __future__ import annotations

import ast
import sys
import tokenize
import warnings
from bisect import bisect_left
from functools import cached_property
from typing import (
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterator,
    List,
    Optional,
    Sequence,
    Set,
    Tuple,
    Type,
    TypeVar,
    Union,
)

from mosaic_lint.change import Declined
from mosaic_lint.fixes.bindings import Bindings, bindings
from mosaic_lint.model import Span
from mosaic_lint.pycomments import comments
from mosaic_lint.source import Language, Source

N = TypeVar("N", bound=ast.AST)
T = TypeVar("T")

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
Scope = Union[ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef]

# From Python 3.12 on ast tells where the fields of an f-string stand.
_KNOWS_F_STRINGS = sys.version_info >= (3, 12)
_SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_BLOCKS = ("body", "orelse", "finalbody")


class Syntax:
    """Answers for one file.

    Args:
        source: the file.
        tree: all of its ``ast``.
    """

    def __init__(self, source: Source, tree: ast.Module) -> None:
        self.source = source
        self.tree = tree

    @property
    def text(self) -> str:
        """The file's text."""
        return self.source.text

    # --- places

    def offset(self, line: int, column: int) -> int:
        """The offset of a place as ``ast`` tells it.

        Args:
            line: from 1.
            column: from 0, in bytes of UTF-8.
        """
        text = self.source.line_text(line)
        if text.isascii():
            return self.source.offset(line, column + 1)
        before = text.encode("utf-8", "surrogatepass")[:column]
        return self.source.offset(line, len(before.decode("utf-8", "surrogatepass")) + 1)

    def span(self, node: ast.AST) -> Span:
        """The place of an expression, a statement or a clause, without parentheses around it.

        A decorated function starts at its ``def`` (see :meth:`start`).
        """
        end_line, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return Span(
            self.offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self.offset(end_line, end_column),
        )

    def start(self, statement: ast.stmt) -> int:
        """Where a statement starts, decorators included."""
        decorators = getattr(statement, "decorator_list", [])
        if not decorators:
            return self.span(statement).start
        first = self.span(decorators[0]).start
        return self.text.rindex("@", 0, first)

    def code(self, node: ast.AST) -> str:
        """The text of a node as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def find(self, span: Span, *kinds: Type[N]) -> N:
        """The node of one of the kinds that has exactly this place.

        Raises:
            Declined: there is none. Places in f-strings are known from Python 3.12 on only.
        """
        for node in self._by_start.get(span.start, ()):
            if isinstance(node, kinds) and self.span(node) == span:
                return node
        raise Declined("its place in the statement isn't known")

    def at(self, offset: int, *kinds: Type[N]) -> N:
        """The outermost node of one of the kinds that starts at an offset.

        Raises:
            Declined: there is none.
        """
        for node in self._by_start.get(offset, ()):
            if isinstance(node, kinds):
                return node
        raise Declined("its place in the file isn't known")

    @cached_property
    def _by_start(self) -> Dict[int, List[ast.AST]]:
        """All nodes by the offset of their first character, outer ones first."""
        found: Dict[int, List[ast.AST]] = {}
        stack: List[ast.AST] = [self.tree]
        while stack:
            node = stack.pop()
            if isinstance(node, ast.JoinedStr) and not _KNOWS_F_STRINGS:
                found.setdefault(self.span(node).start, []).append(node)
                continue
            if isinstance(node, (ast.stmt, ast.expr, ast.excepthandler, ast.arg, ast.alias)):
                if hasattr(node, "col_offset"):  # aliases have places from Python 3.10 on
                    start = self.offset(node.lineno, node.col_offset)
                    found.setdefault(start, []).append(node)
            stack.extend(reversed(list(ast.iter_child_nodes(node))))
        return found

    def all(self, kind: Type[N]) -> List[N]:
        """All nodes of a kind, outer ones first."""
        return self._by_kind.get(kind, [])  # type: ignore[return-value]

    @cached_property
    def _by_kind(self) -> Dict[Type[ast.AST], List[ast.AST]]:
        """All nodes by their kind: each fix of a file looks for some of them."""
        found: Dict[Type[ast.AST], List[ast.AST]] = {}
        for node in ast.walk(self.tree):
            found.setdefault(type(node), []).append(node)
        return found

    # --- what is around

    @cached_property
    def _parents(self) -> Dict[int, ast.AST]:
        found: Dict[int, ast.AST] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, (ast.expr_context, ast.operator, ast.boolop, ast.cmpop)):
                    found[id(child)] = node
        return found

    def parent(self, node: ast.AST) -> Optional[ast.AST]:
        """The node above; ``None`` for the module."""
        return self._parents.get(id(node))

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes above, innermost first."""
        current = self.parent(node)
        while current is not None:
            yield current
            current = self.parent(current)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The innermost statement around a node, or the node itself."""
        if isinstance(node, ast.stmt):
            return node
        return next(above for above in self.ancestors(node) if isinstance(above, ast.stmt))

    def statement_around(self, offset: int) -> ast.stmt:
        """The innermost statement around an offset.

        Raises:
            Declined: there is none.
        """
        found: Optional[ast.stmt] = None
        body: Sequence[ast.AST] = self.tree.body
        while True:
            inner = next((node for node in body if self._is_around(node, offset)), None)
            if inner is None:
                break
            found = inner if isinstance(inner, ast.stmt) else found
            body = list(ast.iter_child_nodes(inner))
        if found is None:
            raise Declined("its place in the file isn't known")
        return found

    def _is_around(self, node: ast.AST, offset: int) -> bool:
        """Whether a statement, or a clause that holds some, stands around an offset."""
        if isinstance(node, (ast.ExceptHandler, ast.stmt)):
            start = self.start(node) if isinstance(node, ast.stmt) else self.span(node).start
            return start <= offset < self.span(node).end
        if node.__class__.__name__ != "match_case":
            return False
        return any(self._is_around(child, offset) for child in node.body)  # type: ignore[attr-defined]

    def scope(self, node: ast.AST) -> Scope:
        """The innermost function, lambda, class or module around a node."""
        return next(above for above in self.ancestors(node) if isinstance(above, _SCOPES))

    def block(self, statement: ast.stmt) -> Tuple[Sequence[ast.stmt], int]:
        """The statements among which a statement stands, and its index there."""
        parent = self.parent(statement)
        for field in _BLOCKS:
            body = getattr(parent, field, None)
            if isinstance(body, list) and any(one is statement for one in body):
                index = next(i for i, one in enumerate(body) if one is statement)
                return body, index
        raise Declined("the block around it isn't known")

    # --- lines

    def line_start(self, offset: int) -> int:
        """The offset of the first character of the line around an offset."""
        return self.source.line_starts[self.source.position(offset).line - 1]

    def line_end(self, offset: int) -> int:
        """The offset of the end of the line around an offset, before its line end."""
        line = self.source.position(offset).line
        return self.source.offset(line, 1) + len(self.source.line_text(line))

    def next_line(self, offset: int) -> int:
        """The offset of the first character of the next line; the text's end on the last one."""
        line = self.source.position(offset).line
        starts = self.source.line_starts
        return starts[line] if line < len(starts) else len(self.text)

    @cached_property
    def lines_in_strings(self) -> FrozenSet[int]:
        """The numbers of the lines that begin inside of a string, f-strings included.

        Raises:
            Declined: Python's tokenizer can't read the file.
        """
        found: Set[int] = set()
        opened: List[int] = []
        for kind, first, last in self._tokens():
            if kind in ("FSTRING_START", "TSTRING_START"):  # as from Python 3.12 and 3.14 on
                opened.append(first)
            elif kind in ("FSTRING_END", "TSTRING_END"):
                found.update(range(opened.pop() + 1, last + 1))
            elif kind == "STRING":
                found.update(range(first + 1, last + 1))
        return frozenset(found)

    def _tokens(self) -> Iterator[Tuple[str, int, int]]:
        """The kind of each token, and the numbers of its first and last line.

        Raises:
            Declined: Python's tokenizer can't read the file.
        """
        count = len(self.source.line_starts)
        lines = (self.source.line_text(line) + "\n" for line in range(1, count + 1))
        try:
            for token in tokenize.generate_tokens(lambda: next(lines, "")):
                yield tokenize.tok_name[token.type], token.start[0], token.end[0]
        except (tokenize.TokenError, SyntaxError) as error:
            raise Declined("the Python that runs here can't read the file") from error

    def indent(self, statement: ast.stmt) -> str:
        """The white space before a statement, for lines that are put beside it.

        Raises:
            Declined: something else stands before it on its line (``if x: f()``, ``a(); b()``), or
                the line goes on with another statement.
        """
        start = self.start(statement)
        before = self.text[self.line_start(start) : start]
        if before.strip(" \t\f"):
            raise Declined("another statement or a clause stands before it on its line")
        body, index = self.block(statement)
        if index + 1 < len(body) and body[index + 1].lineno == statement.end_lineno:
            raise Declined("another statement follows on its line")
        return before.replace("\f", "")

    def has_comment(self, span: Span) -> bool:
        """Whether a comment starts in a span."""
        index = bisect_left(self._comments, span.start)
        return index < len(self._comments) and self._comments[index] < span.end

    @cached_property
    def _comments(self) -> List[int]:
        """The offsets of all comments, in order."""
        return [comment.start for comment in comments(self.text)]

    # --- what is asked again and again

    def once(self, find: Callable[[Syntax, ast.AST], T], node: ast.AST) -> T:
        """What a function finds out about a node; it is called only once for the two.

        Args:
            find: the function, which has to be the same object each time.
            node: a node of the tree.
        """
        key = (find, id(node))
        if key not in self._found:
            self._found[key] = find(self, node)
        found: T = self._found[key]
        return found

    @cached_property
    def _found(self) -> Dict[object, Any]:
        return {}

    # --- names

    def bindings(self, scope: ast.AST) -> Bindings:
        """What a scope itself binds, as :func:`mosaic_lint.fixes.bindings.bindings` says."""
        known = self._bindings.get(id(scope))
        if known is None:
            known = self._bindings[id(scope)] = bindings(scope)
        return known

    @cached_property
    def _bindings(self) -> Dict[int, Bindings]:
        return {}

    @cached_property
    def global_names(self) -> FrozenSet[str]:
        """The names that functions declare global, and so may bind anew."""
        found = (node.names for node in self.all(ast.Global))
        return frozenset(name for names in found for name in names)

    @cached_property
    def methods(self) -> FrozenSet[Tuple[str, str]]:
        """The last name of what a method is called on, and the method's, of all such calls."""
        found: Set[Tuple[str, str]] = set()
        for node in self.all(ast.Call):
            if isinstance(node.func, ast.Attribute):
                receiver = node.func.value
                name = getattr(receiver, "id", None) or getattr(receiver, "attr", None)
                if isinstance(name, str):
                    found.add((name, node.func.attr))
        return frozenset(found)

    @cached_property
    def reads(self) -> Dict[str, List[ast.expr]]:
        """The places that read a name or an attribute of that name, whatever its scope."""
        found: Dict[str, List[ast.expr]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Load):
                name = node.id if isinstance(node, ast.Name) else node.attr
                found.setdefault(name, []).append(node)
        return found

    def names(self, scope: ast.AST) -> FrozenSet[str]:
        """All names that are read, bound or declared in a scope and below it."""
        found: Set[str] = set()
        for node in ast.walk(scope):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.arg):
                found.add(node.arg)
            elif isinstance(node, (ast.Global, ast.Nonlocal)):
                found.update(node.names)
            elif isinstance(node, ast.alias):
                found.add((node.asname or node.name).partition(".")[0])
            else:
                for field in ("name", "rest"):  # functions, classes, handlers, patterns
                    name = getattr(node, field, None)
                    if isinstance(name, str):
                        found.add(name)
        return frozenset(found)

    def free_name(self, wanted: str, scope: ast.AST) -> str:
        """A name that nothing in a scope uses: the one that is wanted, or with a number behind."""
        taken = self.names(scope)
        if wanted not in taken:
            return wanted
        return next(name for n in range(2, 1_000) if (name := f"{wanted}{n}") not in taken)


def parsed(source: Source) -> Syntax:
    """The ``ast`` of a file.

    Args:
        source: the file.

    Raises:
        Declined: the Python that runs can't read it.
    """
    if source.language is not Language.PYTHON:
        raise Declined("it is no Python")
    if source.tree is not None:
        return Syntax(source, source.tree)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Syntax(source, ast.parse(source.text))
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise Declined("the Python that runs here can't read the file") from error

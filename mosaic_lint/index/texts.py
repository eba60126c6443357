"""DDL in SQL scripts and in the strings of Python: the statements, and where each part stands."""

from __future__ import annotations

import ast
import re
import warnings
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain
from typing import Dict, Iterable, Iterator, List, Optional, Sequence, Set, Tuple

from mosaic_lint.index.words import DDL
from mosaic_lint.schema.builder import SchemaBuilder
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.model import Origin, Schema
from mosaic_lint.schema.names import PUBLIC
from mosaic_lint.schema.operations import CreateTable
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import MAX_STATEMENT, Statement, read
from mosaic_lint.sqlfile import statements
from mosaic_lint.vocabulary import LOG_METHODS

_LINE_END = re.compile(r"\r\n|\r|\n")
_DATA = re.compile(r"(?:\s|--[^\r\n]*)*(?:INSERT|COPY|UPDATE|DELETE)\b", re.IGNORECASE)
"""The beginning of a statement that changes rows only; dumps have thousands, which aren't read."""
_RUNS_MORE = re.compile(
    r"^[ \t]*(?P<name>\\(?:i|ir|include|include_relative|if|gexec)\b)", re.MULTILINE
)
"""Commands of psql by which other statements than those in the script are run, or fewer."""
_MAX_PARTS = 200  # of a text that is put together
_READ = frozenset(("CREATE", "ALTER", "COMMENT", "SET"))
_TELLING = LOG_METHODS | {"startswith", "endswith"}
_EXPLAINING = frozenset(("help", "description"))


@dataclass(frozen=True)
class PythonText:
    """A text in a Python file.

    Args:
        text: its characters, with holes for what isn't known.
        line: the first line (from 1) of what makes it.
        column: the column (from 1) of what makes it, in characters.
        shows_lines: whether each line end in it is one in the file, too.
    """

    text: str
    line: int
    column: int
    shows_lines: bool

    def origin(self, path: str, offset: int) -> Origin:
        """The place in the file of a character; of its text's beginning where that isn't known."""
        before = self.text.count("\n", 0, offset)
        if not self.shows_lines or not before:
            return Origin(path, self.line, self.column)
        return Origin(path, self.line + before, offset - self.text.rfind("\n", 0, offset))


def declared_by_scripts(scripts: Iterable[Script]) -> Schema:
    """The schema that scripts make, which are run one after the other.

    Args:
        scripts: in order.
    """
    builder = SchemaBuilder()
    for script in scripts:
        script.run(builder)
    return builder.schema()


class Script:
    """An SQL script.

    Args:
        path: relative to the project's folder.
        text: its text.
        first_line: the number of its first line in the file, of which it may be a part.
    """

    def __init__(self, path: str, text: str, first_line: int = 1) -> None:
        self._path = path
        self._before = first_line - 1
        self._text = text

    @cached_property
    def _starts(self) -> array[int]:
        """Where the lines begin; dumps have millions, so that a list would be dear."""
        return array("I", chain((0,), (m.end() for m in _LINE_END.finditer(self._text))))

    def run(self, builder: SchemaBuilder) -> None:
        """Do what its statements say; what psql's commands may run besides isn't known."""
        builder.run(self._statements(), self._origin)
        command = _RUNS_MORE.search(self._text)
        if command is not None:
            reason = f"{command.group().strip()} in a script of these runs what isn't read"
            builder.distrust(reason, self._place(command.start("name")))

    def _statements(self) -> Iterator[Statement]:
        for start, end in statements(self._text):
            if end - start <= MAX_STATEMENT and not _DATA.match(self._text, start, end):
                found = read(self._text, start=start, end=end, in_file=True)
                yield from (statement for statement in found if not _is_elided(statement))

    def _origin(self, statement: Statement, index: int) -> Origin:
        return self._place(statement.tokens[index].start)

    def _place(self, offset: int) -> Origin:
        line = bisect_right(self._starts, offset)
        column = offset - self._starts[line - 1] + 1
        return Origin(self._path, line + self._before, column)


def _is_elided(statement: Statement) -> bool:
    """Whether dots stand for a part that is left out, as documentation does: nobody runs that."""
    return ".." in statement.words


def declared_by_python(path: str, text: str, first_line: int = 1) -> List[Schema]:
    """What a Python file declares.

    Its texts are taken to run in their order, as those of a function that sets up a database do. A
    table that several of them create is declared as often, since then nobody knows what runs.

    Args:
        path: relative to the project's folder.
        text: the file's text, or a part of it.
        first_line: the number of the text's first line in the file.

    Returns:
        A schema for each declaration; none where the file can't be parsed.
    """
    pieces = [(piece, _ddl_of(piece)) for piece in python_texts(text)]
    created = Counter(name for _, known in pieces for name in _created(known))
    together = SchemaBuilder()
    found: List[Schema] = []
    for piece, known in pieces:
        is_unique = all(created[name] == 1 for name in _created(known))
        builder = together if is_unique else SchemaBuilder()
        builder.run(known, partial(_origin, path, replace(piece, line=piece.line + first_line - 1)))
        if not is_unique:
            found.append(builder.schema())
    return [schema for schema in (together.schema(), *found) if schema.tables]


def _ddl_of(piece: PythonText) -> List[Statement]:
    """The statements of a text that declare or change something; dropping is for tests."""
    known = (s for s in read(piece.text) if s.word(0) in _READ)
    return [statement for statement in known if not _is_elided(statement)]


def _created(known: Iterable[Statement]) -> Set[Tuple[str, str]]:
    """The tables that statements create, as the schema's name and their own."""
    return {
        (operation.name.schema or PUBLIC, operation.name.name)
        for statement in known
        for operation in operations(statement)
        if isinstance(operation, CreateTable)
    }


def _origin(path: str, piece: PythonText, statement: Statement, index: int) -> Origin:
    return piece.origin(path, statement.tokens[index].start)


def python_texts(text: str) -> Iterator[PythonText]:
    """The texts in a Python file that may hold DDL; a docstring is none.

    Args:
        text: the file's text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        yield from _texts_by_tokens(text)  # this Python may be older than the code
        return
    lines = text.split("\n")
    ignored: Set[int] = set()
    for node in _nodes_with_ddl(tree, text):
        if isinstance(node, ast.Expr):
            ignored.add(id(node.value))
        elif isinstance(node, (ast.BinOp, ast.JoinedStr, ast.Constant)) and id(node) not in ignored:
            value = _value(node, ignored)
            if value is not None and DDL.search(value):
                yield _text(node, value, lines)


def _texts_by_tokens(text: str) -> Iterator[PythonText]:
    """The same where only tokens can be read: literals, not put together."""
    from mosaic_lint.index.literals import literals

    for literal in literals(text):
        value = _value(literal.node, set())
        if value is not None and DDL.search(value):
            shows = literal.end_line - literal.line == value.count("\n")
            yield PythonText(value, literal.line, literal.column, shows)


def _nodes_with_ddl(tree: ast.Module, text: str) -> Iterator[ast.AST]:
    """The nodes on whose lines DDL may stand, each before its parts."""
    matches = list(DDL.finditer(text))
    starts = [text.count("\n", 0, match.start()) + 1 for match in matches]
    ends = [text.count("\n", 0, match.end()) + 1 for match in matches]
    stack: List[object] = [*reversed(tree.body)]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack += reversed(node)
        elif isinstance(node, ast.AST) and not _only_tells(node):
            first = getattr(node, "lineno", None)
            if first is not None:
                index = bisect_left(ends, first)  # the first match that doesn't end before
                if index == len(ends) or starts[index] > (getattr(node, "end_lineno", 0) or first):
                    continue
            yield node
            stack += reversed(node.__dict__.values())


def _only_tells(node: ast.AST) -> bool:
    """Whether texts in a node are for people, or are looked for in others: nobody runs them."""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        return name in _TELLING or (isinstance(node.func, ast.Name) and node.func.id == "print")
    if isinstance(node, ast.keyword):
        return node.arg in _EXPLAINING
    return isinstance(node, (ast.Raise, ast.Compare))


def _value(node: ast.expr, used: Set[int]) -> Optional[str]:
    """The text that an expression makes; ``None`` where it makes none. Its parts are used then."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Add):
        return None
    pieces: List[str] = []
    stack: List[ast.expr] = [node]
    parts: List[ast.expr] = []
    while stack and len(pieces) < _MAX_PARTS:
        part = stack.pop()
        parts.append(part)
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            stack += [part.right, part.left]
        elif isinstance(part, ast.JoinedStr):
            stack += reversed(part.values)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            pieces.append(part.value)
        else:
            pieces.append(HOLE)
    if all(piece == HOLE for piece in pieces):
        return None
    used.update(id(part) for part in parts)
    return "".join(pieces)


def _text(node: ast.expr, value: str, lines: Sequence[str]) -> PythonText:
    line = node.lineno
    shows = (node.end_lineno or line) - line == value.count("\n")
    column = len(lines[line - 1].encode("utf-8")[: node.col_offset].decode("utf-8", "replace")) + 1
    return PythonText(value, line, column, shows)


def migration_folders(paths: Iterable[str]) -> Dict[str, List[str]]:
    """The migrations of each folder of them, in the order in which they run.

    Args:
        paths: of SQL files in such folders; rollback scripts aren't run.
    """
    found: Dict[str, List[str]] = {}
    for path in sorted(paths):
        if not is_rollback(path):
            found.setdefault(path.rpartition("/")[0], []).append(path)
    return found


def is_migration(path: str) -> bool:
    """Whether a path is one of an SQL file directly in a folder ``migrations``."""
    folder = path.rpartition("/")[0]
    return path.endswith(".sql") and folder.rpartition("/")[2] == "migrations"


def is_rollback(path: str) -> bool:
    """Whether a migration's path is one of a rollback script."""
    return path.endswith("rollback.sql")

"""What a Python file runs of the archive: by a process, by ``runpy``, by an import."""

from __future__ import annotations

import ast
import posixpath
import re
from typing import AbstractSet, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

from mosaic_lint.lifecycle.archived import MENTION, Archive, Reference
from mosaic_lint.lifecycle.shell import Word
from mosaic_lint.model import Span

_TAKES_COMMAND = frozenset(
    """run call check_call check_output Popen system popen getoutput getstatusoutput sudo local
    shell create_subprocess_shell run_command run_script""".split()
)
_TAKES_WORDS = re.compile(
    r"(?:exec|spawn|posix_spawn)[lv]?p?e?p?|create_subprocess_exec|run_always"
)
_TAKES_SCRIPT = frozenset(
    ("run_path", "run_module", "import_module", "execfile", "spec_from_file_location")
)
_TRANSPARENT = frozenset(
    """Path PurePath PosixPath PurePosixPath str fspath abspath realpath normpath resolve absolute
    as_posix expanduser split quote strip dedent""".split()
)
_DEPTH_OF_MODULE = "scripts.archive.load".count(".")
_MAX_DEPTH = 30
_MAX_PARTS = 100
_MAX_TEXT = 5_000
_UNKNOWN = "$_"
_LINE_END = re.compile(r"\r\n?|\n")


class _Part(NamedTuple):
    """A piece of a value, and the literal that it stands in.

    Args:
        text: what it says.
        start: the offset of the literal in the file.
        end: the offset behind it.
    """

    text: str
    start: int
    end: int


def python_runs(path: str, text: str, files: AbstractSet[str]) -> Iterator[Reference]:
    """What a Python file runs of the archive.

    Args:
        path: the file, relative to the project's folder.
        text: its text.
        files: the project's files.
    """
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # what no Python reads runs nothing
    reader = _Reader(path, text, module)
    archive = Archive(path, text, files)
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield from _called(node, reader, archive, path, files)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _imported(node, reader, files)


def _called(
    call: ast.Call, reader: _Reader, archive: Archive, path: str, files: AbstractSet[str]
) -> Iterator[Reference]:
    name = reader.called(call.func)
    given = [*call.args, *(word.value for word in call.keywords if word.arg in ("args", "cmd"))]
    if not given:
        return
    if name in _TAKES_SCRIPT:
        yield from archive.of_words([reader.word(argument) for argument in given])
        for argument in given[1:]:
            yield from archive.of_words([reader.word(argument)])
    elif name == "exec" and isinstance(call.func, ast.Name):
        yield from _executed(given[0], reader, archive)
    elif _TAKES_WORDS.fullmatch(name):
        words = [reader.word(item) for argument in given for item in _items(argument)]
        words = [word for word in words if word.text != _UNKNOWN]
        if not name.startswith("create"):
            del words[1:2]  # what the process is told of its own name
        yield from archive.of_words(words)
    elif name in _TAKES_COMMAND:
        value = reader.listed(given[0])
        if value is not None:
            folders = [reader.word(word.value) for word in call.keywords if word.arg == "cwd"]
            folder = folders[0] if folders else None
            yield from archive.of_words([reader.word(item) for item in value], folder=folder)
        else:
            yield from _command(given[0], reader, path, files)


def _executed(source: ast.expr, reader: _Reader, archive: Archive) -> Iterator[Reference]:
    """The files that ``exec(open(...).read())`` opens."""
    for node in ast.walk(source):
        if isinstance(node, ast.Call) and _last_name(node.func) in ("open", "Path") and node.args:
            yield from archive.of_words([reader.word(node.args[0])])


def _command(
    argument: ast.expr, reader: _Reader, path: str, files: AbstractSet[str]
) -> Iterator[Reference]:
    """A command in one string: read as it will be, and led back to the literals."""
    parts = reader.parts(argument)
    value = "".join(part.text for part in parts)
    for span, script in Archive(path, value, files).runs_in(0, len(value)):
        place = 0
        for part in parts:
            if place <= span.start < place + len(part.text) or part is parts[-1]:
                count = len(MENTION.findall(part.text[: span.start - place]))
                yield Reference(reader.mention(part, count, span.end - span.start), script)
                break
            place += len(part.text)


def _imported(
    node: Union[ast.Import, ast.ImportFrom], reader: _Reader, files: AbstractSet[str]
) -> Iterator[Reference]:
    """Modules of the archive, by their full names or from a script beside it."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        names = [f"{node.module or ''}.{alias.name}".lstrip(".") for alias in node.names]
    for name in names:
        is_beside = reader.is_beside and name.startswith("archive.") and _is_file(name, files)
        if is_beside or name.startswith("scripts.archive."):
            place = reader.first(node, r"(?:scripts\.)?archive[\w.]*|scripts\b")
            shown = f"scripts.{name}" if is_beside else name
            if isinstance(node, ast.ImportFrom) and shown.count(".") > _DEPTH_OF_MODULE:
                shown = shown.rpartition(".")[0]  # what is imported may be no module
            yield Reference(place, shown)
            return


def _is_file(module: str, files: AbstractSet[str]) -> bool:
    names = module.split(".")
    return any(
        "scripts/" + "/".join(names[:length]) + ".py" in files
        for length in range(2, len(names) + 1)
    )


def _items(argument: ast.expr) -> List[ast.expr]:
    if isinstance(argument, ast.Starred):
        argument = argument.value
    return argument.elts if isinstance(argument, (ast.List, ast.Tuple)) else [argument]


def _last_name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class _Reader:
    """What expressions of a module say, as far as literals and simple names tell.

    Args:
        path: the file.
        text: its text.
        module: its syntax.
    """

    def __init__(self, path: str, text: str, module: ast.Module) -> None:
        self._path = path
        self._text = text
        self._starts = [0, *(match.end() for match in _LINE_END.finditer(text))]
        self._values = _assigned(module)
        self._aliases = {
            alias.asname: alias.name
            for node in ast.walk(module)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if alias.asname is not None
        }
        self._known: Dict[str, List[_Part]] = {}
        self.is_beside = posixpath.dirname(path) + "/" == "scripts/"

    def called(self, function: ast.expr) -> str:
        """The last name of what is called, as its own module has it."""
        name = _last_name(function)
        return self._aliases.get(name, name) if isinstance(function, ast.Name) else name

    def listed(self, node: ast.expr) -> Optional[List[ast.expr]]:
        """The items of a list or tuple, be it behind a name; ``None`` for anything else."""
        if isinstance(node, ast.Name):
            node = self._values.get(node.id) or node
        return list(node.elts) if isinstance(node, (ast.List, ast.Tuple)) else None

    def word(self, node: ast.expr) -> Word:
        """An expression as a word; its place is the literal that names the archive."""
        parts = self.parts(node)
        text = "".join(part.text for part in parts)
        for searched in ("archive", "scripts"):
            for part in parts if "archive" in text else ():
                shown = self._text[part.start : part.end]
                if searched in shown and (MENTION.search(shown) or searched == "scripts"):
                    return Word(text, *self._inside(part, searched))
        whole = self._span(node)
        return Word(text, *whole)

    def _inside(self, part: _Part, searched: str) -> Tuple[int, int]:
        if searched == "archive":
            return part.start, part.end
        start = self._text.find(searched, part.start, part.end)
        return start, start + len(searched)

    def mention(self, part: _Part, count: int, width: int) -> Span:
        """The place of a mention in a literal.

        Args:
            part: what the literal says.
            count: how many mentions stand before it.
            width: how many characters it has.
        """
        found = list(MENTION.finditer(self._text, part.start, part.end))
        if count < len(found):
            start = found[count].start()
            return Span(start, min(start + width, part.end))
        return Span(part.start, part.end)

    def first(self, node: ast.stmt, pattern: str) -> Span:
        """What a pattern finds first in a statement."""
        start, end = self._span(node)
        match = re.compile(pattern).search(self._text, start, end)
        return Span(*match.span()) if match else Span(start, end)

    def parts(self, node: ast.expr, depth: int = 0) -> List[_Part]:
        """What an expression says, in pieces; what isn't known is a variable of the shell's."""
        start, end = self._span(node)
        if depth > _MAX_DEPTH:
            return [_Part(_UNKNOWN, start, end)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [_Part(node.value, start, end)]
        if isinstance(node, ast.JoinedStr):
            return [_Part(self._joined(node, depth), start, end)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Div)):
            between = [_Part("/", start, start)] if isinstance(node.op, ast.Div) else []
            left = self.parts(node.left, depth + 1)
            return [*left, *between, *self.parts(node.right, depth + 1)]
        if isinstance(node, ast.Name):
            return self._named(node, depth)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return self._parent(node.value, depth)
        if isinstance(node, ast.Attribute) and node.attr == "executable":
            return [_Part("python", start, end)]
        if isinstance(node, ast.Call):
            return self._call(node, depth)
        return [_Part(_UNKNOWN, start, end)]

    def _joined(self, node: ast.JoinedStr, depth: int) -> str:
        """What an f-string says."""
        found: List[str] = []
        for value in node.values[:_MAX_PARTS]:
            inner = value.value if isinstance(value, ast.FormattedValue) else value
            found.extend(part.text for part in self.parts(inner, depth + 1))
        return "".join(found)[:_MAX_TEXT]

    def _named(self, node: ast.Name, depth: int) -> List[_Part]:
        if node.id == "__file__":
            return [_Part(f"./{self._path}", *self._span(node))]
        value = self._values.get(node.id)
        if value is not None:
            if node.id not in self._known:
                parts = self.parts(value, depth + 1)
                unknown = [_Part(_UNKNOWN, *self._span(value))]
                self._known[node.id] = parts if len(parts) <= _MAX_PARTS else unknown
            return self._known[node.id]
        return [_Part(_UNKNOWN, *self._span(node))]

    def _parent(self, node: ast.expr, depth: int) -> List[_Part]:
        inner = "".join(part.text for part in self.parts(node, depth + 1))
        folder = posixpath.dirname(inner)
        return [_Part(folder or _UNKNOWN, *self._span(node))]

    def _call(self, node: ast.Call, depth: int) -> List[_Part]:
        name = _last_name(node.func)
        if name == "dirname" and node.args:
            return self._parent(node.args[0], depth)
        arguments, between = list(node.args), "/"
        items = self.listed(arguments[0]) if arguments else None
        if isinstance(node.func, ast.Attribute) and name == "join" and items is not None:
            arguments, between = items, "".join(p.text for p in self.parts(node.func.value))
        elif isinstance(node.func, ast.Attribute) and name in ("joinpath", *_TRANSPARENT):
            if name == "joinpath" or not arguments:
                arguments.insert(0, node.func.value)
        elif name not in ("join", *_TRANSPARENT):
            return [_Part(_UNKNOWN, *self._span(node))]
        found: List[_Part] = []
        for argument in arguments[:_MAX_DEPTH]:
            if found:
                found.append(_Part(between, found[-1].end, found[-1].end))
            found.extend(self.parts(argument, depth + 1))
        return found or [_Part(_UNKNOWN, *self._span(node))]

    def _span(self, node: Union[ast.expr, ast.stmt]) -> Tuple[int, int]:
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._offset(node.lineno, node.col_offset), self._offset(end_line, end_column)

    def _offset(self, line: int, column: int) -> int:
        """The offset of a place as ``ast`` tells it: a column in bytes."""
        start = self._starts[line - 1]
        shown = self._text[start : start + column]
        if shown.isascii():
            return start + column
        return start + len(shown.encode()[:column].decode(errors="ignore"))


def _assigned(module: ast.Module) -> Dict[str, ast.expr]:
    """The values of the names that are bound once, by an assignment."""
    found: Dict[str, Optional[ast.expr]] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target, value = node.target, node.value
        elif isinstance(node, ast.arg):
            found[node.arg] = None
            continue
        else:
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.setdefault(node.id, None)
            continue
        if isinstance(target, ast.Name):
            found[target.id] = None if target.id in found else value
    return {name: value for name, value in found.items() if value is not None}

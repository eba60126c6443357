"""Which texts flow into an expression, as far as last names tell."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import (
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.triage.composed import Composed, composed
from mosaic_lint.triage.places import Places
from mosaic_lint.triage.table import Binding, Table, last_name

_TRANSPARENT_METHODS = frozenset(
    ("strip", "lstrip", "rstrip", "upper", "lower", "casefold", "removesuffix", "removeprefix",
     "encode", "decode", "expandtabs", "as_string", "copy", "keys", "values", "items", "get")
)  # fmt: skip
_BUILDING_METHODS = frozenset(("format", "format_map", "join", "replace"))
_TRANSPARENT_FUNCTIONS = frozenset(
    ("dedent", "cleandoc", "indent", "str", "text", "DDL", "format", "cast", "intern", "SQL",
     "Composed", "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "deque",
     "enumerate")
)  # fmt: skip
_GROWING = frozenset(
    ("append", "add", "insert", "appendleft", "extend", "update", "extendleft", "setdefault")
)

_MAX_STEPS = 200_000  # from name to name in one file


class TooMuch(Exception):
    """So much flows through so many names that following it all would take too long."""


@dataclass
class Flow:
    """What flows into an expression.

    Args:
        texts: the constants.
        starts: constants with which a text may begin.
        lines: the lines (from 1) of the statements that it flows through.
        names: the last names that it flows through.
        is_built: whether a text is made of several pieces.
    """

    texts: List[str] = field(default_factory=list)
    starts: List[str] = field(default_factory=list)
    lines: Set[int] = field(default_factory=set)
    names: Set[str] = field(default_factory=set)
    is_built: bool = False


class Flows:
    """Answers for one file.

    Args:
        table: the file.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._places = Places(table)
        self._steps = 0

    def of(self, expression: ast.expr) -> Flow:
        """What flows into an expression, names followed.

        Raises:
            TooMuch: too much of the file has been followed.
        """
        flow = Flow()
        seen: Set[int] = set()  # bindings, by identity
        waiting: List[Tuple[ast.expr, bool]] = [(expression, True)]
        while waiting:
            node, is_start = waiting.pop()
            name = last_name(node)
            if name:
                flow.names.add(name)
                if name == "value" and isinstance(node, ast.Attribute):
                    waiting.append((node.value, is_start))  # of an Enum's member
                bindings = self.reaching(node, name)
                self._steps += len(bindings)
                if self._steps > _MAX_STEPS:
                    raise TooMuch
                for binding in bindings:
                    if id(binding) not in seen:
                        seen.add(id(binding))
                        flow.lines.add(binding.line)
                        flow.is_built = flow.is_built or binding.escapes
                        waiting.append((binding.value, True))
            elif isinstance(node, ast.Constant):
                text = constant_text(node)
                if text is not None:
                    flow.texts.append(text)
                    if is_start:
                        flow.starts.append(text)
            else:
                if isinstance(node, ast.Call) and last_name(node.func):
                    flow.names.add(last_name(node.func))  # a function that may be understood
                flow.is_built = flow.is_built or _builds(node)
                waiting.extend(_parts(node, is_start))
        return flow

    def reaching(self, node: ast.expr, name: str) -> List[Binding]:
        """The bindings of a name that may be meant: of the innermost function that has any."""
        bindings = self._bound.get(name, [])
        if len(bindings) > 1 and isinstance(node, ast.Name) and name not in self._shared:
            for function in self._places.around(node.lineno):
                if self._places.owns(function, name):
                    lines = self._places.lines(function)
                    first = bisect_left(self._lines[name], lines.start)
                    return bindings[first : bisect_left(self._lines[name], lines.stop)] or bindings
        return bindings

    @cached_property
    def _lines(self) -> Dict[str, List[int]]:
        """The lines of each name's bindings, ascending."""
        return {name: [b.line for b in bindings] for name, bindings in self._bound.items()}

    @cached_property
    def _shared(self) -> FrozenSet[str]:
        """The names that functions share by ``global`` and ``nonlocal``."""
        names = {name for node in self._table.of(ast.Global) for name in node.names}
        names |= {name for node in self._table.of(ast.Nonlocal) for name in node.names}
        return frozenset(names)

    def beginning_with(self, starts: Callable[[str], bool]) -> Set[str]:
        """The names into which a constant that begins in some way may flow.

        Args:
            starts: tells whether a constant begins so.
        """
        used: Dict[str, Set[str]] = {}
        waiting: List[str] = []
        for name, bindings in self._bound.items():
            for binding in bindings:
                for leaf in _leaves(binding.value):
                    if isinstance(leaf, ast.Constant):
                        text = constant_text(leaf)
                        if text is not None and starts(text):
                            waiting.append(name)
                    else:
                        used.setdefault(last_name(leaf), set()).add(name)
        found: Set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(used.get(name, ()))
        return found

    def plain(self, node: ast.expr, depth: int = 4) -> Optional[str]:
        """The text of an expression that is surely this one: constants, and names for them.

        Args:
            node: the expression.
            depth: how deep to look into it.
        """
        if isinstance(node, ast.Constant):
            return constant_text(node)
        if not depth:
            return None
        if isinstance(node, ast.Name):
            bindings = self._bound.get(node.id, [])
            value = bindings[0].value if len(bindings) == 1 else None
            if value is None or id(value) not in self._assigned or node.id in self._otherwise:
                return None
            if self._is_hidden(node, bindings[0]):
                return None
            return self.plain(value, depth - 1)
        pieces = [self.plain(part, depth - 1) for part in _plain_parts(node)]
        if not pieces or any(piece is None for piece in pieces):
            return None
        return "".join(piece or "" for piece in pieces)

    def _is_hidden(self, name: ast.Name, binding: Binding) -> bool:
        """Whether a class binds a name, which its methods then don't see."""
        if binding.line not in self._class_lines:
            return False
        around = next(iter(self._places.around(name.lineno)), None)
        return around is not None and binding.line not in self._places.lines(around)

    @cached_property
    def _class_lines(self) -> FrozenSet[int]:
        """The lines of assignments that stand directly in classes."""
        assigning = (ast.Assign, ast.AnnAssign)
        return frozenset(
            statement.lineno
            for node in self._table.of(ast.ClassDef)
            for statement in node.body
            if isinstance(statement, assigning)
        )

    def composed(self, node: ast.expr) -> Optional[Composed]:
        """The text of an expression that is put together from constants alone, by way of names.

        Args:
            node: the expression.
        """
        found = composed(node, self._known)
        return found if found is not None and not found.is_list else None

    def _known(self, name: ast.Name) -> Optional[Sequence[Binding]]:
        """A name's plain assignment and what is added to it; ``None`` if there is more to it."""
        if name.id in self._otherwise or name.id in self._shared:
            return None
        bindings = self.reaching(name, name.id)
        if any(self._is_hidden(name, binding) for binding in bindings):
            return None
        if not bindings or id(bindings[0].value) not in self._assigned:
            return None
        added = (b.escapes or id(b.value) in self._appended for b in bindings[1:])
        return bindings if all(added) else None

    @cached_property
    def _appended(self) -> FrozenSet[int]:
        """What is given to ``name.append``, by identity."""
        return frozenset(
            id(call.args[0])
            for call in self._table.of(ast.Call)
            if isinstance(call.func, ast.Attribute)
            and call.func.attr == "append"
            and isinstance(call.func.value, ast.Name)
            and len(call.args) == 1
        )

    @cached_property
    def _assigned(self) -> FrozenSet[int]:
        """The values, by identity, that a name gets by a plain assignment."""
        plain = (
            node.value
            for node in self._table.of(ast.Assign)
            if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
        )
        annotated = (
            node.value
            for node in self._table.of(ast.AnnAssign)
            if isinstance(node.target, ast.Name)
        )
        return frozenset(id(value) for value in (*plain, *annotated) if value is not None)

    @cached_property
    def _otherwise(self) -> FrozenSet[str]:
        """The names that something else than a value is bound to: parameters, imports, handlers."""
        names = {node.arg for node in self._table.of(ast.arg)}
        names |= {(node.asname or node.name).split(".")[0] for node in self._table.of(ast.alias)}
        names |= {node.name or "" for node in self._table.of(ast.ExceptHandler)}
        for kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            names |= {node.name for node in self._table.of(kind)}  # type: ignore[attr-defined]
        if self._table.of(ast.Delete):
            names |= {node.id for node in self._table.of(ast.Name) if isinstance(node.ctx, ast.Del)}
        return frozenset(names | self._captured())

    def _captured(self) -> Set[str]:
        """The names that the patterns of ``match`` bind (Python 3.10)."""
        found: Set[str] = set()
        for kind in ("MatchAs", "MatchStar", "MatchMapping"):
            for node in self._table.of(getattr(ast, kind, ast.AST)):
                found.update(
                    name
                    for name in (getattr(node, "name", None), getattr(node, "rest", None))
                    if name is not None
                )
        return found

    def spread(self, names: Iterable[str]) -> Set[str]:
        """The names, and all in what is bound to one of them, compared with it, or returned by a
        function of its name, and so on.
        """
        found: Set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                values = [binding.value for binding in self._bound.get(name, ())]
                values += self._returned.get(name, ())
                for value in (*values, *self._tested.get(name, ())):
                    waiting.extend(filter(None, map(last_name, ast.walk(value))))
        return found

    @cached_property
    def _returned(self) -> Dict[str, List[ast.expr]]:
        """What functions return, by their names; what those inside of them return as well."""
        found: Dict[str, List[ast.expr]] = {}
        functions: List[Union[ast.FunctionDef, ast.AsyncFunctionDef]] = [
            *self._table.of(ast.FunctionDef),
            *self._table.of(ast.AsyncFunctionDef),
        ]
        statements = sorted(self._table.of(ast.Return), key=lambda node: node.lineno)
        lines = [node.lineno for node in statements]
        for function in functions:
            first = bisect_left(lines, function.lineno)
            last = bisect_right(lines, function.end_lineno or function.lineno)
            values = (node.value for node in statements[first:last])
            found.setdefault(function.name, []).extend(filter(None, values))
        return found

    @cached_property
    def _tested(self) -> Dict[str, List[ast.expr]]:
        """What each last name is compared with."""
        found: Dict[str, List[ast.expr]] = {}
        for test in self._table.of(ast.Compare):
            for name in set(map(last_name, ast.walk(test.left))):
                found.setdefault(name, []).extend(test.comparators)
        return found

    def lines_of(self, names: Set[str], wanted: Set[int]) -> Set[int]:
        """The lines on which one of the names gets a value that may matter on other lines.

        Args:
            names: the names.
            wanted: the lines (from 1); what a function without one calls its own doesn't matter.
        """
        ordered = sorted(wanted)
        return {
            binding.line
            for name in names
            for binding in self._bound.get(name, ())
            if self._matters(name, binding.line, ordered)
        }

    def _matters(self, name: str, line: int, wanted: List[int]) -> bool:
        for function in self._places.around(line):
            if self._places.owns(function, name) and name not in self._shared:
                lines = self._places.lines(function)
                index = bisect_left(wanted, lines.start)
                return index < len(wanted) and wanted[index] < lines.stop
        return True

    @cached_property
    def _bound(self) -> Dict[str, List[Binding]]:
        """What is bound to each last name, or put into what it means; added texts as built."""
        added = {node.lineno for node in self._table.of(ast.AugAssign)}
        found: Dict[str, List[Binding]] = {}
        for binding in self._table.bindings():
            for name in binding.names:
                entry = binding._replace(escapes=binding.line in added)
                found.setdefault(name, []).append(entry)
        for name, value, line in self._growth():
            found.setdefault(name, []).append(Binding({name}, value, line))
        for bindings in found.values():
            bindings.sort(key=lambda binding: binding.line)
        return found

    def _growth(self) -> Iterator[Tuple[str, ast.expr, int]]:
        for call in self._table.of(ast.Call):
            if isinstance(call.func, ast.Attribute) and call.func.attr in _GROWING:
                for value in call.args:
                    yield last_name(call.func.value), value, call.lineno
        for assign in self._table.of(ast.Assign):
            for target in assign.targets:
                if isinstance(target, ast.Subscript):
                    yield last_name(target.value), assign.value, assign.lineno
        for comprehension in self._table.of(ast.comprehension):
            for inner in ast.walk(comprehension.target):
                if isinstance(inner, ast.Name):
                    yield inner.id, comprehension.iter, comprehension.iter.lineno


def _leaves(node: ast.expr) -> Iterator[ast.expr]:
    """The constants, names and attributes of which an expression may make a text."""
    waiting: List[ast.expr] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, (ast.Constant, ast.Name, ast.Attribute)):
            yield current
            if isinstance(current, ast.Attribute) and current.attr == "value":
                waiting.append(current.value)  # of an Enum's member
        else:
            waiting.extend(part for part, _ in _parts(current, True))


def _plain_parts(node: ast.expr) -> List[ast.expr]:
    """The pieces of a text that is just their concatenation; none where it is anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    if not isinstance(node, ast.JoinedStr):
        return []
    parts: List[ast.expr] = []
    for value in node.values:
        if not isinstance(value, ast.FormattedValue):
            parts.append(value)
        elif value.conversion == -1 and value.format_spec is None:
            parts.append(value.value)
        else:
            return []
    return parts


def _builds(node: ast.expr) -> bool:
    if isinstance(node, (ast.JoinedStr, ast.BinOp)):
        return True
    return isinstance(node, ast.Call) and (
        isinstance(node.func, ast.Attribute) and node.func.attr in _BUILDING_METHODS
    )


def _parts(node: ast.expr, is_start: bool) -> Iterator[Tuple[ast.expr, bool]]:
    """What an expression is made of, and whether each part may be the beginning of its text."""
    if isinstance(node, ast.JoinedStr):
        for index, value in enumerate(node.values):
            inner = value.value if isinstance(value, ast.FormattedValue) else value
            yield inner, is_start and not index
    elif isinstance(node, ast.BinOp):
        yield node.left, is_start
        yield node.right, is_start and isinstance(node.op, ast.Mult)
    elif isinstance(node, ast.Call):
        yield from ((part, is_start) for part in transparent(node))
    elif isinstance(node, ast.Dict):
        yield from ((value, is_start) for value in (*node.keys, *node.values) if value is not None)
    elif isinstance(node, (ast.ListComp, ast.SetComp, ast.GeneratorExp)):
        yield node.elt, is_start
    elif isinstance(node, ast.IfExp):
        yield node.body, is_start
        yield node.orelse, is_start
    elif isinstance(node, ast.BoolOp):
        yield from ((value, is_start) for value in node.values)
    elif isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        yield from ((value, is_start) for value in node.elts)
    elif isinstance(node, (ast.NamedExpr, ast.Await, ast.Starred, ast.Subscript)):
        yield node.value, is_start


def transparent(call: ast.Call) -> Iterator[ast.expr]:
    """What of a call may be in the text that it gives."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        method = call.func.attr
        if method in _TRANSPARENT_METHODS or method in _BUILDING_METHODS:
            yield call.func.value
            yield from values
        elif method in _TRANSPARENT_FUNCTIONS:
            yield from values
    elif last_name(call.func):
        # a name may stand for any of the functions
        yield from values


def constant_text(node: ast.Constant) -> Optional[str]:
    """The text of a constant; bytes as latin-1; ``None`` for other constants."""
    if isinstance(node.value, str):
        return node.value.replace(HOLE, " ")  # as no text of the file is a hole
    if isinstance(node.value, bytes):
        return node.value.decode("latin-1")
    return None


def first_leaf(node: ast.expr) -> ast.expr:
    """With what the text of an expression begins: a constant, a name, or something else."""
    while True:
        if isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.JoinedStr) and node.values:
            value = node.values[0]
            node = value.value if isinstance(value, ast.FormattedValue) else value
        elif isinstance(node, ast.Attribute) and node.attr == "value":
            node = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "join" and node.args:
                return node.args[0]
            if node.func.attr in _TRANSPARENT_FUNCTIONS - _BUILDING_METHODS:
                return node
            node = node.func.value
        else:
            return node

"""Which texts flow into an expression, as far as last names tell."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Callable, Dict, FrozenSet, Iterable, Iterator, List, Optional, Set, Tuple

from mosaic_lint.triage.table import Binding, Table, last_name

_TRANSPARENT_METHODS = frozenset(
    ("strip", "lstrip", "rstrip", "upper", "lower", "casefold", "removesuffix", "removeprefix",
     "encode", "decode", "expandtabs", "as_string", "copy", "keys", "values", "items", "get")
)  # fmt: skip
_BUILDING_METHODS = frozenset(("format", "join", "replace"))
_TRANSPARENT_FUNCTIONS = frozenset(
    ("dedent", "cleandoc", "indent", "str", "text", "DDL", "format", "cast", "intern", "SQL",
     "Composed", "list", "tuple", "set", "frozenset", "sorted", "reversed", "iter", "deque",
     "enumerate")
)  # fmt: skip
_GROWING = frozenset(
    ("append", "add", "insert", "appendleft", "extend", "update", "extendleft", "setdefault")
)


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

    def of(self, expression: ast.expr) -> Flow:
        """What flows into an expression, names followed."""
        flow = Flow()
        seen: Set[int] = set()  # bindings, by identity
        waiting: List[Tuple[ast.expr, bool]] = [(expression, True)]
        while waiting:
            node, is_start = waiting.pop()
            name = last_name(node)
            if name:
                flow.names.add(name)
                for binding in self._reaching(node, name):
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
                flow.is_built = flow.is_built or _builds(node)
                waiting.extend(_parts(node, is_start))
        return flow

    def _reaching(self, node: ast.expr, name: str) -> List[Binding]:
        """The bindings of a name that may be meant: of the innermost function that has any."""
        bindings = self._bound.get(name, [])
        if len(bindings) > 1 and isinstance(node, ast.Name) and name not in self._shared:
            for first, last in self._functions_around(node.lineno):
                inside = [b for b in bindings if first <= b.line <= last]
                if inside:
                    return inside
        return bindings

    def _functions_around(self, line: int) -> List[Tuple[int, int]]:
        """The lines of the functions around a line, innermost first."""
        if line not in self._around:
            found = [(first, last) for first, last in self._functions if first <= line <= last]
            self._around[line] = sorted(found, key=lambda lines: lines[1] - lines[0])
        return self._around[line]

    @cached_property
    def _around(self) -> Dict[int, List[Tuple[int, int]]]:
        return {}

    @cached_property
    def _functions(self) -> List[Tuple[int, int]]:
        functions = [*self._table.of(ast.FunctionDef), *self._table.of(ast.AsyncFunctionDef)]
        return [(node.lineno, node.end_lineno or node.lineno) for node in functions]

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
                for inner in ast.walk(binding.value):
                    source = last_name(inner)
                    if source:
                        used.setdefault(source, set()).add(name)
                    elif isinstance(inner, ast.Constant):
                        text = constant_text(inner)
                        if text is not None and starts(text):
                            waiting.append(name)
        found: Set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting.extend(used.get(name, ()))
        return found

    def spread(self, names: Iterable[str]) -> Set[str]:
        """The names, and all in what is bound to one of them or compared with it, and so on."""
        found: Set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                values = [binding.value for binding in self._bound.get(name, ())]
                for value in (*values, *self._tested.get(name, ())):
                    waiting.extend(filter(None, map(last_name, ast.walk(value))))
        return found

    @cached_property
    def _tested(self) -> Dict[str, List[ast.expr]]:
        """What each last name is compared with."""
        found: Dict[str, List[ast.expr]] = {}
        for test in self._table.of(ast.Compare):
            found.setdefault(last_name(test.left), []).extend(test.comparators)
        return found

    def lines_of(self, names: Set[str]) -> Set[int]:
        """The lines on which one of the names gets a value."""
        return {binding.line for name in names for binding in self._bound.get(name, ())}

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
        return node.value
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
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr == "join" and node.args:
                return node.args[0]
            node = node.func.value
        else:
            return node

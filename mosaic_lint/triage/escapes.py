"""Suspect stage for connections that get out of their ``with`` block."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import (
    Callable,
    Dict,
    Generic,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Set,
    Tuple,
    TypeVar,
    Union,
)

from mosaic_lint.settings import Settings
from mosaic_lint.triage.places import Places
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.table import Binding, Table, inner_calls, last_name, leaves, meant
from mosaic_lint.vocabulary import (
    CURSOR_MAKING,
    DRIVER_METHODS,
    ENTERING_METHODS,
    LAZY_FUNCTIONS,
)

T = TypeVar("T")
_With = Union[ast.With, ast.AsyncWith]
_MAKING = CURSOR_MAKING | frozenset(("execute",))
_PASSING = frozenset(("closing", "aclosing")) | ENTERING_METHODS
_Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]
_Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]


class _Block(NamedTuple):
    """A ``with`` block of a factory: its lines (from 1), and the lines that surely bind a name."""

    first: int
    last: int
    sure: Dict[str, int]


def suspect_escapes(table: Table, settings: Settings) -> Suspects:
    """Find what connections and cursors of factory blocks may be used for beyond their block."""
    factories = frozenset(name.rpartition(".")[2] for name in settings.connection_factories)
    return _Stage(table, table.aliases(factories)).run()


class _Stage:
    """The stage's way through one file.

    Args:
        table: the file.
        openers: the last names of factories.
    """

    def __init__(self, table: Table, openers: Set[str]) -> None:
        self._table = table
        self._openers = openers
        self._places = Places(table)
        self._suspects = Suspects()
        self._local_nodes: Dict[str, List[_Function]] = {}
        functions: List[_Function] = [*table.of(ast.FunctionDef), *table.of(ast.AsyncFunctionDef)]
        for node in functions:
            self._local_nodes.setdefault(node.name, []).append(node)
        self._local = frozenset(self._local_nodes)
        self._handing_on = LAZY_FUNCTIONS | _PASSING | self._local
        self._names: Set[str] = set()  # of connections and cursors

    def run(self) -> Suspects:
        scopes: Dict[Tuple[int, int], List[_With]] = {}
        for block in self._blocks():
            scopes.setdefault(self._places.function_lines(block.lineno), []).append(block)
        for lines, blocks in scopes.items():
            self._look_at(lines, blocks)
        self._look_at_stacks()
        if self._suspects.lines:
            names = self._table.sources(self._openers) | self._helpers()
            self._suspects.keep(_definitions(self._table, names))
        return self._suspects

    def _helpers(self) -> Set[str]:
        """The file's functions that may be given a connection, and those that they call."""
        local = [c for c in self._table.of(ast.Call) if meant(c.func) & self._local]
        calls = _ByLine(local, lambda call: call.lineno)
        given = [call for call in local if self._names.intersection(leaves(call))]
        waiting = [name for call in given for name in meant(call.func) & self._local]
        found: Set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                for node in self._local_nodes.get(name, ()):
                    inner = calls.between(node.lineno, node.end_lineno or node.lineno)
                    waiting += [n for call in inner for n in meant(call.func) & self._local]
        return found

    def _blocks(self) -> Iterator[_With]:
        nodes: List[_With] = [*self._table.of(ast.With), *self._table.of(ast.AsyncWith)]
        for node in nodes:
            if any(self._opens(item.context_expr) for item in node.items):
                yield node

    def _opens(self, value: ast.expr) -> bool:
        return any(meant(call.func) & self._openers for call in inner_calls(value))

    def _look_at(self, lines: Tuple[int, int], nodes: List[_With]) -> None:
        """Look at the blocks of one function."""
        blocks = [_Block(n.lineno, n.end_lineno or n.lineno, dict(_surely(n))) for n in nodes]
        for node in nodes:
            if any(not _is_name(item.optional_vars) for item in node.items):
                self._suspects.lines.update(range(lines[0], lines[1] + 1))
        bindings = self._bindings.between(*lines)
        owners = self._owners(bindings, nodes, blocks)
        self._names |= owners.keys()
        for name in self._loads.between(*lines):
            if name.id in owners and not _is_held(name, owners[name.id]):
                self._suspects.lines.add(name.lineno)
        self._look_inside(bindings, blocks, set(owners))

    def _owners(
        self, bindings: List[Binding], nodes: List[_With], blocks: List[_Block]
    ) -> Dict[str, List[_Block]]:
        """The names of connections and cursors, with the innermost blocks that bind them."""
        owners: Dict[str, List[_Block]] = {}
        for node, block in zip(nodes, blocks):
            for item in node.items:
                if item.optional_vars is not None and self._opens(item.context_expr):
                    for name in leaves(item.optional_vars):
                        owners.setdefault(name, []).append(block)
        known = -1
        while (size := sum(map(len, owners.values())) + len(owners)) > known:
            known = size
            for binding in bindings:
                if self._passes(binding.value, owners):
                    around = _innermost(binding.line, blocks)
                    for name in binding.names:
                        found = owners.setdefault(name, [])
                        if around is not None and around not in found:
                            found.append(around)
        return owners

    def _passes(self, value: ast.expr, names: Union[Set[str], Dict[str, List[_Block]]]) -> bool:
        """Whether an expression may be a connection or cursor, or one of several with others."""
        stack: List[Optional[ast.AST]] = [value]
        while stack:
            node = stack.pop()
            if isinstance(node, (ast.Name, ast.Attribute)):
                if last_name(node) in names:
                    return True
                if isinstance(node, ast.Attribute) and node.attr in DRIVER_METHODS:
                    stack.append(node.value)  # a method that isn't called
            elif isinstance(node, ast.Call):
                called = meant(node.func)
                if called & _MAKING:
                    return True
                if any(map(_is_streaming, called)) or called & (
                    LAZY_FUNCTIONS | _PASSING | self._local
                ):
                    stack.extend(node.args)
                    stack.extend(keyword.value for keyword in node.keywords)
            elif isinstance(node, ast.GeneratorExp):
                stack.extend(loop.iter for loop in node.generators)
            elif isinstance(node, ast.Dict):
                stack.extend(node.values)
            elif isinstance(node, _TRANSPARENT):
                stack.extend(ast.iter_child_nodes(node))
        return False

    def _look_inside(self, bindings: List[Binding], blocks: List[_Block], names: Set[str]) -> None:
        """Look at what leaves a block by ``return``, or into something that lives longer."""
        shared = {name for node in self._table.of(ast.Global) for name in node.names}
        shared |= {name for node in self._table.of(ast.Nonlocal) for name in node.names}
        for block in blocks:
            for statement in self._returns.between(block.first, block.last):
                if statement.value is not None and self._passes(statement.value, names):
                    self._suspects.lines.add(statement.lineno)
        for binding in bindings:
            if binding.escapes or binding.names & shared:
                if _innermost(binding.line, blocks) is not None:
                    if self._passes(binding.value, names):
                        self._suspects.lines.add(binding.line)

    def _look_at_stacks(self) -> None:
        """Suspect all of a function that enters a connection into an exit stack."""
        for call in self._table.of(ast.Call):
            if meant(call.func) & ENTERING_METHODS and any(map(self._opens, call.args)):
                first, last = self._places.function_lines(call.lineno)
                self._suspects.lines.update(range(first, last + 1))

    # --- what stands between lines

    @cached_property
    def _bindings(self) -> _ByLine[Binding]:
        return _ByLine(self._table.bindings(), lambda binding: binding.line)

    @cached_property
    def _loads(self) -> _ByLine[ast.Name]:
        loads = [name for name in self._table.of(ast.Name) if isinstance(name.ctx, ast.Load)]
        return _ByLine(loads, lambda name: name.lineno)

    @cached_property
    def _returns(self) -> _ByLine[ast.Return]:
        return _ByLine(self._table.of(ast.Return), lambda statement: statement.lineno)


class _ByLine(Generic[T]):
    """Things in the order of their lines, so that those between two lines are found quickly."""

    def __init__(self, things: Iterable[T], line: Callable[[T], int]) -> None:
        self._things = sorted(things, key=line)
        self._lines = [line(thing) for thing in self._things]

    def between(self, first: int, last: int) -> List[T]:
        """The things on lines from ``first`` to ``last``."""
        return self._things[bisect_left(self._lines, first) : bisect_right(self._lines, last)]


_TRANSPARENT = (
    ast.IfExp, ast.BoolOp, ast.Tuple, ast.List, ast.Set, ast.NamedExpr, ast.Await, ast.Starred,
)  # fmt: skip


def _is_streaming(name: str) -> bool:
    return name.endswith("StreamingResponse")


def _surely(block: _With) -> Iterator[Tuple[str, int]]:
    """The names that a block surely binds, with the line from which on they are bound."""
    for item in block.items:
        if item.optional_vars is not None:
            yield from ((name, 0) for name in leaves(item.optional_vars))
    for statement in block.body:
        if isinstance(statement, ast.Assign):
            end = statement.end_lineno or statement.lineno
            for target in statement.targets:
                yield from ((name, end + 1) for name in leaves(target))


def _is_held(name: ast.Name, owners: List[_Block]) -> bool:
    """Whether a name surely means what the block around it bound."""
    around = [block for block in owners if block.first <= name.lineno <= block.last]
    if not around:
        return False
    if len(owners) == 1:
        return True
    innermost = max(around, key=lambda block: block.first)
    return innermost.sure.get(name.id, name.lineno + 1) <= name.lineno


def _innermost(line: int, blocks: List[_Block]) -> Optional[_Block]:
    around = [block for block in blocks if block.first <= line <= block.last]
    return max(around, key=lambda block: block.first) if around else None


def _is_name(target: Optional[ast.expr]) -> bool:
    return target is None or isinstance(target, ast.Name)


def _definitions(table: Table, names: Set[str]) -> Iterator[_Definition]:
    yield from (node for node in table.of(ast.FunctionDef) if node.name in names)
    yield from (node for node in table.of(ast.AsyncFunctionDef) if node.name in names)
    yield from (node for node in table.of(ast.ClassDef) if node.name in names)

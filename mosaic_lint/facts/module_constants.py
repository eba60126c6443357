"""What a module gives its constants, as its own code shows."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional

from mosaic_lint.model import Span
from mosaic_lint.source import Source

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_IMPORTS = (ast.Import, ast.ImportFrom)
# Who gets hold of the module's names may bind any of them.
_BINDING_CALLS = frozenset(("globals", "locals", "vars", "exec", "setattr"))


@dataclass(frozen=True, eq=False)
class Binding:
    """A place where a name is given a value.

    Args:
        value: the value as text; ``None`` where it isn't plain.
        node: the value, or what binds the name where there is no value to see.
        source: the module's text.
    """

    value: Optional[str]
    node: ast.AST
    source: Source

    @property
    def span(self) -> Span:
        """Where the value is written."""
        line, end_line = getattr(self.node, "lineno", 1), getattr(self.node, "end_lineno", 1)
        start = self._offset(line, getattr(self.node, "col_offset", 0))
        return Span(start, self._offset(end_line, getattr(self.node, "end_col_offset", 0)))

    def _offset(self, line: int, column: int) -> int:
        """The offset of a place; ``ast`` counts bytes."""
        before = self.source.line_text(line).encode("utf-8", "surrogatepass")[:column]
        return self.source.offset(line, len(before.decode("utf-8", "replace")) + 1)


def bindings_of(tree: ast.Module, source: Source, names: Iterable[str]) -> Dict[str, List[Binding]]:
    """Find what a module's own level binds some names to, in order.

    Args:
        tree: the module.
        source: its text.
        names: the names.

    Returns:
        For each name its bindings: none if nothing in the module can bind it. One that may be
        bound without being named, as by ``import *``, has one of unknown value.
    """
    reader = _Reader(source, names)
    reader.read(tree)
    return reader.found


class _Reader:
    """Reads one module.

    Args:
        source: its text.
        names: the names that are looked for.
    """

    def __init__(self, source: Source, names: Iterable[str]) -> None:
        self._source = source
        self._values: Dict[ast.AST, ast.expr] = {}  # by the name that is given it
        self._unnamed: List[ast.AST] = []  # what may bind any name
        self.found: Dict[str, List[Binding]] = {name: [] for name in names}

    def read(self, tree: ast.Module) -> None:
        """Read all that runs when the module does, in its order; never recursive."""
        pending: List[ast.AST] = [tree]
        while pending:
            node = pending.pop()
            self._take(node)
            pending.extend(reversed(_parts(node)))
        for bindings in self.found.values():
            if not bindings and self._unnamed:
                bindings.append(Binding(None, self._unnamed[0], self._source))

    def _take(self, node: ast.AST) -> None:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._pair(target, node.value)
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
            self._pair(node.target, node.value)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            self._bind(node.id, node, self._values.get(node))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._bind(node.name, node, None)
        elif isinstance(node, _IMPORTS):
            self._import(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in _BINDING_CALLS:
                self._unnamed.append(node)

    def _pair(self, target: ast.expr, value: ast.expr) -> None:
        """Note which name is given which value; of what is unpacked where both sides show it."""
        pending = [(target, value)]
        while pending:
            target, value = pending.pop()
            if isinstance(target, ast.Name):
                self._values[target] = value
            elif isinstance(target, (ast.Tuple, ast.List)):
                if isinstance(value, (ast.Tuple, ast.List)) and _is_paired(target, value):
                    pending.extend(zip(target.elts, value.elts))

    def _import(self, node: ast.AST) -> None:
        for alias in getattr(node, "names", ()):
            if alias.name == "*":
                self._unnamed.append(node)
            self._bind(alias.asname or alias.name.partition(".")[0], node, None)

    def _bind(self, name: str, node: ast.AST, value: Optional[ast.expr]) -> None:
        if name in self.found:
            plain = str(value.value).strip() if isinstance(value, ast.Constant) else None
            self.found[name].append(Binding(plain, value or node, self._source))


def _is_paired(target: ast.AST, value: ast.AST) -> bool:
    """Whether each element of a target is given the element at its place."""
    ours, theirs = getattr(target, "elts", ()), getattr(value, "elts", ())
    return len(ours) == len(theirs) and not any(
        isinstance(element, ast.Starred) for element in (*ours, *theirs)
    )


def _parts(node: ast.AST) -> List[ast.AST]:
    """What runs at the module's level of a node, in order."""
    if isinstance(node, _SCOPES):
        return []
    if isinstance(node, ast.AnnAssign) and node.value is None:
        return []  # declared, and bound elsewhere
    if isinstance(node, ast.If) and _never_runs(node.test):
        return list(node.orelse)
    return list(ast.iter_child_nodes(node))


def _never_runs(test: ast.expr) -> bool:
    """Whether what stands under a test is for type checkers alone, or for nobody."""
    if isinstance(test, ast.Constant):
        return not test.value
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"

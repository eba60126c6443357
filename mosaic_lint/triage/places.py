"""Which function a name of a line belongs to; answers only where that is plain."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import Dict, Iterator, List, NamedTuple, Set, Tuple, Union

from mosaic_lint.triage.table import Table

_Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]


class _Scope(NamedTuple):
    """A function or class: its lines (from 1), the last line of its head, the scope around it."""

    first: int
    last: int
    head: int
    around: int
    is_function: bool


class Places:
    """Answers for one file; functions are known by number.

    Args:
        table: the file.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def around(self, line: int) -> Iterator[int]:
        """The functions whose body a line is in, innermost first; none if that isn't plain."""
        number = self._innermost.get(line, -1)
        if number < 0 or not self._scopes[number].is_function:
            return  # a class body sees its own names first
        if line <= self._scopes[number].head:
            return  # defaults belong to what is around
        while number >= 0:
            if self._scopes[number].is_function:
                yield number
            number = self._scopes[number].around

    def function_lines(self, line: int) -> Tuple[int, int]:
        """The first and last line of the innermost function around a line.

        Those of the whole file where no function is plainly around it.
        """
        number = next(self.around(line), -1)
        if number < 0:
            return 1, len(self._table.source.line_starts) + 1
        return self._scopes[number].first, self._scopes[number].last

    def lines(self, function: int) -> range:
        """The lines of a function."""
        return range(self._scopes[function].first, self._scopes[function].last + 1)

    def owns(self, function: int, name: str) -> bool:
        """Whether a name is surely a function's own."""
        return function in self._owners.get(name, ())

    @cached_property
    def _scopes(self) -> List[_Scope]:
        nodes: List[_Definition] = [
            *self._table.of(ast.FunctionDef),
            *self._table.of(ast.AsyncFunctionDef),
            *self._table.of(ast.ClassDef),
        ]
        nodes.sort(key=lambda node: (node.lineno, -(node.end_lineno or 0)))
        scopes: List[_Scope] = []
        opened: List[int] = []
        for node in nodes:
            last = node.end_lineno or node.lineno
            while opened and scopes[opened[-1]].last < node.lineno:
                opened.pop()
            is_function = not isinstance(node, ast.ClassDef)
            around = opened[-1] if opened else -1
            scopes.append(_Scope(node.lineno, last, _head(node), around, is_function))
            opened.append(len(scopes) - 1)
        return scopes

    @cached_property
    def _innermost(self) -> Dict[int, int]:
        found: Dict[int, int] = {}
        for number, scope in enumerate(self._scopes):
            found.update(dict.fromkeys(range(scope.first, scope.last + 1), number))
        return found

    @cached_property
    def _owners(self) -> Dict[str, Set[int]]:
        """The functions that bind a name, but in comprehensions and lambdas."""
        inner = {id(node) for node in self._inner_names()}
        found: Dict[str, Set[int]] = {}
        for name in self._table.of(ast.Name):
            if isinstance(name.ctx, ast.Store) and id(name) not in inner:
                number = self._innermost.get(name.lineno, -1)
                if number >= 0 and name.lineno > self._scopes[number].head:
                    found.setdefault(name.id, set()).add(number)
        for argument in self._table.of(ast.arg):
            if id(argument) not in inner:
                number = self._innermost.get(argument.lineno, -1)
                found.setdefault(argument.arg, set()).add(number)
        return found

    def _inner_names(self) -> Iterator[ast.AST]:
        """What comprehensions and lambdas bind for themselves."""
        for comprehension in self._table.of(ast.comprehension):
            yield from ast.walk(comprehension.target)
        for function in self._table.of(ast.Lambda):
            yield from ast.walk(function)


def _head(node: _Definition) -> int:
    """The last line with something of a definition's head that has a name in it."""
    if isinstance(node, ast.ClassDef):
        return node.lineno
    ends = [node.lineno]
    parts = [node.returns, *ast.walk(node.args)]
    ends += [getattr(part, "end_lineno", 0) or 0 for part in parts if part is not None]
    return max(ends)

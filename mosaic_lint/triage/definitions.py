"""The definitions of a file that some of its lines may need, by last names."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from functools import cached_property
from typing import Dict, Iterable, List, Set, Tuple, Union

from mosaic_lint.triage.table import Table, last_name

_Definition = Union[ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef]

Lines = Tuple[int, int]
"""The first and the last of some lines, from 1."""


class Definitions:
    """Answers for one file.

    Args:
        table: the file.
    """

    def __init__(self, table: Table) -> None:
        self._table = table

    def needed(self, names: Iterable[str], places: Iterable[Lines]) -> Set[int]:
        """Where what is needed is defined, through definitions that need others.

        Args:
            names: names that are needed in any case.
            places: lines whose names are needed.

        Returns:
            The lines on which the definitions begin.
        """
        found: Set[int] = set()
        seen: Set[str] = set()
        wanted = set(names)
        waiting = list(places)
        while wanted or waiting:
            for first, last in waiting:
                wanted.update(self._mentioned(first, last))
            waiting = []
            for name in wanted - seen:
                for node in self._by_name.get(name, ()):
                    found.add(node.lineno)
                    waiting.append((node.lineno, node.end_lineno or node.lineno))
            seen |= wanted
            wanted = set()
        return found

    def _mentioned(self, first: int, last: int) -> List[str]:
        """The names on some lines that may stand for something that is defined."""
        lines = self._mentions[0]
        return self._mentions[1][bisect_left(lines, first) : bisect_right(lines, last)]

    @cached_property
    def _by_name(self) -> Dict[str, List[_Definition]]:
        """The definitions by the names that they may have, aliases included."""
        found: Dict[str, List[_Definition]] = {}
        nodes: List[_Definition] = [
            *self._table.of(ast.FunctionDef),
            *self._table.of(ast.AsyncFunctionDef),
            *self._table.of(ast.ClassDef),
        ]
        for node in nodes:
            for name in self._table.spread({node.name}, through_calls=False):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def _mentions(self) -> Tuple[List[int], List[str]]:
        """The names that may stand for definitions, in the order of their lines."""
        nodes = [*self._table.of(ast.Name), *self._table.of(ast.Attribute)]
        found = sorted(
            (node.lineno, name) for node in nodes if (name := last_name(node)) in self._by_name
        )
        return [line for line, _ in found], [name for _, name in found]

"""What a suspect stage says of a file."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Iterable, Set, Union

Node = Union[ast.stmt, ast.expr, ast.excepthandler, ast.arg, ast.alias]


@dataclass
class Suspects:
    """Lines (from 1) that a rule must look at, and lines that it needs to understand those.

    Args:
        lines: where something may be wrong; without any, nothing is parsed further.
        context: definitions and bindings that are parsed along when anything is.
    """

    lines: Set[int] = field(default_factory=set)
    context: Set[int] = field(default_factory=set)

    def add(self, nodes: Iterable[Node]) -> None:
        """Suspect the nodes."""
        self.lines.update(node.lineno for node in nodes)

    def keep(self, nodes: Iterable[Node]) -> None:
        """Keep the nodes' statements as context."""
        self.context.update(node.lineno for node in nodes)

    def merge(self, other: Suspects) -> None:
        """Take over what another stage found."""
        self.lines |= other.lines
        self.context |= other.context

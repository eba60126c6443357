"""One file as rules and facts see it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Callable, Container, Dict, List, Optional

import libcst as cst

from mosaic_lint.facts.names import Names
from mosaic_lint.facts.scopes import dotted
from mosaic_lint.facts.script import Script
from mosaic_lint.settings import Settings
from mosaic_lint.source import Source
from mosaic_lint.sql.lexer import Token
from mosaic_lint.tree import Tree

if TYPE_CHECKING:
    from mosaic_lint.project import Project
    from mosaic_lint.schema.model import Schema


class File:
    """A parsed file, its names and the settings in force for it.

    Args:
        source: the text.
        module: the parsed excerpt.
        settings: the options in force.
        is_cli_path: tells whether the file's path is one of command-line code.
        defined: the names, in upper case, that DDL of the project creates.
        lexed: the tokens of texts of SQL that were read before.
        may_speak: tells whether a rule may speak of a plain text, if that is SQL.
        script: the file unparsed, with its project; ``None`` where there is none around it.

    Attributes:
        answers: what several facts ask for, made once; by the name of its module.
    """

    def __init__(
        self,
        source: Source,
        module: cst.Module,
        settings: Settings,
        is_cli_path: Callable[[], bool],
        defined: Container[str] = frozenset(),
        lexed: Optional[Dict[str, List[Token]]] = None,
        may_speak: Callable[[str], bool] = lambda text: True,
        script: Optional[Script] = None,
    ) -> None:
        self.source = source
        self.module = module
        self.settings = settings
        self.defined = defined
        self.may_speak = may_speak
        self.lexed = lexed if lexed is not None else {}
        self._is_cli_path = is_cli_path
        self._script = script
        self.answers: Dict[str, Any] = {}

    @property
    def schema(self) -> Schema:
        """The tables that the project and the file itself declare."""
        assert self._script is not None
        return self._script.schema

    @property
    def project(self) -> Project:
        """The project around the file."""
        assert self._script is not None
        return self._script.project

    @cached_property
    def tree(self) -> Tree:
        """The nodes by type and parent."""
        return Tree(self.module)

    @cached_property
    def names(self) -> Names:
        """The scopes and bindings."""
        return Names(self.tree)

    @cached_property
    def is_command_line(self) -> bool:
        """Whether the whole file is command-line code: by its path, or because of ``#!``."""
        return self.source.text.startswith("#!") or self._is_cli_path()

    def in_command_line_code(self, node: cst.CSTNode) -> bool:
        """Whether a node is command-line code: the file is, or it stands in the main guard."""
        if self.is_command_line:
            return True
        below = node
        for ancestor in self.tree.ancestors(node):
            if isinstance(ancestor, cst.If) and below is ancestor.body:
                if self._is_main_guard(ancestor):
                    return True
            below = ancestor
        return False

    def _is_main_guard(self, statement: cst.If) -> bool:
        test = statement.test
        if not isinstance(test, cst.Comparison) or len(test.comparisons) != 1:
            return False
        comparison = test.comparisons[0]
        sides = (test.left, comparison.comparator)
        return (
            isinstance(comparison.operator, cst.Equal)
            and any(dotted(side) == "__name__" for side in sides)
            and any(
                isinstance(side, cst.SimpleString) and side.raw_value == "__main__"
                for side in sides
            )
        )

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node, on one line."""
        return " ".join(self.module.code_for_node(node).split())

"""A file as rules see it that need no syntax tree: its text, and the project around it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Callable, Optional

from mosaic_lint.settings import Settings
from mosaic_lint.source import Source

if TYPE_CHECKING:
    from mosaic_lint.project import Project
    from mosaic_lint.schema.model import Schema


class Script:
    """What :class:`mosaic_lint.facts.file.File` and files of any language have in common.

    Args:
        source: the text.
        settings: the options in force.
        project: the project around it.
        find_schema: gives the schema in force, where it isn't the project's with the file's own.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        project: Project,
        find_schema: Optional[Callable[[], Schema]] = None,
    ) -> None:
        self.source = source
        self.settings = settings
        self.project = project
        self._find_schema = find_schema

    @cached_property
    def schema(self) -> Schema:
        """The tables that the project and the file itself declare."""
        if self._find_schema is None:
            return self.project.schema_with(self.source)
        return self._find_schema()

    @cached_property
    def path(self) -> str:
        """The file's path, relative to the project's folder, with ``/``."""
        return self.project.relative(self.source.path)

"""The place that a fix is for, and everything that a fix may ask about the file around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from mosaic_lint.anchor import Anchor
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.model import Span
from mosaic_lint.source import Source

if TYPE_CHECKING:
    from mosaic_lint.project import Project
    from mosaic_lint.settings import Settings


class Site:
    """A finding's place in its file.

    Args:
        source: the file; as a block of Markdown only the block.
        span: the finding.
        place: tells the exact span of an anchor.
        syntax: gives the file's ``ast``.
        settings: the options in force.
        project: the project around the file.
    """

    def __init__(
        self,
        source: Source,
        span: Span,
        place: Callable[[Anchor], Span],
        syntax: Callable[[], Syntax],
        settings: Settings,
        project: Project,
    ) -> None:
        self.source = source
        self.span = span
        self.settings = settings
        self.project = project
        self._place = place
        self._syntax = syntax

    @property
    def text(self) -> str:
        """The file's text."""
        return self.source.text

    @property
    def syntax(self) -> Syntax:
        """The whole file as Python's own parser reads it.

        Raises:
            Declined: the Python that runs can't read it.
        """
        return self._syntax()

    def place(self, anchor: Anchor) -> Span:
        """Where an anchor stands.

        Raises:
            Declined: nobody knows exactly.
        """
        return self._place(anchor)

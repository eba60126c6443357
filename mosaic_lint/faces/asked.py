"""What a run of ``check`` is about: paths, or what comes on standard input."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Optional, Tuple

import click

from mosaic_lint.faces.ending import Refusal

STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Asked:
    """What to look at.

    Args:
        paths: files and folders as the user names them, or only :data:`STANDARD_INPUT`.
        stdin_filename: the path that standard input would have.
        only_projects: whether to leave out what single files tell.
        show_progress: allow a progress bar.
    """

    paths: Tuple[str, ...]
    stdin_filename: Optional[str]
    only_projects: bool
    show_progress: bool

    def __post_init__(self) -> None:
        if self.only_projects and STANDARD_INPUT in self.paths:
            raise click.UsageError("--project-only needs files or folders")
        if self.is_standard_input:
            return
        if self.stdin_filename is not None:
            raise click.UsageError("--stdin-filename needs the path -, and no other")
        if STANDARD_INPUT in self.paths:
            raise click.UsageError("the path - can't be mixed with others")

    @property
    def is_standard_input(self) -> bool:
        """Whether the source comes on standard input."""
        return self.paths == (STANDARD_INPUT,)

    @property
    def places(self) -> Tuple[str, ...]:
        """The paths, the current folder if none is named."""
        return self.paths or (".",)

    def standard_input(self) -> Tuple[bytes, str]:
        """The source on standard input, and the path to show for it.

        Raises:
            Refusal: there is no standard input.
        """
        if sys.stdin is None:
            raise Refusal("standard input is closed")
        return sys.stdin.buffer.read(), self.stdin_filename or STANDARD_INPUT

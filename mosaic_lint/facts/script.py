"""An SQL script as rules see it."""

from __future__ import annotations

from dataclasses import dataclass

from mosaic_lint.settings import Settings
from mosaic_lint.source import Source


@dataclass(frozen=True)
class Script:
    """What :class:`mosaic_lint.facts.file.File` and an SQL script have in common.

    Args:
        source: the text.
        settings: the options in force.
    """

    source: Source
    settings: Settings

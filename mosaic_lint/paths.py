"""Patterns of paths, as ``.gitignore`` has them."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Tuple

import pathspec


@lru_cache(maxsize=64)
def _compiled(patterns: Tuple[str, ...]) -> pathspec.GitIgnoreSpec:
    return pathspec.GitIgnoreSpec.from_lines(patterns)


def matches(patterns: Tuple[str, ...], path: Path, root: Path) -> bool:
    """Whether a path matches one of the patterns.

    Args:
        patterns: as in ``.gitignore``: ``scripts/`` is a folder at any depth, ``/ops/`` one at the
            root, ``tests/**`` all below it.
        path: a file.
        root: the folder that the patterns are relative to; a path outside of it matches nothing.
    """
    relative = os.path.relpath(os.path.abspath(path), root)
    if relative == os.pardir or relative.startswith(os.pardir + os.sep):
        return False
    return _compiled(patterns).match_file(relative.replace(os.sep, "/"))


def is_pattern(pattern: str) -> bool:
    """Whether a text is a pattern as ``.gitignore`` has them."""
    try:
        _compiled((pattern,))
    except (ValueError, re.error):
        return False
    return True

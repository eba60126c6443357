"""Patches whose paths count from the current folder, as ``git apply`` and ``patch`` read them."""

from __future__ import annotations

import os
from functools import cached_property

from mosaic_lint.git import run_git
from mosaic_lint.reports.patch import patch

OUT_OF_REACH = (
    "git apply takes no patch of files outside of the current folder: run it in a folder above"
)


class Patching:
    """Makes the patches of a run."""

    def of(self, path: str, before: bytes, after: bytes) -> bytes:
        """A patch of one file, empty if nothing changes.

        Args:
            path: the file; of a link what it points to is patched.
            before: its content.
            after: its new content.
        """
        return patch(_name(path), before, after, self._prefix if before != after else "")

    @cached_property
    def _prefix(self) -> str:
        """The current folder as seen from the root of its repository."""
        done = run_git(os.curdir, "rev-parse", "--show-prefix")
        return "" if done is None else os.fsdecode(done.stdout).rstrip("\n")


def is_out_of_reach(path: str) -> bool:
    """Whether no patch can change a file, since it isn't in or below the current folder.

    Args:
        path: the file; of a link what it points to counts.
    """
    name = _name(path)
    return os.path.isabs(name) or name.split(os.sep)[0] == os.pardir


def _name(path: str) -> str:
    real, here = os.path.realpath(path), os.path.realpath(os.curdir)
    try:
        return os.path.relpath(real, here)
    except ValueError:  # on another drive
        return real

"""Runs flake8 with the MOS plugin or without it: `flake8_runner.py with|without ARGUMENTS...`.

flake8 loads whatever plugin is installed, so "without" has to hide this one. Both sides go
through the same wrapper around the list of installed distributions, in the same interpreter and
environment, and pay the same for it; the only difference is whether the MOS distribution is in
the list. Other plugins that happen to be installed are hidden from both.

Run it by path with `python -I`: it must import nothing of the repository.
"""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import Any

_GROUP = "flake8.extension"
_BUILT_IN = frozenset({"C90", "E", "F", "W"})
_PREFIX = "MOS"


class _Listed(metadata.Distribution):
    """A distribution whose entry points are read already, so that flake8 needn't do it again."""

    def __init__(self, distribution: metadata.Distribution) -> None:
        self._distribution = distribution
        self._read = distribution.entry_points

    @property
    def entry_points(self) -> Any:
        return self._read

    def read_text(self, filename: str) -> str | None:
        return self._distribution.read_text(filename)

    def locate_file(self, path: Any) -> Any:
        return self._distribution.locate_file(path)


def _is_shown(distribution: metadata.Distribution, *, with_plugin: bool) -> bool:
    names = {point.name for point in distribution.entry_points if point.group == _GROUP}
    if any(name.startswith(_PREFIX) for name in names):
        return with_plugin
    return names <= _BUILT_IN


def _show_only(*, with_plugin: bool) -> None:
    """Make flake8 see its own plugins and, if wanted, ours."""
    installed = metadata.distributions

    def distributions() -> Iterator[metadata.Distribution]:
        found: Iterable[metadata.Distribution] = map(_Listed, installed())
        return (one for one in found if _is_shown(one, with_plugin=with_plugin))

    setattr(metadata, "distributions", distributions)  # noqa: B010 -- mypy wants it so


if __name__ == "__main__":
    side = sys.argv[1]
    if side not in ("with", "without"):
        raise SystemExit("say 'with' or 'without' first")
    _show_only(with_plugin=side == "with")
    sys.argv = ["flake8", *sys.argv[2:]]
    runpy.run_module("flake8", run_name="__main__")

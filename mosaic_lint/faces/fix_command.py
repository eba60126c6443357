"""The options ``--fix``, ``--diff`` and ``--interactive`` of ``check``."""

from __future__ import annotations

import io
import sys
from typing import Callable

import click

from mosaic_lint.config import Loader
from mosaic_lint.faces.asked import Asked
from mosaic_lint.faces.asking import Asker
from mosaic_lint.faces.fixing import Repaired, Wish, fix_text
from mosaic_lint.faces.fixing_files import fix_paths
from mosaic_lint.faces.output import colours_wanted


def wish_of(
    *, fix: bool, unsafe: bool, diff: bool, interactive: bool, asked: Asked, colour: str
) -> Wish:
    """What the options want.

    Args:
        fix: whether ``--fix`` is given; ``--diff`` goes before it.
        unsafe: whether ``--unsafe-fixes`` is given.
        diff: whether ``--diff`` is given.
        interactive: whether ``--interactive`` is given.
        asked: what the run is about.
        colour: ``auto``, ``always`` or ``never``.
    """
    if not interactive:
        return Wish(unsafe, writes=not diff)
    if diff:
        raise click.UsageError("--diff and --interactive exclude each other")
    if not fix:
        raise click.UsageError("--interactive needs --fix")
    if asked.is_standard_input:
        raise click.UsageError("--interactive needs files or folders")
    if not _is_terminal():
        raise click.UsageError("--interactive needs a terminal for its questions")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # whatever is typed, it is an answer or none
    asker = Asker(sys.stdin, sys.stderr, colours_wanted(colour, to_file=False, to_error=True))
    return Wish(unsafe, writes=True, ask=asker, is_over=lambda: asker.is_over)


def _is_terminal() -> bool:
    streams = (sys.stdin, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def run(asked: Asked, load: Callable[[], Loader], wish: Wish) -> Repaired:
    """Fix what a run is about.

    Args:
        asked: what it is about.
        load: makes what finds each file's configuration.
        wish: how to fix.
    """
    if asked.is_standard_input:
        return fix_text(*asked.standard_input(), load(), wish)
    return fix_paths(
        asked.places,
        load,
        wish,
        show_progress=asked.show_progress and wish.ask is None,
        only_projects=asked.only_projects,
    )

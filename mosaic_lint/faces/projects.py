"""Which projects a run of the command line is about, and what is found in them as a whole."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from mosaic_lint.config import Config
from mosaic_lint.engine import Report, check_project
from mosaic_lint.source import Source

if TYPE_CHECKING:
    from pathlib import Path

_TELLING = ("migrations", "scripts")
"""Folders of whose files rules over a whole project speak."""


def check_projects(
    paths: Sequence[str], files: Iterable[str], config_at: Callable[[str], Optional[Config]]
) -> List[Report]:
    """Check the projects of a run as a whole, as far as it is about them.

    Args:
        paths: as the user names them; a folder stands for all that is in it.
        files: those that were found there.
        config_at: gives the configuration of a folder; ``None`` if it can't be used.

    Returns:
        A report for each file below the named folders, and each named file, in which something
        was found.
    """
    named = [os.path.abspath(path) for path in paths]
    folders = [path for path in named if os.path.isdir(path)]
    alone = {path for path in named if path not in folders and _is_telling(path)}
    if not folders and not alone:
        return []
    found: Dict[str, Report] = {}
    for config in _configs([*folders, *map(os.path.dirname, alone), *_around(files)], config_at):
        for report in check_project(config):
            path = report.source.path
            if path in alone or any(_is_below(path, folder) for folder in folders):
                found[path] = replace(report, source=_shown(report.source))
    return list(found.values())


def _is_telling(path: str) -> bool:
    return any(folder in path.split(os.sep)[:-1] for folder in _TELLING)


def _around(files: Iterable[str]) -> Iterable[str]:
    return {os.path.dirname(os.path.abspath(file)) for file in files}


def _configs(
    folders: Iterable[str], config_at: Callable[[str], Optional[Config]]
) -> Iterable[Config]:
    """The configurations of some folders, one for each project."""
    found: Dict[Path, Config] = {}
    for folder in folders:
        config = config_at(folder)
        if config is not None:
            found.setdefault(config.project.root, config)
    return found.values()


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def _shown(source: Source) -> Source:
    """A source by the path that other reports of a run would show."""
    here = os.path.join(os.getcwd(), "")
    path = source.path[len(here) :] if source.path.startswith(here) else source.path
    return Source(path, source.text, language=source.language)


def merge(reports: Iterable[Report]) -> Tuple[Report, ...]:
    """The reports in order of path, those of the same file as one."""
    found: Dict[str, Report] = {}
    for report in reports:
        path = report.source.path
        known = found.get(path)
        if known is not None:
            findings = {*known.findings, *report.findings}
            ordered = sorted(findings, key=lambda finding: finding.order)
            report = Report(known.source, tuple(ordered))
        found[path] = report
    return tuple(found[path] for path in sorted(found))

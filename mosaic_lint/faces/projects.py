"""Which projects a run of the command line is about, and what is found in them as a whole."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Callable, Dict, Iterable, Iterator, Optional, Sequence, Tuple

from mosaic_lint.config import Config
from mosaic_lint.engine import Mode, Report, Whole, look_at_project
from mosaic_lint.model import Finding
from mosaic_lint.source import Source

Told = Tuple[str, str]
"""The absolute path of a finding's file, and its code."""

_TELLING = ("migrations", "scripts")
"""Folders of whose files rules over a whole project speak."""


class Projects:
    """What was found in the projects of a run as a whole, as far as the run is about them.

    Args:
        paths: as the user names them; a folder stands for all that is in it.
        files: those that were found there.
        config_at: gives the configuration of a folder; ``None`` if it can't be used.
        fixes: compute the fixes of what is found.
    """

    def __init__(
        self,
        paths: Sequence[str],
        files: Iterable[str],
        config_at: Callable[[str], Optional[Config]],
        *,
        fixes: bool = False,
    ) -> None:
        self._mode = Mode(fixes=fixes)
        named = [os.path.abspath(path) for path in paths]
        self._folders = [path for path in named if os.path.isdir(path)]
        self._alone = {p for p in named if p not in self._folders and _is_telling(p)}
        self._wholes: Dict[Path, Whole] = {}
        if self._folders or self._alone:
            folders = [*self._folders, *map(os.path.dirname, self._alone), *_around(files)]
            for config in _configs(folders, config_at):
                whole = look_at_project(
                    config, lambda path: config_at(os.path.dirname(path)), self._mode
                )
                self._wholes[config.project.root] = whole

    def mode(self, path: str, config: Config) -> Mode:
        """How to check a file: together with what the projects around it tell of it.

        Args:
            path: the file.
            config: its configuration.
        """
        whole = self._wholes.get(config.project.root)
        ran = whole.codes if whole is not None else frozenset()
        return replace(self._mode, also=self._found(os.path.abspath(path)), ran=ran)

    def _found(self, path: str) -> Tuple[Finding, ...]:
        """What was found in a file; a project and one around it may find the same."""
        jobs = [whole.jobs[path] for whole in self._wholes.values() if path in whole.jobs]
        found = {(f.code, f.span, f.message): f for job in jobs for f in job.findings}
        return tuple(found.values())

    def everything(self) -> Counter[Told]:
        """What was found in all files, not suppressed: how often each code in which file."""
        return Counter(
            (path, finding.code)
            for path in {path for whole in self._wholes.values() for path in whole.jobs}
            for finding in self._found(path)
        )

    def reports(self, without: Iterable[str]) -> Iterator[Report]:
        """The findings in files that the run names, or that are below a folder that it names.

        Args:
            without: files that are checked themselves.
        """
        checked = {os.path.abspath(path) for path in without}
        wholes = {path: whole for whole in self._wholes.values() for path in whole.jobs}
        for path in sorted(wholes.keys() - checked):
            if path in self._alone or any(_is_below(path, f) for f in self._folders):
                report = wholes[path].report(path, self._found(path))
                if report.findings:
                    yield replace(report, source=_shown(report.source))


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

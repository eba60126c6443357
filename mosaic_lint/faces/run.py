"""One run of the command line: from paths or standard input to results."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple, Union

from mosaic_lint.config import Config, Loader
from mosaic_lint.discover import discover
from mosaic_lint.engine import Mode, Report, check_bytes
from mosaic_lint.errors import ConfigError
from mosaic_lint.faces.progress import tracked
from mosaic_lint.faces.projects import Projects
from mosaic_lint.model import Finding, Span
from mosaic_lint.source import Source, language_of


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Args:
        reports: those of the files that have findings, in order of path.
        checked: how many files were checked.
        errors: a line for each thing that was asked for and couldn't be done.
        warnings: a line for each thing that may surprise.
    """

    reports: Tuple[Report, ...]
    checked: int
    errors: Tuple[str, ...] = ()
    warnings: Tuple[str, ...] = ()


def check_paths(
    paths: Sequence[str],
    loader: Loader,
    *,
    show_progress: bool,
    only_projects: bool = False,
    fixes: bool = False,
) -> Outcome:
    """Check files and folders. What can't be read or configured doesn't stop the others.

    Args:
        paths: as the user names them.
        loader: finds each file's configuration.
        show_progress: allow a progress bar on standard error.
        only_projects: leave out what single files tell.
        fixes: compute the fixes of what is found.
    """
    configs = Configurations(loader)
    found = discover(paths, configs.include_markdown)
    targets = [(path, config) for path in found.files if (config := configs.of(path)) is not None]
    checked = len(targets)
    projects = Projects(paths, found.files, configs.at, fixes=fixes)
    if only_projects:
        targets = []
    reports = list(projects.reports(without=[path for path, _ in targets]))
    errors = configs.errors
    for path, config in tracked(targets, sys.stderr if show_progress else None):
        try:
            report = _check_file(path, config, projects.mode(path, config))
        except ConfigError as error:
            errors.append(str(error))
        else:
            reports.extend([report] if report.findings else ())
    errors.extend(found.errors)
    reports.sort(key=lambda report: report.source.path)
    return Outcome(tuple(reports), checked, tuple(dict.fromkeys(errors)), found.warnings)


def check_text(data: bytes, name: str, loader: Loader, *, fixes: bool = False) -> Outcome:
    """Check source that didn't come from a file.

    Args:
        data: the source, encoded as in a file.
        name: the path that it would have; decides the language and the configuration.
        loader: finds the configuration.
        fixes: compute the fixes of what is found.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    configs = Configurations(loader)
    config = configs.of(name)
    if config is None:
        return Outcome((), 0, tuple(configs.errors))
    report = check_bytes(name, data, config, Mode(fixes=fixes))
    return Outcome((report,) if report.findings else (), 1)


class Configurations:
    """The configurations of the files, and the errors of those that were asked for.

    Args:
        loader: finds them.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._by_folder: Dict[str, Union[Config, ConfigError]] = {}
        self.errors: List[str] = []

    def of(self, path: str) -> Optional[Config]:
        """The configuration of a file; ``None`` if it is left out or can't be configured."""
        config = self._nearest(path)
        if isinstance(config, ConfigError):
            self.errors.append(str(config))
            return None
        is_wanted = config.includes(language_of(path)) and not config.is_excluded(Path(path))
        return config if is_wanted else None

    def at(self, folder: str) -> Optional[Config]:
        """The configuration of a folder; ``None`` if it can't be used."""
        config = self._nearest(os.path.join(folder, "x"))
        return None if isinstance(config, ConfigError) else config

    def include_markdown(self, path: str) -> bool:
        """Whether a Markdown file is linted; not where its configuration can't be used."""
        config = self._nearest(path)
        return not isinstance(config, ConfigError) and config.settings.include_markdown

    def _nearest(self, path: str) -> Union[Config, ConfigError]:
        folder = os.path.dirname(path)
        if folder not in self._by_folder:
            try:
                self._by_folder[folder] = self._loader.for_path(Path(path))
            except ConfigError as error:
                self._by_folder[folder] = error
        return self._by_folder[folder]


def _check_file(path: str, config: Config, mode: Mode) -> Report:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        return unreadable(path, config, error)
    return check_bytes(path, data, config, mode)


def unreadable(path: str, config: Config, error: OSError) -> Report:
    """The report of a file that the system doesn't let us read."""
    finding = Finding("MOS001", f"can't be read: {error.strerror}", Span(0, 0))
    wanted = config.selection_for(Path(path)).is_on("MOS001")
    return Report(Source(path, ""), (finding,) if wanted else ())

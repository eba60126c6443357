"""One run of the command line: from paths or standard input to results."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterable, List, Optional, Tuple, Union

from mosaic_lint.config import Config, Loader
from mosaic_lint.discover import discover
from mosaic_lint.engine import Report, check_bytes
from mosaic_lint.errors import ConfigError
from mosaic_lint.faces.progress import tracked
from mosaic_lint.model import Finding, Span
from mosaic_lint.source import Source


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


def check_paths(paths: Iterable[str], loader: Loader, *, show_progress: bool) -> Outcome:
    """Check files and folders. What can't be read or configured doesn't stop the others.

    Args:
        paths: as the user names them.
        loader: finds each file's configuration.
        show_progress: allow a progress bar on standard error.
    """
    found = discover(paths)
    configs = _Configs(loader)
    targets = [(path, config) for path in found.files if (config := configs.of(path)) is not None]
    reports = [
        report
        for path, config in tracked(targets, sys.stderr if show_progress else None)
        if (report := _check_file(path, config)).findings
    ]
    missing = [f"{path}: no such file or folder" for path in found.missing]
    warnings = list(found.unreadable)
    if not found.files and not missing:
        warnings.append("no Python files found")
    return Outcome(tuple(reports), len(targets), (*configs.errors, *missing), tuple(warnings))


def check_text(data: bytes, name: str, loader: Loader) -> Outcome:
    """Check source that didn't come from a file.

    Args:
        data: the source, encoded as in a file.
        name: the path that it would have; decides the configuration.
        loader: finds the configuration.
    """
    configs = _Configs(loader)
    config = configs.of(name)
    if config is None:
        return Outcome((), 0, tuple(configs.errors))
    report = check_bytes(name, data, config)
    return Outcome((report,) if report.findings else (), 1)


class _Configs:
    """The configurations of the files, each error kept once.

    Args:
        loader: finds them.
    """

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._by_folder: Dict[str, Union[Config, ConfigError]] = {}
        self.errors: List[str] = []

    def of(self, path: str) -> Optional[Config]:
        """The configuration of a file; ``None`` if it is excluded or can't be configured."""
        folder = os.path.dirname(path)
        if folder not in self._by_folder:
            self._by_folder[folder] = self._load(path)
        config = self._by_folder[folder]
        if isinstance(config, ConfigError) or config.is_excluded(Path(path)):
            return None
        return config

    def _load(self, path: str) -> Union[Config, ConfigError]:
        try:
            return self._loader.for_path(Path(path))
        except ConfigError as error:
            if str(error) not in self.errors:
                self.errors.append(str(error))
            return error


def _check_file(path: str, config: Config) -> Report:
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        finding = Finding("MOS001", f"can't be read: {error.strerror}", Span(0, 0))
        wanted = config.selection_for(Path(path)).is_on("MOS001")
        return Report(Source(path, ""), (finding,) if wanted else ())
    return check_bytes(path, data, config)

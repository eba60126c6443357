"""One run of the command line that fixes: what is found, repaired, written or shown as a patch."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Sequence, TextIO, Tuple

from mosaic_lint.config import Config, Loader
from mosaic_lint.discover import discover
from mosaic_lint.engine import Mode, Report, check_bytes
from mosaic_lint.errors import ConfigError
from mosaic_lint.faces.progress import tracked
from mosaic_lint.faces.projects import Projects
from mosaic_lint.faces.run import Configurations, Outcome, unreadable
from mosaic_lint.faces.writing import Unwritable, replace_content
from mosaic_lint.fixer import Ask, Fixed, fix
from mosaic_lint.model import Finding, Safety
from mosaic_lint.project import Project
from mosaic_lint.reports.patch import patch
from mosaic_lint.reports.repairs import Repairs
from mosaic_lint.source import Source, Unreadable

MAX_SWEEPS = 3
"""So often all files are looked at at most: a fix in one may tell something of another."""

Target = Tuple[str, Config]
"""A file by its path, and its configuration."""

_UNWRITTEN = "its file wasn't written"
_NOT_THE_SAME = "the file's encoding doesn't give back the same bytes"


@dataclass(frozen=True)
class Wish:
    """How a run is to fix.

    Args:
        takes_unsafe: whether unsafe fixes are wanted too.
        writes: whether files are changed; otherwise a patch is made.
        ask: is asked of each fix.
        is_over: tells whether somebody wants no more of them.
    """

    takes_unsafe: bool
    writes: bool
    ask: Optional[Ask] = None
    is_over: Callable[[], bool] = lambda: False

    def wants(self, finding: Finding) -> bool:
        """Whether a fix is to be applied."""
        if finding.fix is None or self.is_over():
            return False
        return self.takes_unsafe or finding.fix.safety is Safety.SAFE


@dataclass(frozen=True)
class Repaired:
    """What came of a run that fixes.

    Args:
        outcome: what is left; with a patch, what is found as long as that isn't applied.
        repairs: what was fixed, what wasn't and why.
        output: the patch, or what became of standard input; ``None`` where files were written.
    """

    outcome: Outcome
    repairs: Repairs
    output: Optional[bytes] = None


def fix_paths(
    paths: Sequence[str],
    load: Callable[[], Loader],
    wish: Wish,
    *,
    show_progress: bool,
    only_projects: bool = False,
) -> Repaired:
    """Fix files and folders. What can't be read, configured or written doesn't stop the others.

    Args:
        paths: as the user names them.
        load: makes what finds each file's configuration; projects are read anew by each.
        wish: how to fix.
        show_progress: allow a progress bar on standard error.
        only_projects: leave out what single files tell.
    """
    run = _Run(paths, load, wish, only_projects)
    run.sweep(sys.stderr if show_progress else None)
    for _ in range(MAX_SWEEPS - 1):
        if not run.sweep_again():
            break
    return run.result()


def fix_text(data: bytes, name: str, loader: Loader, wish: Wish) -> Repaired:
    """Fix source that didn't come from a file.

    Args:
        data: the source, encoded as in a file.
        name: the path that it would have; decides the language and the configuration.
        loader: finds the configuration.
        wish: how to fix.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    configs = Configurations(loader)
    config = configs.of(name)
    if config is None:
        nothing = Repairs((), (), 0, 0, not wish.writes, wish.takes_unsafe)
        return Repaired(
            Outcome((), 0, tuple(configs.errors)), nothing, data if wish.writes else b""
        )
    fixed = _fixed(name, data, config, Mode(), wish)
    after = fixed.report.source.to_bytes() if fixed.is_changed else data
    output = after if wish.writes else patch(name, data, after)
    told = fixed.report if wish.writes else fixed.before
    outcome = Outcome((told,) if told.findings else (), 1)
    return Repaired(outcome, _repairs([fixed], wish), output)


def _repairs(files: Iterable[Fixed], wish: Wish) -> Repairs:
    files = list(files)
    return Repairs(
        tuple(finding for fixed in files for finding in fixed.applied),
        tuple(finding for fixed in files for finding in fixed.report.findings),
        sum(fixed.is_changed for fixed in files),
        sum(bool(fixed.report.findings) for fixed in files),
        not wish.writes,
        wish.takes_unsafe,
    )


def _fixed(path: str, data: bytes, config: Config, mode: Mode, wish: Wish) -> Fixed:
    """A file after its fixes; untouched where it can't be changed without changing all of it."""
    try:
        source = Source.from_bytes(path, data)
        comes_back = source.to_bytes() == data
    except (Unreadable, UnicodeEncodeError):
        return _only_checked(path, data, config, mode)
    if not comes_back:
        fixed = _only_checked(path, data, config, mode)
        return replace(fixed, report=_unfixed(fixed.report, _NOT_THE_SAME))
    if not config.includes(source.language):
        return _only_checked(path, data, config, mode)
    return fix(source, config, wish.wants, mode, wish.ask)


def _only_checked(path: str, data: bytes, config: Config, mode: Mode) -> Fixed:
    report = check_bytes(path, data, config, replace(mode, fixes=True))
    return Fixed(report, report, ())


def _unfixed(report: Report, reason: str) -> Report:
    """A report whose fixes, for one reason, aren't applied."""
    findings = (f if f.fix is None else replace(f, unfixed=reason) for f in report.findings)
    return replace(report, findings=tuple(findings))


class _Run:
    """The files of a run, and what has become of them so far."""

    def __init__(
        self, paths: Sequence[str], load: Callable[[], Loader], wish: Wish, only_projects: bool
    ) -> None:
        self._paths = paths
        self._load = load
        self._wish = wish
        self._configs = Configurations(load())
        self._found = discover(paths, self._configs.include_markdown)
        self._targets = list(self._configured(self._configs))
        self._checked = len(self._targets)
        if only_projects:
            self._targets = []
        self._projects = self._look_at_projects(self._configs)
        self._files: Dict[str, Fixed] = {}
        self._patches: List[bytes] = []
        self._errors: List[str] = []
        self._has_written = False
        self._has_changed: Dict[Project, bool] = {}

    def _configured(self, configs: Configurations) -> Iterator[Target]:
        for path in self._found.files:
            config = configs.of(path)
            if config is not None:
                yield path, config

    def _look_at_projects(self, configs: Configurations) -> Projects:
        return Projects(self._paths, self._found.files, configs.at, fixes=True)

    def sweep(self, stream: Optional[TextIO]) -> None:
        """Look at all files and fix what is to be fixed."""
        self._fix(self._targets, stream)

    def sweep_again(self) -> bool:
        """Look again at the files of which what was written elsewhere may tell something else.

        Returns:
            Whether there was a reason to.
        """
        if not self._has_written:
            return False
        self._has_written = False
        if self._wish.ask is not None:  # nobody is asked twice
            self._wish = replace(self._wish, ask=None, is_over=lambda: True)
        before = self._configs, self._projects
        self._configs = Configurations(self._load())
        self._projects = self._look_at_projects(self._configs)
        wanted = {path for path, _ in self._targets}
        again = [target for target in self._configured(self._configs) if target[0] in wanted]
        self._fix([target for target in again if self._is_affected(target, *before)], None)
        return True

    def _is_affected(self, target: Target, configs: Configurations, projects: Projects) -> bool:
        """Whether what was written may tell something else of a file."""
        path, now = target
        was = configs.of(path)
        if was is None or self._has_other_tables(was.project, now.project):
            return True
        return bool(projects.mode(path, was).also or self._projects.mode(path, now).also)

    def _has_other_tables(self, was: Project, now: Project) -> bool:
        """Whether a project, as it is read now, declares something else."""
        if now not in self._has_changed:
            same = was.schema == now.schema and was.defined == now.defined
            self._has_changed[now] = not same
        return self._has_changed[now]

    def _fix(self, targets: Sequence[Target], stream: Optional[TextIO]) -> None:
        for path, config in tracked(targets, stream):
            try:
                fixed = self._file(path, config)
            except ConfigError as error:
                self._errors.append(str(error))
                continue
            first = self._files.get(path, fixed)
            applied = fixed.applied if first is fixed else (*first.applied, *fixed.applied)
            self._files[path] = Fixed(first.before, fixed.report, applied)

    def _file(self, path: str, config: Config) -> Fixed:
        mode = self._projects.mode(path, config)
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            report = unreadable(path, config, error)
            return Fixed(report, report, ())
        fixed = _fixed(path, data, config, mode, self._wish)
        if not fixed.is_changed:
            return fixed
        after = fixed.report.source.to_bytes()
        if not self._wish.writes:
            self._patches.append(patch(_real_name(path), data, after))
            return fixed
        return self._written(path, data, after, fixed)

    def _written(self, path: str, before: bytes, after: bytes, fixed: Fixed) -> Fixed:
        """Write a file; what can't be written isn't fixed."""
        try:
            replace_content(path, before, after)
        except Unwritable as error:
            self._errors.append(f"{path}: {error.reason}")
            return Fixed(fixed.before, _unfixed(fixed.before, _UNWRITTEN), ())
        self._has_written = True
        return fixed

    def result(self) -> Repaired:
        """What came of all that."""
        targets = {path for path, _ in self._targets}
        others = [Fixed(r, r, ()) for r in self._projects.reports(without=targets)]
        files = [*self._files.values(), *others]
        told = [fixed.report if self._wish.writes else fixed.before for fixed in files]
        outcome = Outcome(
            tuple(sorted((r for r in told if r.findings), key=lambda r: r.source.path)),
            self._checked,
            tuple(dict.fromkeys((*self._errors, *self._configs.errors, *self._found.errors))),
            self._found.warnings,
        )
        output = None if self._wish.writes else b"".join(self._patches)
        return Repaired(outcome, _repairs(files, self._wish), output)


def _real_name(path: str) -> str:
    """A file's path from the current folder; of a link that of what it points to."""
    return os.path.relpath(os.path.realpath(path), os.path.realpath(os.curdir))

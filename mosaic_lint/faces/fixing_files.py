"""One run of the command line that fixes files: round by round, as long as one tells of others."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Set, TextIO, Tuple

from mosaic_lint.config import Config, Loader
from mosaic_lint.discover import discover
from mosaic_lint.engine import Report
from mosaic_lint.errors import ConfigError
from mosaic_lint.faces.affected import Mentions, mentions
from mosaic_lint.faces.elsewhere import Elsewhere, elsewhere
from mosaic_lint.faces.fixing import Repaired, Wish, fixed_bytes, repairs_of, unfixed
from mosaic_lint.faces.patching import OUT_OF_REACH, Patching, is_out_of_reach
from mosaic_lint.faces.progress import tracked
from mosaic_lint.faces.projects import Projects
from mosaic_lint.faces.run import Configurations, Outcome, unreadable
from mosaic_lint.faces.writing import Unwritable, replace_content
from mosaic_lint.fixer import Fixed
from mosaic_lint.model import Finding
from mosaic_lint.project import Project
from mosaic_lint.project_fixer import Changed

MAX_SWEEPS = 10
"""So often files are looked at at most: what is fixed in one may tell something of another."""

Target = Tuple[str, Config]
"""A file by its path, and its configuration."""

_Place = Tuple[str, str, str]
"""A finding by the absolute path of its file, its code and its message."""

_UNWRITTEN = "the file wasn't written"
_ONE_FILE = "it changes another file, of which --interactive doesn't ask"
_TWO_PATCHES = "it changes a file that other fixes change too; run it again"


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
    for _ in range(MAX_SWEEPS):
        if not (run.has_written or run.fix_elsewhere()):
            break
        run.sweep_again()
    return run.result()


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
        self._patching = Patching()
        self._patches: List[bytes] = []
        self._errors: List[str] = []
        self._warnings: Set[str] = set()
        self._written: Set[str] = set()
        self._mentions: Dict[Project, Mentions] = {}
        self._stale: Set[str] = set()
        self._refused: Dict[_Place, str] = {}
        self._repaired: Dict[_Place, Finding] = {}
        self._others: Set[str] = set()

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

    @property
    def has_written(self) -> bool:
        """Whether files were written of which others don't know yet."""
        return bool(self._written)

    def sweep_again(self) -> None:
        """Look again at the files of which what was written may tell something else."""
        if self._wish.ask is not None:  # nobody is asked twice
            self._wish = replace(self._wish, ask=None, is_over=lambda: True)
        before = self._configs, self._projects
        self._configs = Configurations(self._load())
        self._projects = self._look_at_projects(self._configs)
        wanted = {path for path, _ in self._targets}
        again = [target for target in self._configured(self._configs) if target[0] in wanted]
        affected = [target for target in again if self._is_affected(target, *before)]
        self._written.clear()
        self._stale.clear()
        self._fix(affected, None)

    def _is_affected(self, target: Target, configs: Configurations, projects: Projects) -> bool:
        """Whether what was written may tell something else of a file."""
        path, now = target
        was = configs.of(path)
        if was is None or os.path.realpath(path) in self._stale or path not in self._files:
            return True
        if projects.mode(path, was).also or self._projects.mode(path, now).also:
            return True
        if self._written == {os.path.realpath(path)}:
            return False  # it was checked with what it declares itself
        if now.project not in self._mentions:
            self._mentions[now.project] = mentions(was.project, now.project)
        return self._mentions[now.project](self._files[path].report.source.text)

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
        fixed = fixed_bytes(path, data, config, mode, self._wish)
        if not fixed.is_changed:
            return fixed
        after = fixed.report.source.to_bytes()
        reason = self._put(path, data, after)
        return Fixed(fixed.before, unfixed(fixed.before, reason), ()) if reason else fixed

    def _put(self, path: str, before: bytes, after: bytes) -> str:
        """Write a file, or add it to the patch.

        Returns:
            Why that can't be done; empty if it is.
        """
        if not self._wish.writes:
            self._patches.append(self._patching.of(path, before, after))
            if is_out_of_reach(path):
                self._warnings.add(OUT_OF_REACH)
            return ""
        try:
            replace_content(path, before, after)
        except Unwritable as error:
            self._errors.append(f"{path}: {error.reason}")
            return _UNWRITTEN
        self._written.add(os.path.realpath(path))
        return ""

    def fix_elsewhere(self) -> bool:
        """Make the fixes that go into other files than their findings', and nothing else.

        Returns:
            Whether a file was written.
        """
        look = Elsewhere(
            self._configs,
            self._projects,
            self._look_at_projects,
            lambda: Configurations(self._load()),
        )
        reports = [fixed.report for fixed in self._files.values()]
        reports += self._unchecked()
        good, bad = look.changes(elsewhere(reports), self._may_fix_elsewhere)
        for one, reason in bad:
            self._refuse(one, reason)
        for one in good:
            self._make(one)
        return self.has_written

    def _may_fix_elsewhere(self, path: str, finding: Finding) -> bool:
        place = _place(path, finding)
        if place in self._refused or place in self._repaired or not self._wish.wants(finding):
            return False
        if self._wish.ask is not None:
            self._refused[place] = _ONE_FILE
        elif not self._wish.writes and finding.fix and finding.fix.path in self._own_changes():
            self._refused[place] = _TWO_PATCHES
        return place not in self._refused

    def _own_changes(self) -> Set[str]:
        """The files that have changed by fixes of their own findings; absolute paths."""
        return {os.path.abspath(path) for path, fixed in self._files.items() if fixed.is_changed}

    def _refuse(self, one: Changed, reason: str) -> None:
        for path, finding in one.repaired:
            self._refused[_place(path, finding)] = reason

    def _make(self, one: Changed) -> None:
        """Write a file with the fixes of others' findings, or add it to the patch."""
        reason = self._put(_shown(one.path), one.before.to_bytes(), one.after.to_bytes())
        if reason:
            self._refuse(one, reason)
            return
        self._others.add(os.path.realpath(one.path))
        self._stale.add(os.path.realpath(one.path))
        self._repaired.update((_place(path, finding), finding) for path, finding in one.repaired)

    def _unchecked(self) -> List[Report]:
        """What projects tell of files that aren't checked themselves."""
        return list(self._projects.reports(without=[path for path, _ in self._targets]))

    def result(self) -> Repaired:
        """What came of all that."""
        files = [*self._files.values(), *(Fixed(r, r, ()) for r in self._unchecked())]
        told = [self._explained(f.report) if self._wish.writes else f.before for f in files]
        outcome = Outcome(
            tuple(sorted((r for r in told if r.findings), key=lambda r: r.source.path)),
            self._checked,
            tuple(dict.fromkeys((*self._errors, *self._configs.errors, *self._found.errors))),
            (*self._found.warnings, *self._warnings),
        )
        files = [replace(fixed, report=self._explained(fixed.report)) for fixed in files]
        repairs = repairs_of(files, self._wish)
        changed = {os.path.realpath(f.before.source.path) for f in files if f.is_changed}
        repairs = replace(
            repairs,
            applied=(*repairs.applied, *self._repaired.values()),
            files=len(changed | self._others),
        )
        output = None if self._wish.writes else b"".join(self._patches)
        return Repaired(outcome, repairs, output)

    def _explained(self, report: Report) -> Report:
        """A report without what was repaired elsewhere, and why other things weren't."""
        left = []
        for finding in report.findings:
            place = _place(report.source.path, finding)
            if place not in self._repaired or self._wish.writes:
                reason = self._refused.get(place, finding.unfixed)
                left.append(replace(finding, unfixed=reason))
        return replace(report, findings=tuple(left))


def _place(path: str, finding: Finding) -> _Place:
    return (os.path.abspath(path), finding.code, finding.message)


def _shown(path: str) -> str:
    """An absolute path as other lines of a run show it."""
    here = os.path.join(os.getcwd(), "")
    return path[len(here) :] if path.startswith(here) else path

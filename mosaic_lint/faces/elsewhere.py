"""Fixes of what only a project tells, which go into another file than the finding's."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Callable, Iterable, Iterator, List, Tuple

from mosaic_lint.engine import Mode, Report, check
from mosaic_lint.faces.projects import Projects, Told
from mosaic_lint.faces.run import Configurations
from mosaic_lint.model import Finding
from mosaic_lint.project import Project
from mosaic_lint.project_fixer import Changed, changed
from mosaic_lint.proof import lost, objection
from mosaic_lint.source import Source, Unreadable

Refused = Tuple[Changed, str]
"""A file's fixes that don't work, and why."""


class Elsewhere:
    """Makes such fixes and proves them, before anything is written.

    Args:
        configs: the configurations of the files.
        projects: what was found in the projects of the run.
        look: looks at these projects anew, by other configurations.
        new_configs: makes them; projects are read anew by each.
    """

    def __init__(
        self,
        configs: Configurations,
        projects: Projects,
        look: Callable[[Configurations], Projects],
        new_configs: Callable[[], Configurations],
    ) -> None:
        self._configs = configs
        self._projects = projects
        self._look = look
        self._new_configs = new_configs

    def changes(
        self, reports: Iterable[Report], wanted: Callable[[str, Finding], bool]
    ) -> Tuple[List[Changed], List[Refused]]:
        """The files as fixes make them that work, and those that don't.

        Args:
            reports: what was found, with fixes.
            wanted: whether to apply the fix of a finding, by the path of its file.
        """
        good: List[Changed] = []
        bad: List[Refused] = []
        for one in self._made(list(reports), wanted):
            reason = self._own_objection(one) or self._objection_of_project(one)
            if reason:
                bad.append((one, reason))
            else:
                good.append(one)
        return good, bad

    def _made(
        self, reports: List[Report], wanted: Callable[[str, Finding], bool]
    ) -> Iterator[Changed]:
        try:
            yield from changed(reports, wanted, _read)
        except (OSError, Unreadable):
            return  # it was there a moment ago, and the next run will tell

    def _own_objection(self, one: Changed) -> str:
        """What the file itself says against it."""
        config = self._configs.of(one.path)
        if config is None:
            return "the file to change is excluded"
        reason = lost(one.after)
        if reason:
            return reason
        mode = Mode()
        return objection(check(one.before, config, mode), check(one.after, config, mode), ())

    def _objection_of_project(self, one: Changed) -> str:
        """What the project says against it once it is done."""
        configs = self._new_configs()
        projects = list(_projects_around(one.path, configs))
        if not projects:
            return "the file to change has no configuration that can be used"
        for project in projects:
            project.assume(project.relative(one.path), one.after.to_bytes())
        expected = self._projects.everything()
        gone = Counter(_told(path, finding) for path, finding in one.repaired)
        now = self._look(configs).everything()
        for told in sorted(now - (expected - gone)):
            verb = "would still be found" if gone[told] else "would be found then"
            return f"{told[1]} {verb}"
        return ""


def _projects_around(path: str, configs: Configurations) -> Iterator[Project]:
    """The projects that a file is in: its own, and those that its project lies in."""
    for folder in Path(os.path.abspath(path)).parents:
        config = configs.at(str(folder))
        if config is not None:
            yield config.project


def _told(path: str, finding: Finding) -> Told:
    return (os.path.abspath(path), finding.code)


def _read(path: str) -> Source:
    with open(path, "rb") as file:
        return Source.from_bytes(path, file.read())


def elsewhere(reports: Iterable[Report]) -> Iterator[Report]:
    """The reports with what can only be fixed in another file."""
    for report in reports:
        findings = [f for f in report.findings if f.fix is not None and f.fix.path]
        if findings:
            yield replace(report, findings=tuple(findings))

"""Measures what fixing costs: the dirty service, checked and fixed.

A run that fixes leaves another service than it has found. So each run of either side gets a fresh
copy, the index of its tables included.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .cases import EVERY, FAULT_EVERY, Case, Outcome, service_case, write_project
from .sites_flow import find_all_sites
from .timing import Command, Usage, compare
from .work import UnequalWorkError, read_codes

LIMIT = 4.0
_CHECK = ("-m", "mosaic_lint", "check", "--exit-zero", "--quiet", "--output-format", "concise")


@dataclass(frozen=True)
class OnCopy(Command):
    """A command that runs in a fresh copy of a folder; the copying isn't measured."""

    original: Path = Path()

    def run(self) -> Usage:
        """Copy the folder, run the command once, and return what that cost."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.original, self.folder, symlinks=True)
        return super().run()


@dataclass(frozen=True)
class FixCase:
    """A service, what checks it, and what fixes it."""

    case: Case
    check: OnCopy
    fix: OnCopy


def _command(original: Path, name: str, *options: str) -> OnCopy:
    arguments = (sys.executable, "-I", *_CHECK, "--select", ",".join(EVERY), *options)
    copy = original.with_name(f"{original.name}-{name}")
    return OnCopy(arguments, copy, copy.with_suffix(".txt"), original)


def prepare_fixing(folder: Path, pairs: int) -> Iterator[FixCase]:
    """Write the services below `folder` and yield the cases."""
    original = folder / "fix"
    stats = write_project(original, fault_every=FAULT_EVERY, chapters=EVERY, find=find_all_sites)
    case = service_case("dirty service, --fix", original, stats, LIMIT, pairs, EVERY)
    check = _command(original, "checked")
    Command(check.arguments, original, check.output).run()  # so that there is an index to copy
    yield FixCase(case, check, _command(original, "fixed", "--fix", "--unsafe-fixes"))


def measure_fixing(one: FixCase) -> Outcome:
    """Check and fix in pairs, and look whether faults were found and repaired."""
    case = one.case
    result = compare(one.check, one.fix, pairs=case.pairs, measure=case.measure)
    _, findings = read_codes(one.check.output)
    _, left = read_codes(one.fix.output)
    if sum(left.values()) >= sum(findings.values()):
        raise UnequalWorkError(f"{case.title}: nothing was fixed")
    return Outcome(case, result, findings)

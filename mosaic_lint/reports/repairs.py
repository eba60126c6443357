"""What a run says at its end of what it fixed, and of what it didn't and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Iterable, Iterator, List, Tuple

from mosaic_lint import registry
from mosaic_lint.model import Finding, Safety
from mosaic_lint.reports.closing import counted
from mosaic_lint.reports.results import printable

_UNSAFE = "unsafe, --unsafe-fixes applies it"
_NONE = "this code has no fix"
_NOT_HERE = "there is no fix here"
_UNWANTED = "not asked for"


@dataclass(frozen=True)
class Repairs:
    """What came of the fixes of a run.

    Args:
        applied: the findings that were repaired.
        left: those that weren't, in order of path.
        files: how many files were changed.
        files_left: how many files have findings still.
        is_patch: whether the changes are only shown.
        takes_unsafe: whether unsafe fixes were asked for.
    """

    applied: Tuple[Finding, ...]
    left: Tuple[Finding, ...]
    files: int
    files_left: int
    is_patch: bool
    takes_unsafe: bool


def summary(repairs: Repairs, checked: int) -> str:
    """A line for each code that was found, and one for all.

    Args:
        repairs: what came of the fixes.
        checked: how many files were checked.
    """
    codes = sorted({finding.code for finding in (*repairs.applied, *repairs.left)})
    lines = [_of_code(code, repairs) for code in codes]
    return "".join(f"{line}\n" for line in (*lines, _of_all(repairs, checked)))


def _of_code(code: str, repairs: Repairs) -> str:
    fixed = [finding for finding in repairs.applied if finding.code == code]
    left = [finding for finding in repairs.left if finding.code == code]
    unsafe = sum(f.fix is not None and f.fix.safety is Safety.UNSAFE for f in fixed)
    verb = "to fix" if repairs.is_patch else "fixed"
    parts: List[str] = []
    if len(fixed) > unsafe:
        parts.append(f"{len(fixed) - unsafe} {verb}")
    if unsafe:
        parts.append(f"{unsafe} {verb} (unsafe)")
    if left:
        reasons = Counter(_reason(finding, repairs.takes_unsafe) for finding in left)
        parts.append(f"{len(left)} not fixed: {'; '.join(_listed(reasons))}")
    return f"{code} {registry.names()[code]}: {', '.join(parts)}"


def _reason(finding: Finding, takes_unsafe: bool) -> str:
    if finding.unfixed:
        return printable(finding.unfixed)
    if finding.fix is None:
        entry = registry.rules().get(finding.code)
        return _NONE if entry is None or entry.fix is None else _NOT_HERE
    if finding.fix.safety is Safety.UNSAFE and not takes_unsafe:
        return _UNSAFE
    return _UNWANTED


def _listed(reasons: Counter[str]) -> Iterator[str]:
    """The reasons, the most frequent first; with their numbers where there are several."""
    for reason, number in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        yield reason if len(reasons) == 1 else f"{reason} ({number})"


def _of_all(repairs: Repairs, checked: int) -> str:
    if not repairs.applied and not repairs.left:
        return f"No findings ({counted(checked, 'file')} checked)."
    verb = "Would fix" if repairs.is_patch else "Fixed"
    fixed = f"{verb} {_placed(repairs.applied, repairs.files)}"
    left = f"{len(repairs.left)} left in {counted(repairs.files_left, 'file')}"
    return f"{fixed}, {left if repairs.left else 'none left'} ({checked} checked)."


def _placed(findings: Iterable[Finding], files: int) -> str:
    number = len(tuple(findings))
    return f"{counted(number, 'finding')} in {counted(files, 'file')}" if number else "nothing"

"""Apply the fixes of what a project's files only tell together: of all files at once.

Nothing is proven here and nothing is written: who calls this checks the project again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, Iterable, List, Sequence, Tuple

from mosaic_lint.engine import Report
from mosaic_lint.fixer import apply
from mosaic_lint.model import Edit, Finding, Span
from mosaic_lint.source import Source

Read = Callable[[str], Source]
"""Reads a file by its absolute path."""


@dataclass(frozen=True)
class Changed:
    """A file after some fixes.

    Args:
        before: the file.
        after: the same with another text.
        repaired: whose fixes that are, with the path of the file that each was found in.
    """

    before: Source
    after: Source
    repaired: Tuple[Tuple[str, Finding], ...]

    @property
    def path(self) -> str:
        """The file's absolute path."""
        return self.before.path


@dataclass(frozen=True)
class _Wish:
    """A fix on its way into a file."""

    path: str
    finding: Finding
    edits: Tuple[Edit, ...]


def changed(
    reports: Iterable[Report], wanted: Callable[[str, Finding], bool], read: Read
) -> List[Changed]:
    """Make the fixes of a project's findings, as far as they can be made together.

    Args:
        reports: what was found in the project, with fixes.
        wanted: whether to apply the fix of a finding, by the path of its file.
        read: reads a file that fixes of another one's findings are made in.

    Returns:
        The files that change, by path.

    Raises:
        OSError: ``read`` can't open a file.
        Unreadable: nor decode it.
    """
    sources: Dict[str, Source] = {}
    wishes: Dict[str, List[_Wish]] = {}
    for report in reports:
        own = report.source.path
        sources[own] = report.source
        for finding in report.findings:
            if finding.fix is not None and wanted(own, finding):
                target = finding.fix.path or own
                wishes.setdefault(target, []).append(_Wish(own, finding, finding.fix.edits))
    return [_changed(sources.get(path) or read(path), wishes[path]) for path in sorted(wishes)]


def _changed(source: Source, wishes: Sequence[_Wish]) -> Changed:
    chosen = _chosen(wishes)
    text = apply(source.text, _in_order(chosen))
    repaired = tuple((wish.path, wish.finding) for wish in chosen)
    return Changed(source, source.with_text(text), repaired)


def _chosen(wishes: Sequence[_Wish]) -> List[_Wish]:
    """The fixes that don't change what another one changes."""
    chosen: List[_Wish] = []
    taken: List[Edit] = []
    for wish in wishes:
        if not any(_collide(edit, other) for edit in wish.edits for other in taken):
            chosen.append(wish)
            taken += wish.edits
    return chosen


def _collide(left: Edit, right: Edit) -> bool:
    """Whether two edits can't both be made; insertions at one place can."""
    if left.shared and left == right:
        return False
    return _overlap(left.span, right.span)


def _overlap(left: Span, right: Span) -> bool:
    if left.start == left.end and right.start == right.end:
        return False
    return left.start < right.end and right.start < left.end


def _in_order(wishes: Sequence[_Wish]) -> List[Edit]:
    """The edits; at one place shared ones first, and then those of what was found last.

    What is dropped belongs into this order: what was created later may need what was before.
    """
    shared = [edit for wish in wishes for edit in wish.edits if edit.shared]
    own = [edit for wish in reversed(wishes) for edit in wish.edits if not edit.shared]
    return [*dict.fromkeys(shared), *own]

"""Apply fixes to a text, round by round, until nothing is left that can be fixed.

A fix is applied only if the file still compiles, what it repairs is gone, and nothing appears that
wasn't there before.
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass, replace
from typing import Callable, Dict, FrozenSet, Iterable, List, Sequence, Set, Tuple

from mosaic_lint import registry
from mosaic_lint.config import Config
from mosaic_lint.engine import Mode, Report, check
from mosaic_lint.model import Edit, Finding, Span
from mosaic_lint.source import Language, Source

MAX_ROUNDS = 20
"""So often a file is checked and changed again at most. Few files need more than three rounds."""

_ALONE = Mode()

Wanted = Callable[[Finding], bool]
_Key = Tuple[str, str, str, Tuple[str, ...]]


@dataclass(frozen=True)
class Fixed:
    """A file after its fixes.

    Args:
        report: its text and what is still found there; each finding with its fix, if there is one
            that wasn't wanted or didn't work, or with the reason why there is none.
        applied: the findings that were repaired, in the order in which that happened.
    """

    report: Report
    applied: Tuple[Finding, ...]


def fix(source: Source, config: Config, wanted: Wanted, mode: Mode = _ALONE) -> Fixed:
    """Repair what can be repaired in a text.

    Args:
        source: the file.
        config: the configuration in force for it.
        wanted: whether to repair a finding that has a fix in this file.
        mode: how to check.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    return _Fixer(config, wanted, replace(mode, fixes=True)).run(source)


@dataclass(frozen=True)
class _State:
    """A text, what is found there, and what the project's check found there."""

    report: Report
    also: Tuple[Finding, ...]

    @property
    def text(self) -> str:
        return self.report.source.text


class _Fixer:
    """The rounds of one file."""

    def __init__(self, config: Config, wanted: Wanted, mode: Mode) -> None:
        self._config = config
        self._wanted = wanted
        self._mode = mode
        self._refused: Dict[_Key, str] = {}

    def run(self, source: Source) -> Fixed:
        first = self._state(source, self._mode.also)
        current, applied = first, []  # type: Tuple[_State, List[Finding]]
        seen: Set[str] = {source.text}
        for _ in range(MAX_ROUNDS):
            chosen = self._chosen(current)
            if not chosen:
                break
            current, done = self._round(current, chosen)
            if not done:
                continue
            if current.text in seen:
                return self._given_up(first, applied + done)
            seen.add(current.text)
            applied += done
        return Fixed(self._explained(current), tuple(applied))

    def _state(self, source: Source, also: Tuple[Finding, ...]) -> _State:
        report = check(source, self._config, replace(self._mode, also=also))
        return _State(report, also)

    def _chosen(self, state: _State) -> List[Finding]:
        """The fixes that can be made at once: no one's edits reach into another's."""
        chosen: List[Finding] = []
        taken: List[Span] = []
        shared: Set[Edit] = set()
        for finding in state.report.findings:
            if not self._may_apply(finding, state.report.source):
                continue
            assert finding.fix is not None
            own = [edit for edit in finding.fix.edits if not edit.shared]
            common = [e for e in finding.fix.edits if e.shared and e not in shared]
            places = [_hull(own)] if own else []
            places += [edit.span for edit in common]
            if not any(_meet(place, other) for place in places for other in taken):
                taken += places
                shared.update(common)
                chosen.append(finding)
        return chosen

    def _may_apply(self, finding: Finding, source: Source) -> bool:
        if finding.fix is None or finding.fix.path:
            return False
        return self._wanted(finding) and _key(finding, source) not in self._refused

    def _round(self, state: _State, chosen: Sequence[Finding]) -> Tuple[_State, List[Finding]]:
        """Apply fixes; of those that don't work together none that doesn't work alone.

        Returns:
            The new state, and what was repaired.
        """
        after, reason = self._tried(state, chosen)
        if not reason:
            return after, list(chosen)
        if len(chosen) == 1:
            self._refused[_key(chosen[0], state.report.source)] = reason
            return state, []
        half = len(chosen) // 2
        state, done = self._round(state, chosen[:half])
        if done:
            return state, done  # the others' offsets are stale: the next round finds them again
        return self._round(state, chosen[half:])

    def _tried(self, state: _State, chosen: Sequence[Finding]) -> Tuple[_State, str]:
        """The state after some fixes, and what speaks against it; empty if nothing does."""
        source = state.report.source
        edits = _edits(chosen)
        changed = source.with_text(apply(source.text, edits))
        try:
            changed.to_bytes()
        except UnicodeEncodeError:
            return state, f"the file's encoding, {source.encoding}, can't hold it"
        if not _still_compiles(source, changed):
            return state, "the result would not compile"
        after = self._state(changed, tuple(_shifted(f, edits) for f in state.also))
        return after, _objection(state.report, after.report, chosen)

    def _explained(self, state: _State) -> Report:
        """The report with the reasons why fixes weren't applied."""
        source = state.report.source
        findings = tuple(
            replace(finding, unfixed=self._refused[key])
            if finding.fix is not None and (key := _key(finding, source)) in self._refused
            else finding
            for finding in state.report.findings
        )
        return Report(source, findings)

    def _given_up(self, first: _State, applied: Iterable[Finding]) -> Fixed:
        """The original text, since fixes undo each other."""
        codes = sorted({finding.code for finding in applied})
        reason = f"the fixes of {', '.join(codes)} undo each other here"
        findings = tuple(
            replace(f, unfixed=reason) if f.code in codes else f for f in first.report.findings
        )
        return Fixed(Report(first.report.source, findings), ())


def apply(text: str, edits: Iterable[Edit]) -> str:
    """A text after some edits.

    Args:
        text: the text.
        edits: not overlapping; in any order.
    """
    pieces: List[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        pieces += (text[position : edit.span.start], edit.text)
        position = edit.span.end
    return "".join((*pieces, text[position:]))


def _edits(chosen: Iterable[Finding]) -> List[Edit]:
    """All edits of some findings' fixes, shared ones once."""
    edits = [edit for finding in chosen if finding.fix for edit in finding.fix.edits]
    return list(dict.fromkeys(edits))


def _hull(edits: Sequence[Edit]) -> Span:
    return Span(min(e.span.start for e in edits), max(e.span.end for e in edits))


def _meet(left: Span, right: Span) -> bool:
    """Whether two spans overlap or touch; an insertion beside a change may be part of it."""
    return left.start <= right.end and right.start <= left.end


def _shifted(finding: Finding, edits: Iterable[Edit]) -> Finding:
    """A finding where it stands after some edits."""
    before = [edit for edit in edits if edit.span.end <= finding.span.start]
    moved = sum(len(edit.text) - (edit.span.end - edit.span.start) for edit in before)
    span = Span(finding.span.start + moved, finding.span.end + moved)
    return replace(finding, span=span)


def _key(finding: Finding, source: Source) -> _Key:
    """What tells a fix from others, wherever the text around it has moved."""
    line = source.line_text(source.position(finding.span.start).line).strip()
    texts = tuple(edit.text for edit in finding.fix.edits) if finding.fix is not None else ()
    return (finding.code, finding.message, line, texts)


def _still_compiles(before: Source, after: Source) -> bool:
    if before.language is not Language.PYTHON or _compiles(after.text):
        return True
    return not _compiles(before.text)


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<fixed>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    return True


def _objection(before: Report, after: Report, applied: Sequence[Finding]) -> str:
    """What speaks against the result of some fixes; empty if nothing does."""
    was, now = _codes(before), _codes(after)
    fixed = Counter(finding.code for finding in applied)
    uncovered = _uncovered(fixed)
    for code in sorted(now):
        allowed = was.get(code, 0) - fixed[code]
        if now[code] > allowed and code not in uncovered:
            if fixed[code]:
                return f"{code} would still be found"
            return f"it would lead to {code}"
    return ""


def _codes(report: Report) -> Dict[str, int]:
    return Counter(finding.code for finding in report.findings)


def _uncovered(codes: Iterable[str]) -> FrozenSet[str]:
    """The codes of findings that others hide as long as they stand."""
    rules = registry.rules()
    return frozenset(code for fixed in codes if fixed in rules for code in rules[fixed].uncovers)

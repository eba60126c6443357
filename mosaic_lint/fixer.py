"""Apply fixes to a text, round by round, until nothing is left that can be fixed.

A fix is applied only if the file still compiles, what it repairs is gone, and nothing appears that
wasn't there before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Callable, Dict, Iterable, List, Optional, Sequence, Set, Tuple

from mosaic_lint.config import Config
from mosaic_lint.edits import Taken, apply, edits_of, moved, moved_edits, shifted
from mosaic_lint.engine import Mode, Report, check
from mosaic_lint.model import Edit, Finding, Span
from mosaic_lint.proof import lost, objection, still_compiles
from mosaic_lint.source import Source

__all__ = ["MAX_CHECKS", "Answer", "Ask", "Fixed", "apply", "fix"]

MAX_CHECKS = 64
"""So often a file is checked at most. One without fixes needs one check, most others need two."""

_ALONE = Mode()
_ENOUGH = "too many fixes depend on each other here; run it again"
_UNWANTED = "left as it was"

Wanted = Callable[[Finding], bool]
_Key = Tuple[str, Span, Tuple[Edit, ...]]


class Answer(Enum):
    """What is to be done with a fix that somebody has seen."""

    YES = "yes"
    NO = "no"
    ALL = "all"
    """Apply it, and all others without a question."""
    QUIT = "quit"
    """Apply no more."""


Ask = Callable[[Finding, Source, Source], Answer]
"""Shows a fix: its finding, the file before and the file after."""


@dataclass(frozen=True)
class Fixed:
    """A file after its fixes.

    Args:
        before: its text and what was found there.
        report: the same after the fixes; each finding with its fix, if there is one that wasn't
            wanted or didn't work, or with the reason why there is none.
        applied: the findings that were repaired, in the order in which that happened.
    """

    before: Report
    report: Report
    applied: Tuple[Finding, ...]

    @property
    def is_changed(self) -> bool:
        """Whether the file's text is another one now."""
        return self.before.source.text != self.report.source.text


def fix(
    source: Source,
    config: Config,
    wanted: Wanted,
    mode: Mode = _ALONE,
    ask: Optional[Ask] = None,
) -> Fixed:
    """Repair what can be repaired in a text.

    Args:
        source: the file.
        config: the configuration in force for it.
        wanted: whether to repair a finding that has a fix in this file.
        mode: how to check.
        ask: is asked of each fix that is wanted and works, one at a time.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    return _Fixer(config, wanted, replace(mode, fixes=True), ask).run(source)


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

    def __init__(self, config: Config, wanted: Wanted, mode: Mode, ask: Optional[Ask]) -> None:
        self._config = config
        self._wanted = wanted
        self._mode = mode
        self._ask = ask
        self._refused: Dict[_Key, str] = {}
        self._checks = 0
        self._is_over = False
        self._survives = False  # whether the text comes back from the file's encoding

    def run(self, source: Source) -> Fixed:
        self._survives = not lost(source)
        first = self._state(source, self._mode.also)
        current, applied = first, []  # type: Tuple[_State, List[Finding]]
        seen: Set[str] = {source.text}
        while not self._is_over:
            chosen = self._chosen(current)
            if not chosen:
                break
            if self._ask is None and self._checks >= MAX_CHECKS:
                self._refused.update((_key(finding), _ENOUGH) for finding in chosen)
                continue
            current, done = self._next(current, chosen)
            applied += done
            if done and current.text in seen:
                return self._given_up(first, applied)
            seen.add(current.text)
        return Fixed(first.report, self._explained(current), tuple(applied))

    def _next(self, state: _State, chosen: Sequence[Finding]) -> Tuple[_State, List[Finding]]:
        """One round: as many fixes as possible, or the first one if somebody is asked."""
        if self._ask is None:
            return self._round(state, chosen)
        return self._asked(state, chosen[0], self._ask)

    def _state(self, source: Source, also: Tuple[Finding, ...]) -> _State:
        self._checks += 1
        report = check(source, self._config, replace(self._mode, also=also))
        return _State(report, also)

    def _chosen(self, state: _State) -> List[Finding]:
        """The fixes that can be made at once: no one's edits reach into another's."""
        taken = Taken()
        return [
            finding
            for finding in state.report.findings
            if self._may_apply(finding) and finding.fix and taken.admits(finding.fix.edits)
        ]

    def _may_apply(self, finding: Finding) -> bool:
        if finding.fix is None or finding.fix.path or not finding.fix.edits:
            return False
        return _key(finding) not in self._refused and self._wanted(finding)

    def _round(self, state: _State, chosen: Sequence[Finding]) -> Tuple[_State, List[Finding]]:
        """Apply fixes; of those that don't work together none that doesn't work alone.

        Returns:
            The new state, and what was repaired.
        """
        after, reason = self._tried(state, chosen)
        if not reason:
            return self._adopted(after, chosen), list(chosen)
        if len(chosen) == 1:
            self._refused[_key(chosen[0])] = reason
            return state, []
        half = len(chosen) // 2
        state, done = self._round(state, chosen[:half])
        if done:
            return state, done  # the others' offsets are stale: the next round finds them again
        return self._round(state, chosen[half:])

    def _asked(self, state: _State, finding: Finding, ask: Ask) -> Tuple[_State, List[Finding]]:
        """Apply one fix if it works and somebody wants it."""
        after, reason = self._tried(state, [finding])
        if reason:
            self._refused[_key(finding)] = reason
            return state, []
        answer = ask(finding, state.report.source, after.report.source)
        if answer is Answer.ALL:
            self._ask = None
        if answer in (Answer.YES, Answer.ALL):
            return self._adopted(after, [finding]), [finding]
        self._refused[_key(finding)] = _UNWANTED
        self._is_over = answer is Answer.QUIT
        return state, []

    def _tried(self, state: _State, chosen: Sequence[Finding]) -> Tuple[_State, str]:
        """The state after some fixes, and what speaks against it; empty if nothing does."""
        source = state.report.source
        edits = edits_of(chosen)
        changed = source.with_text(apply(source.text, edits))
        loss = lost(changed) if self._survives else ""
        if loss:
            return state, loss
        if not still_compiles(source, changed):
            return state, "the result would not compile"
        also = (finding for finding in state.also if not _is_among(finding, chosen))
        after = self._state(changed, tuple(shifted(finding, edits) for finding in also))
        return after, objection(state.report, after.report, chosen)

    def _adopted(self, after: _State, chosen: Sequence[Finding]) -> _State:
        """A state that is kept: what was refused has moved there."""
        edits = edits_of(chosen)
        refused: Dict[_Key, str] = {}
        for (code, span, own), reason in self._refused.items():
            own_now = moved_edits(own, edits)
            if own_now is not None:  # otherwise it is another fix now
                refused[(code, moved(span, edits), own_now)] = reason
        self._refused = refused
        return after

    def _explained(self, state: _State) -> Report:
        """The report with the reasons why fixes weren't applied."""
        findings = tuple(
            replace(finding, unfixed=self._refused[_key(finding)])
            if finding.fix is not None and _key(finding) in self._refused
            else finding
            for finding in state.report.findings
        )
        return Report(state.report.source, findings)

    def _given_up(self, first: _State, applied: Iterable[Finding]) -> Fixed:
        """The original text, since fixes undo each other."""
        codes = sorted({finding.code for finding in applied})
        reason = f"the fixes of {', '.join(codes)} undo each other here"
        findings = tuple(
            replace(f, unfixed=reason) if f.code in codes and f.fix is not None else f
            for f in first.report.findings
        )
        return Fixed(first.report, Report(first.report.source, findings), ())


def _key(finding: Finding) -> _Key:
    """What tells a fix from others of its file."""
    return (finding.code, finding.span, finding.fix.edits if finding.fix is not None else ())


def _is_among(finding: Finding, chosen: Iterable[Finding]) -> bool:
    return any(_key(finding) == _key(other) for other in chosen)

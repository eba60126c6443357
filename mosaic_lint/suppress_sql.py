"""``-- noqa`` in SQL scripts: spelled as in Python, and only for the line of the comment.

Other tools' commands (``-- noqa: disable=LT01``) look alike. So a colon without codes behind it
silences nothing; in Python, where flake8 decides, it would silence everything.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Callable, Dict, Iterator, List, Optional

from mosaic_lint.model import Finding, Span, SuppressionUse
from mosaic_lint.noqa import Ledger, Noqa, ours, split, unused
from mosaic_lint.source import Source
from mosaic_lint.sqlfile import comments

_CODES = r"[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*"
_NOQA = re.compile(rf"-- noqa\b(?:(?P<colon>:)\s?(?P<codes>{_CODES})?)?", re.IGNORECASE)
# Anything that somebody may have meant as a noqa for one of our codes.
_INTENDED = re.compile(
    r"--\s*(?P<flake8>flake8\s*[:=]\s*)?noqa[\s:=(\[-]*"
    r"(?P<codes>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*)",
    re.IGNORECASE,
)


class SqlSuppressions:
    """The suppressions of one SQL script.

    Args:
        source: the script.
    """

    whole_file = False
    """No comment silences a whole script."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ledger = Ledger()

    @cached_property
    def _comments(self) -> List[Span]:
        """The comments that may say noqa."""
        text = self._source.text
        return [span for span in comments(text) if "noqa" in text[span.start : span.end].lower()]

    @cached_property
    def _by_line(self) -> Dict[int, Noqa]:
        found = (self._read(comment) for comment in self._comments)
        return {noqa.lines[0]: noqa for noqa in found if noqa is not None}

    def _read(self, comment: Span) -> Optional[Noqa]:
        match = _NOQA.search(self._source.text, comment.start, comment.end)
        if match is None or (match.group("colon") and not match.group("codes")):
            return None
        line = self._source.position(match.start()).line
        return Noqa(Span(*match.span()), split(match.group("codes")), (line, line))

    def silences(self, finding: Finding) -> bool:
        """Whether a noqa on its line drops the finding, and remember it."""
        if not self._by_line:
            return False
        line = self._source.position(finding.span.start).line
        return self._ledger.silences(self._by_line.get(line), finding)

    def uses(self) -> Iterator[SuppressionUse]:
        """Every effective suppression, and what it has silenced so far."""
        return map(self._ledger.use, self._by_line.values())

    def unused(self, could_run: Callable[[str], bool]) -> Iterator[Finding]:
        """MOS002 for each of our codes that silenced nothing.

        Args:
            could_run: whether a code, or some code with that prefix, was on and could run.
        """
        return unused(self._source.text, self.uses(), could_run)

    def ambiguous(self) -> Iterator[Finding]:
        """MOS003 for each noqa that isn't read as it looks."""
        for comment in self._comments:
            for match in _INTENDED.finditer(self._source.text, comment.start, comment.end):
                reason = _ambiguity(match)
                if reason is not None:
                    yield Finding("MOS003", reason, Span(*match.span()))


def _ambiguity(match: re.Match[str]) -> Optional[str]:
    """Why a noqa for one of our codes isn't read as it looks; ``None`` where it is."""
    written = match.group()
    codes = split(match.group("codes"))
    capitals = [code.upper() for code in codes]
    if not ours(capitals):
        return None
    advice = f'write "-- noqa: {", ".join(capitals)}"'
    if match.group("flake8"):
        return f"this silences nothing in SQL: {advice} on the line"
    read = _NOQA.match(match.string, match.start(), match.end())
    if read is not None and not read.group("colon"):
        return f"{written!r} silences everything, not only {', '.join(capitals)}: {advice}"
    if not all(re.search(r"\d", code) for code in capitals):
        return f"{written!r} silences nothing: write full codes"
    if read is None or not read.group("codes"):
        return f"{written!r} silences nothing: {advice}"
    return f"codes are matched in capitals only: {advice}" if list(codes) != capitals else None

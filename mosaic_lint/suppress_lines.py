"""``noqa`` where lines have it: ``-- noqa`` in SQL, ``# noqa`` in shell scripts, YAML, TOML...

It is spelled as in Python, and speaks only for the line of the comment.

Other tools' commands (``-- noqa: disable=LT01``) look alike. So a colon without codes behind it
silences nothing; in Python, where flake8 decides, it would silence everything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import Callable, Dict, Iterable, Iterator, List, Optional

from mosaic_lint.model import Finding, Span, SuppressionUse
from mosaic_lint.noqa import Ledger, Noqa, ours, split, unused
from mosaic_lint.shellfile import comments as shell_comments
from mosaic_lint.source import Source
from mosaic_lint.sqlfile import comments

_CODES = r"[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*"


class Style:
    """How a language's comments are written.

    Args:
        mark: what begins one, up to the line's end.
        comments: finds them.
        name: the language, for messages.
    """

    def __init__(self, mark: str, comments: Callable[[str], Iterable[Span]], name: str) -> None:
        self.mark = mark
        self.comments = comments
        self.name = name
        self.noqa = re.compile(
            rf"{mark} noqa\b(?:(?P<colon>:)\s?(?P<codes>{_CODES})?)?", re.IGNORECASE
        )
        # Anything that somebody may have meant as a noqa for one of our codes.
        self.intended = re.compile(
            rf"{mark}\s*(?P<flake8>flake8\s*[:=]\s*)?noqa[\s:=(\[-]*"
            r"(?P<codes>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*)",
            re.IGNORECASE,
        )


_HASH_COMMENT = re.compile(r"(?:(?<=[ \t;])|(?<![^\r\n]))#[^\r\n]*")


def _hash_comments(text: str) -> Iterator[Span]:
    """What looks like a comment, being behind white space; quotes aren't read."""
    return (Span(*match.span()) for match in _HASH_COMMENT.finditer(text))


SQL = Style("--", comments, "SQL")
HASH = Style("#", _hash_comments, "such a file")


class LineSuppressions:
    """The suppressions of one file.

    Args:
        source: the file.
        style: how its comments are written.
    """

    whole_file = False
    """No comment silences a whole file."""

    def __init__(self, source: Source, style: Style) -> None:
        self._source = source
        self._style = style
        self._ledger = Ledger()

    @cached_property
    def _comments(self) -> List[Span]:
        """The comments that may say noqa."""
        text = self._source.text
        return [
            span
            for span in self._style.comments(text)
            if "noqa" in text[span.start : span.end].lower()
        ]

    @cached_property
    def _by_line(self) -> Dict[int, Noqa]:
        found = (self._read(comment) for comment in self._comments)
        return {noqa.lines[0]: noqa for noqa in found if noqa is not None}

    def _read(self, comment: Span) -> Optional[Noqa]:
        match = self._style.noqa.search(self._source.text, comment.start, comment.end)
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
        findings = unused(self._source.text, self.uses(), could_run)
        return findings if self._style is SQL else map(self._in_comment, findings)

    def _in_comment(self, finding: Finding) -> Finding:
        """A finding without its fix where a shell sees no comment, but a string or a document."""
        start, end = finding.span
        if any(comment.start < start and end <= comment.end for comment in self._seen):
            return finding
        return replace(finding, fix=None, unfixed="the shell sees no comment there")

    @cached_property
    def _seen(self) -> List[Span]:
        return list(shell_comments(self._source.text))

    def ambiguous(self) -> Iterator[Finding]:
        """MOS003 for each noqa that isn't read as it looks."""
        for comment in self._comments:
            for match in self._style.intended.finditer(
                self._source.text, comment.start, comment.end
            ):
                reason = _ambiguity(match, self._style)
                if reason is not None:
                    yield Finding("MOS003", reason, Span(*match.span()))


def _ambiguity(match: re.Match[str], style: Style) -> Optional[str]:
    """Why a noqa for one of our codes isn't read as it looks; ``None`` where it is."""
    written = match.group()
    codes = split(match.group("codes"))
    capitals = [code.upper() for code in codes]
    if not ours(capitals):
        return None
    advice = f'write "{style.mark} noqa: {", ".join(capitals)}"'
    if match.group("flake8"):
        return f"this silences nothing in {style.name}: {advice} on the line"
    read = style.noqa.match(match.string, match.start(), match.end())
    if read is not None and not read.group("colon"):
        return f"{written!r} silences everything, not only {', '.join(capitals)}: {advice}"
    if not all(re.search(r"\d", code) for code in capitals):
        return f"{written!r} silences nothing: write full codes"
    if read is None or not read.group("codes"):
        return f"{written!r} silences nothing: {advice}"
    return f"codes are matched in capitals only: {advice}" if list(codes) != capitals else None

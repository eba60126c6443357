"""What a run found, as the formats see it: paths to show, lines and columns."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

from mosaic_lint import registry
from mosaic_lint.engine import Report
from mosaic_lint.model import Finding, Fix
from mosaic_lint.source import Position, Source, Unreadable

ERROR = "error"
WARNING = "warning"

# Control characters, line separators, and what turns the direction of writing.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True)
class Located:
    """A finding and its place as people count.

    Args:
        source: the file.
        finding: what was found.
        start: line and column (from 1, in characters) of the first marked character.
        end: the same of the character behind the last marked one.
    """

    source: Source
    finding: Finding
    start: Position
    end: Position

    @property
    def path(self) -> str:
        """The file's path with ``/``, as Unicode."""
        return shown(self.source.path)

    @property
    def name(self) -> str:
        """The name of the code."""
        return registry.names()[self.finding.code]

    @property
    def url(self) -> str:
        """Where the page of the code is."""
        from mosaic_lint.explain import url

        return url(self.finding.code)

    @property
    def level(self) -> str:
        """How grave the finding is."""
        return level(self.finding.code)


@dataclass(frozen=True)
class Results:
    """What a run found.

    Args:
        reports: those of the files that have findings, in order of path.
        checked: how many files were checked, those without findings included.
        colour: whether the report goes where colours are shown.
    """

    reports: Tuple[Report, ...]
    checked: int
    colour: bool = False

    def located(self) -> Iterator[Located]:
        """All findings, in order of path, line and column."""
        for report in self.reports:
            for finding in report.findings:
                yield locate(report.source, finding)

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(len(report.findings) for report in self.reports)

    @property
    def has_fault(self) -> bool:
        """Whether the tool itself failed on a file."""
        return any(f.code == "MOS004" for report in self.reports for f in report.findings)


def changed_file(found: Source, fix: Fix) -> Optional[Source]:
    """The file that a fix changes, by the path to show; ``None`` if it can't be read any more.

    Args:
        found: the file of its finding.
        fix: the fix.
    """
    if not fix.path:
        return found
    here = os.path.join(os.getcwd(), "")
    shown_path = fix.path[len(here) :] if fix.path.startswith(here) else fix.path
    try:
        with open(fix.path, "rb") as file:
            return Source.from_bytes(shown_path, file.read())
    except (OSError, Unreadable):
        return None


def locate(source: Source, finding: Finding) -> Located:
    """Translate the offsets of a finding."""
    start, end = source.position(finding.span.start), source.position(finding.span.end)
    return Located(source, finding, start, end)


def level(code: str) -> str:
    """How grave a code is: only those about noqa comments are warnings."""
    return WARNING if code in ("MOS002", "MOS003") else ERROR


def shown(path: str) -> str:
    """A path as Unicode: with ``/``, and a replacement character for bytes that are no UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace").replace(os.sep, "/")


def printable(text: str) -> str:
    """The text with control characters replaced, so that it stays on its line.

    Each character gives one: the picture of a control character, or a replacement character.
    """
    return _UNPRINTABLE.sub(_picture, text)


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code == 0x7F:
        return "\N{SYMBOL FOR DELETE}"
    return chr(0x2400 + code) if code < 0x20 else "\N{REPLACEMENT CHARACTER}"

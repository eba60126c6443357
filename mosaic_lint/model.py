"""The data that travels between engine, rules and reports: frozen, and importing nothing of ours.

There is one coordinate system: half-open character offsets into the decoded text of a file.
Lines and columns exist only at the edges (see :mod:`mosaic_lint.source`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Optional, Tuple


class Span(NamedTuple):
    """A half-open range of character offsets into a file's text.

    Args:
        start: offset of the first character.
        end: offset behind the last character; equal to ``start`` for an empty span.
    """

    start: int
    end: int


class Safety(str, Enum):
    """Whether a fix may be applied without a look: ``safe`` keeps the program's meaning."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@dataclass(frozen=True)
class Edit:
    """Replace the text of ``span`` by ``text``.

    Args:
        span: what goes; empty for an insertion.
        text: what comes; its line ends are those of the place where it goes.
        shared: whether several fixes may need the very same edit, which is made once then, as the
            import of a module is.
    """

    span: Span
    text: str
    shared: bool = False


@dataclass(frozen=True)
class Fix:
    """Edits that together repair one finding.

    Args:
        safety: whether the fix keeps the program's meaning.
        message: what the fix does, in the imperative.
        edits: not overlapping, in order of position.
        path: the file that they are made in, where it isn't the finding's; absolute.
    """

    safety: Safety
    message: str
    edits: Tuple[Edit, ...]
    path: str = ""


@dataclass(frozen=True)
class Related:
    """A step on the way to a fault.

    Args:
        span: where it happens, in the same file.
        message: what happens there, in a few words.
    """

    span: Span
    message: str


@dataclass(frozen=True)
class Finding:
    """One fault at one place.

    Args:
        code: ``MOS`` and three digits.
        message: one line: what is wrong and what to write instead.
        span: the smallest thing to change.
        fix: the repair, where fixes were asked for and there is one.
        unfixed: why there is none, where its rule has one for others.
        related: the way from the source to the fault, in order, without the fault itself.
        table: the table that it is about, where the rule names one.
    """

    code: str
    message: str
    span: Span
    fix: Optional[Fix] = None
    related: Tuple[Related, ...] = ()
    table: str = ""
    unfixed: str = ""

    @property
    def order(self) -> tuple[int, int, str]:
        """Sort key: position first, then code."""
        return (self.span.start, self.span.end, self.code)


@dataclass(frozen=True)
class SuppressionUse:
    """A ``noqa`` comment and what it silenced in this run.

    Args:
        span: the comment, from its ``#`` to the end of its codes.
        codes: the codes as written, in order; empty for a blanket ``noqa``.
        silenced: the codes of the findings that it silenced.
        lines: the first and last line (from 1) that it speaks for.
    """

    span: Span
    codes: Tuple[str, ...]
    silenced: Tuple[str, ...]
    lines: Tuple[int, int]

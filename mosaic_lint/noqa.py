"""What is the same of ``noqa`` comments in every language: what they silenced, and MOS002."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Tuple

from mosaic_lint.model import Edit, Finding, Fix, Safety, Span, SuppressionUse

_SEPARATOR = re.compile(r"[,\s]")
_CODE = re.compile(r"[A-Za-z]+[0-9]+")
_LINE_END = re.compile(r"\r\n|\r|\n|\Z")
_WORD = re.compile("noqa", re.IGNORECASE)


@dataclass(frozen=True)
class Noqa:
    """A noqa that is obeyed: its place, its codes, and the first and last line it speaks for."""

    span: Span
    codes: Tuple[str, ...]
    lines: Tuple[int, int]


def is_mentioned(text: str) -> bool:
    """Whether a text may have a noqa at all."""
    if text.isascii():
        return "noqa" in text.lower()
    return _WORD.search(text) is not None  # here lower() would need twelve bytes a character


class Ledger:
    """Which noqa silenced what."""

    def __init__(self) -> None:
        self._silenced: Dict[Span, List[str]] = {}

    def silences(self, noqa: Optional[Noqa], finding: Finding) -> bool:
        """Whether a finding is to be dropped, and remember it.

        Args:
            noqa: the one that speaks for the finding's line.
            finding: the finding.
        """
        if noqa is None or (noqa.codes and not finding.code.startswith(noqa.codes)):
            return False
        if finding.code == "MOS003" and "MOS003" not in noqa.codes:
            return False  # a doubtful suppression doesn't hide that it is doubtful
        self._silenced.setdefault(noqa.span, []).append(finding.code)
        return True

    def use(self, noqa: Noqa) -> SuppressionUse:
        """A noqa and what it has silenced so far."""
        return SuppressionUse(
            noqa.span, noqa.codes, tuple(self._silenced.get(noqa.span, ())), noqa.lines
        )


def unused(
    text: str, uses: Iterable[SuppressionUse], could_run: Callable[[str], bool], marker: str = ""
) -> Iterator[Finding]:
    """MOS002 for each of our codes that silenced nothing.

    Args:
        text: the file's text.
        uses: its suppressions.
        could_run: whether a code, or some code with that prefix, was on and could run.
        marker: what starts another comment behind a noqa, where the language has that.
    """
    for use in uses:
        written = text[use.span.start : use.span.end]
        for match in _CODE.finditer(written, written.find(":") + 1):
            code = match.group()
            wasted = not any(silenced.startswith(code) for silenced in use.silenced)
            if code.startswith("MOS") and wasted and could_run(code):
                span = Span(use.span.start + match.start(), use.span.start + match.end())
                message = f"{code} has no finding here: remove it from the noqa"
                yield Finding("MOS002", message, span, _drop(text, use, span, marker))


def _drop(text: str, use: SuppressionUse, code: Span, marker: str) -> Fix:
    """The fix that takes a code out of a noqa, and the whole comment with the last one."""
    name = text[code.start : code.end]
    if any(other != name for other in use.codes):
        gone = _with_separator(text, use.span, code)
    else:
        gone = _whole_comment(text, use.span.start, _comment_end(text, use.span.end, marker))
    return Fix(Safety.SAFE, f"Remove {name} from the noqa", (Edit(gone, ""),))


def _with_separator(text: str, noqa: Span, code: Span) -> Span:
    """A code with what stands between it and the one before, or behind where it is the first."""
    before = text[noqa.start : code.start]
    start = noqa.start + len(before.rstrip(", \t"))
    if not before.rstrip(", \t").endswith(":"):
        return Span(start, code.end)
    behind = text[code.end : noqa.end]
    return Span(code.start, code.end + len(behind) - len(behind.lstrip(", \t")))


def _whole_comment(text: str, start: int, end: int) -> Span:
    """A comment with the space before it; with its line, where it stands there alone."""
    line_end = _LINE_END.match(text, end)
    if line_end is None:
        return Span(start, end)  # another comment follows
    start = len(text[:start].rstrip(" \t"))
    if start and text[start - 1] not in "\r\n":
        return Span(start, end)
    return Span(start, line_end.end())


def _comment_end(text: str, start: int, marker: str) -> int:
    """Where a comment ends: at the line's end, or at another one."""
    end = start
    while end < len(text) and text[end] not in "\r\n":
        if marker and text.startswith(marker, end):
            break
        end += 1
    return end


def inside(uses: Iterable[SuppressionUse], comments: List[Span]) -> Iterator[SuppressionUse]:
    """The suppressions that begin in one of the comments.

    Args:
        uses: the suppressions.
        comments: in order of position.
    """
    for use in uses:
        index = bisect_left(comments, Span(use.span.start + 1, 0)) - 1
        if index >= 0 and use.span.start < comments[index].end:
            yield use


def split(codes: Optional[str]) -> Tuple[str, ...]:
    """The codes of a list as a noqa has it."""
    return tuple(code for code in _SEPARATOR.split(codes or "") if code)


def ours(codes: Iterable[str]) -> List[str]:
    """Those of the codes that are this tool's, or all of its codes at once."""
    return [code for code in codes if re.fullmatch(r"MOS\d*", code)]

"""Show one fix after the other on a terminal, and ask what to do with it."""

from __future__ import annotations

import difflib
from typing import Iterator, List, TextIO, Tuple

from mosaic_lint import registry
from mosaic_lint.fixer import Answer
from mosaic_lint.model import Finding
from mosaic_lint.reports.results import locate, printable
from mosaic_lint.source import Source

_ANSWERS = {"y": Answer.YES, "n": Answer.NO, "a": Answer.ALL, "q": Answer.QUIT}
_QUESTION = "Apply this fix [y,n,a,q,?]? "
_HELP = """\
y - yes, apply this fix
n - no, leave it as it is
a - apply this fix and all others that come
q - quit: apply no more; what was accepted is kept
"""
_RED, _GREEN, _CYAN, _BOLD, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[36m", "\x1b[1m", "\x1b[0m"
_STYLES = {"-": _RED, "+": _GREEN, "@": _CYAN}


class Asker:
    """Asks of each fix until somebody wants all or no more.

    Args:
        answers: what is typed.
        shown: where fixes and questions go.
        colour: whether colours are shown there.
    """

    def __init__(self, answers: TextIO, shown: TextIO, colour: bool) -> None:
        self._answers = answers
        self._shown = shown
        self._colour = colour
        self._last = Answer.YES

    @property
    def is_over(self) -> bool:
        """Whether somebody wants no more fixes."""
        return self._last is Answer.QUIT

    def __call__(self, finding: Finding, before: Source, after: Source) -> Answer:
        """Show a fix and ask what to do with it.

        Args:
            finding: what it repairs.
            before: the file.
            after: the file with the fix.
        """
        if self._last not in (Answer.ALL, Answer.QUIT):
            for line, style in _told(finding, before, after):
                self._show(f"{line}\n", style)
            self._last = self._answer()
        return self._last

    def _answer(self) -> Answer:
        while True:
            self._show(_QUESTION, _BOLD)
            typed = self._answers.readline()
            if not typed:  # the terminal is gone
                self._show("\n")
                return Answer.QUIT
            answer = _ANSWERS.get(typed.strip().lower()[:1])
            if answer is not None:
                return answer
            self._show(_HELP)

    def _show(self, text: str, style: str = "") -> None:
        encoding = self._shown.encoding or "utf-8"
        text = text.encode(encoding, "backslashreplace").decode(encoding)
        ended = text.removesuffix("\n")
        styled = f"{style}{ended}{_PLAIN}{text[len(ended) :]}" if style and self._colour else text
        self._shown.write(styled)
        self._shown.flush()


def _told(finding: Finding, before: Source, after: Source) -> Iterator[Tuple[str, str]]:
    """The lines that tell of a fix, each with its style."""
    assert finding.fix is not None
    found = locate(before, finding)
    name = registry.names()[finding.code]
    place = f"{found.path}:{found.start.line}:{found.start.column}"
    yield "", ""
    yield printable(f"{place}: {finding.code} {name}: {finding.message}"), _BOLD
    yield printable(f"{finding.fix.message} ({finding.fix.safety.value})"), ""
    lines = difflib.unified_diff(_lines(before), _lines(after), lineterm="")
    for number, line in enumerate(lines):
        if number >= 2:  # the names are told
            yield line, _STYLES.get(line[:1], "")


def _lines(source: Source) -> List[str]:
    numbers = range(1, len(source.line_starts) + 1)
    lines = [printable(source.line_text(number).expandtabs(4)) for number in numbers]
    return lines if lines[-1] else lines[:-1]

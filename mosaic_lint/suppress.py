"""``# noqa`` as flake8 reads it, what it silenced, and where flake8 and ruff disagree.

flake8 looks for the first ``# noqa`` on the lines that a multi-line string or a backslash joins,
wherever in them it stands; the pattern is flake8's own.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from functools import cached_property
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from flake8.defaults import NOQA_FILE, NOQA_INLINE_REGEXP

from mosaic_lint.model import Finding, Span, SuppressionUse
from mosaic_lint.noqa import Ledger, Noqa, inside, ours, split, unused
from mosaic_lint.source import Source

# Anything that somebody may have meant as a noqa for one of our codes.
_INTENDED = re.compile(
    r"\#\s*(?:flake8\s*[:=]\s*)?noqa[\s:=(\[-]*"
    r"(?P<codes>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*)",
    re.IGNORECASE,
)
# From the last noqa before the code: from each of them it would read the line again.
_MENTIONED = re.compile(r"noqa(?:(?!noqa)[^\n])*\bmos", re.IGNORECASE)
# How statements start, and prose ("Create a table ...", "Select one") doesn't.
_SQL_START = re.compile(
    r"""\w{0,2}(?:'''|\"\"\"|'|\")\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*
    (?:explain\s+(?:analyze\s+)?)?(?:select\s(?:.*\sfrom\s|\s*[\d*('"%])
      |insert\s+(?:or\s+\w+\s+)?into\s+\S+\s*(?:[(]|--|\#|values|select|default)
      |replace\s+into\s|pragma\s+\w+|begin\s+(?:immediate|exclusive|deferred)|update\s+\S+\s+set\s
      |delete\s+from\s+\S+\s*(?:where|using|returning|;|\#|--|['"])|with\s+(?:recursive\s+)?\S+\s+as\s*\(|merge\s+into\s
      |(?:create|alter|drop)\s+(?:or\s+replace\s+|temp\s+|temporary\s+|unique\s+)?
       (?:table|index|view|materialized|sequence|schema|type|function|extension|trigger|database)\s
      |truncate\s+(?:table\s+)?\S+\s*(?:;|\#|--|cascade))
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
_IN_SQL = re.compile(r"(?:\#|--)\s*noqa\b", re.IGNORECASE)
_OURS_BEHIND = re.compile(r"[^\n]*\bMOS\d*\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Comment:
    """A comment or a string token: its offset in the file and its text.

    A string has ``opening``: the text of the first of the adjacent strings that it belongs to.
    """

    offset: int
    text: str
    opening: str = ""

    @property
    def is_string(self) -> bool:
        """Whether it is a string."""
        return bool(self.opening)

    @property
    def span(self) -> Span:
        """Its place."""
        return Span(self.offset, self.offset + len(self.text))


class Suppressions:
    """The suppressions of one file.

    Args:
        source: the file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ledger = Ledger()

    @cached_property
    def whole_file(self) -> bool:
        """Whether a ``# flake8: noqa`` line silences the file."""
        if "flake8" not in self._source.text.lower():
            return False
        lines = range(1, len(self._source.line_starts) + 1)
        return any(NOQA_FILE.match(self._source.line_text(line)) for line in lines)

    @cached_property
    def _mentions_noqa(self) -> bool:
        return "noqa" in self._source.text.lower()

    @cached_property
    def _tokens(self) -> Optional[List[tokenize.TokenInfo]]:
        text = re.sub(r"\r\n?", "\n", self._source.text)
        try:
            return list(tokenize.generate_tokens(io.StringIO(text).readline))
        except (tokenize.TokenError, SyntaxError, ValueError):
            return None

    @cached_property
    def _ranges(self) -> Dict[int, Tuple[int, int]]:
        """For each line the first and last line that flake8 joins it with."""
        ranges: Dict[int, Tuple[int, int]] = {}
        first, last = None, 0
        for token in self._tokens or ():
            if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
                continue
            first = token.start[0] if first is None else min(first, token.start[0])
            last = max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                ranges.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first, last = None, 0
        return ranges

    def _noqa(self, line: int) -> Optional[Noqa]:
        """The noqa that flake8 sees for a line: the first one in the lines that it joins."""
        first, last = self._ranges.get(line, (line, line))
        start = self._source.offset(first, 1)
        end = self._source.offset(last, 1) + len(self._source.line_text(last))
        text = self._source.text[start:end]
        match = NOQA_INLINE_REGEXP.search(text.replace("\r\n", "\n"))
        if match is None:
            return None
        low, high = (start + _with_carriage_returns(text, at) for at in match.span())
        return Noqa(Span(low, high), split(match.group("codes")), (first, last))

    def silences(self, finding: Finding) -> bool:
        """Whether flake8 would drop the finding, and remember it."""
        if not self._mentions_noqa:
            return False
        noqa = self._noqa(self._source.position(finding.span.start).line)
        return self._ledger.silences(noqa, finding)

    def uses(self) -> Iterator[SuppressionUse]:
        """Every effective inline suppression of the file, and what it has silenced so far."""
        if not self._mentions_noqa or self._tokens is None:
            return
        seen = set()
        for line in sorted({first for first, _ in self._ranges.values()}):
            noqa = self._noqa(line)
            if noqa is not None and noqa.span not in seen:
                seen.add(noqa.span)
                yield self._ledger.use(noqa)

    def unused(self, could_run: Callable[[str], bool]) -> Iterator[Finding]:
        """MOS002 for each of our codes that silenced nothing.

        Args:
            could_run: whether a code, or some code with that prefix, was on and could run.
        """
        # flake8 obeys it in a string too, but there it may be an example
        comments = [comment.span for comment in self._comments() if not comment.is_string]
        return unused(self._source.text, inside(self.uses(), comments), could_run, "#")

    def ambiguous(self) -> Iterator[Finding]:
        """MOS003 for each noqa that flake8 and ruff read differently, or that says too little."""
        if not _MENTIONED.search(self._source.text):
            return
        for comment in self._comments():
            if comment.is_string:
                yield from self._in_sql(comment)
                continue
            for match in _INTENDED.finditer(comment.text):
                reason = _ambiguity(comment.text, match)
                if reason is not None:
                    start = comment.offset + match.start()
                    yield Finding("MOS003", reason, Span(start, comment.offset + match.end()))

    def _in_sql(self, comment: _Comment) -> Iterator[Finding]:
        span = _noqa_in(comment.text)
        if span is not None and _SQL_START.match(comment.opening):
            message = (
                "a noqa inside an SQL string is part of the query: "
                'write "# noqa: CODE" behind the closing quotes'
            )
            start = comment.offset + span.start
            yield Finding("MOS003", message, Span(start, comment.offset + span.end))

    def _comments(self) -> Iterator[_Comment]:
        """The comments, and the strings that aren't statements of their own, as docstrings are."""
        opening = ""
        at_start = True
        for offset, text, kind in self._pieces():
            if kind == "COMMENT":
                yield _Comment(offset, text)
            elif kind == "STRING":
                opening = opening or text
                if not at_start:
                    yield _Comment(offset, text, opening)
            elif kind != "NL":
                opening = ""
                at_start = kind in ("NEWLINE", "INDENT", "DEDENT", "ENCODING")

    def _pieces(self) -> Iterator[Tuple[int, str, str]]:
        """The tokens as offset, text and kind; a formatted string is one ``STRING``."""
        starts: List[int] = []
        for token in self._tokens or ():
            kind = tokenize.tok_name[token.type]
            offset = self._source.offset(token.start[0], token.start[1] + 1)
            end = self._source.offset(token.end[0], token.end[1] + 1)
            if kind in ("FSTRING_START", "TSTRING_START"):
                starts.append(offset)
            elif kind in ("FSTRING_END", "TSTRING_END") and starts:
                offset, kind = starts.pop(), "STRING"
            if not starts:
                yield offset, self._source.text[offset:end], kind


def _noqa_in(sql: str) -> Optional[Span]:
    """The first noqa in a string that names one of our codes behind it on its line."""
    match = _IN_SQL.search(sql)
    while match is not None:
        ours_behind = _OURS_BEHIND.match(sql, match.end())
        if ours_behind is not None:
            return Span(match.start(), ours_behind.end())
        end = sql.find("\n", match.end())
        match = _IN_SQL.search(sql, end) if end >= 0 else None
    return None


def _with_carriage_returns(text: str, offset: int) -> int:
    """Translate an offset into the text with Unix line ends into one of the text as it is."""
    for match in re.finditer("\r\n", text):
        if match.start() >= offset:
            break
        offset += 1
    return offset


def _ambiguity(comment: str, match: re.Match[str]) -> Optional[str]:
    """Why a noqa for one of our codes isn't read as it looks; ``None`` where it is."""
    codes = [code.upper() for code in split(match.group("codes"))]
    if not ours(codes):
        return None
    listed = ", ".join(codes)
    written = match.group()
    advice = f'write "# noqa: {listed}"'
    if re.match(r"\#\s*flake8", written, re.IGNORECASE):
        return f"this silences the whole file for flake8, not only {listed}: {advice} on the line"
    read = NOQA_INLINE_REGEXP.match(comment, match.start())
    if read is None:
        return f"flake8 doesn't read {written!r}: {advice}"
    if read.group("codes") is None:
        complete = advice if all(re.search(r"\d", code) for code in codes) else "write full codes"
        return f"flake8 reads {written!r} as a noqa for everything: {complete}"
    if any(code != code.upper() for code in split(read.group("codes"))):
        return f"flake8 matches codes in capitals only: {advice}"
    return None

"""``# noqa`` as flake8 reads it, what it silenced, and where flake8 and ruff disagree.

flake8 looks for the first ``# noqa`` on the lines that a multi-line string or a backslash joins,
wherever in them it stands; the pattern is flake8's own.
"""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Callable, Dict, Iterator, List, Optional, Tuple

from flake8.defaults import NOQA_FILE, NOQA_INLINE_REGEXP

from mosaic_lint.model import Edit, Finding, Fix, Safety, Span, SuppressionUse
from mosaic_lint.source import Source

_SEPARATOR = re.compile(r"[,\s]")
_CODE = re.compile(r"[A-Za-z]+[0-9]+")
# Anything that somebody may have meant as a noqa for one of our codes.
_INTENDED = re.compile(
    r"\#\s*(?:flake8\s*[:=]\s*)?noqa[\s:=(\[-]*"
    r"(?P<codes>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]+)*)",
    re.IGNORECASE,
)
_MENTIONED = re.compile(r"noqa[^\n]*\bmos", re.IGNORECASE)
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
_IN_SQL = re.compile(r"(?:\#|--)\s*noqa\b[^\n]*\bMOS\d*\b", re.IGNORECASE)


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

    def holds(self, span: Span) -> bool:
        """Whether a span begins in it."""
        return self.offset <= span.start < self.offset + len(self.text)


@dataclass(frozen=True)
class _Noqa:
    """A noqa as flake8 reads it: its place, its codes, and the lines that it speaks for."""

    span: Span
    codes: Tuple[str, ...]
    lines: Tuple[int, int]


class Suppressions:
    """The suppressions of one file.

    Args:
        source: the file.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._silenced: Dict[Span, List[str]] = {}

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

    def _noqa(self, line: int) -> Optional[_Noqa]:
        """The noqa that flake8 sees for a line: the first one in the lines that it joins."""
        first, last = self._ranges.get(line, (line, line))
        start = self._source.offset(first, 1)
        end = self._source.offset(last, 1) + len(self._source.line_text(last))
        text = self._source.text[start:end]
        match = NOQA_INLINE_REGEXP.search(text.replace("\r\n", "\n"))
        if match is None:
            return None
        low, high = (start + _with_carriage_returns(text, at) for at in match.span())
        return _Noqa(Span(low, high), _split(match.group("codes")), (first, last))

    def silences(self, finding: Finding) -> bool:
        """Whether flake8 would drop the finding, and remember it."""
        if not self._mentions_noqa:
            return False
        noqa = self._noqa(self._source.position(finding.span.start).line)
        if noqa is None or (noqa.codes and not finding.code.startswith(noqa.codes)):
            return False
        if finding.code == "MOS003" and "MOS003" not in noqa.codes:
            return False  # a doubtful suppression doesn't hide that it is doubtful
        self._silenced.setdefault(noqa.span, []).append(finding.code)
        return True

    def uses(self) -> Iterator[SuppressionUse]:
        """Every effective inline suppression of the file, and what it has silenced so far."""
        if not self._mentions_noqa or self._tokens is None:
            return
        seen = set()
        for line in sorted({first for first, _ in self._ranges.values()}):
            noqa = self._noqa(line)
            if noqa is not None and noqa.span not in seen:
                seen.add(noqa.span)
                silenced = tuple(self._silenced.get(noqa.span, ()))
                yield SuppressionUse(noqa.span, noqa.codes, silenced, noqa.lines)

    def unused(self, could_run: Callable[[str], bool]) -> Iterator[Finding]:
        """MOS002 for each of our codes that silenced nothing.

        Args:
            could_run: whether a code, or some code with that prefix, was on and could run.
        """
        comments = [comment for comment in self._comments() if not comment.is_string]
        starts = [comment.offset for comment in comments]
        for use in self.uses():
            index = bisect_right(starts, use.span.start) - 1
            if index < 0 or not comments[index].holds(use.span):
                continue  # flake8 obeys it in a string too, but there it may be an example
            text = self._source.text[use.span.start : use.span.end]
            for match in _CODE.finditer(text, text.find(":") + 1):
                code = match.group()
                wasted = not any(silenced.startswith(code) for silenced in use.silenced)
                if code.startswith("MOS") and wasted and could_run(code):
                    span = Span(use.span.start + match.start(), use.span.start + match.end())
                    message = f"{code} has no finding here: remove it from the noqa"
                    yield Finding("MOS002", message, span, partial(self._drop, use, code))

    def _drop(self, use: SuppressionUse, code: str) -> Fix:
        """The fix that takes a code out of a noqa, and the whole comment with the last one."""
        kept = [other for other in use.codes if other != code]
        text = self._source.text
        start, end = use.span.start, use.span.end
        if kept:
            written = text[start:end]
            head = written[: written.find(":") + 1]
            gap = " " if written[len(head) : len(head) + 1] == " " else ""
            tail = written[len(written.rstrip(", \t")) :].replace(",", "")
            edit = Edit(use.span, f"{head}{gap}{', '.join(kept)}{tail}")
        else:
            while end < len(text) and text[end] not in "\r\n":
                if text[end] == "#":
                    break
                end += 1
            if end == len(text) or text[end] in "\r\n":
                start = len(text[:start].rstrip(" \t"))
            edit = Edit(Span(start, end), "")
        return Fix(Safety.SAFE, f"Remove {code} from the noqa", (edit,))

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
        match = _IN_SQL.search(comment.text)
        if match is not None and _SQL_START.match(comment.opening):
            message = (
                "a noqa inside an SQL string is part of the query: "
                'write "# noqa: CODE" behind the closing quotes'
            )
            start = comment.offset + match.start()
            yield Finding("MOS003", message, Span(start, comment.offset + match.end()))

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


def _with_carriage_returns(text: str, offset: int) -> int:
    """Translate an offset into the text with Unix line ends into one of the text as it is."""
    for match in re.finditer("\r\n", text):
        if match.start() >= offset:
            break
        offset += 1
    return offset


def _split(codes: Optional[str]) -> Tuple[str, ...]:
    return tuple(code for code in _SEPARATOR.split(codes or "") if code)


def _ambiguity(comment: str, match: re.Match[str]) -> Optional[str]:
    """Why a noqa for one of our codes isn't read as it looks; ``None`` where it is."""
    codes = [code.upper() for code in _split(match.group("codes"))]
    ours = [code for code in codes if re.fullmatch(r"MOS\d*", code)]
    if not ours:
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
    if any(code != code.upper() for code in _split(read.group("codes"))):
        return f"flake8 matches codes in capitals only: {advice}"
    return None

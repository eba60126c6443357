"""Where a header goes in a file that has none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Optional, Pattern, Sequence

from mosaic_lint.change import Change, Declined
from mosaic_lint.header_comments import leading_comments
from mosaic_lint.header_docstring import code_start
from mosaic_lint.header_text import skip
from mosaic_lint.model import Span
from mosaic_lint.source import Language

_SPACE = re.compile(r"\s+")
_HASH = re.compile(r"#[^\r\n]*")
_DEFINITION = re.compile(r"(?:class|def|async)\b|@")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_CHANGELOG = re.compile(r"--\s*liquibase\s+formatted\b", re.IGNORECASE)
_CODING = re.compile(r"#.*?coding[:=]")
# What speaks of the file, whatever stands below: rights, and orders to tools.
_OF_THE_FILE = re.compile(
    r"copyright|licen[sc]e|SPDX|\(c\)|\u00a9|all rights reserved|^#\W*(?:jupyter|jupytext):"
    r"|^\W*(?:-\*-|vim?:|///|(?:type|mypy|pylint|pyright|pyre|flake8|ruff|isort|fmt|noqa|shellcheck"
    r"|sqlfluff)\b)",
    re.IGNORECASE | re.MULTILINE,
)
# A noqa on the first line that speaks of the file as such.
_NOQA = re.compile(r"noqa\b[^\r\n]*\bMOS(?:6|7|8)", re.IGNORECASE)


@dataclass(frozen=True)
class TopOfFile:
    """The comments before a file's first statement, and where a header goes among them.

    Args:
        text: the file's text.
        comments: the comments.
        code: where the first statement begins.
        fixed: how many of the comments have to stay where they are.
        is_python: whether two empty lines stand above a definition.
    """

    text: str
    comments: Sequence[Span]
    code: int
    fixed: int
    is_python: bool = False

    @classmethod
    def of_python(cls, text: str) -> TopOfFile:
        """That of a Python module.

        Args:
            text: its text.
        """
        code = code_start(text)
        comments = [Span(*match.span()) for match in _HASH.finditer(text, 0, code)]
        return cls(text, comments, code, _fixed(text, comments, _CODING), True)

    @classmethod
    def of_script(cls, text: str, language: Language) -> TopOfFile:
        """That of a script in SQL or shell.

        Args:
            text: its text.
            language: what it is written in.
        """
        comments = leading_comments(text, language)
        if text.startswith("#!") and language is Language.SHELL:
            comments.insert(0, Span(0, _first_line_end(text)))
        end = comments[-1].end if comments else 0
        return cls(text, comments, skip(text, end, _SPACE), _fixed(text, comments, None))

    def insert(self, header: str, separator: str = "") -> Change:
        """Put a header there.

        Args:
            header: its lines; the last one without a line end.
            separator: a line between the header and a comment right above it.

        Raises:
            Declined: it would move what has to stay on the first line.
        """
        place = self.place
        if place == 0 and self._first_line_speaks_of_the_file:
            raise Declined("a noqa on the first line speaks of the whole file")
        above = [comment for comment in self.comments[self.fixed :] if comment.end <= place]
        is_close = bool(above) and self._is_close(above[-1], place)
        lead = separator if is_close else ""
        gap = "\n\n\n" if self.is_python and _DEFINITION.match(self.text, self.code) else "\n\n"
        return Change(Span(place, place), f"{lead}{header}{gap}")

    @property
    def place(self) -> int:
        """The beginning of the line above which it goes."""
        attached = self._attached
        if not attached or self._speaks_of_the_file(attached) or self._names_scripts(attached):
            return self._line_start(self.code)
        return self._line_start(attached[0].start)

    @property
    def described(self) -> List[Span]:
        """The comments that may describe the file: the first ones that speak of nothing else."""
        for block in self._blocks(self.comments[self.fixed :]):
            if not self._speaks_of_the_file(block):
                return block
        return []

    @property
    def _attached(self) -> List[Span]:
        """The comments right above the first statement, which speak of it."""
        blocks = self._blocks(self.comments[self.fixed :])
        return blocks[-1] if blocks and not self._has_gap(blocks[-1][-1].end, self.code) else []

    def _blocks(self, comments: Sequence[Span]) -> List[List[Span]]:
        """Comments in groups that empty lines separate."""
        blocks: List[List[Span]] = []
        for comment in comments:
            if blocks and not self._has_gap(blocks[-1][-1].end, comment.start):
                blocks[-1].append(comment)
            else:
                blocks.append([comment])
        return blocks

    def _is_close(self, comment: Span, place: int) -> bool:
        """Whether the words of a comment stand right above a place."""
        said = self.text[comment.start : comment.end]
        return not self._has_gap(comment.end, place) and re.search(r"\w", said) is not None

    def _speaks_of_the_file(self, comments: Sequence[Span]) -> bool:
        said = "\n".join(self.text[start:end] for start, end in comments)
        return _OF_THE_FILE.search(said) is not None

    def _names_scripts(self, comments: Sequence[Span]) -> bool:
        """Whether comments name what a header right above would seem to name as the way back."""
        said = "\n".join(self.text[start:end] for start, end in comments)
        return not self.is_python and ".sql" in said.lower()

    def _has_gap(self, start: int, end: int) -> bool:
        return len(_LINE_ENDS.findall(self.text, start, end)) > 1

    def _line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    @property
    def _first_line_speaks_of_the_file(self) -> bool:
        return _NOQA.search(self.text, 0, _first_line_end(self.text)) is not None


def _first_line_end(text: str) -> int:
    match = _LINE_ENDS.search(text)
    return len(text) if match is None else match.start()


def _fixed(text: str, comments: Sequence[Span], coding: Optional[Pattern[str]]) -> int:
    """How many of the first comments only have a meaning on their line."""
    count = 0
    for number, comment in enumerate(comments[:2]):
        line = text.count("\n", 0, comment.start)
        said = text[comment.start : comment.end]
        is_command = comment.start == 0 and said.startswith("#!")
        is_coding = coding is not None and line < 2 and coding.match(said) is not None
        is_changelog = comment.start == 0 and _CHANGELOG.match(said) is not None
        is_noqa = line == 0 and _NOQA.search(said) is not None
        if is_command or is_coding or is_changelog or is_noqa:
            count = number + 1
    return count

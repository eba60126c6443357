r"""One file's text and language, and the only translation between offsets and lines.

Offsets count Unicode characters of the decoded text without a byte order mark. Lines end where
Python's tokenizer ends them: at ``\n``, ``\r\n`` and a lone ``\r``. (``str.splitlines`` also
splits at form feeds and U+2028, which Python doesn't.)
"""

from __future__ import annotations

import codecs
import io
import os
import re
import tokenize
from array import array
from bisect import bisect_right
from enum import Enum
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, Optional, Sequence

if TYPE_CHECKING:
    import ast

_LINE_END = re.compile(r"\r\n|\r|\n")


class Language(Enum):
    """What a file is written in."""

    PYTHON = "python"
    SQL = "sql"
    SHELL = "shell"
    MARKDOWN = "markdown"
    OTHER = "other"
    """Configuration, workflows...: only rules over the whole project speak of it."""


SHELL_SUFFIXES = (".sh", ".bash", ".zsh", ".ksh", ".dash")
_LANGUAGES = {
    **dict.fromkeys(SHELL_SUFFIXES, Language.SHELL),
    ".sql": Language.SQL,
    ".md": Language.MARKDOWN,
    ".markdown": Language.MARKDOWN,
}


def language_of(path: str) -> Language:
    """The language that a file's name tells; Python where it tells none.

    Args:
        path: the file's path or name.
    """
    return _LANGUAGES.get(os.path.splitext(path)[1].lower(), Language.PYTHON)


FIRST_LINE = 200
"""As many bytes of a file tell whether a shell runs it."""

_SHELL = re.compile(rb"#!\s*\S*?(?:/env\s+(?:-\S+\s+)*)?(?:[^\s/]*/)*(?:ba|z|k|da|a)?sh(?:\s|\Z)")


def language_of_data(path: str, data: bytes) -> Language:
    """The language of a file: as its name tells, or the ``#!`` of one whose name tells nothing.

    Args:
        path: the file's path or name.
        data: its bytes.
    """
    if not os.path.splitext(path)[1] and _SHELL.match(data[:FIRST_LINE]):
        return Language.SHELL
    return language_of(path)


class Position(NamedTuple):
    """A place as people count: line and column from 1, the column in Unicode characters."""

    line: int
    column: int


class Unreadable(Exception):
    """A file whose bytes are no text.

    Args:
        reason: what is wrong, without the file's name.
        text: the bytes as Latin-1, so that the place can be shown.
        offset: character offset of the first wrong byte in that text.
    """

    def __init__(self, reason: str, text: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.offset = offset


class Source:
    """The text of one file.

    Args:
        path: the path to show, as the face names it.
        text: the decoded text, without a byte order mark.
        tree: the file's ``ast``, where the host has parsed it already.
        encoding: how the bytes were decoded.
        has_bom: whether the bytes start with a byte order mark.
        language: what it is written in, where the path doesn't tell. A host that has parsed it
            as Python is believed.
    """

    def __init__(
        self,
        path: str,
        text: str,
        *,
        tree: Optional[ast.Module] = None,
        encoding: str = "utf-8",
        has_bom: bool = False,
        language: Optional[Language] = None,
    ) -> None:
        self.path = path
        self.text = text
        self.tree = tree
        self.encoding = encoding
        self.has_bom = has_bom
        self.language = language or (Language.PYTHON if tree is not None else language_of(path))

    @classmethod
    def from_bytes(cls, path: str, data: bytes) -> Source:
        """Decode a file: Python as Python does, by its coding comment; anything else is UTF-8.

        Raises:
            Unreadable: the bytes don't fit the declared encoding, or nobody knows it.
        """
        language = language_of_data(path, data)
        encoding = _declared_encoding(language, data)
        try:
            text = data.decode(encoding)
            if not encoding.startswith("utf-8"):
                text.encode("utf-8")  # some codecs give lone surrogates, which no parser takes
        except UnicodeDecodeError as error:
            reason = f"not {encoding}: {error.reason}"
            raise Unreadable(reason, data.decode("latin-1"), error.start) from error
        except (LookupError, UnicodeError) as error:
            raise Unreadable(f"not {encoding}: {error}", data.decode("latin-1"), 0) from error
        has_bom = encoding == "utf-8-sig"
        if has_bom:
            encoding = "utf-8"
        return cls(path, text, encoding=encoding, has_bom=has_bom, language=language)

    def with_text(self, text: str) -> Source:
        """The same file with another text."""
        return Source(
            self.path, text, encoding=self.encoding, has_bom=self.has_bom, language=self.language
        )

    def to_bytes(self) -> bytes:
        """The file's bytes.

        Raises:
            UnicodeEncodeError: its encoding can't hold the text.
        """
        data = self.text.encode(self.encoding)
        return codecs.BOM_UTF8 + data if self.has_bom else data

    @cached_property
    def line_starts(self) -> Sequence[int]:
        """The offset of each line's first character; one line at least."""
        # A list would need as much memory for the lines of a dump as its text does.
        return array("q", chain((0,), (match.end() for match in _LINE_END.finditer(self.text))))

    def position(self, offset: int) -> Position:
        """Translate an offset into a line and a column, both from 1."""
        line = bisect_right(self.line_starts, offset)
        return Position(line, offset - self.line_starts[line - 1] + 1)

    def offset(self, line: int, column: int) -> int:
        """Translate a line and a column, both from 1 and in characters, into an offset."""
        if line > len(self.line_starts):
            return len(self.text)
        return min(self.line_starts[line - 1] + column - 1, len(self.text))

    def line_end_at(self, offset: int) -> str:
        """How the line around an offset ends; on the last one as the line before does."""
        line = self.position(offset).line
        for number in (line, line - 1):
            if 0 < number < len(self.line_starts):
                start = self.line_starts[number - 1]
                return self.text[start + len(self.line_text(number)) : self.line_starts[number]]
        return "\n"

    def line_text(self, line: int) -> str:
        """The text of a line (from 1) without its line end."""
        if line > len(self.line_starts):
            return ""
        start = self.line_starts[line - 1]
        end = self.line_starts[line] if line < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")


def _declared_encoding(language: Language, data: bytes) -> str:
    if language is not Language.PYTHON:
        # What looks like a coding comment may be a heading in Markdown.
        return "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError as error:
        raise Unreadable(str(error), data.decode("latin-1"), _first_bad_byte(data)) from error


def _first_bad_byte(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0

r"""The Python and SQL in a Markdown file's fenced blocks, and where each character of it stands.

markdown-it-py decides what a fence is: in lists and block quotes, unclosed, within HTML. It gives
each block without the prefixes of its lines (``> ``, the indent), but without saying where they
end. Each line of a block is the end of a line of the file, though, and so its place is found.

The parser is imported only for a text that seems to have such a fence (40 to 60 ms).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LANGUAGES: Dict[str, str] = {
    **dict.fromkeys(["python", "py", "python3"], "python"),
    **dict.fromkeys(["sql", "postgresql", "postgres", "pgsql", "psql"], "sql"),
}
# ``python title="a.py"``, ``python,ignore``, ``python{1,3}``, ``python:a.py``; not ``python-repl``.
_FIRST_WORD = re.compile(r"\s*([\w-]+)(?=[\s,:{]|\Z)")
_MAY_HAVE_FENCE = re.compile(rf"(?:```|~~~)\s*(?:{'|'.join(_LANGUAGES)})", re.IGNORECASE)

_MARKER = r"mosaic-lint[ \t]*:[ \t]*skip(?!\w|-\w)"
_SKIP = {
    "python": re.compile(rf"#[ \t]*{_MARKER}", re.IGNORECASE),
    "sql": re.compile(rf"--[ \t]*{_MARKER}", re.IGNORECASE),
}
_HTML_SKIP = re.compile(rf"<!--\s*{_MARKER}", re.IGNORECASE)
_TAB = 4  # columns, in Markdown
_LINE_END = re.compile(r"\r\n|\r|\n")


class Line(NamedTuple):
    """Where a line of a block stands in the file.

    Args:
        start: character offset of the line in the block's text.
        source: character offset in the file of the line's first character that is really there.
        padding: how many spaces before it stand for a part of a tab, which a prefix cuts.
    """

    start: int
    source: int
    padding: int


@dataclass(frozen=True)
class Block:
    r"""A fenced block.

    Args:
        language: ``python`` or ``sql``.
        text: the lines between the fences, each with ``\n``, without the prefix of a list or a
            block quote; otherwise character by character what the file has.
        to_source: the place of each line, also of the empty one behind the last ``\n``.
    """

    language: str
    text: str
    to_source: Tuple[Line, ...]

    def offset(self, index: int) -> int:
        r"""Translate a place in the block into a place in the file.

        Args:
            index: character offset into :attr:`text`, up to and including its length; beyond, the
                nearest of these counts.

        Returns:
            Character offset into the Markdown text: of the same character, of the line's end for
            a ``\n`` (of the ``\r`` for ``\r\n``), of the tab for a space that is a part of one.
        """
        index = min(max(index, 0), len(self.text))
        line = self.to_source[bisect_left(self.to_source, Line(index + 1, -1, 0)) - 1]
        column = index - line.start - line.padding
        return line.source + (column if column >= 0 else -1)


def blocks(text: str) -> Iterator[Block]:
    """Find the fenced Python and SQL blocks of a Markdown text, in order.

    Skipped is a block with a comment ``mosaic-lint: skip`` in it (after ``#`` or ``--``, found
    without parsing, since a bad example may be no Python), and one directly behind an HTML block
    (in its own list item or quote) that has ``<!-- mosaic-lint: skip -->``. More may follow
    ``skip`` in either, say, the reason. Never raises on any text.

    Args:
        text: the decoded text, without a byte order mark.

    Raises:
        ImportError: the text seems to have such blocks, and the extra ``markdown`` is missing.
    """
    if _MAY_HAVE_FENCE.search(text) is None:
        return
    tokens = _parser().parse(text)
    lines = _line_spans(text)
    for before, token in zip([None, *tokens], tokens):
        language = _language(token)
        if language is None or (before is not None and _says_skip(before)):
            continue
        block = _block(language, token, text, lines)
        if block is not None and not _SKIP[language].search(block.text):
            yield block


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # What stands in paragraphs is of no interest, and takes most of the time.
    return MarkdownIt("commonmark").disable(["inline", "text_join"])


def _language(token: Token) -> Optional[str]:
    word = _FIRST_WORD.match(token.info) if token.type == "fence" else None
    return None if word is None else _LANGUAGES.get(word.group(1).lower())


def _says_skip(token: Token) -> bool:
    return token.type == "html_block" and _HTML_SKIP.search(token.content) is not None


def _line_spans(text: str) -> List[Tuple[int, int]]:
    """Start and end of each line, without its line end, as the parser numbers lines."""
    ends = list(_LINE_END.finditer(text))
    starts = [0, *(match.end() for match in ends)]
    return list(zip(starts, [*(match.start() for match in ends), len(text)]))


def _block(
    language: str, token: Token, text: str, lines: Sequence[Tuple[int, int]]
) -> Optional[Block]:
    number = token.map[0] + 1 if token.map else len(lines)
    pieces: List[str] = []
    places: List[Line] = []
    length = 0
    *contents, rest = token.content.split("\n")
    for content in [*contents, rest] if rest else contents:
        place = _place(content, text, lines[number], length) if number < len(lines) else None
        if place is None:
            return None  # rather silent than at a wrong place
        # The parser replaces NUL: what the file has, comes from the file.
        pieces.append(" " * place.padding + text[place.source : lines[number][1]])
        places.append(place)
        length += len(content) + 1
        number += 1
    if not rest:
        pieces.append("")
        places.append(Line(length, lines[number][0] if number < len(lines) else len(text), 0))
    return Block(language, "\n".join(pieces), tuple(places))


def _place(content: str, text: str, line: Tuple[int, int], start: int) -> Optional[Line]:
    """Find what the parser left of a line: its end, perhaps behind the rest of a tab."""
    whole = text[slice(*line)].replace("\0", "\ufffd")
    if whole.endswith(content):
        return Line(start, line[1] - len(content), 0)
    for padding in range(1, _TAB):
        kept = content[padding:]
        if content[:padding].isspace() and whole.endswith("\t" + kept):
            return Line(start, line[1] - len(kept), padding)
    return None

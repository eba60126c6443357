"""YAML as lines: where it holds code of a shell."""

from __future__ import annotations

import re
from typing import Dict, Iterator, List, Tuple

from mosaic_lint.lifecycle.code import LISTS_WORDS, LITERAL, RUNS, TELLS, Code, Piece
from mosaic_lint.lifecycle.shell import Word

_YAML_LINE = re.compile(
    r"""(?x) (?P<indent>[ ]*) (?P<dashes>(?:-[ ]+)*)
        (?: (?P<quote>["']?) (?P<key>[\w.$/@ -]+?) (?P=quote) [ ]*: (?=\s|$) )?
        [ \t]* (?P<value>.*)"""
)
_BLOCK = re.compile(r"[|>][+-]?\d?[+-]?[ \t]*(?:#.*)?")
_PREFIX = re.compile(r"(?:[&!]\S+[ \t]+)+")
_FOLDER = re.compile(r"(?i)working[-_]?dir(?:ectory)?|workdir|chdir|cwd|dir")
_COMMENT = re.compile(r"[ \t]+#.*")


_Mapping = Tuple[int, int]


class _Yaml:
    """YAML by its lines: each value has the key above it, by indentation.

    Args:
        text: the file's text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._keys: List[Tuple[int, str, int]] = []
        self._items: List[Word] = []
        self._number = 0
        self._entries: Dict[int, int] = {}
        self._mapping: _Mapping = (0, 0)
        self._folders: Dict[_Mapping, Word] = {}

    def pieces(self) -> Iterator[Piece]:
        """The code in it, with the folder that its mapping names before or behind it."""
        found = [(self._mapping, piece) for piece in self._pieces()]
        for mapping, piece in found:
            if isinstance(piece, Code) and mapping in self._folders:
                piece = piece._replace(folder=self._folders[mapping])
            yield piece

    def _pieces(self) -> Iterator[Piece]:
        lines = list(re.finditer(r"[^\r\n]*(?:\r\n?|\n|\Z)", self._text))
        number = 0
        while number < len(lines):
            start = lines[number].start()
            shown = lines[number].group().rstrip("\r\n")
            number += 1
            match = _YAML_LINE.match(shown)
            if not shown.strip() or shown.lstrip().startswith("#") or match is None:
                continue
            yield from self._enter(match)
            indent = len(match["indent"]) + (len(match["dashes"]) if match["key"] else 0)
            value = _PREFIX.sub("", match["value"], count=1)
            low = start + match.end() - len(value)
            if _BLOCK.fullmatch(value):
                number, end = self._block(lines, number, indent)
                if self._is_run() or self._key().endswith(".sh"):
                    yield Code(start + len(shown), end)
            else:
                yield from self._inline(low, value, bool(match["dashes"]) and not match["key"])
        yield from self._flush()

    def _enter(self, match: re.Match[str]) -> Iterator[Piece]:
        indent, dashes, key = len(match["indent"]), len(match["dashes"]), match["key"]
        if key:
            yield from self._flush()
            column = indent + dashes
            while self._keys and self._keys[-1][0] >= column:
                self._keys.pop()
            self._number += 1
            if dashes:
                self._entries[column] = self._number
            self._mapping = (self._keys[-1][2] if self._keys else 0, self._entries.get(column, 0))
            self._keys.append((column, key, self._number))
            return
        while self._keys and self._keys[-1][0] > indent:
            yield from self._flush()
            self._keys.pop()

    def _block(self, lines: List[re.Match[str]], number: int, indent: int) -> Tuple[int, int]:
        """Where a block scalar ends: the number of the next line, and the offset."""
        end = lines[number].start() if number < len(lines) else len(self._text)
        while number < len(lines):
            shown = lines[number].group()
            if shown.strip() and len(shown) - len(shown.lstrip(" ")) <= indent:
                break
            end = lines[number].end()
            number += 1
        return number, end

    def _inline(self, start: int, value: str, is_item: bool) -> Iterator[Piece]:
        literal = LITERAL.match(value)
        if value.startswith("["):
            close = self._text.find("]", start)
            end = close if close >= 0 else start + len(value)
            yield from _flow(self._text, start, end, self._key(), self._is_run())
            return
        if literal:
            word = Word(literal.group()[1:-1], start + 1, start + literal.end() - 1)
        else:
            plain = _COMMENT.sub("", value)
            word = Word(plain, start, start + len(plain))
        if _FOLDER.fullmatch(self._key()):
            self._folders[self._mapping] = word
        elif is_item and self._is_run() and LISTS_WORDS.fullmatch(self._key()):
            self._items.append(word)
        elif self._key() not in TELLS:
            yield Code(word.start, word.end, self._is_run())

    def _flush(self) -> Iterator[Piece]:
        """A list under a key that takes the words of one command."""
        items, self._items = self._items, []
        if items and re.search(r"\s", items[0].text):
            yield from (Code(item.start, item.end) for item in items)
        elif items:
            yield items

    def _key(self) -> str:
        return self._keys[-1][1] if self._keys else ""

    def _is_run(self) -> bool:
        return RUNS.fullmatch(self._key()) is not None


def _flow(text: str, start: int, end: int, key: str, sure: bool) -> Iterator[Piece]:
    """A list in brackets, its strings quoted or not."""
    words = []
    for match in re.finditer(r"\"[^\"]*\"|'[^']*'|[^\[\],\s\"'][^\[\],\r\n]*", text[start:end]):
        shown = match.group()
        quotes = shown[0] in "\"'"
        low, high = start + match.start() + quotes, start + match.end() - quotes
        words.append(Word(text[low:high].rstrip(), low, high))
    if sure and LISTS_WORDS.fullmatch(key):
        yield words
    else:
        yield from (Code(word.start, word.end, sure) for word in words)


def code_in_yaml(text: str) -> Iterator[Piece]:
    """The code of a shell in a YAML file.

    Args:
        text: its text.
    """
    return _Yaml(text).pieces()

"""Shell code as commands: their words, each with its place.

No more of the language is read than is needed to tell a program from its arguments. Nothing
recurses: what stands in a substitution is a region of its own, read later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Dict, Iterator, List, NamedTuple, Tuple

_MAX_DEPTH = 8
_PLAIN = re.compile(r"[^ \t\r\n;&|()<>\"'\\`$#]+")
_HEREDOC = re.compile(r"<<-?[ \t]*(\\?)(['\"]?)([\w.-]+)\2")


class Word(NamedTuple):
    """A word of a command.

    Args:
        text: without quotes and escapes; variables and substitutions stand as they were written.
        start: the offset of its first character in the file, quote included.
        end: the offset behind its last one.
        is_input: whether it is the file that the command reads as its standard input.
    """

    text: str
    start: int
    end: int
    is_input: bool = False


@dataclass
class Command:
    """A simple command.

    Args:
        words: its words, without the targets of redirections but the input's.
        shells: the numbers of the subshells that it is in, the outermost first.
        bodies: the here-documents that it reads, as ranges of the file.
    """

    words: List[Word] = field(default_factory=list)
    shells: Tuple[int, ...] = ()
    bodies: List[Tuple[int, int]] = field(default_factory=list)


class Shell:
    """Reads a range of a file as shell code.

    Args:
        text: the file's text.
        start: where the code begins.
        end: where it ends.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._place = start
        self._end = end
        self._shells: List[int] = []
        self._opened = 0
        self._command = Command()
        self._parts: List[str] = []
        self._start = -1
        self._redirect = ""
        self._heredocs: List[Tuple[str, Command]] = []
        self.inner: List[Tuple[int, int]] = []

    def commands(self) -> Iterator[Command]:
        """The commands in order; ``inner`` then holds the ranges of substitutions."""
        while self._place < self._end:
            sign = self._text[self._place]
            if sign in "\r\n;&|()":
                yield from self._separator(sign)
            elif sign in " \t":
                self._end_word()
                self._place += 1
            elif sign in "<>":
                self._redirection(sign)
            elif sign == "#" and self._start < 0:
                self._place = self._line_end(self._place)
            else:
                self._piece(sign)
        yield from self._end_command()

    def _separator(self, sign: str) -> Iterator[Command]:
        if sign == "&" and self._text[self._place + 1 : self._place + 2] == ">":
            self._end_word()
            self._place += 1
            return
        self._end_word()
        if sign == "&" and self._redirect:
            self._place += 1  # 2>&1
            return
        yield from self._end_command()
        if sign == "(":
            self._opened += 1
            self._shells.append(self._opened)
        elif sign == ")" and self._shells:
            self._shells.pop()
        self._place += 1
        if sign in "\r\n" and self._heredocs:
            self._skip_heredocs()

    def _end_command(self) -> Iterator[Command]:
        self._end_word()
        self._redirect = ""
        if self._command.words:
            self._command.shells = tuple(self._shells[:_MAX_DEPTH])
            yield self._command
        self._command = Command()

    def _end_word(self) -> None:
        if self._start < 0:
            return
        word = Word("".join(self._parts), self._start, self._place, self._redirect == "<")
        if self._redirect in ("", "<"):
            self._command.words.append(word)
        self._redirect, self._start = "", -1
        self._parts.clear()

    def _redirection(self, sign: str) -> None:
        heredoc = _HEREDOC.match(self._text, self._place, self._end)
        if heredoc and not self._text.startswith("<<<", self._place):
            self._end_word()
            self._heredocs.append((heredoc.group(3), self._command))
            self._place = heredoc.end()
            return
        if "".join(self._parts).isdigit():
            self._parts.clear()
            self._start = -1
        self._end_word()
        end = self._place
        while end < self._end and self._text[end] in "<>":
            end += 1
        self._redirect = self._text[self._place : end]
        self._place = end

    def _skip_heredocs(self) -> None:
        for mark, command in self._heredocs:
            start = place = self._place
            while place < self._end:
                end = self._line_end(place)
                if self._text[place:end].strip() == mark:
                    break
                place = end + 1
            command.bodies.append((start, min(place, self._end)))
            self._place = min(self._line_end(place) + 1, self._end)
        self._heredocs.clear()

    def _line_end(self, place: int) -> int:
        found = self._text.find("\n", place, self._end)
        return self._end if found < 0 else found

    def _piece(self, sign: str) -> None:
        """Take what belongs to a word."""
        if sign == "\\":
            self._escape()
            return
        if self._start < 0:
            self._start = self._place
        if sign == "'":
            self._single()
        elif sign == '"':
            self._double()
        elif sign == "`" or self._text.startswith("$(", self._place):
            self._substitution()
        else:
            match = _PLAIN.match(self._text, self._place, self._end)
            end = match.end() if match else self._place + 1
            self._take(end)

    def _take(self, end: int) -> None:
        self._parts.append(self._text[self._place : end])
        self._place = end

    def _escape(self) -> None:
        following = self._text[self._place + 1 : self._place + 3]
        if following[:1] in ("\n", "\r"):
            self._end_word()
            self._place += 3 if following == "\r\n" else 2
            return
        if self._start < 0:
            self._start = self._place
        self._parts.append(following[:1])
        self._place = min(self._place + 2, self._end)

    def _single(self) -> None:
        end = self._text.find("'", self._place + 1, self._end)
        end = self._end if end < 0 else end
        self._parts.append(self._text[self._place + 1 : end])
        self._place = min(end + 1, self._end)

    def _double(self) -> None:
        self._place += 1
        while self._place < self._end:
            sign = self._text[self._place]
            if sign == '"':
                self._place += 1
                return
            if sign == "\\":
                self._parts.append(self._text[self._place + 1 : self._place + 2])
                self._place = min(self._place + 2, self._end)
            elif sign == "`" or self._text.startswith("$(", self._place):
                self._substitution()
            else:
                end = self._place + 1
                while end < self._end and self._text[end] not in '"\\`$':
                    end += 1
                self._take(end)

    def _substitution(self) -> None:
        start = self._place
        if self._text[start] == "`":
            end = self._text.find("`", start + 1, self._end)
            end = self._end if end < 0 else end
            self.inner.append((start + 1, end))
        else:
            end = _closing(self._text, start + 2, self._end)
            self.inner.append((start + 2, end))
        self._take(min(end + 1, self._end))


def _closing(text: str, place: int, limit: int) -> int:
    """The offset of the parenthesis that closes one; the limit where none does."""
    depth = 1
    while place < limit:
        sign = text[place]
        if sign == "\\":
            place += 1
        elif sign == "'":
            end = text.find("'", place + 1, limit)
            place = limit if end < 0 else end
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if not depth:
                return place
        place += 1
    return limit


def all_commands(text: str, start: int, end: int) -> Iterator[Tuple[int, Command]]:
    """The commands of a range and of the substitutions in it, each with its region's number.

    Args:
        text: the file's text.
        start: where the code begins.
        end: where it ends.
    """
    pending = [(start, end, 0)]
    number = 0
    while pending:
        low, high, depth = pending.pop()
        shell = Shell(text, low, high)
        # A command's here-documents are read behind its line, so that it must be complete first.
        for command in list(shell.commands()):
            yield number, command
        number += 1
        if depth < _MAX_DEPTH:
            pending.extend((*inner, depth + 1) for inner in reversed(shell.inner))


_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?[-?][^}]*)?\}|\((\w+)\)|(\w+))")
_MAX_VALUE = 500


def variables_in(text: str) -> Iterator[str]:
    """The names of the variables in a word; of those of make, too."""
    for match in _VARIABLE.finditer(text):
        yield str(match[match.lastindex or 0])


def expand(text: str, variables: Dict[str, str]) -> str:
    """A word with the variables that are known.

    Args:
        text: the word.
        variables: their values.
    """

    def value(match: re.Match[str]) -> str:
        return variables.get(str(match[match.lastindex or 0]), match.group())

    if "$" not in text or len(text) > _MAX_VALUE:
        return text
    return _VARIABLE.sub(value, text)[:_MAX_VALUE]

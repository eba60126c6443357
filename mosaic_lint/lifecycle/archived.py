"""What runs an archived script, in shell code."""

from __future__ import annotations

import posixpath
import re
from typing import AbstractSet, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from mosaic_lint.lifecycle.folders import ARCHIVE
from mosaic_lint.lifecycle.programs import arguments, is_shell, option_value, run_by
from mosaic_lint.lifecycle.shell import Command, Word, all_commands, expand, variables_in
from mosaic_lint.model import Span

MENTION = re.compile(r"scripts(?:[/\\]{1,2}archive(?![\w-]|\.\w)|\.archive\b)")
"""A text that names the archive, as a path or as a package."""

_REFERENCE = r"(?:scripts[/\\]{1,2}|(?<![\w.${-]))archive(?![\w-])[^\s\"'`;,)\]}]*(?<!\\)"

_PATH = re.compile(r"(?P<before>.*?)scripts/archive(?:/(?P<rest>.*))?", re.DOTALL)
_OF_OWN_FOLDER = re.compile(
    r"\$\(.*(?:dirname|BASH_SOURCE).*\)|\$\{(?:BASH_SOURCE|0)[^}]*%/\*\}", re.DOTALL
)
_DECLARING = frozenset(("export", "local", "readonly", "declare", "typeset"))
_ASSIGNMENT = re.compile(r"(\w+)=(.*)", re.DOTALL)
_MODULE = re.compile(r"scripts\.archive\.\w[\w.]*")
_ELSEWHERE = ("/", "~", "$", "-", "%")
_WORDS_OF_LOOP = 3  # for NAME in
_MAX_DEPTH = 5
_MAX_FOLDER = 200
_MAX_SUBSTITUTIONS = 5

_Key = Tuple[int, Tuple[int, ...]]


class Reference(NamedTuple):
    """A place that runs an archived script.

    Args:
        span: what names it.
        script: its path, or its name as a module.
    """

    span: Span
    script: str


class Archive:
    """The archive as one file of the project sees it.

    Args:
        path: the file that may run what is in it, relative to the project's folder.
        text: that file's text.
        files: the project's files.
        variables: what code in the file finds set, and where.
    """

    def __init__(
        self,
        path: str,
        text: str,
        files: AbstractSet[str],
        variables: Optional[Mapping[str, Word]] = None,
    ) -> None:
        self._text = text
        self._folder = posixpath.dirname(path)
        self._files = files
        self.variables = variables or {}

    def runs_in(
        self, start: int, end: int, *, is_command: bool = True, folder: Optional[Word] = None
    ) -> Iterator[Reference]:
        """What a range of shell code runs of the archive.

        Args:
            start: where the code begins.
            end: where it ends.
            is_command: whether it surely is code, and not only a text that may be.
            folder: what names the folder that it runs in.
        """
        pending = [(start, end, is_command, 0)]
        while pending:
            low, high, sure, depth = pending.pop()
            session = _Session(self, self._text, folder)
            for number, command in all_commands(self._text, low, high):
                yield from session.meet(number, command, sure)
                if depth < _MAX_DEPTH:
                    pending.extend((*inner, True, depth + 1) for inner in session.inner(command))

    def of_words(self, words: List[Word], *, folder: Optional[Word] = None) -> Iterator[Reference]:
        """What a command runs of the archive whose words are known.

        Args:
            words: the words.
            folder: what names the folder that it runs in.
        """
        session = _Session(self, self._text, folder)
        command = Command(words)
        yield from session.meet(0, command, True)
        for start, end in session.inner(command):
            yield from self.runs_in(start, end)

    def of_import(self, start: int, end: int) -> Iterator[Reference]:
        """The archived module that an import names, seen from the file that it stands in.

        Args:
            start: where the name begins.
            end: where it ends.
        """
        written = self._text[start:end]
        base = self._folder if written.startswith(".") else ""
        path = posixpath.normpath(posixpath.join(base, written))
        if path.startswith(ARCHIVE):
            yield Reference(_span(self._text, Word(written, start, end), _REFERENCE), path)

    def resolved(self, written: str, folder: str) -> Optional[str]:
        """The path of an archived script that some words mean.

        Args:
            written: a path as it was written, its variables filled in.
            folder: the working folder, as far as it is known.

        Returns:
            The path; ``None`` where it means something else, or nobody knows.
        """
        path = re.sub(r"[/\\]+", "/", written.strip("\"'"))
        match = _PATH.fullmatch(path)
        if match and _is_root(match["before"]):
            rest = match["rest"]
            return ARCHIVE + rest if rest else ARCHIVE
        if match or path.startswith(("/", "~", "$", "%", "{")):
            return None
        for base in (folder, self._folder):
            full = posixpath.normpath(posixpath.join(base, path))
            if full.startswith(ARCHIVE) and full in self._files:
                return full
        return None

    def own_folder(self, text: str) -> str:
        """A word in which the folder of the script itself is filled in."""
        if text.count("$") > _MAX_SUBSTITUTIONS or len(text) > _MAX_FOLDER:
            return text
        match = _OF_OWN_FOLDER.search(text)
        if match is None:
            return text
        folder = self._folder or "."
        for _ in range(match.group().count("/..")):
            folder = posixpath.dirname(folder) or "."
        return f"{text[: match.start()]}./{folder}{text[match.end() :]}"


def _is_root(before: str) -> bool:
    """Whether what stands before ``scripts/archive`` may be the project's folder."""
    if not before or before.startswith("/"):
        return not before or before.endswith("/")
    segments = before.split("/")
    return not segments.pop() and all(
        segment in (".", "..", "~", "") or any(sign in segment for sign in "${}%<`()")
        for segment in segments
    )


class _Session:
    """A shell that goes through commands: its variables and its folder.

    Args:
        archive: the archive.
        text: the file's text.
        folder: what names the folder that it begins in.
    """

    def __init__(self, archive: Archive, text: str, folder: Optional[Word]) -> None:
        self._archive = archive
        self._text = text
        self._variables = {name: word.text for name, word in archive.variables.items()}
        self._places: Dict[str, Word] = dict(archive.variables)
        self._folders: Dict[_Key, Tuple[str, Optional[Span]]] = {}
        self._first: Tuple[str, Optional[Span]] = ("", None)
        path = archive.resolved(folder.text, "") if folder is not None else None
        if folder is not None and path is not None:
            self._first = path.rstrip("/"), _span(text, folder, _REFERENCE)

    def meet(self, region: int, command: Command, is_command: bool) -> Iterator[Reference]:
        """What a command runs of the archive."""
        words, key = command.words, (region, command.shells)
        self._assign(words)
        folder, entered = self._folder(key)
        left = arguments(words)
        if left and left[0].text in ("cd", "pushd", "popd"):
            self._enter(key, left[1:], folder)
            return
        for word in run_by(words, is_command=is_command).words:
            found = self._judge(word, folder, entered)
            if found is not None:
                yield found

    def inner(self, command: Command) -> Iterator[Tuple[int, int]]:
        """The ranges of code that a command hands to a shell."""
        for word in run_by(command.words).texts:
            shown = self._text[word.start : word.end]
            opened = re.search(r"['\"]", shown)
            if opened is not None:
                yield word.start + opened.end(), word.end - (shown[-1] == opened.group())
        if command.bodies and is_shell(command.words):
            yield from command.bodies

    def _judge(self, word: Word, folder: str, entered: Optional[Span]) -> Optional[Reference]:
        written = self._filled(word.text)
        value, _ = option_value(written)
        for text in (written, value):
            if text is None:
                continue
            module = _MODULE.match(text)
            if module is not None:
                return Reference(_span(self._text, word, _MODULE.pattern), module.group())
            path = self._archive.resolved(text, folder)
            if path is not None and path.rstrip("/") != ARCHIVE.rstrip("/"):
                direct = self._archive.resolved(text, "") is not None
                if not direct and entered is not None:
                    return Reference(entered, path)
                return Reference(self._place(word), path)
        return None

    def _place(self, word: Word) -> Span:
        """Where a word names the archive: in itself, or where its variable was set."""
        if not re.compile(_REFERENCE).search(self._text, word.start, word.end):
            for name in variables_in(word.text):
                if name in self._places:
                    return _span(self._text, self._places[name], _REFERENCE)
        return _span(self._text, word, _REFERENCE)

    def _filled(self, text: str) -> str:
        return self._archive.own_folder(expand(text, self._variables))

    def _assign(self, words: List[Word]) -> None:
        if len(words) > _WORDS_OF_LOOP and (words[0].text, words[2].text) == ("for", "in"):
            for word in words[_WORDS_OF_LOOP:]:
                if self._archive.resolved(self._filled(word.text), "") is not None:
                    self._variables[words[1].text] = self._filled(word.text)
                    self._places[words[1].text] = word
        declares = bool(words) and words[0].text in _DECLARING
        for word in words[declares:]:
            match = _ASSIGNMENT.fullmatch(word.text)
            if match is None:
                if not declares:
                    return
                continue
            self._variables[match.group(1)] = self._filled(match.group(2))
            self._places.pop(match.group(1), None)
            if "archive" in match.group(2):
                self._places[match.group(1)] = word

    def _folder(self, key: _Key) -> Tuple[str, Optional[Span]]:
        """Where a command runs: as its subshell was told last, or the shell around it."""
        region, shells = key
        for length in range(len(shells), -1, -1):
            known = self._folders.get((region, shells[:length]))
            if known is not None:
                return known
        return self._first

    def _enter(self, key: _Key, words: List[Word], folder: str) -> None:
        """Follow ``cd``."""
        names = [word for word in words if word.text == "-" or not word.text.startswith("-")]
        target = self._filled(names[0].text) if names else ""
        path = self._archive.resolved(target, folder)
        if path is not None:
            span = self._place(names[0])
            self._folders[key] = path.rstrip("/"), span
        elif not target or len(folder) > _MAX_FOLDER or target.startswith(_ELSEWHERE):
            self._folders[key] = "", None
        else:
            inside = posixpath.normpath(posixpath.join(folder, target))
            entered = self._folder(key)[1] if inside.startswith(ARCHIVE[:-1]) else None
            self._folders[key] = inside, entered


def _span(text: str, word: Word, pattern: str) -> Span:
    """The reference in a word; the word where it is composed."""
    match = re.compile(pattern).search(text, word.start, word.end)
    return Span(*match.span()) if match else Span(word.start, word.end)

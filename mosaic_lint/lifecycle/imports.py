"""Which scripts a text names as programs do: without the suffix, as modules."""

from __future__ import annotations

import re
from typing import Dict, Iterable, Iterator, List, Set

_PYTHON = (".py", ".pyi", ".ipynb")
_JAVASCRIPT = (".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx")
_RUBY = (".rb",)

_IMPORTING = ("import", "run_module(", "patch(")
_IN_BRACKETS = re.compile(r"\w*[ \t]*\([^()]{0,5000}\)")
_DOTTED = re.compile(r"\bscripts(?:\.\w+)+")
_SEGMENT = re.compile(r"/([\w-][\w.-]*)")
_SUFFIX = re.compile(r"\.[cm]?jsx?\Z")
_REQUIRED = re.compile(r"require(?:_relative)?[ \t(]*[\"'](?:[^\"'\n]*/)?([\w-]+)[\"']")
_WORD = re.compile(r"\w+")


class Modules:
    """Scripts that may be imported.

    Args:
        scripts: their paths.
    """

    def __init__(self, scripts: Iterable[str]) -> None:
        self._families: Dict[str, Dict[str, List[str]]] = {}
        for path in scripts:
            stem, dot, suffix = path.rpartition("/")[2].rpartition(".")
            family = _family(dot + suffix)
            if stem and family:
                stems = self._families.setdefault(family, {})
                stems.setdefault(stem, []).append(path)

    def __bool__(self) -> bool:
        return bool(self._families)

    def imported_in(self, path: str, text: str) -> Set[str]:
        """The paths of the scripts that a text imports.

        Args:
            path: where the text stands.
            text: the text.
        """
        found: Set[str] = set()
        for family, stems in self._families.items():
            for name in stems.keys() & set(_imported(family, path, text)):
                found.update(stems[name])
        return found


def _family(suffix: str) -> str:
    if suffix == ".py":
        return "python"
    if suffix in _JAVASCRIPT:
        return "javascript"
    return "ruby" if suffix in _RUBY else ""


def _imported(family: str, path: str, text: str) -> Iterator[str]:
    """The names of modules that a text imports, and perhaps more words."""
    if family == "python":
        if path.endswith(_PYTHON):
            for word in _IMPORTING:
                yield from _words_beside(text, word)
        if "scripts." in text:
            for match in _DOTTED.finditer(text):
                yield from _WORD.findall(match.group())
    elif family == "javascript" and path.endswith((*_JAVASCRIPT, "package.json")):
        for name in _SEGMENT.findall(text):
            yield _SUFFIX.sub("", name)
    elif family == "ruby" and path.endswith(_RUBY):
        yield from _REQUIRED.findall(text)


def _words_beside(text: str, searched: str) -> Iterator[str]:
    """The words of each line that holds a text, and of the brackets behind it."""
    place = text.find(searched)
    while place >= 0:
        start = text.rfind("\n", 0, place) + 1
        end = text.find("\n", place)
        brackets = _IN_BRACKETS.match(text, place)
        end = max(end if end >= 0 else len(text), brackets.end() if brackets else 0)
        yield from _WORD.findall(text, start, end)
        place = text.find(searched, end)

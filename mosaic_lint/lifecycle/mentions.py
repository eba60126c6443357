"""Which scripts a text names, each as a whole segment of a path.

A text is searched for the few suffixes that the names have, not for each name: the time doesn't
grow with the number of scripts.
"""

from __future__ import annotations

import re
from typing import AbstractSet, Dict, Iterable, Iterator, List, Set, Tuple

_PLAIN = re.compile(r"[\w.-]+")
_SUFFIX = re.compile(r"\.\w+\Z")
_SEGMENT = re.compile(r"[\w.-]+\Z")
_ASCII = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
# "deploy.sh." ends a sentence, "deploy.sh.bak" is another file.
_GOES_ON = re.compile(r"\w|[-.]\w|~")
_ESCAPED = ("n", "r", "t")
_LONGEST_FOLDER = 200


class Names:
    """The names of scripts.

    Args:
        scripts: their paths.
        files: the paths of all files, to know which of them a longer path means.
    """

    def __init__(self, scripts: Iterable[str], files: AbstractSet[str]) -> None:
        self._files = files
        self._by_name: Dict[str, List[str]] = {}
        for path in scripts:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)
        self._lengths: Dict[str, int] = {}
        self._odd: List[Tuple[str, str]] = []
        for name in self._by_name:
            self._sort_in(name)

    def _sort_in(self, name: str) -> None:
        suffix = _SUFFIX.search(name)
        if suffix is None or not _PLAIN.fullmatch(name):
            self._odd.extend((name, written) for written in {name, name.replace(" ", "\\ ")})
        else:
            known = self._lengths.get(suffix.group(), 0)
            self._lengths[suffix.group()] = max(known, len(name))

    def named_in(self, text: str) -> Set[str]:
        """The paths of the scripts that a text names.

        Args:
            text: the text of a file.
        """
        found: Dict[str, List[str]] = {}
        for name, start in self._occurrences(text):
            if not found.get(name):
                found[name] = self._meant(name, text, start)
        return {path for paths in found.values() for path in paths}

    def _occurrences(self, text: str) -> Iterator[Tuple[str, int]]:
        """Each name that stands somewhere, and where it begins."""
        for suffix, longest in self._lengths.items():
            for start in _places(text, suffix):
                end = start + len(suffix)
                if not _GOES_ON.match(text, end):
                    for name in _segments(text, max(0, end - longest - 2), end):
                        if name in self._by_name:
                            yield name, end - len(name)
        for name, written in self._odd:
            for start in _places(text, written):
                if not _GOES_ON.match(text, start + len(written)):
                    before = text[max(0, start - 2) : start]
                    if not _SEGMENT.search(before) or before.endswith(("\\n", "\\t", "\\r")):
                        yield name, start

    def _meant(self, name: str, text: str, start: int) -> List[str]:
        """The scripts of a name without those that the folders before it exclude."""
        paths = self._by_name[name]
        before = text[max(0, start - _LONGEST_FOLDER) : start]
        written = before[len(before.rstrip(_ASCII + "/")) :]
        if not written.endswith("/"):
            return paths
        while written.startswith(("./", "../")):
            written = written.partition("/")[2]
        full = written + name
        if full not in self._files or any(f"/{path}".endswith(f"/{full}") for path in paths):
            return paths
        return []


def _places(text: str, searched: str) -> Iterator[int]:
    start = text.find(searched)
    while start >= 0:
        yield start
        start = text.find(searched, start + 1)


def _segments(text: str, low: int, end: int) -> Iterator[str]:
    """What the segment that ends somewhere may be: as it stands, or behind what isn't its own."""
    shown = text[low:end]
    rest = shown.rstrip(_ASCII)
    segment = shown[len(rest) :]
    if rest and not rest[-1].isascii():
        match = _SEGMENT.search(shown)
        segment = match.group() if match else segment
    yield segment
    if segment.startswith("-"):
        yield segment.lstrip("-")  # ${1:-deploy.sh}
    start = end - len(segment)
    if segment.startswith(_ESCAPED) and text[start - 1 : start] == "\\":
        yield segment[1:]  # the end of an escape in a string: "usage:\ndeploy.sh"

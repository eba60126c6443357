"""Plants faults into a clean service: at random places, each of one known kind.

The places are drawn over the lines of the whole service, whatever stands there; the fault is
written at the nearest site (see `sites`) of a kind drawn as well. So some functions get three and
some files get few, as in real code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from .site import Site
from .sites import find_sites

_REACH = 60

Find = Callable[[str, str, Random], "list[Site]"]
"""Returns the sites of one file, by its path, its source, and a generator of choices."""


@dataclass(frozen=True)
class Planted:
    """The service with its faults."""

    sources: dict[str, str]
    number: int
    findings: Counter[str]
    """What a linter should find, by code; a fault may be worth two findings."""


def _position(pair: tuple[int, Site]) -> int:
    return pair[0]


class _Ground:
    """The sites of a whole service, on one line of numbers, and which of them are taken."""

    def __init__(
        self, sources: dict[str, str], rng: Random, chapters: tuple[str, ...], find: Find
    ) -> None:
        self._by_kind: dict[str, list[tuple[int, Site]]] = defaultdict(list)
        self._groups: set[tuple[str, str]] = set()
        self._spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        offset = 0
        for path, source in sources.items():
            for site in find(path, source, rng):
                if site.codes[0].startswith(chapters):
                    self._by_kind[site.kind].append((offset + site.anchor, site))
            offset += source.count("\n")
        self.lines = offset
        self.kinds = sorted(self._by_kind)

    def take(self, kind: str, line: int) -> Site | None:
        """Take the free site of a kind that is nearest to a line, if one is near."""
        for site in self._nearest(kind, line):
            if self._is_free(site):
                self._groups.add((site.path, site.group))
                self._spans[site.path].append((site.start, site.end))
                return site
        return None

    def _nearest(self, kind: str, line: int) -> list[Site]:
        """Return the sites within reach of a line, the nearest one first.

        What could be wrong in few places only is reached from farther away, or it never would be.
        """
        sites = self._by_kind[kind]
        reach = max(_REACH, self.lines // len(sites))
        near = [pair for pair in sites if abs(_position(pair) - line) <= reach]
        return [site for _, site in sorted(near, key=lambda pair: abs(_position(pair) - line))]

    def _is_free(self, site: Site) -> bool:
        if (site.path, site.group) in self._groups:
            return False
        return all(site.end < start or end < site.start for start, end in self._spans[site.path])


def plant(
    sources: dict[str, str],
    every: int,
    rng: Random,
    chapters: tuple[str, ...] = ("MOS",),
    find: Find = find_sites,
) -> Planted:
    """Return the service with a fault about every `every` lines, of codes that start like this."""
    ground = _Ground(sources, rng, chapters, find)
    chosen: list[Site] = []
    wanted = round(ground.lines / every)
    for _ in range(wanted * 20):
        if len(chosen) == wanted:
            break
        site = ground.take(rng.choice(ground.kinds), rng.randint(1, ground.lines))
        if site is not None:
            chosen.append(site)

    edits: dict[str, list[Site]] = defaultdict(list)
    for site in chosen:
        edits[site.path].append(site)
    dirty = {path: _apply(source, edits[path]) for path, source in sources.items()}
    return Planted(dirty, len(chosen), Counter(code for site in chosen for code in site.codes))


def _apply(source: str, sites: list[Site]) -> str:
    lines = source.split("\n")
    for site in sorted(sites, key=lambda site: site.start, reverse=True):
        lines[site.start - 1 : site.end] = site.replacement
    return "\n".join(lines)

"""Runs two commands in alternating pairs and compares what they cost.

A single number says little on a machine that does other things as well; two runs right after each
other meet the same conditions. So each pair gives one ratio, and the median of the ratios counts.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb
from pathlib import Path
from statistics import median

_TAIL = 0.05


class CommandFailedError(RuntimeError):
    """A measured command ended with another status than 0."""


@dataclass(frozen=True)
class Usage:
    """What one run cost, in seconds."""

    user: float
    system: float
    wall: float

    @property
    def cpu(self) -> float:
        """Return the processor time, in the program and in the kernel."""
        return self.user + self.system


Measure = Callable[[Usage], float]


@dataclass(frozen=True)
class Command:
    """A command, where it runs, and the file that its output goes to."""

    arguments: Sequence[str]
    folder: Path
    output: Path

    def run(self) -> Usage:
        """Run the command once, the output overwritten, and return what it cost."""
        errors = self.output.with_suffix(".stderr")
        with self.output.open("wb") as out, errors.open("wb") as err:
            begin = time.perf_counter()
            process = subprocess.Popen(self.arguments, cwd=self.folder, stdout=out, stderr=err)
            _, status, resources = os.wait4(process.pid, 0)
            wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            said = errors.read_text(encoding="utf-8", errors="replace").strip()
            line = " ".join(self.arguments)
            raise CommandFailedError(f"status {process.returncode} of: {line}\n{said}")
        return Usage(resources.ru_utime, resources.ru_stime, wall)


@dataclass(frozen=True)
class Pair:
    """Two runs right after each other."""

    without: Usage
    with_: Usage


@dataclass(frozen=True)
class Comparison:
    """All pairs of one measurement; `measure` says which of the numbers is judged."""

    pairs: tuple[Pair, ...]
    measure: Measure

    @property
    def without(self) -> float:
        """Return the median cost of the first command."""
        return median(self.measure(pair.without) for pair in self.pairs)

    @property
    def with_(self) -> float:
        """Return the median cost of the second command."""
        return median(self.measure(pair.with_) for pair in self.pairs)

    @property
    def ratios(self) -> tuple[float, ...]:
        """Return the second command's cost over the first one's, pair by pair."""
        return tuple(self.measure(pair.with_) / self.measure(pair.without) for pair in self.pairs)

    @property
    def ratio(self) -> float:
        """Return the median of the ratios."""
        return median(self.ratios)

    @property
    def interval(self) -> tuple[float, float]:
        """Return between what the true median ratio lies, with 90 % confidence.

        By counting, whatever the distribution: how often would so many of n ratios fall on one
        side of the median by chance? With fewer than five pairs it is their whole range.
        """
        ordered = sorted(self.ratios)
        number = len(ordered)
        outside = 0
        tail = 1 / 2**number
        while tail <= _TAIL:
            outside += 1
            tail += comb(number, outside) / 2**number
        cut = max(outside - 1, 0)
        return ordered[cut], ordered[number - 1 - cut]

    @property
    def wall_ratio(self) -> float:
        """Return the median ratio by the clock on the wall, whatever `measure` is."""
        return median(pair.with_.wall / pair.without.wall for pair in self.pairs)


def compare(without: Command, with_: Command, *, pairs: int, measure: Measure) -> Comparison:
    """Run both commands once to warm up, then `pairs` times in turn."""
    without.run()
    with_.run()
    done = tuple(Pair(without.run(), with_.run()) for _ in range(pairs))
    return Comparison(done, measure)

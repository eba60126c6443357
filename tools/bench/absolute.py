"""Measures what has a limit of its own: seconds that may pass, memory that may be taken."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

from .timing import Command
from .work import is_complete, read_codes

PEAK_RUNNER = Path(__file__).with_name("peak_runner.py")
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Ceiling:
    """A command, and the limit that it has to keep whatever else runs."""

    title: str
    folder: Path
    command: tuple[str, ...]
    files: int
    lines: int
    unit: Literal["s", "MB"]
    """Processor seconds, or the most memory that was held at one time."""
    limit: float
    runs: int
    expected: Counter[str]
    faults: int


@dataclass(frozen=True)
class Height:
    """What measuring a ceiling showed."""

    case: Ceiling
    values: tuple[float, ...]
    findings: Counter[str]

    @property
    def value(self) -> float:
        """Return the median of the runs; of memory the most that any of them took."""
        return max(self.values) if self.case.unit == "MB" else median(self.values)

    @property
    def keeps_limit(self) -> bool:
        """Tell whether the limit is kept."""
        return self.value <= self.case.limit

    @property
    def found_what_is_there(self) -> bool:
        """Tell whether the plugin really worked."""
        return is_complete(self.findings, self.case.expected)


def measure_ceiling(case: Ceiling, scratch: Path) -> Height:
    """Run the command once to warm up, then as often as the case asks for."""
    output = scratch / "ceiling.txt"
    peak = scratch / "peak.txt"
    arguments = case.command
    if case.unit == "MB":
        arguments = (sys.executable, "-I", "-S", str(PEAK_RUNNER), str(peak), *arguments)
    command = Command(arguments, case.folder, output)
    command.run()
    values = []
    for _ in range(case.runs):
        usage = command.run()
        memory = int(peak.read_text(encoding="utf-8")) / _MEGABYTE if case.unit == "MB" else 0.0
        values.append(memory or usage.cpu)
    _, findings = read_codes(output)
    return Height(case, tuple(values), findings)

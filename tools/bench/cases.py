"""The cases that are measured: which files, and how much dearer they may get."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .corpus import copy_untriggered
from .service import ServiceStats, write_service, write_single_module
from .timing import Command, Comparison, Measure, Usage, compare

RUNNER = Path(__file__).with_name("flake8_runner.py")
FLAGS = ("-j1", "--isolated", "--exit-zero", "--max-line-length=100")
FAULT_EVERY = 40
SINGLE_PAIRS, SINGLE_PAIRS_QUICK = 20, 5
TOLERANCE = 0.05
"""By how much the number of findings may differ from what the planted faults are worth."""

_REPORTED = re.compile(r"^.+?:\d+:\d+: ([A-Z]+\d+) ")


class UnequalWorkError(RuntimeError):
    """The two sides of a measurement didn't do the same work."""


@dataclass(frozen=True)
class Case:
    """A folder of files, and the limit that flake8 with the plugin has to keep there."""

    title: str
    folder: Path
    files: int
    lines: int
    limit: float
    pairs: int
    measure: Measure
    measured: str
    faults: int = 0
    expected: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Outcome:
    """What measuring a case showed."""

    case: Case
    comparison: Comparison
    findings: Counter[str]

    @property
    def is_fast_enough(self) -> bool:
        """Tell whether the ratio keeps the limit."""
        return self.comparison.ratio <= self.case.limit

    @property
    def found_what_is_there(self) -> bool:
        """Tell whether the plugin really worked: nothing in clean code, the faults in dirty."""
        expected = sum(self.case.expected.values())
        return abs(sum(self.findings.values()) - expected) <= TOLERANCE * expected


def _cpu(usage: Usage) -> float:
    return usage.cpu


def _user(usage: Usage) -> float:
    return usage.user


def _service_case(title: str, folder: Path, stats: ServiceStats, limit: float, pairs: int) -> Case:
    return Case(
        title,
        folder,
        stats.files,
        stats.lines,
        limit,
        pairs,
        _cpu,
        "user + system",
        stats.faults,
        stats.findings,
    )


def prepare(folder: Path, pairs: int, *, quick: bool) -> Iterator[Case]:
    """Write the files of all cases below `folder` and yield the cases."""
    library = folder / "library"
    chosen = copy_untriggered(library)
    yield Case(
        "standard library, no trigger",
        library,
        chosen.files,
        chosen.lines,
        1.10,
        pairs,
        _cpu,
        "user + system",
    )

    clean = folder / "clean"
    yield _service_case("clean service", clean, write_service(clean), 1.35, pairs)

    dirty = folder / "dirty"
    stats = write_service(dirty, fault_every=FAULT_EVERY)
    yield _service_case("dirty service", dirty, stats, 1.70, pairs)

    single = folder / "single"
    lines = write_single_module(single / "services" / "ticket_service.py")
    single_pairs = SINGLE_PAIRS_QUICK if quick else SINGLE_PAIRS
    yield Case("one clean file", single, 1, lines, 1.30, single_pairs, _user, "user")


def flake8_command(side: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs flake8 `with` or `without` the plugin."""
    return (sys.executable, "-I", str(RUNNER), side, *arguments)


def _targets(case: Case) -> tuple[str, ...]:
    """Return what flake8 is called with: the folder, or the one file that is in it."""
    if case.files == 1:
        return tuple(str(path.relative_to(case.folder)) for path in case.folder.rglob("*.py"))
    return (".",)


def measure(case: Case, scratch: Path) -> Outcome:
    """Run flake8 over a case in pairs, and look at what both sides reported."""
    outputs = {side: scratch / f"{side}.txt" for side in ("without", "with")}
    commands = {
        side: Command(flake8_command(side, *FLAGS, *_targets(case)), case.folder, output)
        for side, output in outputs.items()
    }
    result = compare(commands["without"], commands["with"], pairs=case.pairs, measure=case.measure)
    alone, alone_ours = _read(outputs["without"])
    together, findings = _read(outputs["with"])
    if alone_ours:
        raise UnequalWorkError(f"{case.title}: MOS codes without the plugin: {alone_ours}")
    if alone != together:
        raise UnequalWorkError(f"{case.title}: the other codes differ between the two sides")
    return Outcome(case, result, findings)


def _read(output: Path) -> tuple[Counter[str], Counter[str]]:
    """Count what flake8 reported by code: other codes, and ours."""
    codes: Counter[str] = Counter()
    for line in output.read_text(encoding="utf-8").splitlines():
        match = _REPORTED.match(line)
        if match is None:
            raise UnequalWorkError(f"flake8 said something unexpected: {line}")
        codes[match.group(1)] += 1
    if codes["E999"] or codes["E902"]:
        raise UnequalWorkError("flake8 could not read a file of the benchmark")
    ours = Counter({code: number for code, number in codes.items() if code.startswith("MOS")})
    return codes - ours, ours

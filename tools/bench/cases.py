"""The cases that are measured: which files, and how much dearer they may get."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .absolute import Ceiling
from .corpus import copy_untriggered
from .service import SEED, ServiceStats, write_service, write_single_module
from .sites_flow import find_all_sites
from .statements import write_statements
from .timing import Command, Comparison, Measure, Usage, compare
from .work import UnequalWorkError, is_complete, read_codes

RUNNER = Path(__file__).with_name("flake8_runner.py")
ENGINE_RUNNER = Path(__file__).with_name("engine_runner.py")
FLAGS = ("-j1", "--isolated", "--exit-zero", "--max-line-length=100")
FAULT_EVERY = 40
SINGLE_PAIRS, SINGLE_PAIRS_QUICK = 20, 5
STATEMENTS = 2_000
CEILING_RUNS, CEILING_RUNS_QUICK = 5, 1

FIRST = ("MOS1", "MOS3")
"""Connections and error handling: what the plugin began with, and was first measured by."""
ALL = ("MOS1", "MOS2", "MOS3", "MOS4")
"""What judges connections, SQL and error handling, line by line."""
EVERY = (*ALL, "MOS5", "MOS9")
"""The chapters that judge code, those included that follow values through it."""
_CHAPTERS = tuple(f"MOS{number}" for number in range(1, 10))


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
    chapters: tuple[str, ...] = ALL
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
        return is_complete(self.findings, self.case.expected)


def _cpu(usage: Usage) -> float:
    return usage.cpu


def _user(usage: Usage) -> float:
    return usage.user


def service_case(
    title: str,
    folder: Path,
    stats: ServiceStats,
    limit: float,
    pairs: int,
    chapters: tuple[str, ...],
) -> Case:
    """Describe a generated service."""
    return Case(
        title,
        folder,
        stats.files,
        stats.lines,
        limit,
        pairs,
        _cpu,
        "user + system",
        chapters,
        stats.faults,
        stats.findings,
    )


def write_project(folder: Path, **options: Any) -> ServiceStats:
    """Write a service as a repository, in which the index of its tables is kept between runs."""
    stats = write_service(folder, **options)
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    return stats


def prepare(folder: Path, pairs: int, *, quick: bool) -> Iterator[Case]:
    """Write the files of all cases that compare below `folder` and yield the cases."""
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
    clean_stats = write_project(clean)
    yield service_case("clean service, MOS1 and 3", clean, clean_stats, 1.35, pairs, FIRST)
    yield service_case("clean service, MOS1 to 4", clean, clean_stats, 1.50, pairs, ALL)

    dirty = folder / "dirty-first"
    stats = write_project(dirty, fault_every=FAULT_EVERY, chapters=FIRST)
    yield service_case("dirty service, MOS1 and 3", dirty, stats, 1.70, pairs, FIRST)
    dirty = folder / "dirty"
    stats = write_project(dirty, fault_every=FAULT_EVERY, chapters=ALL)
    yield service_case("dirty service, MOS1 to 4", dirty, stats, 1.90, pairs, ALL)

    yield service_case("clean service, all chapters", clean, clean_stats, 1.60, pairs, EVERY)
    dirty = folder / "dirty-every"
    stats = write_project(dirty, fault_every=FAULT_EVERY, chapters=EVERY, find=find_all_sites)
    yield service_case("dirty service, all chapters", dirty, stats, 2.10, pairs, EVERY)

    single = folder / "single"
    lines = write_single_module(single / "services" / "ticket_service.py")
    single_pairs = SINGLE_PAIRS_QUICK if quick else SINGLE_PAIRS
    yield Case(
        "one clean file, MOS1 and 3", single, 1, lines, 1.30, single_pairs, _user, "user", FIRST
    )


def prepare_ceilings(folder: Path, *, quick: bool) -> Iterator[Ceiling]:
    """Write the files of the cases with absolute limits below `folder` and yield the cases."""
    runs = CEILING_RUNS_QUICK if quick else CEILING_RUNS
    module = folder / "statements" / "queries.py"
    written = write_statements(module, number=STATEMENTS, seed=SEED + 3)
    yield Ceiling(
        title=f"{STATEMENTS:,} statements in one process",
        folder=module.parent,
        command=engine_command(ALL, module.name),
        files=1,
        lines=written.lines,
        unit="s",
        limit=3.0,
        runs=runs,
        expected=written.findings,
        faults=sum(written.findings.values()),
    )

    dirty = folder / "dirty-memory"
    stats = write_service(dirty, fault_every=FAULT_EVERY, chapters=ALL)
    yield Ceiling(
        title="dirty service, MOS1 to 4, memory",
        folder=dirty,
        command=flake8_command("with", *FLAGS, _chosen(ALL), "."),
        files=stats.files,
        lines=stats.lines,
        unit="MB",
        limit=200.0,
        runs=runs,
        expected=stats.findings,
        faults=stats.faults,
    )


def _chosen(chapters: tuple[str, ...]) -> str:
    """Return the option that turns the other chapters off; flake8's own codes stay as they are."""
    return f"--extend-ignore={','.join(code for code in _CHAPTERS if code not in chapters)}"


def flake8_command(side: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs flake8 `with` or `without` the plugin."""
    return (sys.executable, "-I", str(RUNNER), side, *arguments)


def engine_command(chapters: tuple[str, ...], *files: str) -> tuple[str, ...]:
    """Return the command that checks files by the engine alone."""
    return (sys.executable, "-I", str(ENGINE_RUNNER), ",".join(chapters), *files)


def _targets(case: Case) -> tuple[str, ...]:
    """Return what flake8 is called with: the folder, or the one file that is in it."""
    if case.files == 1:
        return tuple(str(path.relative_to(case.folder)) for path in case.folder.rglob("*.py"))
    return (".",)


def measure(case: Case, scratch: Path) -> Outcome:
    """Run flake8 over a case in pairs, and look at what both sides reported."""
    outputs = {side: scratch / f"{side}.txt" for side in ("without", "with")}
    flags = (*FLAGS, _chosen(case.chapters))
    commands = {
        side: Command(flake8_command(side, *flags, *_targets(case)), case.folder, output)
        for side, output in outputs.items()
    }
    result = compare(commands["without"], commands["with"], pairs=case.pairs, measure=case.measure)
    alone, alone_ours = read_codes(outputs["without"])
    together, findings = read_codes(outputs["with"])
    if alone_ours:
        raise UnequalWorkError(f"{case.title}: MOS codes without the plugin: {alone_ours}")
    if alone != together:
        raise UnequalWorkError(f"{case.title}: the other codes differ between the two sides")
    return Outcome(case, result, findings)

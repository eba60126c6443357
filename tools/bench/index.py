"""Measures what the index of a large project costs: made, loaded, and within flake8."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .cases import FLAGS, flake8_command
from .project import MIGRATIONS, QUERY, Written, write_project
from .timing import Command
from .work import UnequalWorkError, read_codes

RUNNER = Path(__file__).with_name("index_runner.py")
CACHE = ".mosaic_lint_cache"
_COLD, _WARM, _FLAKE8 = 2.0, 0.1, 0.05
_RUNS, _RUNS_QUICK = 9, 3


@dataclass(frozen=True)
class Loading:
    """What one way to the schema costs.

    Args:
        title: what was measured.
        written: what the project consists of.
        limit: seconds.
        values: the seconds of each run, by the clock.
    """

    title: str
    written: Written
    limit: float
    values: tuple[float, ...]

    @property
    def value(self) -> float:
        """Return the median of the runs."""
        return median(self.values)

    @property
    def keeps_limit(self) -> bool:
        """Tell whether the limit is kept."""
        return self.value <= self.limit


def measure_index(folder: Path, *, quick: bool) -> Iterator[Loading]:
    """Write the project and measure it.

    Raises:
        UnequalWorkError: a run loaded another schema than the migrations make.
    """
    large, small = folder / "large", folder / "small"
    written = write_project(large)
    write_project(small, files=0, migrations=8)
    runs = _RUNS_QUICK if quick else _RUNS
    cold = _repeated(runs, lambda: _load(large, folder, cold=True))
    yield Loading("index, read for the first time", written, _COLD, cold)
    warm = _repeated(runs, lambda: _load(large, folder, cold=False))
    yield Loading("index, loaded", written, _WARM, warm)
    paid = _repeated(runs * 2, lambda: _flake8(large, folder) - _flake8(small, folder))
    yield Loading("flake8 on one file, what the index adds", written, _FLAKE8, paid)


def _repeated(runs: int, measure: Callable[[], float]) -> tuple[float, ...]:
    measure()  # to warm up
    return tuple(measure() for _ in range(runs))


def _load(project: Path, scratch: Path, *, cold: bool) -> float:
    if cold:
        shutil.rmtree(project / CACHE, ignore_errors=True)
    output = scratch / "index.json"
    command = (sys.executable, "-I", str(RUNNER), str(output))
    Command(command, project, scratch / "index.txt").run()
    told = json.loads(output.read_text(encoding="utf-8"))
    if told["ledgers"] != MIGRATIONS or told["heavy"]:
        raise UnequalWorkError(f"the index made {told}")
    return float(told["seconds"])


def _flake8(project: Path, scratch: Path) -> float:
    output = scratch / "index-flake8.txt"
    arguments = flake8_command("with", *FLAGS, "--extend-ignore=MOS7", "api/ledger.py")
    wall = Command(arguments, project, output).run().wall
    _, findings = read_codes(output)
    if findings:
        raise UnequalWorkError(f"{findings} in {QUERY!r}")
    return wall


def loading_cells(loading: Loading) -> Sequence[str]:
    """Return the cells of a row of the table."""
    return (
        loading.title,
        f"{loading.written.files:,}",
        str(loading.written.migrations),
        f"{1000 * loading.value:.0f} ms",
        f"{1000 * loading.limit:.0f} ms",
        "ok" if loading.keeps_limit else "over",
    )


def loading_spread(loading: Loading) -> str:
    """Return how far the runs lie apart."""
    low, high = (f"{1000 * value:.0f} ms" for value in (min(loading.values), max(loading.values)))
    return f"{loading.title}: {len(loading.values)} runs, by the clock {low} to {high}"

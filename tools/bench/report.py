"""Says what was measured, on which machine, as text for a terminal or for the documentation."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from .absolute import Height
from .cases import FLAGS, Outcome, flake8_command
from .index import Loading, loading_cells, loading_spread

_HEADINGS = (
    *("case", "lines", "files", "without s", "with s", "median ratio", "limit", "verdict"),
    "findings",
)
_SHAPE_HEADINGS = (
    *("case", "lines", "files", "ordinary s", "this s", "median ratio", "limit", "verdict"),
    "findings",
)
_FIX_HEADINGS = (
    *("case", "lines", "files", "check s", "fix s", "median ratio", "limit", "verdict"),
    "findings",
)
_CEILING_HEADINGS = ("case", "lines", "files", "measured", "limit", "verdict", "findings")
_LOADING_HEADINGS = ("case", "Python files", "migrations", "measured", "limit", "verdict")
_TEXT_HEADINGS = ("case", "verdict", "findings")
_ENOUGH_PAIRS = 5
_VERSION = re.compile(r"([A-Za-z][\w.-]*): ([\w.+-]+)")


class PluginMissingError(RuntimeError):
    """There is no MOS plugin in this interpreter, or it can't be hidden."""


@dataclass(frozen=True)
class Machine:
    """What the numbers were taken on."""

    processor: str
    cores: int
    system: str
    python: str
    flake8: str
    libcst: str
    sqlglot: str
    plugin: str
    date: str


def _flake8_version(side: str) -> tuple[str, dict[str, str]]:
    """Return flake8's version and those of the plugins that it sees on one side."""
    run = subprocess.run(
        flake8_command(side, "--version"), capture_output=True, text=True, check=True, cwd="/"
    )
    return run.stdout.split()[0], dict(_VERSION.findall(run.stdout))


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or "unknown"
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match.group(1).strip() if match else platform.machine()


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def machine() -> Machine:
    """Describe this machine; refuse where the plugin isn't what differs between the sides."""
    version, alone = _flake8_version("without")
    _, together = _flake8_version("with")
    plugins = [f"{name} {number}" for name, number in together.items() if name not in alone]
    if len(plugins) != 1:
        raise PluginMissingError(
            f"flake8 with the MOS plugin sees {plugins or 'no plugin'} more than without it; "
            "install the project into this interpreter first: pip install ."
        )
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.release()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        flake8=version,
        libcst=_installed("libcst"),
        sqlglot=f"{_installed('sqlglot')}, sqlglotc {_installed('sqlglotc')}",
        plugin=plugins[0],
        date=time.strftime("%Y-%m-%d", time.gmtime()),
    )


def _findings(one: Outcome | Height) -> str:
    """Return how much was found, of how much, and whether that will do."""
    findings = str(sum(one.findings.values()))
    if one.case.expected:
        findings += f" of {sum(one.case.expected.values())} ({one.case.faults} faults)"
    return findings if one.found_what_is_there else f"{findings}, WRONG"


def _cells(outcome: Outcome) -> tuple[str, ...]:
    case, comparison = outcome.case, outcome.comparison
    return (
        case.title,
        f"{case.lines:,}",
        str(case.files),
        f"{comparison.without:.3f}",
        f"{comparison.with_:.3f}",
        f"{comparison.ratio:.3f}",
        f"{case.limit:.2f}",
        "ok" if outcome.is_fast_enough else "over",
        _findings(outcome),
    )


def _ceiling_cells(height: Height) -> tuple[str, ...]:
    case = height.case
    return (
        case.title,
        f"{case.lines:,}",
        str(case.files),
        _amount(height.value, case.unit),
        _amount(case.limit, case.unit),
        "ok" if height.keeps_limit else "over",
        _findings(height),
    )


def _amount(value: float, unit: str) -> str:
    return f"{value:.0f} MB" if unit == "MB" else f"{value:.2f} {unit}"


def _pad(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table, padded so that it reads well as text."""
    headings = rows[0]
    widths = [max(len(row[column]) for row in rows) for column in range(len(headings))]
    is_text = [heading in _TEXT_HEADINGS for heading in headings]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(row, widths, is_text)
        ]
        lines.append(f"| {' | '.join(cells)} |")
    rule = [
        "-" * width if text else "-" * (width - 1) + ":" for width, text in zip(widths, is_text)
    ]
    lines.insert(1, f"| {' | '.join(rule)} |")
    return "\n".join(lines)


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the comparisons as a Markdown table."""
    return _pad([_HEADINGS, *(_cells(outcome) for outcome in outcomes)])


def shape_table(outcomes: Sequence[Outcome]) -> str:
    """Return the comparisons of unusual shapes with ordinary modules as a Markdown table."""
    return _pad([_SHAPE_HEADINGS, *(_cells(outcome) for outcome in outcomes)])


def fix_table(outcomes: Sequence[Outcome]) -> str:
    """Return the comparisons of fixing with checking as a Markdown table."""
    return _pad([_FIX_HEADINGS, *(_cells(outcome) for outcome in outcomes)])


def ceiling_table(heights: Sequence[Height]) -> str:
    """Return the cases with absolute limits as a Markdown table."""
    return _pad([_CEILING_HEADINGS, *(_ceiling_cells(height) for height in heights)])


def loading_table(loadings: Sequence[Loading]) -> str:
    """Return what the index of a large project costs as a Markdown table."""
    return _pad([_LOADING_HEADINGS, *map(loading_cells, loadings)])


def everything(
    outcomes: Sequence[Outcome], heights: Sequence[Height], shapes: Sequence[Outcome]
) -> list[Outcome | Height]:
    """Return what was measured in any way, in the order of the tables."""
    return [*outcomes, *heights, *shapes]


def findings_by_code(outcome: Outcome | Height) -> str:
    """Return what was found and what was to be found, code by code."""
    expected: Counter[str] = outcome.case.expected
    codes = sorted(set(expected) | set(outcome.findings))
    return ", ".join(f"{code} {outcome.findings[code]}/{expected[code]}" for code in codes)


def spread(outcome: Outcome) -> str:
    """Return how far the pairs of one case lie apart."""
    case, comparison = outcome.case, outcome.comparison
    sure = ""
    if case.pairs >= _ENOUGH_PAIRS:
        low, high = comparison.interval
        sure = f", their median {low:.3f} to {high:.3f} with 90 % confidence"
    return (
        f"{case.title}: {case.pairs} pairs by {case.measured} time, ratios "
        f"{min(comparison.ratios):.3f} to {max(comparison.ratios):.3f}{sure}; by the clock "
        f"{comparison.wall_ratio:.3f}"
    )


def ceiling_spread(height: Height) -> str:
    """Return how far the runs of a case with an absolute limit lie apart."""
    case = height.case
    low, high = (_amount(value, case.unit) for value in (min(height.values), max(height.values)))
    kind = "most memory" if case.unit == "MB" else "processor time"
    return f"{case.title}: {case.runs} runs, {kind} {low} to {high}"


def document(
    outcomes: Sequence[Outcome],
    heights: Sequence[Height],
    shapes: Sequence[Outcome],
    fixings: Sequence[Outcome],
    loadings: Sequence[Loading],
    on: Machine,
) -> str:
    """Return the page for the documentation."""
    told = (
        *map(spread, outcomes),
        *map(ceiling_spread, heights),
        *map(spread, shapes),
        *map(spread, fixings),
        *map(loading_spread, loadings),
    )
    spreads = "\n".join(f"- {line}" for line in told)
    by_code = "\n".join(
        f"- {one.case.title}: {findings_by_code(one)}"
        for one in everything(outcomes, heights, [*shapes, *fixings])
        if one.case.expected
    )
    return f"""\
# Performance

What the plugin adds to a flake8 run: flake8 with it against flake8 without it. Written by
`python -m tools.bench --write docs/performance.md`; don't edit.

{table(outcomes)}

And what has a limit of its own:

{ceiling_table(heights)}

A line must not cost more because much stands around it. The same code in an unusual shape against
ordinary modules:

{shape_table(shapes)}

Each fix is proven by another check of its file. `mosaic-lint check --fix --unsafe-fixes` against
`mosaic-lint check`:

{fix_table(fixings)}

Rules that know the project's tables need its index:

{loading_table(loadings)}

## Machine

| | |
| --- | --- |
| processor | {on.processor}, {on.cores} cores |
| system | {on.system} |
| Python | {on.python} |
| flake8 | {on.flake8} |
| plugin | {on.plugin} |
| LibCST | {on.libcst} |
| sqlglot | {on.sqlglot} |
| date | {on.date} |

## How it is measured

Both sides are the same interpreter, the same environment, the same files and the same flags,
`{" ".join(FLAGS)}`.
"Without" hides the plugin's distribution from flake8 and changes nothing else; "with" goes
through the same wrapper. After a run of each to warm up they run in turn, one pair after another.
The kernel says what a run cost (`wait4`): processor time in the program and in the kernel, for
the single file in the program only. Seconds are medians; the ratio is the median of the pairs'
own ratios, so that a machine that gets slower meanwhile doesn't matter. Start-up is part of
every run.

The cases with a limit of their own compare nothing. Seconds are the processor's, of the whole
process on one core; megabytes are a million bytes, the most that flake8 with the plugin held at
one time.

The shapes hold the same 2,000 pieces of five lines, in which values have to be followed:
connections, statements that are put together, loops over rows, handlers, answers of language
models. Each piece has one fault. They stand in modules of 20 functions of 25 lines, in one
function, and in one module with a function for each. The engine alone checks them, on one core.
What it costs to start and to import is measured on a few lines and taken off both sides, and the
ratio is time over time. So it is the ratio for a line of the pieces; the definitions and blank
lines around them, of which there are most where there are most functions, don't flatter it.

What is fixed can't be fixed again: each run of either side gets a fresh copy of the service, with
the index of its tables. The copying isn't measured.

The large project repeats the service's modules, with migrations that create a table and alter the
one before. The index is made in a process of its own, imports included, once with nothing kept and
once with what the run before has kept. For flake8 one file with an INSERT is checked there and in a
project of eight migrations, in turn; what it takes longer is what a large index adds.

The standard library's files are the first ones by path that contain nothing the plugin looks for.
The service is generated, always the same: routes, services and workers on PostgreSQL, written as
the rules want it, with an SQL statement about every 25 lines; the dirty service is that one with a
fault of the case's chapters about every 40 lines. Each is a git repository, so that what is known
of its tables is kept from the run to warm up on; what it costs to find out is in the table of the
index. "All chapters" are those that judge Python code, MOS1 to 5 and 9. The chapters that a case
doesn't name are turned off. So that nobody measures a plugin that did nothing, a run counts only if
flake8's other codes are the same on both sides, clean code has no finding, and the planted faults
are found (found/planted):

{by_code}

## Spread

{spreads}
"""

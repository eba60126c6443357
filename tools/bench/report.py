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

from .cases import FLAGS, Outcome, flake8_command

_HEADINGS = (
    *("case", "lines", "files", "without s", "with s", "median ratio", "limit", "verdict"),
    "findings",
)
_TEXT_COLUMNS = (0, 7, 8)
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
        plugin=plugins[0],
        date=time.strftime("%Y-%m-%d", time.gmtime()),
    )


def _cells(outcome: Outcome) -> tuple[str, ...]:
    case, comparison = outcome.case, outcome.comparison
    verdict = "ok" if outcome.is_fast_enough else "over"
    findings = str(sum(outcome.findings.values()))
    if case.expected:
        findings += f" of {sum(case.expected.values())} ({case.faults} faults)"
    if not outcome.found_what_is_there:
        findings += ", WRONG"
    return (
        case.title,
        f"{case.lines:,}",
        str(case.files),
        f"{comparison.without:.3f}",
        f"{comparison.with_:.3f}",
        f"{comparison.ratio:.3f}",
        f"{case.limit:.2f}",
        verdict,
        findings,
    )


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as a Markdown table, padded so that it reads well as text."""
    rows = [_HEADINGS, *(_cells(outcome) for outcome in outcomes)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(widths[column]) if column in _TEXT_COLUMNS else cell.rjust(widths[column])
            for column, cell in enumerate(row)
        ]
        lines.append(f"| {' | '.join(cells)} |")
    rule = [
        "-" * width if column in _TEXT_COLUMNS else "-" * (width - 1) + ":"
        for column, width in enumerate(widths)
    ]
    lines.insert(1, f"| {' | '.join(rule)} |")
    return "\n".join(lines)


def findings_by_code(outcome: Outcome) -> str:
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


def document(outcomes: Sequence[Outcome], on: Machine) -> str:
    """Return the page for the documentation."""
    spreads = "\n".join(f"- {spread(outcome)}" for outcome in outcomes)
    by_code = "\n".join(
        f"- {outcome.case.title}: {findings_by_code(outcome)}"
        for outcome in outcomes
        if outcome.case.expected
    )
    return f"""\
# Performance

What the plugin adds to a flake8 run: flake8 with it against flake8 without it. Written by
`python -m tools.bench --write docs/performance.md`; don't edit.

{table(outcomes)}

## Machine

| | |
| --- | --- |
| processor | {on.processor}, {on.cores} cores |
| system | {on.system} |
| Python | {on.python} |
| flake8 | {on.flake8} |
| plugin | {on.plugin} |
| LibCST | {on.libcst} |
| date | {on.date} |

## How it is measured

Both sides are the same interpreter, the same environment, the same files and the same flags,
`{" ".join(FLAGS)}`, without any cache.
"Without" hides the plugin's distribution from flake8 and changes nothing else; "with" goes
through the same wrapper. After a run of each to warm up they run in turn, one pair after another.
The kernel says what a run cost (`wait4`): processor time in the program and in the kernel, for
the single file in the program only. Seconds are medians; the ratio is the median of the pairs'
own ratios, so that a machine that gets slower meanwhile doesn't matter. Start-up is part of
every run.

The standard library's files are the first ones by path that contain nothing the plugin looks for.
The service is generated, always the same: routes, services and workers on PostgreSQL, written as
the rules want it; the dirty service is that one with a fault about every 40 lines. So that nobody
measures a plugin that did nothing, a run counts only if flake8's other codes are the same on both
sides, clean code has no finding, and the planted faults are found (found/planted):

{by_code}

## Spread

{spreads}
"""

"""What a run says at its end, besides its findings."""

from __future__ import annotations

from collections import Counter

from mosaic_lint.reports.results import Results


def closing_line(results: Results) -> str:
    """How much was found and checked, in one line."""
    checked = counted(results.checked, "file")
    if not results.count:
        return f"No findings ({checked} checked)."
    findings, files = counted(results.count, "finding"), counted(len(results.reports), "file")
    return f"Found {findings} in {files} ({results.checked} checked)."


def counted(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def statistics(results: Results) -> str:
    """A line for each code: how often, code, name; the most frequent first."""
    counts = Counter((found.finding.code, found.name) for found in results.located())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    width = len(str(ordered[0][1])) if ordered else 0
    return "".join(f"{count:{width}}  {code}  {name}\n" for (code, name), count in ordered)

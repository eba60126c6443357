"""``concise``: one finding a line, as editors and scripts read them."""

from __future__ import annotations

from mosaic_lint.reports.results import Located, Results, printable


def render(results: Results) -> str:
    """All findings as ``path:line:column: CODE message``."""
    return "".join(f"{line(found)}\n" for found in results.located())


def line(found: Located) -> str:
    """A finding in one line, without its line end."""
    place = f"{found.path}:{found.start.line}:{found.start.column}"
    return printable(f"{place}: {found.finding.code} {found.finding.message}")

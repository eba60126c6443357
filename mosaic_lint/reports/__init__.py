"""Reports: one file per output format, each a function from the results of a run to text.

A format's module is imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Callable, Mapping

if TYPE_CHECKING:
    from mosaic_lint.reports.results import Results

FORMATS: Mapping[str, str] = {
    "text": "mosaic_lint.reports.text",
    "concise": "mosaic_lint.reports.concise",
    "json": "mosaic_lint.reports.json",
    "github": "mosaic_lint.reports.github",
    "sarif": "mosaic_lint.reports.sarif",
}
"""The modules of the formats by the names that users write; each has a ``render``."""


def load(name: str) -> Callable[[Results], str]:
    """Import a format.

    Args:
        name: one of :data:`FORMATS`.

    Returns:
        Its function from the results to the whole report, which ends with a line end or is empty.
    """
    render: Callable[[Results], str] = import_module(FORMATS[name]).render
    return render

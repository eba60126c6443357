"""Texts that are checked without a file, by a configuration as keywords."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Tuple

from mosaic_lint.config import Config, build, check_table
from mosaic_lint.engine import Mode, Report, check_bytes

ROOT = Path("/nowhere")
"""The folder that patterns are relative to."""

Place = Tuple[int, int, str]


def config(**options: Any) -> Config:
    """A configuration; ``max_file_size=1`` stands for the key ``max-file-size``."""
    table = {name.replace("_", "-"): value for name, value in options.items()}
    table["ignore"] = [*table.get("ignore", ()), "MOS7"]  # small texts have no version headers
    return build(ROOT, None, check_table(table, "test"), {})


def report(data: bytes, path: str, **options: Any) -> Report:
    """Check a file's bytes; a fault in a rule raises."""
    return check_bytes(path, data, config(**options), Mode(strict=True))


def places_of(told: Report) -> List[Place]:
    """The findings as lines, columns and codes."""
    return [(*told.source.position(f.span.start), f.code) for f in told.findings]

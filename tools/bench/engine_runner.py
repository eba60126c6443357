"""Checks files by `mosaic_lint.engine.check`: `engine_runner.py CODES FILE...`.

All that it costs is meant to be in: Python's start, the imports, the rules. It runs on one core
where the system lets a process choose. Run it by path with `python -I`: it must import nothing of
the repository, only the installed package.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(codes: str, names: list[str]) -> None:
    """Print the findings as flake8 would."""
    from mosaic_lint.config import Config, Selection
    from mosaic_lint.engine import Mode, check
    from mosaic_lint.source import Source

    config = Config(root=Path(), selection=Selection(select=tuple(codes.split(","))))
    for name in names:
        source = Source(name, Path(name).read_text(encoding="utf-8"))
        for finding in check(source, config, Mode()).findings:
            line, column = source.position(finding.span.start)
            print(f"{name}:{line}:{column}: {finding.code} {finding.message}")


if __name__ == "__main__":
    if sys.platform == "linux":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    main(sys.argv[1], sys.argv[2:])

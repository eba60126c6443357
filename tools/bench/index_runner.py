"""Loads the schema of the project in the current folder: `index_runner.py OUTPUT`.

Writes the seconds that this took, imports included, and the number of its migrations' tables. Run
it by path with `python -I`: it must import nothing of the repository.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main() -> int:
    """Load the configuration, which every run needs, then the schema, which is measured."""
    from mosaic_lint.config import Loader

    project = Loader().for_path(Path("x.py")).project
    begin = time.perf_counter()
    schema = project.schema
    seconds = time.perf_counter() - begin
    heavy = sorted({"sqlglot", "libcst"} & sys.modules.keys())
    ledgers = sum(table.is_sure and table.name.startswith("ledger_") for table in schema)
    written = {"seconds": seconds, "ledgers": ledgers, "heavy": heavy}
    Path(sys.argv[1]).write_text(json.dumps(written), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

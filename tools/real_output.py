"""What a user sees: real runs over the sample service, for the README."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Tuple

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / "examples" / "service"
SHOWN = "workshop/customers.py"
SCRIPT = "migrations/20250301_parts.sql"


def flake8_output() -> str:
    """What flake8 says of a file of the sample service."""
    return _session(f"flake8 {SHOWN}", ("flake8", SHOWN))


def check_output() -> str:
    """What the command line says of the same file."""
    return _session(f"mosaic-lint check {SHOWN}", ("mosaic_lint", "check", SHOWN))


def sql_output() -> str:
    """A migration, and what the command line says of it."""
    text = (SERVICE / SCRIPT).read_text(encoding="utf-8")
    command = f"mosaic-lint check --output-format concise {SCRIPT}"
    arguments = ("mosaic_lint", *command.split()[1:])
    return f"```sql\n{text}```\n\n{_session(command, arguments)}"


def _session(shown: str, command: Tuple[str, ...]) -> str:
    """A command and its output, as in a terminal without colours.

    Raises:
        RuntimeError: it didn't end as a linter ends that has found something.
    """
    run = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=SERVICE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode != 1:
        raise RuntimeError(f"{shown}: exit status {run.returncode}: {run.stderr}")
    output = f"{run.stdout}{run.stderr}".rstrip()
    return f"```console\n$ {shown}\n{output}\n```\n"

"""Checks by real processes of small files that have no version headers, and needn't have any."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from tests.cli_process import run


def check(
    *arguments: str, cwd: Path, env: Optional[Mapping[str, str]] = None
) -> subprocess.CompletedProcess[str]:
    """Check by all rules but those over version headers."""
    return run("check", "--ignore", "MOS7", *arguments, cwd=cwd, env=env)


def findings(*arguments: str, cwd: Path) -> List[Dict[str, Any]]:
    """The findings of such a check as the JSON report has them."""
    objects = json.loads(check("--output-format", "json", *arguments, cwd=cwd).stdout)
    assert isinstance(objects, list)
    return objects

"""What git says, asked as a program; a repository can't make it run others."""

from __future__ import annotations

import os
import subprocess
from typing import Optional

# A repository's own configuration may name a program that git would start.
_GIT = ("git", "-c", "core.fsmonitor=false")
# A hook's environment speaks of the repository that is committed to, not of the walked one.
_HOOK_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")


def run_git(
    folder: str, *arguments: str, text: Optional[bytes] = None
) -> Optional[subprocess.CompletedProcess[bytes]]:
    """Run git in a folder.

    Args:
        folder: where.
        arguments: the command and its arguments.
        text: what it reads on standard input.

    Returns:
        What it wrote; ``None`` where it fails or isn't installed.
    """
    environment = {k: v for k, v in os.environ.items() if k not in _HOOK_VARIABLES}
    try:
        done = subprocess.run(
            [*_GIT, *arguments],
            cwd=folder,
            env={**environment, "LC_ALL": "C"},
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done if done.returncode == 0 else None

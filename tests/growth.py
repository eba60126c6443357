"""How much work something is, the same on every machine, busy or not."""

from __future__ import annotations

import cProfile
from typing import Callable


def calls(work: Callable[[], object]) -> int:
    """How many functions, Python's own included, are called."""
    profile = cProfile.Profile()
    profile.enable()
    work()
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())

"""Runs a command and says how much memory it took: `peak_runner.py FILE COMMAND...`.

The kernel gives a new process the peak of the one that started it as its own first one. So a small
process has to stand between the benchmark, which is big, and what is measured. The peak goes to
FILE, in bytes; the command's output and status are passed on. Run it by path with `python -I -S`.
"""

from __future__ import annotations

import resource
import subprocess
import sys

if __name__ == "__main__":
    status = subprocess.call(sys.argv[2:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    with open(sys.argv[1], "w", encoding="utf-8") as target:
        target.write(str(peak * unit))
    sys.exit(status)

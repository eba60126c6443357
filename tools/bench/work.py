"""What a measured run did: the codes that it reported, against those that it should have."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

TOLERANCE = 0.05
"""By how much the number of findings may differ from what the planted faults are worth."""

_REPORTED = re.compile(r"^.+?:\d+:\d+: ([A-Z]+\d+) ")


class UnequalWorkError(RuntimeError):
    """The two sides of a measurement didn't do the same work."""


def read_codes(output: Path) -> tuple[Counter[str], Counter[str]]:
    """Count what flake8 reported by code: other codes, and ours."""
    codes: Counter[str] = Counter()
    for line in output.read_text(encoding="utf-8").splitlines():
        match = _REPORTED.match(line)
        if match is None:
            raise UnequalWorkError(f"flake8 said something unexpected: {line}")
        codes[match.group(1)] += 1
    if codes["E999"] or codes["E902"]:
        raise UnequalWorkError("flake8 could not read a file of the benchmark")
    ours = Counter({code: number for code, number in codes.items() if code.startswith("MOS")})
    return codes - ours, ours


def is_complete(findings: Counter[str], expected: Counter[str]) -> bool:
    """Tell whether the plugin really worked: nothing in clean code, the faults in dirty."""
    wanted = sum(expected.values())
    return abs(sum(findings.values()) - wanted) <= TOLERANCE * wanted

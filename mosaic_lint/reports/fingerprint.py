"""What tells GitHub that a finding is the same after its line has moved.

``primaryLocationLineHash`` is the only fingerprint that GitHub's code scanning looks at. Its
upload action computes it too and warns of any other value, so this is the same: a polynomial hash
over the 100 characters from the start of a line on, without spaces and tabs, and the count of the
lines so far that begin alike.
"""

from __future__ import annotations

import re
from typing import Collection, Dict

from mosaic_lint.source import Source

_BLOCK = 100
_FACTOR = 37
_MODULUS = 2**64
_END_OF_FILE = 65535
_LINE_END = re.compile(r"\r\n?|\n")


def line_hashes(source: Source, lines: Collection[int]) -> Dict[int, str]:
    """The hashes of some lines of a file.

    Args:
        source: the file.
        lines: their numbers, from 1.

    Returns:
        The hash of each line that exists.
    """
    units = _units(("\ufeff" if source.has_bom else "") + source.text)
    seen: Dict[bytes, int] = {}
    found: Dict[int, str] = {}
    start = 0
    for line in range(1, max(lines, default=0) + 1):
        block = units[start * 2 : (start + _BLOCK) * 2]
        seen[block] = seen.get(block, 0) + 1
        if line in lines:
            found[line] = f"{_hash(block):x}:{seen[block]}"
        start = _next_line(units, start)
        if start * 2 >= len(units):
            break
    return found


def _units(text: str) -> bytes:
    """The text without spaces and tabs as UTF-16, in which the hash counts, and the end's sign."""
    squeezed = re.sub("[ \t]", "", _LINE_END.sub("\n", text))
    return squeezed.encode("utf-16-le", "surrogatepass") + _END_OF_FILE.to_bytes(2, "little")


def _next_line(units: bytes, start: int) -> int:
    """The index (in units) behind the next line feed; the number of units where there is none."""
    at = start * 2
    while True:
        at = units.find(b"\n\0", at)
        if at < 0:
            return len(units) // 2
        if at % 2 == 0:
            return at // 2 + 1
        at += 1


def _hash(block: bytes) -> int:
    value = 0
    for index in range(_BLOCK):
        value = value * _FACTOR + int.from_bytes(block[index * 2 : index * 2 + 2], "little")
    return value % _MODULUS

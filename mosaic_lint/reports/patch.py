r"""What fixes change, as a patch that ``git apply`` and ``patch -p1`` take.

All is done in bytes: what a file holds goes into the patch as it is, whatever its encoding and its
line ends. As for both tools, a line ends at ``\n``.
"""

from __future__ import annotations

import difflib
import os
from typing import Iterator, List

_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_NO_LINE_END = "\\ No newline at end of file\n"


def patch(path: str, before: bytes, after: bytes) -> bytes:
    """A patch of one file, empty if nothing changes.

    There is no line ``diff --git``: paths would count from the repository's root then instead of
    from the current folder.

    Args:
        path: the file, relative to the current folder.
        before: its content.
        after: its new content.
    """
    hunks = "".join(_hunks(_lines(before), _lines(after))).encode("latin-1")
    if not hunks:
        return b""
    name = os.fsencode(path.replace(os.sep, "/"))
    return b"--- %s\n+++ %s\n%s" % (_quoted(b"a/" + name), _quoted(b"b/" + name), hunks)


def _lines(data: bytes) -> List[str]:
    """The lines with their ends, each byte as the character of its number."""
    lines = data.decode("latin-1").split("\n")
    return [*(f"{line}\n" for line in lines[:-1]), *([lines[-1]] if lines[-1] else [])]


def _hunks(before: List[str], after: List[str]) -> Iterator[str]:
    lines = difflib.unified_diff(before, after)
    for number, line in enumerate(lines):
        if number < 2:
            continue  # the names, which are written otherwise
        yield line if line.endswith("\n") else f"{line}\n{_NO_LINE_END}"


def _quoted(name: bytes) -> bytes:
    """A file's name as git writes it: like a string in C, if it has unusual characters."""
    if all(0x20 <= byte < 0x7F and byte not in _ESCAPES for byte in name):
        return name + b"\t" if b" " in name else name  # tells that the blank is part of the name
    return b'"%s"' % b"".join(map(_escaped, name))


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return f"\\{_ESCAPES[byte]}".encode()
    return bytes([byte]) if 0x20 <= byte < 0x7F else f"\\{byte:03o}".encode()

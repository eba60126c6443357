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


def patch(path: str, before: bytes, after: bytes, prefix: str = "") -> bytes:
    """A patch of one file, empty if nothing changes.

    There is no line ``diff --git`` where it can be left out: paths count from the repository's root
    then instead of from the current folder, and only git knows.

    Args:
        path: the file, relative to the current folder.
        before: its content.
        after: its new content.
        prefix: the current folder, relative to its repository's root, with ``/`` at its end.
    """
    hunks = "".join(_hunks(_lines(before), _lines(after))).encode("latin-1")
    if not hunks:
        return b""
    path = path.replace(os.sep, "/")
    is_for_git = _is_taken_for_rooted(path, prefix)
    name = os.fsencode(prefix + path if is_for_git else path)
    old, new = b"a/" + name, b"b/" + name
    start = b"diff --git %s %s\n" % (_escaped_name(old), _escaped_name(new)) if is_for_git else b""
    return b"%s--- %s\n+++ %s\n%s" % (start, _quoted(old), _quoted(new), hunks)


def _is_taken_for_rooted(path: str, prefix: str) -> bool:
    """Whether git would believe that a path counts from the repository's root.

    It does where the path begins as the current folder's does (``backend/x.py`` in ``backend``),
    and would change another file (``x.py``).
    """
    starts_so = path.startswith(prefix) or (
        prefix.count("/") > 1 and f"b/{path}".startswith(prefix)
    )
    return bool(prefix) and starts_so


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
    """A file's name as git writes it: like a string in C, if it has unusual characters.

    A tab behind a name with blanks tells that these are part of it.
    """
    escaped = _escaped_name(name)
    return name + b"\t" if escaped == name and b" " in name else escaped


def _escaped_name(name: bytes) -> bytes:
    if all(0x20 <= byte < 0x7F and byte not in _ESCAPES for byte in name):
        return name
    return b'"%s"' % b"".join(map(_escaped, name))


def _escaped(byte: int) -> bytes:
    if byte in _ESCAPES:
        return f"\\{_ESCAPES[byte]}".encode()
    return bytes([byte]) if 0x20 <= byte < 0x7F else f"\\{byte:03o}".encode()

"""What the inside of a string literal means, and where each character of it is written."""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Pattern, Sequence, Tuple

_ESCAPE = re.compile(
    r"\\(?:(?P<newline>\r\n|\r|\n)|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{2})"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|N\{(?P<named>[^{}]+)\}|(?P<other>.))",
    re.DOTALL,
)
_SPECIAL = re.compile(r"[\\\r]")
_SPECIAL_WITH_BRACES = re.compile(r"[\\\r{}]")
_LINE_ENDS = re.compile(r"\r")
_SIMPLE = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r",
    "t": "\t", "v": "\v",
}  # fmt: skip


class Written(NamedTuple):
    """The value of a literal, or of a part of one.

    Args:
        text: the value; bytes as latin-1.
        base: how many characters of the source precede the first one of the value.
        offsets: for each character of the value, and for its end, the characters of the source
            before it, counted from ``base``; ``None`` where source and value are the same.
    """

    text: str
    base: int
    offsets: Optional[Sequence[int]] = None

    def source(self, index: int) -> int:
        """Where a character of the value is written, counted from the literal's start."""
        return self.base + (index if self.offsets is None else self.offsets[index])


def read_literal(
    body: str, base: int, *, raw: bool, is_bytes: bool = False, braces: bool = False
) -> Written:
    """Read what stands between the quotes of a literal.

    Args:
        body: what is written there.
        base: how many characters of the source precede it.
        raw: whether a backslash is a character as any other.
        is_bytes: whether it is a literal of bytes.
        braces: whether doubled braces stand for single ones, as in an f-string.
    """
    special = _special(raw, braces)
    match = special.search(body)
    if match is None:
        return Written(body, base)
    text: List[str] = []
    offsets: List[int] = []
    position = 0
    while match is not None:
        text.append(body[position : match.start()])
        offsets.extend(range(position, match.start()))
        value, position = _step(body, match.start(), raw, is_bytes, braces)
        text.append(value)
        offsets.extend([match.start()] * len(value))
        match = special.search(body, position)
    text.append(body[position:])
    offsets.extend(range(position, len(body) + 1))
    return Written("".join(text), base, offsets)


def _special(raw: bool, braces: bool) -> Pattern[str]:
    """What finds the characters that may not stand for themselves."""
    if braces:
        return _SPECIAL_WITH_BRACES
    return _LINE_ENDS if raw else _SPECIAL


def _step(body: str, position: int, raw: bool, is_bytes: bool, braces: bool) -> Tuple[str, int]:
    """The value of the next character, and where the one behind it begins."""
    character = body[position]
    if character == "\\" and not raw:
        return _escape(body, position, is_bytes)
    if character == "\r":
        return "\n", position + (2 if body.startswith("\r\n", position) else 1)
    if braces and character in "{}" and body.startswith(character * 2, position):
        return character, position + 2
    return character, position + 1


def _escape(body: str, position: int, is_bytes: bool) -> Tuple[str, int]:
    match = _ESCAPE.match(body, position)
    if match is None:
        return "\\", position + 1
    kind = match.lastgroup
    found = match.group(kind or 0)
    if kind == "newline":
        return "", match.end()
    if kind == "octal":
        return chr(int(found, 8)), match.end()
    if kind == "hex" or (kind in ("short", "long") and not is_bytes):
        code = int(found, 16)
        return (chr(code) if code < 0x110000 else "\ufffd"), match.end()
    if kind == "named" and not is_bytes:
        return _named(found), match.end()
    if kind == "other" and found in _SIMPLE:
        return _SIMPLE[found], match.end()
    return "\\", position + 1


def _named(name: str) -> str:
    import unicodedata

    try:
        return unicodedata.lookup(name)
    except KeyError:
        return "\ufffd"

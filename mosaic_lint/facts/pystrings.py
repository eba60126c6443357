"""String literals of Python as LibCST has them: their values, and where these are written."""

from __future__ import annotations

import re
from typing import Optional

import libcst as cst

from mosaic_lint.written import Written, read_literal

_PREFIX = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")")


def literal(node: cst.SimpleString) -> Optional[Written]:
    """The value of a string literal; ``None`` where it isn't one that Python reads."""
    match = _PREFIX.match(node.value)
    if match is None:
        return None
    prefix, quote = match.group(1).lower(), match.group(2)
    body = node.value[match.end() : len(node.value) - len(quote)]
    return read_literal(body, match.end(), raw="r" in prefix, is_bytes="b" in prefix)


def formatted_text(node: cst.FormattedStringText, start: str) -> Written:
    """The value of the text between an f-string's replacement fields.

    Args:
        node: the text.
        start: the f-string's prefix and quote.
    """
    return read_literal(node.value, 0, raw="r" in start.lower(), braces=True)

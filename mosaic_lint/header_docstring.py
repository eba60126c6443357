"""A module's docstring, found without parsing the module.

Only the file's beginning is read: a header must be found on every save, also in a file that is
broken further down.
"""

from __future__ import annotations

import re
from typing import Optional, Tuple

from mosaic_lint.header_text import HeaderText, joined, skip
from mosaic_lint.model import Span
from mosaic_lint.written import Written, read_literal

_PYTHON_TRIVIA = re.compile(r"[ \t\f\r\n]+|#[^\r\n]*|\\(?:\r\n|\r|\n)")
_ON_LINE = re.compile(r"[ \t\f]+|\\(?:\r\n|\r|\n)")
_QUOTE = re.compile(r"""([A-Za-z]{0,2})(\"{3}|'{3}|"|')""")
_PREFIXES = frozenset(("", "r", "u"))
_ENDS = {
    '"""': re.compile(r'\\.|"""', re.DOTALL),
    "'''": re.compile(r"\\.|'''", re.DOTALL),
    '"': re.compile(r'\\(?:\r\n|.)|"|[\r\n]', re.DOTALL),
    "'": re.compile(r"\\(?:\r\n|.)|'|[\r\n]", re.DOTALL),
}


def docstring(text: str) -> HeaderText:
    """The docstring of a module, as Python takes it; formatted strings and bytes are none.

    Args:
        text: the module's text, without a byte order mark; it needn't be complete.
    """
    position, depth = code_start(text), 0
    while text.startswith("(", position):
        position, depth = skip(text, position + 1, _PYTHON_TRIVIA), depth + 1
    start, end, literals = position, position, []
    literal = _literal(text, position)
    while literal is not None:
        literals.append(literal[0])
        end = literal[1]
        position = skip(text, end, _PYTHON_TRIVIA if depth else _ON_LINE)
        literal = _literal(text, position)
    while depth and text.startswith(")", position):
        depth -= 1
        position = skip(text, position + 1, _PYTHON_TRIVIA if depth else _ON_LINE)
    if not literals or depth or text[position : position + 1] not in ("", "\r", "\n", "#", ";"):
        return joined(Span(0, 0), [], has_statements=start < len(text))
    rest = skip(text, skip(text, position, _PYTHON_TRIVIA), _PYTHON_TRIVIA)
    while text.startswith(";", rest):
        rest = skip(text, rest + 1, _PYTHON_TRIVIA)
    return joined(Span(start, end), literals, has_statements=rest < len(text))


def code_start(text: str) -> int:
    """Where a module's first statement begins, be it a docstring; the text's end if none does.

    Args:
        text: the module's text, without a byte order mark.
    """
    return skip(text, 0, _PYTHON_TRIVIA)


def _literal(text: str, position: int) -> Optional[Tuple[Written, int]]:
    """The string literal at a place, and where it ends; not if it is formatted or of bytes."""
    match = _QUOTE.match(text, position)
    if match is None or match.group(1).lower() not in _PREFIXES:
        return None
    quote = match.group(2)
    for found in _ENDS[quote].finditer(text, match.end()):
        if found.group() == quote:
            body = text[match.end() : found.start()]
            raw = match.group(1).lower() == "r"
            return read_literal(body, match.end(), raw=raw), found.end()
        if found.group() in ("\r", "\n"):
            return None
    return None

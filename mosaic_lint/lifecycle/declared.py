"""Where a configuration lists the canonical scripts.

The file was read by a TOML parser before; here only the places of a few strings are wanted, so
that its tokens do.
"""

from __future__ import annotations

import json
import re
from typing import Iterator, List, NamedTuple, Optional

from mosaic_lint.model import Span

_KEYS = frozenset(("canonical-scripts", "extend-canonical-scripts"))
_TABLES = frozenset(("mosaic_lint", "mosaic-lint"))
_TOKEN = re.compile(
    r"""
     (?P<comment>\#[^\r\n]*)
    |(?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3}|'{3}(?:[^']|'(?!''))*'{3}
               |"(?:[^"\\\r\n]|\\.)*"|'[^'\r\n]*')
    |(?P<bare>[A-Za-z0-9_-]+)
    |(?P<line>\r\n?|\n)
    |(?P<mark>[\[\]{}=.,])
    """,
    re.VERBOSE | re.DOTALL,
)


class Entry(NamedTuple):
    """A string in a list of canonical scripts.

    Args:
        value: what it says.
        span: the string with its quotes.
    """

    value: str
    span: Span


def entries(text: str, *, own: bool) -> List[Entry]:
    """The canonical scripts that a configuration lists.

    Args:
        text: the text of the file, valid TOML.
        own: whether the whole file is the linter's, so that its table needs no header.
    """
    return list(_Reader(text, own=own).entries())


class _Reader:
    """One pass over the tokens.

    Args:
        text: the text of the file.
        own: whether keys without a header are the linter's.
    """

    def __init__(self, text: str, *, own: bool) -> None:
        self._text = text
        self._own = own
        self._header: List[str] = []
        self._keys: List[str] = []
        self._inline: List[List[str]] = []
        self._brackets = 0
        self._in_list = False

    def entries(self) -> Iterator[Entry]:
        """The strings of the lists in order."""
        in_header = is_value = False
        at_start = True
        for token in _TOKEN.finditer(self._text):
            kind, shown = token.lastgroup, token.group()
            if kind == "comment":
                continue
            if kind == "line":
                if in_header or not (self._brackets or self._inline):
                    self._keys, in_header, is_value, at_start = [], False, False, True
                continue
            if at_start and shown == "[":
                in_header, self._header, at_start = True, [], False
                continue
            at_start = False
            if in_header:
                if kind in ("bare", "string"):
                    self._header.append(_value(shown) or "")
            elif shown == "=" and not self._brackets:
                is_value = True
                self._in_list = self._is_wanted()
            elif is_value and shown == "[":
                self._brackets += 1
            elif shown == "]" and self._brackets:
                self._brackets -= 1
            elif shown == "{" and not self._brackets:
                self._inline.append(self._keys)
                self._keys, is_value = [], False
            elif shown == "}" and self._inline and not self._brackets:
                self._keys, is_value = self._inline.pop(), True
            elif shown == "," and self._inline and not self._brackets:
                self._keys, is_value = [], False
            elif not is_value and kind in ("bare", "string"):
                self._keys.append(_value(shown) or "")
            elif self._brackets and self._in_list and kind == "string":
                value = _value(shown)
                if value is not None:
                    yield Entry(value, Span(*token.span()))

    def _is_wanted(self) -> bool:
        """Whether the key that was just read is the linter's list."""
        if len(self._inline) > len(_TABLES):
            return False  # deeper than any table of the linter's
        path = [*self._header, *(key for keys in self._inline for key in keys), *self._keys]
        if not path or path[-1] not in _KEYS:
            return False
        table = path[:-1]
        return (len(table) == 2 and table[0] == "tool" and table[1] in _TABLES) or (
            self._own and not table
        )


def _value(shown: str) -> Optional[str]:
    """What a string or a bare key says; ``None`` where it can't be told."""
    if not shown.startswith(('"', "'")):
        return shown
    quotes = 3 if shown[:3] in ('"' * 3, "'" * 3) and len(shown) >= 6 else 1
    inner = shown[quotes:-quotes]
    if quotes == 3 and inner.startswith(("\n", "\r\n")):
        inner = inner.partition("\n")[2]
    if shown.startswith("'") or "\\" not in inner:
        return inner
    try:
        value = json.loads(f'"{inner}"')  # the same escapes, but for a few that paths don't need
    except ValueError:
        return None
    return value if isinstance(value, str) else None

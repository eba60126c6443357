"""Where the comments of a Python file are, without tokenizing it.

Strings and comments hide each other, and nothing else hides either. So looking for these two is
enough, costs a fraction of :mod:`tokenize`, and doesn't fail on a file that no parser takes. A
plain string that isn't closed ends with its line, as it does for Python.
"""

from __future__ import annotations

import re
from typing import Iterator

from mosaic_lint.model import Span

_STRING_OR_COMMENT = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
      |\"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\"\"\")?
      |'''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:''')?
      |"[^"\\\r\n]*(?:\\(?:\r\n|.)[^"\\\r\n]*)*"?
      |'[^'\\\r\n]*(?:\\(?:\r\n|.)[^'\\\r\n]*)*'?
    """,
    re.VERBOSE | re.DOTALL,
)


def comments(text: str) -> Iterator[Span]:
    """Find the comments of a Python file, in order.

    Args:
        text: the decoded file, without a byte order mark.

    Yields:
        Half-open character offsets into the text, from the ``#`` to before the line's end.
    """
    for match in _STRING_OR_COMMENT.finditer(text):
        if match.lastgroup == "comment":
            yield Span(*match.span())

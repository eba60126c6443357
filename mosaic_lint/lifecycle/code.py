"""Code in files of other languages, and what their keys say of it."""

from __future__ import annotations

import re
from typing import List, NamedTuple, Optional, Union

from mosaic_lint.lifecycle.shell import Word


class Code(NamedTuple):
    """A range of a file.

    Args:
        start: where it begins.
        end: where it ends.
        is_command: whether it surely is a command; otherwise it is a text that may be one.
        folder: what names the folder that it runs in; ``None`` where nothing does.
    """

    start: int
    end: int
    is_command: bool = True
    folder: Optional[Word] = None


class Module(NamedTuple):
    """A string that an import names.

    Args:
        start: where it begins, behind its quote.
        end: where it ends.
    """

    start: int
    end: int


Piece = Union[Code, Module, List[Word]]
"""Code, an import, or a command as a list of its words."""

RUNS = re.compile(
    r"(?i)(?:.*[._-])?(?:run|exec|scripts?|cmds?|commands?|entry|entrypoint|shell|bash|sh|hooks?|uses"
    r"|tasks?|alias(?:es)?|lint-staged|husky)|\w*(?:command|script|cmd)s?|(?:before|after)_\w+"
    r"|install"
)
LISTS_WORDS = re.compile(r"(?i)(?:.*[._-])?(?:commands?|cmd|args|entrypoint|entry|exec)")
TELLS = frozenset(
    """name description title message summary help text comment label id canonical-scripts
    extend-canonical-scripts""".split()
)

LITERAL = re.compile(r"\"(?:[^\"\\\r\n]|\\.)*\"|'[^'\r\n]*'")
"""A string in a line."""

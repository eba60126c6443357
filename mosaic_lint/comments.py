"""What a comment says to people, apart from what it says to tools."""

from __future__ import annotations

import re

_DIRECTIVES = r"""
    (?:(?:ruff|flake8)\s*[:=]\s*)?noqa(\s*:\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)?
      |pragma\s*:?\s*no\s*(cover|branch)
      |type\s*:\s*ignore(\[[^\]]*\])?|(mypy|pyright|ruff|isort|fmt)\s*:\s*[-\w=,\s\[\]]*
      |pylint\s*:\s*[-\w]+\s*=\s*[-\w,\s]*|NOSONAR|nosemgrep\S*|pyre-ignore(\[\d*\])?|pyre-fixme(\[\d*\])?|skipcq(\s*:\s*[-\w]+)?
      |nosec(\s*B?\d+(?:[,\s]+B\d+)*)?
"""
_FLAGS = re.VERBOSE | re.IGNORECASE


def says_why(comment: str) -> bool:
    """Whether something is left of a comment when directives to tools are taken away."""
    return re.search(r"[^\W\d_]", re.sub(_DIRECTIVES, "", comment, flags=_FLAGS)) is not None

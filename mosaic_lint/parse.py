"""Parse an excerpt with LibCST."""

from __future__ import annotations

import re

import libcst as cst

from mosaic_lint.collector import paused
from mosaic_lint.triage.prune import Excerpt

_WHERE = re.compile(r"error at (\d+):(\d+)")


class Unparsable(Exception):
    """Text that is no Python.

    Args:
        reason: what the parser says.
        offset: character offset in the file where it says so.
    """

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


def parse(excerpt: Excerpt) -> cst.Module:
    """Parse an excerpt that has passed the guards.

    Raises:
        Unparsable: it is no Python, as far as LibCST knows.
    """
    try:
        with paused():
            return cst.parse_module(excerpt.text)
    except cst.ParserSyntaxError as error:
        raise Unparsable(_reason(error), _offset(excerpt, error)) from error


def _reason(error: cst.ParserSyntaxError) -> str:
    first = error.message.strip().splitlines()[0]
    return _WHERE.sub("", first).replace("parser error: ", "").strip(": ")


def _offset(excerpt: Excerpt, error: cst.ParserSyntaxError) -> int:
    """Where the parser stopped: its message is right where its attributes are not."""
    where = _WHERE.search(error.message)
    line, column = (int(where[1]), int(where[2])) if where else (error.raw_line, 0)
    lines = excerpt.text.split("\n")
    line = min(max(line, 1), len(lines))
    start = sum(len(text) + 1 for text in lines[: line - 1])
    return excerpt.origin(start + min(column, len(lines[line - 1])))

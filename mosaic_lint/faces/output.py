"""Where the command line writes: reports to standard output or a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Optional, TextIO

if TYPE_CHECKING:
    from mosaic_lint.reports.results import Results

# Formats that programs read are UTF-8 whatever the terminal speaks.
_FOR_PROGRAMS = ("json", "sarif", "github", "mermaid")


def deliver(
    text: str, output_format: str, file: Optional[str] = None, *, to_error: bool = False
) -> None:
    """Write a report. A reader that has gone away is no error.

    Args:
        text: the whole report.
        output_format: the name of its format, which decides the encoding.
        file: where to; a stream if ``None``.
        to_error: whether that is standard error instead of standard output.

    Raises:
        OSError: it can't be written.
    """
    if file is not None:
        with open(file, "wb") as opened:
            opened.write(_encoded(text, "utf-8"))
        return
    stream = sys.stderr if to_error else sys.stdout
    if stream is not None:
        spoken = "utf-8" if output_format in _FOR_PROGRAMS else stream.encoding
        _to_stream(_encoded(text, spoken), stream)


def to_standard_output(data: bytes) -> None:
    """Write bytes as they are. A reader that has gone away is no error.

    Raises:
        OSError: they can't be written.
    """
    if sys.stdout is not None:
        _to_stream(data, sys.stdout)


def _encoded(text: str, encoding: str) -> bytes:
    # In JSON too a backslash and the code of a lone surrogate are right.
    return text.encode(encoding, "backslashreplace")


def _to_stream(data: bytes, stream: TextIO) -> None:
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.buffer.flush()
    except OSError as error:
        # What is left in the buffer would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def colours_wanted(choice: str, *, to_file: bool, to_error: bool = False) -> bool:
    """Whether to colour a report.

    Args:
        choice: ``auto``, ``always`` or ``never``.
        to_file: whether it goes to a file.
        to_error: whether it goes to standard error instead of standard output.
    """
    if choice != "auto":
        return choice == "always"
    stream = sys.stderr if to_error else sys.stdout
    if to_file or stream is None or not stream.isatty():
        return False
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def append_step_summary(results: Results) -> None:
    """Append a table of all findings to the summary of a step of a GitHub workflow.

    Raises:
        OSError: it can't be written.
    """
    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    from mosaic_lint.reports.github import summary

    with open(file, "ab") as opened:
        opened.write(_encoded(summary(results), "utf-8"))

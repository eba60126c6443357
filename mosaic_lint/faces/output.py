"""Where the command line writes: reports to standard output or a file."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Optional

if TYPE_CHECKING:
    from mosaic_lint.reports.results import Results

# Formats that programs read are UTF-8 whatever the terminal speaks.
_FOR_PROGRAMS = ("json", "sarif", "github", "mermaid")


def deliver(text: str, output_format: str, file: Optional[str] = None) -> None:
    """Write a report. A reader that has gone away is no error.

    Args:
        text: the whole report.
        output_format: the name of its format, which decides the encoding.
        file: where to; standard output if ``None``.

    Raises:
        OSError: it can't be written.
    """
    if file is not None:
        with open(file, "wb") as opened:
            opened.write(_encoded(text, "utf-8"))
    elif sys.stdout is not None:
        spoken = "utf-8" if output_format in _FOR_PROGRAMS else sys.stdout.encoding
        _to_standard_output(_encoded(text, spoken))


def _encoded(text: str, encoding: str) -> bytes:
    # In JSON too a backslash and the code of a lone surrogate are right.
    return text.encode(encoding, "backslashreplace")


def _to_standard_output(data: bytes) -> None:
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is left in the buffer would fail again when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


def colours_wanted(choice: str, *, to_file: bool) -> bool:
    """Whether to colour a report.

    Args:
        choice: ``auto``, ``always`` or ``never``.
        to_file: whether it goes to a file.
    """
    if choice != "auto":
        return choice == "always"
    if to_file or sys.stdout is None or not sys.stdout.isatty():
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

"""How a command ends: its exit status, and what it says when it can't do what it should."""

from __future__ import annotations

from typing import Any

import click

NOTHING_FOUND = 0
FINDINGS = 1
FAULT = 2
INTERRUPTED = 130


class Refusal(click.ClickException):
    """Something that can't be done as it was asked for; one line on standard error."""

    exit_code = FAULT

    def show(self, file: Any = None) -> None:
        """Write the line."""
        say(self.message)


def say(line: str) -> None:
    """Write a line to standard error, in the name of the tool."""
    click.echo(f"mosaic-lint: {line}", err=True)

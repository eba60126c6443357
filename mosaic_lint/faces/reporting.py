"""What a run of ``check`` tells, where to, and its exit status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

import click

from mosaic_lint.faces.ending import FAULT, FINDINGS, NOTHING_FOUND, say

if TYPE_CHECKING:
    from mosaic_lint.faces.fixing import Repaired
    from mosaic_lint.faces.run import Outcome
    from mosaic_lint.reports.results import Results


@dataclass(frozen=True)
class Reporting:
    """How to tell.

    Args:
        output_format: the name of the report's format.
        output_file: where to write the report; standard output if ``None``.
        statistics: whether to count the findings of each code.
        exit_zero: whether findings leave the exit status at 0.
        quiet: whether to write no closing lines.
        colour: ``auto``, ``always`` or ``never``.
    """

    output_format: str
    output_file: Optional[str]
    statistics: bool
    exit_zero: bool
    quiet: bool
    colour: str

    def tell(self, outcome: Outcome) -> int:
        """Tell what was found.

        Returns:
            The exit status.

        Raises:
            OSError: the report can't be written.
        """
        from mosaic_lint.reports import closing

        results = self._report(outcome, to_error=False)
        if not self.quiet and self.output_format in ("text", "concise") and outcome.checked:
            click.echo(closing.closing_line(results), err=True)
        return self._end(results, outcome)

    def tell_repairs(self, repaired: Repaired) -> int:
        """Tell what was fixed and what is left.

        What belongs to standard output, a patch for example, has it for itself.

        Returns:
            The exit status.

        Raises:
            OSError: the report or the patch can't be written.
        """
        from mosaic_lint.faces.output import to_standard_output
        from mosaic_lint.reports.repairs import summary

        outcome = repaired.outcome
        if repaired.output is not None:
            to_standard_output(repaired.output)
        results = self._report(outcome, to_error=repaired.output is not None)
        if not self.quiet and (outcome.checked or repaired.repairs.left):
            click.echo(summary(repaired.repairs, outcome.checked), err=True, nl=False)
        return self._end(results, outcome)

    def _report(self, outcome: Outcome, *, to_error: bool) -> Results:
        from mosaic_lint.faces.output import append_step_summary, colours_wanted, deliver
        from mosaic_lint.reports import load
        from mosaic_lint.reports.results import Results

        colour = colours_wanted(
            self.colour, to_file=self.output_file is not None, to_error=to_error
        )
        results = Results(outcome.reports, outcome.checked, colour)
        text = load(self.output_format)(results)
        deliver(text, self.output_format, self.output_file, to_error=to_error)
        if self.output_format == "github":
            append_step_summary(results)
        return results

    def _end(self, results: Results, outcome: Outcome) -> int:
        from mosaic_lint.reports import closing

        if self.statistics:
            click.echo(closing.statistics(results), err=True, nl=False)
        for line in (*outcome.warnings, *outcome.errors):
            say(line)
        if outcome.errors or results.has_fault:
            return FAULT
        return FINDINGS if results.reports and not self.exit_zero else NOTHING_FOUND

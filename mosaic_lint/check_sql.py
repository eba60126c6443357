"""SQL through the engine: statement by statement, of which none is kept.

A dump may be larger than what its statements would need as tokens, so that each is read, shown to
all rules and forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List

from mosaic_lint.job import Job, place
from mosaic_lint.sql.shape import is_sql
from mosaic_lint.sql.statement import Statement, read
from mosaic_lint.sqlfile import statements

if TYPE_CHECKING:
    from mosaic_lint.rule import Context, Rule


def run(job: Job) -> None:
    """Run the rules over an SQL script, or over an SQL block of a Markdown file.

    Args:
        job: the script; gets the findings.
    """
    null = job.source.text.find("\0")
    if null >= 0:  # no SQL has one: it's another encoding, or no text at all
        job.unreadable("contains a null byte", null)
        return
    runs = list(_runs(job))
    if runs:
        for statement in _statements(job):
            for one in runs:
                one.look_at(statement)
    job.findings[:] = [finding for finding in job.findings if finding.code not in job.failed]


class _Run:
    """A rule on its way through a script. What failed once isn't tried again.

    Args:
        job: the script.
        rule: the rule.
        context: what the rule is run with.
    """

    def __init__(self, job: Job, rule: Rule, context: Context) -> None:
        self._job = job
        self._rule = rule
        self._context = context
        self._code = rule.meta.code

    def look_at(self, statement: Statement) -> None:
        """Show a statement to the rule."""
        if self._code in self._job.failed:
            return
        try:
            for draft in self._rule.run(statement, self._context):
                self._job.add(self._code, draft, place)
        except Exception as error:
            if self._job.mode.strict:
                raise
            self._job.rule_failed(self._code, error)


def _runs(job: Job) -> Iterator[_Run]:
    for entry in job.code_rules():
        try:
            rule, context = job.prepare(entry, job.script)
        except Exception as error:
            if job.mode.strict:
                raise
            job.rule_failed(entry.code, error)
        else:
            yield _Run(job, rule, context)


def _statements(job: Job) -> Iterator[Statement]:
    """The statements; of a block in Markdown those that aren't fragments."""
    text = job.source.text
    for start, end in statements(text):
        found: List[Statement] = read(
            text, start=start, end=end, in_file=True, defined=job.definitions
        )
        if job.in_markdown:
            found = [statement for statement in found if is_sql(statement)]
        yield from found

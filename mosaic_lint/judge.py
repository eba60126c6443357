"""Whether a plain text, if it is SQL, has anything that a rule speaks of.

This lets triage clear the SQL constants of a file before LibCST is imported: the rules over
statements need only the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Sequence, Tuple

from mosaic_lint.job import Job
from mosaic_lint.registry import RuleEntry
from mosaic_lint.sql.given import NOTHING, Given
from mosaic_lint.sql.statement import Statement, read

if TYPE_CHECKING:
    from mosaic_lint.rule import Context, Rule


class TextJudge:
    """Runs the rules over plain texts and only tells whether any speaks.

    Args:
        job: the file.
        entries: the rules that subscribe to statements.
    """

    def __init__(self, job: Job, entries: Sequence[RuleEntry]) -> None:
        self._job = job
        self._entries = entries
        self._rules: List[Tuple[Rule, Context]] = []
        self._known: Dict[Tuple[str, Given], bool] = {}

    def may_speak(self, text: str, given: Given = NOTHING) -> bool:
        """Whether a rule has something to say of a text, or fails over it.

        Args:
            text: the text.
            given: what its placeholders may get.
        """
        key = (text, given)
        if key not in self._known:
            statements = read(text, known=self._job.lexed, given=given)
            self._known[key] = any(self._speaks(statement) for statement in statements)
        return self._known[key]

    def _speaks(self, statement: Statement) -> bool:
        if not self._rules and self._entries:
            script = self._job.script
            self._rules = [self._job.prepare(entry, script) for entry in self._entries]
        try:
            return any(any(rule.check(statement, context)) for rule, context in self._rules)
        except Exception:  # noqa: MOS302 -- the fault is reported when the rule runs in earnest
            return True

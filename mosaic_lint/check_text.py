"""Rules over a file's text, which is the same way for every language and parses nothing."""

from __future__ import annotations

from typing import Dict, List

from mosaic_lint.facts import provider
from mosaic_lint.facts.script import Script
from mosaic_lint.job import Job, place
from mosaic_lint.registry import RuleEntry


def run(job: Job) -> None:
    """Run the rules that look at the text.

    Args:
        job: the file; gets the findings.
    """
    entries = [entry for entry in job.text_rules() if _is_triggered(entry, job.source.text)]
    if not entries:
        return
    script = job.script
    facts: Dict[str, List[object]] = {}
    for entry in entries:
        try:
            _run_rule(job, entry, script, facts)
        except Exception as error:
            if job.mode.strict:
                raise
            job.rule_failed(entry.code, error)


def _is_triggered(entry: RuleEntry, text: str) -> bool:
    return not entry.triggers or any(trigger in text for trigger in entry.triggers)


def _run_rule(job: Job, entry: RuleEntry, script: Script, facts: Dict[str, List[object]]) -> None:
    name = entry.subscribes
    if name not in facts:
        facts[name] = list(provider(name)(script))
    if not facts[name]:
        return  # spares the import of the rule
    rule, context = job.prepare(entry, script)
    drafts = [draft for fact in facts[name] for draft in rule.run(fact, context)]
    for draft in drafts:
        job.add(entry.code, draft, place)

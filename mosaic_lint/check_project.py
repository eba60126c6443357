"""Rules over a project as a whole: what no file tells alone."""

from __future__ import annotations

import os
from typing import Dict, FrozenSet, List, Optional, Tuple

from mosaic_lint import registry
from mosaic_lint.anchor import Anchor, FilePlace
from mosaic_lint.config import Config
from mosaic_lint.facts import PROJECT_FACTS, provider
from mosaic_lint.facts.script import Script
from mosaic_lint.job import Job, Mode
from mosaic_lint.model import Span
from mosaic_lint.project import Project
from mosaic_lint.registry import RuleEntry
from mosaic_lint.rule import Draft
from mosaic_lint.source import Language, Source, language_of_data


def run(config: Config, mode: Mode) -> Tuple[Dict[str, Job], FrozenSet[str]]:
    """Run the rules that look at a whole project.

    Args:
        config: the configuration at its root.
        mode: how to check.

    Returns:
        By absolute path a job for each file in which something was found, not suppressed, nor
        ordered; and the codes that were looked for.
    """
    return _ProjectCheck(config, mode).run()


class _ProjectCheck:
    """One project's way through the rules."""

    def __init__(self, config: Config, mode: Mode) -> None:
        self._config = config
        self._mode = mode
        self._project: Project = config.project
        self._jobs: Dict[str, Job] = {}
        self._facts: Dict[str, List[object]] = {}

    def run(self) -> Tuple[Dict[str, Job], FrozenSet[str]]:
        codes = set()
        for entry in registry.rules().values():
            if entry.subscribes in PROJECT_FACTS and self._may_be_on(entry):
                try:
                    self._run_rule(entry)
                    codes.add(entry.code)
                except Exception as error:
                    if self._mode.strict:
                        raise
                    self._job(".").rule_failed(entry.code, error)
        jobs = {job.source.path: job for job in self._jobs.values() if job.findings}
        return jobs, frozenset(codes)

    def _may_be_on(self, entry: RuleEntry) -> bool:
        return self._config.selection.is_on(entry.code, entry.default_on)

    def _run_rule(self, entry: RuleEntry) -> None:
        name = entry.subscribes
        if name not in self._facts:
            self._facts[name] = list(provider(name)(self._project))
        if not self._facts[name]:
            return  # spares the import of the rule
        rule, context = self._job(".").prepare(entry, self._view())
        drafts = [draft for fact in self._facts[name] for draft in rule.run(fact, context)]
        for draft in drafts:
            self._add(entry, draft)

    def _view(self) -> Script:
        """The project as a rule's context has it: a file without text."""
        source = Source(str(self._project.root), "", language=Language.OTHER)
        project = self._project
        return Script(source, self._config.settings, project, lambda: project.schema)

    def _add(self, entry: RuleEntry, draft: Draft) -> None:
        anchor = draft.anchor
        assert isinstance(anchor, FilePlace)
        if self._project.is_excluded(anchor.path):
            return
        job = self._job(anchor.path)
        if job.selection.is_on(entry.code, entry.default_on):
            job.add(entry.code, draft, _place)

    def _job(self, path: str) -> Job:
        if path not in self._jobs:
            self._jobs[path] = Job(self._source(path), self._config, self._mode)
        return self._jobs[path]

    def _source(self, path: str) -> Source:
        absolute = os.path.join(self._project.root, path)
        text: Optional[str] = None if path == "." else self._project.text(path)
        if text is None:
            return Source(absolute, "", language=Language.OTHER)
        language = language_of_data(path, self._project.data(path) or b"")
        if language is Language.PYTHON and not path.endswith((".py", ".pyi")):
            language = Language.OTHER
        return Source(absolute, text, language=language)


def _place(anchor: Anchor) -> Span:
    assert isinstance(anchor, FilePlace)
    return anchor.span

"""Rules over a project as a whole: what no file tells alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable, Dict, FrozenSet, List, Optional, Tuple

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

ConfigOf = Callable[[str], Optional[Config]]
"""Gives the configuration in force for a file by its absolute path; ``None`` if there is none that
can be used.
"""


def run(config: Config, config_of: ConfigOf, mode: Mode) -> Tuple[Dict[str, Job], FrozenSet[str]]:
    """Run the rules that look at a whole project.

    Args:
        config: the configuration at its root.
        config_of: gives those of its files; some may lie in a project of their own.
        mode: how to check.

    Returns:
        By absolute path a job for each file in which something was found, not suppressed, nor
        ordered; and the codes that were looked for.
    """
    return _ProjectCheck(config, config_of, mode).run()


class _ProjectCheck:
    """One project's way through the rules."""

    def __init__(self, config: Config, config_of: ConfigOf, mode: Mode) -> None:
        self._config = config
        self._config_of = config_of
        self._mode = mode
        self._project: Project = config.project
        self._itself = Job(_nothing(str(self._project.root)), config, mode)
        self._jobs: Dict[str, Optional[Job]] = {}
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
                    self._itself.rule_failed(entry.code, error)
        jobs = [self._itself, *self._jobs.values()]
        found = {job.source.path: job for job in jobs if job is not None and job.findings}
        return found, frozenset(codes)

    def _may_be_on(self, entry: RuleEntry) -> bool:
        return self._config.selection.is_on(entry.code, entry.default_on)

    def _run_rule(self, entry: RuleEntry) -> None:
        name = entry.subscribes
        if name not in self._facts:
            self._facts[name] = list(provider(name)(self._project))
        if not self._facts[name]:
            return  # spares the import of the rule
        rule, context = self._itself.prepare(entry, self._view())
        drafts = [draft for fact in self._facts[name] for draft in rule.run(fact, context)]
        for draft in drafts:
            self._add(entry, draft)

    def _view(self) -> Script:
        """The project as a rule's context has it: a file without text."""
        project = self._project
        source = _nothing(str(project.root))
        return Script(source, self._config.settings, project, lambda: project.schema)

    def _add(self, entry: RuleEntry, draft: Draft) -> None:
        anchor = draft.anchor
        assert isinstance(anchor, FilePlace)
        job = self._job(anchor.path)
        if job is not None and job.selection.is_on(entry.code, entry.default_on):
            job.add(entry.code, draft, _place)

    def _job(self, path: str) -> Optional[Job]:
        """The job of a file; ``None`` where the file isn't linted."""
        if path not in self._jobs:
            absolute = os.path.join(self._project.root, path)
            config = self._config_of(absolute)
            if config is None or config.is_excluded(Path(absolute)):
                self._jobs[path] = None
            else:
                self._jobs[path] = Job(self._source(path, absolute), config, self._mode)
        return self._jobs[path]

    def _source(self, path: str, absolute: str) -> Source:
        text = self._project.text(path)
        if text is None:
            return _nothing(absolute)
        language = language_of_data(path, self._project.data(path) or b"")
        if language is Language.PYTHON and not path.endswith((".py", ".pyi")):
            language = Language.OTHER
        return Source(absolute, text, language=language)


def _nothing(path: str) -> Source:
    return Source(path, "", language=Language.OTHER)


def _place(anchor: Anchor) -> Span:
    assert isinstance(anchor, FilePlace)
    return anchor.span

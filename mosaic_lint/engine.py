"""Check one file. The only place where rules run.

How rules meet a file depends on its language; what stands around that doesn't: size, suppression,
selection, order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, FrozenSet, Iterable, List, Mapping, Tuple, Union

from mosaic_lint.config import Config
from mosaic_lint.errors import ConfigError
from mosaic_lint.job import HOSTED, Job, Mode
from mosaic_lint.model import Finding, Span
from mosaic_lint.noqa import is_mentioned
from mosaic_lint.source import Language, Source, Unreadable, language_of_data

if TYPE_CHECKING:
    from mosaic_lint.check_project import ConfigOf
    from mosaic_lint.suppress import Suppressions
    from mosaic_lint.suppress_lines import LineSuppressions

__all__ = ["HOSTED", "Mode", "Report", "check", "check_bytes"]

_ALONE = Mode()


@dataclass(frozen=True)
class Report:
    """What was found in a file.

    Args:
        source: the file.
        findings: in order of position.
    """

    source: Source
    findings: Tuple[Finding, ...]


def check_bytes(path: str, data: bytes, config: Config, mode: Mode = _ALONE) -> Report:
    """Decode and check a file.

    Args:
        path: the path to show; its suffix tells the language.
        data: the file's bytes.
        config: the configuration in force for it.
        mode: how to check.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    if not config.includes(language_of_data(path, data)):
        return Report(Source(path, ""), ())
    try:
        source = Source.from_bytes(path, data)
    except Unreadable as error:
        source = Source(path, error.text)
        span = Span(error.offset, min(error.offset + 1, len(error.text)))
        finding = Finding("MOS001", f"can't be decoded: {error.reason}", span)
        wanted = config.selection_for(Path(path)).is_on("MOS001")
        return Report(source, (*mode.also, finding) if wanted else mode.also)
    del data  # a dump may fill the memory
    return check(source, config, mode)


def check(source: Source, config: Config, mode: Mode = _ALONE) -> Report:
    """Check a file.

    Args:
        source: the file.
        config: the configuration in force for it.
        mode: how to check.

    Returns:
        The findings in order; nothing that stands in the file makes this raise.

    Raises:
        ConfigError: the configuration asks for what isn't installed.
    """
    if not config.includes(source.language):
        return Report(source, ())
    return Report(source, _findings(Job(source, config, mode)))


@dataclass(frozen=True)
class Whole:
    """What was found in a project as a whole.

    Args:
        jobs: the files in which something was found, by absolute path; nothing is suppressed yet.
        codes: the codes that were looked for.
    """

    jobs: Mapping[str, Job]
    codes: FrozenSet[str]

    def report(self, path: str, findings: Iterable[Finding]) -> Report:
        """What is left of the findings in a file that isn't checked by itself.

        Args:
            path: the file.
            findings: those of all projects that it is in.
        """
        job = self.jobs[path]
        job.findings = list(findings)
        return Report(job.source, _finished(job, tells_of_noqa=False))


def look_at_project(config: Config, config_of: ConfigOf, mode: Mode = _ALONE) -> Whole:
    """Find what only a project's files together tell.

    Args:
        config: the configuration at the project's root.
        config_of: gives those of its files; some may lie in a project of their own.
        mode: how to check.
    """
    from mosaic_lint import check_project as projects

    try:
        return Whole(*projects.run(config, config_of, mode))
    except Exception as error:
        if mode.strict:
            raise
        root = str(config.project.root)
        failed = Job(Source(root, "", language=Language.OTHER), config, mode)
        failed.fault("the check of the project", error)
        return Whole({root: failed}, frozenset())


def check_project(config: Config, mode: Mode = _ALONE) -> List[Report]:
    """Check what only a project's files together tell.

    Args:
        config: the configuration at the project's root.
        mode: how to check.

    Returns:
        A report for each file in which something was found, in order of path; absolute ones.
    """
    whole = look_at_project(config, lambda path: config, mode)
    reports = [whole.report(path, job.findings) for path, job in sorted(whole.jobs.items())]
    return [report for report in reports if report.findings]


def _findings(job: Job) -> Tuple[Finding, ...]:
    try:
        if not job.is_too_large():
            _run_rules(job)
    except ConfigError:
        raise
    except Exception as error:
        if job.mode.strict:
            raise
        job.fault("the engine", error)
    job.findings.extend(job.mode.also)
    return _finished(job)


def _finished(job: Job, *, tells_of_noqa: bool = True) -> Tuple[Finding, ...]:
    """A job's findings without what is suppressed or not wanted, in order.

    Args:
        job: the job.
        tells_of_noqa: whether a noqa that is odd or useless is to be told.
    """
    findings = job.findings
    try:
        findings = _after_suppression(job, tells_of_noqa)
    except Exception as error:
        if job.mode.strict:
            raise
        job.fault("the reading of noqa comments", error)
    kept = [finding for finding in findings if job.selection.is_on(finding.code)]
    unique = {(f.code, f.span, f.message): f for f in kept}
    return tuple(sorted(unique.values(), key=lambda finding: finding.order))


def _run_rules(job: Job) -> None:
    """Run the rules in the way of the file's language, which alone is imported."""
    if job.source.language is Language.MARKDOWN:
        _run_blocks(job)
        return
    if job.text_rules():
        from mosaic_lint import check_text

        check_text.run(job)
    if job.source.language in (Language.SHELL, Language.OTHER):
        return
    if job.source.language is Language.SQL:
        from mosaic_lint import check_sql

        check_sql.run(job)
    else:
        from mosaic_lint import check_python

        check_python.run(job)


def _run_blocks(job: Job) -> None:
    """Check each block of a Markdown file as a file of its own, noqa included.

    Documentation has fragments: a block that can't be analysed is passed over.
    """
    from mosaic_lint.check_markdown import moved, parts, schema_of

    found = list(parts(job.source))
    schema = lru_cache(maxsize=1)(lambda: schema_of(job.source, [block for _, block in found]))
    for source, block in found:
        first_line = job.source.position(block.offset(0)).line
        inner = Job(
            source,
            job.config,
            job.mode,
            in_markdown=True,
            first_line=first_line,
            find_schema=schema,
        )
        findings = _findings(inner)
        if not inner.is_unreadable:
            job.findings.extend(moved(finding, block) for finding in findings)


def _after_suppression(job: Job, tells_of_noqa: bool) -> List[Finding]:
    is_markdown = job.source.language is Language.MARKDOWN  # whose blocks have been through this
    if is_markdown or not is_mentioned(job.source.text):
        return job.findings
    suppressions = _suppressions(job.source)
    if tells_of_noqa and job.selection.is_on("MOS003"):
        job.findings.extend(suppressions.ambiguous())
    if not job.mode.suppresses:
        return job.findings
    if suppressions.whole_file:
        return [f for f in job.findings if f.code in ("MOS001", "MOS003")]
    kept = [f for f in job.findings if not suppressions.silences(f)]
    if not tells_of_noqa:
        return kept
    if job.selection.is_on("MOS002") and not any(f.code == "MOS001" for f in kept):
        unused = suppressions.unused(job.could_run)
        kept.extend(f for f in unused if not suppressions.silences(f))
    return kept


def _suppressions(source: Source) -> Union[Suppressions, LineSuppressions]:
    if source.language is not Language.PYTHON:
        from mosaic_lint.suppress_lines import HASH, SQL, LineSuppressions

        return LineSuppressions(source, SQL if source.language is Language.SQL else HASH)
    from mosaic_lint.suppress import Suppressions

    return Suppressions(source)

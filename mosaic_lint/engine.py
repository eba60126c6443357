"""Check one file. The only place where rules run."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Iterable, Iterator, List, Optional, Set, Tuple

from mosaic_lint import registry, triage
from mosaic_lint.config import Config, Selection
from mosaic_lint.guards import TooDeep, check_text
from mosaic_lint.model import Finding, Span
from mosaic_lint.registry import RuleEntry
from mosaic_lint.source import Source, Unreadable
from mosaic_lint.triage import Plan, Wanted

if TYPE_CHECKING:
    import libcst as cst

    from mosaic_lint.facts.file import File
    from mosaic_lint.positions import Locator
    from mosaic_lint.rule import Draft, Rule

_MAX_BROKEN = 10  # statements of a file that LibCST refuses, before the whole file is given up


@dataclass(frozen=True)
class Report:
    """What was found in a file.

    Args:
        source: the file.
        findings: in order of position.
    """

    source: Source
    findings: Tuple[Finding, ...]


@dataclass(frozen=True)
class Mode:
    """How a face wants a file checked.

    Args:
        reads_files: the face decodes and parses itself, so that MOS001 is ours to report.
        suppresses: ``noqa`` is ours to apply, and MOS002 to report.
        triage: clear what is surely right before parsing; off only to test that it is sound.
        strict: let a fault in a rule raise, for tests.
    """

    reads_files: bool = True
    suppresses: bool = True
    triage: bool = True
    strict: bool = False


HOSTED = Mode(reads_files=False, suppresses=False)
"""Inside a host that reads files and applies ``noqa`` itself, as flake8 does."""


def check_bytes(path: str, data: bytes, config: Config, mode: Mode = Mode()) -> Report:
    """Decode and check a file.

    Args:
        path: the path to show.
        data: the file's bytes.
        config: the configuration in force for it.
        mode: how to check.
    """
    try:
        source = Source.from_bytes(path, data)
    except Unreadable as error:
        source = Source(path, error.text)
        span = Span(error.offset, min(error.offset + 1, len(error.text)))
        finding = Finding("MOS001", f"can't be decoded: {error.reason}", span)
        wanted = config.selection_for(Path(path)).is_on("MOS001")
        return Report(source, (finding,) if wanted else ())
    return check(source, config, mode)


def check(source: Source, config: Config, mode: Mode = Mode()) -> Report:
    """Check a file.

    Args:
        source: the file.
        config: the configuration in force for it.
        mode: how to check.

    Returns:
        The findings in order; nothing that stands in the file makes this raise.
    """
    return _Check(source, config, mode).run()


class _Check:
    """One file's way through the engine."""

    def __init__(self, source: Source, config: Config, mode: Mode) -> None:
        self._source = source
        self._config = config
        self._mode = mode
        self._path = Path(source.path)
        self._selection: Selection = config.selection_for(self._path)
        self._findings: List[Finding] = []
        self._failed: Set[str] = set()

    def run(self) -> Report:
        try:
            self._run_rules()
        except Exception as error:
            if self._mode.strict:
                raise
            self._fault("the engine", error)
        findings = self._findings
        try:
            findings = self._after_suppression()
        except Exception as error:
            if self._mode.strict:
                raise
            self._fault("the reading of noqa comments", error)
        kept = [f for f in findings if self._selection.is_on(f.code)]
        unique = {(f.code, f.span, f.message): f for f in kept}
        return Report(self._source, tuple(sorted(unique.values(), key=lambda f: f.order)))

    def _run_rules(self) -> None:
        limit = self._config.settings.max_file_size
        if len(self._source.text) > limit // 4:
            size = len(self._source.text.encode("utf-8", "surrogatepass"))
            if size > limit:
                self._unreadable(f"too large to analyse: {size} bytes, max-file-size is {limit}", 0)
                return
        wanted = triage.triggered(self._source.text, self._rules_on(), self._config.settings)
        if not wanted and not self._mode.reads_files:
            return
        tree = self._parse_ast()
        if tree is None and self._findings:
            return
        plan = self._plan(tree, wanted)
        if plan is not None:
            self._run_plan(plan)

    def _rules_on(self) -> List[Wanted]:
        return [
            Wanted(entry.code, entry.triggers, entry.stage)
            for entry in registry.rules().values()
            if self._selection.is_on(entry.code, entry.default_on)
        ]

    def _parse_ast(self) -> Optional[ast.Module]:
        """The file's ``ast``; ``None`` if this Python refuses it, with a finding if all must."""
        if self._source.tree is not None:
            return self._source.tree
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self._source.text)
        except (MemoryError, RecursionError):
            self._unreadable("nested too deep to analyse", self._deepest_line())
        except (SyntaxError, ValueError) as error:
            self._parse_newer(error)
        return None

    def _deepest_line(self) -> int:
        lines = range(1, len(self._source.line_starts) + 1)
        longest = max(lines, key=lambda line: len(self._source.line_text(line)))
        return self._source.offset(longest, 1)

    def _parse_newer(self, error: Exception) -> None:
        """Ask LibCST, which reads newer Python than the one that runs, and believe it."""
        if "\0" in self._source.text:
            self._unreadable("contains a null byte", self._source.text.index("\0"))
            return
        try:
            check_text(self._source.text)
        except TooDeep as deep:
            self._unreadable(deep.reason, self._source.offset(deep.line, 1))
            return
        from mosaic_lint.parse import Unparsable, parse

        try:
            parse(triage.everything(self._source, None, ()).excerpt)
        except Unparsable as unparsable:
            reason, offset = unparsable.reason, unparsable.offset
            if isinstance(error, SyntaxError) and error.lineno is not None:
                reason = error.msg
                offset = self._source.offset(max(error.lineno, 1), max(error.offset or 1, 1))
            self._unreadable(f"can't be parsed: {reason}", offset)

    def _plan(self, tree: Optional[ast.Module], wanted: Tuple[Wanted, ...]) -> Optional[Plan]:
        if not self._mode.triage:
            wanted = tuple(self._rules_on())
        if not wanted:
            return None
        if tree is None or not self._mode.triage:
            return triage.everything(self._source, tree, wanted)
        return triage.suspect(self._source, tree, wanted, self._config.settings)

    def _run_plan(self, plan: Plan) -> None:
        from mosaic_lint.facts.file import File
        from mosaic_lint.positions import Locator

        for deep in plan.excerpt.too_deep:
            message = f"{deep.reason}: this statement isn't analysed"
            self._unreadable(message, self._source.offset(deep.line, 1))
        parsed = self._parse(plan)
        if parsed is None:
            return
        plan, module = parsed
        path, config = self._path, self._config
        file = File(self._source, module, config.settings, lambda: config.is_cli_path(path))
        drafts = list(self._drafts(file, [registry.rules()[code] for code in plan.codes]))
        if drafts:
            self._resolve(Locator(self._source, plan.excerpt, file.tree, plan.tree), drafts)

    def _parse(self, plan: Plan) -> Optional[Tuple[Plan, cst.Module]]:
        """Parse the excerpt, without the statements that LibCST doesn't know yet."""
        from mosaic_lint.parse import Unparsable, parse

        broken: Set[int] = set()
        current: Optional[Plan] = plan
        while current is not None and len(broken) < _MAX_BROKEN:
            try:
                return current, parse(current.excerpt)
            except Unparsable as error:
                fact = "LibCST doesn't parse this statement, which isn't analysed"
                self._unreadable(f"{fact}: {error.reason}", error.offset)
                line = self._source.position(error.offset).line
                if line in broken:
                    return None  # taking it out didn't help
                broken.add(line)
            current = triage.without(self._source, plan, frozenset(broken))
        return None

    def _drafts(
        self, file: File, entries: Iterable[RuleEntry]
    ) -> Iterator[Tuple[RuleEntry, Draft]]:
        subjects = _Subjects(file)
        for entry in entries:
            try:
                yield from ((entry, draft) for draft in self._run_rule(entry, file, subjects))
            except Exception as error:
                if self._mode.strict:
                    raise
                self._failed.add(entry.code)
                self._fault(entry.code, error)

    def _run_rule(self, entry: RuleEntry, file: File, subjects: _Subjects) -> List[Draft]:
        from mosaic_lint.rule import Context

        rule: Rule = registry.load(entry)  # type: ignore[assignment]
        values = self._config.rule_options.get(entry.code, {})
        options = rule.meta.options(**values) if rule.meta.options is not None else None
        context = Context(rule.meta, file, options)
        return [
            draft
            for subject in subjects.of(entry.subscribes)
            for draft in rule.run(subject, context)
        ]

    def _resolve(self, locator: Locator, drafts: List[Tuple[RuleEntry, Draft]]) -> None:
        nodes = [draft.anchor for _, draft in drafts if not isinstance(draft.anchor, Span)]
        places = locator.spans(nodes)
        for entry, draft in drafts:
            anchor = draft.anchor
            span = anchor if isinstance(anchor, Span) else places[anchor]
            if draft.width is not None:
                span = Span(span.start, span.start + draft.width)
            self._findings.append(Finding(entry.code, draft.message, span, draft.fix))

    def _after_suppression(self) -> List[Finding]:
        if "noqa" not in self._source.text.lower():
            return self._findings
        from mosaic_lint.suppress import Suppressions

        suppressions = Suppressions(self._source)
        if self._selection.is_on("MOS003"):
            self._findings.extend(suppressions.ambiguous())
        if not self._mode.suppresses:
            return self._findings
        if suppressions.whole_file:
            return [f for f in self._findings if f.code in ("MOS001", "MOS003")]
        kept = [f for f in self._findings if not suppressions.silences(f)]
        if self._selection.is_on("MOS002") and not any(f.code == "MOS001" for f in kept):
            unused = suppressions.unused(self._could_run)
            kept.extend(f for f in unused if not suppressions.silences(f))
        return kept

    def _could_run(self, prefix: str) -> bool:
        return any(
            code.startswith(prefix)
            and code not in self._failed
            and self._selection.is_on(code, entry.default_on)
            for code, entry in registry.rules().items()
        )

    def _unreadable(self, reason: str, offset: int) -> None:
        if self._mode.reads_files:
            offset = min(offset, len(self._source.text))
            self._findings.append(Finding("MOS001", reason, Span(offset, offset)))

    def _fault(self, name: str, error: Exception) -> None:
        message = f"{name} failed with {type(error).__name__}: {error}; please report it"
        self._findings.append(Finding("MOS004", " ".join(message.split()), Span(0, 0)))


class _Subjects:
    """What rules subscribe to, computed once for a file."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._known: Dict[str, List[object]] = {}

    def of(self, name: str) -> List[object]:
        """All facts or nodes of a name."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> List[object]:
        from importlib import import_module

        import libcst

        from mosaic_lint.facts import FACTS

        if name in FACTS:
            module, _, function = FACTS[name].partition(":")
            provider: Callable[[File], Iterable[object]] = getattr(import_module(module), function)
            return list(provider(self._file))
        return list(self._file.tree.of(getattr(libcst, name)))

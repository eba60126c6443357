"""Python through the engine: triage, guards, LibCST, facts, rules, positions."""

from __future__ import annotations

import ast
import warnings
from functools import cached_property, partial
from typing import (
    TYPE_CHECKING,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Optional,
    Set,
    Tuple,
    Union,
)

from mosaic_lint import registry, triage
from mosaic_lint.anchor import FilePlace, Parenthesised, Place
from mosaic_lint.collector import paused
from mosaic_lint.guards import TooDeep, check_text
from mosaic_lint.job import SQL_FACT, Job, place
from mosaic_lint.model import Span
from mosaic_lint.registry import RuleEntry
from mosaic_lint.sql.given import NOTHING, Given
from mosaic_lint.triage import Plan, Wanted

if TYPE_CHECKING:
    import libcst as cst

    from mosaic_lint.anchor import Anchor
    from mosaic_lint.facts.file import File
    from mosaic_lint.judge import TextJudge
    from mosaic_lint.positions import Locator
    from mosaic_lint.rule import Draft

_MAX_BROKEN = 10  # statements of a file that LibCST refuses, before the whole file is given up


def run(job: Job) -> None:
    """Run the rules over a Python file.

    Args:
        job: the file; gets the findings.
    """
    with paused():
        _PythonCheck(job).run()


class _PythonCheck:
    """One file's way from its text to the findings."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._source = job.source

    def run(self) -> None:
        job = self._job
        wanted = triage.triggered(self._source.text, self._rules_on(), job.config.settings)
        if not wanted and not job.mode.reads_files:
            return
        tree = self._parse_ast()
        if job.is_unreadable:
            return
        plan = self._plan(tree, wanted)
        if plan is not None:
            self._run_plan(plan)

    def _rules_on(self) -> List[Wanted]:
        return [Wanted(entry.code, entry.triggers, entry.stage) for entry in self._job.code_rules()]

    def _parse_ast(self) -> Optional[ast.Module]:
        """The file's ``ast``; ``None`` if this Python refuses it, unreadable if all must."""
        if self._source.tree is not None:
            return self._source.tree
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self._source.text)
        except (MemoryError, RecursionError):
            self._job.unreadable("nested too deep to analyse", self._deepest_line())
        except (SyntaxError, ValueError) as error:
            self._parse_newer(error)
        return None

    def _deepest_line(self) -> int:
        lines = range(1, len(self._source.line_starts) + 1)
        longest = max(lines, key=lambda line: len(self._source.line_text(line)))
        return self._source.offset(longest, 1)

    def _parse_newer(self, error: Exception) -> None:
        """Ask LibCST, which reads newer Python than the one that runs, and believe it."""
        job = self._job
        if "\0" in self._source.text:
            job.unreadable("contains a null byte", self._source.text.index("\0"))
            return
        try:
            check_text(self._source.text)
        except TooDeep as deep:
            job.unreadable(deep.reason, self._source.offset(deep.line, 1))
            return
        from mosaic_lint.parse import Unparsable, parse

        try:
            parse(triage.everything(self._source, None, ()).excerpt)
        except Unparsable as unparsable:
            reason, offset = unparsable.reason, unparsable.offset
            if isinstance(error, SyntaxError) and error.lineno is not None:
                reason = error.msg
                offset = self._source.offset(max(error.lineno, 1), max(error.offset or 1, 1))
            job.unreadable(f"can't be parsed: {reason}", offset)

    def _plan(self, tree: Optional[ast.Module], wanted: Tuple[Wanted, ...]) -> Optional[Plan]:
        if not self._job.mode.triage:
            wanted = tuple(self._rules_on())
        if not wanted:
            return None
        if tree is None or not self._job.mode.triage:
            return triage.everything(self._source, tree, wanted)
        settings = self._job.config.settings
        return triage.suspect(self._source, tree, wanted, settings, self._may_speak)

    def _may_speak(self, text: str, given: Given = NOTHING) -> bool:
        """Whether a rule may speak of a plain text, if that is SQL."""
        return self._judge.may_speak(text, given)

    @cached_property
    def _judge(self) -> TextJudge:
        """Runs the rules over plain texts."""
        from mosaic_lint.judge import TextJudge

        entries = [entry for entry in self._job.code_rules() if entry.subscribes == SQL_FACT]
        return TextJudge(self._job, entries)

    def _run_plan(self, plan: Plan) -> None:
        from mosaic_lint.facts.file import File
        from mosaic_lint.positions import Locator

        for deep in plan.excerpt.too_deep:
            message = f"{deep.reason}: this statement isn't analysed"
            self._job.unreadable(message, self._source.offset(deep.line, 1))
        parsed = self._parse(plan)
        if parsed is None:
            return
        plan, module = parsed
        job = self._job
        file = File(
            self._source,
            module,
            job.config.settings,
            lambda: job.config.is_cli_path(job.path),
            job.definitions,
            job.lexed,
            self._may_speak,
            script=job.script,
        )
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
                self._job.unreadable(f"{fact}: {error.reason}", error.offset)
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
                if self._job.mode.strict:
                    raise
                self._job.rule_failed(entry.code, error)

    def _run_rule(self, entry: RuleEntry, file: File, subjects: _Subjects) -> List[Draft]:
        rule, context = self._job.prepare(entry, file)
        return [
            draft
            for subject in subjects.of(entry.subscribes)
            for draft in rule.run(subject, context)
        ]

    def _resolve(self, locator: Locator, drafts: List[Tuple[RuleEntry, Draft]]) -> None:
        anchors = (anchor for _, draft in drafts for anchor in draft.anchors)
        nodes = [_node(anchor) for anchor in anchors if not isinstance(anchor, (Span, FilePlace))]
        locate = partial(self._span, locator.spans(nodes).__getitem__)
        exactly = partial(self._span, locator.exactly)
        for entry, draft in drafts:
            self._job.add(entry.code, draft, locate, exactly)

    def _span(self, find: Callable[[cst.CSTNode], Span], anchor: Anchor) -> Span:
        from mosaic_lint.positions import parenthesised

        if isinstance(anchor, (Span, FilePlace)):
            return place(anchor)
        span = find(_node(anchor))
        if isinstance(anchor, Place):
            start = span.start + anchor.shift
            return Span(start, start + anchor.width)
        return parenthesised(self._source.text, span) if isinstance(anchor, Parenthesised) else span


def _node(anchor: Union[cst.CSTNode, Place, Parenthesised]) -> cst.CSTNode:
    """The node at which, or in which, an anchor stands."""
    return anchor.node if isinstance(anchor, (Place, Parenthesised)) else anchor


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
        import libcst

        from mosaic_lint.facts import FACTS, provider

        if name in FACTS:
            return list(provider(name)(self._file))
        return list(self._file.tree.of(getattr(libcst, name)))

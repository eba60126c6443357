"""One file's check: what is asked for, and what has been found so far."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Callable,
    Dict,
    FrozenSet,
    Iterator,
    List,
    Optional,
    Set,
    Tuple,
    Union,
)

from mosaic_lint import registry
from mosaic_lint.change import Declined
from mosaic_lint.config import Config, Selection
from mosaic_lint.facts import PROJECT_FACTS, TEXT_FACTS
from mosaic_lint.model import Finding, Related, Safety, Span
from mosaic_lint.registry import RuleEntry
from mosaic_lint.source import Language, Source

if TYPE_CHECKING:
    from mosaic_lint.anchor import Anchor, Locate
    from mosaic_lint.facts.file import File
    from mosaic_lint.facts.script import Script
    from mosaic_lint.fixes.repair import RepairThunk
    from mosaic_lint.fixes.syntax import Syntax
    from mosaic_lint.rule import Context, Draft, Rule
    from mosaic_lint.schema.model import Schema
    from mosaic_lint.sql.defined import Definitions
    from mosaic_lint.sql.lexer import Token

SQL_FACT = "SqlStatement"
"""What rules subscribe to that speak of SQL scripts too."""

PASSING = frozenset(("MOS707",))
"""They speak of any change until it is committed: that their noqa is idle now proves nothing, and
that they follow a fix doesn't make it wrong."""

_PIECE = 65_536  # characters that are encoded at once


@dataclass(frozen=True)
class Mode:
    """How a face wants a file checked.

    Args:
        reads_files: the face decodes and parses itself, so that MOS001 is ours to report.
        suppresses: ``noqa`` is ours to apply, and MOS002 to report.
        triage: clear what is surely right before parsing; off only to test that it is sound.
        strict: let a fault in a rule raise, for tests.
        also: what the check of the whole project found in the file, not suppressed yet.
        ran: the codes that this check looked for.
        fixes: compute the fixes of what is found.
    """

    reads_files: bool = True
    suppresses: bool = True
    triage: bool = True
    strict: bool = False
    also: Tuple[Finding, ...] = ()
    ran: FrozenSet[str] = frozenset()
    fixes: bool = False


HOSTED = Mode(reads_files=False, suppresses=False)
"""Inside a host that reads files and applies ``noqa`` itself, as flake8 does."""


class Job:
    """A file that is being checked.

    Args:
        source: the file.
        config: the configuration in force for it.
        mode: how to check.
        in_markdown: whether it is a block of a Markdown file, where some rules keep silent.
        first_line: the number of its first line in the file that people see.
        find_schema: gives the schema in force, where it isn't the project's with the file's own.

    Attributes:
        path: the file's path.
        selection: the codes that are wanted for it.
        findings: what has been found so far, in no order.
        failed: the codes of rules that failed.
        is_unreadable: whether a part of it couldn't be analysed.
        lexed: the tokens of the SQL in it, by text.
    """

    def __init__(
        self,
        source: Source,
        config: Config,
        mode: Mode,
        *,
        in_markdown: bool = False,
        first_line: int = 1,
        find_schema: Optional[Callable[[], Schema]] = None,
    ) -> None:
        self.source = source
        self.config = config
        self.mode = mode
        self.in_markdown = in_markdown
        self._first_line = first_line
        self._find_schema = find_schema
        self.path = Path(source.path)
        self.selection: Selection = config.selection_for(self.path)
        self.findings: List[Finding] = []
        self.failed: Set[str] = set()
        self.is_unreadable = False
        self.lexed: Dict[str, List[Token]] = {}

    @cached_property
    def definitions(self) -> Definitions:
        """The names that DDL of the file and of its project creates."""
        from mosaic_lint.sql.defined import Definitions

        return Definitions(self.source.text, lambda: self.config.project.defined)

    @cached_property
    def script(self) -> Script:
        """The file as rules see it that need no syntax tree."""
        from mosaic_lint.facts.script import Script

        config = self.config
        return Script(self.source, config.settings, config.project, self._find_schema)

    def rules_on(self) -> List[RuleEntry]:
        """The rules that are wanted and may speak of such a file."""
        return [*self.text_rules(), *self.code_rules()]

    def text_rules(self) -> List[RuleEntry]:
        """Those of them that look at the text only."""
        return [entry for entry in self._wanted() if entry.subscribes in TEXT_FACTS]

    def code_rules(self) -> List[RuleEntry]:
        """Those of them that look at Python or SQL."""
        language = self.source.language
        if language in (Language.PYTHON, Language.SQL):
            is_sql = language is Language.SQL
            return [
                entry
                for entry in self._wanted()
                if entry.subscribes == SQL_FACT or not (is_sql or entry.subscribes in TEXT_FACTS)
            ]
        return []

    def _wanted(self) -> Iterator[RuleEntry]:
        return (
            entry
            for entry in _selected(self.selection)
            if entry.in_markdown or not self.in_markdown
        )

    def could_run(self, prefix: str) -> bool:
        """Whether a noqa of that code, or that prefix of one, could have silenced something: a rule
        of it was on and didn't fail.
        """
        codes = {entry.code for entry in self.rules_on()} | self.mode.ran
        return any(code.startswith(prefix) for code in codes - self.failed - PASSING)

    def prepare(self, entry: RuleEntry, file: Union[File, Script]) -> Tuple[Rule, Context]:
        """Import a rule and make what it is run with."""
        from mosaic_lint.rule import Context

        rule: Rule = registry.load(entry)  # type: ignore[assignment]
        values = self.config.rule_options.get(entry.code, {})
        options = rule.meta.options(**values) if rule.meta.options is not None else None
        return rule, Context(rule.meta, file, options, self.selection.is_on)

    def add(
        self, code: str, draft: Draft, locate: Locate, exactly: Optional[Locate] = None
    ) -> None:
        """Keep a rule's finding.

        Args:
            code: the rule's code.
            draft: what it said.
            locate: tells the place in the file of each of the draft's anchors.
            exactly: tells it of any anchor, and declines where nobody knows it exactly.
        """
        span = _narrowed(locate(draft.anchor), draft.width)
        message = draft.message(lambda anchor: self._line(locate(anchor).start))
        related = tuple(
            Related(_narrowed(locate(step.anchor), step.width), step.message)
            for step in draft.related
        )
        table = str(draft.values.get("table", ""))
        finding = Finding(code, message, span, None, related, table)
        if self.mode.fixes and draft.fix is not None:
            finding = self._with_fix(finding, draft.fix, exactly or locate)
        self.findings.append(finding)

    def _with_fix(self, finding: Finding, thunk: RepairThunk, locate: Locate) -> Finding:
        """The finding with its fix, or with the reason why it has none."""
        from mosaic_lint.fixes.resolve import resolved
        from mosaic_lint.fixes.site import Site

        project, settings = self.config.project, self.config.settings
        site = Site(self.source, finding.span, locate, lambda: self._syntax, settings, project)
        safety = Safety(registry.rules()[finding.code].fix or Safety.UNSAFE)
        try:
            return replace(finding, fix=resolved(thunk(site), site, safety))
        except Declined as declined:
            return replace(finding, unfixed=declined.reason)
        except Exception as error:
            if self.mode.strict:
                raise
            self.fault(f"the fix of {finding.code}", error)
            return replace(finding, unfixed="the fix failed")

    @cached_property
    def _syntax(self) -> Syntax:
        from mosaic_lint.fixes.syntax import parsed

        return parsed(self.source)

    def _line(self, offset: int) -> int:
        """The number of a line as people see it."""
        return self.source.position(offset).line + self._first_line - 1

    def is_too_large(self) -> bool:
        """Whether the file has more bytes than the settings allow; MOS001 then."""
        limit = self.config.settings.max_file_size
        size = _size(self.source.text, limit)
        if size is not None:
            self.unreadable(f"too large to analyse: {size} bytes, max-file-size is {limit}", 0)
        return size is not None

    def unreadable(self, reason: str, offset: int) -> None:
        """Say that the file, or a part of it, can't be analysed.

        Args:
            reason: why.
            offset: where, in characters.
        """
        self.is_unreadable = True
        if self.mode.reads_files:
            offset = min(offset, len(self.source.text))
            self.findings.append(Finding("MOS001", reason, Span(offset, offset)))

    def rule_failed(self, code: str, error: Exception) -> None:
        """Say that a rule failed, which says nothing else then."""
        self.failed.add(code)
        self.fault(code, error)

    def fault(self, name: str, error: Exception) -> None:
        """Say that a part of this tool failed.

        Args:
            name: the part, or the code of a rule.
            error: how.
        """
        message = f"{name} failed with {type(error).__name__}: {error}; please report it"
        self.findings.append(Finding("MOS004", " ".join(message.split()), Span(0, 0)))


@lru_cache(maxsize=64)
def _selected(selection: Selection) -> Tuple[RuleEntry, ...]:
    """The rules over single files that are wanted; the same for most files of a run."""
    return tuple(
        entry
        for entry in registry.rules().values()
        if entry.subscribes not in PROJECT_FACTS and selection.is_on(entry.code, entry.default_on)
    )


def place(anchor: Anchor) -> Span:
    """The place of an anchor that is one already, as all are but in Python."""
    assert isinstance(anchor, Span)
    return anchor


def _narrowed(span: Span, width: Optional[int]) -> Span:
    return span if width is None else Span(span.start, span.start + width)


def _size(text: str, limit: int) -> Optional[int]:
    """The bytes of a text as UTF-8 if they are more than a limit, without holding them all."""
    if len(text) <= limit // 4:
        return None
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    size = sum(len(piece.encode("utf-8", "surrogatepass")) for piece in pieces)
    return size if size > limit else None

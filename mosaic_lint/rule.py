"""Everything that the author of a rule needs: the decorator, its metadata, and the context.

A rule is a pure function of one thing that it subscribes to: a type of syntax node, a type of
fact, or the module. It keeps no state and yields a draft for each fault that it sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Iterable,
    Iterator,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Union,
)

from mosaic_lint.anchor import Anchor, Line, Step
from mosaic_lint.fixes.repair import RepairThunk

if TYPE_CHECKING:
    from mosaic_lint.facts.file import File
    from mosaic_lint.facts.script import Script
    from mosaic_lint.project import Project
    from mosaic_lint.schema.model import Schema
    from mosaic_lint.settings import Settings


@dataclass(frozen=True)
class Meta:
    """What is known of a rule without running it.

    Args:
        code: ``MOS`` and three digits; the file's name starts with it in lower case.
        name: kebab-case; the rest of the file's name.
        message: one line with what is wrong and what to write; ``{fields}`` come from the rule.
        subscribes: a LibCST node type or a fact (see :mod:`mosaic_lint.facts`), by name.
        triggers: texts of which one must occur in a file for the rule to have anything to say;
            ``{option-name}`` stands for the last names in an option of the settings.
        stage: the suspect stage that clears what is surely right (see :mod:`mosaic_lint.triage`).
        playbook: the sacred pattern that the rule keeps.
        fix: the safety of the rule's fix; ``None`` where it has none.
        uncovers: codes that keep silent where this one speaks, and so may appear once it is fixed.
        options: a frozen dataclass with the rule's own options.
        default_on: whether the rule runs without being selected by its full code.
        in_markdown: whether it also speaks of examples in Markdown.
        needs: a package without which it can't run, and the extra that installs it.
        since: the version that introduced the rule.
    """

    code: str
    name: str
    message: str
    subscribes: str
    triggers: Tuple[str, ...]
    stage: str
    playbook: str
    fix: Optional[str] = None
    uncovers: Tuple[str, ...] = ()
    options: Optional[type] = None
    default_on: bool = True
    in_markdown: bool = True
    needs: Tuple[str, str] = ("", "")
    since: str = "0.1.0"


@dataclass(frozen=True, eq=False)
class Draft:
    """A finding whose place isn't computed yet.

    Args:
        anchor: the smallest thing to change: a node, a part of one, or a span of the file.
        template: the message with ``{fields}``.
        values: the fields; a :class:`~mosaic_lint.anchor.Line` becomes a number.
        width: how many characters of the anchor to mark, where not all of it is meant.
        fix: computes the repair when somebody wants it.
        related: the way from the source to the fault, in order.
    """

    anchor: Anchor
    template: str
    values: Mapping[str, object]
    width: Optional[int] = None
    fix: Optional[RepairThunk] = None
    related: Tuple[Step, ...] = ()

    @property
    def anchors(self) -> Iterator[Anchor]:
        """Everything whose place is needed."""
        yield self.anchor
        yield from (step.anchor for step in self.related)
        yield from (value.anchor for value in self.values.values() if isinstance(value, Line))

    def message(self, line_of: Callable[[Anchor], int]) -> str:
        """The finished message.

        Args:
            line_of: tells the number of the line on which an anchor starts.
        """
        shown = {
            name: line_of(value.anchor) if isinstance(value, Line) else value
            for name, value in self.values.items()
        }
        return self.template.format(**shown)


class Context:
    """What a rule may ask while it looks at one thing.

    Args:
        meta: the rule's metadata.
        file: the file. A rule over ``SqlStatement`` or a text is given scripts, and so may use no
            more of it than a script has; a rule over a project gets one without text.
        options: the rule's own options; an instance of ``meta.options``, or ``None``.
        is_on: tells whether a code is wanted for the file.
    """

    def __init__(
        self,
        meta: Meta,
        file: Union[File, Script],
        options: Any = None,
        is_on: Callable[[str], bool] = lambda code: True,
    ) -> None:
        self._meta = meta
        self.is_on = is_on
        self.file: File = file  # type: ignore[assignment]
        self.options = options

    @property
    def settings(self) -> Settings:
        """The options that all rules share."""
        return self.file.settings

    @property
    def schema(self) -> Schema:
        """The tables that the project and the file itself declare; dear when asked first."""
        return self.file.schema

    @property
    def project(self) -> Project:
        """The project around the file."""
        return self.file.project

    def report(
        self,
        anchor: Anchor,
        *,
        width: Optional[int] = None,
        fix: Optional[RepairThunk] = None,
        related: Sequence[Step] = (),
        **values: object,
    ) -> Draft:
        """Draft a finding.

        Args:
            anchor: the smallest thing to change.
            width: how many characters to mark, where not the whole anchor is meant.
            fix: computes the repair when somebody wants it.
            related: the way from the source to the fault, in order, without the fault itself.
            values: the fields of the rule's message; ``Line(anchor)`` is the number of a line.
        """
        draft = Draft(anchor, self._meta.message, values, width, fix, tuple(related))
        draft.message(lambda _: 0)  # a field that lacks a value is a fault of this rule: tell now
        return draft


Check = Callable[[Any, Context], Iterable[Draft]]


@dataclass(frozen=True)
class Rule:
    """A rule: its metadata and its function."""

    meta: Meta
    check: Check

    @property
    def documentation(self) -> str:
        """The docstring of the rule's function."""
        return self.check.__doc__ or ""

    def run(self, subject: Any, context: Context) -> Iterator[Draft]:
        """Look at one thing that the rule subscribed to."""
        yield from self.check(subject, context)


def rule(**meta: Any) -> Callable[[Check], Rule]:
    """Make a rule of a function; the arguments are those of :class:`Meta`."""
    described = Meta(**meta)

    def decorate(check: Check) -> Rule:
        return Rule(described, check)

    return decorate

"""What a rule's docstring says, in parts: the source of ``mosaic-lint rule`` and of the docs."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Dict, Tuple

from mosaic_lint import registry
from mosaic_lint.engine_codes import DOCUMENTATION, PLAYBOOK
from mosaic_lint.registry import OptionEntry, RuleEntry
from mosaic_lint.rule import Rule

SECTIONS = ("What", "Why", "Example", "Instead", "Fix safety", "Limits")

HOME = "https://github.com/mosaic-platform/mosaic_lint"
DOCS = f"{HOME}/blob/main/docs/rules"

_HEADING = re.compile(r"^(What|Why|Example|Instead|Fix safety|Limits):$", re.MULTILINE)


@dataclass(frozen=True)
class Explanation:
    """A rule as its users read it.

    Args:
        code: its code.
        name: its name.
        message: its message, with ``{fields}``.
        playbook: the pattern that it keeps.
        what: what it flags.
        why: what goes wrong.
        example: code that it flags.
        instead: the same done right.
        fix_safety: whether it has a fix, and how safe that is.
        limits: what it doesn't see, and where it keeps silent.
        options: the options that it declares itself.
        default_on: whether it runs without being named in full.
        since: the version that introduced it.
    """

    code: str
    name: str
    message: str
    playbook: str
    what: str
    why: str
    example: str
    instead: str
    fix_safety: str
    limits: str
    options: Tuple[OptionEntry, ...]
    default_on: bool
    since: str

    @property
    def url(self) -> str:
        """Where the rule's page is."""
        return url(self.code)


def url(code: str) -> str:
    """Where the page of a code is; the tool's own codes share one."""
    page = "engine" if code in registry.ENGINE_CODES else code
    return f"{DOCS}/{page}.md"


def explain(entry: RuleEntry) -> Explanation:
    """Read a rule's docstring.

    Raises:
        ValueError: a section is missing.
    """
    rule = registry.load(entry)
    assert isinstance(rule, Rule)
    parts = sections(rule.documentation)
    missing = [name for name in SECTIONS if not parts.get(name)]
    if missing:
        raise ValueError(f"{entry.code} lacks {', '.join(missing)} in its docstring")
    return Explanation(
        code=entry.code,
        name=entry.name,
        message=entry.message,
        playbook=entry.playbook,
        what=parts["What"],
        why=parts["Why"],
        example=parts["Example"],
        instead=parts["Instead"],
        fix_safety=parts["Fix safety"],
        limits=parts["Limits"],
        options=entry.options,
        default_on=entry.default_on,
        since=entry.since,
    )


def explain_code(code: str) -> Explanation:
    """Explain any code, those of the tool itself included.

    Args:
        code: a key of :func:`mosaic_lint.registry.names`.
    """
    if code not in registry.ENGINE_CODES:
        return explain(registry.rules()[code])
    name, summary = registry.ENGINE_CODES[code]
    parts = sections(DOCUMENTATION[code])
    return Explanation(
        code=code,
        name=name,
        message=summary,
        playbook=PLAYBOOK,
        what=parts["What"],
        why=parts["Why"],
        example=parts["Example"],
        instead=parts["Instead"],
        fix_safety=parts["Fix safety"],
        limits=parts["Limits"],
        options=(),
        default_on=True,
        since="0.1.0",
    )


def sections(docstring: str) -> Dict[str, str]:
    """The sections of a docstring by heading, dedented; prose is joined into paragraphs."""
    pieces = _HEADING.split(inspect.cleandoc(docstring))
    found = {}
    for heading, text in zip(pieces[1::2], pieces[2::2]):
        body = inspect.cleandoc(text)
        found[heading] = body if heading in ("Example", "Instead") else _paragraphs(body)
    return found


def _paragraphs(text: str) -> str:
    return "\n\n".join(" ".join(block.split()) for block in re.split(r"\n\s*\n", text))

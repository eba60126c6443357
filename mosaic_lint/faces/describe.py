"""What the command line tells of rules."""

from __future__ import annotations

import dataclasses
import json
import textwrap
from typing import Any, Dict, Iterable, Iterator, List, Sequence, Tuple

from mosaic_lint import registry
from mosaic_lint.engine_codes import PLAYBOOK
from mosaic_lint.explain import explain_code, url
from mosaic_lint.registry import OptionEntry

_WIDTH = 88


def rule_as_text(code: str) -> str:
    """All that is known of a code, for people."""
    told = explain_code(code)
    parts = [
        f"{told.code} {told.name}\n{told.playbook}\n",
        _prose("What", told.what),
        _prose("Why", told.why),
        _code("Example", told.example),
        _code("Instead", told.instead),
        _prose("Fix", told.fix_safety),
        _prose("Limits", told.limits),
        *_options(told.options),
        *(() if told.default_on else ("Off by default: select it by its full code.\n",)),
        f"{told.url}\n",
    ]
    return "\n".join(parts)


def _prose(heading: str, text: str) -> str:
    paragraphs = (
        textwrap.fill(block, _WIDTH - 4, break_on_hyphens=False) for block in text.split("\n\n")
    )
    body = "\n\n".join(paragraphs)
    return _code(heading, body)


def _code(heading: str, text: str) -> str:
    return f"{heading}\n{textwrap.indent(text, '    ')}\n"


def _options(options: Sequence[OptionEntry]) -> Iterator[str]:
    if not options:
        return
    told = [
        f"{option.name} ({_kind(option)}, default {json.dumps(option.default)}): {option.help}"
        for option in options
    ]
    yield _prose("Options", "\n\n".join(told))


def _kind(option: OptionEntry) -> str:
    return " or ".join(map(json.dumps, option.choices)) if option.choices else option.type


def rule_as_json(code: str) -> str:
    """All that is known of a code, for programs."""
    told = explain_code(code)
    options = [dataclasses.asdict(option) for option in told.options]
    described = {
        "code": told.code,
        "name": told.name,
        "playbook": told.playbook,
        "message": told.message,
        "what": told.what,
        "why": told.why,
        "bad": told.example,
        "good": told.instead,
        "fix": told.fix_safety,
        "limits": told.limits,
        "options": options,
        "default_on": told.default_on,
        "since": told.since,
        "url": told.url,
    }
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


@dataclasses.dataclass(frozen=True)
class _Line:
    """A code in the list of rules. The fields are those of the JSON list."""

    code: str
    name: str
    summary: str
    playbook: str
    fix: Any
    default_on: bool
    url: str


def _lines() -> List[_Line]:
    own = (
        _Line(code, name, summary, PLAYBOOK, None, True, url(code))
        for code, (name, summary) in registry.ENGINE_CODES.items()
    )
    rules = (
        _Line(e.code, e.name, e.summary, e.playbook, e.fix, e.default_on, url(e.code))
        for e in registry.rules().values()
    )
    return [*own, *rules]


def rules_as_text() -> str:
    """All codes in columns: code, name, what it flags."""
    lines = _lines()
    width = max(len(line.name) for line in lines)
    return "".join(f"{line.code}  {line.name:{width}}  {_summary(line)}\n" for line in lines)


def _summary(line: _Line) -> str:
    summary = line.summary.rstrip(".")
    return summary if line.default_on else f"{summary} (off by default)"


def rules_as_json() -> str:
    """All codes as a list of objects."""
    objects: List[Dict[str, Any]] = [dataclasses.asdict(line) for line in _lines()]
    return json.dumps(objects, indent=2, ensure_ascii=False) + "\n"


def rules_as_markdown() -> str:
    """All codes as a table."""
    rows: Iterable[Tuple[str, ...]] = [
        ("code", "name", "flags", "fix"),
        ("---", "---", "---", "---"),
        *(
            (f"[{line.code}]({line.url})", line.name, _cell(_summary(line)), line.fix or "none")
            for line in _lines()
        ),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")

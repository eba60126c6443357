"""The rules by code, without importing them.

The index is generated from the rules (``tools/gen_index.py``) and a test fails when it drifts. A
rule's module is imported only when it is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Dict, Iterable, Mapping, Optional, Tuple

_FILE_NAME = re.compile(r"(mos\d{3})_(\w+)")


class Misfiled(Exception):
    """A rule whose code, name and file don't agree, or a code that is taken."""


@dataclass(frozen=True)
class OptionEntry:
    """An option as the configuration sees it.

    Args:
        name: kebab-case, as it is written in the configuration.
        type: ``list``, ``str``, ``int`` or ``bool``.
        default: its value where nothing is configured.
        help: one sentence.
        choices: the allowed values, where they are few.
        owner: the code of the rule that declares it; empty for a shared one.
    """

    name: str
    type: str
    default: object
    help: str
    choices: Tuple[str, ...] = ()
    owner: str = ""


@dataclass(frozen=True)
class RuleEntry:
    """What the index knows of a rule. The fields are those of :class:`mosaic_lint.rule.Meta`."""

    code: str
    name: str
    module: str
    function: str
    subscribes: str
    triggers: Tuple[str, ...]
    stage: str
    playbook: str
    message: str
    summary: str
    fix: Optional[str]
    default_on: bool
    in_markdown: bool
    needs: Tuple[str, str]
    since: str
    options: Tuple[OptionEntry, ...] = ()
    uncovers: Tuple[str, ...] = ()


ENGINE_CODES: Mapping[str, Tuple[str, str]] = {
    "MOS001": ("unreadable-file", "a file can't be decoded or parsed, is too large or too deep"),
    "MOS002": ("unused-suppression", "a noqa comment names a code that it doesn't silence"),
    "MOS003": ("ambiguous-suppression", "a noqa comment that flake8 and ruff read differently"),
    "MOS004": ("internal-error", "a rule or a fact failed on this file"),
}
"""The codes of the tool itself: name and summary."""


@lru_cache(maxsize=1)
def rules() -> Dict[str, RuleEntry]:
    """All rules by code, in order.

    Raises:
        Misfiled: two rules share a code, or one is not where its code says.
    """
    from mosaic_lint._index import ENTRIES

    return collect(ENTRIES)


def collect(entries: Iterable[RuleEntry]) -> Dict[str, RuleEntry]:
    """Put entries into a dictionary by code.

    Raises:
        Misfiled: two rules share a code, or one is not where its code says.
    """
    found: Dict[str, RuleEntry] = {}
    for entry in sorted(entries, key=lambda entry: entry.code):
        file_name = entry.module.rpartition(".")[2]
        match = _FILE_NAME.fullmatch(file_name)
        expected = (entry.code.lower(), entry.name.replace("-", "_"))
        if match is None or match.groups() != expected:
            raise Misfiled(f"{entry.code} {entry.name} doesn't belong into {file_name}.py")
        if entry.code in found:
            raise Misfiled(f"{entry.code} is taken by {found[entry.code].name}")
        found[entry.code] = entry
    return found


@lru_cache(maxsize=1)
def names() -> Dict[str, str]:
    """The names of all codes, the tool's own included."""
    own = {code: name for code, (name, _) in ENGINE_CODES.items()}
    return {**own, **{code: entry.name for code, entry in rules().items()}}


def load(entry: RuleEntry) -> object:
    """Import a rule.

    Returns:
        The :class:`mosaic_lint.rule.Rule`.
    """
    return getattr(import_module(entry.module), entry.function)

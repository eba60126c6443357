"""Tell cheaply which rules may speak of a file, and which of its statements they must see.

First the text: a rule whose triggers don't occur has nothing to say. Then the ``ast``: a suspect
stage for each family clears what is surely right. Both over-approximate, so that the findings
are the same as without them. Nothing here imports LibCST.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Callable, Dict, FrozenSet, Iterable, Optional, Sequence, Set, Tuple

from mosaic_lint.settings import Settings
from mosaic_lint.source import Source
from mosaic_lint.sql.given import Given
from mosaic_lint.triage.connections import suspect_connections
from mosaic_lint.triage.endpoints import suspect_endpoints
from mosaic_lint.triage.escapes import suspect_escapes
from mosaic_lint.triage.handlers import suspect_handlers
from mosaic_lint.triage.json_loads import suspect_json_loads
from mosaic_lint.triage.llm import suspect_llm_calls, suspect_parses, suspect_validations
from mosaic_lint.triage.loops import suspect_query_loops
from mosaic_lint.triage.mentions import mentions_sql
from mosaic_lint.triage.output import suspect_prints, suspect_root_logger
from mosaic_lint.triage.prune import Excerpt, prune, whole
from mosaic_lint.triage.sqlite import suspect_sqlite
from mosaic_lint.triage.submodules import suspect_submodules
from mosaic_lint.triage.suspects import Suspects
from mosaic_lint.triage.swallowed import suspect_swallowed
from mosaic_lint.triage.table import Table
from mosaic_lint.triage.unstaged import suspect_everything
from mosaic_lint.vocabulary import SQL

Judge = Callable[[str, Given], bool]
"""Whether a rule may speak of a plain text, if that is SQL whose placeholders get such values."""

STAGES: Dict[str, Callable[[Table, Settings], Suspects]] = {
    "connections": suspect_connections,
    "endpoints": suspect_endpoints,
    "escapes": suspect_escapes,
    "handlers": suspect_handlers,
    "json-loads": suspect_json_loads,
    "llm-calls": suspect_llm_calls,
    "llm-parses": suspect_parses,
    "llm-validations": suspect_validations,
    "prints": suspect_prints,
    "query-loops": suspect_query_loops,
    "root-logger": suspect_root_logger,
    "submodules": suspect_submodules,
    "swallowed": suspect_swallowed,
    "whole": suspect_everything,
    "sqlite": suspect_sqlite,
}
"""The suspect stages by the name that a rule gives; "sql" needs the rules themselves besides."""


@dataclass(frozen=True)
class Wanted:
    """What triage needs to know of a rule.

    Args:
        code: the rule's code.
        triggers: texts of which one must occur; ``{name}`` stands for the values of an option.
        stage: the rule's suspect stage.
    """

    code: str
    triggers: Tuple[str, ...]
    stage: str


@dataclass(frozen=True)
class Plan:
    """What is left to do for a file.

    Args:
        codes: the rules that may speak.
        excerpt: what they must see parsed.
        tree: the file's ``ast``; ``None`` where this Python can't read the file.
        lines: the lines (from 1) whose statements are in the excerpt; ``None`` for all.
        shared: the lines that bind attributes, which the methods of a class share.
    """

    codes: Tuple[str, ...]
    excerpt: Excerpt
    tree: Optional[ast.Module]
    lines: Optional[FrozenSet[int]] = None
    shared: FrozenSet[int] = frozenset()


def triggered(text: str, rules: Iterable[Wanted], settings: Settings) -> Tuple[Wanted, ...]:
    """The rules with a trigger in the text."""
    answers: Dict[str, bool] = {}

    def occurs(trigger: str) -> bool:
        if trigger not in answers:
            if trigger == SQL:
                answers[trigger] = mentions_sql(text)
            else:
                answers[trigger] = any(word in text for word in expand(trigger, settings))
        return answers[trigger]

    return tuple(rule for rule in rules if any(occurs(trigger) for trigger in rule.triggers))


def expand(trigger: str, settings: Settings) -> Sequence[str]:
    """The texts that a trigger stands for: itself, or the last names in an option."""
    if not trigger.startswith("{"):
        return (trigger,)
    values = getattr(settings, trigger[1:-1].replace("-", "_"))
    return [value.rpartition(".")[2] for value in values]


def suspect(
    source: Source,
    tree: ast.Module,
    rules: Sequence[Wanted],
    settings: Settings,
    judge: Judge,
) -> Optional[Plan]:
    """Run the rules' suspect stages.

    Args:
        source: the file.
        tree: its ``ast``.
        rules: the rules with a trigger in it.
        settings: the options in force.
        judge: tells whether a rule may speak of a plain text, if that is SQL.

    Returns:
        The rules with a suspect and what they must see; ``None`` if there is no suspect.
    """
    table = Table(tree, source)
    stages = {rule.stage for rule in rules}
    found = {stage: STAGES[stage](table, settings) for stage in stages - {"sql"}}
    if "sql" in stages:
        from mosaic_lint.triage.sql import suspect_sql  # not needed where no file has SQL

        found["sql"] = suspect_sql(table, settings, judge)
    codes = tuple(rule.code for rule in rules if found[rule.stage].lines)
    if not codes:
        return None
    lines: Set[int] = {node.lineno for node in (*table.of(ast.Global), *table.of(ast.Nonlocal))}
    for suspects in found.values():
        if suspects.lines:
            lines |= suspects.lines | suspects.context
    shared = frozenset(binding.line for binding in table.bindings() if binding.escapes)
    excerpt = prune(
        source, tree, lines, shared=shared, nested=table.scope_lines(), deep=table.may_be_deep
    )
    return Plan(codes, excerpt, tree, frozenset(lines), shared)


def everything(source: Source, tree: Optional[ast.Module], rules: Iterable[Wanted]) -> Plan:
    """The plan without triage: every rule, and the whole file."""
    excerpt = whole(source.text) if tree is None else prune(source, tree, None)
    return Plan(tuple(rule.code for rule in rules), excerpt, tree)


def without(source: Source, plan: Plan, broken: FrozenSet[int]) -> Optional[Plan]:
    """The plan with an excerpt that lacks the statements on some lines, for a parser's sake.

    Returns:
        The new plan; ``None`` where it would be the same, so that trying again is vain.
    """
    if plan.tree is None:
        return None
    lines = None if plan.lines is None else set(plan.lines)
    excerpt = prune(source, plan.tree, lines, shared=plan.shared, broken=broken)
    return None if excerpt.text == plan.excerpt.text else replace(plan, excerpt=excerpt)

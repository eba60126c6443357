"""Two rules with a path, which exist in tests only, and the way to have them run as all others."""

from __future__ import annotations

from typing import Dict, Iterator

import libcst as cst

from mosaic_lint import registry
from mosaic_lint.anchor import Line, Parenthesised, Place, Step
from mosaic_lint.model import Span
from mosaic_lint.registry import RuleEntry
from mosaic_lint.rule import Context, Draft, Rule, rule
from mosaic_lint.sql.statement import Statement
from mosaic_lint.vocabulary import SQL

MARK = "# a place"


@rule(
    code="MOS998",
    name="traced-value",
    message="{value} is printed (from line {line}): print a constant",
    subscribes="Call",
    triggers=("print",),
    stage="prints",
    playbook="Pattern 0: none",
)
def traced_value(call: cst.Call, context: Context) -> Iterator[Draft]:
    """
    What:
        Something is printed behind all sorts of steps.

    Why:
        Tests need a rule with a path, whatever the real rules do.

    Example:
        print(ask())

    Instead:
        print("é")

    Fix safety:
        No fix is offered.

    Limits:
        It is no rule of anybody's.
    """
    if isinstance(call.func, cst.Name) and call.func.value == "print" and call.args:
        value = call.args[0].value
        steps = list(_steps(call, context))
        first = steps[0].anchor if steps else value
        yield context.report(value, related=steps, value=context.file.code(value), line=Line(first))


def _steps(call: cst.Call, context: Context) -> Iterator[Step]:
    """What stands before a call: one step for each form of anchor."""
    tree = context.file.tree
    start = context.file.source.text.find(MARK)
    if start >= 0:
        yield Step(Span(start, start + len(MARK)), "a comment")
    for node in tree.nodes[: tree.index(call)]:
        if isinstance(node, cst.For):
            yield Step(node, "in this loop", width=len("for"))
        elif isinstance(node, cst.SimpleString):
            yield Step(Place(node, 1, len(node.raw_value)), "the question")
        elif isinstance(node, cst.Await):
            yield Step(Parenthesised(node), "awaited")
        elif isinstance(node, cst.Call) and context.file.code(node.func) == "ask":
            yield Step(node, "the answer of ask()")


@rule(
    code="MOS999",
    name="traced-statement",
    message="{word} comes behind line {line}: leave it out",
    subscribes="SqlStatement",
    triggers=(SQL,),
    stage="sql",
    playbook="Pattern 0: none",
)
def traced_statement(statement: Statement, context: Context) -> Iterator[Draft]:
    """Flag LIMIT, and show the way from the first word to it over each FROM."""
    for index in statement.find("LIMIT"):
        first = statement.at(statement.tokens[0])
        steps = [Step(first, "begins here")]
        steps += [Step(statement.at(statement.tokens[i]), "reads") for i in statement.find("FROM")]
        anchor = statement.at(statement.tokens[index])
        yield context.report(anchor, related=steps, word="LIMIT", line=Line(first))


def rules() -> Dict[str, RuleEntry]:
    """All rules, and these two behind them."""
    from mosaic_lint._index import ENTRIES

    return {**registry.collect(ENTRIES), "MOS998": _entry(traced_value),
            "MOS999": _entry(traced_statement)}  # fmt: skip


def names() -> Dict[str, str]:
    """The names of all codes."""
    own = {code: name for code, (name, _) in registry.ENGINE_CODES.items()}
    return {**own, **{code: entry.name for code, entry in rules().items()}}


def _entry(described: Rule) -> RuleEntry:
    meta = described.meta
    return RuleEntry(
        code=meta.code,
        name=meta.name,
        module=__name__,
        function=meta.name.replace("-", "_"),
        subscribes=meta.subscribes,
        triggers=meta.triggers,
        stage=meta.stage,
        playbook=meta.playbook,
        message=meta.message,
        summary="a rule of the tests",
        fix=meta.fix,
        default_on=meta.default_on,
        in_markdown=meta.in_markdown,
        needs=meta.needs,
        since=meta.since,
    )

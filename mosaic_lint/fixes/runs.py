"""Who else runs a text: a fix must suit each call that is given the literal that it changes."""

from __future__ import annotations

import ast
from typing import Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Set

import libcst as cst

from mosaic_lint.anchor import Anchor
from mosaic_lint.change import Declined
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.receivers import Driver
from mosaic_lint.facts.sinks import sinks
from mosaic_lint.facts.sqltext import SqlText
from mosaic_lint.facts.texts import texts_of
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.syntax import Syntax
from mosaic_lint.sql.statement import read

_RUNNING = frozenset(("execute", "executemany", "mogrify"))


def literal_of(anchor: Anchor) -> object:
    """The whole string literal that a place stands in; ``None`` where it stands in none."""
    return getattr(anchor, "literal", None)


def runs_of(file: File, literal: object) -> Sequence[SqlCall]:
    """The texts with a literal in them that the rule's tree shows to be run, with their calls.

    Args:
        file: the file.
        literal: the literal, as :func:`literal_of` says.
    """
    known: Dict[int, List[SqlCall]] = file.answers.setdefault("runs by literal", {})
    if not known:
        for call in _runs(file):
            for identity in {id(part.literal) for part in call.text.parts if part.literal}:
                known.setdefault(identity, []).append(call)
    return known.get(id(literal), ())


def _runs(file: File) -> Iterator[SqlCall]:
    texts = texts_of(file)
    for sink in sinks(file):
        for text in texts.of(sink.query):
            yield SqlCall(file, text, read(text.text, text.locate), sink)


def alternatives(call: SqlCall) -> Iterator[SqlText]:
    """The other texts that a call may be given, on other ways."""
    for text in texts_of(call.file).of(call.sink.query):
        if text.text != call.text.text:
            yield text


def is_indirect(run: SqlCall) -> bool:
    """Whether a call only passes a text on, which others give parameters or have given them."""
    query = run.sink.query
    if query is run.sink.call:
        return True  # psycopg2.sql.SQL("...")
    return any(
        isinstance(origin, cst.Call) and last_name(origin.func) == "mogrify"
        for origin in run.file.names.origins(query)
    )


def require_formatting(call: SqlCall, anchor: Anchor, site: Site) -> None:
    """Make sure that the driver formats a literal wherever it is run.

    Args:
        call: a call that runs it.
        anchor: a place in the literal.
        site: the place that the fix is for.

    Raises:
        Declined: somebody runs it without parameters.
    """
    literal = literal_of(anchor)
    runs = [run for run in runs_of(call.file, literal) if not is_indirect(run)]
    require_one_form(runs, literal)
    for run in runs:
        if not run.formats or run.sink.driver is Driver.SQLITE:
            raise Declined("the text is also run without parameters")
        if run.parameters.optional and not run.text.exact and not _has_placeholder(run, literal):
            raise Declined("the text may be run without parameters")
    if _is_run_bare(call.file, site, site.place(anchor).start):
        raise Declined("the text is also run without parameters")


def require_one_form(runs: Iterable[SqlCall], literal: object) -> None:
    """Make sure that a literal is written for one use, not as a template and as it is.

    Args:
        runs: the texts with the literal in them.
        literal: the literal.

    Raises:
        Declined: it is used in several ways.
    """
    forms = {part.templates for run in runs for part in run.text.parts if part.literal is literal}
    if len(forms) > 1:
        raise Declined("the text is used both as a template and as it is")


def _has_placeholder(run: SqlCall, literal: object) -> bool:
    """Whether a literal itself has a placeholder, so that it never runs without parameters."""
    return any(literal_of(run.text.locate(p.start, p.end)) is literal for p in run.placeholders)


def _is_run_bare(file: File, site: Site, offset: int) -> bool:
    """Whether a constant of the module or of a class is run without parameters anywhere.

    The rule's own tree lacks such calls, since nothing is wrong with them.
    """
    try:
        syntax = site.syntax
    except Declined:  # then the rule's own tree is the whole file
        return False
    bare: Optional[FrozenSet[str]] = file.answers.get("names run bare")
    if bare is None:
        bare = file.answers["names run bare"] = frozenset(_run_bare(syntax.tree))
    return not bare.isdisjoint(_constants(syntax, offset))


def _constants(syntax: Syntax, offset: int) -> Set[str]:
    """The names to which a statement around an offset binds a constant."""
    bodies = [syntax.tree.body]
    names: Set[str] = set()
    while bodies:
        for statement in bodies.pop():
            start, end = syntax.span(statement)
            if not start <= offset < end:
                continue
            if isinstance(statement, ast.ClassDef):
                bodies.append(statement.body)
            elif isinstance(statement, ast.Assign):
                names.update(t.id for t in statement.targets if isinstance(t, ast.Name))
            elif isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
                if isinstance(statement.target, ast.Name):
                    names.add(statement.target.id)
    return names


def _run_bare(tree: ast.Module) -> Iterator[str]:
    """The names in what is run without parameters."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr in _RUNNING:
            values = [*call.args, *(keyword.value for keyword in call.keywords)]
            given = [v for v in values if not (isinstance(v, ast.Constant) and v.value is None)]
            if len(given) == 1:
                yield from map(_name, ast.walk(given[0]))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""

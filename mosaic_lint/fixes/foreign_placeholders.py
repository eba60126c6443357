"""Placeholders of another driver's style in psycopg's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Iterator, List, Optional, Sequence, Set, Tuple

import libcst as cst

from mosaic_lint.anchor import Place
from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.mismatch import shown_rows
from mosaic_lint.facts.parameters import Given, Parameters
from mosaic_lint.facts.scopes import Binding
from mosaic_lint.facts.sinks import Rows
from mosaic_lint.facts.sqltext import Hole, Part
from mosaic_lint.fixes.built_in import is_known
from mosaic_lint.fixes.mappings import Mappings
from mosaic_lint.fixes.percents import doubled_percents
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.runs import is_indirect, literal_of, require_one_form, runs_of
from mosaic_lint.fixes.site import Site
from mosaic_lint.model import Span
from mosaic_lint.sql.lexer import HOLE, Kind, Token
from mosaic_lint.sql.statement import Group, Statement

_KINDS = (Kind.COLON_NAME, Kind.DOLLAR_NAME, Kind.AT_NAME)


def repair(call: SqlCall, group: Group, site: Site) -> Repair:
    """Write the foreign placeholders of a literal as psycopg's.

    Args:
        call: a call that runs it.
        group: the placeholders.
        site: the place that the fix is for.

    Raises:
        Declined: what they get isn't known.
    """
    literal = literal_of(group.statement.at(group.token))
    runs = [run for run in runs_of(call.file, literal) if not is_indirect(run)]
    require_one_form(runs, literal)
    if not runs:
        raise Declined("the call that gives it parameters isn't seen")
    if not all(run.is_psycopg for run in runs):
        raise Declined("another driver may run the text, too")
    names = [token.text[1:] for _, token in group.all]
    written = [statement.text[token.start + 1 : token.end] for statement, token in group.all]
    changes: Changes = []
    if all(name.isdigit() for name in names) and all(map(_gives_sequence, runs)):
        for run in runs:
            _require_order(run)
        for statement, token in group.all:
            changes += statement.change("%s", token)
        message = 'Write "%s" for each number'
    else:
        places = {_place(statement, token) for statement, token in group.all}
        for run in runs:
            _require_names(run, [*written, *_names_at(run, places)])
        for statement, token in group.all:
            changes += _named(call, statement, token, site)
        message = 'Write "%(name)s" for each name'
    return Repair(message, changes + doubled_percents(group))


# --- by number


def _gives_sequence(run: SqlCall) -> bool:
    rows = _shown(run)
    return bool(rows) and all(row.given is Given.SEQUENCE for row in rows)


def _require_order(run: SqlCall) -> None:
    """Make sure that each number is the place of its placeholder."""
    if not is_known(run):
        raise Declined("not all of the query is known")
    places = list(_placeholders(run))
    for place, token in enumerate(places, start=1):
        if token.kind is not Kind.FORMAT and token.text[1:] != str(place):
            raise Declined("the numbers aren't in order, each once")
        if token.kind is Kind.FORMAT and token.text.startswith("%("):
            raise Declined("names and numbers are mixed")
    for row in _shown(run):
        if row.values is not None and len(row.values) != len(places):
            raise Declined("the parameters don't fit the numbers")


def _placeholders(run: SqlCall) -> Iterator[Token]:
    """What stands for a value, of psycopg's own style or another, in order."""
    for statement in run.statements:
        for index, token in enumerate(statement.tokens):
            if token.kind is Kind.FORMAT:
                yield token
            elif token.kind in (Kind.COLON_NAME, Kind.DOLLAR_NAME):
                if index not in statement.slices:
                    yield token


# --- by name


def _require_names(run: SqlCall, names: Sequence[str]) -> None:
    """Make sure that a query is given a mapping with these names, so far as it is shown."""
    mappings = Mappings(run.file)
    node = run.sink.parameters
    if run.parameters.given is Given.NONE:
        raise Declined("no parameters are given")
    many = run.sink.rows is Rows.MANY
    if not (mappings.are_rows(node) if many else mappings.is_one(node)):
        raise Declined("that the parameters are a mapping isn't certain")
    for row in _shown(run):
        missing = [n for n in names if row.keys is not None and HOLE not in n and n not in row.keys]
        if missing:
            raise Declined(f'the parameters lack "{missing[0]}"')


def _names_at(run: SqlCall, places: Set[object]) -> Iterator[str]:
    """The names that a query has at some places: a field of an f-string gives several."""
    for statement in run.statements:
        for token in statement.tokens:
            if token.kind in _KINDS and _place(statement, token) in places:
                yield statement.text[token.start + 1 : token.end]


def _place(statement: Statement, token: Token) -> object:
    at = statement.at(token)
    return (id(at.node), at.shift) if isinstance(at, Place) else id(at)


def _named(call: SqlCall, statement: Statement, token: Token, site: Site) -> Changes:
    """``:name`` as ``%(name)s``; what is built into the name stays."""
    literal = literal_of(statement.at(token))
    parts = call.text.cut(token.start, token.end)
    changes = statement.rewrite(token.start, token.start + 1, "%(")
    if all(part.hole is not None or part.literal is literal for part in parts):
        return changes + _closing(statement, token, parts[-1].hole, site)
    field = _field_behind(call, parts)
    if field is None:
        raise Declined("the name stands in another literal")
    end = site.place(field).end
    changes.append(Change(Span(end, end), ")s"))
    # all the names that the field stands for need the same
    return [replace(change, shared=True) for change in changes]


def _field_behind(call: SqlCall, parts: Sequence[Part]) -> Optional[cst.FormattedStringExpression]:
    """The field of an f-string, right behind the first of some parts, that gives all the others."""
    mark, others = parts[0], parts[1:]
    around = call.file.tree.parent(mark.node) if mark.node is not None else None
    if not isinstance(around, cst.FormattedString) or len(mark.text) > 1:
        return None
    if parts[-1] not in call.text.parts or any(part.literal is mark.literal for part in others):
        return None  # it gives more than the name, or less
    index = next(index for index, one in enumerate(around.parts) if one is mark.node)
    behind = around.parts[index + 1 : index + 3]
    if len(behind) == 2 and not isinstance(behind[1], cst.FormattedStringText):
        return None
    field = behind[0] if behind else None
    if not isinstance(field, cst.FormattedStringExpression) or not _is_one_name(call, field):
        return None
    return field


def _is_one_name(call: SqlCall, field: cst.FormattedStringExpression) -> bool:
    """Whether a field gives a literal or what a loop goes through, and nothing put together."""
    return isinstance(field.expression, cst.Name) and all(
        isinstance(origin.node, (cst.For, cst.CompFor))
        if isinstance(origin, Binding)
        else isinstance(origin, cst.SimpleString)
        for origin in call.file.names.origins(field.expression)
    )


def _closing(statement: Statement, token: Token, hole: Optional[Hole], site: Site) -> Changes:
    """The end of a placeholder into whose name a value is built."""
    if hole is not None and isinstance(hole.anchor, cst.FormattedStringExpression):
        end = site.place(hole.anchor).end
        return [Change(Span(end, end), ")s")]
    literal = literal_of(statement.at(token))
    is_inside = hole is None or (
        token.end < len(statement.text)
        and literal_of(statement.locate(token.end, token.end + 1)) is literal
    )
    if not is_inside:
        raise Declined("a value is built in there")
    return statement.rewrite(token.end, token.end, ")s")


def _shown(run: SqlCall) -> List[Parameters]:
    """What a query is given, each row of several, so far as the code shows them."""
    if run.sink.rows is Rows.ONE:
        return [run.parameters]
    if run.sink.rows is not Rows.MANY:
        return []
    rows: Tuple[cst.BaseExpression, ...] = tuple(shown_rows(run.sink.parameters))
    return [run.reader.read(row) for row in rows]

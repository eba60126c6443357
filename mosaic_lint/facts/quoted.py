"""Placeholders inside of quotes, where the driver's own quotes come on top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, List, Optional, Sequence

import libcst as cst

from mosaic_lint.anchor import Anchor
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.mismatch import shown_rows
from mosaic_lint.facts.parameters import Given, Parameters
from mosaic_lint.facts.sinks import Rows
from mosaic_lint.facts.values import Values
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.percent import Conversion
from mosaic_lint.sql.statement import Statement


@dataclass(frozen=True, eq=False)
class Quoted:
    """A quoted literal or name with a placeholder.

    Args:
        anchor: its opening quote.
        written: the placeholder.
        advice: what else to do.
        statement: the statement.
        index: the index of the literal there.
        inside: the placeholders in it.
    """

    anchor: Anchor
    written: str
    advice: str
    statement: Statement
    index: int
    inside: Sequence[Conversion]


def quoted_placeholders(call: SqlCall) -> Iterator[Quoted]:
    """All quoted literals and names with a placeholder that isn't provably harmless."""
    if not call.formats:
        return
    values = Values(call.file)
    for statement in call.statements:
        for index, token in enumerate(statement.tokens):
            if token.kind not in (Kind.STRING, Kind.QUOTED) or token.text.startswith("$"):
                continue
            inside = [p for p in call.placeholders if token.start < p.start < token.end]
            if inside and not _works(call, statement, index, inside, values):
                yield _quoted(call, statement, index, inside)


def _quoted(call: SqlCall, statement: Statement, index: int, inside: List[Conversion]) -> Quoted:
    token, placeholder = statement.tokens[index], inside[0]
    quote = min(i for i in (token.text.find("'"), token.text.find('"')) if i >= 0)
    start = token.start + quote
    written = call.text.text[placeholder.start : placeholder.end]
    alone = token.text[quote + 1 : -1] == written
    advice = "" if alone else ", and put the rest into the parameter"
    if token.kind is Kind.QUOTED:
        advice = ": a name needs psycopg2.sql.Identifier"
    anchor = call.text.locate(start, start + 1)
    return Quoted(anchor, written, advice, statement, index, inside)


def _works(
    call: SqlCall, statement: Statement, index: int, inside: List[Conversion], values: Values
) -> bool:
    if statement.tokens[index].kind is Kind.QUOTED:
        return False
    given = [value for row in _rows(call) for value in _values(call, row, inside)]
    if _is_interval(statement, index):
        return not any(value is not None and values.is_text(value) for value in given)
    if call.file.settings.driver == "psycopg":
        return False
    return all(value is not None and values.is_number(value) for value in given)


def _is_interval(statement: Statement, index: int) -> bool:
    if statement.word(index - 1) == "INTERVAL":
        return True
    if statement.word(index - 2) == "CAST" and statement.word(index + 1) == "AS":
        return statement.word(index + 2) == "INTERVAL"
    if statement.word(index - 1) == "(" and statement.word(index + 1) == ")":
        return statement.follows(index + 2, "::", "INTERVAL")
    return statement.follows(index + 1, "::", "INTERVAL")


def _rows(call: SqlCall) -> List[Parameters]:
    """What the query is given, each row of several, so far as the code shows them."""
    if call.sink.rows is not Rows.MANY:
        return [call.parameters]
    rows = [call.reader.read(row) for row in shown_rows(call.sink.parameters)]
    return rows or [Parameters(Given.UNKNOWN)]


def _values(
    call: SqlCall, given: Parameters, inside: List[Conversion]
) -> List[Optional[cst.BaseExpression]]:
    return [_value(call, given, placeholder) for placeholder in inside]


def _value(
    call: SqlCall, given: Parameters, placeholder: Conversion
) -> Optional[cst.BaseExpression]:
    """The parameter that goes into a placeholder, where the code shows it."""
    if placeholder.name is not None:
        return given.keys.get(placeholder.name) if given.keys is not None else None
    if given.given is not Given.SEQUENCE or given.values is None or not call.text.exact:
        return None
    place = call.placeholders.index(placeholder)
    return given.values[place] if place < len(given.values) else None

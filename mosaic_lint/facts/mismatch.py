"""Parameters that don't fit the placeholders of the query that they are given to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Optional

import libcst as cst

from mosaic_lint.anchor import Anchor, Parenthesised
from mosaic_lint.facts.calls import SqlCall
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.parameters import Given, Parameters
from mosaic_lint.facts.sinks import Rows
from mosaic_lint.facts.sqltext import Hole
from mosaic_lint.sql.percent import Conversion

_QUOTING = frozenset(
    f"{package}.sql.{name}"
    for package in ("psycopg2", "psycopg")
    for name in ("Identifier", "Literal")
)


@dataclass(frozen=True, eq=False)
class Mismatch:
    """A fault.

    Args:
        anchor: what to change.
        problem: what doesn't fit.
        instead: what to write.
        lone: the value that stands where a sequence is needed.
    """

    anchor: Anchor
    problem: str
    instead: str
    lone: Optional[cst.BaseExpression] = None


def mismatches(call: SqlCall) -> Iterator[Mismatch]:
    """All faults of a call's parameters."""
    if not call.formats or call.is_sqlite_style:
        return
    if call.sink.rows is Rows.VALUES:
        yield from _values(call)
    elif call.placeholders and call.sink.rows is Rows.ONE:
        yield from _row(call, call.parameters)
    elif call.placeholders and call.sink.rows is Rows.MANY:
        for row in shown_rows(call.sink.parameters):
            yield from _row(call, call.reader.read(row))


def shown_rows(node: Optional[cst.BaseExpression]) -> Iterator[cst.BaseExpression]:
    """The rows that ``executemany`` is given, so far as they are shown."""
    if isinstance(node, (cst.List, cst.Tuple)):
        for element in node.elements:
            if isinstance(element, cst.Element):
                yield element.value
    elif isinstance(node, (cst.ListComp, cst.GeneratorExp)):
        if isinstance(node.elt, (cst.Tuple, cst.List, cst.Dict)) or _is_dict(node.elt):
            yield node.elt


def _values(call: SqlCall) -> Iterator[Mismatch]:
    """``execute_values`` wants one ``%s``, for all rows."""
    found = len(call.placeholders)
    known = call.text.exact and not any(call.text.holes)
    if found > 1 or (not found and known):
        start = next((part.literal for part in call.text.parts if part.literal), None)
        if start is not None:
            problem = f"execute_values() needs exactly one %s, and finds {found}"
            yield Mismatch(start, problem, '"VALUES %s"')


def _row(call: SqlCall, given: Parameters) -> Iterator[Mismatch]:
    if given.node is None:
        return
    named = [found for found in call.placeholders if found.name is not None]
    if given.guessed and (named or len(call.placeholders) > 1):
        return  # more likely a name for all of the values
    if given.given is Given.LONE:
        problem = "a single value is given where psycopg needs a sequence"
        yield Mismatch(given.node, problem, f'"({_code(call, given.node)},)"', given.node)
    elif given.given is Given.SEQUENCE:
        if named:
            problem = f"%({named[0].name})s needs a dict, and a sequence is given"
            yield Mismatch(_whole(given.node), problem, "%s, or a dict")
        else:
            yield from _sequence(call, given)
    elif given.given is Given.MAPPING:
        if len(named) < len(call.placeholders):
            yield Mismatch(
                _whole(given.node), "%s needs a sequence, and a dict is given", "%(name)s"
            )
        else:
            yield from _mapping(call, given)


def _sequence(call: SqlCall, given: Parameters) -> Iterator[Mismatch]:
    assert given.node is not None
    if given.values is None:
        return
    exact = call.text.exact and all(_is_name(call, hole) for hole in call.text.holes)
    wanted, found = len(call.placeholders), len(given.values)
    if exact and wanted != found:
        problem = f"{_count(wanted, 'placeholder')} and {_count(found, 'parameter')}"
        yield Mismatch(_whole(given.node), problem, "one parameter for each %s")
    elif exact:
        for placeholder, value in zip(call.placeholders, given.values):
            yield from _value(call, placeholder, value)
    else:
        for value in given.values:
            yield from _value(call, None, value)


def _is_name(call: SqlCall, hole: Hole) -> bool:
    """Whether a hole is a composed name or value, which holds no placeholder."""
    names = call.file.names
    return hole.composed and all(
        isinstance(origin, cst.Call) and bool(names.qualified(origin.func) & _QUOTING)
        for origin in names.origins(hole.expression)
    )


def _whole(node: cst.BaseExpression) -> Anchor:
    """A tuple with the parentheses that make it one."""
    return Parenthesised(node) if isinstance(node, cst.Tuple) and node.lpar else node


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _mapping(call: SqlCall, given: Parameters) -> Iterator[Mismatch]:
    assert given.node is not None
    if given.keys is None or not given.display:
        return
    missing = [p.name for p in call.placeholders if p.name not in given.keys]
    if missing:
        shown = ", ".join(f'"{name}"' for name in dict.fromkeys(missing))
        yield Mismatch(_whole(given.node), f"the parameters lack {shown}", "a dict with every name")
    seen = set()
    for placeholder in call.placeholders:
        if placeholder.name in given.keys and placeholder.name not in seen:
            seen.add(placeholder.name)
            yield from _value(call, placeholder, given.keys[placeholder.name])


def _value(
    call: SqlCall, placeholder: Optional[Conversion], value: cst.BaseExpression
) -> Iterator[Mismatch]:
    if _is_dict(value) and not _adapts_dict(call):
        yield Mismatch(value, "psycopg can't adapt a dict", '"Json(value)"')
    elif placeholder is not None and _is_behind_in(call, placeholder):
        if _is_list(value):
            yield Mismatch(value, "IN %s needs a tuple, and a list is given", '"= ANY(%s)"')


def _is_behind_in(call: SqlCall, placeholder: Conversion) -> bool:
    for statement in call.statements:
        for before, token in zip(statement.tokens, statement.tokens[1:]):
            if token.start == placeholder.start:
                return before.text == "IN"
    return False


def _is_list(value: cst.BaseExpression) -> bool:
    return isinstance(value, (cst.List, cst.ListComp)) or (
        isinstance(value, cst.Call)
        and isinstance(value.func, cst.Name)
        and value.func.value in ("list", "sorted")
    )


def _is_dict(value: cst.BaseExpression) -> bool:
    return isinstance(value, (cst.Dict, cst.DictComp)) or (
        isinstance(value, cst.Call)
        and isinstance(value.func, cst.Name)
        and value.func.value == "dict"
    )


def _adapts_dict(call: SqlCall) -> bool:
    """Whether the file registers an adapter for dicts."""
    for found in call.file.tree.of(cst.Call):
        if last_name(found.func) in ("register_adapter", "register_dumper") and found.args:
            if last_name(found.args[0].value) == "dict":
                return True
    return False


def _code(call: SqlCall, node: cst.BaseExpression) -> str:
    code = call.file.code(node.with_changes(lpar=(), rpar=()))
    return code if len(code) <= 40 else "value"

"""What the code of a file gives to the placeholders of its queries."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Dict, Iterator, List, Optional, Sequence

import libcst as cst

from mosaic_lint.facts.elements import elements_of
from mosaic_lint.facts.file import File
from mosaic_lint.facts.names import last_name
from mosaic_lint.facts.parameters import Given as Kind
from mosaic_lint.facts.parameters import ParameterReader
from mosaic_lint.facts.receivers import Driver
from mosaic_lint.facts.sinks import Rows, Sink
from mosaic_lint.facts.sqltext import SqlText
from mosaic_lint.sql.given import Bound, Given, Value
from mosaic_lint.sql.lexer import Token
from mosaic_lint.sql.percent import PSYCOPG, PSYCOPG2, Conversion, placeholders

_MAX_ROWS = 200


class CallGiven(Given):
    """What a call gives to a text that it runs.

    Args:
        file: the file.
        text: the text.
        sink: the call.
        is_only: whether the call runs no other text.
    """

    def __init__(self, file: File, text: SqlText, sink: Sink, is_only: bool = True) -> None:
        self._file = file
        self._text = text
        self._sink = sink
        self._is_only = is_only
        self._sequences: Dict[int, Optional[List[cst.BaseExpression]]] = {}  # by identity
        self._keys: Dict[int, Dict[str, cst.BaseExpression]] = {}  # by identity of the mapping

    @property
    def takes_several(self) -> bool:
        """Whether the call would run several statements, as servers do if no values come along."""
        sink = self._sink
        if sink.spread or sink.driver is Driver.OTHER or _has_more(sink):
            return False
        return sink.parameters is None or last_name(sink.parameters) == "None"

    def values(self, token: Token) -> Sequence[Bound]:
        """What is known of the values that a placeholder gets."""
        place = self._places.get(token.start)
        if place is None or self._sink.rows is Rows.VALUES:
            return ()
        name = self._placeholders[place].name
        return [
            bound
            for row in self._rows
            for value in self._of_row(row, place, name)
            for bound in self._bounds(value)
        ]

    def fields(self, token: Token, place: Optional[int]) -> Sequence[Bound]:
        """The same of the fields of a row that a placeholder gets."""
        holders = self._rows if self._sink.rows is Rows.VALUES else self._values_of(token)
        found: List[Bound] = []
        for holder in holders:
            values = self._sequence(holder) or []
            if place is not None:
                values = values[place : place + 1]
            found.extend(bound for value in values for bound in self._bounds(value))
        return found

    def _values_of(self, token: Token) -> List[cst.BaseExpression]:
        """The expressions whose values a placeholder gets."""
        place = self._places.get(token.start)
        if place is None:
            return []
        name = self._placeholders[place].name
        return [value for row in self._rows for value in self._of_row(row, place, name)]

    @cached_property
    def _placeholders(self) -> List[Conversion]:
        """The placeholders; none where another driver reads them."""
        if self._sink.driver not in (None, Driver.PSYCOPG) or self._sink.rows is Rows.NONE:
            return []
        letters = PSYCOPG if self._file.settings.driver == "psycopg" else PSYCOPG2
        return placeholders(self._text.text, letters)

    @cached_property
    def _places(self) -> Dict[int, int]:
        """Which one each placeholder is, by its offset."""
        return {found.start: place for place, found in enumerate(self._placeholders)}

    @cached_property
    def _rows(self) -> List[cst.BaseExpression]:
        """What holds the values of each row."""
        node = self._sink.parameters
        if node is None or (self._sink.rows is Rows.VALUES and self._has_template):
            return []
        if self._sink.rows is Rows.ONE:
            return [node]
        shown = elements_of(self._file).of(node)
        return shown.values[:_MAX_ROWS] if shown is not None else []

    @property
    def _has_template(self) -> bool:
        """Whether ``execute_values`` is told how to write a row, which may cast."""
        arguments = self._sink.call.args
        plain = [argument for argument in arguments if argument.keyword is None]
        named = {argument.keyword.value for argument in arguments if argument.keyword is not None}
        return len(plain) > 3 or "template" in named or self._sink.spread

    def _of_row(
        self, row: cst.BaseExpression, place: int, name: Optional[str]
    ) -> List[cst.BaseExpression]:
        """The value that a row has for a placeholder, where that is sure."""
        if name is not None:
            keys = self._mapping(row)
            return [keys[name]] if name in keys else []
        values = self._sequence(row)
        if values is None or not self._text.exact or len(values) != len(self._placeholders):
            return []
        return [values[place]]

    def _sequence(self, node: cst.BaseExpression) -> Optional[List[cst.BaseExpression]]:
        """The elements of a tuple or list, if all are shown."""
        if id(node) not in self._sequences:
            shown = elements_of(self._file).of(node)
            exact = shown is not None and shown.exact
            self._sequences[id(node)] = shown.values if shown is not None and exact else None
        return self._sequences[id(node)]

    def _mapping(self, node: cst.BaseExpression) -> Dict[str, cst.BaseExpression]:
        """The values of a dict by key, if all keys are shown."""
        if id(node) not in self._keys:
            found = ParameterReader(self._file).read(node)
            self._keys[id(node)] = (found.keys or {}) if found.given is Kind.MAPPING else {}
        return self._keys[id(node)]

    # --- values

    def _bounds(self, value: cst.BaseExpression) -> Iterator[Bound]:
        """What is known of a value."""
        number = _number(value)
        if number is not None:
            yield Bound(Value.INTEGER, number, number.value, shared=not self._is_only)
            return
        while isinstance(value, cst.BooleanOperation) and isinstance(value.operator, cst.And):
            value = value.right  # what is left of it only comes through if it is empty
        origins = self._file.names.origins(value)
        made = [o for o in origins if isinstance(o, cst.Call) and self._makes_json(o)]
        if all(origin in made or _may_stand_for_json(origin) for origin in origins):
            yield from (Bound(Value.JSON, call) for call in made)

    def _makes_json(self, call: cst.Call) -> bool:
        return self._file.names.qualified(call.func) == {"json.dumps"}


def _has_more(sink: Sink) -> bool:
    """Whether a call says how the query is to be sent: ``prepare=True``, ``binary=True``."""
    words = {a.keyword.value for a in sink.call.args if a.keyword is not None}
    return bool(words & {"prepare", "binary"})


def _may_stand_for_json(origin: object) -> bool:
    """Whether a value is NULL, or a literal that is JSON itself: the column holds nothing else."""
    if isinstance(origin, cst.Name):
        return origin.value == "None"
    if not isinstance(origin, cst.SimpleString):
        return False
    try:
        json.loads(origin.evaluated_value)
    except (ValueError, SyntaxError, RecursionError):
        return False
    return True


def _number(value: cst.BaseExpression) -> Optional[cst.Integer]:
    """The literal 0 or 1 that a value is, or one of the two that decide by a condition."""
    if isinstance(value, cst.IfExp):
        return _number(value.body) or _number(value.orelse)
    return value if isinstance(value, cst.Integer) and value.value in ("0", "1") else None

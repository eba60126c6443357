"""The part of an index's default name that an expression gives: ``FigureIndexColname``."""

from __future__ import annotations

from typing import Optional, Tuple

from mosaic_lint.schema.names import NOT_NAMES, name_at
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement

_EXPRESSION = "expr"
_NAMES = (Kind.WORD, Kind.QUOTED)
_CALLS = {
    "COALESCE": "coalesce", "GREATEST": "greatest", "LEAST": "least", "NULLIF": "nullif",
    "ROW": "row", "XMLCONCAT": "xmlconcat", "JSON_OBJECT": "json_object",
}  # fmt: skip
_TRIMS = {"LEADING": "ltrim", "TRAILING": "rtrim"}
_CATALOGUE = {
    "INT": "int4", "INTEGER": "int4", "SMALLINT": "int2", "BIGINT": "int8", "REAL": "float4",
    "FLOAT": "float8", "DOUBLE": "float8", "DECIMAL": "numeric", "DEC": "numeric",
    "BOOLEAN": "bool", "CHAR": "bpchar", "CHARACTER": "bpchar", "NCHAR": "bpchar",
}  # fmt: skip
_VARYING = {"CHAR": "varchar", "CHARACTER": "varchar", "NCHAR": "varchar", "BIT": "varbit"}

_OPERATORS = frozenset("""AND OR NOT IS IN LIKE ILIKE SIMILAR AT BETWEEN ISNULL NOTNULL""".split())
_MAX_CASTS = 50

# How much a name is worth: a function's or column's is kept, that of CASE or a type gives way.
_KEPT, _WEAK, _NONE = 2, 1, 0
_Found = Tuple[int, str]


def figured(statement: Statement, start: int, end: int) -> str:
    """The name of an expression: that of the column, function or type, or ``expr``.

    Args:
        statement: the statement.
        start: the index of the expression's first token.
        end: the index of the one behind its last.
    """
    type_name = ""  # of the outermost cast
    for _ in range(_MAX_CASTS):
        start, end = bare(statement, start, end)
        cast = _cast(statement, start, end)
        if cast is None:
            break
        type_name = type_name or _type(statement, cast[2])
        start, end = cast[:2]
    worth, name = _operand(statement, start, end)
    if worth == _KEPT or not type_name:
        return name
    return type_name


def bare(statement: Statement, start: int, end: int) -> Tuple[int, int]:
    """An expression without the parentheses around it, and without ``COLLATE``."""
    while start < end:
        if statement.word(start) == "(" and statement.closing(start) == end - 1:
            start, end = start + 1, end - 1
            continue
        index = end - 2
        while index > start and statement.word(index) == ".":
            index -= 2
        if index <= start or statement.word(index) != "COLLATE":
            break
        end = index
    return start, end


def _cast(statement: Statement, start: int, end: int) -> Optional[Tuple[int, int, int]]:
    """The operand of a cast, and where its type begins."""
    if statement.word(start) == "CAST" and statement.closing(start + 1) == end - 1:
        for index in range(end - 2, start + 1, -1):
            if statement.word(index) == "AS" and _depth(statement, index) == 1 + _depth(
                statement, start
            ):
                return start + 2, index, index + 1
    last = _last(statement, start, end, "::")
    if last is None or not _is_one(statement, start, last):
        return None
    return start, last, last + 1


def _depth(statement: Statement, index: int) -> int:
    return statement.depths[index]


def _last(statement: Statement, start: int, end: int, word: str) -> Optional[int]:
    """The last place of a word outside of parentheses, if nothing but a type follows."""
    depth = statement.depths[start]
    for index in range(end - 1, start, -1):
        if statement.depths[index] == depth:
            if statement.word(index) == word:
                return index
            if statement.tokens[index].kind is Kind.OPERATOR:
                return None
            if statement.word(index) in _OPERATORS:
                return None
    return None


def _is_one(statement: Statement, start: int, end: int) -> bool:
    """Whether tokens are one operand, perhaps with casts."""
    depth, level = statement.depths[start], 0
    for index in range(start, end):
        word = statement.word(index)
        level += (word == "CASE") - (word == "END")
        if level or statement.depths[index] != depth:
            continue
        if word in _OPERATORS or (statement.tokens[index].kind is Kind.OPERATOR and word != "::"):
            return False
    return True


def _type(statement: Statement, index: int) -> str:
    """The name of a type in the catalogue."""
    while statement.word(index + 1) == ".":
        index += 2
    word, after = statement.word(index), statement.word(index + 1)
    if after == "VARYING" and word in _VARYING:
        return _VARYING[word]
    if word in ("TIMESTAMP", "TIME"):
        behind = index + 1
        if after == "(":
            behind = statement.closing(behind) + 1
        return word.lower() + ("tz" if statement.word(behind) == "WITH" else "")
    return _CATALOGUE.get(word) or name_at(statement, index) or _EXPRESSION


def _operand(statement: Statement, start: int, end: int) -> _Found:
    """The name of an expression that is no cast."""
    word = statement.word(start)
    if start >= end:
        return _NONE, _EXPRESSION
    if word == "CASE":
        return _case(statement, start, end)
    if _is_zone(statement, start, end):
        return _KEPT, "timezone"
    if not _is_one(statement, start, end):
        return _NONE, _EXPRESSION
    if word == "ARRAY" and statement.word(start + 1) in ("[", "("):
        return _KEPT, "array"
    if statement.word(end - 2) == "." and word == "(":
        name = name_at(statement, end - 1)  # a field of a composite value
        return (_KEPT, name) if name else (_NONE, _EXPRESSION)
    return _named(statement, start, end)


def _is_zone(statement: Statement, start: int, end: int) -> bool:
    """Whether an expression is ``... AT TIME ZONE ...``."""
    depth = statement.depths[start]
    for index in range(start, end):
        if statement.word(index) == "AT" and statement.depths[index] == depth:
            return _is_one(statement, start, index) and _is_one(statement, index + 1, end)
    return False


def _case(statement: Statement, start: int, end: int) -> _Found:
    """``CASE`` goes by its ``ELSE``, if that has a name."""
    depth, level = statement.depths[start], 0
    for index in range(start, end):
        if statement.depths[index] == depth:
            level += (statement.word(index) == "CASE") - (statement.word(index) == "END")
            if level == 0 and index != end - 1:
                return _NONE, _EXPRESSION
            if level == 1 and statement.word(index) == "ELSE" and index + 2 == end - 1:
                name = name_at(statement, index + 1)
                if name is not None and statement.word(index + 1) not in NOT_NAMES:
                    return _KEPT, name
    return _WEAK, "case"


def _named(statement: Statement, start: int, end: int) -> _Found:
    """A column or a call."""
    index = start
    while statement.word(index + 1) == "." and index + 2 < end:
        index += 2
    if statement.tokens[index].kind not in _NAMES:
        return _NONE, _EXPRESSION
    word, behind = statement.word(index), index + 1
    if statement.word(behind) == "(":
        inner, behind = behind + 1, statement.closing(behind) + 1
        name = _called(statement, index, inner)
    elif word in NOT_NAMES:
        return _NONE, _EXPRESSION
    else:
        name = name_at(statement, index) or _EXPRESSION
    while statement.word(behind) == "[":  # an element of an array
        behind = next((i + 1 for i in range(behind, end) if statement.word(i) == "]"), end)
    return (_KEPT, name) if behind == end else (_NONE, _EXPRESSION)


def _called(statement: Statement, index: int, inner: int) -> str:
    word = statement.word(index)
    if word == "TRIM":
        return _TRIMS.get(statement.word(inner), "btrim")
    return _CALLS.get(word) or name_at(statement, index) or _EXPRESSION

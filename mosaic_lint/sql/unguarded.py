"""DDL that fails when it is run a second time, though the grammar has a form that doesn't."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Optional

from mosaic_lint.sql.keywords import RESERVED
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement


class Unguarded(NamedTuple):
    """An occurrence.

    Args:
        place: the index of the token CREATE, ADD or DROP.
        name: what is written.
        instead: what to write.
        behind: the index of the token behind which the guard belongs.
        guard: what belongs there.
        is_named: whether it has a name, without which the guard is no good.
    """

    place: int
    name: str
    instead: str
    behind: int
    guard: str
    is_named: bool = True


_NOT_THERE = "IF NOT EXISTS"
_THERE = "IF EXISTS"
_CREATED = ("TABLE", "INDEX", "SCHEMA", "SEQUENCE", "EXTENSION")
_BEFORE_CREATED = frozenset(("UNIQUE", "UNLOGGED", "FOREIGN", "MATERIALIZED"))
_DROPPED = frozenset(
    """TABLE VIEW INDEX SCHEMA SEQUENCE TYPE DOMAIN EXTENSION FUNCTION PROCEDURE ROUTINE
    AGGREGATE TRIGGER ROLE USER GROUP DATABASE POLICY RULE COLLATION CONVERSION CAST
    OPERATOR SERVER PUBLICATION SUBSCRIPTION STATISTICS TABLESPACE LANGUAGE TRANSFORM""".split()
)
_TWO_WORDS = frozenset(
    (("MATERIALIZED", "VIEW"), ("FOREIGN", "TABLE"), ("FOREIGN", "DATA"), ("EVENT", "TRIGGER"),
     ("ACCESS", "METHOD"), ("TEXT", "SEARCH"), ("USER", "MAPPING"), ("OPERATOR", "CLASS"),
     ("OPERATOR", "FAMILY"), ("PROCEDURAL", "LANGUAGE"))
)  # fmt: skip
_NO_COLUMN = frozenset(
    ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "GENERATED", "NOT", "TABLE")
)


def unguarded(statement: Statement) -> Iterator[Unguarded]:
    """All that a statement creates or drops without a guard."""
    verb = statement.word(0)
    found: Optional[Unguarded] = None
    if verb == "CREATE":
        found = _create(statement)
    elif verb == "DROP":
        found = _drop(statement)
    elif statement.starts_with("ALTER", "TYPE"):
        found = _add_value(statement)
    elif verb == "ALTER" and "TABLE" in statement.words[1:3]:
        yield from _alter(statement)
    if found is not None:
        yield found


def _create(statement: Statement) -> Optional[Unguarded]:
    index = 1
    while statement.word(index) in _BEFORE_CREATED:
        index += 1
    kind = statement.word(index)
    if kind == "VIEW" and statement.word(index - 1) == "MATERIALIZED":
        kind = "MATERIALIZED VIEW"
    elif kind not in _CREATED:
        return None
    index += 1
    if statement.word(index) == "CONCURRENTLY":
        index += 1
    if statement.follows(index, "IF", "NOT", "EXISTS") or _may_be_guard(statement, index):
        return None
    if kind == "SCHEMA" and "CREATE" in statement.words[index:]:
        return None  # with what it holds, it has no guard
    if kind == "INDEX" and statement.word(index) == "ON":
        instead = "CREATE INDEX IF NOT EXISTS with a name, which the guard needs"
        name = "CREATE INDEX without a name"
        return Unguarded(0, name, instead, index - 1, _NOT_THERE, is_named=False)
    instead = f"CREATE {kind} {_NOT_THERE}"
    return Unguarded(0, f"CREATE {kind}", instead, index - 1, _NOT_THERE)


def _may_be_guard(statement: Statement, index: int) -> bool:
    """Whether a value that isn't known stands between the kind and a name."""
    behind = index + 1
    return (
        statement.word(index) == HOLE
        and behind < len(statement.tokens)
        and (
            statement.tokens[behind].kind in (Kind.WORD, Kind.QUOTED)
            and statement.word(behind) not in RESERVED | {"CASCADE", "RESTRICT"}
        )
    )


def _drop(statement: Statement) -> Optional[Unguarded]:
    first, second = statement.word(1), statement.word(2)
    kind, index = first, 2
    if (first, second) in _TWO_WORDS:
        kind, index = f"{first} {second}", 3
        if second == "DATA":
            kind = "FOREIGN DATA WRAPPER"
    elif first not in _DROPPED:
        return None
    while statement.word(index) in ("CONCURRENTLY", "WRAPPER"):
        index += 1
    if kind == "TEXT SEARCH":
        index += 1
    if statement.follows(index, "IF", "EXISTS") or _may_be_guard(statement, index):
        return None
    return Unguarded(0, f"DROP {kind}", f"DROP {kind} {_THERE}", index - 1, _THERE)


def _add_value(statement: Statement) -> Optional[Unguarded]:
    for index in statement.find("ADD", "VALUE"):
        if not statement.follows(index + 2, "IF", "NOT", "EXISTS"):
            instead = f"ADD VALUE {_NOT_THERE}"
            return Unguarded(index, "ADD VALUE", instead, index + 1, _NOT_THERE)
    return None


def _alter(statement: Statement) -> Iterator[Unguarded]:
    """Each action of ALTER TABLE."""
    name = statement.words.index("TABLE") + 1
    if statement.follows(name, "IF", "EXISTS"):
        name += 2
    if statement.word(name) == "ONLY":
        name += 1
    starts = [statement.name_end(name)]
    for index, word in enumerate(statement.words):
        if word == "," and not statement.depths[index]:
            starts.append(index + 1)
    for index in starts:
        if statement.word(index) == "*":
            index += 1
        found = _action(statement, index)
        if found is not None:
            yield found


def _action(statement: Statement, index: int) -> Optional[Unguarded]:
    verb, following = statement.word(index), statement.word(index + 1)
    if verb == "ADD" and following not in _NO_COLUMN:
        behind = index + 1 + (following == "COLUMN")
        if not statement.follows(behind, "IF", "NOT", "EXISTS"):
            guard = _NOT_THERE if following == "COLUMN" else f"COLUMN {_NOT_THERE}"
            instead = f"ADD COLUMN {_NOT_THERE}"
            return Unguarded(index, "ADD COLUMN", instead, behind - 1, guard)
    elif verb == "DROP":
        kind = following if following in ("COLUMN", "CONSTRAINT") else ""
        behind = index + 1 + bool(kind)
        if not statement.follows(behind, "IF", "EXISTS"):
            guard = _THERE if kind else f"COLUMN {_THERE}"
            kind = kind or "COLUMN"
            return Unguarded(index, f"DROP {kind}", f"DROP {kind} {_THERE}", behind - 1, guard)
    return None

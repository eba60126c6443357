"""INSERTs whose query leaves out what is there already."""

from __future__ import annotations

from typing import Iterator, List, Tuple

from mosaic_lint.sql.identifiers import stored_name
from mosaic_lint.sql.insertion import Insertion, outer
from mosaic_lint.sql.statement import Statement

_CLAUSES = frozenset(
    ("SELECT", "FROM", "ON", "USING", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "SET",
     "VALUES", "RETURNING")
)  # fmt: skip
_FILTERS = frozenset(("WHERE", "ON", "HAVING"))


def asks_what_is_missing(statement: Statement) -> bool:
    """Whether a condition anywhere in a statement holds for what isn't in a query.

    The question may stand in the query of an INSERT, or behind WITH in one that it takes its rows
    from.

    Args:
        statement: a statement.
    """
    return any(
        clause in _FILTERS and _is_missing(statement, index)
        for index, clause in _clauses(statement)
    )


def leaves_out_known(statement: Statement, insertion: Insertion) -> bool:
    """Whether an INSERT's query leaves out what another one has, or what its own table has.

    Args:
        statement: the statement around the INSERT.
        insertion: the INSERT.
    """
    return _subtracts(statement, insertion) or _joins_missing(statement, insertion)


def _clauses(statement: Statement) -> Iterator[Tuple[int, str]]:
    """Each token with the clause that it stands in; parentheses inherit it."""
    clauses: List[str] = [""]
    for index, word in enumerate(statement.words):
        if word == "(":
            clauses.append(clauses[-1])
        elif word == ")" and len(clauses) > 1:
            clauses.pop()
        elif word in _CLAUSES:
            clauses[-1] = word
        yield index, clauses[-1]


def _is_missing(statement: Statement, index: int) -> bool:
    """Whether a condition begins at an index that holds for what isn't in a query."""
    if statement.word(index) == "NOT":
        behind = index + 1
        while statement.word(behind) == "(":
            behind += 1
        if statement.word(behind) == "EXISTS":
            return True
        return statement.follows(index + 1, "IN", "(", "SELECT")
    return statement.word(index) in ("<>", "!=") and statement.follows(
        index + 1, "ALL", "(", "SELECT"
    )


def _subtracts(statement: Statement, insertion: Insertion) -> bool:
    """Whether the query is what another one leaves over."""
    return "EXCEPT" in statement.words[insertion.source_at : insertion.end]


def _joins_missing(statement: Statement, insertion: Insertion) -> bool:
    """Whether the query joins the table itself, and takes the rows that have no partner in it."""
    table = insertion.table.stored
    if table is None:
        return False
    clause, joins_outer, seen = "", False, False
    for index in outer(statement, insertion.source_at, insertion.end):
        word = statement.words[index]
        clause = word if word in _CLAUSES else clause
        joins_outer = joins_outer or word in ("LEFT", "RIGHT", "FULL")
        if clause in ("FROM", "ON") and joins_outer:
            name = stored_name(statement.text, statement.tokens[index])
            seen = seen or name == table.rpartition(".")[2]
        if seen and clause == "WHERE" and statement.follows(index, "IS", "NULL"):
            return True
    return False

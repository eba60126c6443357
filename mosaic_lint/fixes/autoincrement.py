"""A column with AUTOINCREMENT that becomes ``SERIAL``."""

from __future__ import annotations

from typing import List, NamedTuple

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.together import check_together, in_case_of
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement

_SERIAL = {
    "INTEGER": "SERIAL", "INT": "SERIAL", "INT4": "SERIAL", "MEDIUMINT": "SERIAL",
    "BIGINT": "BIGSERIAL", "INT8": "BIGSERIAL",
    "SMALLINT": "SMALLSERIAL", "INT2": "SMALLSERIAL", "TINYINT": "SMALLSERIAL",
    "SERIAL": "SERIAL", "BIGSERIAL": "BIGSERIAL", "SMALLSERIAL": "SMALLSERIAL",
}  # fmt: skip
_CONSTRAINTS = frozenset(("PRIMARY", "KEY", "NOT", "NULL", "UNIQUE", "ASC", "DESC"))
_ACTIONS = frozenset(("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"))


class Serial(NamedTuple):
    """The repair of a column.

    Args:
        name: the type that it gets.
        changes: the changes.
    """

    name: str
    changes: Changes


def serial(statement: Statement, index: int, site: Site) -> Serial:
    """Make a column ``SERIAL``.

    Args:
        statement: the statement that declares it.
        index: the index of AUTOINCREMENT.
        site: the place of the finding.

    Raises:
        Declined: what stands between the column's type and the word isn't understood.
    """
    type_at = _type(statement, index)
    if "DEFAULT" in _behind(statement, index):
        raise Declined("the column has a DEFAULT")
    tokens = statement.tokens
    check_together(statement, (tokens[type_at], tokens[index]), site)
    name = in_case_of(statement, type_at, _SERIAL[statement.words[type_at]])
    changes = statement.change(name, tokens[type_at])
    if statement.word(type_at + 1) == "(":
        changes += statement.remove(type_at + 1, statement.closing(type_at + 1))
    gone = [i for i in range(type_at + 1, index) if _must_go(statement, i)]
    for first, last in _runs([*gone, index]):
        changes += statement.remove(first, last)
    return Serial(name, changes)


def _type(statement: Statement, index: int) -> int:
    """The index of the column's type, with nothing but constraints behind it.

    Raises:
        Declined: there is none.
    """
    position = index - 1
    while position >= 0:
        word = statement.word(position)
        if word in _SERIAL and statement.tokens[position].kind is Kind.WORD:
            return position
        length = _constraint(statement, position)
        if not length:
            break
        position -= length
    raise Declined("an integer type isn't seen right before the column's key")


def _constraint(statement: Statement, last: int) -> int:
    """How many tokens a constraint has, or a piece of one, that ends at an index; 0 for none."""
    word = statement.word(last)
    if statement.word(last - 1) == "CONSTRAINT":
        return 2
    if word in _ACTIONS and statement.word(last - 1) == "CONFLICT":
        return 3 if statement.word(last - 2) == "ON" else 0
    if word == ")":
        opening = next((i for i in range(last - 1, 0, -1) if statement.closing(i) == last), last)
        is_check = statement.word(opening - 1) == "CHECK"
        is_width = last - opening == 2 and statement.word(opening - 1) in _SERIAL
        return (last - opening) + (2 if is_check else 1) if is_check or is_width else 0
    return int(word in _CONSTRAINTS)


def _behind(statement: Statement, index: int) -> List[str]:
    """The words of the column behind an index."""
    found: List[str] = []
    depth = statement.depths[index]
    for word, level in zip(statement.words[index + 1 :], statement.depths[index + 1 :]):
        if level < depth or (level == depth and word == ","):
            break
        found.append(word)
    return found


def _must_go(statement: Statement, index: int) -> bool:
    """Whether PostgreSQL doesn't take a constraint: an order, or NULL for a key."""
    word, before = statement.word(index), statement.word(index - 1)
    if word in ("ASC", "DESC"):
        return before == "KEY"
    return word == "NULL" and before != "NOT"


def _runs(indexes: List[int]) -> List[List[int]]:
    """The first and the last of each row of indexes that follow each other."""
    found: List[List[int]] = []
    for index in indexes:
        if found and found[-1][1] + 1 == index:
            found[-1][1] = index
        else:
            found.append([index, index])
    return found

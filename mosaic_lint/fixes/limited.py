"""UPDATE and DELETE with a LIMIT, as PostgreSQL knows it in queries only."""

from __future__ import annotations

from mosaic_lint.change import Changes, Declined
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.together import check_alone, check_together, in_case_of
from mosaic_lint.sql.insertion import outer
from mosaic_lint.sql.lexer import HOLE
from mosaic_lint.sql.statement import Statement


def in_a_query(statement: Statement, index: int, site: Site) -> Changes:
    """Choose the rows by a query that has the condition, the order and the limit.

    Args:
        statement: an UPDATE or DELETE.
        index: the index of LIMIT.
        site: the place of the finding.

    Raises:
        Declined: the statement has a form of its own.
    """
    name = 2 if statement.starts_with("DELETE", "FROM") else 1
    places = list(outer(statement, 0, len(statement.tokens)))
    words = {statement.words[i]: i for i in reversed(places)}
    if statement.word(0) not in ("UPDATE", "DELETE") or {"USING", "JOIN", "ONLY"} & set(words):
        raise Declined("PostgreSQL's UPDATE and DELETE have no LIMIT")
    if name == 1 and "FROM" in words:
        raise Declined("PostgreSQL's UPDATE and DELETE have no LIMIT")
    behind = words["SET"] if name == 1 and "SET" in words else statement.name_end(name)
    start = min(words[word] for word in ("WHERE", "ORDER", "LIMIT") if word in words)
    last = words.get("RETURNING", len(statement.tokens)) - 1
    table = statement.text[statement.tokens[name].start : statement.tokens[behind - 1].end]
    limit = statement.words[index + 1 : last + 1]
    if name == 2 and behind != start:
        table = statement.text[statement.tokens[name].start : statement.tokens[start - 1].end]
    if HOLE in table or "--" in table or "," in limit or "-" in limit:
        raise Declined("PostgreSQL's UPDATE and DELETE have no LIMIT")
    first, end = statement.tokens[start], statement.tokens[last]
    check_together(statement, (statement.tokens[0], first, end), site)
    check_alone(statement, statement.tokens[0], end, site)
    words_before = in_case_of(statement, index, "WHERE CTID IN (SELECT CTID FROM")
    opening = f"{words_before.replace('CTID', 'ctid')} {table} "
    changes = statement.rewrite(first.start, first.start, opening)
    return changes + statement.insert(")", end)

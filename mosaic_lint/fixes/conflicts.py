"""SQLite's ``OR`` behind a verb, and ``REPLACE INTO``, as PostgreSQL's ``ON CONFLICT``."""

from __future__ import annotations

import re
from functools import partial
from typing import Callable, List, Optional, Sequence, Tuple

from mosaic_lint.change import Change, Changes, Declined
from mosaic_lint.fixes.query_end import at_query_end
from mosaic_lint.fixes.repair import Repair
from mosaic_lint.fixes.site import Site
from mosaic_lint.fixes.together import check_alone, check_together, in_case_of
from mosaic_lint.model import Safety, Span
from mosaic_lint.schema.model import Schema, Table
from mosaic_lint.sql.identifiers import written_name
from mosaic_lint.sql.insertion import Insertion, Source, insertions, outer
from mosaic_lint.sql.lexer import HOLE, Token
from mosaic_lint.sql.statement import Statement

Tables = Callable[[], Schema]

_PLAIN = re.compile(r"[\w .,=()]*")
_MAX_LINE = 100


def without_or(statement: Statement, index: int, site: Site, schema: Tables) -> Repair:
    """The statement without ``OR IGNORE`` and the like.

    Args:
        statement: the statement.
        index: the index of OR.
        site: the place of the finding.
        schema: gives the tables.

    Raises:
        Declined: no form of PostgreSQL's surely is the same.
    """
    verb, action = statement.word(index - 1), statement.word(index + 1)
    removed = statement.remove(index, index + 1)
    check_together(statement, statement.tokens[max(index - 1, 0) : index + 2], site)
    if action == "ABORT":
        return Repair("Remove OR ABORT, which goes without saying", removed)
    if action in ("FAIL", "ROLLBACK"):
        return Repair(f"Remove OR {action}", removed, Safety.UNSAFE)
    if verb == "UPDATE":
        raise Declined("PostgreSQL can't leave out the rows of an UPDATE that conflict")
    insertion = _insertion(statement, index - 1)
    if action == "IGNORE":
        line = in_case_of(statement, index - 1, "ON CONFLICT DO NOTHING")
        clause = _Clause(statement, insertion, site).added([line])
        return Repair("Write ON CONFLICT DO NOTHING", [*removed, *clause])
    return _replaced(statement, insertion, removed, site, schema)


def inserted(statement: Statement, index: int, site: Site, schema: Tables) -> Repair:
    """``INSERT ... ON CONFLICT`` for ``REPLACE INTO``.

    Args:
        statement: the statement.
        index: the index of REPLACE.
        site: the place of the finding.
        schema: gives the tables.

    Raises:
        Declined: it isn't known what is replaced.
    """
    token = statement.tokens[index]
    changed = statement.change(in_case_of(statement, index, "INSERT"), token)
    words = list(statement.tokens)
    words[index] = token._replace(text="INSERT")
    insertion = _insertion(_read_as(statement, words), index)
    return _replaced(statement, insertion, changed, site, schema)


def _read_as(statement: Statement, tokens: Sequence[Token]) -> Statement:
    """The same statement with other tokens."""
    return Statement(statement.text, tokens, in_file=statement.in_file)


def _insertion(statement: Statement, index: int) -> Insertion:
    """The INSERT at an index.

    Raises:
        Declined: it has an ON CONFLICT, or what isn't seen may hold one.
    """
    found = next((one for one in insertions(statement) if one.place == index), None)
    if found is None or found.source is Source.UNKNOWN:
        raise Declined("its rows aren't seen")
    if found.has_conflict:
        raise Declined("it has an ON CONFLICT already")
    if found.is_open and not _ends_with_rows(statement, found):
        raise Declined("its end isn't seen")
    return found


def _ends_with_rows(statement: Statement, insertion: Insertion) -> bool:
    """Whether it ends with ``VALUES {rows}``."""
    is_last = insertion.source_at + 2 == insertion.end == len(statement.tokens)
    return insertion.source is Source.VALUES and is_last and statement.words[-1] == HOLE


class _Clause:
    """Adds lines to an INSERT, behind its rows and before RETURNING.

    Args:
        statement: the statement.
        insertion: the INSERT.
        site: the place of the finding.
    """

    def __init__(self, statement: Statement, insertion: Insertion, site: Site) -> None:
        self._statement = statement
        self._insertion = insertion
        self._site = site

    def added(self, lines: Sequence[str]) -> Changes:
        """The changes that add a clause.

        Args:
            lines: the clause; all but the first are indented. On one line where the INSERT is.

        Raises:
            Declined: its place isn't known for sure.
        """
        statement = self._statement
        first = statement.tokens[self._insertion.place]
        last = statement.tokens[self._end - 1]
        try:
            check_together(statement, (first, last), self._site)
            check_alone(statement, first, last, self._site)
        except Declined:
            if self._end < len(statement.tokens):
                raise
            return at_query_end(statement, first, last, " " + " ".join(lines), self._site)
        break_ = self._line_break()
        if break_ is None:
            return self._behind(last, " " + " ".join(lines))
        whole = break_ + " ".join(lines)
        if len(whole) <= _MAX_LINE or len(lines) == 1:
            return self._behind(last, whole)
        return self._behind(last, break_ + (break_ + "    ").join(lines))

    @property
    def _end(self) -> int:
        """The index behind the token that the clause follows."""
        statement, insertion = self._statement, self._insertion
        for index in outer(statement, insertion.source_at, insertion.end):
            if statement.words[index] == "RETURNING":
                return index
        return insertion.end

    def _line_break(self) -> Optional[str]:
        """A line end with the indentation of the rows' line, if they begin one."""
        text, source = self._statement.text, self._insertion.source_at
        start = self._statement.tokens[source].start
        line = text.rfind("\n", 0, start) + 1
        if line <= self._statement.start or text[line:start].strip(" \t"):
            return None
        return "\n" + text[line:start]

    def _behind(self, token: Token, text: str) -> Changes:
        if not self._statement.text[token.start : token.end].endswith(HOLE):
            return self._statement.insert(text, token)
        anchor = self._statement.locate(token.end - 1, token.end)
        if anchor.__class__.__name__ != "FormattedStringExpression" or not _PLAIN.fullmatch(text):
            raise Declined("its end isn't seen")
        end = self._site.place(anchor).end
        return [Change(Span(end, end), text)]


def _replaced(
    statement: Statement, insertion: Insertion, changed: Changes, site: Site, schema: Tables
) -> Repair:
    """``ON CONFLICT (key) DO UPDATE`` for all columns that are written but the key's."""
    table = schema().table(insertion.table.stored) if insertion.table.stored else None
    if table is None:
        raise Declined("the schema doesn't tell the table's key")
    columns = _written(statement, insertion, table)
    key = _key(table, [stored for stored, _ in columns])
    names = dict(columns)
    keyword = partial(in_case_of, statement, insertion.place)
    target = f"{keyword('ON CONFLICT')} ({', '.join(names[column] for column in key)})"
    others = [shown for stored, shown in columns if stored not in key]
    lines = [f"{target} {keyword('DO NOTHING')}"]
    if others:
        lines = [f"{target} {keyword('DO UPDATE SET')}"]
        lines += [f"{name} = {keyword('EXCLUDED')}.{name}," for name in others]
        lines[-1] = lines[-1].rstrip(",")
    clause = _Clause(statement, insertion, site).added(lines)
    return Repair(f"Write {lines[0]}", [*changed, *clause], Safety.UNSAFE)


def _written(statement: Statement, insertion: Insertion, table: Table) -> List[Tuple[str, str]]:
    """The columns that are written, as stored and as to be written.

    Raises:
        Declined: they aren't known.
    """
    if insertion.columns is None:
        numbers = {len(row) for row in insertion.rows or ()}
        is_known = table.is_ordered and len(table.origins) == 1 and not table.additions
        if not is_known or numbers != {len(table.columns)} or statement.has_holes:
            raise Declined("the columns that it writes aren't known")
        return [(column.name, written_name(column.name)) for column in table.columns]
    found: List[Tuple[str, str]] = []
    for column in insertion.columns:
        if column.name is None or table.column(column.name) is None:
            raise Declined("the columns that it writes aren't known")
        token = statement.tokens[column.place]
        found.append((column.name, statement.text[token.start : token.end]))
    return found


def _key(table: Table, written: Sequence[str]) -> Tuple[str, ...]:
    """The only key that the written columns may conflict in.

    Raises:
        Declined: there is none, or there are several.
    """
    keys = [key.columns for key in table.keys]
    for index in table.indexes:
        if index.unique and not index.partial:
            keys.append(tuple(column or "" for column in index.columns))
    found = {frozenset(key): key for key in keys if set(key) <= set(written)}
    if not found:
        raise Declined("it writes no key of the table")
    if len(found) > 1:
        raise Declined("it may conflict in several keys of the table")
    return next(iter(found.values()))

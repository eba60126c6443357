"""What FROM, JOIN, UPDATE and their like name: where the names of a block's columns come from."""

from __future__ import annotations

from typing import Iterator, List, NamedTuple, Optional, Tuple

from mosaic_lint.sql.blocks import Block, Blocks, common_of, table_name
from mosaic_lint.sql.identifiers import stored_name
from mosaic_lint.sql.keywords import RESERVED
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement

CLAUSES = frozenset(
    ("FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "WINDOW",
     "UNION", "INTERSECT", "EXCEPT", "RETURNING", "INTO", "SET", ";")
)  # fmt: skip
"""With what a clause begins that ends the one before."""
_NO_ALIAS = RESERVED | {"JOIN", "TABLESAMPLE", "SET", "VALUES", "RETURNING", "WINDOW"}
_MAX_DEPTH = 20  # of joins in parentheses


class Source(NamedTuple):
    """What a block's columns may come from.

    Args:
        name: by which columns are qualified; ``None`` where nothing is known of it.
        table: the table's name; ``None`` for anything else.
        query: the first block of the query in its place.
        created: whether it is the table that the statement creates.
    """

    name: Optional[str] = None
    table: Optional[str] = None
    query: Optional[Block] = None
    created: bool = False


UNKNOWN = Source()


class SourceReader:
    """Reads the sources of the blocks of a statement.

    Args:
        statement: the statement.
        found: its blocks.
    """

    def __init__(self, statement: Statement, found: Blocks) -> None:
        self._statement = statement
        self._blocks = found
        self._depth = 0

    def of(self, block: Block) -> List[Source]:
        """The sources of a block."""
        if block.verb == "MERGE":
            return [UNKNOWN]
        if block.verb in ("CREATE", "CHECK"):
            return [self._of_ddl(block)]
        found = list(self._target(block))
        clause = self._clause(block, "USING" if block.verb == "DELETE" else "FROM")
        if clause is not None and block.verb in ("SELECT", "UPDATE", "DELETE"):
            found.extend(self._items(block, clause + 1, len(self._statement.tokens)))
        return found

    def _of_ddl(self, block: Block) -> Source:
        if block.created:
            return Source(created=True)
        name = table_name(self._statement, block.table)[0] if block.table is not None else None
        return Source(_last(name), name) if name is not None else UNKNOWN

    def _target(self, block: Block) -> Iterator[Source]:
        """The table that a block writes to."""
        index = self.target_place(block)
        if index is None:
            return
        if self._statement.word(index) == "ONLY":
            index += 1
        name, behind = table_name(self._statement, index)
        alias, _, _ = self._alias(behind)
        yield Source(alias or _last(name), name) if name is not None else UNKNOWN
        if block.verb == "INSERT" and name is not None:
            yield Source("excluded", name)

    def target_place(self, block: Block) -> Optional[int]:
        """The index at which the name of the table starts that a block writes to."""
        if block.verb == "UPDATE":
            return block.start + 1
        if block.verb in ("INSERT", "DELETE"):
            return block.start + 2
        return None

    def _clause(self, block: Block, word: str) -> Optional[int]:
        """The index of the word that begins a block's list of sources."""
        for index in block.own:
            if index <= block.start or self._statement.words[index] != word:
                continue
            if self._statement.words[index - 1] not in ("DISTINCT", "DELETE"):
                return index
        return None

    def _items(self, block: Block, index: int, end: int) -> Iterator[Source]:
        """The items from an index on, to where the list ends."""
        statement = self._statement
        while index < end:
            found, index = self._item(block, index)
            yield from found
            while index < end:
                word = statement.words[index]
                if word == ")" or word in CLAUSES:
                    return
                index += 1
                if word == "(":
                    index = statement.closing(index - 1) + 1
                elif word in (",", "JOIN"):
                    break
                elif HOLE in word:
                    yield UNKNOWN

    def _item(self, block: Block, index: int) -> Tuple[List[Source], int]:
        """One item, and the index behind it and its alias."""
        statement = self._statement
        while statement.word(index) in ("LATERAL", "ONLY"):
            index += 1
        if index >= len(statement.tokens):
            return [UNKNOWN], index
        if statement.word(index) == "(":
            return self._in_parentheses(block, index)
        name, behind = table_name(statement, index)
        if statement.word(behind) == "(":
            behind = statement.closing(behind) + 1
            return [UNKNOWN], self._alias(behind)[2]
        alias, is_renamed, behind = self._alias(behind)
        if name is None or is_renamed:
            return [Source(alias)], behind
        common = common_of(block.group, name)
        if common is None:
            return [Source(alias or _last(name), name)], behind
        query = None if common.is_renamed else common.block
        return [Source(alias or name, None, query)], behind

    def _in_parentheses(self, block: Block, index: int) -> Tuple[List[Source], int]:
        """A query, or joins."""
        statement = self._statement
        closing = statement.closing(index)
        alias, is_renamed, behind = self._alias(closing + 1)
        query = self._blocks.opened.get(index)
        if query is not None:
            return [Source(alias, None, None if is_renamed else query)], behind
        if alias is not None or self._depth > _MAX_DEPTH:
            return [Source(alias)], behind
        self._depth += 1
        try:
            found = list(self._items(block, index + 1, closing))
        finally:
            self._depth -= 1
        return found, behind

    def _alias(self, index: int) -> Tuple[Optional[str], bool, int]:
        """The alias at an index, whether it renames columns, and the index behind it."""
        statement = self._statement
        if statement.word(index) == "*":
            index += 1
        stated = statement.word(index) == "AS"
        index += stated
        if index >= len(statement.tokens):
            return None, False, index
        token = statement.tokens[index]
        name = stored_name(statement.text, token)
        if name is None or (token.kind is Kind.WORD and token.text in _NO_ALIAS):
            return None, stated, index
        if statement.word(index + 1) == "(":
            return name, True, statement.closing(index + 1) + 1
        return name, False, index + 1


def _last(name: Optional[str]) -> Optional[str]:
    """What qualifies the columns of a table."""
    return name.rpartition(".")[2] if name is not None else None

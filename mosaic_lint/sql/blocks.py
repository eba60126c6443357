"""Which query of a statement each of its tokens belongs to.

A block is a SELECT, INSERT, UPDATE or DELETE without the queries in its parentheses. A name is
looked up in the tables of its own block first, then in those of the blocks around.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from mosaic_lint.sql.column_types import created_columns
from mosaic_lint.sql.identifiers import qualified_name, stored_name
from mosaic_lint.sql.statement import Statement

QUERIES = frozenset(("SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE", "TABLE", "MERGE"))
_VERBS = QUERIES - {"WITH", "TABLE"}
_ROOTS = _VERBS | {"WITH", "EXPLAIN", "PREPARE", "DECLARE", "COPY", "("}
_BEFORE_KIND = frozenset(
    ("OR", "REPLACE", "TEMP", "TEMPORARY", "LOCAL", "GLOBAL", "UNLOGGED", "MATERIALIZED",
     "RECURSIVE", "UNIQUE")
)  # fmt: skip


class Common(NamedTuple):
    """A common table expression.

    Args:
        order: which one of its WITH it is.
        block: its first query; ``None`` while that isn't read.
        is_renamed: whether it has a list of columns.
    """

    order: int
    block: Optional[Block]
    is_renamed: bool


@dataclass(eq=False)
class Group:
    """What one pair of parentheses holds: queries with a WITH before them, or the statement.

    Args:
        around: the group around it.
        order: of a common table expression its place in the WITH: it doesn't see those behind it.
        is_recursive: whether the WITH in it is recursive, so that all see each other.
        commons: the common table expressions of its WITH.
    """

    around: Optional[Group] = None
    order: Optional[int] = None
    is_recursive: bool = False
    commons: Dict[str, Common] = field(default_factory=dict)


@dataclass(eq=False)
class Block:
    """A query.

    Args:
        group: what it stands in.
        parent: the query around, whose tables can be named too.
        verb: SELECT, INSERT, UPDATE...; empty before one is read.
        start: the index of the verb.
        table: of DDL the index at which the name of its table starts.
        created: whether it is a ``CREATE TABLE`` with columns.
        own: the indexes of its tokens that stand in no parentheses of it.
        into: of a query the INSERT that it makes rows for.
        queries: of an INSERT the queries that make its rows.
    """

    group: Group
    parent: Optional[Block]
    verb: str = ""
    start: int = 0
    table: Optional[int] = None
    created: bool = False
    into: Optional[Block] = None
    own: List[int] = field(default_factory=list)
    queries: List[Block] = field(default_factory=list)


class Blocks(NamedTuple):
    """The blocks of a statement.

    Args:
        owners: for each token its block.
        opened: the first block behind each parenthesis that holds queries.
        every: all blocks in order.
    """

    owners: Sequence[Block]
    opened: Dict[int, Block]
    every: Sequence[Block]


def blocks(statement: Statement) -> Blocks:
    """The blocks of a statement; where nothing is known of its names, one without a verb."""
    reader = _Reader(statement)
    if _is_readable(statement):
        reader.read()
    else:
        reader.give_up()
    return Blocks(reader.owners, reader.opened, reader.every)


def _is_readable(statement: Statement) -> bool:
    """Whether the statement is a query, or DDL with conditions over one table."""
    verb = statement.word(0)
    if verb == "ALTER":
        return "TABLE" in statement.words[1:3]
    return verb in _ROOTS or (
        verb == "CREATE" and _kind(statement)[0] in ("TABLE", "INDEX", "VIEW")
    )


def _kind(statement: Statement) -> Tuple[str, int]:
    """What a statement creates, and the index of that word."""
    index = 1
    while statement.word(index) in _BEFORE_KIND:
        index += 1
    return statement.word(index), index


def ddl_table(statement: Statement) -> Optional[int]:
    """The index at which the name of the table starts that DDL is about."""
    verb = statement.word(0)
    if verb == "ALTER" and "TABLE" in statement.words[1:3]:
        index = statement.words.index("TABLE") + 1
    elif verb == "CREATE" and _kind(statement)[0] == "INDEX":
        index = next(statement.find("ON"), len(statement.tokens)) + 1
    else:
        return None
    if statement.follows(index, "IF", "EXISTS"):
        index += 2
    return index + (statement.word(index) == "ONLY")


class _Reader:
    """Reads a statement from left to right.

    Args:
        statement: the statement.
    """

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self.owners: List[Block] = []
        self.opened: Dict[int, Block] = {}
        self.every: List[Block] = []
        self._commons: Dict[int, Tuple[str, int, bool]] = {}  # by the parenthesis of the query
        self._block = self._add(Block(Group(), None))
        self._opened: List[Tuple[Block, bool]] = []  # the block around, and whether a group opened

    def give_up(self) -> None:
        """Give all tokens to a block of which nothing is known."""
        self.owners = [self._block] * len(self._statement.tokens)

    def read(self) -> None:
        """Find the block of each token."""
        self._begin_ddl()
        for index, word in enumerate(self._statement.words):
            if word == ")" and self._opened:
                self._block, _ = self._opened.pop()
            self.owners.append(self._block)
            if not self._opened or self._opened[-1][1]:
                self._take(index, word)
                self.owners[index] = self._block
                self._block.own.append(index)
            if word == "(":
                self._open(index)

    def _add(self, block: Block) -> Block:
        self.every.append(block)
        return block

    def _begin_ddl(self) -> None:
        """Give DDL over one table that table; of ``ALTER TABLE`` only its CHECKs see it."""
        statement, root = self._statement, self._block
        if statement.starts_with("CREATE"):
            is_table = _kind(statement)[0] == "TABLE"
            root.created = is_table and created_columns(statement) is not None
            root.table = ddl_table(statement)
            if root.created or root.table is not None:
                root.verb = "CREATE"
        elif statement.starts_with("ALTER"):
            root.verb = "ALTER"

    def _open(self, index: int) -> None:
        """Read an opening parenthesis."""
        self._opened.append((self._block, self._statement.word(index + 1) in QUERIES))
        if self._opened[-1][1]:
            self._block = self._group(index)
        elif self._block.verb == "ALTER" and self._statement.word(index - 1) == "CHECK":
            table = ddl_table(self._statement)
            self._block = self._add(Block(self._block.group, None, "CHECK", index, table))

    def _group(self, index: int) -> Block:
        """The block that begins behind a parenthesis."""
        common = self._commons.get(index)
        outer = self._block
        if common is None:
            block = Block(Group(outer.group), outer)
        else:
            name, order, is_renamed = common
            block = Block(Group(outer.group, order), outer.parent)
            outer.group.commons[name] = Common(order, block, is_renamed)
        self.opened[index] = block
        return self._add(block)

    def _take(self, index: int, word: str) -> None:
        """Read a token in no parentheses of the block."""
        verb = self._block.verb
        if word == "WITH" and not verb:
            self._read_commons(index)
        elif word in _VERBS and not verb:
            self._block.verb, self._block.start = word, index
        elif word == "SELECT" and verb in ("SELECT", "INSERT", "VALUES"):
            self._begin_query(index)
        elif word in ("ON", "RETURNING") and self._block.into is not None:
            if word == "RETURNING" or self._is_conflict(index):
                self._block = self._block.into

    def _begin_query(self, index: int) -> None:
        """A query behind INSERT, or behind UNION and its like."""
        current = self._block
        insert = current if current.verb == "INSERT" else current.into
        block = Block(current.group, current.parent, "SELECT", index, into=insert)
        self._block = self._add(block)
        if insert is not None:
            insert.queries.append(self._block)

    def _is_conflict(self, index: int) -> bool:
        """Whether ON begins ON CONFLICT; a join may be ON a column of that name."""
        following = self._statement.word(index + 2)
        return self._statement.word(index + 1) == "CONFLICT" and following in ("(", "DO", "ON")

    def _read_commons(self, index: int) -> None:
        """Note the parentheses of the queries of a WITH."""
        statement, order = self._statement, 0
        position = index + 1
        if statement.word(position) == "RECURSIVE":
            self._block.group.is_recursive = True
            position += 1
        while position < len(statement.tokens):
            name = stored_name(statement.text, statement.tokens[position])
            position += 1
            is_renamed = statement.word(position) == "("
            if is_renamed:
                position = statement.closing(position) + 1
            while statement.word(position) in ("AS", "NOT", "MATERIALIZED"):
                position += 1
            if statement.word(position) != "(":
                return
            if name is not None:
                self._commons[position] = (name, order, is_renamed)
                self._block.group.commons[name] = Common(order, None, is_renamed)
            position = statement.closing(position) + 1
            if statement.word(position) != ",":
                return
            position, order = position + 1, order + 1


def common_of(group: Group, name: str) -> Optional[Common]:
    """The common table expression that a name means in a group, if it means one."""
    current: Optional[Group] = group
    order: Optional[int] = None
    while current is not None:
        found = current.commons.get(name)
        if found is not None and (order is None or current.is_recursive or found.order < order):
            return found
        order = current.order
        current = current.around
    return None


def table_name(statement: Statement, index: int) -> Tuple[Optional[str], int]:
    """The stored name that starts at an index, and the index behind it."""
    found = qualified_name(statement, index)
    return found.stored, found.last + 1

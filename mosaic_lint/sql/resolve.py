"""Which type a column's name in a statement has, as far as the schema surely tells."""

from __future__ import annotations

from functools import cached_property
from typing import (
    Any,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from mosaic_lint.schema.model import Column, Schema, Table
from mosaic_lint.sql.blocks import Block, Blocks, blocks
from mosaic_lint.sql.column_types import created_columns
from mosaic_lint.sql.declared import created_types
from mosaic_lint.sql.identifiers import stored_name
from mosaic_lint.sql.keywords import RESERVED
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.sources import CLAUSES, Source, SourceReader
from mosaic_lint.sql.statement import Statement

_MAX_DEPTH = 20  # of queries in FROM
_MAX_OUTER = 50  # queries around a name
_MAX_SOURCES = 200  # of one query


class Reference(NamedTuple):
    """A column's name, possibly qualified.

    Args:
        names: its parts as stored.
        first: the index of its first token.
        last: the index of its last token.
    """

    names: Tuple[str, ...]
    first: int
    last: int


class Relation(NamedTuple):
    """The columns of a table or of a query.

    Args:
        types: the type of each column by name; empty where it isn't known.
        is_complete: whether there are no others.
    """

    types: Mapping[str, str]
    is_complete: bool


_NOTHING_KNOWN = Relation({}, is_complete=False)


class Resolver:
    """Answers for one statement.

    Args:
        statement: the statement.
        schema: gives the schema; asked when a table's columns matter.
    """

    def __init__(self, statement: Statement, schema: Callable[[], Schema]) -> None:
        self._statement = statement
        self._ask = schema
        self._sources: Dict[int, List[Source]] = {}  # by identity of the block
        self._relations: Dict[int, Relation] = {}  # by identity of the query's first block
        self._types: Dict[Tuple[Any, ...], Optional[List[str]]] = {}  # by block and names
        self._depth = 0

    @cached_property
    def blocks(self) -> Blocks:
        """The statement's blocks."""
        return blocks(self._statement)

    @cached_property
    def sources(self) -> SourceReader:
        """Reads what the blocks get their columns from."""
        return SourceReader(self._statement, self.blocks)

    def table(self, name: Optional[str]) -> Optional[Table]:
        """A table that is known for sure."""
        return self._ask().table(name) if name is not None else None

    def type_now(self, column: Column) -> str:
        """The type of a column when the statement runs; empty where that isn't sure.

        Scripts are run in the order of migrations: some before a column gets the type that it has
        in the end.
        """
        return "" if column.retyped and self._statement.in_file else column.type

    # --- names

    def reference_from(self, index: int) -> Optional[Reference]:
        """The column's name that starts at an index."""
        last = index
        while self._statement.word(last + 1) == ".":
            last += 2
        return self._reference(index, last)

    def reference_to(self, index: int) -> Optional[Reference]:
        """The column's name that ends at an index."""
        first = index
        while self._statement.word(first - 1) == ".":
            first -= 2
        return self._reference(first, index)

    def _reference(self, first: int, last: int) -> Optional[Reference]:
        if first < 0 or last >= len(self._statement.tokens) or last - first > 6:
            return None
        names: List[str] = []
        for index in range(first, last + 1, 2):
            token = self._statement.tokens[index]
            name = stored_name(self._statement.text, token)
            if name is None or (token.kind is Kind.WORD and token.text in RESERVED):
                return None
            names.append(name)
        return Reference(tuple(names), first, last)

    def type_of(self, found: Reference) -> Optional[str]:
        """The type of a column; ``None`` where it isn't known for sure."""
        block: Optional[Block] = self.blocks.owners[found.first]
        for _ in range(_MAX_OUTER):
            if block is None:
                return None
            types = self._types_in(block, found.names)
            if types is None:
                return None
            if types:
                return types[0] if len(set(types)) == 1 and types[0] else None
            block = block.parent
        return None

    def _types_in(self, block: Block, names: Sequence[str]) -> Optional[List[str]]:
        """The types that a name may have in a block, whose names come first.

        Returns:
            Empty where it surely means nothing there; ``None`` where that isn't known.
        """
        key = (id(block), *names)
        if key not in self._types:
            self._types[key] = self._find_types(block, names)
        return self._types[key]

    def _find_types(self, block: Block, names: Sequence[str]) -> Optional[List[str]]:
        sources = self._sources_of(block)
        if len(sources) > _MAX_SOURCES:
            return None
        if len(names) > 1:
            sources = [source for source in sources if _is_called(source, names[:-1])]
        types: List[str] = []
        for source in sources:
            relation = self._relation(source)
            if names[-1] in relation.types:
                types.append(relation.types[names[-1]])
            elif len(names) > 1 or not relation.is_complete:
                return None
        return types

    # --- columns

    def _sources_of(self, block: Block) -> List[Source]:
        found = self._sources.get(id(block))
        if found is None:
            found = self._sources[id(block)] = self.sources.of(block)
        return found

    def _relation(self, source: Source) -> Relation:
        if source.query is not None:
            return self._of_query(source.query)
        if source.created:
            return self._created
        table = self.table(source.table)
        if table is None:
            return _NOTHING_KNOWN
        types = {column.name: self.type_now(column) for column in table.columns}
        return Relation(types, is_complete=not table.additions)

    @cached_property
    def _created(self) -> Relation:
        """The columns of the table that the statement creates."""
        opening = created_columns(self._statement)
        assert opening is not None
        return Relation(*created_types(self._statement, opening))

    def _of_query(self, block: Block) -> Relation:
        """The columns of a query, which those of its first part name."""
        key = id(block)
        if key not in self._relations:
            if self._depth > _MAX_DEPTH:
                return _NOTHING_KNOWN
            self._relations[key] = _NOTHING_KNOWN  # one that is made of itself
            self._depth += 1
            try:
                self._relations[key] = self._selected(block)
            finally:
                self._depth -= 1
        return self._relations[key]

    def _selected(self, block: Block) -> Relation:
        if block.verb != "SELECT":
            return _NOTHING_KNOWN
        types: Dict[str, str] = {}
        is_complete = True
        for first, last in self.items(block):
            for name, type_ in self._of_item(block, first, last):
                if name:
                    types[name] = type_ if types.get(name, type_) == type_ else ""
                else:
                    is_complete = False
        return Relation(types, is_complete)

    def items(self, block: Block) -> Iterator[Tuple[int, int]]:
        """The first and the last token of each item that a SELECT selects."""
        words = self._statement.words
        own = [index for index in block.own if index > block.start]
        first: Optional[int] = None
        brackets = 0
        for place, index in enumerate(own):
            word = words[index]
            if word in CLAUSES and (word != "FROM" or words[index - 1] != "DISTINCT"):
                own = own[:place]
                break
            brackets += (word == "[") - (word == "]")
            if word == "," and brackets <= 0:
                if first is not None:
                    yield first, own[place - 1]
                first = None
            elif first is None and word not in ("ALL", "DISTINCT"):
                first = index
        if first is not None and own:
            yield first, own[-1]

    def _of_item(self, block: Block, first: int, last: int) -> Iterator[Tuple[str, str]]:
        """What an item of SELECT stands for: names and types; no name where it isn't known."""
        if self._statement.word(last) == "*":
            yield from self._of_star(block, first, last)
            return
        found = self.reference_from(first)
        if found is not None and found.last == last:
            yield found.names[-1], self.type_of(found) or ""
            return
        alias = stored_name(self._statement.text, self._statement.tokens[last])
        stated = self._statement.word(last - 1) == "AS"
        if alias is None or last == first:
            yield "", ""
        elif found is not None and found.last == last - 1 - stated:
            yield alias, self.type_of(found) or ""
        elif stated:
            yield alias, ""
        else:
            yield "", ""

    def _of_star(self, block: Block, first: int, last: int) -> Iterator[Tuple[str, str]]:
        sources = self._sources_of(block)
        if first != last:
            found = self._reference(first, last - 2)
            names = found.names if found is not None else ()
            sources = [source for source in sources if _is_called(source, names)]
        if not sources:
            yield "", ""
        for source in sources:
            relation = self._relation(source)
            yield from relation.types.items()
            if not relation.is_complete:
                yield "", ""


def _is_called(source: Source, names: Sequence[str]) -> bool:
    """Whether names qualify the columns of a source."""
    if len(names) == 1:
        return source.name == names[0]
    plain = names[1:] if names[0] == "public" else names
    return source.table is not None and source.table == ".".join(plain[-2:])

"""What scripts may have dropped, though it isn't known: by code that isn't read."""

from __future__ import annotations

import re
from typing import FrozenSet, Iterator, Optional, Sequence, Set

from mosaic_lint.migrations.catalogue import Entity
from mosaic_lint.schema.names import name_at
from mosaic_lint.schema.operations import Operation, Uncertain
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement, read
from mosaic_lint.sqlfile import comments

_INCLUDING = re.compile(r"\\(?:i|ir|include|include_relative|gexec|if|!)(?![\w])")
_DYNAMIC = frozenset(("EXECUTE", "PERFORM", "CALL"))
_CHANGING = frozenset(("DROP", "ALTER"))
_DROPPED_ALONG = frozenset(("column", "index", "view", "materialized view", "foreign table"))
_KNOWN = frozenset(
    ("TABLE", "VIEW", "MATERIALIZED", "INDEX", "SEQUENCE", "SCHEMA", "TYPE", "DOMAIN", "FOREIGN")
)
_MODELLED = _KNOWN | {"TRIGGER", "POLICY", "RULE", "ROLE", "USER", "EVENT"}
_NO_FUNCTION = frozenset(
    """AND ANY ALL AS BETWEEN BY CASE CAST DISTINCT ELSE EXCEPT EXISTS FILTER FROM IN INTERSECT IS
    JOIN LATERAL LIKE NOT ON OR OVER SELECT SOME THEN UNION USING VALUES WHEN WHERE WITH
    ABS ARRAY_AGG AVG BOOL_AND BOOL_OR BTRIM CHAR_LENGTH COALESCE COL_DESCRIPTION CONCAT CONCAT_WS
    COUNT CURRENT_DATABASE CURRENT_SCHEMA CURRENT_SCHEMAS CURRENT_SETTING DATE_PART DATE_TRUNC
    EXTRACT FORMAT FORMAT_TYPE GENERATE_SERIES GREATEST HAS_SCHEMA_PRIVILEGE HAS_TABLE_PRIVILEGE
    JSON_AGG JSON_BUILD_OBJECT JSONB_AGG JSONB_BUILD_OBJECT LEAST LENGTH LOWER MAX MD5 MIN NOW
    NULLIF OBJ_DESCRIPTION OCTET_LENGTH PG_GET_CONSTRAINTDEF PG_GET_EXPR PG_GET_INDEXDEF
    PG_GET_SERIAL_SEQUENCE PG_GET_VIEWDEF PG_RELATION_SIZE PG_SIZE_PRETTY PG_SLEEP
    PG_TABLE_IS_VISIBLE PG_TOTAL_RELATION_SIZE QUOTE_IDENT QUOTE_LITERAL RANDOM REGEXP_REPLACE
    REPLACE ROUND ROW ROW_NUMBER SETVAL SET_CONFIG STRING_AGG SUBSTRING SUM TO_CHAR TO_REGCLASS
    TO_REGTYPE TO_REGPROC TRIM UNNEST UPPER VERSION NUMERIC VARCHAR CHAR DECIMAL
    TIMESTAMP""".split()
)
"""Words before a parenthesis that drop nothing."""


class Doubts:
    """What some scripts may have dropped.

    Attributes:
        everything: whether that may be anything.
    """

    def __init__(self) -> None:
        self.everything = False
        self._names: Set[str] = set()
        self._kinds: FrozenSet[str] = frozenset()

    def concerns(self, entity: Entity, table: Optional[Entity]) -> bool:
        """Whether something, which may be a column of a table, may have been dropped.

        Args:
            entity: what is asked about.
            table: the table that it is a column of.
        """
        return (
            self.everything
            or entity.kind in self._kinds
            or entity.name in self._names
            or (table is not None and table.name in self._names)
        )

    def take_text(self, text: str) -> None:
        """Note what psql reads from elsewhere, or runs only if something holds."""
        found = [match.start() for match in _INCLUDING.finditer(text)]
        if found:
            spans = iter(comments(text))
            span = next(spans, None)
            for start in found:
                while span is not None and span.end <= start:
                    span = next(spans, None)
                self.everything |= span is None or not span.start <= start < span.end

    def take(
        self, statement: Statement, operations: Sequence[Operation], *, is_rollback: bool
    ) -> None:
        """Note what a statement may drop.

        Args:
            statement: a statement.
            operations: what of it could be read.
            is_rollback: whether it is there to drop something. A migration that calls a function
                hardly drops by it what it made.
        """
        first, second = statement.word(0), statement.word(1)
        for operation in operations:
            if isinstance(operation, Uncertain):
                self._names.update(name.name for name in (*operation.names, *operation.indexes))
                self.everything |= operation.everything
        if first == "DO":
            self._take_block(statement, is_rollback=is_rollback)
        elif first == "DROP" and second in ("OWNED", "DATABASE"):
            self.everything = True
        elif first == "DROP" and second in _KNOWN and not operations:
            self.everything = True  # the names aren't known
        elif first == "DROP" and second not in _MODELLED and statement.words[-1] == "CASCADE":
            self._kinds = _DROPPED_ALONG
        elif is_rollback and first in ("CALL", "EXECUTE"):
            self.everything = True
        elif is_rollback and first in ("SELECT", "WITH", "VALUES"):
            self.everything |= any(_functions(statement))

    def _take_block(self, statement: Statement, *, is_rollback: bool) -> None:
        for token in statement.tokens:
            if token.kind is Kind.STRING:
                body = _body(token.text)
                self._take_body(body, is_rollback=is_rollback)

    def _take_body(self, body: str, *, is_rollback: bool) -> None:
        statements = read(body)
        words = {word for statement in statements for word in statement.words}
        if words & _DYNAMIC and (is_rollback or "drop" in body.lower()):
            self.everything = True
        elif words & _CHANGING:
            self.everything |= "CASCADE" in words
            for statement in statements:
                self._names.update(_names(statement))


def _body(literal: str) -> str:
    """What a literal says, as far as its words matter."""
    if literal.startswith("$"):
        tag = literal.index("$", 1) + 1
        return literal[tag:-tag]
    return literal.strip("'").replace("''", "'")


def _names(statement: Statement) -> Iterator[str]:
    for index in range(len(statement.tokens)):
        name = name_at(statement, index)
        if name is not None:
            yield name


def _functions(statement: Statement) -> Iterator[bool]:
    """For each function that a query may call whether it may drop something."""
    for index, word in enumerate(statement.words):
        if word == "(" and index:
            before = statement.tokens[index - 1]
            if before.kind in (Kind.WORD, Kind.QUOTED):
                is_own = statement.word(index - 2) != "." or statement.word(index - 3) != (
                    "PG_CATALOG"
                )
                yield is_own and before.text not in _NO_FUNCTION

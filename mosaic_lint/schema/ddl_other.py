"""DDL of what isn't a table: views, types, sequences... and what holds for a whole session."""

from __future__ import annotations

from typing import List, Optional, Set, Tuple, Union

from mosaic_lint.schema.ddl_alter import read_alter
from mosaic_lint.schema.names import Name, name_at
from mosaic_lint.schema.operations import (
    AlterTable,
    CreateTable,
    CreateThing,
    Drop,
    Operation,
    OwnSequence,
    RenameTo,
    SetPath,
    SetSchema,
    Transaction,
)
from mosaic_lint.schema.query import with_query
from mosaic_lint.schema.reader import Reader, UnreadableError
from mosaic_lint.sql.lexer import Kind
from mosaic_lint.sql.statement import Statement

_BEFORE = frozenset(
    """OR REPLACE TEMP TEMPORARY LOCAL GLOBAL RECURSIVE TRUSTED PROCEDURAL CONSTRAINT
    UNLOGGED""".split()
)
_KINDS = {
    ("MATERIALIZED", "VIEW"): "materialized view", ("FOREIGN", "TABLE"): "foreign table",
    ("VIEW",): "view", ("TYPE",): "type", ("DOMAIN",): "domain", ("SEQUENCE",): "sequence",
    ("SCHEMA",): "schema", ("FUNCTION",): "function", ("PROCEDURE",): "procedure",
    ("AGGREGATE",): "aggregate", ("TRIGGER",): "trigger", ("EXTENSION",): "extension",
    ("TABLE",): "table", ("INDEX",): "index", ("ROUTINE",): "function",
}  # fmt: skip
_SIGNATURES = frozenset(("function", "procedure", "aggregate"))
_END = frozenset(("CASCADE", "RESTRICT"))
_NEXT_PART = frozenset(("CREATE", "GRANT"))


def _kind(reader: Reader) -> str:
    """Step over the words of a kind; empty for one that the schema doesn't hold."""
    for words, kind in _KINDS.items():
        if reader.take(*words):
            return kind
    return ""


def read_created(reader: Reader, place: int, *, is_temporary: bool) -> Optional[CreateThing]:
    """Read what stands behind ``CREATE``.

    Args:
        reader: stands behind what may stand before any kind.
        place: the index of ``CREATE``.
        is_temporary: whether ``TEMP`` stood before.

    Returns:
        ``None`` for what the schema doesn't hold, a role for example.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    modifiers: Set[str] = set()
    while reader.word in _BEFORE:
        modifiers.add(reader.word)
        reader.at += 1
    kind = _kind(reader)
    if not kind or kind in ("table", "index"):
        reader.at = len(reader.statement.tokens)
        return None
    if_not_exists = reader.take("IF", "NOT", "EXISTS")
    name = reader.name()
    start = reader.at
    owner = _owner(reader, kind)
    is_temporary = is_temporary or bool(modifiers & {"TEMP", "TEMPORARY"})
    made = CreateThing(
        kind,
        name,
        if_not_exists,
        "REPLACE" in modifiers,
        is_temporary or name.schema == "pg_temp",
        owner=owner,
        place=place,
    )
    if kind in ("view", "materialized view", "sequence"):
        _, end = reader.until(_NEXT_PART)
        return made if kind == "sequence" else with_query(made, reader.statement, start, end)
    reader.at = len(reader.statement.tokens)
    return made


def _owner(reader: Reader, kind: str) -> Optional[Tuple[Name, str]]:
    """The table and column of a sequence; the table of a trigger."""
    statement = reader.statement
    if kind == "sequence":
        for index in statement.find("OWNED", "BY"):
            return read_owner(Reader(statement, index + 2))
    if kind == "trigger":
        for index in statement.find("ON"):
            if index >= reader.at:
                return Reader(statement, index + 1).name(), ""
    return None


def read_owner(reader: Reader) -> Optional[Tuple[Name, str]]:
    """Step over the column behind ``OWNED BY``; ``None`` for ``NONE``.

    Raises:
        UnreadableError: there is no column.
    """
    place = reader.at
    if reader.take("NONE"):
        return None
    parts = [reader.part()]
    while reader.take("."):
        parts.append(reader.part(label=True))
    if len(parts) < 2:
        raise UnreadableError("OWNED BY without a column")
    return Name(parts[-3] if len(parts) > 2 else "", parts[-2], place), parts[-1]


def read_alter_other(reader: Reader, place: int) -> List[Operation]:
    """Read what stands behind ``ALTER`` of anything but a table.

    Args:
        reader: stands at the kind.
        place: the index of ``ALTER``.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    kind = _kind(reader)
    end = len(reader.statement.tokens)
    if kind in ("view", "materialized view", "foreign table"):
        return [read_alter(reader, kind, place)]
    if kind not in ("index", "type", "domain", "sequence", "schema", "function", "procedure"):
        reader.at = end
        return []
    if_exists = reader.take("IF", "EXISTS")
    name = reader.name()
    if kind in ("function", "procedure") and reader.word == "(":
        reader.group()
    at = reader.at
    if reader.take("RENAME", "TO"):
        action = RenameTo(reader.part(), at)
        return [AlterTable(name, if_exists, (action,), kind, place)]
    if reader.take("SET", "SCHEMA"):
        return [AlterTable(name, if_exists, (SetSchema(reader.part(), at),), kind, place)]
    found: List[Operation] = []
    if kind == "sequence":
        for index in reader.statement.find("OWNED", "BY"):
            found.append(OwnSequence(name, read_owner(Reader(reader.statement, index + 2)), place))
    reader.at = end
    return found


def read_drop(reader: Reader, place: int) -> Optional[Drop]:
    """Read what stands behind ``DROP``.

    Args:
        reader: stands at the kind.
        place: the index of ``DROP``.

    Returns:
        ``None`` for what the schema doesn't hold.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    kind = _kind(reader)
    if not kind:
        reader.at = len(reader.statement.tokens)
        return None
    reader.take("CONCURRENTLY")
    if_exists = reader.take("IF", "EXISTS")
    names: List[Name] = []
    table: Optional[Name] = None
    while True:
        names.append(reader.name())
        if kind in _SIGNATURES and reader.word == "(":
            reader.group()
        if kind == "trigger":
            reader.need("ON")
            table = reader.name()
        if not reader.take(","):
            break
    cascade = reader.take_one(_END) == "CASCADE"
    return Drop(kind, tuple(names), if_exists, cascade, table, place)


def read_path(reader: Reader) -> Optional[SetPath]:
    """Read ``SET search_path``, ``RESET`` and ``set_config``; ``None`` for anything else.

    Raises:
        UnreadableError: the path isn't known.
    """
    statement, place = reader.statement, reader.at
    if reader.word == "SELECT":
        return _configured(statement)
    if reader.take("RESET"):
        is_path = reader.word in ("SEARCH_PATH", "ALL")
        reader.at = len(statement.tokens)
        return SetPath(None, False, place) if is_path else None
    reader.need("SET")
    local = reader.take_one(frozenset(("LOCAL", "SESSION"))) == "LOCAL"
    is_schema = reader.take("SCHEMA")
    if not is_schema and not (reader.take("SEARCH_PATH", "TO") or reader.take("SEARCH_PATH", "=")):
        reader.at = len(statement.tokens)
        return None
    if reader.take("DEFAULT"):
        return SetPath(None, local, place)
    schemas: List[str] = []
    while True:
        if not reader.is_done and statement.tokens[reader.at].kind is Kind.STRING:
            schemas.append(_literal(reader.word))
            reader.at += 1
        else:
            schemas.append(reader.part())
        if not reader.take(","):
            break
    return SetPath(tuple(name for name in schemas if name not in ("", "$user")), local, place)


def _configured(statement: Statement) -> Optional[SetPath]:
    """``SELECT set_config('search_path', '...', false)``, as dumps have it."""
    for index in statement.find("SET_CONFIG"):
        words = statement.words[index + 1 : index + 7]
        if len(words) == 6 and words[0] == "(" and _literal(words[1]).lower() == "search_path":
            names = [name.strip(' "') for name in _literal(words[3]).split(",")]
            path = tuple(name for name in names if name not in ("", "$user"))
            return SetPath(path, words[5] == "TRUE", 0)
    return None


def _literal(text: str) -> str:
    """The value of a plain string."""
    return text[1:-1].replace("''", "'") if text[:1] == "'" else ""


def read_transaction(reader: Reader) -> Optional[Transaction]:
    """Read ``BEGIN``, ``COMMIT`` and the like."""
    word, place = reader.word, reader.at
    statement = reader.statement
    reader.at = len(statement.tokens)
    if word == "START" and statement.word(1) != "TRANSACTION":
        return None
    if word in ("BEGIN", "START"):
        return Transaction("begin", place=place)
    if statement.word(1) == "PREPARED":
        return None
    if word in ("SAVEPOINT", "RELEASE"):
        index = 2 if statement.word(1) == "SAVEPOINT" and word == "RELEASE" else 1
        return Transaction(word.lower(), name_at(statement, index) or "", place)
    chains = any(statement.word(index - 1) == "AND" for index in statement.find("CHAIN"))
    if word in ("ROLLBACK", "ABORT"):
        for index in statement.find("TO"):
            index += 2 if statement.word(index + 1) == "SAVEPOINT" else 1
            return Transaction("rollback to", name_at(statement, index) or "", place)
        return Transaction("rollback", place=place, chains=chains)
    return Transaction("commit", place=place, chains=chains)


def selects_into(reader: Reader) -> Optional[Union[CreateTable, CreateThing]]:
    """The table that ``SELECT ... INTO`` makes."""
    statement = reader.statement
    if "INTO" not in statement.words or "INSERT" in statement.words or "MERGE" in statement.words:
        return None
    for index in statement.find("INTO"):
        if statement.depths[index]:
            continue
        inner = Reader(statement, index + 1)
        words = []
        while inner.word in ("TEMP", "TEMPORARY", "UNLOGGED", "TABLE", "LOCAL", "GLOBAL"):
            words.append(inner.word)
            inner.at += 1
        temporary = "TEMP" in words or "TEMPORARY" in words
        name = inner.name()
        return CreateTable(name, (), False, temporary, doubt="has the columns of a query")
    return None

"""What a statement of DDL does, read from its tokens alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Dict, List, Tuple

from mosaic_lint.schema.ddl_alter import read_alter
from mosaic_lint.schema.ddl_index import read_index
from mosaic_lint.schema.ddl_other import (
    read_alter_other,
    read_created,
    read_drop,
    read_path,
    read_transaction,
    selects_into,
)
from mosaic_lint.schema.ddl_table import read_table
from mosaic_lint.schema.names import Name, name_at
from mosaic_lint.schema.opaque import mentioned
from mosaic_lint.schema.operations import (
    CreateIndex,
    CreateTable,
    CreateThing,
    Operation,
    SetPath,
    Uncertain,
)
from mosaic_lint.schema.reader import Reader, UnknownNameError, UnreadableError
from mosaic_lint.sql.statement import Statement

_TRANSACTION = frozenset(
    ("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE")
)
_OTHER_ACTIONS = frozenset(("ALTER", "DROP", "RENAME", "ATTACH"))
_BEFORE_TABLE = frozenset(("GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED"))


def operations(statement: Statement) -> Tuple[Operation, ...]:
    """What a statement does to the schema, in order.

    Args:
        statement: any statement, with holes or without.

    Returns:
        Nothing for what isn't DDL; :class:`~mosaic_lint.schema.operations.Uncertain` for what
        can't be read. A statement with a hole in its table's name does nothing.
    """
    read = _READ.get(statement.word(0))
    if read is None:
        return ()
    reader = Reader(statement)
    try:
        found = tuple(read(reader))
    except UnknownNameError as error:
        return _uncertain(statement, str(error), only_adds=_only_adds(statement))
    except UnreadableError as error:
        is_template = "{" in statement.words
        only_adds = is_template and _only_adds(statement)
        return _uncertain(statement, str(error), only_adds=only_adds)
    if not found:
        return ()
    if not reader.is_done and _changes(found):
        return _uncertain(statement, f"{reader.word[:30]} behind its end")
    if _has_open_holes(statement) or not statement.is_exact:
        if _changes(found):
            reason = "has a part that isn't known"
            return (*found, *_uncertain(statement, reason, only_adds=_only_adds(statement)))
    return found


def _is_known_around_columns(reader: Reader) -> bool:
    """Whether ``TABLE`` follows, with unknown parts only between its first parentheses."""
    statement = reader.statement
    if not reader.take("TABLE"):
        return False
    while not reader.is_done and reader.word != "(":
        reader.at += 1
    end = len(statement.tokens)
    opening, closing = reader.at, statement.closing(reader.at)
    return not (reader.has_open_hole(0, opening) or reader.has_open_hole(closing, end))


def _has_open_holes(statement: Statement) -> bool:
    """Whether more than the value of a string isn't known."""
    return statement.has_holes and Reader(statement).has_open_hole(0, len(statement.tokens))


def _changes(found: Tuple[Operation, ...]) -> bool:
    return any(not isinstance(operation, (CreateThing, Uncertain)) for operation in found)


def _uncertain(
    statement: Statement, reason: str, *, only_adds: bool = False
) -> Tuple[Operation, ...]:
    """A doubt on the tables that a statement names, as far as their names can be read."""
    names, indexes = concerned(statement)
    return (Uncertain(reason, names, indexes, only_adds=only_adds),) if names or indexes else ()


def _only_adds(statement: Statement) -> bool:
    """Whether all of a statement that isn't known makes an index, or belongs to new columns."""
    if not statement.is_exact:
        return False
    reader = Reader(statement)
    if reader.take("CREATE"):
        reader.take("UNIQUE")
        return reader.take("INDEX") or _is_known_around_columns(reader)
    if not reader.take("ALTER", "TABLE"):
        return False
    reader.take("IF", "EXISTS")
    reader.take("ONLY")
    try:
        reader.name()
    except UnreadableError:
        return False
    if not reader.take("ADD", "COLUMN"):
        return False
    reader.take("IF", "NOT", "EXISTS")
    is_known = name_at(statement, reader.at) is not None
    return not is_known and not _OTHER_ACTIONS.intersection(statement.words[reader.at :])


def concerned(statement: Statement) -> Tuple[Tuple[Name, ...], Tuple[Name, ...]]:
    """The tables that a statement changes, and the indexes, however the rest of it looks.

    Args:
        statement: one of CREATE, ALTER or DROP.
    """
    reader = Reader(statement)
    verb = reader.take_one(frozenset(("CREATE", "ALTER", "DROP")))
    while reader.take_one(_MODIFIERS):
        pass
    kind = reader.take_one(frozenset(("TABLE", "INDEX")))
    if not verb or not kind:
        return (), ()
    while reader.take_one(_GUARDS):
        pass
    if kind == "INDEX" and verb == "CREATE":
        return _indexed(reader), ()
    names: List[Name] = []
    try:
        names.append(reader.name())
        while verb == "DROP" and reader.take(","):
            names.append(reader.name())
        if reader.take("RENAME", "TO"):
            names.append(reader.name())
    except UnreadableError:
        pass  # the names before that are all that is known
    return (tuple(names), ()) if kind == "TABLE" else ((), tuple(names[:1]))


def _indexed(reader: Reader) -> Tuple[Name, ...]:
    """The table of ``CREATE INDEX``."""
    statement = reader.statement
    for index in range(reader.at, min(reader.at + 4, len(statement.tokens))):
        if statement.word(index) == "ON":
            inner = Reader(statement, index + 1)
            inner.take("ONLY")
            try:
                return (inner.name(),)
            except UnreadableError:
                return ()
    return ()


_MODIFIERS = _BEFORE_TABLE | {"UNIQUE", "OR", "REPLACE", "FOREIGN"}
_GUARDS = frozenset(("IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"))


def _create(reader: Reader) -> List[Operation]:
    place = reader.at
    reader.need("CREATE")
    modifiers = set()
    while True:
        word = reader.take_one(_BEFORE_TABLE)
        if not word:
            break
        modifiers.add(word)
    if reader.take("TABLE"):
        guarded = reader.take("IF", "NOT", "EXISTS")
        name = reader.name()
        temporary = bool(modifiers & {"TEMP", "TEMPORARY"}) or name.schema == "pg_temp"
        return [read_table(reader, name, if_not_exists=guarded, temporary=temporary, place=place)]
    unique = reader.take("UNIQUE")
    if reader.take("INDEX"):
        return [read_index(reader, unique=unique, place=place)]
    if reader.take("SCHEMA"):
        return _create_schema(reader, place)
    made = read_created(reader, place, is_temporary=bool(modifiers & {"TEMP", "TEMPORARY"}))
    if isinstance(made, CreateThing) and made.kind in ("function", "procedure"):
        return [made, *_opaque(reader.statement)]
    return [] if made is None else [made]


def _create_schema(reader: Reader, place: int) -> List[Operation]:
    """A schema, with the tables that may be made in it at once."""
    guarded = reader.take("IF", "NOT", "EXISTS")
    if reader.take("AUTHORIZATION"):
        name = reader.name()
    else:
        name = reader.name()
        if reader.take("AUTHORIZATION"):
            reader.part()
    found: List[Operation] = [CreateThing("schema", name, if_not_exists=guarded, place=place)]
    while reader.word == "CREATE":
        if reader.ahead(1) == "SCHEMA":
            raise UnreadableError("a schema in a schema")
        for operation in _create(reader):
            found.append(_in_schema(operation, name.name))
    while reader.word == "GRANT":
        reader.at += 1
        reader.until(frozenset(("CREATE", "GRANT")))
    return found


def _in_schema(operation: Operation, schema: str) -> Operation:
    """A part of ``CREATE SCHEMA``, with the schema in its name."""
    if isinstance(operation, CreateIndex) and not operation.table.schema:
        return replace(operation, table=operation.table._replace(schema=schema))
    if isinstance(operation, (CreateTable, CreateThing)) and not operation.name.schema:
        return replace(operation, name=operation.name._replace(schema=schema))
    return operation


def _alter(reader: Reader) -> List[Operation]:
    place = reader.at
    reader.need("ALTER")
    if reader.take("TABLE", "ALL"):
        return [Uncertain("ALTER TABLE ALL", everything=False, place=place)]
    if reader.take("TABLE"):
        return [read_alter(reader, "table", place)]
    return read_alter_other(reader, place)


def _drop(reader: Reader) -> List[Operation]:
    place = reader.at
    reader.need("DROP")
    if reader.take("OWNED"):
        reader.at = len(reader.statement.tokens)
        return [Uncertain("DROP OWNED", everything=True, place=place)]
    made = read_drop(reader, place)
    return [] if made is None else [made]


def _set(reader: Reader) -> List[Operation]:
    place = reader.at
    try:
        made = read_path(reader)
    except (UnknownNameError, UnreadableError):
        reader.at = len(reader.statement.tokens)
        return [SetPath(None, False, place, is_known=False)]
    return [] if made is None else [made]


def _transaction(reader: Reader) -> List[Operation]:
    made = read_transaction(reader)
    return [] if made is None else [made]


def _opaque(statement: Statement) -> List[Operation]:
    found = mentioned(statement)
    made: List[Operation] = []
    if found.tables or found.indexes:
        reason = "may be changed by a body that isn't read"
        made.append(Uncertain(reason, tuple(found.tables), tuple(found.indexes)))
    if found.added:
        reason = "a body that isn't read may add something"
        made.append(Uncertain(reason, tuple(found.added), only_adds=True))
    return made


def _do(reader: Reader) -> List[Operation]:
    return _opaque(reader.statement)


def _select(reader: Reader) -> List[Operation]:
    made = selects_into(reader) or read_path(reader)
    reader.at = len(reader.statement.tokens)
    return [] if made is None else [made]


_Read = Callable[[Reader], List[Operation]]
_READ: Dict[str, _Read] = {
    "CREATE": _create, "ALTER": _alter, "DROP": _drop, "SET": _set, "RESET": _set,
    "DO": _do, "EXECUTE": _do, "SELECT": _select, "WITH": _select,
    **dict.fromkeys(_TRANSACTION, _transaction),
}  # fmt: skip

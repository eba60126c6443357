"""``CREATE TABLE``: its columns and constraints."""

from __future__ import annotations

from typing import FrozenSet, List, Optional, Tuple, Union

from mosaic_lint.schema.ddl_constraint import (
    is_constraint,
    read_column_key,
    read_constraint,
    read_reference,
    take_deferrable,
)
from mosaic_lint.schema.names import Name
from mosaic_lint.schema.operations import (
    CheckMade,
    ColumnMade,
    Constraint,
    CreateTable,
    ForeignKeyMade,
    NotNullMade,
    TypeName,
)
from mosaic_lint.schema.reader import Reader, UnreadableError, read_names
from mosaic_lint.schema.types import read_type

Part = Union[ColumnMade, Constraint]

_AFTER_DEFAULT = frozenset(
    """CONSTRAINT NOT NULL CHECK UNIQUE PRIMARY GENERATED REFERENCES COLLATE DEFERRABLE INITIALLY
    , USING""".split()
)
# What the grammar takes only in parentheses there.
_NEED_PARENTHESES = frozenset(("AND", "OR", "LIKE", "ILIKE", "IN", "BETWEEN", "SIMILAR", "AT"))
_AFTER_DEFAULT |= _NEED_PARENTHESES
_NO_VALUES = (_AFTER_DEFAULT | {")"}) - {"NULL"}
_AT_END = frozenset((",", ")", ""))
_STORAGE = frozenset(("STORAGE", "COMPRESSION"))
_COMMA: FrozenSet[str] = frozenset((",",))


def read_table(
    reader: Reader, name: Name, *, if_not_exists: bool, temporary: bool, place: int
) -> CreateTable:
    """Read what stands behind the name of ``CREATE TABLE``.

    Args:
        reader: stands behind the name.
        name: the table's name.
        if_not_exists: whether an existing table of that name stays.
        temporary: whether it is gone with the session.
        place: the index of ``CREATE``.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    parts: List[Part] = []
    parents: Tuple[Name, ...] = ()
    doubt = ""
    is_partition = reader.take("PARTITION", "OF")
    if is_partition:
        parents, doubt = (reader.name(),), "is a partition of another table"
    elif reader.take("OF"):
        reader.name()
        doubt = "has the columns of a type"
    elif reader.word == "(":
        parts, doubt = _elements(reader)
    elif reader.word not in ("AS", "USING", "WITH", "WITHOUT", "ON", "TABLESPACE"):
        raise UnreadableError(f"{reader.word[:30] or 'the end'} behind the table's name")
    if reader.take("INHERITS"):
        reader.need("(")
        parents, doubt = reader.names(), "inherits columns of another table"
        reader.need(")")
    doubt = _options(reader) or doubt
    return CreateTable(
        name, tuple(parts), if_not_exists, temporary, parents, is_partition, doubt, place
    )


def _options(reader: Reader) -> str:
    """Step over what stands behind the columns, up to the end or the next part of a schema."""
    while not reader.is_done:
        if reader.word == "AS":
            reader.at = len(reader.statement.tokens)
            return "has the columns of a query"
        if reader.word == "CREATE":
            break
        if reader.word == "(":
            reader.group()
            continue
        if reader.word not in _OPTIONS:
            raise UnreadableError(f"{reader.word[:30]} behind the columns")
        reader.at += 1
        reader.until(_OPTIONS_END)
    return ""


_OPTIONS = frozenset(
    ("PARTITION", "USING", "WITH", "WITHOUT", "ON", "TABLESPACE", "FOR", "DEFAULT", "STRICT", ",")
)
_OPTIONS_END = _OPTIONS | {"AS", "CREATE"}


def _elements(reader: Reader) -> Tuple[List[Part], str]:
    """Columns and constraints in parentheses, and why there may be more of them."""
    parts: List[Part] = []
    doubt = ""
    start, end = reader.at, reader.statement.closing(reader.at)
    if end >= len(reader.statement.tokens):
        raise UnreadableError("a parenthesis that isn't closed")
    reader.need("(")
    if end == start + 1:
        reader.at += 1
        return parts, doubt
    while True:
        if reader.take("LIKE"):
            reader.name()
            reader.until(_COMMA)
            doubt = "has the columns of another table"
        elif not _skip_unknown(reader):
            parts.append(read_constraint(reader) if is_constraint(reader) else read_column(reader))
        if reader.take(")"):
            return parts, doubt
        reader.need(",")


def _skip_unknown(reader: Reader) -> bool:
    """Step over an element of which a part isn't known, whatever it adds to the table."""
    start = reader.at
    first, last = reader.until(_COMMA)
    if reader.has_open_hole(first, last):
        return True
    reader.at = start
    return False


def read_column(reader: Reader) -> ColumnMade:
    """Step over a column's definition.

    Raises:
        UnreadableError: the grammar has nothing like that.
    """
    place = reader.at
    name = reader.part()
    return _Column(reader, name, place, read_type(reader)).read()


class _Column:
    """A column while it is read.

    Args:
        reader: stands behind the type.
        name: the column's name.
        place: the index of the name.
        type: the type.
    """

    def __init__(self, reader: Reader, name: str, place: int, type: TypeName) -> None:
        self._reader = reader
        self._name = name
        self._place = place
        self._type = type
        self._not_null: Optional[bool] = True if type.serial else None
        self._default: Optional[Tuple[int, int]] = None
        self._identity = False
        self._computed: Optional[FrozenSet[str]] = None
        self._constraints: List[Constraint] = []

    def read(self) -> ColumnMade:
        """Read all that stands at it."""
        while self._reader.word in _STORAGE:
            self._reader.at += 2
        while self._constraint():
            pass
        reader = self._reader
        default = None if self._default is None else reader.written(*self._default)
        return ColumnMade(
            self._name,
            self._type,
            self._place,
            bool(self._not_null),
            default,
            self._default or (0, 0),
            self._identity,
            self._computed,
            tuple(self._constraints),
        )

    def _constraint(self) -> bool:
        """Step over one constraint; whether there was one."""
        reader = self._reader
        if reader.word in _AT_END:
            return False
        name = reader.part() if reader.take("CONSTRAINT") else ""
        place = reader.at
        if reader.take("NOT", "NULL"):
            reader.take("NO", "INHERIT")
            self._null(True)
            if name:
                self._constraints.append(NotNullMade(name, self._name, place))
        elif reader.take("NULL"):
            self._null(False)
        elif reader.take("DEFAULT"):
            self._take_default()
        elif reader.take("GENERATED"):
            self._generated()
        elif reader.word in ("PRIMARY", "UNIQUE"):
            self._constraints.append(read_column_key(reader, name, self._name))
            self._autoincrement()
        elif reader.take("CHECK"):
            start, end = reader.group()
            reader.take("NO", "INHERIT")
            words = read_names(reader.statement, start, end)
            self._constraints.append(CheckMade(name, words, place))
        elif reader.take("REFERENCES"):
            target, columns = read_reference(reader)
            self._constraints.append(ForeignKeyMade(name, (self._name,), target, columns, place))
        elif name:
            raise UnreadableError("CONSTRAINT without a constraint")
        else:
            return _attribute(reader)
        return True

    def _autoincrement(self) -> None:
        """Step over SQLite's ``ASC AUTOINCREMENT``: what it declares is plain all the same."""
        if self._reader.take("AUTOINCREMENT") or self._reader.take("ASC", "AUTOINCREMENT"):
            self._identity = True

    def _null(self, not_null: bool) -> None:
        if self._not_null not in (None, not_null):
            raise UnreadableError("both NULL and NOT NULL")
        self._not_null = not_null

    def _take_default(self) -> None:
        if self._default is not None or self._identity or self._type.serial:
            raise UnreadableError("two defaults of one column")
        self._default = read_default(self._reader)

    def _generated(self) -> None:
        reader = self._reader
        always = reader.take("ALWAYS")
        if not always:
            reader.need("BY", "DEFAULT")
        reader.need("AS")
        if reader.take("IDENTITY"):
            if reader.word == "(":
                reader.group()
            if self._identity or self._default is not None or self._type.serial:
                raise UnreadableError("two defaults of one column")
            self._identity = True
            self._null(True)
            return
        start, end = reader.group()
        if not reader.take("STORED"):
            reader.take("VIRTUAL")
        self._computed = read_names(reader.statement, start, end)
        self._default = (start - 1, end + 1)


def read_default(reader: Reader) -> Tuple[int, int]:
    """Step over a default's expression.

    Returns:
        The indexes of its first token and of the one behind its last.

    Raises:
        UnreadableError: there is none.
    """
    start = reader.at
    if reader.is_done or reader.word in _NO_VALUES:
        raise UnreadableError("DEFAULT without a value")
    if reader.word == "(":
        reader.group()
    else:
        reader.at += 1
    reader.until(_AFTER_DEFAULT)
    if reader.word in _NEED_PARENTHESES:
        raise UnreadableError(f"{reader.word} in a default without parentheses")
    return start, reader.at


def _attribute(reader: Reader) -> bool:
    """Step over what says nothing of the schema; whether there was anything."""
    if reader.take("COLLATE"):
        reader.name()
    elif not take_deferrable(reader):
        return False
    return True

"""Runs a script on a database, as far as it changes what is there."""

from __future__ import annotations

from typing import Iterator, Sequence, Tuple

from mosaic_lint.migrations.altering import alter, drop, own_sequence
from mosaic_lint.migrations.blocks import created_in
from mosaic_lint.migrations.catalogue import Making
from mosaic_lint.migrations.creating import create_index, create_table, create_thing
from mosaic_lint.migrations.database import Database
from mosaic_lint.migrations.doubts import Doubts
from mosaic_lint.schema.ddl import operations
from mosaic_lint.schema.names import PUBLIC
from mosaic_lint.schema.operations import (
    AlterTable,
    CreateIndex,
    CreateTable,
    CreateThing,
    Drop,
    Operation,
    OwnSequence,
    SetPath,
    Transaction,
)
from mosaic_lint.sql.statement import Statement, read
from mosaic_lint.sqlfile import statements


def run(database: Database, text: str, path: str, doubts: Doubts) -> None:
    """Run a script.

    Args:
        database: what it is run on.
        text: the script.
        path: where it lies; empty for a rollback script, because what that makes is to stay.
        doubts: gets what the script may drop without saying so.
    """
    doubts.take_text(text)
    database.start_session()
    for start, end in statements(text):
        for statement in read(text, start=start, end=end, in_file=True):
            found = operations(statement)
            doubts.take(statement, found, is_rollback=not path)
            for part, operation in _parts(statement, found):
                database.making = _making(part, path) if path else None
                database.offset = statement.start
                _run(database, operation, part)
    database.end_session()


def _parts(
    statement: Statement, found: Sequence[Operation]
) -> Iterator[Tuple[Statement, Operation]]:
    """What a statement does, each with the statement that says so."""
    if statement.word(0) == "DO":
        yield from created_in(statement)
    else:
        yield from ((statement, operation) for operation in found)


def _making(statement: Statement, path: str) -> Making:
    first = statement.tokens[0]
    return Making(path, first.start, first.end - first.start)


def _run(database: Database, operation: Operation, statement: Statement) -> None:
    if isinstance(operation, Transaction):
        _control(database, operation)
    elif not database.is_aborted:
        if isinstance(operation, SetPath):
            database.path = (PUBLIC,) if operation.schemas is None else operation.schemas
        with database.statement():
            _change(database, operation, statement)


def _control(database: Database, operation: Transaction) -> None:
    if operation.what == "begin":
        database.begin()
    elif operation.what == "commit":
        database.commit()
    elif operation.what == "rollback":
        database.roll_back()
    elif operation.what == "savepoint":
        database.savepoint(operation.name)
    elif operation.what == "rollback to":
        database.roll_back_to(operation.name)


def _change(database: Database, operation: Operation, statement: Statement) -> None:
    if isinstance(operation, CreateTable):
        create_table(database, operation, statement)
    elif isinstance(operation, CreateIndex):
        create_index(database, operation)
    elif isinstance(operation, CreateThing):
        create_thing(database, operation, statement)
    elif isinstance(operation, AlterTable):
        alter(database, operation, statement)
    elif isinstance(operation, OwnSequence):
        own_sequence(database, operation)
    elif isinstance(operation, Drop):
        drop(database, operation)

"""MOS106: a handler swallows a statement's error, and the next statement is refused."""

from __future__ import annotations

from typing import Iterator

import libcst as cst

from mosaic_lint.anchor import Line, Step
from mosaic_lint.facts.swallowed import SwallowedError
from mosaic_lint.rule import Context, Draft, rule

_EXCEPT = len("except")


@rule(
    code="MOS106",
    name="statement-after-swallowed-error",
    message="{what} swallows the error and leaves the transaction failed, so that the statement"
    " in line {line} is refused: write {advice}",
    subscribes="SwallowedError",
    triggers=("{connection-factories}", "psycopg"),
    stage="swallowed",
    playbook="Pattern 1: database context manager",
)
def statement_after_swallowed_error(error: SwallowedError, context: Context) -> Iterator[Draft]:
    """
    What:
        A handler catches the database error of a statement on a connection, and another statement
        on that connection follows without a rollback: behind the handler, in it, in `finally` or
        in the next turn of a loop.

    Why:
        An error fails PostgreSQL's transaction, whatever Python makes of the exception. The server
        refuses all that follows with InFailedSqlTransaction, "current transaction is aborted",
        until somebody rolls back. So the fault shows up in a line that is innocent, and what was
        written before is lost.

    Example:
        with get_conn() as conn:
            cursor = conn.cursor()
            try:
                cursor.execute("INSERT INTO tags (name) VALUES ('new')")
            except Exception:
                logger.exception("tag not added")
            cursor.execute("SELECT COUNT(*) FROM tags")

    Instead:
        with get_conn() as conn:
            cursor = conn.cursor()
            try:
                cursor.execute("INSERT INTO tags (name) VALUES ('new')")
            except Exception:
                conn.rollback()
                logger.exception("tag not added")
            cursor.execute("SELECT COUNT(*) FROM tags")

    Fix safety:
        No fix is offered: whether to roll back, to a savepoint or altogether, or to let the error
        out, is a decision.

    Limits:
        Speaks of connections from factory blocks and `enter_context`, and of parameters annotated
        as driver connections. `rollback()`, `reset()`, `commit()`, an executed ROLLBACK or COMMIT,
        autocommit, `with conn:` and `conn.transaction()` are understood; a rollback that depends on
        a condition, a connection that is handed to a function of another file, and a test of what
        the handler remembers (`if failed:`) make it silent. A SAVEPOINT alone, a new cursor and
        BEGIN cure nothing.
    """
    is_handler = not isinstance(error.node, cst.Call)
    rollback = "the connection's rollback()"
    if error.connection is not None:
        rollback = f'"{"await " if error.is_awaited else ""}{error.connection}.rollback()"'
    yield context.report(
        error.node,
        width=_EXCEPT if is_handler else None,
        related=[
            Step(error.failed, "this statement may fail"),
            Step(error.refused, "this statement is refused then"),
        ],
        what="this handler" if is_handler else "suppress",
        line=Line(error.refused),
        advice=f"{rollback} in it" if is_handler else f'"try", and {rollback} in its handler',
    )

"""Connections that programs open themselves, and what the server refuses on them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, List, Optional, Type

_ASKING = ("execute", "executemany", "callproc", "copy_from", "copy_to", "copy_expert")
_TABLES = """
CREATE TEMPORARY TABLE item (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '');
INSERT INTO item (id) VALUES (1)
"""


class Connections:
    """A connection factory, as services have one.

    Args:
        dsn: the server's address.

    Attributes:
        refused: the SQLSTATEs of all errors of statements, whoever swallows them; ``None`` stands
            for an error that isn't the server's.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.refused: List[Optional[str]] = []

    @property
    def errors(self) -> Type[Exception]:
        """What the driver raises."""
        import psycopg2

        return psycopg2.Error

    @contextmanager
    def get_conn(self) -> Iterator[Any]:
        """A connection with a table of its own, in which number 1 is taken."""
        import psycopg2

        conn = psycopg2.connect(self._dsn, cursor_factory=self._cursor())
        try:
            with conn, conn.cursor() as cursor:
                cursor.execute(_TABLES)
            yield conn
            if not conn.closed:
                conn.commit()
        finally:
            conn.close()

    def _cursor(self) -> Any:
        """psycopg2's cursor, which notes what is refused."""
        from psycopg2.extensions import cursor

        return type("Cursor", (cursor,), {name: self._noting(name) for name in _ASKING})

    def _noting(self, name: str) -> Any:
        """A method of psycopg2's cursor that notes errors."""
        import psycopg2

        method = getattr(psycopg2.extensions.cursor, name)

        def run(cursor: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return method(cursor, *args, **kwargs)
            except psycopg2.Error as error:
                self.refused.append(error.pgcode)
                raise

        return run

"""Where the library keeps its data."""

import os
from contextlib import contextmanager

import psycopg2


@contextmanager
def get_conn():
    """A connection for one piece of work: committed at its end, rolled back after an error."""
    conn = psycopg2.connect(os.environ["LIBRARY_DSN"])
    try:
        yield conn
        conn.commit()
    except Exception:
        conn.rollback()
        raise
    finally:
        conn.close()

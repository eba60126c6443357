"""The pool, and the only way to a connection."""

import logging
import os
from contextlib import contextmanager

from psycopg2.pool import ThreadedConnectionPool

logger = logging.getLogger(__name__)

_pools = {}


def _pool(variable):
    if variable not in _pools:
        _pools[variable] = ThreadedConnectionPool(1, 10, dsn=os.environ[variable])
        logger.info("opened the pool of %s", variable)
    return _pools[variable]


@contextmanager
def _borrowed(variable):
    pool = _pool(variable)
    conn = pool.getconn()
    try:
        yield conn
        conn.commit()
    except Exception:
        conn.rollback()
        raise
    finally:
        pool.putconn(conn)


@contextmanager
def get_conn():
    """A connection for reading and writing, committed at the end of the block."""
    with _borrowed("DATABASE_URL") as conn:
        yield conn


@contextmanager
def get_replica_conn():
    """A connection for reading what may be some seconds old."""
    with _borrowed("REPLICA_URL") as conn:
        yield conn


def close_pools():
    """Close every pool, at the end of the process."""
    for variable, pool in _pools.items():
        pool.closeall()
        logger.info("closed the pool of %s", variable)
    _pools.clear()

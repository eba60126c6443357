"""Names of the world outside that triage and facts must agree on."""

from __future__ import annotations

import re

LOGGER_NAME = re.compile(r"_?log(?:ger|ging)?", re.IGNORECASE)
"""What the last name of a logger looks like, in full."""

LOG_METHODS = frozenset(
    ("debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log")
)
LOGGER_METHODS = LOG_METHODS | frozenset(
    ("trace", "success", "adebug", "ainfo", "awarning", "aerror", "aexception", "acritical", "alog")
)
"""With what loguru's and structlog's loggers have besides."""
ERROR_METHODS = frozenset(("error", "critical", "fatal"))
LOGGER_MAKERS = frozenset(("getLogger", "get_logger"))

BROAD_EXCEPTIONS = frozenset(("Exception", "BaseException"))

EXIT_CALLS = frozenset(
    ("sys.exit", "os._exit", "os.abort", "pytest.fail", "pytest.skip", "pytest.xfail",
     "builtins.exit", "builtins.quit", "argparse.ArgumentParser().error",
     "argparse.ArgumentParser().exit", "<local>.self.fail", "<local>.self.skipTest")
)  # fmt: skip
"""Calls that don't come back, by qualified name (``self.fail`` is unittest's)."""

PRINT_CALLS = frozenset(
    ("builtins.print", "traceback.print_exc", "traceback.print_exception",
     "traceback.print_stack", "sys.stderr.write", "sys.stdout.write")
)  # fmt: skip

TRACEBACK_TEXTS = frozenset(("format_exc", "format_exception"))
"""Last names of functions that give the traceback as text."""

ENTERING_METHODS = frozenset(("enter_context", "enter_async_context"))

SQLITE_EXECUTING = frozenset(
    ("execute", "executemany", "executescript", "fetchone", "fetchmany", "fetchall")
)
"""sqlite3.Connection's short cuts past a cursor (fetch* only in people's minds)."""

SQLITE_CONNECTION_API = SQLITE_EXECUTING | frozenset(
    ("row_factory", "text_factory", "total_changes", "in_transaction", "iterdump", "backup",
     "create_function", "create_aggregate", "create_collation", "create_window_function",
     "set_authorizer", "set_progress_handler", "set_trace_callback", "enable_load_extension",
     "load_extension", "interrupt", "serialize", "deserialize", "blobopen", "getlimit",
     "setlimit", "getconfig", "setconfig")
)  # fmt: skip
"""Attributes of sqlite3.Connection that psycopg2's connection lacks (Python 3.13, psycopg2 2.9)."""

CURSOR_EXECUTING = frozenset(("execute", "executemany"))
SQLITE_CURSOR_API = frozenset(("lastrowid", "executescript"))

OTHER_DRIVERS = frozenset(
    ("psycopg", "psycopg_pool", "sqlite3", "aiosqlite", "asyncpg", "aiopg", "pg8000", "pymysql",
     "MySQLdb", "mysql", "oracledb", "cx_Oracle", "pyodbc", "pymssql", "duckdb", "snowflake",
     "sqlalchemy", "databases")
)  # fmt: skip
"""Packages whose connections aren't psycopg2's."""
DRIVER_CONNECTS = frozenset(
    ("psycopg2.connect", "psycopg.connect", "psycopg.Connection.connect",
     "psycopg.AsyncConnection.connect", "sqlite3.connect", "asyncpg.connect", "aiosqlite.connect",
     "aiopg.connect", "pg8000.connect", "pg8000.dbapi.connect", "pg8000.native.Connection",
     "pymysql.connect", "MySQLdb.connect", "mysql.connector.connect", "oracledb.connect",
     "cx_Oracle.connect", "pyodbc.connect", "pymssql.connect", "duckdb.connect",
     "snowflake.connector.connect", "sqlalchemy.create_engine().connect",
     "sqlalchemy.create_engine().raw_connection")
)  # fmt: skip

ANY_CONNECTION_TYPE = re.compile(
    r"psycopg2\.(?:extensions|_psycopg)\.connection|psycopg2\.extras\.\w*Connection"
    r"|psycopg\.(?:Async)?Connection|asyncpg\.(?:connection\.)?Connection"
    r"|(?:sqlite3|aiosqlite|pg8000|sqlalchemy(?:\.engine)?)\.Connection"
)
DRIVER_CONNECTION_TYPE = re.compile(
    r"psycopg2\.(?:extensions|_psycopg)\.connection|psycopg2\.extras\.\w*Connection"
)
DRIVER_CURSOR_TYPE = re.compile(
    r"psycopg2\.(?:extensions|_psycopg)\.cursor|psycopg2\.extras\.\w*Cursor"
)

CURSOR_MAKING = frozenset(("cursor",))
"""Methods of connections whose value is a cursor; psycopg 3's ``execute`` comes on top."""
DRIVER_METHODS = frozenset(
    ("execute", "executemany", "fetchone", "fetchmany", "fetchall", "callproc", "scroll", "commit",
     "rollback", "close", "copy_expert", "stream")
)  # fmt: skip
"""Methods of connections and cursors that need an open connection when they are called."""
LAZY_FUNCTIONS = frozenset(("iter", "map", "filter", "zip", "enumerate", "islice", "chain"))
"""Functions whose value reads from an iterator later."""

DRIVER_SUBMODULES = {
    "psycopg2": frozenset(("extras", "pool", "sql", "errorcodes", "tz")),
    "psycopg": frozenset(("pool",)),
}
"""Submodules that ``import driver`` alone doesn't load (psycopg2 2.9.13, psycopg 3.3.9)."""

SQL = "<sql>"
"""The trigger that stands for any mention of SQL: a sink, or the start of a statement."""

SQL_SINKS = frozenset(
    ("execute", "executemany", "executescript", "mogrify", "execute_values", "execute_batch",
     "read_sql", "read_sql_query", "SQL")
)  # fmt: skip
"""Last names of functions that take a query."""

SQLITE_DRIVERS = frozenset(("sqlite3", "aiosqlite"))
SQLITE_URL = re.compile(r"(sqlite(?:\+\w+)?:)(?://|:memory:|[\w./~-]+$)")
"""The start of a database URL of SQLite's."""

ROUTE_METHODS = frozenset(
    ("get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "websocket")
)
"""Methods of FastAPI's apps and routers that make a decorator for an endpoint."""
ROUTE_ADDING = frozenset(("add_api_route", "add_api_websocket_route"))
"""Methods that take an endpoint as their second argument."""
ROUTER_CLASSES = frozenset(("FastAPI", "APIRouter"))
DEPENDENCY_CALLS = frozenset(("Depends", "Security", "Header"))
"""What makes a parameter of an endpoint more than what the caller sends."""

ADDING_METHODS = frozenset(("append", "add", "insert", "appendleft", "setdefault"))
"""Methods that put an element into a collection."""
ADDING_MANY_METHODS = frozenset(("extend", "update", "extendleft"))
"""Methods that put all elements of another one into it."""

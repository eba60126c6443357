"""What connections and cursors of psycopg2 and psycopg can do, as far as transactions go.

Like :mod:`mosaic_lint.vocabulary`, for those who ask for transactions only.
"""

from __future__ import annotations

from mosaic_lint.vocabulary import ENTERING_METHODS

ASKING = frozenset(
    ("execute", "executemany", "callproc", "copy_from", "copy_to", "copy_expert", "copy", "stream")
)
"""Methods of cursors (and of psycopg's connections) that ask the server something."""
ASKING_HELPERS = frozenset(("execute_values", "execute_batch"))
DRIVER_EXCEPTIONS = frozenset(
    ("Error", "DatabaseError", "OperationalError", "IntegrityError", "ProgrammingError",
     "DataError", "InternalError", "NotSupportedError", "InterfaceError", "Warning")
)  # fmt: skip
"""The DB-API's exceptions, which the drivers and their connections have."""
CURSOR_PLAIN = frozenset(
    ("fetchone", "fetchmany", "fetchall", "close", "mogrify", "scroll", "nextset", "cast",
     "setinputsizes", "setoutputsize", "results", "set_result", "rowcount", "description", "query",
     "statusmessage", "lastrowid", "name", "arraysize", "itersize", "rownumber", "closed",
     "withhold", "scrollable", "row_factory", "tzinfo_factory", "index", "format")
)  # fmt: skip
"""What cursors have that says nothing to the server about the transaction."""
CONNECTION_PLAIN = frozenset(
    ("cursor", "fileno", "poll", "cancel", "cancel_safe", "xid", "set_client_encoding",
     "set_session", "set_autocommit", "set_read_only", "set_deferrable", "isexecuting",
     "get_backend_pid", "get_dsn_parameters", "get_parameter_status", "get_transaction_status",
     "add_notice_handler", "remove_notice_handler", "add_notify_handler", "remove_notify_handler",
     "closed", "status", "info", "encoding", "dsn", "notices", "notifies", "autocommit", "broken",
     "isolation_level", "readonly", "read_only", "deferrable", "server_version",
     "protocol_version", "cursor_factory", "row_factory", "pgconn", "adapters")
) | DRIVER_EXCEPTIONS  # fmt: skip
"""The same of connections."""
ROLLING_BACK = frozenset(("rollback", "reset"))
ENDING = frozenset(("commit", "close"))
HARMLESS = frozenset(
    ("aiter", "all", "anext", "any", "bool", "callable", "dict", "enumerate", "filter", "format",
     "frozenset", "hasattr", "hash", "id", "isinstance", "issubclass", "iter", "len", "list", "map",
     "max", "min", "next", "print", "repr", "reversed", "set", "sorted", "str", "sum", "tuple",
     "type", "zip")
)  # fmt: skip
"""Builtins that leave a connection's transaction alone."""
HARMLESS_ANYWHERE = ENTERING_METHODS | frozenset(
    ("closing", "aclosing", "extend", "islice", "chain", "as_string", "quote_ident")
)
"""Last names of other functions that do."""

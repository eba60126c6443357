"""The columns of a table, as SQLite tells them, asked of PostgreSQL's own catalogue."""

from __future__ import annotations

import re
from typing import Optional

from mosaic_lint.change import Changes, Declined
from mosaic_lint.sql.lexer import HOLE, Kind
from mosaic_lint.sql.statement import Statement

_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_BEGINNING = (
    "SELECT ordinal_position - 1 AS cid, column_name AS name, data_type AS type, "
    "(is_nullable = 'NO')::int AS notnull, column_default AS dflt_value, "
    "(SELECT COUNT(*) FROM pg_index WHERE indrelid = to_regclass(table_name) AND indisprimary "
    "AND ordinal_position = ANY (indkey)) AS pk "
    "FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = '"
)
_END = "' ORDER BY ordinal_position"


def changed_table_info(statement: Statement) -> Optional[Changes]:
    """The changes that ask for a table's columns, with all that SQLite tells of them in its order.

    Args:
        statement: a ``PRAGMA``.

    Returns:
        The changes; ``None`` if it is another one than ``PRAGMA table_info(name)``.

    Raises:
        Declined: the table's name isn't plain.
    """
    tokens, words = statement.tokens, statement.words
    if words[1:3] != ("TABLE_INFO", "(") or words[4:] != (")",):
        return None
    name = tokens[3]
    if name.kind is Kind.WORD and name.text == HOLE:
        return [
            *statement.rewrite(statement.start, tokens[2].end, _BEGINNING),
            *statement.change(_END, tokens[4]),
        ]
    written = statement.text[name.start : name.end]
    bare = written if name.kind is Kind.WORD else written[1:-1]
    if not _PLAIN.fullmatch(bare) or (written.startswith('"') and bare != bare.lower()):
        raise Declined("the table's name isn't plain")
    text = "".join((_BEGINNING, bare.lower(), _END))  # noqa: MOS212 -- a plain name
    return statement.rewrite(statement.start, tokens[4].end, text)
